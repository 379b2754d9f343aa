"""The adjustments that we make in the target: each made once, and released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError, RetryableError, UncertainWriteError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.sync.run import Run, now
from visma_sync.sync.stock.flow import Adjustments, StockFlow
from visma_sync.sync.write import Look, Write, write_once

KIND = "stock_adjustment"
# Whose business day an adjustment is dated on: the zone of both vendors' companies.
_ZONE = ZoneInfo("Europe/Amsterdam")
_UNLOOKED = "target.adjustments"


def marker_start(run: Run) -> str:
    """How the external references of our adjustments begin."""
    return f"{run.settings.marker_prefix}stock "


def business_day() -> date:
    """The day on which adjustments are dated now."""
    return now().astimezone(_ZONE).date()


def kept_apart(run: Run) -> str:
    """The name under which adjustments are in hand, beside the stock levels; those of real runs also in a dry run."""
    return replace(run, dry_run=False).flow_of(KIND)


@dataclass(frozen=True)
class Adjustment:
    """An adjustment by its marker: the day on which it is dated, and the SKUs in it."""

    marker: str
    day: date
    skus: tuple[str, ...]

    def hold(self, run: Run) -> None:
        """Take it in hand before anything is sent, so that whatever run comes next settles it."""
        facts = {"day": self.day.isoformat(), "skus": list(self.skus)}
        moment = now()
        record = HeldRecord(self.marker, self.marker, moment, moment, source_hash="", facts=facts)
        run.ledger.hold(kept_apart(run), run.run_id, [record], {})

    @classmethod
    def of(cls, held: HeldRecord) -> "Adjustment":
        """One that is in hand."""
        return cls(held.key, date.fromisoformat(held.facts["day"]), tuple(held.facts["skus"]))


class Books:
    """Makes and releases adjustments, whatever became of the answers to earlier tries."""

    def __init__(self, flow: StockFlow, journal: Journal) -> None:
        self._run = flow.run
        self._flow_name = flow.run.writer_of(flow.kind)
        self._target: Adjustments = flow.target.adjustments
        self._journal = journal

    def intents(self, markers: Sequence[str]) -> Mapping[str, Intent]:
        """What was begun of these, by marker."""
        return self._run.ledger.intents(self._flow_name, KIND, markers, "create")

    def begun(self, marker: str) -> Adjustment | None:
        """One that an earlier try took in hand."""
        held = self._run.ledger.held(kept_apart(self._run), [marker]).get(marker)
        return None if held is None else Adjustment.of(held)

    async def bring_to_end(self, adjustment: Adjustment, body: dict[str, Any] | None) -> Outcome:
        """Make an adjustment (one without a body is only looked for) and release it; gives what became of it.

        Raises RecordRejectedError where the target refuses to make it, RecordParkedError where it stands there and
        cannot be released, and what `write_once` raises.
        """
        intent = self.intents([adjustment.marker]).get(adjustment.marker)
        if body is None and (intent is None or intent.state in {"refused", "absent"}):
            return self._ended(adjustment, "skipped", "not_sent")
        look = await self._look(adjustment, intent)
        done = await write_once(self._run, self._journal, self._write(adjustment, body), intent, look)
        if done.how == "absent":
            return self._ended(adjustment, "skipped", "not_sent")
        just_made = done.how == "created" and (intent is None or intent.state != "done")
        if not just_made and (gone := await self._standing(adjustment, done.target_key)) is not None:
            return gone
        return await self._release(adjustment, done.target_key)

    def _write(self, adjustment: Adjustment, body: dict[str, Any] | None) -> Write:
        async def send() -> str:
            return await self._target.create(body or {})

        return Write(
            flow=self._flow_name,
            kind=KIND,
            key=adjustment.marker,
            action="create",
            marker=adjustment.marker,
            payload=body or {},
            send=send,
            link=Link(KIND, adjustment.marker, ""),
            wanted=body is not None,
        )

    async def _look(self, adjustment: Adjustment, intent: Intent | None) -> Look | None:
        """Look for an adjustment whose answer was lost: by its day, because references cannot be asked for."""
        if intent is None or intent.state != "open":
            return None
        began_at = now()
        rows = await self._target.dated(adjustment.day)
        found = [row.number for row in rows if row.reference == adjustment.marker]
        return Look(found[0] if found else "", began_at)

    async def _standing(self, adjustment: Adjustment, number: str) -> Outcome | None:
        """How one made earlier has ended, None where it still has to be released."""
        row = await self._target.get(number)
        if row is None:
            return self._ended(adjustment, "skipped", "gone_from_target", number)
        if row.state == "released":
            return self._ended(adjustment, "created", "", number)
        if row.state != "balanced":
            raise _unreleased(number, "adjustment_on_hold", f"somebody put it on {row.state}")
        return None

    async def _release(self, adjustment: Adjustment, number: str) -> Outcome:
        try:
            released = await self._target.release(number)
        except UncertainWriteError as error:
            # Releasing twice does no harm: its state is read before it is tried again.
            raise RetryableError(
                f"the answer to the release of adjustment {number} was lost", retry_after=1.0, operation=error.operation
            ) from error
        except RecordRejectedError as refusal:
            raise _unreleased(number, refusal.code, refusal.message) from refusal
        if not released:
            return self._ended(adjustment, "parked", "release_under_way", number)
        return self._ended(adjustment, "created", "", number)

    def _ended(self, adjustment: Adjustment, state: str, reason: str, number: str = "") -> Outcome:
        cure = "Nothing to do: the next run looks at it, and compares again." if reason else ""
        detail = f"adjustment {number}" if number else ""
        marker = adjustment.marker
        return Outcome(marker, marker, state, reason, cure=cure, detail=detail, target_key=number)


def _unreleased(number: str, code: str, why: str) -> RecordParkedError:
    return RecordParkedError(
        [Reason(code, f"adjustment {number} stands unreleased in the target: {why}")],
        resolution="Release it there, or delete it; the products in it wait until then.",
    )


async def take_over_unknown(flow: StockFlow) -> None:
    """With a new ledger, once: adjustments of ours that stand unreleased in the target are in hand again."""
    run = flow.run
    if run.ledger.cursor(_UNLOOKED) is not None:
        return
    began_at: datetime = now()
    for row in await flow.target.adjustments.unreleased():
        if row.reference.startswith(marker_start(run)):
            Adjustment(row.reference, row.dated_on, tuple(line.sku for line in row.lines)).hold(run)
            name = run.writer_of(flow.kind)
            run.ledger.commit(
                Intent(name, KIND, row.reference, "create", row.reference, run.run_id, "done", target_key=row.number)
            )
    run.ledger.save_cursor(_UNLOOKED, began_at)
