"""ensure_customers: every order's customer exists in the target, found or made, exactly once."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from visma_sync.domain.customer import Customer
from visma_sync.domain.vat import buyer_of
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Identity, Intent, Link, Outcome
from visma_sync.settings.model import Settings
from visma_sync.sync.changes import Change, change_of, hashes_of
from visma_sync.sync.dependencies import park_orders, read_and_hold
from visma_sync.sync.match import (
    KnownCustomers,
    Match,
    Rival,
    customer_marker,
    known_customers,
    match_customer,
    rivals,
)
from visma_sync.sync.ports import OrderSource, OrderTarget, TargetContact, TargetCustomer
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once

STEP = "ensure_customers"
# The target compares in its own local time and its clock differs from ours.
_DELTA_OVERLAP = timedelta(hours=3)
_CONTACT_DUE = "contact_due"


@dataclass(frozen=True)
class CustomerPlan:
    """What the settings decide about a customer; empty texts mean "the class decides"."""

    marker: str
    customer_class: str
    credit_terms: str
    vat_zone: str


def plan_customer(customer: Customer, settings: Settings) -> CustomerPlan:
    """Class, terms and VAT zone of a new customer; RecordParkedError where a table has no entry."""
    classes = settings.customer_classes
    zones = {
        row.zone
        for row in settings.treatments
        if row.country == (customer.invoice_address.country or settings.vat.home_country)
        and row.buyer in {None, buyer_of(customer)}
    }
    return CustomerPlan(
        marker=customer_marker(customer, settings),
        customer_class=classes.company if customer.is_company else classes.person,
        credit_terms=settings.credit_terms.choose(customer.payment_terms, "credit_terms"),
        vat_zone=zones.pop() if len(zones) == 1 else "",
    )


def default_debtor_of(settings: Settings, customer: Customer, *, linked: bool) -> str:
    """The collective customer's number where the settings send this customer's orders to it, else empty."""
    debtor = settings.default_debtor
    if debtor.when == "always":
        return debtor.customer
    if linked:
        return ""
    if not customer.email and settings.without_email == "default_debtor":
        return debtor.customer
    return debtor.customer if debtor.when == "fallback" else ""


@dataclass
class _Work:
    """The customers of a run and what is known of them."""

    customers: Mapping[str, Customer]
    held: Mapping[str, HeldRecord]
    links: Mapping[str, Link]
    intents: Mapping[str, Intent]
    contact_intents: Mapping[str, Intent]
    known: KnownCustomers
    shared: Mapping[str, Rival]
    looked_at: datetime


async def ensure_customers(
    run: Run, source: OrderSource, target: OrderTarget, references: Sequence[Reference]
) -> dict[str, int]:
    """Find, make or update the customers of these orders, once per run; orders whose customer cannot be settled park.

    Gives the number of customers by outcome. Raises RetryableError when some writes are worth another try.
    """
    needed = run.ledger.needed(run.flow, [reference["key"] for reference in references], "customer")
    settling = Settling(run, STEP, flow=run.flow_of("customer"))
    customers, held = await _read(run, source, set(needed), settling)
    if run.settings.default_debtor.when == "always":
        settling.outcomes += [_outcome(customer, "skipped", "default_debtor") for customer in customers.values()]
    else:
        await _ensure_all(run, target, settling, await _known(run, target, customers, held))
    settling.save()
    blocking = [one for one in settling.outcomes if not _goes_to_default_debtor(run, one, customers)]
    park_orders(run, STEP, blocking, needed)
    settling.raise_if_needed()
    return settling.counts()


async def _ensure_all(run: Run, target: OrderTarget, settling: Settling, work: _Work) -> None:
    in_hand = [_as_reference(customer) for customer in work.customers.values()]
    async with Journal(run.ledger) as journal:

        async def ensure(reference: Reference) -> Reference | Outcome:
            return await _ensure(run, target, journal, work, work.customers[reference["key"]])

        await settling.each(in_hand, ensure)


def _as_reference(customer: Customer) -> Reference:
    return Reference(key=customer.key, number=customer.number, date="", currency="", total="", vat="", state="needed")


def _goes_to_default_debtor(run: Run, outcome: Outcome, readable: Collection[str]) -> bool:
    """A customer that cannot be made does not park its orders where there is a default debtor; never for two hits."""
    refused = outcome.state == "rejected" and outcome.reason != "bug"
    cannot_be_made = outcome.key in readable and (refused or outcome.reason == "no_credit_terms")
    return run.settings.default_debtor.when == "fallback" and cannot_be_made


async def _read(
    run: Run, source: OrderSource, keys: set[str], settling: Settling
) -> tuple[dict[str, Customer], dict[str, HeldRecord]]:
    """The source customers, held for the writing step; unreadable ones are rejected alone."""
    records = await source.customers(keys)
    read, held = await read_and_hold(run, "customer", source, records, settling, key_of=lambda record: record.key)
    for key in keys - held.keys():
        settling.outcomes.append(
            Outcome(
                key,
                "",
                "parked",
                "customer_unknown",
                cure="Restore the customer in the source.",
                detail="the source no longer has this customer",
            )
        )
    return {key: cast(Customer, customer) for key, customer in read.items()}, held


async def _known(
    run: Run, target: OrderTarget, customers: Mapping[str, Customer], held: Mapping[str, HeldRecord]
) -> _Work:
    keys = list(customers)
    links = run.ledger.links("customer", keys)
    unlinked = [customer for key, customer in customers.items() if key not in links]
    looked_at = now()
    if unlinked:
        await _refresh_identities(run, target)
    return _Work(
        customers=customers,
        held=held,
        links=links,
        intents=run.ledger.intents(run.flow_of("customer"), "customer", keys, "create"),
        contact_intents=run.ledger.intents(run.flow_of("customer"), "contact", keys, "create"),
        known=known_customers(run.ledger, unlinked, run.settings),
        shared=rivals(unlinked),
        looked_at=looked_at,
    )


async def _refresh_identities(run: Run, target: OrderTarget) -> None:
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


async def _ensure(run: Run, target: OrderTarget, journal: Journal, work: _Work, customer: Customer) -> Outcome:
    link = work.links.get(customer.key)
    if link is not None:
        if link.detail.get(_CONTACT_DUE) and not run.dry_run:
            link = await _ensure_contact(run, target, journal, work, customer, link)
        return await _update(run, target, work, customer, link)
    match = match_customer(customer, work.known, run.ledger, run.settings)
    _refuse_shared(customer, work.shared, match)
    if match is None:
        refused = _without_email(customer, run.settings)
        if refused is not None:
            return refused
    if run.dry_run:
        return _outcome(customer, "skipped", "dry_run", "would be created" if match is None else "found")
    if match is not None:
        return await _link(run, target, journal, work, customer, match)
    return await _create(run, target, journal, work, customer)


def _refuse_shared(customer: Customer, shared: Mapping[str, Rival], match: Match | None) -> None:
    """Two source customers must not end on one customer of the target, unless a sign of its own tells this one."""
    rival = shared.get(customer.key)
    if rival is None or (match is not None and match.rule not in {"email", rival.sign}):
        return
    raise RecordParkedError(
        [
            Reason(
                "customer_shared",
                f"customers {rival.number} and {customer.number} of the source share an e-mail address or number",
            )
        ],
        resolution="Merge them in the source, or give them different e-mail addresses.",
    )


def _without_email(customer: Customer, settings: Settings) -> Outcome | None:
    if customer.email or settings.without_email == "create":
        return None
    if settings.without_email == "default_debtor":
        return _outcome(customer, "skipped", "default_debtor", "has no e-mail address")
    raise RecordParkedError(
        [Reason("customer_without_email", f"customer {customer.number} has no e-mail address")],
        resolution="Add an e-mail address in the source, or set without_email to create or default_debtor.",
    )


def _outcome(customer: Customer, state: str, reason: str = "", detail: str = "", target: str = "") -> Outcome:
    return Outcome(customer.key, customer.number, state, reason, detail=detail, target_key=target)


async def _create(run: Run, target: OrderTarget, journal: Journal, work: _Work, customer: Customer) -> Outcome:
    plan = plan_customer(customer, run.settings)
    written = run.mapping("customer").write("customer", customer, links={}, settings=run.settings, plan=plan)

    async def send() -> str:
        return await target.create_customer(written.payload)

    write = Write(
        kind="customer",
        key=customer.key,
        action="create",
        marker=plan.marker,
        payload=written.payload,
        send=send,
        link=Link(
            "customer",
            customer.key,
            "",
            source_hash=work.held[customer.key].source_hash,
            written=hashes_of(run.ledger, written.payload),
            detail=_contact_due(customer),
        ),
        flow=run.flow_of("customer"),
    )
    intent = work.intents.get(customer.key)
    # A customer of ours that had landed when the step looked was found by its marker: here it was not.
    done = await write_once(run, journal, write, intent, Look("", work.looked_at))
    link = replace(write.link, target_key=done.target_key, how=done.how)
    await _ensure_contact(run, target, journal, work, customer, link, has_none=done.how == "created")
    cuts = "; ".join(str(cut) for cut in written.cuts)
    return _outcome(customer, "created", detail=cuts, target=done.target_key)


async def _link(
    run: Run, target: OrderTarget, journal: Journal, work: _Work, customer: Customer, match: Match
) -> Outcome:
    """Remember what was found; nothing of it is overwritten until the source changes."""
    plan = plan_customer(customer, run.settings)
    ours = run.mapping("customer").write("customer", customer, links={}, settings=run.settings, plan=plan)
    link = Link(
        "customer",
        customer.key,
        match.number,
        source_hash=work.held[customer.key].source_hash,
        written=hashes_of(run.ledger, ours.payload),
        detail=_contact_due(customer),
        how=f"matched:{match.rule}",
    )
    intent = work.intents.get(customer.key)
    entries: list[Link | Intent] = [link]
    if intent is not None and intent.state == "open":
        entries.append(replace(intent, state="done", target_key=match.number))
    await journal.commit(*entries)
    await _ensure_contact(run, target, journal, work, customer, link)
    return _outcome(customer, "unchanged", f"found_by_{match.rule}", target=match.number)


def _contact_due(customer: Customer) -> dict[str, bool]:
    """Noted with the customer's link, so that a contact person is not forgotten when the step dies in between."""
    return {_CONTACT_DUE: True} if customer.has_contact_person else {}


async def _ensure_contact(
    run: Run,
    target: OrderTarget,
    journal: Journal,
    work: _Work,
    customer: Customer,
    link: Link,
    *,
    has_none: bool = False,
) -> Link:
    """A company's contact person gets a contact of its own, unless the target has one of that name or e-mail.

    `has_none` saves the look where the customer was made a moment ago. Gives the customer's link with nothing due.
    """
    if not link.detail.get(_CONTACT_DUE):
        return link
    settled = replace(link, detail={})
    intent = work.contact_intents.get(customer.key)
    looked_at = now()
    existing = [] if has_none and intent is None else await target.contacts(link.target_key)
    same = _same_contact(customer, existing)
    if same is None or (intent is not None and intent.state == "open"):
        write = _contact_write(run, target, customer, link.target_key)
        await write_once(run, journal, write, intent, Look(same.id if same else "", looked_at))
    await journal.commit(settled)
    return settled


def _contact_write(run: Run, target: OrderTarget, customer: Customer, number: str) -> Write:
    written = run.mapping("customer").write(
        "contact", customer, links={"customer": number}, settings=run.settings, plan=None
    )

    async def send() -> str:
        return await target.create_contact(written.payload)

    return Write(
        kind="contact",
        key=customer.key,
        action="create",
        marker=number,
        payload=written.payload,
        send=send,
        link=Link("contact", customer.key, ""),
        flow=run.flow_of("customer"),
    )


def _same_contact(customer: Customer, existing: Sequence[TargetContact]) -> TargetContact | None:
    name, email = customer.contact_name.casefold(), customer.contact_email.casefold()
    for contact in existing:
        if contact.name.casefold() == name or (email and contact.email.casefold() == email):
            return contact
    return None


async def _update(run: Run, target: OrderTarget, work: _Work, customer: Customer, link: Link) -> Outcome:
    """Send what changed in the source; what people changed in the target since is kept and reported."""
    held = work.held[customer.key]
    if link.source_hash == held.source_hash:
        return _outcome(customer, "unchanged", target=link.target_key)
    plan = plan_customer(customer, run.settings)
    ours = run.mapping("customer").write("customer", customer, links={}, settings=run.settings, plan=plan, on="update")
    current = await target.customer(link.target_key)
    if current is None:
        raise RecordParkedError(
            [Reason("gone_from_target", f"customer {link.target_key} is no longer in the target")],
            resolution="Restore the customer in the target.",
        )
    change: Change = change_of(run.ledger, ours.payload, link.written, current.as_written())
    if change.payload and not run.dry_run:
        await target.update_customer(link.target_key, change.payload, current.version)
    if not run.dry_run:
        run.ledger.save_links([replace(link, source_hash=held.source_hash, written=change.written)])
    kept = f"kept what was changed in the target: {', '.join(change.kept)}" if change.kept else ""
    state = "updated" if change.payload else "unchanged"
    return _outcome(customer, state, detail=kept, target=link.target_key)
