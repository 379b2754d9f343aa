"""The DAGs that keep house, under a real scheduler: what waits is settled, the lists are read and told of."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from local.environment import sandbox_connections
from tests.airflow.conftest import FLOW, Stack
from tests.flows.running import IMPATIENT, Company, demo_settings, only
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.run import Run

LISTS, SETTLE = "reference_data", "settle"
OFF = "order_status_vismanet_to_eaccounting"


@dataclass
class Beside(Company):
    """A program beside Airflow that works with the same ledger, and may give up where Airflow would try again."""

    stack: Stack | None = None

    def ledger(self) -> Ledger:
        assert self.stack is not None
        return self.stack.ledger

    def open_run(self, run_id: str, *, flow: str = FLOW, dry_run: bool = False, last_try: bool = True) -> Run:
        assert self.stack is not None
        extra = sandbox_connections(self.stack.place)["vismanet_default"]["extra"]
        run = super().open_run(run_id, flow=flow, dry_run=dry_run, last_try=last_try)
        named = run.ledger.fingerprint(f"{extra['tenant_id']} {extra['company_id']}")
        return replace(run, named_company=named)


def beside(stack: Stack, **changes: Any) -> Beside:
    settings = demo_settings(**{**IMPATIENT, **changes})
    return Beside(stack.place.sandbox_address, stack.place.ledger, settings, tries=1, stack=stack)


def run(stack: Stack, dag: str) -> tuple[str, str]:
    """Trigger a DAG that has no form; gives the run's name and state."""
    stack.airflow.wait_for_flow(dag)
    name = stack.airflow.start_run(dag, {})
    return name, stack.wait_for(name, flow=dag)


def entered_orders(stack: Stack) -> list[str]:
    """Somebody enters two orders in eAccounting; gives their numbers."""
    address = f"{stack.place.sandbox_address}/_sandbox/eaccounting/orders"
    made = [httpx.post(address, json={}, trust_env=False).raise_for_status().json() for _ in range(2)]
    return [str(one["Number"]) for one in made]


def times_in_target(stack: Stack, number: str) -> int:
    return Counter(order["customer"]["refNo"] for order in stack.orders_in_target())[number]


def test_settle_adopts_a_lost_answer_and_sends_what_was_parked(stack: Stack) -> None:
    lost, parked = entered_orders(stack)
    no_unit: dict[str, object] = {"default": None, "table": {}}
    assert beside(stack, units=no_unit).run(only(parked), name="beside-1").ended(parked) == "parked(no_units)"
    stack.sandbox.add_fault(kind="timeout_after", method="POST", path="/salesorder/api/v3/SalesOrders$")
    assert beside(stack).run(only(lost), name="beside-2").ended(lost) == "uncertain(answer_lost)"

    stack.web.patch(f"/api/v2/dags/{FLOW}", json={"is_paused": True}).raise_for_status()
    name, state = run(stack, SETTLE)
    assert state == "success"
    assert stack.ledger.run(FLOW, f"settle__{name}") is None, "a paused flow is only shown"

    stack.web.patch(f"/api/v2/dags/{FLOW}", json={"is_paused": False}).raise_for_status()
    name, state = run(stack, SETTLE)
    assert state == "success"
    started = f"settle__{name}"
    stack.wait_for(started, within_seconds=200)
    states = {outcome.number: outcome.state for outcome in stack.ledger.outcomes(FLOW, started)}
    assert (states[lost], states[parked]) == ("created", "created")
    assert [times_in_target(stack, number) for number in (lost, parked)] == [1, 1]


def test_settle_starts_no_flow_that_the_settings_have_switched_off(stack: Stack) -> None:
    stack.airflow.wait_for_flow(OFF)
    stack.web.patch(f"/api/v2/dags/{OFF}", json={"is_paused": False}).raise_for_status()
    ledger, now = stack.ledger.mirrored(), datetime.now(UTC)
    ledger.hold(OFF, "before", [HeldRecord("k", "1", now, now, source_hash="h")], {})
    ledger.save_outcomes(OFF, "before", [Outcome("k", "1", "parked", "status_unknown")])
    _, state = run(stack, SETTLE)
    assert state == "success"
    runs = stack.web.get(f"/api/v2/dags/{OFF}/dagRuns", params={"run_type": "manual"}).raise_for_status().json()
    assert runs["dag_runs"] == []


def test_the_lists_are_read_and_a_value_that_vanished_turns_the_run_red(stack: Stack) -> None:
    _, state = run(stack, LISTS)
    assert state == "success"
    assert stack.ledger.reference("target", "vat_categories")
    control = f"{stack.place.sandbox_address}/_sandbox/vismanet/set_up/warehouse/1"
    row = httpx.post(control, json={"active": False}, trust_env=False).raise_for_status().json()
    try:
        name, state = run(stack, LISTS)
        assert state == "failed"
        assert stack.task(name, "read_lists", flow=LISTS).state == "success"
        assert stack.task(name, "tell_of_lists", flow=LISTS).state == "failed"
        assert stack.task(name, "tell_of_lists", flow=LISTS).tries == 1, "trying again would tell nothing new"
    finally:
        httpx.post(control, json={"active": True}, trust_env=False).raise_for_status()
    assert row["active"] is False
    _, state = run(stack, LISTS)
    assert state == "success"
