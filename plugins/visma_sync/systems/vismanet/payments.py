"""Payments of customers in Visma.net ERP. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import AsyncIterator
from datetime import datetime

from visma_sync.systems.vismanet.answers import PaymentRow
from visma_sync.systems.vismanet.core import Core, Row, at, changed_since, version_of
from visma_sync.systems.vismanet.wire import PaymentRelease, PaymentUpdate

PAYMENTS = "/v1/customerPayment"


class Payments:
    """The payments of a company's customers."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def changed(self, since: datetime | None) -> AsyncIterator[list[PaymentRow]]:
        """Payments changed since then (UTC), or all of them, a page at a time; overlap as for documents."""
        async for rows in self._core.pages(PAYMENTS, *changed_since(since)):
            yield [PaymentRow.of(row) for row in rows]

    async def of_invoice(self, invoice_number: str) -> list[PaymentRow]:
        """The payments that settle an invoice, or part of it."""
        pages = self._core.pages(PAYMENTS, ("invoiceRefNbr", invoice_number))
        return [PaymentRow.of(row) async for rows in pages for row in rows]

    async def get(self, number: str) -> PaymentRow | None:
        """One payment, None where there is none."""
        answer = await self._core.one(at(f"{PAYMENTS}/{{number}}", number))
        return None if answer is None else PaymentRow.of(answer.record, version_of(answer))

    async def create(self, body: Row) -> str:
        """Make a payment from a plain `wire.PaymentUpdate`; gives its number."""
        new = PaymentUpdate.model_validate(body)
        return await self._core.create(PAYMENTS, new.wrapped(), new.payment_ref or "")

    async def release(self, number: str, version: str) -> None:
        """Book a payment that is off hold. Raises StaleVersionError, or RecordRejectedError where it is refused."""
        release = PaymentRelease(type="Payment").wrapped()
        await self._core.act(at(f"{PAYMENTS}/{{number}}/action/release", number), release, version)
