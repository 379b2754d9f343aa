"""Customer invoices and credit notes in Visma.net ERP. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

from visma_sync.systems.call import Call
from visma_sync.systems.vismanet.answers import TargetDocument
from visma_sync.systems.vismanet.core import Core, Query, Row, at, changed_since, version_of
from visma_sync.systems.vismanet.wire import CustomerCreditNoteUpdate, CustomerInvoiceUpdate

_NOTHING: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True)
class DocumentKind:
    """A kind of customer document: its name in addresses, and the body in which one is written."""

    name: str
    body: type[CustomerInvoiceUpdate] | type[CustomerCreditNoteUpdate]

    @property
    def route(self) -> str:
        """The address of the list; single documents lie below it."""
        return f"/v1/{self.name}"

    @property
    def create_route(self) -> str:
        """Where new ones are made; the first version of this call is marked as deprecated."""
        return f"/v2/{self.name}"


INVOICES = DocumentKind("customerinvoice", CustomerInvoiceUpdate)
CREDIT_NOTES = DocumentKind("customerCreditNote", CustomerCreditNoteUpdate)


class CustomerDocuments:
    """The invoices of a company, or its credit notes. Nothing here mails, prints or sends electronically."""

    def __init__(self, core: Core, kind: DocumentKind) -> None:
        self._core = core
        self._kind = kind

    async def changed(
        self, since: datetime | None, *, dated_from: date | None = None
    ) -> AsyncIterator[list[TargetDocument]]:
        """Documents changed since then (UTC) and dated on that day or later, a page at a time.

        The server compares its own local time: let the times overlap by hours.
        """
        dated: Query = ()
        if dated_from is not None:
            dated = (("documentDate", dated_from.isoformat()), ("documentDateCondition", ">="))
        async for rows in self._core.pages(self._kind.route, *changed_since(since), *dated):
            yield [TargetDocument.of(row) for row in rows]

    async def with_reference(self, external_reference: str) -> list[TargetDocument]:
        """The documents with exactly this external reference."""
        found: list[TargetDocument] = []
        async for rows in self._core.pages(self._kind.route, ("externalReference", external_reference)):
            found += map(TargetDocument.of, rows)
        return [document for document in found if document.reference == external_reference]

    async def get(self, number: str) -> TargetDocument | None:
        """One document whole, None where there is none."""
        answer = await self._core.one(self._at(number))
        return None if answer is None else TargetDocument.of(answer.record, version_of(answer))

    async def create(self, body: Row) -> str:
        """Make a document from a plain `wire.CustomerInvoiceUpdate` or `wire.CustomerCreditNoteUpdate`.

        Gives its number.
        """
        new = self._kind.body.model_validate(body)
        return await self._core.create(self._kind.create_route, new.wrapped(), new.external_reference or "")

    async def take_off_hold(self, number: str, version: str, settles: Mapping[str, Decimal] = _NOTHING) -> str:
        """Take a document off hold; gives its new version. Raises StaleVersionError where somebody changed it.

        A credit note can settle invoices with it, by their number with the amount in its currency; they do it when it
        is released.
        """
        lines = [
            {"operation": "Insert", "documentType": "Invoice", "refNbr": invoice, "amountPaid": amount}
            for invoice, amount in settles.items()
        ]
        change = {"hold": False, **({"applicationLines": lines} if lines else {})}
        body = self._kind.body.model_validate(change).wrapped()
        return await self._core.change(self._at(number), body, version)

    async def release(self, number: str, version: str) -> None:
        """Book a document that is off hold. Raises StaleVersionError, or RecordRejectedError where it is refused."""
        await self._core.act(self._at(number, "/action/release"), version=version)

    def _at(self, number: str, action: str = "") -> Call:
        return at(f"{self._kind.route}/{{number}}{action}", number)
