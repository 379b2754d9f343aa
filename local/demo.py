"""`make demo`: send the orders of an imitated company, and prove that each arrived once and to the cent.

Starts Airflow and both imitated systems, runs the real flow three times (as it is, again, and with the ledger thrown
away), and compares both systems by reading them itself. Ends with status 0 only when everything held; leaves no
process and no port. KILL=1 kills the process that writes the orders half-way.
"""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType

from local.airflow_api import AirflowApi
from local.environment import sandbox_connections
from local.place import PROJECT, NotStartedError, Place, demo_place
from local.reconciliation import compare, doubles
from local.run_watch import FLOW, WRITING, Killing, RunWatch
from local.sandbox_control import SandboxControl
from local.show import Stage, StepTable, comparison_table, count_words, outcome_table
from local.stack import start
from local.supervised import stop, supervisor_of
from local.witness import SourceOrder, Witness
from visma_sync.ledger.ledger import open_ledger
from visma_sync.ledger.rows import Outcome

# The sandbox's orders are of the ten days before today.
WINDOW = timedelta(days=15)
RUN_WITHIN_SECONDS = 600.0


def main() -> None:
    """Tell the whole story; the exit status says whether it is true."""
    for told_to_stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_stop, _interrupt)
    stage = Stage()
    try:
        place = demo_place()
        if supervisor_of(place.folder):
            sys.exit("A demo runs already; this machine has room for one.")
        try:
            is_true = Demo(stage, place).tell(kill=os.environ.get("KILL", "0") == "1")
        finally:
            stop(place.folder, PROJECT)
    except NotStartedError as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; nothing was left running.")
    _where_next(stage, place)
    sys.exit(0 if is_true else 1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@dataclass(frozen=True)
class FinishedRun:
    """A run of the flow that is over: what became of each order, and the tasks that failed.

    `adopted` counts orders that were found in the target after the answer to their making was lost.
    """

    name: str
    outcomes: list[Outcome]
    read: int
    taken_up: int
    failed_tasks: list[str]
    tries_of_writing: int
    adopted: int

    def numbers(self, state: str) -> set[str]:
        """The order numbers with this outcome."""
        return {outcome.number for outcome in self.outcomes if outcome.state == state}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many orders have which outcome."""
        return Counter(outcome.state for outcome in self.outcomes)


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
        self._witness = Witness(self._place.sandbox_address)
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
                run.read + run.taken_up == len(run.outcomes),
                f"{run.read} read + {run.taken_up} taken up = {count_words(run.counts)}",
            ),
            verdict(
                run.numbers("created") == sendable,
                f"all {len(sendable)} orders that can be sent were sent, and no other",
                _difference(run.numbers("created"), sendable),
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
        refresh_token = self._witness.sign_in_at_source()["refresh_token"]
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
        window = {"window_from": _moment(self._until - WINDOW), "window_to": _moment(self._until)}
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
        return self._finished(name, watch)

    def _finished(self, name: str, watch: RunWatch) -> FinishedRun:
        key = self._place.secrets()["ledger_key"]
        ledger = open_ledger(f"sqlite:///{self._place.ledger}", key)
        run = ledger.run(FLOW, name)
        outcomes = ledger.outcomes(FLOW, name)
        links = ledger.links("order", [outcome.key for outcome in outcomes])
        people_needed = any(outcome.state in ("rejected", "uncertain") for outcome in outcomes)
        # The report fails its run on purpose while an order needs a person, so that somebody is told.
        expected = {"report"} if people_needed else set()
        failed = {task.step for task in watch.tasks if task.state in ("failed", "upstream_failed")}
        return FinishedRun(
            name=name,
            outcomes=outcomes,
            read=run.read if run else 0,
            taken_up=run.taken_up if run else 0,
            failed_tasks=sorted(failed - expected),
            tries_of_writing=max((task.tries for task in watch.tasks if task.step == WRITING), default=0),
            adopted=sum(link.how == "adopted" for link in links.values()),
        )


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _difference(found: set[str], wanted: set[str]) -> str:
    missing, more = sorted(wanted - found), sorted(found - wanted)
    return f"missing: {' '.join(missing[:10]) or 'none'}; too many: {' '.join(more[:10]) or 'none'}"


def _where_next(stage: Stage, place: Place) -> None:
    stage.chapter("Where to look next")
    stage.two_columns(
        {
            "make up": "the same in your browser, to click through",
            f"dags/{FLOW}.py": "the flow on one page",
            f"include/mappings/{FLOW}.yaml": "which field becomes which",
            "include/settings/default.yaml": "what a business decides",
            str((place.folder / "logs").relative_to(PROJECT)): "what everything said just now",
            "README.md": "how to go on with your own companies",
        }
    )


if __name__ == "__main__":
    main()
