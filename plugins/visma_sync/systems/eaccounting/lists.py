"""How lists of eAccounting are read: in pages, by filters, in as few calls as it takes.

Source: "eAccounting docs" (paging, filtering, sorting).
"""

import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from visma_sync.errors import PartialReadError, RecordRejectedError
from visma_sync.systems.call import Call
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.eaccounting.verdict import FILTER_REFUSED
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import surprising
from visma_sync.systems.together import together

PAGE_SIZE = 1000
# As many conditions as keep the address well below the lengths that servers refuse.
CONDITIONS_IN_A_FILTER = 20
_MISSING = ("not_found", "reference_not_found")

Row = dict[str, Any]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Page:
    """One page of a list; `last` is the number of the last one, `total` how many rows all pages have."""

    number: int
    last: int
    total: int
    rows: list[Row]


class Lists:
    """The lists of a company, and their single records."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def one(self, route: str, key: str) -> Row | None:
        """A single record; eAccounting says with several codes that there is none."""
        try:
            answer = await self._http.send(Call("GET", route, values={"id": key}, key=key))
        except RecordRejectedError as error:
            if error.code in _MISSING:
                return None
            raise
        return answer.record

    async def rows_where(self, route: str, conditions: Sequence[str]) -> list[Row]:
        """Rows that meet any of the conditions, and perhaps others.

        They come by filters or from the whole list, whichever takes fewer calls; the caller picks.
        """
        size = CONDITIONS_IN_A_FILTER
        filters = [" or ".join(conditions[at : at + size]) for at in range(0, len(conditions), size)]
        if len(filters) > 1:
            pages = self.pages(route)
            first = await anext(pages)
            if first.last - first.number <= len(filters):
                return first.rows + [row async for page in pages for row in page.rows]
        try:
            found = await together(self.rows(route, ("$filter", condition)) for condition in filters)
        except RecordRejectedError as error:
            _raise_unless_filter_refused(error, route)
            return await self.rows(route)
        return [row for rows in found for row in rows]

    async def narrowed(self, route: str, narrowing: tuple[str, str]) -> AsyncIterator[list[Row]]:
        """The rows of `narrowed_pages`, a page at a time."""
        async for page in self.narrowed_pages(route, narrowing):
            yield page.rows

    async def narrowed_pages(self, route: str, narrowing: tuple[str, str]) -> AsyncIterator[Page]:
        """A list that a filter makes shorter, in a stable order.

        Where eAccounting refuses the filter, the whole list is read once, with a warning.
        """
        try:
            async for page in self.pages(route, narrowing, ("$orderby", "Id")):
                yield page
        except RecordRejectedError as error:
            _raise_unless_filter_refused(error, route)
        else:
            return
        async for page in self.pages(route):
            yield page

    async def rows(self, route: str, *query: tuple[str, str]) -> list[Row]:
        """All rows of a list."""
        return [row async for page in self.pages(route, *query) for row in page.rows]

    async def whole(self, route: str, **values: str) -> list[Row]:
        """All rows of a list; raises PartialReadError where it says that it has more, or fewer."""
        pages = [page async for page in self.pages(route, **values)]
        rows = [row for page in pages for row in page.rows]
        if {page.total for page in pages} != {len(rows)}:
            raise PartialReadError(f"the list {route} is partial", system=SYSTEM)
        return rows

    async def pages(self, route: str, *query: tuple[str, str], **values: str) -> AsyncIterator[Page]:
        """A list, page by page; `values` are what the route names in braces."""
        number, last = 0, 1
        while number < last:
            number += 1
            paging = (("$page", str(number)), ("$pagesize", str(PAGE_SIZE)))
            answer = await self._http.send(Call("GET", route, values=values, query=(*query, *paging)))
            page = _page(answer.record, number, route)
            last = page.last
            yield page


def _page(body: Row, number: int, route: str) -> Page:
    meta = body.get("Meta") or {}
    last, total = meta.get("TotalNumberOfPages"), meta.get("TotalNumberOfResults")
    rows = body.get("Data")
    if not isinstance(last, int) or not isinstance(total, int) or not isinstance(rows, list):
        raise surprising(SYSTEM, f"the list {route}", "Meta")
    return Page(number, last, total, rows)


def _raise_unless_filter_refused(error: RecordRejectedError, route: str) -> None:
    if error.code != FILTER_REFUSED:
        raise error
    logger.warning("eAccounting refused a filter on %s; the whole list is read instead.", route)


def stamp(moment: datetime) -> str:
    """A moment as filters want it, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def quoted(text: str) -> str:
    """A text as filters want it: in quotes, quotes in it doubled."""
    return "'" + text.replace("'", "''") + "'"
