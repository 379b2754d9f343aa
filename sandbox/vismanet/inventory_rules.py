"""What the ERP accepts as an item, and what it fills in from the item class."""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record, core_refusal
from sandbox.vismanet.attributes import attribute_faults, lines_after
from sandbox.vismanet.company import Company, Stored, item_key
from sandbox.vismanet.cross_references import references_after, taken_barcodes
from sandbox.vismanet.customer_rules import ATTRIBUTE_LINES, SEGMENTS
from sandbox.vismanet.wrapped import FLAG, NUMBER, OPERATION, TEXT, WHOLE, Fields, Nested, Rows, Scalar, merged

LONGEST_NUMBER = 30
LONGEST_DESCRIPTION = 256
ITEM_STATUSES = ("Active", "NoSales", "NoPurchases", "NoRequest", "Inactive", "MarkedForDeletion", "Unknown")
ITEM_TYPES = (
    "NonStockItem",
    "LaborItem",
    "ServiceItem",
    "ChargeItem",
    "ExpenseItem",
    "FinishedGoodItem",
    "ComponentPartItem",
    "SubassemblyItem",
)
REFERENCE_TYPES = ("CPN", "VPN", "Global", "Barcode")
SALES_ACCOUNTS = ("salesAccount", "salesNonTaxableAccount", "salesEuAccount", "salesExportAccount")
OTHER_ACCOUNTS = (
    "expenseAccrualAccount",
    "inventoryAccount",
    "expenseAccount",
    "cogsAccount",
    "expenseNonTaxableAccount",
    "expenseEuAccount",
    "expenseImportAccount",
)
UNIT_FIELDS = ("baseUnit", "salesUnit", "purchaseUnit")

CROSS_REFERENCE_FIELDS: Fields = {
    "alternateType": Scalar(str, REFERENCE_TYPES),
    "bAccount": TEXT,
    "alternateID": TEXT,
    "description": TEXT,
    "uom": TEXT,
}
INVENTORY_FIELDS: Fields = {
    **dict.fromkeys(
        (
            "inventoryNumber",
            "description",
            "body",
            "itemClass",
            "postingClass",
            "vatCode",
            "defaultWarehouse",
            "defaultIssueFrom",
            "defaultReceiptTo",
            "note",
            *UNIT_FIELDS,
            *SALES_ACCOUNTS,
            *OTHER_ACCOUNTS,
        ),
        TEXT,
    ),
    **dict.fromkeys(("expenseSubaccount", "cogsSubaccount", "salesSubaccount"), SEGMENTS),
    "status": Scalar(str, ITEM_STATUSES),
    "type": Scalar(str, ITEM_TYPES),
    "defaultPrice": NUMBER,
    "kitItem": FLAG,
    "attributeLines": ATTRIBUTE_LINES,
    "packaging": Nested(
        {"baseItemWeight": NUMBER, "weightUOM": TEXT, "baseItemVolume": NUMBER, "volumeUOM": TEXT}, wrapped=False
    ),
    "intrastat": Nested({"cN8": TEXT, "countryOfOrigin": TEXT, "supplementaryMeasureUnit": TEXT}, wrapped=False),
    "crossReferences": Rows({"operation": OPERATION, **CROSS_REFERENCE_FIELDS}),
    "supplierDetails": Rows(
        {
            "operation": OPERATION,
            **dict.fromkeys(("active", "default", "override"), FLAG),
            **dict.fromkeys(("supplierID", "location", "purchaseUnit", "supplierItemID", "currencyID"), TEXT),
            **dict.fromkeys(("shipmentLeadTime", "minOrderFreq"), WHOLE),
            **dict.fromkeys(("minOrderQty", "maxOrderQty", "lotSize", "eoq"), NUMBER),
        }
    ),
}


def create_item(company: Company, update: Record) -> Stored:
    """Make an item; raises a 400 or 500 refusal where the ERP would not have it."""
    number = (update.get("inventoryNumber") or "").rstrip()
    doing = "inserting the inventory item"
    if not number:
        raise core_refusal(400, doing, "Inventory Item", ["'Inventory ID' cannot be empty."])
    if len(number) > LONGEST_NUMBER:
        raise core_refusal(
            400, doing, "Inventory Item", [f"'Inventory ID' is longer than {LONGEST_NUMBER} characters."]
        )
    if company.item(number) is not None:
        raise core_refusal(400, doing, "Inventory Item", [f"'Inventory Item' '{number}' already exists in the system."])
    given = {name: value for name, value in update.items() if value is not None and name != "inventoryNumber"}
    values = {**_class_values(given.get("itemClass")), **given}
    for name in UNIT_FIELDS[1:]:
        values.setdefault(name, values.get("baseUnit"))
    values["crossReferences"] = references_after([], given.get("crossReferences") or [], doing)
    values["attributeLines"] = lines_after([], given.get("attributeLines") or [])
    _validate(company, number, values, doing)
    item = company.keep(number, values)
    company.items[item_key(number)] = item
    return item


def change_item(company: Company, item: Stored, update: Record) -> None:
    """Change the given fields of an item; its number stays."""
    doing = "updating the inventory item"
    if update.get("inventoryNumber") is not None and item_key(update["inventoryNumber"]) != item_key(item.key):
        raise core_refusal(400, doing, "Inventory Item", ["'Inventory ID' cannot be changed."])
    apart = ("inventoryNumber", "crossReferences", "attributeLines")
    before, values = item.values, merged(item.values, {key: sent for key, sent in update.items() if key not in apart})
    values["crossReferences"] = references_after(before["crossReferences"], update.get("crossReferences") or [], doing)
    values["attributeLines"] = lines_after(before["attributeLines"], update.get("attributeLines") or [])
    _validate(company, item.key, values, doing)
    item.values = values
    company.touch(item)


def put_reference(company: Company, item: Stored, reference: Record) -> None:
    """Add a cross-reference (such as a barcode), or change the one with the same type and number."""
    change_item(company, item, {"crossReferences": [reference]})


def is_stock(values: Record) -> bool:
    """Say whether an item is kept in stock."""
    return values["type"] in tables.STOCK_TYPES


def units_of(item: Stored) -> set[str]:
    """Give the units an item can be sold in: its own, and those that convert into its base unit."""
    own = {item.values[name] for name in UNIT_FIELDS}
    return own | {source for source, target in tables.UNITS if target == item.values["baseUnit"]}


def _class_values(class_id: str | None) -> Record:
    values = tables.ITEM_CLASSES.get(class_id or "")
    if values is None:
        return {}
    return {
        "status": "Active",
        "type": values["type"],
        "baseUnit": values["unit"],
        "vatCode": values["vatCode"],
        "postingClass": "1",
        "salesAccount": values["account"],
        "salesNonTaxableAccount": "8050",
        "salesEuAccount": "8020",
        "salesExportAccount": "8030",
        "defaultPrice": Decimal(0),
        "defaultWarehouse": "1" if values["type"] in tables.STOCK_TYPES else None,
    }


def _validate(company: Company, number: str, values: Record, doing: str) -> None:
    required = (("itemClass", "Item Class"), ("description", "Description"), ("baseUnit", "Base Unit"))
    empty = [f"'{label}' cannot be empty." for name, label in required if not (values.get(name) or "").strip()]
    if empty:
        raise core_refusal(400, doing, "Inventory Item", empty)
    unknown = [f"'{label}' cannot be found in the system." for label in _unknown_references(company, values)]
    if unknown:
        raise core_refusal(500, doing, "Inventory Item", unknown)
    faults = [*_faults(values), *taken_barcodes(company, number, values["crossReferences"])]
    if faults:
        raise core_refusal(400, doing, "Inventory Item", faults)


def _unknown_references(company: Company, values: Record) -> Iterator[str]:
    lists = (
        ("itemClass", "itemClass", "id", "Item Class"),
        ("postingClass", "itemPostClass", "id", "Posting Class"),
        ("vatCode", "vatCategory", "vatCategoryId", "Tax Category"),
        ("defaultWarehouse", "warehouse", "warehouseID", "Warehouse"),
        *((name, "account", "accountCD", "Account") for name in (*SALES_ACCOUNTS, *OTHER_ACCOUNTS)),
        *((name, "unitofmeasure", "fromUnit", "Unit") for name in UNIT_FIELDS),
    )
    for name, rows, key, label in lists:
        if values.get(name) is not None and not company.master.knows(rows, key, values[name]):
            yield label


def _faults(values: Record) -> Iterator[str]:
    stock_class = tables.ITEM_CLASSES[values["itemClass"]]["type"] in tables.STOCK_TYPES
    if is_stock(values) != stock_class:
        yield "'Type' does not belong to the item class."
    if len(values["description"]) > LONGEST_DESCRIPTION:
        yield f"'Description' is longer than {LONGEST_DESCRIPTION} characters."
    yield from attribute_faults(values["itemClass"], values["attributeLines"])
    if any(not row["alternateID"] for row in values["crossReferences"]):
        yield "'Alternate ID' cannot be empty."
    for row in values["crossReferences"]:
        if row.get("uom") is not None and row["uom"] not in {source for source, _ in tables.UNITS}:
            yield "'UOM' cannot be found in the system."
