"""The client of eAccounting: what is read from it, in as few calls as it takes. It writes, mails and prints nothing.

Source: "eAccounting OpenAPI 2026-02"; paging and filters: "eAccounting docs".
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from visma_sync.errors import RecordRejectedError
from visma_sync.systems.budget import CallBudget, Quota, RateBudget
from visma_sync.systems.call import Call
from visma_sync.systems.eaccounting.answers import (
    SYSTEM,
    Company,
    SourceInvoice,
    SourceRecord,
    article_of,
    customer_of,
    order_of,
)
from visma_sync.systems.eaccounting.auth import token_keeper
from visma_sync.systems.eaccounting.settings import EAccountingSettings
from visma_sync.systems.eaccounting.verdict import FILTER_REFUSED, verdict
from visma_sync.systems.http import Endpoint, HttpClient
from visma_sync.systems.reading import surprising
from visma_sync.systems.together import together
from visma_sync.systems.tokens import TokenStore

__all__ = ["EAccountingClient", "EAccountingSettings"]

# "eAccounting docs, rate limits": calls a minute for each client and endpoint.
CALLS_A_MINUTE = 600
PAGE_SIZE = 1000
# As many conditions as keep the address well below the lengths that servers refuse.
CONDITIONS_IN_A_FILTER = 20

ORDERS, CUSTOMERS, ARTICLES, INVOICES = "/v2/orders", "/v2/customers", "/v2/articles", "/v2/customerinvoices"
_MISSING = ("not_found", "reference_not_found")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Page:
    """One page of a list; `last` is the number of the last one."""

    number: int
    last: int
    rows: list[dict[str, Any]]


class EAccountingClient:
    """Reads one company of eAccounting; to be used as an async context manager."""

    def __init__(
        self,
        settings: EAccountingSettings,
        *,
        tokens: TokenStore,
        budget: CallBudget | None = None,
    ) -> None:
        quota = Quota(f"{SYSTEM} {settings.client_id}", 60.0, CALLS_A_MINUTE, per_route=True)
        self._http = HttpClient(
            Endpoint(SYSTEM, settings.api_url, settings.max_concurrency, settings.timeout_seconds),
            tokens=token_keeper(settings, tokens),
            verdict=verdict,
            budget=RateBudget(budget, quota) if budget is not None else None,
        )

    @property
    def calls(self) -> Counter[str]:
        """How many calls were made, by method and route."""
        return self._http.calls

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def company(self) -> Company:
        """The company behind the sign-in."""
        answer = await self._http.send(Call("GET", "/v2/companysettings"))
        return Company.of(answer.record)

    async def orders_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Orders created or changed in [since, until), UTC, a page at a time.

        Where eAccounting refuses the filter, the whole list is read once, with a warning.
        """
        # No upper bound on the change: an order changed meanwhile would leave the list and move the pages.
        condition = (
            f"CreatedUtc lt {_stamp(until)} and (CreatedUtc ge {_stamp(since)} or ModifiedUtc ge {_stamp(since)})"
        )
        seen: set[str] = set()
        async for rows in self._filtered(ORDERS, condition):
            records = [record for record in map(order_of, rows) if record.key not in seen]
            seen.update(record.key for record in records)
            if wanted := [record for record in records if record.lies_in(since, until)]:
                yield wanted

    async def orders_by_number(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The orders with these numbers; missing ones are left out."""
        wanted = {str(int(number)) for number in numbers if number.isascii() and number.isdigit()}
        rows = await self._rows_where(ORDERS, [f"Number eq {number}" for number in sorted(wanted)])
        records = {record.key: record for record in map(order_of, rows) if record.number in wanted}
        return list(records.values())

    async def orders_by_key(self, keys: Collection[str]) -> list[SourceRecord]:
        """The orders with these keys; missing ones are left out."""
        found = await together(self._one(f"{ORDERS}/{{id}}", key) for key in keys)
        return [order_of(row) for row in found if row is not None]

    async def orders_invoiced(self, since: datetime) -> AsyncIterator[list[str]]:
        """Keys of orders of which an invoice was changed since then (UTC) and is paid now."""
        async for page in self._pages(INVOICES, ("modifiedSinceUtc", _stamp(since))):
            invoices = map(SourceInvoice.of, page.rows)
            if keys := sorted({key for invoice in invoices if invoice.paid for key in invoice.order_keys}):
                yield keys

    async def paid_orders(self, order_keys: Collection[str]) -> set[str]:
        """Those of the orders that have invoices, all of them paid and none settled by a credit note."""
        conditions = [f"CreatedFromOrderId eq {key}" for key in sorted(order_keys)]
        rows = await self._rows_where(INVOICES, [*conditions, "IsCollectiveInvoice eq true"])
        paid: set[str] = set()
        unpaid: set[str] = set()
        for invoice in map(SourceInvoice.of, rows):
            (paid if invoice.paid and not invoice.credited else unpaid).update(invoice.order_keys)
        return (paid - unpaid).intersection(order_keys)

    async def customers(self, keys: Collection[str]) -> list[SourceRecord]:
        """The customers with these keys, one by one or from the list, whichever takes fewer calls."""
        wanted = set(keys)
        found: dict[str, SourceRecord] = {}
        if len(wanted) > 1:
            async for page in self._pages(CUSTOMERS):
                records = map(customer_of, page.rows)
                found.update({record.key: record for record in records if record.key in wanted})
                if len(wanted) - len(found) <= page.last - page.number:
                    break
        missing = sorted(wanted - found.keys())
        single = await together(self._one(f"{CUSTOMERS}/{{id}}", key) for key in missing)
        return [*found.values(), *(customer_of(row) for row in single if row is not None)]

    async def articles(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The articles with these numbers (SKUs); missing ones are left out."""
        wanted = set(numbers)
        rows = await self._rows_where(ARTICLES, [f"Number eq {_quoted(number)}" for number in sorted(wanted)])
        records = {record.key: record for record in map(article_of, rows) if record.number in wanted}
        return list(records.values())

    async def master_data(self, name: str) -> list[dict[str, Any]]:
        """A whole list that rarely changes, such as units, termsofpayments or articleaccountcodings."""
        return await self._all_rows(f"/v2/{name}")

    async def _one(self, route: str, key: str) -> dict[str, Any] | None:
        """A single record; eAccounting says with several codes that there is none."""
        try:
            answer = await self._http.send(Call("GET", route, values={"id": key}, key=key))
        except RecordRejectedError as error:
            if error.code in _MISSING:
                return None
            raise
        return answer.record

    async def _rows_where(self, route: str, conditions: Sequence[str]) -> list[dict[str, Any]]:
        """Rows that meet any of the conditions, and perhaps others.

        They come by filters or from the whole list, whichever takes fewer calls; the caller picks.
        """
        size = CONDITIONS_IN_A_FILTER
        filters = [" or ".join(conditions[at : at + size]) for at in range(0, len(conditions), size)]
        if len(filters) > 1:
            pages = self._pages(route)
            first = await anext(pages)
            if first.last - first.number <= len(filters):
                return first.rows + [row async for page in pages for row in page.rows]
        try:
            found = await together(self._all_rows(route, ("$filter", condition)) for condition in filters)
        except RecordRejectedError as error:
            _raise_unless_filter_refused(error, route)
            return await self._all_rows(route)
        return [row for rows in found for row in rows]

    async def _filtered(self, route: str, condition: str) -> AsyncIterator[list[dict[str, Any]]]:
        try:
            async for page in self._pages(route, ("$filter", condition), ("$orderby", "Id")):
                yield page.rows
        except RecordRejectedError as error:
            _raise_unless_filter_refused(error, route)
        else:
            return
        async for page in self._pages(route):
            yield page.rows

    async def _all_rows(self, route: str, *query: tuple[str, str]) -> list[dict[str, Any]]:
        return [row async for page in self._pages(route, *query) for row in page.rows]

    async def _pages(self, route: str, *query: tuple[str, str]) -> AsyncIterator[_Page]:
        number, last = 0, 1
        while number < last:
            number += 1
            paging = (("$page", str(number)), ("$pagesize", str(PAGE_SIZE)))
            answer = await self._http.send(Call("GET", route, query=(*query, *paging)))
            page = _page(answer.record, number, route)
            last = page.last
            yield page


def _page(body: dict[str, Any], number: int, route: str) -> _Page:
    last = (body.get("Meta") or {}).get("TotalNumberOfPages")
    rows = body.get("Data")
    if not isinstance(last, int) or not isinstance(rows, list):
        raise surprising(SYSTEM, f"the list {route}", "Meta")
    return _Page(number, last, rows)


def _raise_unless_filter_refused(error: RecordRejectedError, route: str) -> None:
    if error.code != FILTER_REFUSED:
        raise error
    logger.warning("eAccounting refused a filter on %s; the whole list is read instead.", route)


def _stamp(moment: datetime) -> str:
    """A moment as filters want it, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quoted(text: str) -> str:
    """A text as filters want it: in quotes, quotes in it doubled."""
    return "'" + text.replace("'", "''") + "'"
