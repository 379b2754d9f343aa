"""Sales orders of Visma.net ERP as a source of records. Source: "SalesOrders OpenAPI v3".

A list shows an order's head only; its lines and its VAT have addresses of their own.
"""

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from visma_sync.errors import RecordRejectedError
from visma_sync.systems.call import Call
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import essential_text, moment_of, surprising, text_of
from visma_sync.systems.source_record import LONG_AGO, SourceRecord
from visma_sync.systems.together import together
from visma_sync.systems.vismanet.answers import SYSTEM
from visma_sync.systems.vismanet.answers.orders import state_of_order
from visma_sync.systems.vismanet.answers.server import state_of
from visma_sync.systems.vismanet.core import found

ORDERS = "/api/v3/SalesOrders"
ONE = f"{ORDERS}/{{type}}/{{order_id}}"
# Larger pages are silently cut.
ORDER_PAGE, LINE_PAGE = 100, 1000

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ListedOrder:
    """An order of a list, and its state in one spelling, such as back_order."""

    record: SourceRecord
    state: str


class SalesOrders:
    """The sales orders of a company; an order's key is `type/number`."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def changed(
        self, since: datetime, until: datetime, types: Collection[str]
    ) -> AsyncIterator[list[ListedOrder]]:
        """The orders of these types dated or changed in [since, until), UTC, a page at a time, as the list shows them.

        Nothing says when an order was made: its day stands for it. In the order of their creation, which changes made
        meanwhile do not upset.
        """
        stamp = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        query = (("modifiedSince", stamp), ("orderBy", "created asc"))
        async for rows in self._pages(Call("GET", ORDERS, query=query), ORDER_PAGE):
            listed = [_listed(row) for row in rows if text_of(row, "type") in types]
            yield [one for one in listed if one.record.lies_in(since, until)]

    async def numbered(self, numbers: Collection[str], types: Collection[str]) -> list[SourceRecord]:
        """The orders of these types with these numbers, whole; missing ones are left out."""
        return await self.whole([f"{kind}/{number}" for number in sorted(numbers) for kind in sorted(types)])

    async def whole(self, keys: Collection[str]) -> list[SourceRecord]:
        """The orders with these keys, with their lines and their VAT; missing ones are left out."""
        read = await together(self._whole(key) for key in sorted(keys))
        return [record for record in read if record is not None]

    async def _whole(self, key: str) -> SourceRecord | None:
        order_type, _, number = key.partition("/")
        values = {"type": order_type, "order_id": number}
        answer = await found(self._http, Call("GET", ONE, values, (("expand", "All"),), key=number))
        if answer is None:
            return None
        paged = Call("GET", f"{ONE}/lines", values, key=number)
        lines = [line async for rows in self._pages(paged, LINE_PAGE) for line in rows]
        taxed = (answer.record.get("totals") or {}).get("taxTotal")
        vat = await self._vat(values) if taxed else []
        return _record(answer.record | {"state": state_of_order(answer.record), "lines": lines, "vat": vat})

    async def _vat(self, values: Mapping[str, str]) -> list[Row]:
        answer = await self._http.send(Call("GET", f"{ONE}/tax", values, key=values["order_id"]))
        if not isinstance(answer.body, list):
            raise surprising(SYSTEM, "the VAT of an order", "a list")
        return answer.body

    async def _pages(self, call: Call, size: int) -> AsyncIterator[list[Row]]:
        index, more = 0, True
        while more:
            paging = (("pageSize", str(size)), ("pageIndex", str(index)))
            answer = await self._http.send(replace(call, query=(*call.query, *paging)))
            rows = answer.record.get("value")
            if not isinstance(rows, list):
                raise surprising(SYSTEM, f"the list {call.route}", "value")
            yield rows
            index, more = index + 1, bool(answer.record.get("nextPage"))


def _listed(row: Row) -> ListedOrder:
    """A row of a list, put under the names of a single order."""
    state = state_of(text_of(row, "status"))
    customer = {"id": row.get("customerId"), "order": row.get("customerOrder"), "refNo": row.get("customerRefNo")}
    same = ("type", "orderId", "date", "requestOn", "orderQty", "lastModified")
    body = {name: row.get(name) for name in same} | {
        "state": state,
        "currencyId": row.get("currency"),
        "customer": customer,
        "totals": {"orderTotal": row.get("orderTotal")},
    }
    return ListedOrder(_record(body), state)


def _record(body: Row) -> SourceRecord:
    order_type = essential_text(body, SYSTEM, "an order", "type")
    number = essential_text(body, SYSTEM, "an order", "orderId")
    changed_at = _stamp(body, "lastModified")
    return SourceRecord(
        f"{order_type}/{number}", number, _stamp(body, "date") or changed_at or LONG_AGO, changed_at, body
    )


def _stamp(body: Row, name: str) -> datetime | None:
    """A stamp that cannot be read counts as none: one such order must not stop the reading of the others."""
    try:
        return moment_of(body, SYSTEM, "an order", name, UTC)
    except RecordRejectedError:
        return None
