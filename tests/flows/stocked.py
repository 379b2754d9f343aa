"""The shelves of the two imitated companies: the products whose stock both keep, and what people do with them."""

from decimal import Decimal
from typing import Any

from tests.flows.running import EVERYTHING, Company, Ran
from visma_sync.sync.fetch import Window
from visma_sync.sync.stock.brake import Compared

FLOW = "stock_eaccounting_to_vismanet"
KEPT = ("1e5", "SHOW-1", "A-1005", "A-1006", "A-1010", "A-1020", "A-1023", "A-1025", "A-1026", "A-1027")
"""What both systems keep in stock and still sell."""
DIFFERING = ("1e5", "A-1005", "A-1020", "A-1023")
"""Those of them of which Visma.net has less at first."""


def keep_in_stock(company: Company) -> None:
    """Let eAccounting keep the stock of these products."""
    for sku in KEPT:
        company.in_source(f"articles/{sku}", IsStock=True)


def count(company: Company, sku: str, balance: str | int) -> None:
    """Count a product in the shop: so much of it is there."""
    company.in_source(f"articles/{sku}/stock", balance=Decimal(balance))


def run_stock(company: Company, window: Window = EVERYTHING, **how: Any) -> Ran:
    """One run of the stock flow."""
    return company.run(window, flow=FLOW, **how)


def adjustments(company: Company) -> list[dict[str, Any]]:
    """The inventory adjustments in Visma.net."""
    return company.state("vismanet", "adjustments")


def lines(adjustment: dict[str, Any]) -> dict[str, Any]:
    """The lines of an adjustment, by SKU."""
    return {line["inventoryItem"]["number"]: line for line in adjustment["adjusmentLines"]}


def agrees(company: Company) -> bool:
    """Whether Visma.net has on hand exactly what lies in the shop, of every product that both keep."""
    on_hand, balances = company.on_hand(), company.balances()
    return all(on_hand[sku] == balances[sku] for sku in KEPT)


def numbers(**given: Any) -> Compared:
    """A comparison with these numbers."""
    usual = Compared(
        compared=100,
        in_stock=100,
        differences=10,
        to_zero=0,
        only_in_target=0,
        incomplete=[],
        next="nothing",
        question="",
    )
    return Compared(**{**usual, **given})  # type: ignore[typeddict-item]  # the names are those of the class
