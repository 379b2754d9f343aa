"""Orders of eAccounting as documents that are made, compared and taken from draft to order.

Source: "eAccounting OpenAPI 2026-02". Nothing here mails or prints.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.errors import PartialReadError
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.eaccounting.lists import Lists, Row, stamp
from visma_sync.systems.eaccounting.records import Records
from visma_sync.systems.eaccounting.wire.orders import OrderRow, OrderUpdate
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import amount_of, essential_text, text_of

ORDERS = "/v2/orders"
# A draft is what other systems call on hold.
_STATES: Mapping[str, str] = {"1": "hold", "2": "open", "3": "shipped", "4": "invoiced"}
# What moves by itself when an order is taken further.
_MOVING = ("status", "shipped_date_time")
_MOVING_ROW = ("delivered_quantity", "contribution_margin")


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """An order as it stands; `customer` is the customer's key, `reference` our own reference on it.

    `state` is hold (a draft), open, shipped or invoiced; `total` includes `vat`, both before whole-unit rounding and in
    the order's currency; `amounts` are those of its rows, text rows left out, `quantities` those of its articles by
    SKU. Days are written as 2026-01-31, empty where there is none. `content` is what people may have changed: two
    readings of an untouched order have the same.
    """

    key: str
    number: str
    customer: str
    reference: str
    state: str
    total: Decimal
    vat: Decimal
    amounts: tuple[Decimal, ...]
    currency: str
    ordered_on: str
    delivery_on: str
    quantities: Mapping[str, Decimal]
    content: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, body: Row) -> "OrderDocument":
        """Read an order of a list or a single one."""
        rows = [row for row in body.get("Rows") or [] if not row.get("IsTextRow")]
        amounts = tuple(amount_of(row, SYSTEM, "a row", "Amount") for row in rows)
        vat = amount_of(body, SYSTEM, "an order", "VatAmount")
        return cls(
            key=essential_text(body, SYSTEM, "an order", "Id"),
            number=text_of(body, "Number"),
            customer=text_of(body, "CustomerId"),
            reference=text_of(body, "OurReference"),
            state=_STATES.get(text_of(body, "Status"), "unknown"),
            total=_total(body, sum(amounts, Decimal(0)), vat),
            vat=vat,
            amounts=amounts,
            currency=text_of(body, "CurrencyCode"),
            ordered_on=text_of(body, "OrderDate")[:10],
            delivery_on=text_of(body, "DeliveryDate")[:10],
            quantities=_quantities(rows),
            content=_content(body),
        )


def _total(body: Row, rows: Decimal, vat: Decimal) -> Decimal:
    """The total with VAT. Whether the order's own amount has it is not documented; what its rows come to decides.

    Where the amount is neither, it stands: such an order agrees with nothing and is looked at by a person.
    """
    total = rows if body.get("IncludesVat") else rows + vat
    amount = amount_of(body, SYSTEM, "an order", "Amount")
    return total if amount in {rows, total, total - vat} else amount


def _quantities(rows: list[Row]) -> dict[str, Decimal]:
    quantities: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        quantities[text_of(row, "ArticleNumber")] += Decimal(row.get("Quantity") or 0)
    return dict(quantities)


def _content(body: Row) -> dict[str, Any]:
    said = {name: value for name, value in OrderUpdate.writable(body).items() if name not in _MOVING}
    rows = [OrderRow.writable(row) for row in body.get("Rows") or []]
    return said | {
        "rows": [{name: value for name, value in row.items() if name not in _MOVING_ROW} for row in rows],
    }


def _with_reference(rows: list[Row]) -> list[OrderDocument]:
    """An order without a reference of ours cannot be one of ours."""
    return [OrderDocument.of(row) for row in rows if text_of(row, "OurReference")]


class OrderDocuments:
    """The orders of a company, to be made and found again."""

    def __init__(self, http: HttpClient, records: Records) -> None:
        self._lists = Lists(http)
        self._records = records

    async def made_since(self, since: datetime) -> AsyncIterator[list[OrderDocument]]:
        """The orders with a reference of ours made since then (UTC), drafts too, a page at a time.

        Raises PartialReadError at its end where rows were missed or came twice: then no order is proven absent.
        """
        seen: set[str] = set()
        totals: set[int] = set()
        count = 0
        async for page in self._lists.narrowed_pages(ORDERS, ("$filter", f"CreatedUtc ge {stamp(since)}")):
            seen.update(essential_text(row, SYSTEM, "an order", "Id") for row in page.rows)
            totals.add(page.total)
            count += len(page.rows)
            yield _with_reference(page.rows)
        if totals != {count} or len(seen) != count:
            raise PartialReadError(f"the list {ORDERS} is partial: it moved while it was read", system=SYSTEM)

    async def moved_since(self, since: datetime) -> AsyncIterator[list[OrderDocument]]:
        """The orders with a reference of ours made or changed since then (UTC), a page at a time; some may be missed.

        What becomes of orders moves them while the list is read.
        """
        condition = f"CreatedUtc ge {stamp(since)} or ModifiedUtc ge {stamp(since)}"
        async for rows in self._lists.narrowed(ORDERS, ("$filter", condition)):
            yield _with_reference(rows)

    async def totals(self, numbers: Collection[str]) -> dict[str, set[Decimal]]:
        """What the orders with these numbers cost with VAT, before and after whole-unit rounding, by number.

        Missing ones are left out.
        """
        rows = await self._lists.rows_where(ORDERS, [f"Number eq {number}" for number in sorted(numbers)])
        totals: dict[str, set[Decimal]] = {}
        for row in rows:
            document = OrderDocument.of(row)
            if document.number in numbers:
                rounding = amount_of(row, SYSTEM, "an order", "RoundingsAmount")
                totals[document.number] = {document.total, document.total + rounding}
        return totals

    async def read(self, key: str) -> OrderDocument | None:
        """One order, None where there is none."""
        row = await self._lists.one(f"{ORDERS}/{{id}}", key)
        return None if row is None else OrderDocument.of(row)

    async def create(self, body: Row, marker: str) -> str:
        """Make an order from a `wire.OrderUpdate`; gives its key. UncertainWriteError where the answer was lost."""
        return (await self._records.create(body, marker)).key

    async def make_order(self, key: str) -> None:
        """Turn a draft into an order, which gives it a number. RecordRejectedError where it is no draft (any more)."""
        await self._records.act(key, "converteddrafttoorder")
