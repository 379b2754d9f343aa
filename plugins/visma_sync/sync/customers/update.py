"""Keeping a linked customer like the source, without overwriting what people changed in the target."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.mapping.flow import Written
from visma_sync.sync.changes import Change, change_of, flat, hashes_of, is_news, landed, sent_in_vain
from visma_sync.sync.customers.check import check_customer
from visma_sync.sync.customers.counterpart import FOUND_BY_LINK, agreed, edited_since
from visma_sync.sync.customers.outcome import outcome_of
from visma_sync.sync.customers.plan import plan_customer
from visma_sync.sync.customers.version import is_outdated, link_noted, version_noted, version_of
from visma_sync.sync.ports import CustomerTarget, TargetCustomer
from visma_sync.sync.run import Run
from visma_sync.sync.write import Write, write_once


@dataclass(frozen=True)
class Updates:
    """Sends what changed in the source; `intents` are those of updates, by customer, `countries` the target's."""

    run: Run
    target: CustomerTarget
    journal: Journal
    intents: Mapping[str, Intent]
    countries: Collection[str]

    async def bring_up_to_date(self, customer: Customer, held: HeldRecord, link: Link) -> Outcome:
        """Compare with what was written last and, only where that differs, with the target.

        A version is left alone where another run sent a later one: before this step, or while the target was read.
        Raises RecordParkedError where the customer is gone from the target, StaleVersionError where somebody changes it
        at the same time.
        """
        fingerprint = self.run.fingerprint_of("customer", held.source_hash)
        lost = self._lost(customer)
        if link.source_hash == fingerprint and lost is None:
            return outcome_of(customer, "unchanged", target=link.target_key)
        if is_outdated(held, link):
            return _outdated(customer, link)
        ours = self._written(customer)
        if lost is None and not is_news(self.run.ledger, ours.payload, link.written, ours.emptied):
            return await self._unchanged(customer, held, replace(link, source_hash=fingerprint))
        check_customer(customer, self.run.settings, self.countries)
        current = await self._current(link)
        link = self.run.ledger.links("customer", [customer.key])[customer.key]
        if is_outdated(held, link):
            return _outdated(customer, link)
        return await self._compare(customer, held, link, ours, current)

    async def join(self, customer: Customer, held: HeldRecord, other: Link) -> Outcome:
        """A customer that the other direction made, or found, is that one; only what people changed since is sent.

        `other` is that direction's link. Raises as `bring_up_to_date` does.
        """
        ledger, ours = self.run.ledger, self._written(customer)
        link = Link(
            "customer",
            customer.key,
            other.source_key,
            source_hash=self.run.fingerprint_of("customer", held.source_hash),
            written=hashes_of(ledger, ours.payload),
            detail=version_of(held),
            how=FOUND_BY_LINK,
        )
        if not (edited := edited_since(ledger, other, held.source or {})):
            return await self._joined(customer, link)
        check_customer(customer, self.run.settings, self.countries)
        current = await self._current(link)
        there = current.as_written()
        link = replace(link, source_hash="", written=agreed(ledger, ours.payload, other, edited, there))
        if not self.run.dry_run:
            await self.journal.commit(link)
        return await self._compare(customer, held, link, ours, current)

    async def _joined(self, customer: Customer, link: Link) -> Outcome:
        if self.run.dry_run:
            linked = f"would be linked with customer {link.target_key}, which it was made of"
            return outcome_of(customer, "skipped", "would_link", linked, link.target_key)
        await self.journal.commit(link)
        return outcome_of(customer, "unchanged", "found_by_link", target=link.target_key)

    async def _compare(
        self, customer: Customer, held: HeldRecord, link: Link, ours: Written, current: TargetCustomer
    ) -> Outcome:
        """Send what differs from what was written last, as far as nobody changed it in the target."""
        lost, there = self._lost(customer), current.as_written()
        arrived = landed(self.run.ledger, sent_in_vain(self.run.ledger, lost), there)
        change = change_of(
            self.run.ledger, ours.payload, {**link.written, **arrived}, there, ours.only_if_empty, ours.emptied
        )
        if self.run.dry_run:
            return _would_be(customer, link, change)
        fingerprint = self.run.fingerprint_of("customer", held.source_hash)
        settled = replace(link, source_hash=fingerprint, written=change.written)
        if change.payload:
            return await self._send(customer, held, settled, change, current)
        if lost is None:
            return await self._unchanged(customer, held, settled, _kept(change))
        done = replace(lost, state="done", target_key=link.target_key, repeatable=True)
        await self.journal.commit(link_noted(held, settled), done)
        return outcome_of(customer, "updated" if arrived else "unchanged", detail=_kept(change), target=link.target_key)

    def _lost(self, customer: Customer) -> Intent | None:
        """The change whose answer never came, where there is one."""
        intent = self.intents.get(customer.key)
        return intent if intent is not None and intent.state == "open" else None

    async def _unchanged(self, customer: Customer, held: HeldRecord, link: Link, detail: str = "") -> Outcome:
        if not self.run.dry_run:
            await self.journal.commit(link_noted(held, link))
        return outcome_of(customer, "unchanged", detail=detail, target=link.target_key)

    def _written(self, customer: Customer) -> Written:
        plan = plan_customer(customer, self.run.settings)
        mapping = self.run.mapping("customer")
        return mapping.write("customer", customer, links={}, settings=self.run.settings, plan=plan, on="update")

    async def _current(self, link: Link) -> TargetCustomer:
        current: TargetCustomer | None = await self.target.customer(link.target_key)
        if current is None:
            raise RecordParkedError(
                [Reason("gone_from_target", f"customer {link.target_key} is no longer in the target")],
                resolution="Restore the customer in the target.",
            )
        return current

    async def _send(
        self, customer: Customer, held: HeldRecord, link: Link, change: Change, current: TargetCustomer
    ) -> Outcome:
        async def send() -> str:
            await self.target.update_customer(link.target_key, change.payload, current.version)
            return link.target_key

        write = Write(
            kind="customer",
            key=customer.key,
            action="update",
            marker=link.target_key,
            payload=change.payload,
            send=send,
            link=link_noted(held, link),
            flow=self.run.writer_of("customer"),
            repeatable=True,
        )
        # Before the request leaves: a run that reads the customer afterwards must know that it is no longer the latest.
        await self.journal.commit(version_noted(held, customer.key))
        await write_once(self.run, self.journal, write, None, None)
        return outcome_of(customer, "updated", detail=_kept(change), target=link.target_key)


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
