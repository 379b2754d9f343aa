"""Lists of Visma.net ERP of which nothing may be missed: read to their last row, or not believed at all.

Sources: "SalesOrders OpenAPI v3" (orders), "Visma.net ERP OpenAPI 2025-12" (the others).
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from visma_sync.errors import PartialReadError
from visma_sync.systems.call import Call
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import amount_of, surprising, text_of
from visma_sync.systems.vismanet.answers import (
    SYSTEM,
    JournalRow,
    OrderRow,
    PaymentRow,
    TargetDocument,
    TaxAmount,
)
from visma_sync.systems.vismanet.answers.journals import lines_of
from visma_sync.systems.vismanet.core import USUAL_PAGE, Core, Query, Row, changed_since, found, local_time, metadata
from visma_sync.systems.vismanet.documents import CREDIT_NOTES, INVOICES, DocumentKind

ORDERS = "/api/v3/SalesOrders"
ORDER_PAGE, LINES_ON_A_PAGE = 100, 500


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order of a list with the currency of its total."""

    row: OrderRow
    currency: str


class CompleteLists:
    """Documents changed since a moment (UTC), a page at a time; the core API compares its own local time.

    All raise PartialReadError at their end where rows were missed or came twice: then nothing may be concluded from
    what was given.
    """

    def __init__(self, core: Core, orders: HttpClient) -> None:
        self._core = core
        self._orders = orders

    async def orders(self, since: datetime) -> AsyncIterator[list[ListedOrder]]:
        """The orders of all types, in the order of their creation, which changes made meanwhile do not upset."""
        moment = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        query = (("modifiedSince", moment), ("orderBy", "created asc"), ("pageSize", str(ORDER_PAGE)))
        seen = _Seen("the list of orders")
        index, more = 0, True
        while more:
            answer = await self._orders.send(Call("GET", ORDERS, query=(*query, ("pageIndex", str(index)))))
            rows, total = answer.record.get("value"), answer.record.get("totalCount")
            if not isinstance(rows, list) or not isinstance(total, int):
                raise surprising(SYSTEM, "the list of orders", "value or totalCount")
            page = [ListedOrder(OrderRow.of(row), text_of(row, "currency")) for row in rows]
            seen.note([f"{one.row.order_type}/{one.row.order_id}" for one in page], total)
            yield page
            index, more = index + 1, bool(answer.record.get("nextPage"))
        seen.refuse_partial()

    async def taxes_of_order(self, order_type: str, order_id: str) -> list[TaxAmount] | None:
        """What an order says of each VAT id, in its currency; None where there is no such order."""
        values = {"type": order_type, "order_id": order_id}
        answer = await found(self._orders, Call("GET", f"{ORDERS}/{{type}}/{{order_id}}/tax", values, key=order_id))
        if answer is None:
            return None
        if not isinstance(answer.body, list):
            raise surprising(SYSTEM, f"the VAT of order {order_id}", "a list")
        return [_tax_of_order(row) for row in answer.body]

    def invoices(self, since: datetime) -> AsyncIterator[list[TargetDocument]]:
        """The invoices of customers, with the VAT of each."""
        return self._documents(INVOICES, since)

    def credit_notes(self, since: datetime) -> AsyncIterator[list[TargetDocument]]:
        """The credit notes of customers, with the VAT of each."""
        return self._documents(CREDIT_NOTES, since)

    async def _documents(self, kind: DocumentKind, since: datetime) -> AsyncIterator[list[TargetDocument]]:
        query = (*changed_since(since), ("expandTaxDetails", "true"))
        async for rows in self._pages(kind.route, query, "referenceNumber"):
            yield [TargetDocument.of(row) for row in rows]

    async def payments(self, since: datetime) -> AsyncIterator[list[PaymentRow]]:
        """The payments of customers."""
        async for rows in self._pages("/v1/customerPayment", changed_since(since), "refNbr"):
            yield [PaymentRow.of(row) for row in rows]

    async def _pages(self, route: str, query: Query, number: str) -> AsyncIterator[list[Row]]:
        seen = _Seen(f"the list {route}")
        async for rows in self._core.pages(route, *query, size=USUAL_PAGE):
            # Some lists do not say how many there are; then only that none came twice can be checked.
            keys = [f"{text_of(row, 'type')} {text_of(row, number)}" for row in rows]
            seen.note(keys, metadata(rows, "totalCount") or None)
            yield rows
        seen.refuse_partial()

    async def journals(self, since: datetime) -> AsyncIterator[list[JournalRow]]:
        """The transactions of the general ledger, each whole: pages are counted in lines, and may cut one in two."""
        query = (("lastModifiedDateTime", local_time(since)), ("module", "GL"))
        route, read, totals = "/v2/journaltransaction", 0, set()
        open_one: Row | None = None
        async for rows in self._core.pages(route, *query, size=LINES_ON_A_PAGE, counted=lambda row: len(lines_of(row))):
            read += sum(len(lines_of(row)) for row in rows)
            totals.add(metadata(rows, "totalCount"))
            joined = [open_one, *rows] if open_one else rows
            if open_one and text_of(open_one, "batchNumber") == text_of(rows[0], "batchNumber"):
                whole = {**open_one, "journalTransactionLines": [*lines_of(open_one), *lines_of(rows[0])]}
                joined = [whole, *rows[1:]]
            open_one = joined[-1]
            if joined[:-1]:
                yield [JournalRow.of(row) for row in joined[:-1]]
        if totals - {0, read}:
            raise _partial(f"the list {route}")
        if open_one:
            yield [JournalRow.of(open_one)]


class _Seen:
    """Counts what a list gave against what it says that it has."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._keys: set[str] = set()
        self._rows = 0
        self._totals: set[int] = set()

    def note(self, keys: list[str], total: int | None) -> None:
        self._keys.update(keys)
        self._rows += len(keys)
        self._totals |= {total} if total is not None else set()

    def refuse_partial(self) -> None:
        if len(self._keys) != self._rows or self._totals - {self._rows}:
            raise _partial(self._what)


def _partial(what: str) -> PartialReadError:
    return PartialReadError(f"{what} is partial: it moved while it was read", system=SYSTEM)


def _tax_of_order(row: Mapping[str, Any]) -> TaxAmount:
    def amount(name: str) -> Decimal:
        return amount_of(row, SYSTEM, "the VAT of an order", name) if text_of(row, name) else Decimal(0)

    return TaxAmount(text_of(row, "taxId"), amount("taxableAmount"), amount("taxAmount"))
