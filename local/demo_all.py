"""`make demo ALL=1`: every flow of an imitated company, unrelated ones side by side, and the proof that it is true.

Starts the place of `make demo` with the company's sales split over orders, invoices and bookings, runs every flow
twice, and compares both systems by reading them itself. Ends with status 0 only when everything held; leaves no process
and no port.
"""

import json
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import yaml

from local.airflow_api import AirflowApi
from local.demo_back import WAY_BACK, DemoOfTheWayBack
from local.demo_run import FinishedRun, moment, play
from local.flow_runs import FlowRuns
from local.place import PROJECT, Place
from local.sandbox_control import SandboxControl
from local.show import Stage, count_words
from local.show_flows import flows_table, waiting_table
from local.side_by_side import SideBySide
from local.stack import start
from visma_sync.settings.load import merged

DIRECTION = "eaccounting_to_vismanet"
# Products and customers are there before the sales that name them, invoices before their payments.
STAGES = (("products", "customers"), ("stock", "orders", "invoices", "bookings"), ("payments",))
STOCK = f"stock_{DIRECTION}"
# More of the stock than `stock.brake_percent` lets go without a question.
EMPTIED = ("STOCK-1", "KG-2", "EAN-3")
# The imitated company has customers that never changed since it began, and one invoice of last year.
WINDOW = timedelta(days=800)
LEADS = {
    "make up": "the same in your browser, to click through",
    "docs/flows": "each flow in business words",
    "include/settings/demo_all.yaml": "how the sales were split over three paths",
}


class DemoOfAll:
    """The story, chapter by chapter; every chapter gives back whether it was true."""

    def __init__(self, stage: Stage, place: Place) -> None:
        self._stage = stage
        self._place = place
        until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
        self._form = {"window_from": moment(until - WINDOW), "window_to": moment(until)}
        self._stages = [[f"{records}_{DIRECTION}" for records in stage] for stage in STAGES]

    def tell(self) -> bool:
        """All chapters; each is told even when one before it was not true."""
        self._stage.chapter("Starting Airflow, and an imitated eAccounting and Visma.net")
        start(self._place, scheduled=False, die_with_parent=True)
        self._sandbox = SandboxControl(self._place.sandbox_address)
        decided = _decided()
        paths = {row["group"]: row["path"] for row in decided["send_sales_as"]["rows"]}
        with AirflowApi(self._place) as airflow:
            airflow.save_variable("visma_sync_settings", json.dumps(decided, default=str), "What the business decides.")
            for flow in chain(*self._stages, WAY_BACK):
                airflow.wait_for_flow(flow)
            self._stage.say(f"Airflow is at {self._place.address}; nothing leaves this machine.")
            split = ", ".join(f"{label} as {path}" for label, path in paths.items())
            self._stage.say(f"Sales to customers go by their label: {split}; everybody else as order.")
            self._runs = FlowRuns(self._stage, self._place, airflow)
            side_by_side = SideBySide(self._stage, self._place.sandbox_address, paths)
            back = DemoOfTheWayBack(self._stage, self._sandbox, side_by_side, self._runs, airflow)
            first = self._every_flow("Every flow, unrelated ones side by side")
            if not self._no_task_failed(first):
                return False
            return all(
                [
                    self._accounted_for(first, side_by_side),
                    self._compared(first, side_by_side),
                    self._again(),
                    self._brake(side_by_side),
                    back.went_back(first["orders"], EMPTIED, decided),
                    back.agreed(),
                ]
            )

    def _every_flow(self, title: str) -> dict[str, FinishedRun]:
        """Every flow once: its run by what it moves (`orders`)."""
        self._stage.chapter(title)
        self._sandbox.count_from_now()
        runs = self._runs.run(self._stages, self._form)
        return {run.flow.removesuffix(f"_{DIRECTION}"): run for run in runs}

    def _no_task_failed(self, runs: dict[str, FinishedRun]) -> bool:
        logs = self._place.folder.relative_to(PROJECT) / "logs"
        failed = [f"{run.flow}: {', '.join(run.failed_tasks)}" for run in runs.values() if run.failed_tasks]
        return self._stage.verdict(
            not failed, "no task failed in any flow", f"{'; '.join(failed)}; what they said is in {logs}"
        )

    def _accounted_for(self, runs: dict[str, FinishedRun], side_by_side: SideBySide) -> bool:
        self._stage.chapter(f"What became of {sum(len(run.outcomes) for run in runs.values())} records")
        self._stage.console.print(flows_table(list(runs.values())))
        self._stage.say("")
        self._stage.console.print(waiting_table(list(runs.values())))
        self._stage.say("")
        unaccounted = [run.flow for run in runs.values() if not run.accounts_for_all]
        return all(
            [
                self._stage.verdict(not unaccounted, "every record that was read has one outcome", unaccounted),
                side_by_side.sent(runs),
            ]
        )

    def _compared(self, runs: dict[str, FinishedRun], side_by_side: SideBySide) -> bool:
        self._stage.chapter("Both systems side by side, read by a program of its own")
        return side_by_side.told(runs)

    def _again(self) -> bool:
        runs = self._every_flow("Every flow once more")
        writes = self._sandbox.requests().writes
        made = {run.flow: count_words(run.counts) for run in runs.values() if run.numbers("created", "updated")}
        return all(
            [
                self._no_task_failed(runs),
                self._stage.verdict(not writes, "nothing was written", writes),
                self._stage.verdict(not made, "and no flow says that it wrote anything", made),
            ]
        )

    def _brake(self, side_by_side: SideBySide) -> bool:
        """Most of the stock becomes zero in eAccounting at once, by mistake or not: a person is asked."""
        self._stage.chapter("Somebody empties the shelves in eAccounting")
        for sku in EMPTIED:
            self._sandbox.empty_shelf(sku)
        self._runs.run([[STOCK]], {})
        stock = side_by_side.stock(EMPTIED)
        return all(
            [
                self._stage.verdict(len(self._runs.questions) == 1, "a person was asked, once", self._runs.questions),
                self._stage.verdict(not any(stock.values()), "and after the answer Visma.net has none either", stock),
                side_by_side.nothing_is_doubled(),
            ]
        )


def _decided() -> dict[str, Any]:
    """What the company of all flows decided: that of `make demo`, and how its sales are split."""
    folder = PROJECT / "include" / "settings"
    default, demo, beside = (
        yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
        for name in ("default", "demo", "demo_all")
    )
    settings: dict[str, Any] = merged(merged({"flows_off": default["flows_off"]}, demo), beside)
    return settings


def main() -> None:
    """Tell the whole story; the exit status says whether it is true."""
    play(lambda stage, place: DemoOfAll(stage, place).tell(), LEADS)


if __name__ == "__main__":
    main()
