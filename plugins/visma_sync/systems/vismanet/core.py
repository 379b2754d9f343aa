"""How the APIs of Visma.net ERP are spoken to: lists in pages, single records, changes and actions.

Sources: "Visma.net ERP OpenAPI 2025-12", "Visma.net API docs" (paging, ETag, Location).
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from visma_sync.errors import NotFoundError, UncertainWriteError
from visma_sync.systems.call import Answer, Call, key_segment, keys_in
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import surprising
from visma_sync.systems.vismanet.answers import SERVER_ZONE, SYSTEM

Row = dict[str, Any]
Query = tuple[tuple[str, str], ...]

# Larger pages are silently cut; each row says how many a page may hold.
USUAL_PAGE = 500


class Core:
    """The core API of a company: what all its records have in common."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http

    async def pages(
        self,
        route: str,
        *query: tuple[str, str],
        size: int = USUAL_PAGE,
        counted: Callable[[Row], int] = lambda _row: 1,
    ) -> AsyncIterator[list[Row]]:
        """A list, page by page without empty ones; `counted` is how much of a page a row takes."""
        number = read = 0
        more = True
        while more:
            number += 1
            paging = (("pageNumber", str(number)), ("pageSize", str(size)))
            rows = await self.rows(Call("GET", route, query=(*query, *paging)))
            if rows:
                yield rows
            on_page = sum(map(counted, rows))
            read += on_page
            # Some lists do not say how many there are; a short page then is the last one.
            total, largest = metadata(rows, "totalCount"), metadata(rows, "maxPageSize") or size
            more = read < total if total else on_page >= min(size, largest)
            more = more and bool(rows)

    async def rows(self, call: Call) -> list[Row]:
        """The rows of a list, bare or in an envelope; some lists answer "not found" where they are empty."""
        answer = await found(self._http, call)
        if answer is None:
            return []
        rows = answer.record.get("records") if isinstance(answer.body, dict) else answer.body
        if not isinstance(rows, list):
            raise surprising(SYSTEM, f"the list {call.route}", "records")
        return rows

    async def one(self, call: Call) -> Answer | None:
        """A single record, None where there is none."""
        return await found(self._http, call)

    async def create(self, route: str, body: Row, key: str = "") -> str:
        """Make a record; gives its key. Raises UncertainWriteError where the answer was lost or says no key."""
        return (await created(self._http, Call("POST", route, body=body, key=key), 1))[0]

    async def change(self, call: Call, body: Row, version: str = "") -> str:
        """Change the record that `call` addresses, where its version is still the one given; gives its new version.

        Raises StaleVersionError where somebody changed it.
        """
        return version_of(await self._http.send(changing("PUT", call, body, version)))

    async def act(self, call: Call, body: Any = None, version: str = "") -> Row:
        """Have something done with the document that `call` addresses; gives what the action says of itself.

        Not repeatable: after an UncertainWriteError the document's state is read before it is asked for again.
        Raises RecordRejectedError where it is refused, StaleVersionError where somebody changed the document.
        """
        return (await self._http.send(changing("POST", call, body, version))).record


def at(route: str, number: str) -> Call:
    """A call to the record of the core API with this key; the route names it {number}."""
    return Call("GET", route, {"number": key_segment(number)}, key=number)


def changing(method: str, call: Call, body: Any, version: str = "") -> Call:
    """The call that writes to what `call` addresses, where the version is still the one given."""
    headers = {"If-Match": version if version.startswith(('"', "W/")) else f'"{version}"'} if version else {}
    return replace(call, method=method, body=body, headers=headers)


async def found(http: HttpClient, call: Call) -> Answer | None:
    """The answer to a call, None where the system says that there is no such record."""
    try:
        return await http.send(call)
    except NotFoundError:
        return None


async def created(http: HttpClient, call: Call, count: int) -> tuple[str, ...]:
    """The key of a new record, which is in the Location header alone: the answer has no body."""
    answer = await http.send(call)
    keys = keys_in(answer.headers.get("Location", ""), count)
    if keys is None:
        raise UncertainWriteError(
            "the answer does not say what was created", system=SYSTEM, operation=call.operation, key=call.key
        )
    return keys


def version_of(answer: Answer) -> str:
    """The version that a change of the record has to name."""
    return answer.headers.get("ETag", "")


def changed_since(since: datetime | None) -> Query:
    """The filter for changes; without the condition the date is ignored, and a zone is not accepted."""
    if since is None:
        return ()
    return (("lastModifiedDateTime", local_time(since)), ("lastModifiedDateTimeCondition", ">="))


def local_time(moment: datetime) -> str:
    """A moment as the core API compares it: in its own zone, without saying so."""
    return moment.astimezone(SERVER_ZONE).replace(tzinfo=None).isoformat(timespec="milliseconds")


def metadata(rows: list[Row], name: str) -> int:
    """A number that every row of a page says of the whole list, 0 where it is not said."""
    value = (rows[0].get("metadata") or {}).get(name) if rows else None
    return value if isinstance(value, int) else 0
