"""The product flow from Visma.net to eAccounting and its products, for the tests of that flow."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from tests.flows.product_flow import articles
from tests.flows.running import EVERYTHING, Company, Ran, only
from tests.flows.shop import Stored
from visma_sync.sync.fetch import Window

FLOW = "products_vismanet_to_eaccounting"
ARTICLE_WRITES = {
    "making": {"method": "POST", "path": "/eaccounting/v2/articles$"},
    "change": {"method": "PUT", "path": "/eaccounting/v2/articles/"},
}


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the flow once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def entered(company: Company, number: str = "ITEM-1", **fields: Any) -> str:
    """Enter an item in Visma.net by hand, of the usual class and VAT; gives its number."""
    usual = {"description": "Lamp", "itemClass": "STOCK", "vatCode": "NL21", "defaultPrice": Decimal(10)}
    company.in_target("items", inventoryNumber=number, **{**usual, **fields})
    return number


def item(company: Company, number: str = "ITEM-1", **fields: Any) -> None:
    """Change an item in Visma.net by hand."""
    company.in_target(f"items/{quote(number, safe='')}", **fields)


def made(company: Company, number: str = "ITEM-1", **fields: Any) -> str:
    """Enter an item and let the flow make its article; gives its number."""
    entered(company, number, **fields)
    assert run(company, only(number)).ended(number) == "created"
    return number


def article_of(company: Company, number: str = "ITEM-1") -> Stored:
    """The article with this number, as eAccounting has it."""
    return articles(company)[number]


def barcode(code: str) -> Stored:
    """A barcode that a person adds to an item."""
    return {"operation": "Insert", "alternateType": "Barcode", "alternateID": code}


def products(**decided: Any) -> dict[str, Any]:
    """Settings of the flow."""
    return {"mirror": {"products": decided}}
