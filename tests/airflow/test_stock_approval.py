"""The brake of the stock flow under a real scheduler: a person is asked, holds nothing up, and is obeyed."""

import time
from collections import Counter
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import simplejson

from tests.airflow.conftest import Stack
from visma_sync.ledger.rows import Outcome

FLOW = "stock_eaccounting_to_vismanet"
ASKED = "approve_adjustment"
SLOWEST_SCHEDULER_SECONDS = 5


class Shelves:
    """The products that both companies keep in stock, and what people do with them."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        active = {item["inventoryNumber"] for item in self._state("vismanet/items") if item["status"] == "Active"}
        self.skus = sorted(active & self.on_hand().keys() & self.balances().keys())
        for sku in self.skus:
            self._by_hand(f"articles/{quote(sku, safe='')}", IsStock=True)

    def on_hand(self) -> dict[str, Decimal]:
        rows = self._state("vismanet/stock")
        return {row["sku"]: Decimal(row["quantityOnHand"]) for row in rows if row["warehouse"] == "1"}

    def balances(self) -> dict[str, Decimal]:
        return {one["Number"]: Decimal(one["StockBalance"]) for one in self._state("eaccounting/articles")}

    def count_all(self, balance: int) -> None:
        """Count the products: so much is there of each."""
        for sku in self.skus:
            self._by_hand(f"articles/{quote(sku, safe='')}/stock", balance=balance)

    @property
    def lying(self) -> set[Decimal]:
        """The quantities of these products in Visma.net."""
        on_hand = self.on_hand()
        return {on_hand[sku] for sku in self.skus}

    @property
    def agree(self) -> bool:
        on_hand, balances = self.on_hand(), self.balances()
        return all(on_hand[sku] == balances[sku] for sku in self.skus)

    def _state(self, collection: str) -> list[dict[str, Any]]:
        answer = self.stack.web.get(f"{self.stack.place.sandbox_address}/_sandbox/state/{collection}")
        rows: list[dict[str, Any]] = simplejson.loads(answer.raise_for_status().text, use_decimal=True)
        return rows

    def _by_hand(self, path: str, **fields: Any) -> None:
        address = f"{self.stack.place.sandbox_address}/_sandbox/eaccounting/{path}"
        httpx.post(address, json=fields, trust_env=False).raise_for_status()


@pytest.fixture
def shelves(stack: Stack) -> Shelves:
    """The shelves of the stack's companies, where both have the same."""
    stack.airflow.wait_for_flow(FLOW)
    shelves = Shelves(stack)
    shelves.count_all(5)
    assert stack.wait_for(stack.airflow.start_run(FLOW, {}), flow=FLOW) == "success"
    assert shelves.agree
    shelves.count_all(0)
    return shelves


def ended(stack: Stack, run: str) -> Counter[str]:
    """How the products of a run ended."""

    def words(outcome: Outcome) -> str:
        return f"{outcome.state}({outcome.reason})" if outcome.reason else outcome.state

    return Counter(words(outcome) for outcome in stack.ledger.outcomes(FLOW, run))


def asked(stack: Stack) -> str:
    """Start a run that asks a person; gives its name."""
    run = stack.airflow.start_run(FLOW, {})
    stack.wait_for_task(run, ASKED, "awaiting_input", flow=FLOW)
    # Airflow 3.3.2 takes an answer within a second for a lost task and asks again; a person is not that quick.
    time.sleep(SLOWEST_SCHEDULER_SECONDS)
    return run


def test_who_waits_for_an_approval_lets_others_pass_and_then_adjusts_what_is_so_by_then(
    stack: Stack, shelves: Shelves
) -> None:
    waiting = asked(stack)
    question = stack.airflow.question(FLOW, waiting, stack.task(waiting, ASKED, flow=FLOW))
    assert "would fall to zero" in question
    assert stack.ledger.turn_holder(FLOW) is None
    passing = stack.airflow.start_run(FLOW, {})
    assert stack.wait_for(passing, flow=FLOW) == "success"
    assert stack.task(passing, ASKED, flow=FLOW).state == "skipped"
    assert ended(stack, passing)["parked(brake_pulled)"] == len(shelves.skus)
    assert shelves.lying == {Decimal(5)}
    stack.airflow.answer(FLOW, waiting, stack.task(waiting, ASKED, flow=FLOW), "Approve")
    assert stack.wait_for(waiting, flow=FLOW) == "success"
    assert ended(stack, waiting)["updated"] == len(shelves.skus)
    assert shelves.agree
    assert stack.ledger.turn_holder(FLOW) is None


def test_after_a_no_nothing_is_written_and_the_run_is_over(stack: Stack, shelves: Shelves) -> None:
    run = asked(stack)
    stack.airflow.answer(FLOW, run, stack.task(run, ASKED, flow=FLOW), "Reject")
    assert stack.wait_for(run, flow=FLOW) == "success"
    assert stack.task(run, "adjust_stock", flow=FLOW).state == "skipped"
    assert ended(stack, run)["parked(brake_pulled)"] == len(shelves.skus)
    assert shelves.lying == {Decimal(5)}
    assert stack.ledger.turn_holder(FLOW) is None
    done = stack.ledger.run(FLOW, run)
    assert done is not None
    assert done.closed_at is not None
