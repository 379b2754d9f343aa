"""The invoices in a journal: kept with it before it is sent, and given its outcome after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from visma_sync.ledger.rows import HeldRecord, Link, Outcome
from visma_sync.sync.bookings.batch import PlannedJournal
from visma_sync.sync.bookings.entry import Entry
from visma_sync.sync.reference import Reference, amount_text
from visma_sync.sync.run import Run, hash_of, now
from visma_sync.sync.write import Part

INVOICES, JOURNALS = "booking", "journal"
REFUSED_TOGETHER = "refused_together"


def journals_run(run: Run) -> Run:
    """The same run, as the steps that make and release journals see it."""
    return replace(run, kind=JOURNALS, flows={**run.flows, JOURNALS: f"{run.flows[INVOICES]}, journals"})


def invoices_run(run: Run) -> Run:
    """The same run, as the steps that read and sort out invoices see it."""
    return replace(run, kind=INVOICES)


@dataclass(frozen=True)
class Member:
    """An invoice in a journal, without personal data; `sales` are the sales that it books, `customer` is a key."""

    key: str
    number: str
    customer: str
    total: Decimal
    vat: Decimal
    rounding: Decimal
    content: str
    sales: tuple[str, ...]

    @classmethod
    def of(cls, entry: Entry, record: HeldRecord, sales: Sequence[str]) -> "Member":
        """The member that an invoice becomes."""
        return cls(
            key=entry.key,
            number=entry.number,
            customer=str(record.facts["customer"]),
            total=entry.total,
            vat=entry.vat,
            rounding=entry.rounding,
            content=str(record.facts["content"]),
            sales=tuple(sales),
        )

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Member":
        """A member as it is kept."""
        amounts = {name: Decimal(facts[name]) for name in ("total", "vat", "rounding")}
        return cls(**{**facts, **amounts, "sales": tuple(facts["sales"])})

    def to_facts(self) -> dict[str, Any]:
        """The member as small JSON."""
        amounts = {name: str(getattr(self, name)) for name in ("total", "vat", "rounding")}
        return {**vars(self), **amounts, "sales": list(self.sales)}


def members_of(journal: HeldRecord) -> list[Member]:
    """The invoices in a journal."""
    return [Member.from_facts(facts) for facts in journal.facts["members"]]


def held_journal(plan: PlannedJournal, members: Sequence[Member]) -> HeldRecord:
    """A journal as it is held: everything that is decided about it, and its invoices."""
    body = plan.model_dump(mode="json")
    moment = now()
    return HeldRecord(
        key=plan.marker,
        number=plan.name,
        created_at=moment,
        changed_at=moment,
        source_hash=hash_of(body),
        source=body,
        facts={
            "date": plan.posted_on.isoformat(),
            "currency": plan.currency,
            "total": amount_text(plan.total),
            "vat": amount_text(plan.vat),
            "sales": sorted({sale for member in members for sale in member.sales}),
            "members": [member.to_facts() for member in members],
        },
    )


def needs_of(journal: HeldRecord) -> dict[str, set[str]]:
    """Whose personal data the journal may hold: it is erased with theirs."""
    return {"customer": {member.customer for member in members_of(journal)}}


def reference_to(journal: HeldRecord, state: str) -> Reference:
    """What travels between the steps."""
    facts = journal.facts
    return Reference(
        key=journal.key,
        number=journal.number,
        date=str(facts["date"]),
        currency=str(facts["currency"]),
        total=str(facts["total"]),
        vat=str(facts["vat"]),
        state=state,
    )


def parts_of(journal: HeldRecord, flow: str) -> tuple[Part, ...]:
    """The invoices of a journal as its write takes them; `flow` has them in hand."""
    return tuple(
        Part(
            flow,
            member.number,
            Link(
                INVOICES,
                member.key,
                "",
                source_hash=member.content,
                detail={"confirmed": False, "journal": journal.key},
            ),
        )
        for member in members_of(journal)
    )


def spread_outcomes(run: Run, outcomes: Sequence[Outcome]) -> None:
    """Give the invoices what became of their journals: an outcome to those that this run has in hand.

    `run` is that of the journals. The links of all invoices of a finished journal say so, whoever has them in hand.
    """
    journals = run.ledger.held(run.flow, [outcome.key for outcome in outcomes], with_source=False)
    members = {outcome.key: members_of(journals[outcome.key]) for outcome in outcomes}
    finished = [one.key for outcome in outcomes if outcome.state == "created" for one in members[outcome.key]]
    links = run.ledger.links(INVOICES, finished).values()
    run.ledger.save_links(replace(link, detail={**link.detail, "confirmed": True}) for link in links)
    invoices = invoices_run(run)
    held = run.ledger.held(invoices.flow, [one.key for of in members.values() for one in of], with_source=False)
    in_hand = {key for key, record in held.items() if record.run_id == run.run_id}
    spread: list[Outcome] = []
    for outcome in outcomes:
        count = len(members[outcome.key])
        here = [member for member in members[outcome.key] if member.key in in_hand]
        sent_otherwise = _sent_otherwise(run, here) if outcome.reason.startswith("sent_as_") else None
        spread += (_outcome(member, outcome, held[member.key], count, sent_otherwise) for member in here)
    run.ledger.save_outcomes(invoices.flow, run.run_id, spread)


def _sent_otherwise(run: Run, members: Sequence[Member]) -> dict[str, str]:
    """By key, the other path of those invoices whose sale went on one."""
    paths = run.ledger.sale_paths({sale for member in members for sale in member.sales})
    return {
        member.key: paths[sale] for member in members for sale in member.sales if paths.get(sale, INVOICES) != INVOICES
    }


def _outcome(
    member: Member, journal: Outcome, record: HeldRecord, count: int, sent_otherwise: Mapping[str, str] | None
) -> Outcome:
    is_made = journal.state == "created"
    among = f"in journal {journal.number} of {count} invoices" if count > 1 and not is_made else ""
    facts = {**journal.facts, **({"rounding": str(member.rounding)} if is_made else {})}
    outcome = replace(
        journal,
        key=member.key,
        number=member.number,
        detail="; ".join(text for text in (_detail(member, journal), among) if text),
        total=member.total if journal.total is not None else None,
        vat=member.vat if journal.vat is not None else None,
        fingerprint=record.fingerprint if is_made else "",
        facts=facts,
    )
    if journal.state == "rejected" and count > 1:
        cure = "Nothing to do: the next run books each of its invoices in a journal of its own."
        return replace(outcome, state="parked", reason=REFUSED_TOGETHER, cure=cure)
    if sent_otherwise is None:
        return outcome
    if member.key in sent_otherwise:
        return replace(outcome, reason=f"sent_as_{sent_otherwise[member.key]}", detail="")
    cure = "Nothing to do: the next run books it in another journal."
    return replace(outcome, state="parked", reason="not_sent_yet", cure=cure)


def _detail(member: Member, journal: Outcome) -> str:
    if journal.reason == "dry_run" and journal.total is not None:
        return f"would be booked with total {member.total} and VAT {member.vat}"
    return journal.detail
