"""Comparing invoices, credit notes and payments: their lists say everything."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, time
from typing import Any

from visma_sync.domain.invoice import Invoice
from visma_sync.domain.money import ZERO
from visma_sync.domain.totals import Totals
from visma_sync.ledger.rows import Link
from visma_sync.sync.flow import DocumentFlow
from visma_sync.sync.invoices.standing import CREDIT_NOTE, INVOICE, documents_of, key_of, kind_of, number_of
from visma_sync.sync.payments.flow import PaymentFlow
from visma_sync.sync.reconcile.documents import Found, Period, whole
from visma_sync.sync.reconcile.ports import CompleteSource
from visma_sync.sync.reconcile.side import Side, shares_in
from visma_sync.sync.run import Run, now


class InvoiceSide(Side):
    """Invoices and credit invoices of the source, invoices and credit notes of the target."""

    flow_name = "invoices_eaccounting_to_vismanet"

    def records(self, period: Period) -> AsyncIterator[list[Any]]:
        records: AsyncIterator[list[Any]] = self.source.complete.invoices_dated(period.first, period.last)
        return records

    async def documents(self, since: datetime) -> AsyncIterator[list[Found]]:
        async for page in self.target.complete.invoices(since):
            # An invoice that the target made of a sales order carries the reference of the order.
            yield [_document(INVOICE, one) for one in page if not one.orders]
        async for page in self.target.complete.credit_notes(since):
            yield [_document(CREDIT_NOTE, one) for one in page if not one.orders]

    async def document(self, target_key: str) -> Found | None:
        kind = kind_of(target_key)
        document = await documents_of(self.target, kind).get(number_of(target_key))
        return None if document is None else _document(kind, document)

    def stated(self, record: Invoice) -> Totals | None:
        return Totals(record.total, record.vat)

    def sign_of(self, link: Link) -> int:
        return -1 if kind_of(link.target_key) == CREDIT_NOTE else 1


class PaymentSide(Side):
    """What was paid of invoices of the source, and payments of the target; payments have no VAT."""

    flow_name = "payments_eaccounting_to_vismanet"
    gives_all = False

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        super().__init__(run, source, target)
        self.flow: DocumentFlow[Any] = PaymentFlow(self.flow.run, _CompleteInvoices(source), target)

    def records(self, period: Period) -> AsyncIterator[list[Any]]:
        """A payment is entered on its day or later, and changes its invoice then."""
        return self.flow.changed(datetime.combine(period.first, time(), UTC), now())

    async def documents(self, since: datetime) -> AsyncIterator[list[Found]]:
        async for page in self.target.complete.payments(since):
            yield [_payment(one) for one in page]

    async def document(self, target_key: str) -> Found | None:
        payment = await self.target.payments.get(target_key)
        return None if payment is None else _payment(payment)

    @property
    def marker_is_ours(self) -> bool:
        """A reference with the number and what was paid by then is nobody else's."""
        return True

    def markers(self, numbers: Mapping[str, str]) -> dict[str, str]:
        """An invoice may be paid in parts: what was sent knows its marker."""
        intents = self.run.ledger.intents(self.flow_name, self.run.kind, numbers.keys(), "create")
        return {key: intent.marker for key, intent in intents.items()}

    def stated(self, record: Any) -> Totals | None:
        """Of an invoice that is paid in parts, a payment is only what came in last."""
        return None


class _CompleteInvoices:
    """A source whose list of changed invoices is complete, or raises PartialReadError."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._complete: CompleteSource = source.complete

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def invoices_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self._complete.invoices_changed(since, until)


def _document(kind: str, document: Any) -> Found:
    sign = -1 if kind == CREDIT_NOTE else 1
    total = sign * document.total
    return Found(
        key=key_of(kind, document.number),
        name=f"{kind.replace('_', ' ')} {document.number}",
        markers=(document.reference,),
        state=document.state,
        currency=document.currency,
        total=total,
        vat=sign * document.vat,
        shares=whole(shares_in(document.taxes, sign), total),
        changed_at=document.changed_at,
        sort=kind,
        customer=document.customer,
    )


def _payment(payment: Any) -> Found:
    return Found(
        key=payment.number,
        name=f"payment {payment.number}",
        markers=(payment.reference,),
        state=payment.state,
        currency=payment.currency,
        total=payment.amount,
        vat=ZERO,
        shares={},
        changed_at=payment.changed_at,
    )
