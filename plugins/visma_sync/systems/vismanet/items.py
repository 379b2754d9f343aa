"""How items of Visma.net ERP are asked for. Source: "Visma.net ERP OpenAPI 2025-12"."""

from visma_sync.systems.vismanet.core import Query

ITEMS = "/v1/inventory"
# The one size of pages that the specification publishes.
ITEM_PAGE = 5000

# What a list of items can show besides the items themselves.
_PARTS = {
    "barcodes": "CrossReference",
    "attachments": "Attachment",
    "attributes": "Attribute",
    "warehouses": "WarehouseDetail",
    "accounts": "AccountInformation",
    "units": "InventoryUnits",
    "suppliers": "SupplierDetails",
    "sales_categories": "SalesCategories",
    "note": "Note",
}


def expanded(*parts: str) -> Query:
    """The query that shows these parts of items and no others; said explicitly, as today's defaults will change."""
    if unknown := set(parts) - _PARTS.keys():
        raise ValueError(f"items have no part {', '.join(sorted(unknown))}")
    return tuple((f"expand{name}", str(part in parts).lower()) for part, name in _PARTS.items())
