"""Items, as they are written. Source: "Visma.net ERP OpenAPI 2025-12"."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from visma_sync.systems.vismanet.wire.payload import AttributeLine, CorePayload, Number, Operation, Segment

ItemStatus = Literal["Active", "NoSales", "NoPurchases", "NoRequest", "Inactive", "MarkedForDeletion", "Unknown"]
ItemType = Literal[
    "NonStockItem",
    "LaborItem",
    "ServiceItem",
    "ChargeItem",
    "ExpenseItem",
    "FinishedGoodItem",
    "ComponentPartItem",
    "SubassemblyItem",
]


# No length is published; the screen "Stock items" takes no longer item IDs.
ItemNumber = Annotated[str, StringConstraints(min_length=1, max_length=30)]


class CrossReference(CorePayload):
    """Another number by which an item is known, such as a barcode."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    alternate_type: Literal["CPN", "VPN", "Global", "Barcode"] | None = None
    b_account: str | None = None
    alternate_id: str | None = Field(None, alias="alternateID")
    description: str | None = None
    uom: str | None = None


class Packaging(CorePayload):
    """Weight and volume of one unit."""

    base_item_weight: Number | None = None
    weight_uom: str | None = Field(None, alias="weightUOM")
    base_item_volume: Number | None = None
    volume_uom: str | None = Field(None, alias="volumeUOM")


class Intrastat(CorePayload):
    """What customs statistics want to know of an item."""

    commodity_code: str | None = Field(None, alias="cN8")
    country_of_origin: str | None = None
    supplementary_measure_unit: str | None = None


class SupplierDetails(CorePayload):
    """From whom an item is bought."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    active: bool | None = None
    default: bool | None = None
    supplier_id: str | None = Field(None, alias="supplierID")
    location: str | None = None
    purchase_unit: str | None = None
    supplier_item_id: str | None = Field(None, alias="supplierItemID")
    override: bool | None = None
    shipment_lead_time: int | None = None
    min_order_freq: int | None = None
    min_order_qty: Number | None = None
    max_order_qty: Number | None = None
    lot_size: Number | None = None
    eoq: Number | None = None
    currency_id: str | None = Field(None, alias="currencyID")


class InventoryUpdate(CorePayload):
    """An item to be created, or what changes of one."""

    bare = frozenset({"packaging", "intrastat"})

    inventory_number: ItemNumber | None = None
    status: ItemStatus | None = None
    type: ItemType | None = None
    description: str | None = None
    body: str | None = None
    item_class: str | None = None
    posting_class: str | None = None
    vat_code: str | None = None
    default_price: Number | None = None
    base_unit: str | None = None
    sales_unit: str | None = None
    purchase_unit: str | None = None
    expense_accrual_account: str | None = None
    inventory_account: str | None = None
    expense_account: str | None = None
    cogs_account: str | None = None
    expense_non_taxable_account: str | None = None
    expense_eu_account: str | None = None
    expense_import_account: str | None = None
    expense_subaccount: list[Segment] | None = None
    cogs_subaccount: list[Segment] | None = None
    sales_account: str | None = None
    sales_non_taxable_account: str | None = None
    sales_eu_account: str | None = None
    sales_export_account: str | None = None
    sales_subaccount: list[Segment] | None = None
    attribute_lines: list[AttributeLine] | None = None
    packaging: Packaging | None = None
    supplier_details: list[SupplierDetails] | None = None
    intrastat: Intrastat | None = None
    cross_references: list[CrossReference] | None = None
    default_warehouse: str | None = None
    default_issue_from: str | None = None
    default_receipt_to: str | None = None
    kit_item: bool | None = None
    note: str | None = None
