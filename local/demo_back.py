"""The last chapters of the demo of all flows: what happens in Visma.net goes back, and then both systems agree."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from local.airflow_api import FINISHED, AirflowApi
from local.demo_run import FinishedRun
from local.flow_runs import LOOK_SECONDS, FlowRuns
from local.place import NotStartedError
from local.sandbox_control import SandboxControl
from local.show import Stage
from local.side_by_side import WAREHOUSE, SideBySide

STOCK, ORDER_STATUS, ORDERS = (
    "stock_vismanet_to_eaccounting",
    "order_status_vismanet_to_eaccounting",
    "orders_eaccounting_to_vismanet",
)
RECONCILE = "reconcile"
WAY_BACK = (STOCK, ORDER_STATUS, RECONCILE)
# The stock of a warehouse goes one way: this flow rests while the other one runs.
STOCK_TO_VISMANET = "stock_eaccounting_to_vismanet"
ORDERS_COMPLETED = 12
ARRIVED = Decimal(25)
# The imitated company's oldest invoice is of last year.
DAYS = timedelta(days=800)
RECONCILED_WITHIN_SECONDS = 300.0


class DemoOfTheWayBack:
    """Tells them; every chapter gives back whether it was true. `decided` are the settings of the demo so far."""

    def __init__(
        self, stage: Stage, sandbox: SandboxControl, side_by_side: SideBySide, runs: FlowRuns, airflow: AirflowApi
    ) -> None:
        self._stage = stage
        self._sandbox = sandbox
        self._side_by_side = side_by_side
        self._runs = runs
        self._airflow = airflow

    def went_back(self, orders: FinishedRun, skus: tuple[str, ...], decided: Mapping[str, Any]) -> bool:
        """Some of these orders are completed and these products arrive in Visma.net; eAccounting follows."""
        self._stage.chapter("In Visma.net orders are completed and goods arrive: eAccounting follows")
        off = [*(flow for flow in decided["flows_off"] if flow not in (STOCK, ORDER_STATUS)), STOCK_TO_VISMANET]
        settings = json.dumps({**decided, "flows_off": off}, default=str)
        self._airflow.save_variable("visma_sync_settings", settings, "What the business decides.")
        ongoing = self._side_by_side.source_orders_that_are("ongoing")
        sent = {one.number: one.target_key for one in orders.outcomes if one.state == "created"}
        completed = {number: sent[number] for number in sorted(ongoing & sent.keys())[:ORDERS_COMPLETED]}
        for order in completed.values():
            self._sandbox.complete_order(order)
        for sku in skus:
            self._sandbox.count_stock(sku, WAREHOUSE, ARRIVED)
        stock, status = sorted(self._run_both(), key=lambda run: run.flow, reverse=True)
        shipped = self._side_by_side.source_orders_that_are("shipped")
        balances = self._side_by_side.source_balances(skus)
        return all(
            [
                self._stage.verdict(
                    not stock.failed_tasks and not status.failed_tasks,
                    "no task failed",
                    [*stock.failed_tasks, *status.failed_tasks],
                ),
                self._stage.verdict(
                    bool(completed) and completed.keys() <= shipped,
                    f"the {len(completed)} orders are shipped in eAccounting, and none is invoiced there by us",
                    completed.keys() - shipped,
                ),
                self._stage.verdict(set(balances.values()) == {ARRIVED}, "eAccounting counts what arrived", balances),
                self._side_by_side.balances_are_equal(stock),
                self._nothing_ping_pongs(),
            ]
        )

    def _run_both(self) -> list[FinishedRun]:
        return self._runs.run([[STOCK, ORDER_STATUS]], self._form())

    def _nothing_ping_pongs(self) -> bool:
        """What went back is no news to any flow."""
        self._sandbox.count_from_now()
        self._runs.run([[STOCK, ORDER_STATUS, ORDERS]], self._form())
        writes = self._sandbox.requests().writes
        return self._stage.verdict(not writes, "run once more, they and the orders flow write nothing", writes)

    def agreed(self) -> bool:
        """The nightly comparison of both systems, for all days."""
        self._stage.chapter("Do both systems agree? The nightly comparison, over all days")
        today = datetime.now(UTC).date()
        form = {"from_day": (today - DAYS).isoformat(), "to_day": (today + timedelta(days=1)).isoformat()}
        run = self._airflow.start_run(RECONCILE, form)
        give_up = time.monotonic() + RECONCILED_WITHIN_SECONDS
        while (state := self._airflow.run_state(RECONCILE, run)) not in FINISHED:
            if time.monotonic() > give_up:
                raise NotStartedError(f"Run {run} of {RECONCILE} did not end.")
            time.sleep(LOOK_SECONDS)
        step = next(task for task in self._airflow.task_states(RECONCILE, run) if task.step == "reconcile_flows")
        return self._told(state, self._airflow.result(RECONCILE, run, step))

    def _told(self, state: str, found: Mapping[str, Any] | None) -> bool:
        if found is None:
            return self._stage.verdict(False, "both systems were compared", state)
        for flow, documents in found["compared"].items():
            waiting = found["waiting"].get(flow, 0)
            self._stage.say(f"  {flow}: {documents} documents compared; {waiting} wait, each with its reason")
        differences = {flow: counts for flow, counts in found["differences"].items() if counts}
        count = sum(sum(counts.values()) for counts in differences.values())
        compared = sum(found["compared"].values())
        self._stage.say(f"  For the accountant: {', '.join(found['files'])}")
        return self._stage.verdict(
            state == "success" and count == 0 and compared > 0, f"{count} differences", differences or state
        )

    def _form(self) -> dict[str, str]:
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        return {"window_from": (until - DAYS).isoformat(), "window_to": until.isoformat()}
