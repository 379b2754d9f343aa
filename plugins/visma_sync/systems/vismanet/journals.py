"""Journal transactions (v2) of the general ledger in Visma.net ERP. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import AsyncIterator
from datetime import datetime

from visma_sync.systems.reading import text_of
from visma_sync.systems.vismanet.answers import JournalRow
from visma_sync.systems.vismanet.answers.journals import lines_of
from visma_sync.systems.vismanet.core import Core, Row, at, local_time, version_of
from visma_sync.systems.vismanet.wire import JournalTransactionUpdate

JOURNALS = "/v2/journaltransaction"
LINES_ON_A_PAGE = 500


class Journals:
    """The journal transactions that are entered in the general ledger itself, not those of other ledgers."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def changed(self, since: datetime) -> AsyncIterator[list[JournalRow]]:
        """Transactions changed since then (UTC), each whole, a page at a time; overlap as for documents."""
        # Here the time needs no condition. Pages are counted in lines, so that a transaction can go on on the next one.
        query = (("lastModifiedDateTime", local_time(since)), ("module", "GL"))
        pages = self._core.pages(JOURNALS, *query, size=LINES_ON_A_PAGE, counted=lambda row: len(lines_of(row)))
        open_one: Row | None = None
        async for rows in pages:
            joined = _joined([open_one, *rows] if open_one else rows)
            open_one = joined.pop()
            if joined:
                yield [JournalRow.of(row) for row in joined]
        if open_one:
            yield [JournalRow.of(open_one)]

    async def get(self, number: str) -> JournalRow | None:
        """One transaction, None where there is none."""
        answer = await self._core.one(at(f"{JOURNALS}/{{number}}", number))
        return None if answer is None else JournalRow.of(answer.record, version_of(answer))

    async def create(self, body: Row) -> str:
        """Make a transaction from a plain `wire.JournalTransactionUpdate`; gives its number."""
        new = JournalTransactionUpdate.model_validate(body)
        return await self._core.create(JOURNALS, new.wrapped())

    async def release(self, number: str, version: str) -> None:
        """Book a transaction that is off hold. Raises StaleVersionError, or RecordRejectedError where it is refused."""
        await self._core.act(at(f"{JOURNALS}/{{number}}/action/release", number), version=version)


def _joined(rows: list[Row]) -> list[Row]:
    """The transactions of which these rows are parts, in their order."""
    whole: dict[str, Row] = {}
    for row in rows:
        begun = whole.setdefault(text_of(row, "batchNumber"), row)
        if begun is not row:
            joined = [*lines_of(begun), *lines_of(row)]
            whole[text_of(row, "batchNumber")] = {**begun, "journalTransactionLines": joined}
    return list(whole.values())
