"""Taking orders of the target step by step as far as the source came with them, each step once.

No step can be repeated, and none carries a marker of ours: the target refuses a step that does not start where the
order is. So the order is read before a step, and again after one that was refused or whose answer was lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from visma_sync.domain.order_status import OrderStatus
from visma_sync.errors import RecordRejectedError, StaleVersionError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Intent, Link, Outcome
from visma_sync.sync.order_status.decide import (
    FORWARDS,
    INVOICED,
    SHIPPED,
    STAGES,
    Step,
    Wanted,
    is_further,
    parked,
    refuse_unequal,
    steps_to,
    wanted,
)
from visma_sync.sync.order_status.known import KIND, STEPS, Known, outcome, told
from visma_sync.sync.order_status.notes import Notes
from visma_sync.sync.order_status.ports import OrderState, StatesOfTarget
from visma_sync.sync.run import Run
from visma_sync.sync.write import Look, Write, write_once


@dataclass(frozen=True)
class _Taking:
    """One step of an order; one that is not `is_wanted` is only looked for. `outcome` is given with the last one."""

    status: OrderStatus
    wish: Wanted
    step: Step
    is_wanted: bool
    outcome: Outcome | None


@dataclass(frozen=True)
class Following:
    """Settles orders one by one; `step` is the step of the run that does."""

    run: Run
    target: StatesOfTarget
    journal: Journal
    known: Known
    step: str

    async def settle(self, status: OrderStatus) -> Outcome:
        """Take an order to the stage that its state in the source asks for, and note its shipments."""
        decided, present = self.run.settings.mirror.order_status, self.known.present.get(status.key)
        may = decided.invoice_in_eaccounting and self.known.paths.get(status.key) == "order"
        wish = wanted(status, decided, may_be_invoiced=may)
        if present is None:
            return _gone(status)
        _refuse_odd(status, wish, present)
        steps = steps_to(present.stage, wish, self.known.said_before(status.key), decided)
        self._refuse_taken_back(status, wish, steps)
        notes = Notes(self.run, self.target, self.journal, self.known)
        if is_further(present.stage, wish.stage):
            wish = replace(wish, waits=None)
        if self.run.dry_run:
            return self._would(status, wish, present, steps, notes.due(status))
        return await self._follow(status, wish, present, steps, notes)

    def _refuse_taken_back(self, status: OrderStatus, wish: Wanted, steps: Sequence[Step]) -> None:
        """A step that we made and somebody undid is not made again for the same word of the source."""
        first = steps[0] if steps and steps[0] in FORWARDS and steps[0].after != INVOICED else None
        begun = self.known.intents[first.action].get(status.key) if first else None
        if (
            first is None
            or begun is None
            or begun.state != "done"
            or wish.says_more(self.known.said_before(status.key))
        ):
            return
        raise parked(
            "taken_back_in_target",
            f"order {status.number} was taken from {first.before} to {first.after} by us, and back by somebody",
            "Take it on in the target by hand if it is to be so; it goes on by itself when the source says more of it.",
        )

    def _would(
        self, status: OrderStatus, wish: Wanted, present: OrderState, steps: Sequence[Step], notes: Sequence[str]
    ) -> Outcome:
        would = [f"would go from {step.before} to {step.after}" for step in steps]
        would += [f"would get a note of shipment {shipment}" for shipment in notes]
        if any(self.known.lost(step, status.key) for step in STEPS):
            would.append("would be looked at again, as an answer was lost")
        if not would and wish.waits is not None:
            raise wish.waits
        if not would:
            return outcome(status.number, status.key, "unchanged", detail=f"is {present.stage}", target=status.key)
        return outcome(status.number, status.key, "skipped", "dry_run", "; ".join(would))

    async def _follow(
        self, status: OrderStatus, wish: Wanted, present: OrderState, steps: Sequence[Step], notes: Notes
    ) -> Outcome:
        # What may still land is settled before anything else is begun.
        lost = [step for step in STEPS if self.known.lost(step, status.key) and step not in steps]
        due, all_steps, done = notes.due(status), (*lost, *steps), list[str]()
        ends_with_steps = not due and wish.waits is None
        kept = False
        for step in all_steps:
            said = "; ".join((*done, _said(step)))
            updated = outcome(status.number, status.key, "updated", detail=said, target=status.key)
            is_end = ends_with_steps and step == all_steps[-1]
            how = await self._take(_Taking(status, wish, step, step in steps, updated if is_end else None), present)
            if how == "gone":
                return _gone(status)
            if how in _BY_US:
                done.append(_said(step))
                kept = is_end
        done += await notes.write(status, present, due)
        if wish.waits is not None:
            raise wish.waits
        return await self._close(status, wish, present, done, is_kept=kept)

    async def _close(
        self, status: OrderStatus, wish: Wanted, present: OrderState, done: Sequence[str], *, is_kept: bool
    ) -> Outcome:
        """Remember that the order is as the source says, so that it is not asked for until that changes."""
        ahead = is_further(present.stage, wish.stage) and not done
        detail = f"is {present.stage}, and {wish.stage} in the source" if ahead else "; ".join(done)
        state, reason = "updated" if done else "unchanged", "ahead_in_target" if ahead else ""
        settled = outcome(status.number, status.key, state, reason, detail, target=status.key)
        if not is_kept:
            link = self._link(status, wish, is_settled=True, how="followed")
            await self.journal.commit(link, told(self.run, self.step, settled))
        return settled

    async def _take(self, taking: _Taking, present: OrderState) -> str:
        """Make one step, once; gives how it came about: created, adopted, absent, there (by somebody else), gone."""
        key, step = taking.status.key, taking.step
        lost = self.known.lost(step, key)
        look = Look(key if step.is_done_at(present.stage) else "", self.known.looked_at) if lost else None
        if taking.is_wanted and step.after == INVOICED:
            await self._refuse_uninvoiceable(taking.status, lost)
        write = self._write(taking)
        try:
            return (await write_once(self.run, self.journal, write, lost, look)).how
        except RecordRejectedError as refusal:
            how = await self._after_refusal(taking, refusal)
        if how != "there" or lost is None:
            return how
        # The request whose answer was lost has landed after all, between the look and the refusal.
        await self.journal.commit(*write.links(key, "adopted"), *write.outcomes(key))
        return "adopted"

    async def _refuse_uninvoiceable(self, status: OrderStatus, lost: Intent | None) -> None:
        """An invoice is booked at once, so the order is read again right before, and must come to what was charged."""
        begun = self.known.intents["invoice"].get(status.key)
        if lost is None and begun is not None and begun.state == "done":
            raise parked(
                "invoiced_before",
                "the order was invoiced by us, and is not invoiced any more",
                "Look at its invoice in the target, and invoice it there if it is to be charged again.",
            )
        fresh = await self.target.read(status.key)
        if fresh is None or fresh.stage != SHIPPED:
            raise StaleVersionError(f"order {status.number} changed while it was looked at", retry_after=1)
        refuse_unequal(status, fresh)

    async def _after_refusal(self, taking: _Taking, refusal: RecordRejectedError) -> str:
        """Somebody was there first, or deleted it; else it waits, with what the target said."""
        step, fresh = taking.step, await self.target.read(taking.status.key)
        if fresh is None:
            return "gone"
        if step.is_done_at(fresh.stage):
            return "there"
        raise parked(
            "step_refused",
            f"the step from {step.before} to {step.after} is refused: {refusal.message}",
            "Look at the order in the target; take it further there, or mend what it lacks. It goes on by itself.",
        ) from refusal

    def _write(self, taking: _Taking) -> Write:
        status, step = taking.status, taking.step

        async def send() -> str:
            await self.target.take(status.key, step.before, step.after)
            return status.key

        return Write(
            flow=self.run.writer_of(KIND),
            kind=KIND,
            key=status.key,
            action=step.action,
            marker=status.number,
            payload={"from": step.before, "to": step.after, "because": f"{status.document} {status.state}"},
            send=send,
            link=self._link(status, taking.wish, is_settled=taking.outcome is not None),
            wanted=taking.is_wanted,
            # A step may be due again (shipped, taken back, shipped); an invoice is made once.
            repeatable=step.after != INVOICED,
            outcome=None if taking.outcome is None else told(self.run, self.step, taking.outcome),
        )

    def _link(self, status: OrderStatus, wish: Wanted, *, is_settled: bool, how: str = "") -> Link:
        source_hash = self.known.held[status.key].fingerprint if is_settled else ""
        return Link(KIND, status.key, status.key, source_hash=source_hash, detail={"said": wish.said}, how=how)


_BY_US = ("created", "adopted")


def _said(step: Step) -> str:
    return f"{step.before} to {step.after}"


def _gone(status: OrderStatus) -> Outcome:
    return outcome(status.number, status.key, "skipped", "gone_from_target", "the order was deleted in the target")


def _refuse_odd(status: OrderStatus, wish: Wanted, present: OrderState) -> None:
    if present.stage not in STAGES:
        raise parked("unknown_status", "the order has a status of no known stage", "Look at it in the target.")
    if not wish.stage:
        raise parked(
            "cancelled_in_source",
            f"order {status.document} is cancelled in the source, and {present.stage} in the target, "
            "which has no such state",
            "Credit its invoice in the target, and leave it out by a filter."
            if present.stage == INVOICED
            else "Delete the order in the target, or leave it out by a filter.",
        )
