"""An item as the core API shows it (InventoryDto)."""

from collections.abc import Callable
from decimal import Decimal

from sandbox.vismanet import masterdata, tables
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.attachments import shown_attachments
from sandbox.vismanet.attributes import shown_attributes
from sandbox.vismanet.company import Company, Stored, local_text
from sandbox.vismanet.inventory_rules import OTHER_ACCOUNTS, SALES_ACCOUNTS, is_stock, units_of
from sandbox.vismanet.stock import Balances, cost_of, warehouses_of

ZERO = Decimal(0)
EXPANSIONS = (
    "CrossReference",
    "Attachment",
    "Attribute",
    "WarehouseDetail",
    "AccountInformation",
    "InventoryUnits",
    "SupplierDetails",
    "SalesCategories",
    "Note",
)


def inventory_view(
    company: Company,
    item: Stored,
    expanded: Callable[[str], bool] = lambda _: True,
    balances: Balances | None = None,
) -> Record:
    """Show an item with the expansions asked for; a list gives the `balances` that all its rows share."""
    values = item.values
    cost = cost_of(company, item)
    warehouse = values.get("defaultWarehouse")
    view: Record = {
        "inventoryId": item.internal_id,
        "inventoryNumber": item.key,
        **{
            name: values.get(name)
            for name in (
                "status",
                "type",
                "description",
                "body",
                "defaultPrice",
                "baseUnit",
                "salesUnit",
                "purchaseUnit",
                "packaging",
                "intrastat",
            )
        },
        "itemClass": masterdata.item_class(values["itemClass"]),
        "postingClass": masterdata.named(values.get("postingClass"), tables.POSTING_CLASSES),
        "vatCode": _vat_code(values.get("vatCode")),
        "pendingCost": ZERO,
        "currentCost": cost,
        "lastCost": cost,
        "costPriceStatistics": {"lastCost": cost, "averageCost": cost},
        "stockItem": is_stock(values),
        "kitItem": bool(values.get("kitItem")),
        "defaultWarehouse": masterdata.named(warehouse, {key: text for key, (text, _) in tables.WAREHOUSES.items()}),
        "lastModifiedDateTime": local_text(item.modified),
        "timestamp": item.version,
        **{name: part for expansion, name, part in _expansions(company, item, balances) if expanded(expansion)},
    }
    shown: Record = without_nulls(view)
    return shown


def reference_view(item: Stored, reference: Record) -> Record:
    """Show a cross-reference (InventoryCrossReferenceDto)."""
    account = reference.get("bAccount")
    named = None if account is None else {"number": account}
    shown: Record = without_nulls({**reference, "bAccount": named, "timestamp": item.version})
    return shown


def _expansions(company: Company, item: Stored, balances: Balances | None) -> list[tuple[str, str, object]]:
    values = item.values
    accounts = {name: masterdata.account_reference(values.get(name)) for name in (*SALES_ACCOUNTS, *OTHER_ACCOUNTS)}
    return [
        ("CrossReference", "crossReferences", [reference_view(item, row) for row in values["crossReferences"]]),
        ("Attachment", "attachments", shown_attachments(item)),
        ("Attribute", "attributes", shown_attributes(values["attributeLines"])),
        ("WarehouseDetail", "warehouseDetails", _warehouse_details(company, item, balances or Balances(company))),
        ("AccountInformation", "accountInformation", accounts),
        ("InventoryUnits", "inventoryUnits", _units(item)),
        ("SupplierDetails", "supplierDetails", []),
        ("SalesCategories", "salesCategories", []),
        ("Note", "note", values.get("note")),
    ]


def _vat_code(category: str | None) -> Record | None:
    return (
        None if category is None else {"id": category, "description": masterdata.vat_category(category)["description"]}
    )


def _units(item: Stored) -> list[Record]:
    base = item.values["baseUnit"]
    return [
        {
            "inventoryID": item.internal_id,
            "fromUnit": unit,
            "toUnit": base,
            "unitMultDiv": "Multiply",
            "unitRate": Decimal(1),
        }
        for unit in sorted(units_of(item))
    ]


def _warehouse_details(company: Company, item: Stored, balances: Balances) -> list[Record]:
    if not is_stock(item.values):
        return []
    details = []
    for warehouse in warehouses_of(company, item):
        quantities = balances.of(item, warehouse)
        details.append(
            {
                "isDefault": warehouse == item.values.get("defaultWarehouse"),
                "warehouse": warehouse,
                "quantityOnHand": quantities.on_hand,
                "available": quantities.available,
                "availableForShipment": quantities.available_for_shipment,
                "lastModifiedDateTime": local_text(quantities.modified),
            }
        )
    return details
