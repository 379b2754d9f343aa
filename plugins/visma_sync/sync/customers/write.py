"""Settling customers: each is found, made or brought up to date in the target, exactly once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Identity, Intent, Link, Outcome
from visma_sync.mapping.flow import Written
from visma_sync.settings.model import Settings
from visma_sync.sync.changes import hashes_of
from visma_sync.sync.customers.check import check_customer
from visma_sync.sync.customers.contacts import ContactPersons, contact_due
from visma_sync.sync.customers.counterpart import in_the_making, refuse_in_the_making
from visma_sync.sync.customers.match import (
    KnownCustomers,
    Match,
    Rival,
    known_customers,
    match_customer,
    refuse_shared,
    rivals,
)
from visma_sync.sync.customers.outcome import outcome_of
from visma_sync.sync.customers.plan import plan_customer
from visma_sync.sync.customers.update import Updates
from visma_sync.sync.customers.version import version_of
from visma_sync.sync.fetch import FILTERED
from visma_sync.sync.lists import target_list
from visma_sync.sync.ports import CustomerTarget, TargetCustomer
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once

# The target compares in its own local time and its clock differs from ours.
_DELTA_OVERLAP = timedelta(hours=3)


async def settle_customers(
    run: Run,
    target: CustomerTarget,
    settling: Settling,
    customers: Mapping[str, Customer],
    held: Mapping[str, HeldRecord],
) -> list[Outcome]:
    """Find, make or update these customers; gives (and keeps in `settling`) the outcome of each."""
    known = await _known(run, target, customers, held)
    async with Journal(run.ledger) as journal:
        writer, keys = run.writer_of("customer"), list(customers)
        contacts = ContactPersons(run, target, journal, run.ledger.intents(writer, "contact", keys, "create"))
        changes = run.ledger.intents(writer, "customer", keys, "update")
        updates = Updates(run, target, journal, changes, known.countries)
        writing = _Writing(run, target, journal, known, contacts, updates)

        async def settle(reference: Reference) -> Reference | Outcome:
            return await writing.settle(customers[reference["key"]])

        before = len(settling.outcomes)
        await settling.each(
            [plain_reference(customer.key, customer.number, "needed") for customer in customers.values()], settle
        )
    return settling.outcomes[before:]


@dataclass(frozen=True)
class _Known:
    """The customers in hand and what is known of them; `countries` are those of the target.

    `counterparts` are the links of the other direction to these customers, `begun` is what it is making.
    """

    held: Mapping[str, HeldRecord]
    links: Mapping[str, Link]
    counterparts: Mapping[str, Link]
    begun: Sequence[Mapping[str, Any]]
    intents: Mapping[str, Intent]
    known: KnownCustomers
    shared: Mapping[str, Rival]
    countries: frozenset[str]
    looked_at: datetime


async def _known(
    run: Run, target: CustomerTarget, customers: Mapping[str, Customer], held: Mapping[str, HeldRecord]
) -> _Known:
    keys = list(customers)
    links = run.ledger.links("customer", keys)
    counterparts = run.ledger.mirrored().links_by_target("customer", keys)
    unlinked = [customer for key, customer in customers.items() if key not in links and key not in counterparts]
    looked_at = now()
    if unlinked:
        await _refresh_identities(run, target)
    return _Known(
        held=held,
        links=links,
        counterparts=counterparts,
        begun=in_the_making(run.ledger) if unlinked else (),
        intents=run.ledger.intents(run.writer_of("customer"), "customer", keys, "create"),
        known=known_customers(run.ledger, unlinked, run.settings),
        shared=rivals(unlinked),
        countries=await _countries(run, target) if _any_news(run, held, links, customers) else frozenset(),
        looked_at=looked_at,
    )


def _any_news(
    run: Run, held: Mapping[str, HeldRecord], links: Mapping[str, Link], customers: Mapping[str, Customer]
) -> bool:
    return any(
        key not in links or links[key].source_hash != run.fingerprint_of("customer", held[key].source_hash)
        for key in customers
    )


async def _countries(run: Run, target: CustomerTarget) -> frozenset[str]:
    return frozenset(row["id"] for row in await target_list(run, target, "countries"))


async def _refresh_identities(run: Run, target: CustomerTarget) -> None:
    """Bring what we know of the target's customers up to date; the first time all of them, then what changed."""
    began_at = now()
    known_until = run.ledger.cursor("target.customers")
    since = known_until - _DELTA_OVERLAP if known_until else None
    async for page in target.customers_changed(since):
        run.ledger.save_identities("customer", [_identity(customer) for customer in page])
    run.ledger.save_cursor("target.customers", began_at)


def _identity(customer: TargetCustomer) -> Identity:
    return Identity(
        target_key=customer.number,
        group=customer.customer_class,
        country=customer.country,
        emails=customer.emails,
        vat_number=customer.vat_number,
        corporate_id=customer.corporate_id,
        marker=customer.account_reference,
        active=customer.status.casefold() != "inactive",
    )


@dataclass(frozen=True)
class _Writing:
    """Settles customers one by one."""

    run: Run
    target: CustomerTarget
    journal: Journal
    known: _Known
    contacts: ContactPersons
    updates: Updates

    async def settle(self, customer: Customer) -> Outcome:
        link = self.known.links.get(customer.key)
        if link is not None:
            if not self.run.dry_run:
                link = await self.contacts.ensure(customer, link)
            return await self.updates.bring_up_to_date(customer, self.known.held[customer.key], link)
        if (counterpart := self.known.counterparts.get(customer.key)) is not None:
            return await self.updates.join(customer, self.known.held[customer.key], counterpart)
        check_customer(customer, self.run.settings, self.known.countries)
        intent = self.known.intents.get(customer.key)
        begun = intent is not None and intent.state in {"open", "done"}
        match = match_customer(customer, self.known.known, self.run.ledger, self.run.settings, begun=begun)
        refuse_shared(customer, self.known.shared, match)
        if match is None:
            refuse_in_the_making(
                self.run.ledger, customer, self.known.held[customer.key].source or {}, self.known.begun
            )
            refused = _without_email(customer, self.run.settings)
            if refused is not None:
                return refused
        plan = plan_customer(customer, self.run.settings)
        written = self.run.mapping("customer").write(
            "customer", customer, links={}, settings=self.run.settings, plan=plan
        )
        if self.run.dry_run:
            return _would_be(customer, match)
        if match is None:
            return await self._create(customer, plan.marker, written)
        return await self._link(customer, match, written)

    async def _create(self, customer: Customer, marker: str, written: Written) -> Outcome:
        async def send() -> str:
            return await self.target.create_customer(written.payload)

        link = self._new_link(customer, "", written.payload)
        write = Write(
            kind="customer",
            key=customer.key,
            action="create",
            marker=marker,
            payload=written.payload,
            send=send,
            link=link,
            flow=self.run.writer_of("customer"),
            wanted=FILTERED not in self.known.held[customer.key].facts,
        )
        intent = self.known.intents.get(customer.key)
        # A customer of ours that had landed when the step looked was found by its marker: here it was not.
        done = await write_once(self.run, self.journal, write, intent, Look("", self.known.looked_at))
        if done.how == "absent":
            return outcome_of(customer, "skipped", "not_wanted_any_more")
        link = replace(link, target_key=done.target_key, how=done.how)
        await self.contacts.ensure(customer, link, has_none=done.how == "created")
        cuts = "; ".join(str(cut) for cut in written.cuts)
        return outcome_of(customer, "created", detail=cuts, target=done.target_key)

    async def _link(self, customer: Customer, match: Match, ours: Written) -> Outcome:
        """Remember what was found; nothing of it is overwritten until the source changes."""
        link = replace(self._new_link(customer, match.number, ours.payload), how=f"matched:{match.rule}")
        intent = self.known.intents.get(customer.key)
        entries: list[Link | Intent] = [link]
        if intent is not None and intent.state == "open":
            entries.append(replace(intent, state="done", target_key=match.number))
        await self.journal.commit(*entries)
        await self.contacts.ensure(customer, link)
        return outcome_of(customer, "unchanged", f"found_by_{match.rule}", target=match.number)

    def _new_link(self, customer: Customer, number: str, payload: Mapping[str, Any]) -> Link:
        held = self.known.held[customer.key]
        return Link(
            "customer",
            customer.key,
            number,
            source_hash=self.run.fingerprint_of("customer", held.source_hash),
            written=hashes_of(self.run.ledger, payload),
            detail={**version_of(held), **contact_due(customer)},
        )


def _would_be(customer: Customer, match: Match | None) -> Outcome:
    if match is None:
        return outcome_of(customer, "skipped", "dry_run", "would be created")
    linked = f"would be linked with customer {match.number}, found by {match.rule}"
    contact = "its contact person would be made unless it is there" if customer.has_contact_person else ""
    return outcome_of(customer, "skipped", "would_link", "; ".join(filter(None, (linked, contact))), match.number)


def _without_email(customer: Customer, settings: Settings) -> Outcome | None:
    if customer.email or settings.without_email == "create":
        return None
    if settings.without_email == "default_debtor":
        return outcome_of(customer, "skipped", "default_debtor", "has no e-mail address")
    raise RecordParkedError(
        [Reason("customer_without_email", f"customer {customer.number} has no e-mail address")],
        resolution="Add an e-mail address in the source, or set without_email to create or default_debtor.",
    )
