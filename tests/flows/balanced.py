"""The shelves as the flow to eAccounting sees them: Visma.net says what lies there, the articles follow."""

from decimal import Decimal
from typing import Any

from tests.flows.running import EVERYTHING, Company, Ran
from visma_sync.sync.fetch import Window

BACK = "stock_vismanet_to_eaccounting"
SHELVES = ("1e5", "A-1005", "A-1006", "A-1010", "A-1020", "A-1023", "A-1025", "A-1026", "A-1027", "OLD-1", "SHOW-1")
"""What both systems have; all of it lies in warehouse 1 of Visma.net."""
APART = ("1e5", "A-1005", "A-1020", "A-1023")
"""Those of them of which eAccounting says something else at first."""
PUT = {"method": "PUT", "path": "/v2/articles/"}
# What a change of the balance changes with it.
FOLLOWING = (
    "StockBalance",
    "StockBalanceAvailable",
    "StockValue",
    "StockBalanceManuallyChangedUtc",
    "ChangedUtc",
)


def lies(company: Company, sku: str, quantity: str | int, warehouse: str = "1") -> None:
    """Count a product in Visma.net: so much of it is there."""
    company.in_target("stock", inventoryNumber=sku, quantityOnHand=Decimal(quantity), warehouse=warehouse)


def run_back(company: Company, window: Window = EVERYTHING, **how: Any) -> Ran:
    """One run of the flow."""
    return company.run(window, flow=BACK, **how)


def equal(company: Company) -> bool:
    """Whether each article has the balance that Visma.net says."""
    on_hand, balances = company.on_hand(), company.balances()
    return all(on_hand[sku] == balances[sku] for sku in SHELVES)


def article(company: Company, sku: str) -> dict[str, Any]:
    """An article as stored."""
    return next(one for one in company.state("eaccounting", "articles") if one["Number"] == sku)


def without_stock(one: dict[str, Any]) -> dict[str, Any]:
    """All of an article that a change of its balance must leave alone."""
    return {name: value for name, value in one.items() if name not in FOLLOWING}
