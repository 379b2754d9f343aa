"""`make demo`: send the orders of an imitated company, and prove that each arrived once and to the cent.

Starts Airflow and both imitated systems, runs the real flow three times (as it is, again, and with the ledger thrown
away), and compares both systems by reading them itself. Ends with status 0 only when everything held; leaves no
process and no port. KILL=1 kills the process that writes the orders half-way.
"""

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from local.airflow_api import AirflowApi
from local.demo_run import FinishedRun, difference, finished_run, moment, play
from local.environment import sandbox_connections
from local.place import PROJECT, NotStartedError, Place
from local.reconciliation import compare, doubles
from local.run_watch import FLOW, Killing, RunWatch
from local.sandbox_control import SandboxControl
from local.show import Stage, StepTable, comparison_table, count_words, outcome_table
from local.signed_in import SignedIn
from local.stack import start
from local.witness import SourceOrder, Witness

# The sandbox's orders are of the ten days before today.
WINDOW = timedelta(days=15)
RUN_WITHIN_SECONDS = 600.0
LEADS = {
    "make up": "the same in your browser, to click through",
    "make demo ALL=1": "all flows at once",
    f"dags/{FLOW}.py": "the flow on one page",
    f"include/mappings/{FLOW}.yaml": "which field becomes which",
    "include/settings/default.yaml": "what a business decides",
}


def main() -> None:
    """Tell the whole story; the exit status says whether it is true."""
    kill = os.environ.get("KILL", "0") == "1"
    play(lambda stage, place: Demo(stage, place).tell(kill=kill), LEADS)


class Demo:
    """The story, chapter by chapter; every chapter gives back whether it was true."""

    def __init__(self, stage: Stage, place: Place) -> None:
        self._stage = stage
        self._place = place
        self._until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)

    def tell(self, *, kill: bool) -> bool:
        """All chapters; each is told even when one before it was not true."""
        self._stage.chapter("Starting Airflow, and an imitated eAccounting and Visma.net")
        start(self._place, scheduled=False, die_with_parent=True)
        self._sandbox = SandboxControl(self._place.sandbox_address)
        self._witness = Witness(SignedIn(self._place.sandbox_address))
        with AirflowApi(self._place) as self._airflow:
            self._airflow.wait_for_flow(FLOW)
            self._stage.say(f"Airflow is at {self._place.address}; nothing leaves this machine.")
            before = set(self._witness.target_references())
            source = self._witness.source_orders()
            first = self._send(kill=kill)
            if not self._no_task_failed(first):
                return False
            return all(
                [
                    self._accounted_for(first, source, before, kill=kill),
                    self._reconcile(first, source, before),
                    self._again(),
                    self._without_ledger(),
                ]
            )

    def _send(self, *, kill: bool) -> FinishedRun:
        title = f"Sending {self._place.orders} orders"
        self._stage.chapter(f"{title}, and killing the sender half-way" if kill else title)
        return self._run(Killing(self._stage, self._sandbox) if kill else None)

    def _no_task_failed(self, run: FinishedRun) -> bool:
        logs = self._place.folder.relative_to(PROJECT) / "logs" / f"dag_id={FLOW}" / f"run_id={run.name}"
        failed = f"{', '.join(run.failed_tasks)}; what they said is in {logs}"
        return self._stage.verdict(not run.failed_tasks, "no task failed", failed)

    def _accounted_for(
        self, run: FinishedRun, source: Mapping[str, SourceOrder], before: set[str], *, kill: bool
    ) -> bool:
        verdict, planted = self._stage.verdict, self._sandbox.planted()
        self._stage.chapter(f"What became of {len(run.outcomes)} orders")
        self._stage.console.print(outcome_table(run.outcomes))
        self._stage.say("")
        known = {outcome.number for outcome in run.outcomes}
        sendable = {
            number
            for number, order in source.items()
            if order.status != "draft" and number not in planted and number not in before
        }
        told = [
            verdict(set(source) <= known, "every numbered order of eAccounting has an outcome"),
            verdict(
                run.accounts_for_all,
                f"{run.read} read + {run.taken_up} taken up = {count_words(run.counts)}",
            ),
            verdict(
                run.numbers("created") == sendable,
                f"all {len(sendable)} orders that can be sent were sent, and no other",
                difference(run.numbers("created"), sendable),
            ),
            verdict(
                not run.numbers("created") & set(planted),
                f"none of the {len(planted)} orders with planted trouble slipped through",
            ),
        ]
        if kill:
            told.append(verdict(run.tries_of_writing > 1, "the killed step was tried again by itself"))
            told.append(
                verdict(
                    run.adopted >= Killing.HANGING,
                    f"{run.adopted} orders whose answer was lost were recognised in Visma.net, not made again",
                )
            )
        return all(told)

    def _reconcile(self, run: FinishedRun, source: Mapping[str, SourceOrder], before: set[str]) -> bool:
        self._stage.chapter("Both systems side by side, read by a program of its own")
        target = self._witness.target_orders()
        comparisons = compare(run.numbers("created"), source, target)
        wrong = [one for one in comparisons if not one.is_equal]
        shown = max(6, len(wrong))
        self._stage.console.print(comparison_table(comparisons, limit=shown))
        self._stage.say(f"[dim]… and {len(comparisons) - shown} more[/dim]\n" if len(comparisons) > shown else "")
        made = {order.reference for order in target} - before
        unexplained = made - {outcome.number for outcome in run.outcomes}
        return all(
            [
                self._stage.verdict(
                    not wrong and bool(comparisons),
                    f"{len(comparisons)} orders: number, currency, total and VAT are equal to the cent",
                ),
                self._stage.verdict(not unexplained, "Visma.net holds no order that the flow does not account for"),
                self._stage.verdict(
                    self._sandbox.letters_sent() == 0, "nobody outside was mailed, and nothing was printed"
                ),
                self._no_doubles(),
            ]
        )

    def _again(self) -> bool:
        self._stage.chapter("The same window once more")
        run = self._run()
        writes = self._sandbox.requests().writes
        return all(
            [
                self._no_task_failed(run),
                self._stage.verdict(not writes, "nothing was written", writes),
                self._no_doubles(),
            ]
        )

    def _without_ledger(self) -> bool:
        self._stage.chapter("And once more with the ledger thrown away")
        for file in self._place.folder.glob(f"{self._place.ledger.name}*"):
            file.unlink()
        self._stage.say("The sign-in at eAccounting was in it, so somebody signs in again.")
        refresh_token = SignedIn.consent(self._place.sandbox_address)["refresh_token"]
        connection = sandbox_connections(self._place, refresh_token)["eaccounting_default"]
        self._airflow.save_connection("eaccounting_default", connection)
        run = self._run()
        requests = self._sandbox.requests()
        return all(
            [
                self._no_task_failed(run),
                self._stage.verdict(requests.new_orders == 0, "every order was recognised in Visma.net itself"),
                self._no_doubles(),
            ]
        )

    def _no_doubles(self) -> bool:
        twice = doubles(self._witness.target_references())
        return self._stage.verdict(not twice, "no order is there twice", twice)

    def _run(self, killing: Killing | None = None) -> FinishedRun:
        self._sandbox.count_from_now()
        if killing:
            killing.prepare()
        window = {"window_from": moment(self._until - WINDOW), "window_to": moment(self._until)}
        name = self._airflow.start_run(FLOW, window)
        watch = RunWatch(self._airflow, self._sandbox, name)
        with StepTable(self._stage) as table:
            give_up = time.monotonic() + RUN_WITHIN_SECONDS
            while not watch.look(table):
                if killing:
                    killing.look(watch.tasks)
                if time.monotonic() > give_up:
                    raise NotStartedError(f"Run {name} did not end; see {self._place.folder / 'logs'}.")
                time.sleep(0.3)
        return finished_run(self._place, FLOW, name, watch.tasks)


if __name__ == "__main__":
    main()
