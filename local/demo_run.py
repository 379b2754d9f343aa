"""What the demos share: a place that is started and left tidy, and a run of a flow that is over."""

import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from local.airflow_api import TaskState
from local.place import PROJECT, NotStartedError, Place, demo_place
from local.run_watch import WRITING
from local.show import Stage
from local.supervised import stop, supervisor_of
from visma_sync.flows import FLOWS, is_mirrored
from visma_sync.ledger.ledger import open_ledger
from visma_sync.ledger.rows import Outcome


@dataclass(frozen=True)
class FinishedRun:
    """A run of a flow that is over: what became of each record, and the tasks that failed.

    `adopted` counts documents that were found in the target after the answer to their making was lost.
    """

    flow: str
    name: str
    outcomes: list[Outcome]
    read: int
    taken_up: int
    failed_tasks: list[str]
    tries_of_writing: int
    adopted: int

    def numbers(self, *states: str) -> set[str]:
        """The numbers of the records with one of these outcomes."""
        return {outcome.number for outcome in self.outcomes if outcome.state in states}

    @property
    def counts(self) -> Mapping[str, int]:
        """How many records have which outcome."""
        return Counter(outcome.state for outcome in self.outcomes)

    @property
    def accounts_for_all(self) -> bool:
        """Whether every record that was read or taken up has one outcome."""
        return self.read + self.taken_up == len(self.outcomes)


def play(tell: Callable[[Stage, Place], bool], leads: Mapping[str, str]) -> None:
    """Tell a story at the demo's place and leave nothing running; the exit status says whether it was true.

    `leads` says, by name, where to look next.
    """
    for told_to_stop in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told_to_stop, _interrupt)
    stage = Stage()
    try:
        place = demo_place()
        if supervisor_of(place.folder):
            sys.exit("A demo runs already; this machine has room for one.")
        try:
            is_true = tell(stage, place)
        finally:
            stop(place.folder, PROJECT)
    except NotStartedError as reason:
        sys.exit(str(reason))
    except KeyboardInterrupt:
        sys.exit("\nInterrupted; nothing was left running.")
    stage.chapter("Where to look next")
    logs = {str((place.folder / "logs").relative_to(PROJECT)): "what everything said just now"}
    stage.two_columns({**leads, **logs, "README.md": "how to go on with your own companies"})
    sys.exit(0 if is_true else 1)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def finished_run(place: Place, flow: str, name: str, tasks: Sequence[TaskState]) -> FinishedRun:
    """What the ledger and Airflow know of a run that is over."""
    ledger = open_ledger(f"sqlite:///{place.ledger}", place.secrets()["ledger_key"])
    ledger = ledger.mirrored() if is_mirrored(flow) else ledger
    run = ledger.run(flow, name)
    outcomes = ledger.outcomes(flow, name)
    links = ledger.links(FLOWS[flow].kind, [outcome.key for outcome in outcomes])
    people_needed = any(outcome.state in ("rejected", "uncertain") for outcome in outcomes)
    # The report fails its run on purpose while a record needs a person, so that somebody is told.
    expected = {"report"} if people_needed else set()
    failed = {task.step for task in tasks if task.state in ("failed", "upstream_failed")}
    return FinishedRun(
        flow=flow,
        name=name,
        outcomes=outcomes,
        read=run.read if run else 0,
        taken_up=run.taken_up if run else 0,
        failed_tasks=sorted(failed - expected),
        tries_of_writing=max((task.tries for task in tasks if task.step == WRITING), default=0),
        adopted=sum(link.how == "adopted" for link in links.values()),
    )


def moment(of: datetime) -> str:
    """A moment (UTC) as the trigger form takes it."""
    return of.strftime("%Y-%m-%dT%H:%M:%SZ")


def difference(found: set[str], wanted: set[str]) -> str:
    """Which numbers are missing, and which are too many, in a few words."""
    missing, more = sorted(wanted - found), sorted(found - wanted)
    return f"missing: {' '.join(missing[:10]) or 'none'}; too many: {' '.join(more[:10]) or 'none'}"
