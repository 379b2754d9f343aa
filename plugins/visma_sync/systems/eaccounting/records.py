"""How single records of eAccounting are written. Source: "eAccounting OpenAPI 2026-02".

A PUT replaces the whole record: what it leaves out is gone (measured by others, 2026-08). So every change reads first.
There are no versions; a person's edit in between is seen by the stamp of the last change alone.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from visma_sync.errors import NotFoundError, Reason, RecordRejectedError, StaleVersionError, UncertainWriteError
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.eaccounting.lists import Lists, Row
from visma_sync.systems.eaccounting.wire.payload import Payload
from visma_sync.systems.http import HttpClient
from visma_sync.systems.source_record import SourceRecord


class Records:
    """The records below one address: articles, customers or orders; `payload` is what may be written of one."""

    def __init__(
        self, http: HttpClient, route: str, read: Callable[[Row], SourceRecord], payload: type[Payload]
    ) -> None:
        self._http = http
        self._lists = Lists(http)
        self._route = route
        self._one = f"{route}/{{id}}"
        self._read = read
        self._payload = payload

    async def read(self, key: str) -> SourceRecord | None:
        """One record, None where there is none."""
        row = await self._lists.one(self._one, key)
        return None if row is None else self._read(row)

    async def create(self, body: Row, marker: str = "") -> SourceRecord:
        """Make a record from a plain payload; gives it as it stands then.

        UncertainWriteError where the answer is lost or does not say what was made.
        """
        sent = self._checked(body, marker)
        return self._read(_answered(await self._http.send(Call("POST", self._route, body=sent, key=marker)), marker))

    def _checked(self, values: Row, key: str) -> Row:
        """Values as eAccounting takes them; RecordRejectedError names those that it would not."""
        try:
            return self._payload.model_validate(self._payload.named(values)).sent()
        except ValidationError as error:
            names = sorted({".".join(map(str, one["loc"])) for one in error.errors(include_input=False)})
            raise RecordRejectedError(
                [Reason("invalid_data", f"eAccounting does not take this as {', '.join(names)}")],
                resolution="Correct the record, or its mapping.",
                system=SYSTEM,
                key=key,
            ) from None

    async def change(self, key: str, changes: Row, *, unless_changed_since: datetime | None) -> SourceRecord:
        """Read a record, change the given fields and leave the others, write it; gives it as it stands then.

        `unless_changed_since` is the stamp of its last change (UTC) that the changes were decided by: StaleVersionError
        where it is another by now. NotFoundError where there is no such record.
        """
        before = await self.read(key)
        if before is None:
            raise NotFoundError(
                [Reason("not_found", "there is no such record any more")],
                resolution="Look for it in eAccounting.",
                system=SYSTEM,
                operation=f"PUT {self._one}",
                key=key,
            )
        if before.changed_at != unless_changed_since:
            raise StaleVersionError(
                "the record was changed since it was read", system=SYSTEM, operation=f"PUT {self._one}", key=key
            )
        return await self.replace(before, changes)

    async def replace(self, before: SourceRecord, changes: Row) -> SourceRecord:
        """Write a record as it was just read, with the given fields changed; gives it as it stands then.

        Who reads it right before knows best whether these changes still fit. UncertainWriteError where the answer is
        lost; RetryableError where it was turned away: read again then, before it is written.
        """
        key = before.key
        body = self._payload.kept(before.body)
        body |= self._checked(self._payload.essential(body) | self._payload.named(changes), key)
        answer = await self._http.send(Call("PUT", self._one, values={"id": key}, body=body, key=key, only_now=True))
        return self._read(_answered(answer, key))

    async def act(self, key: str, action: str, body: Row | None = None) -> None:
        """Have something done with a record, such as `completed` of an order.

        Not repeatable: after an UncertainWriteError the record is read before it is asked for again. The answer may
        have no body.
        """
        await self._http.send(Call("POST", f"{self._one}/{action}", values={"id": key}, body=body, key=key))


def _answered(answer: Answer, key: str) -> dict[str, Any]:
    if not answer.record.get("Id"):
        raise UncertainWriteError("the answer does not say what was written", marker=key, system=SYSTEM, key=key)
    return answer.record
