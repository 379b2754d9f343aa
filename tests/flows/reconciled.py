"""Comparing both companies, and what a person does that makes them differ."""

import asyncio
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.flows.running import FLOW, TODAY, Company
from tests.flows.shop import Stored
from visma_sync.flows import FLOWS
from visma_sync.sync.reconcile.documents import Period
from visma_sync.sync.reconcile.reconcile import Reconciled, reconcile

# Every business day of the imitated companies.
ALL_DAYS = Period(TODAY - timedelta(days=400), TODAY + timedelta(days=1))


def compare(company: Company, flow: str = FLOW, period: Period = ALL_DAYS) -> Reconciled:
    """Compare what a flow sent, as the DAG does."""
    company.runs += 1
    run = company.open_run(f"reconcile {company.runs}", flow=flow)

    async def compared() -> Reconciled:
        source, target = company.clients(run.ledger)
        async with source, target:
            return await reconcile(run, source, target, period, FLOWS[flow].needs)

    return asyncio.run(compared())


def day(on: date) -> Period:
    """One business day."""
    return Period(on, on)


def told(result: Reconciled) -> dict[str, str]:
    """The kind of each difference by the number of its record; each record once."""
    numbers = Counter(one.number for one in result.differences)
    assert not [number for number, count in numbers.items() if count > 1], result.differences
    return {one.number: one.kind for one in result.differences}


def waits(result: Reconciled) -> dict[str, str]:
    """Why each record that waits does so, by its number."""
    return {one.owner.number: f"{one.state}({one.reason})" for one in result.waiting}


def summed(result: Reconciled, side: str) -> dict[tuple[str, str], Decimal]:
    """What a side adds up to including VAT, by day and currency."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    groups = result.sums.due if side == "due" else result.sums.found
    for (on, _, _, currency), one in groups.items():
        sums[on, currency] += one.base + one.vat
    return dict(sums)


def sent(company: Company, number: str) -> Stored:
    """The order of Visma.net that carries a number."""
    return company.by_marker()[number]


def edit_order(company: Company, number: str, **fields: Any) -> None:
    """A person changes an order at the screens of Visma.net."""
    order = sent(company, number)
    company.in_target(f"orders/{order['type']}/{order['orderId']}", **fields)


def copy_order(company: Company, number: str) -> None:
    """A person types an order in that is there already."""
    order = sent(company, number)
    customer = {"id": order["customer"]["id"], "refNo": number}
    company.in_target("orders", type="SO", customer=customer)


def delete_order(company: Company, number: str) -> None:
    """A person deletes an order in Visma.net."""
    order = sent(company, number)
    company.delete_in_target(f"orders/{order['type']}/{order['orderId']}")


def raise_price(company: Company, number: str) -> None:
    """A person adds a row to an order in Visma.net."""
    edit_order(company, number, lines=[{"inventoryId": "ROUNDING", "quantity": 1, "unitPrice": 5}])


def other_vat_code(company: Company, number: str) -> None:
    """A person charges an order Belgian VAT, which has the rate of the Dutch: its sums stay as they are."""
    order = sent(company, number)
    lines = [{"lineId": line["lineId"], "taxCategoryId": "BE21"} for line in order["lines"]]
    freight = {"freight": {"taxCategoryId": "BE21"}} if order["freight"]["premiumAmount"] else {}
    edit_order(company, number, taxZoneId="EUPRIVATE", changed_lines=lines, **freight)


def with_dutch_vat_only(company: Company) -> list[str]:
    """The numbers of the orders that Visma.net charges the high Dutch VAT and no other."""
    return [
        number
        for number, order in company.by_marker().items()
        if {line["taxCategoryId"] for line in order["lines"]} == {"NL21"}
        and order["freight"].get("taxCategoryId") in {None, "NL21"}
    ]
