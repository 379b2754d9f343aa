"""Keeping a linked customer of the target like the source, without overwriting what people changed there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, LinkChange, Outcome
from visma_sync.mapping.flow import Written
from visma_sync.sync.changes import Change, flat, is_news, landed, sent_in_vain
from visma_sync.sync.customers.outcome import outcome_of
from visma_sync.sync.customers.version import is_outdated, link_noted, version_noted
from visma_sync.sync.flow import WRITTEN
from visma_sync.sync.mirror.customers.conflict import Both, settled_change
from visma_sync.sync.mirror.customers.echo import Echoes
from visma_sync.sync.mirror.customers.plan import CustomerPlan, TargetLists, check_known, plan_known
from visma_sync.sync.mirror.customers.ports import CustomerTarget
from visma_sync.sync.run import Run, hash_of, now
from visma_sync.sync.write import Look, Write, write_once


@dataclass(frozen=True)
class Updates:
    """Sends what changed in the source; `intents` are those of updates, by customer.

    `present` are customers of the target as they were read together, by key, each for one comparison.
    """

    run: Run
    target: CustomerTarget
    journal: Journal
    intents: Mapping[str, Intent]
    lists: TargetLists
    echoes: Echoes
    present: dict[str, Any] = field(default_factory=dict)

    async def look_at(
        self, customers: Mapping[str, Customer], held: Mapping[str, HeldRecord], links: Mapping[str, Link]
    ) -> None:
        """Read those together that have to be compared: from pages or one by one, whichever takes fewer calls."""
        keys = {link.target_key for key, link in links.items() if self._is_due(customers[key], held[key], link)}
        self.present.update({record.key: record for record in await self.target.customers(keys)} if keys else {})

    def _is_due(self, customer: Customer, held: HeldRecord, link: Link) -> bool:
        if self._lost(customer) is not None:
            # Only a look that begins after the request was given up proves anything.
            return False
        if link.source_hash == self.run.fingerprint_of("customer", held.source_hash) or is_outdated(held, link):
            return False
        try:
            ours = self.written(customer)
        except RecordRejectedError:
            # It ends alone, with its own reason, when its turn comes.
            return False
        absorbed = self.echoes.absorbed(customer, held, link, ours.payload, self.delivery(customer, ours))
        return is_news(self.run.ledger, ours.payload, absorbed.written, ours.emptied)

    async def bring_up_to_date(self, customer: Customer, held: HeldRecord, link: Link) -> Outcome:
        """Compare with what was written last and, only where that differs, with the target.

        Raises RecordParkedError where the customer is gone from the target or the settings want a person to decide,
        StaleVersionError where somebody changes it at the same time.
        """
        fingerprint = self.run.fingerprint_of("customer", held.source_hash)
        lost = self._lost(customer)
        if link.source_hash == fingerprint and lost is None:
            return outcome_of(customer, "unchanged", target=link.target_key)
        if is_outdated(held, link):
            return _outdated(customer, link)
        ours = self.written(customer)
        link = self.echoes.absorbed(customer, held, link, ours.payload, self.delivery(customer, ours))
        settled = replace(link, source_hash=fingerprint)
        if lost is None and not is_news(self.run.ledger, ours.payload, link.written, ours.emptied):
            return await self._unchanged(customer, held, settled)
        return await self._compare(customer, held, settled, ours, lost)

    async def _compare(
        self, customer: Customer, held: HeldRecord, link: Link, ours: Written, lost: Intent | None
    ) -> Outcome:
        """Send what differs from what was written last, as far as nobody changed it in the target."""
        check_known(customer, self.run.settings, self.lists)
        looked_at = now()
        if (current := await self._present(link)) is None and not customer.is_active:
            return outcome_of(customer, "skipped", "gone_from_target", "it is inactive in the source", link.target_key)
        current = current or self._gone(link)
        if is_outdated(held, self.run.ledger.links("customer", [customer.key]).get(customer.key, link)):
            return _outdated(customer, link)
        arrived = landed(self.run.ledger, sent_in_vain(self.run.ledger, lost), current.content)
        both = Both(ours, {**link.written, **arrived}, current.content)
        change = await settled_change(self.run, self.journal, customer, both)
        settled = replace(link, written=change.written)
        if self.run.dry_run:
            return _would_be(customer, link, change)
        if lost is not None:
            if not self._has_landed(lost, arrived):
                return await self._send(customer, held, settled, change, current, lost, Look("", looked_at))
            await self.journal.commit(replace(lost, state="done", target_key=link.target_key))
        if change.payload:
            return await self._send(customer, held, settled, change, current)
        outcome = await self._unchanged(customer, held, settled, _kept(change))
        return replace(outcome, state="updated") if lost is not None else outcome

    def written(self, customer: Customer) -> Written:
        """What of a linked customer follows the source."""
        return self._planned(customer, plan_known(customer))

    def delivery(self, customer: Customer, ours: Written) -> Collection[str]:
        """The paths that are written only because goods go to another address than the invoice."""
        plan = plan_known(customer)
        if not plan.ships_elsewhere:
            return ()
        at_home = self._planned(customer, replace(plan, ships_elsewhere=False))
        return flat(ours.payload).keys() - flat(at_home.payload).keys()

    def _planned(self, customer: Customer, plan: CustomerPlan) -> Written:
        mapping, settings = self.run.mapping("customer"), self.run.settings
        return mapping.write("customer", customer, links={}, settings=settings, plan=plan, on="update")

    async def read(self, link: Link) -> Any:
        """The customer as it is in the target. RecordParkedError where it is there no more."""
        return await self._present(link) or self._gone(link)

    async def _present(self, link: Link) -> Any | None:
        return self.present.pop(link.target_key, None) or await self.target.customer_records.read(link.target_key)

    def _gone(self, link: Link) -> NoReturn:
        raise RecordParkedError(
            [Reason("gone_from_target", f"customer {link.source_key} is no longer in the target")],
            resolution="Restore the customer in the target, or make it inactive in the source.",
        )

    def _lost(self, customer: Customer) -> Intent | None:
        """The change whose answer never came, where there is one."""
        intent = self.intents.get(customer.key)
        return replace(intent, repeatable=True) if intent is not None and intent.state == "open" else None

    def _has_landed(self, lost: Intent, arrived: Mapping[str, str]) -> bool:
        """Whether all of the last change is there. Until then it may still land, and would undo a later one."""
        sent = sent_in_vain(self.run.ledger, lost)
        return bool(sent) and flat(sent[0]).keys() <= arrived.keys()

    async def _unchanged(self, customer: Customer, held: HeldRecord, link: Link, detail: str = "") -> Outcome:
        if not self.run.dry_run:
            await self.journal.commit(_noted(held, link, self.echoes.seen(customer.key)))
        return outcome_of(customer, "unchanged", detail=detail, target=link.target_key)

    async def _send(
        self,
        customer: Customer,
        held: HeldRecord,
        link: Link,
        change: Change,
        current: Any,
        lost: Intent | None = None,
        look: Look | None = None,
    ) -> Outcome:
        known = self.echoes.known_to_both(link, current)
        noted = {WRITTEN: "", **self.echoes.seen(customer.key)}

        async def send() -> str:
            stamp = current.changed_at
            made = await self.target.customer_records.change(
                link.target_key, dict(change.payload), unless_changed_since=stamp
            )
            noted[WRITTEN] = hash_of(made.content) if known else ""
            return link.target_key

        write = Write(
            kind="customer",
            key=customer.key,
            action="update",
            marker=customer.number,
            payload=change.payload,
            send=send,
            link=_noted(held, link, noted),
            flow=self.run.writer_of("customer"),
            repeatable=True,
            wanted=bool(change.payload),
        )
        # Before the request leaves: a run that reads the customer afterwards must know that it is no longer the latest.
        await self.journal.commit(version_noted(held, customer.key))
        done = await write_once(self.run, self.journal, write, lost, look)
        if done.how == "absent":
            return await self._unchanged(customer, held, link, _kept(change))
        return outcome_of(customer, "updated", detail=_kept(change), target=link.target_key)


def _noted(held: HeldRecord, link: Link, details: Mapping[str, str]) -> LinkChange:
    """What this version wrote, with details that may be known only once it is written."""
    change = link_noted(held, link).change

    def noted(there: Link) -> Link:
        linked = change(there)
        return linked if linked is there else replace(linked, detail={**linked.detail, **details})

    return LinkChange("customer", link.source_key, noted)


def _outdated(customer: Customer, link: Link) -> Outcome:
    detail = "another run had a later version of it in hand"
    return outcome_of(customer, "unchanged", detail=detail, target=link.target_key)


def _would_be(customer: Customer, link: Link, change: Change) -> Outcome:
    if not change.payload:
        return outcome_of(customer, "unchanged", detail=_kept(change), target=link.target_key)
    fields = f"would be updated: {', '.join(sorted(flat(change.payload)))}"
    detail = "; ".join(part for part in (fields, _kept(change)) if part)
    return outcome_of(customer, "skipped", "dry_run", detail, link.target_key)


def _kept(change: Change) -> str:
    return f"kept what was changed in the target: {', '.join(change.kept)}" if change.kept else ""
