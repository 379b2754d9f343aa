"""What of a flow still waits, since when, and whether it is time that somebody looks again."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import HeldRecord, Intent
from visma_sync.sync.catalog import RECORD_FLOWS
from visma_sync.sync.flow import MasterFlow

_SHOWN = 5


@dataclass(frozen=True)
class Waiting:
    """Records that wait for the same reason: their numbers, the one that waits longest first, and since when (UTC).

    `since` is None where no run has settled any of them yet.
    """

    state: str
    reason: str
    cure: str
    numbers: Sequence[str]
    since: datetime | None

    @property
    def line(self) -> str:
        """The group as a person reads it."""
        said = f"{self.state}({self.reason})" if self.reason else self.state
        since = f" since {_moment(self.since)}" if self.since else ""
        more = ", ..." if len(self.numbers) > _SHOWN else ""
        return f"{len(self.numbers)} {said}{since}: {', '.join(self.numbers[:_SHOWN])}{more}. {self.cure}".strip()


@dataclass(frozen=True)
class Unsettled:
    """What a flow has not settled: records that wait, and lost answers to writes of records that do not wait here.

    Such a write is looked for by the run that needs its record, or else by the flow in whose name it was begun. `due`
    tells that it is time for another look at the records, and that no run has looked since.
    """

    flow: str
    waiting: Sequence[Waiting]
    lost: Sequence[Intent]
    due: bool

    @property
    def lines(self) -> list[str]:
        """What waits as a person reads it."""
        lost = [
            f"write of {intent.kind} {intent.marker or intent.key} ({intent.action}) without an answer since "
            f"{_moment(intent.started_at)}: {_looked_for(self.flow, intent)}"
            for intent in self.lost
        ]
        return [*(group.line for group in self.waiting), *lost]


def unsettled(ledger: Ledger, flow: str, moment: datetime, *, looked_since: datetime, wait: timedelta) -> Unsettled:
    """What a flow has not settled at a moment.

    A run that took everything up and began at `looked_since` or later is look enough. A lost answer is not asked for
    before its `wait` is over: until then the write may still land. Rejected records wait for a person, not for a look.
    """
    records = ledger.waiting(flow)
    intents = ledger.open_intents(flow)
    keys = {record.key for record in records}
    free_at = {intent.key: intent.given_up_at + wait for intent in intents if intent.given_up_at}
    due_at = [free_at.get(record.key, looked_since) for record in records if record.state != "rejected"]
    due_at += [free_at[intent.key] for intent in intents if intent.key not in keys and _settles(flow, intent)]
    last = _last_look(ledger, flow)
    return Unsettled(
        flow,
        _grouped(records, ledger.waiting_since(flow, keys)),
        [intent for intent in intents if intent.key not in keys],
        due=any(due <= moment and (last is None or last < max(due, looked_since)) for due in due_at),
    )


def _settles(flow: str, intent: Intent) -> bool:
    """Whether the runs of a flow take up a lost answer although its record waits nowhere."""
    kept = RECORD_FLOWS.get(flow)
    return kept is not None and issubclass(kept, MasterFlow) and kept.may_settle(intent)


def _looked_for(flow: str, intent: Intent) -> str:
    others = f", else by the next run of {flow}" if _settles(flow, intent) else ""
    return (
        f"it is looked for by the run that needs it{others}. "
        "Where it stays for a day: see in the target whether it was made, and correct it there"
    )


def _last_look(ledger: Ledger, flow: str) -> datetime | None:
    """When the last run began that took up all that waited: it read a window, and nothing of it failed."""
    looks = (run.opened_at for run in ledger.runs(flow) if run.window_from and run.closed_at and not run.failed_tasks)
    return max(looks, default=None)


def _grouped(records: Sequence[HeldRecord], since: dict[str, datetime]) -> list[Waiting]:
    groups: dict[tuple[str, str, str], list[HeldRecord]] = defaultdict(list)
    for record in records:
        groups[record.state, record.reason, record.cure].append(record)
    waiting = []
    for (state, reason, cure), members in sorted(groups.items()):
        known = [record for record in members if record.key in since]
        known.sort(key=lambda record: since[record.key])
        others = [record for record in members if record.key not in since]
        numbers = [record.number or record.key for record in (*known, *others)]
        waiting.append(Waiting(state, reason, cure, numbers, since[known[0].key] if known else None))
    return waiting


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
