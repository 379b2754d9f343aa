"""The stock flow to eAccounting under a real scheduler: off until it is let run, and asking before much goes."""

import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import simplejson

from local.environment import sandbox_settings
from tests.airflow.conftest import Stack
from tests.airflow.test_stock_approval import SLOWEST_SCHEDULER_SECONDS
from visma_sync.flows import turn_taken_by

PRODUCTS = "products_vismanet_to_eaccounting"
FLOW, FORTH = "stock_vismanet_to_eaccounting", "stock_eaccounting_to_vismanet"
ASKED = "approve_change"


def decide(stack: Stack, **changes: Any) -> None:
    """Change the settings of the business."""
    decided = simplejson.loads(sandbox_settings()) | changes
    stack.airflow.save_variable("visma_sync_settings", simplejson.dumps(decided), "What the business decides.")


def state(stack: Stack, collection: str) -> list[dict[str, Any]]:
    """A collection of the sandbox."""
    answer = httpx.get(f"{stack.place.sandbox_address}/_sandbox/state/{collection}", trust_env=False)
    rows: list[dict[str, Any]] = simplejson.loads(answer.raise_for_status().text, use_decimal=True)
    return rows


def agree(stack: Stack) -> bool:
    """Whether each article of which something lies in Visma.net has that balance."""
    stock = [row for row in state(stack, "vismanet/stock") if row["warehouse"] == "1"]
    balances = {one["Number"]: Decimal(one["StockBalance"]) for one in state(stack, "eaccounting/articles")}
    compared = [balances[row["sku"]] == row["quantityOnHand"] for row in stock if row["sku"] in balances]
    return bool(compared) and all(compared)


@pytest.fixture
def let_run(stack: Stack) -> Iterator[Stack]:
    """Stock goes the other way for a while."""
    stack.airflow.wait_for_flow(FLOW)
    decide(stack, flows_off=[FORTH])
    yield stack
    decide(stack)


def test_the_flow_is_refused_until_the_settings_let_it_run(stack: Stack) -> None:
    stack.airflow.wait_for_flow(FLOW)
    assert stack.wait_for(stack.airflow.start_run(FLOW, {}), flow=FLOW) == "failed"


def test_what_a_person_approves_becomes_the_balance_of_the_articles(let_run: Stack) -> None:
    stack = let_run
    for row in state(stack, "vismanet/stock"):
        counted = {"inventoryNumber": row["sku"], "quantityOnHand": 0, "warehouse": row["warehouse"]}
        address = f"{stack.place.sandbox_address}/_sandbox/vismanet/stock"
        httpx.post(address, json=counted, trust_env=False).raise_for_status()
    run = stack.airflow.start_run(FLOW, {})
    stack.wait_for_task(run, ASKED, "awaiting_input", flow=FLOW)
    # Airflow 3.3.2 takes an answer within a second for a lost task and asks again; a person is not that quick.
    time.sleep(SLOWEST_SCHEDULER_SECONDS)
    assert "would fall to zero" in stack.airflow.question(FLOW, run, stack.task(run, ASKED, flow=FLOW))
    assert not agree(stack)
    assert stack.ledger.turn_holder(turn_taken_by(FLOW)) is None
    passing = stack.airflow.start_run(FLOW, {})
    assert stack.wait_for(passing, flow=FLOW) == "success"
    assert stack.task(passing, ASKED, flow=FLOW).state == "skipped"
    stack.airflow.answer(FLOW, run, stack.task(run, ASKED, flow=FLOW), "Approve")
    assert stack.wait_for(run, flow=FLOW) == "success"
    assert agree(stack)
    assert stack.ledger.turn_holder(turn_taken_by(FLOW)) is None
    assert stack.wait_for(stack.airflow.start_run(FLOW, {}), flow=FLOW) == "success"


def test_the_two_flows_that_change_articles_never_work_at_once(let_run: Stack) -> None:
    stack = let_run
    stack.airflow.wait_for_flow(PRODUCTS)
    started = {flow: stack.airflow.start_run(flow, {}) for flow in (PRODUCTS, FLOW)}
    for flow, run in started.items():
        stack.wait_for(run, flow=flow)
    ledger = stack.ledger.mirrored()
    first, second = sorted(
        (one for f, r in started.items() if (one := ledger.run(f, r))), key=lambda one: one.opened_at
    )
    assert first.closed_at is not None
    assert first.closed_at <= second.opened_at
    assert ledger.turn_holder(turn_taken_by(FLOW)) is None
