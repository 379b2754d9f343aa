"""Lists of eAccounting of which nothing may be missed: read to their last row, or not believed at all.

Source: "eAccounting OpenAPI 2026-02"; paging and filters: "eAccounting docs".
"""

from collections.abc import AsyncIterator, Callable
from datetime import date, datetime, timedelta

from visma_sync.errors import PartialReadError, RecordRejectedError
from visma_sync.systems.eaccounting.answers import SYSTEM, invoice_of, order_of
from visma_sync.systems.eaccounting.lists import Lists, Row, stamp
from visma_sync.systems.eaccounting.verdict import FILTER_REFUSED
from visma_sync.systems.source_record import SourceRecord

ONE_DAY = timedelta(days=1)
Reader = Callable[[Row], SourceRecord]


class CompleteLists:
    """Orders and invoices, a page at a time.

    All raise PartialReadError at their end where rows were missed or came twice: then nothing may be concluded from
    what was given.
    """

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def orders_dated(self, first: date, last: date) -> AsyncIterator[list[SourceRecord]]:
        """The orders of these days, and perhaps those of a day more on either side."""
        return self._all("/v2/orders", order_of, _dated("OrderDate", first, last))

    def invoices_dated(self, first: date, last: date) -> AsyncIterator[list[SourceRecord]]:
        """The invoices and credit invoices of these days, and perhaps those of a day more on either side."""
        return self._all("/v2/customerinvoices", invoice_of, _dated("InvoiceDate", first, last))

    async def invoices_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """The invoices and credit invoices created or changed in [since, until), UTC."""
        async for page in self._all("/v2/customerinvoices", invoice_of, ("modifiedSinceUtc", stamp(since))):
            yield [record for record in page if record.lies_in(since, until)]

    async def _all(self, route: str, read: Reader, narrowing: tuple[str, str]) -> AsyncIterator[list[SourceRecord]]:
        """Where eAccounting refuses the filter, the whole list."""
        try:
            async for page in self._checked(route, read, narrowing, ("$orderby", "Id")):
                yield page
        except RecordRejectedError as error:
            if error.code != FILTER_REFUSED:
                raise
        else:
            return
        async for page in self._checked(route, read):
            yield page

    async def _checked(self, route: str, read: Reader, *query: tuple[str, str]) -> AsyncIterator[list[SourceRecord]]:
        seen: set[str] = set()
        totals: set[int] = set()
        rows = 0
        async for page in self._lists.pages(route, *query):
            records = list(map(read, page.rows))
            seen.update(record.key for record in records)
            rows += len(records)
            totals.add(page.total)
            yield records
        if totals != {rows} or len(seen) != rows:
            raise PartialReadError(f"the list {route} is partial: it moved while it was read", system=SYSTEM)


def _dated(name: str, first: date, last: date) -> tuple[str, str]:
    """A day more on either side: how times of business dates are compared is not published."""
    begin, end = first - ONE_DAY, last + 2 * ONE_DAY
    return "$filter", f"{name} ge {begin.isoformat()}T00:00:00Z and {name} lt {end.isoformat()}T00:00:00Z"
