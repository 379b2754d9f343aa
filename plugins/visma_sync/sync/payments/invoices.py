"""Reading from the source what is paid of its invoices."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.payment import Payment
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import Link
from visma_sync.sync.payments.ports import InvoiceSource
from visma_sync.sync.payments.standing import entered_of, key_of
from visma_sync.sync.ports import SourceRecord
from visma_sync.sync.reference import amount_text
from visma_sync.sync.run import Run, hash_of, source_lists


@dataclass(frozen=True)
class PaidInvoice:
    """An invoice of the source as a record of the payments flow, known by `PaidInvoices.key_of`; stamps are UTC."""

    key: str
    number: str
    created_at: datetime
    changed_at: datetime | None
    body: dict[str, Any]


# The kind of the links that tell of each invoice how much of it we have booked.
BOOKED = "booked_invoice"


def booked_link(payment: Link) -> Link:
    """What is remembered of an invoice when its payment is released."""
    invoice, paid = payment.source_key.split("/")[:2]
    entered = entered_of(payment.source_key)
    return Link(BOOKED, invoice, payment.target_key, detail={"paid": paid, "booked": entered, "entered": entered})


def content_of(payment: Payment) -> str:
    """What a payment says, as a hash: another day is another payment of the same amount."""
    return hash_of({"paid": amount_text(payment.amount_paid), "on": day_of(payment).isoformat()})


def day_of(payment: Payment) -> date:
    """The day of a payment, that of the invoice where nothing is paid."""
    return payment.paid_on or payment.invoiced_on


class PaidInvoices:
    """The invoices of the source and what is paid of them."""

    def __init__(self, run: Run, source: InvoiceSource) -> None:
        self._run = run
        self._source = source
        self._taken_back: set[str] = set()
        self._entered: dict[str, int] = {}

    def is_taken_back(self, payment: Payment) -> bool:
        """Whether less is paid of an invoice, read before, than we have booked of it."""
        return payment.key in self._taken_back

    def key_of(self, payment: Payment) -> str:
        """The key of the payment of an invoice that was read before."""
        return key_of(payment, self._entered.get(payment.key, 1))

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[PaidInvoice]]:
        """The invoices created or changed in [since, until), UTC: an invoice changes when it is paid."""
        async for page in self._source.invoices_changed(since, until):
            yield await self._read_alone(page)

    async def by_number(self, numbers: Collection[str]) -> list[PaidInvoice]:
        """The invoices with these numbers."""
        return await self._read_alone(await self._source.invoices_by_number(numbers))

    async def by_key(self, keys: Collection[str]) -> list[PaidInvoice]:
        """The invoices of the payments with these keys, as they are now: more may be paid of them."""
        lists = await self._lists()
        invoices = await self._source.invoices_by_key({key.split("/", 1)[0] for key in keys})
        payments = {invoice.key: self._mapped(invoice.body, lists) for invoice in invoices}
        return self._records(invoices, payments)

    async def payments(self, bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, Payment]:
        """What these invoices, by key, say of their payment; they have been read before."""
        lists, mapping = await self._lists(), self._run.mapping(self._run.kind)
        return {
            key: cast(Payment, mapping.read(body, lists=lists, settings=self._run.settings))
            for key, body in bodies.items()
        }

    async def _read_alone(self, rows: Sequence[SourceRecord]) -> list[PaidInvoice]:
        """Read those of a list alone that may be paid: what a list says of the remainder is not reliable.

        Paid invoices whose payment is booked already are left as they are.
        """
        lists = await self._lists()
        payments = {row.key: self._mapped(row.body, lists) for row in rows}
        candidates = {key: payment for key, payment in payments.items() if payment and payment.may_have_money}
        wanted = candidates.keys() - self._booked(candidates)
        alone = {row.key: row for row in await self._source.invoices_by_key(wanted)}
        payments |= {key: self._mapped(row.body, lists) for key, row in alone.items()}
        return self._records([alone.get(row.key, row) for row in rows], payments)

    def _records(self, invoices: Iterable[SourceRecord], payments: Mapping[str, Payment | None]) -> list[PaidInvoice]:
        self._note_corrections({key: payment for key, payment in payments.items() if payment is not None})
        return [self._record(invoice, payments[invoice.key]) for invoice in invoices]

    def _record(self, invoice: SourceRecord, payment: Payment | None) -> PaidInvoice:
        key = invoice.key if payment is None else self.key_of(payment)
        return PaidInvoice(key, invoice.number, invoice.created_at, invoice.changed_at, invoice.body)

    def _note_corrections(self, payments: Mapping[str, Payment]) -> None:
        """Note which payments that we booked were corrected: what is paid from then on was entered anew.

        Corrected is what was taken back, and what bears another day now. Whether anything is left to be booked, the
        target says: a person may have voided our payment there, or left it.
        """
        booked = self._run.ledger.links(BOOKED, payments)
        self._entered |= {key: int(booked[key].detail.get("entered", 1)) for key in booked}
        links = self._run.ledger.links(self._run.kind, {self.key_of(payment) for payment in payments.values()})
        noted: list[Link] = []
        for key, payment in payments.items():
            of_invoice, link = booked.get(key), links.get(self.key_of(payment))
            before = entered = self._entered.get(key, 1)
            if of_invoice is not None and payment.amount_paid < Decimal(of_invoice.detail["paid"]):
                self._taken_back.add(key)
                entered = max(entered, int(of_invoice.detail.get("booked", 1)) + 1)
            elif link is not None and link.detail.get("confirmed") and link.source_hash != content_of(payment):
                of_invoice, entered = of_invoice or booked_link(link), entered + 1
            if of_invoice is not None and entered > before:
                self._entered[key] = entered
                noted.append(replace(of_invoice, detail={**of_invoice.detail, "entered": entered}))
        if not self._run.dry_run:
            self._run.ledger.save_links(noted)

    def _booked(self, candidates: Mapping[str, Payment]) -> set[str]:
        settled = {key: payment for key, payment in candidates.items() if payment.is_paid}
        self._note_corrections(settled)
        paid = {self.key_of(payment): key for key, payment in settled.items()}
        links = self._run.ledger.links(self._run.kind, paid)
        return {paid[key] for key, link in links.items() if link.detail.get("confirmed")}

    async def _lists(self) -> dict[str, dict[str, Any]]:
        return await source_lists(self._run, self._run.kind, self._source)

    def _mapped(self, body: Mapping[str, Any], lists: Mapping[str, Any]) -> Payment | None:
        """None where it cannot be read: fetching rejects it alone."""
        try:
            read = self._run.mapping(self._run.kind).read(body, lists=lists, settings=self._run.settings)
        except RecordRejectedError:
            return None
        return cast(Payment, read)
