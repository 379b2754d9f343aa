"""confirm: compare every made document with its source, take it off hold, and read back that it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError, RetryableError, StaleVersionError, UncertainWriteError
from visma_sync.ledger.rows import HeldRecord, Link, Outcome
from visma_sync.sync.flow import DocumentFlow, Standing
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import now
from visma_sync.sync.settle import Settling

# The target's clock may be behind ours when its list is read for what was opened just now.
_CLOCK_SLACK = timedelta(minutes=2)


async def confirm_documents(flow: DocumentFlow[Any], references: Sequence[Reference]) -> list[Reference]:
    """Take the lane's made documents to the state that the settings ask for.

    Each is read with its totals, compared, taken off hold, and read back; what differs or is held for credit is
    parked. A dry run reads and compares, and changes nothing.
    """
    flow = flow.documents()
    run = flow.run
    confirmed_before = {one.key for one in run.ledger.outcomes(run.flow, run.run_id) if one.state == "created"}
    made = [ref for ref in references if ref["state"] == "made" and ref["key"] not in confirmed_before]
    keys = [reference["key"] for reference in made]
    links = run.ledger.links(run.kind, keys)
    held = run.ledger.held(run.flow, keys, with_source=False)
    # What is made is never given up: a refusal waits for a person and is looked at again in every run.
    settling = Settling(run, f"confirm_{run.kind}s", refused="parked")
    confirming = _Confirming(flow, settling.step)
    began_at = now() - _CLOCK_SLACK

    async def open_(reference: Reference) -> Reference | Outcome:
        return await confirming.open(links, reference)

    opened: list[Reference] = []
    turns = {reference["key"]: flow.turn_of(links[reference["key"]]) for reference in made}
    for turn in sorted(set(turns.values())):
        opened += await settling.each([reference for reference in made if turns[reference["key"]] == turn], open_)
    standings = await confirming.read_back([links[reference["key"]] for reference in opened], began_at)

    async def check(reference: Reference) -> Reference | Outcome:
        link = links[reference["key"]]
        if flow.goes_further:
            confirming.refuse_unconfirmed(standings.get(link.target_key), link)
            await flow.take_further(link)
        return reference

    confirmed = await settling.each(opened, check)
    run.ledger.save_links([_confirmed(links[reference["key"]]) for reference in confirmed])
    settling.outcomes.extend(
        _created(flow, reference, links[reference["key"]], held[reference["key"]], settling.step)
        for reference in confirmed
    )
    settling.save()
    flow.ended(settling.outcomes)
    settling.raise_if_needed()
    ends = {outcome.key: outcome.state for outcome in settling.outcomes} | dict.fromkeys(confirmed_before, "created")
    return [Reference(**{**ref, "state": ends.get(ref["key"], ref["state"])}) for ref in references]


class _Confirming:
    """Confirms the documents of a flow one by one; speaks of them by the flow's words."""

    def __init__(self, flow: DocumentFlow[Any], step: str) -> None:
        self._flow = flow
        self._kind = flow.run.kind
        self._step = step

    async def open(self, links: dict[str, Link], reference: Reference) -> Reference | Outcome:
        """Compare a document and take it off hold; what is no longer ours to change is parked."""
        standing = await self._read(links[reference["key"]].target_key)
        link = links[reference["key"]] = self._flow.judged(standing, links[reference["key"]])
        if standing.state == "cancelled":
            raise self._cancelled(standing)
        self._refuse_different(standing, link)
        edited = link.detail.get("edited") or standing.customer != link.detail.get("customer")
        if edited and standing.state == "hold":
            raise self._edited(standing)
        if self._flow.run.dry_run:
            return self._not_taken_further(reference, standing)
        if self._flow.goes_further and standing.state == "hold":
            await self._take_off_hold(standing, link)
        return Reference(**{**reference, "target": link.target_key})

    async def read_back(self, links: Sequence[Link], since: datetime) -> dict[str, Standing]:
        """The opened documents as the target's list shows them, read page by page until all are seen."""
        waiting = {link.target_key for link in links}
        standings: dict[str, Standing] = {}
        if not self._flow.goes_further or not waiting:
            return standings
        async for page in self._flow.read_back(waiting, since):
            standings.update({standing.key: standing for standing in page if standing.key in waiting})
            if len(standings) == len(waiting):
                break
        for key in waiting - standings.keys():
            standing = await self._flow.read(key)
            if standing is not None:
                standings[key] = standing
        return standings

    def refuse_unconfirmed(self, standing: Standing | None, link: Link) -> None:
        """Park what is gone, cancelled, held for credit or still on hold."""
        if standing is None:
            raise self._gone(link.target_key)
        if standing.state == "credit_hold":
            raise self._held_for_credit(standing)
        if standing.state == "cancelled":
            raise self._cancelled(standing)
        if standing.state == "hold":
            raise RecordParkedError(
                [Reason("still_on_hold", f"{self._kind} {standing.name} is still on hold after we {self._did} it")],
                resolution=f"Take it off hold in the target; {self._kind}s of its type may ask for an approval.",
            )

    @property
    def _did(self) -> str:
        return f"{self._flow.verb.removesuffix('e')}ed"

    async def _read(self, key: str) -> Standing:
        standing = await self._flow.read(key)
        if standing is None:
            raise self._gone(key)
        return standing

    async def _take_off_hold(self, standing: Standing, link: Link) -> None:
        """Where it was changed in between, only when nobody changed what it says."""
        try:
            await self._flow.take_off_hold(standing)
        except StaleVersionError:
            again = await self._read(standing.key)
            self._refuse_different(again, link)
            if again.content != standing.content:
                ledger = self._flow.run.ledger
                ledger.save_links([replace(link, detail={**link.detail, "edited": True})])
                raise self._edited(again) from None
            if again.state == "hold":
                await self._flow.take_off_hold(again)
        except UncertainWriteError as error:
            # Doing it twice does no harm: it is enough to see whether it happened.
            if (await self._read(standing.key)).state == "hold":
                lost = f"the answer to our attempt to {self._flow.verb} {self._kind} {standing.name} was lost"
                raise RetryableError(lost, retry_after=1, operation=self._step) from error

    def _refuse_different(self, standing: Standing, link: Link) -> None:
        """Total and VAT must equal the source's to the cent."""
        expected = _expected(link)
        if standing.vat is None or Totals(standing.total, standing.vat) != expected:
            raise RecordParkedError(
                [
                    Reason(
                        "total_mismatch",
                        f"{self._kind} {standing.name} shows total {standing.total} with VAT {standing.vat} in the "
                        f"target, the source has {expected.total} with VAT {expected.vat}",
                    )
                ],
                resolution="Correct it in the target (it is on hold); it is confirmed as soon as both agree.",
            )

    def _not_taken_further(self, reference: Reference, standing: Standing) -> Outcome:
        """What a dry run says about a document that an earlier run has made."""
        if standing.state == "credit_hold":
            raise self._held_for_credit(standing)
        return Outcome(
            reference["key"],
            reference["number"],
            "skipped",
            "dry_run",
            detail=f"is in the target as {standing.name}, state {standing.state}",
            target_key=standing.key,
            currency=reference["currency"],
            facts={"step": self._step},
        )

    def _gone(self, key: str) -> RecordParkedError:
        return RecordParkedError(
            [Reason("gone_from_target", f"{self._kind} {key} was made but is no longer in the target")],
            resolution=self._flow.cure_of_deleted,
        )

    def _edited(self, standing: Standing) -> RecordParkedError:
        return RecordParkedError(
            [Reason("edited_in_target", f"somebody changed {self._kind} {standing.name} before we {self._did} it")],
            resolution=f"Check it in the target and {self._flow.verb} it there; then it counts as sent.",
        )

    def _cancelled(self, standing: Standing) -> RecordParkedError:
        return RecordParkedError(
            [Reason("cancelled_in_target", f"{self._kind} {standing.name} was cancelled in the target")],
            resolution="Reopen it in the target, or delete it in the source.",
        )

    def _held_for_credit(self, standing: Standing) -> RecordParkedError:
        # Whether to give credit is for people to decide: no run of ours opens such a document again.
        return RecordParkedError(
            [Reason("credit_hold", f"{self._kind} {standing.name} is held for credit in the target")],
            resolution=f"Settle the customer's credit and {self._flow.verb} it in the target; then it counts as sent.",
        )


def _expected(link: Link) -> Totals:
    return Totals(Decimal(str(link.detail["total"])), Decimal(str(link.detail["vat"])))


def _confirmed(link: Link) -> Link:
    return replace(link, detail={**link.detail, "confirmed": True})


def _created(flow: DocumentFlow[Any], reference: Reference, link: Link, held: HeldRecord, step: str) -> Outcome:
    expected = _expected(link)
    adopted = ["adopted"] if link.how == "adopted" else []
    return Outcome(
        reference["key"],
        reference["number"],
        "created",
        detail="; ".join((*adopted, *link.detail.get("cuts", ()), *flow.remarks(link))),
        target_key=link.target_key,
        currency=reference["currency"],
        total=expected.total,
        vat=expected.vat,
        fingerprint=held.fingerprint,
        facts={"rounding": link.detail.get("rounding", "0"), "step": step},
    )
