"""Customers of Visma.net ERP read as records: every window, every way of reading them, the same record."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.systems.source_record import SourceRecord
from visma_sync.systems.vismanet.client import VismaNetClient

LONG_AGO, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
ONE_HOUR = timedelta(hours=1)


async def all_of(client: VismaNetClient) -> list[SourceRecord]:
    return await rows_of(client.customer_records.changed(LONG_AGO, LATER))


def test_a_customer_is_the_same_from_the_list_and_by_itself(imitation: Imitation) -> None:
    async def read_both() -> tuple[Any, Any, Any]:
        async with imitation.target() as client:
            listed = {record.key: record for record in await all_of(client)}
            numbers = sorted(listed)
            single = [await client.customer_records.read([number]) for number in numbers[:3]]
            several = await client.customer_records.read([*numbers[:3], "no such"])
            return [listed[number] for number in numbers[:3]], [one for (one,) in single], several

    listed, single, several = asyncio.run(read_both())
    assert listed == single
    assert sorted(several, key=lambda record: str(record.key)) == listed
    assert "glAccounts" not in listed[0].body


def test_two_readings_of_a_customer_that_nobody_changed_have_the_same_content(imitation: Imitation) -> None:
    async def read_twice() -> tuple[SourceRecord, SourceRecord]:
        async with imitation.target() as client:
            (before,) = await client.customer_records.read(["10001"])
            imitation.by_hand("vismanet/customers/10001", accountReference=before.body.get("accountReference"))
            (after,) = await client.customer_records.read(["10001"])
            return before, after

    before, after = asyncio.run(read_twice())
    assert (before.content, before.body == after.body) == (after.content, False)


@pytest.mark.parametrize(
    ("stamp", "since", "belongs"),
    [
        # Two o'clock to three comes twice in the night in which summer time ends: nothing tells which one it was.
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 0, tzinfo=UTC), True),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 1, tzinfo=UTC), True),
        ("2026-10-25T02:30:00", datetime(2026, 10, 25, 2, tzinfo=UTC), False),
        ("2026-10-25T03:30:00", datetime(2026, 10, 25, 1, tzinfo=UTC), False),
        ("2026-10-25T03:30:00", datetime(2026, 10, 25, 2, tzinfo=UTC), True),
        ("2026-07-01T00:00:00", datetime(2026, 6, 30, 22, tzinfo=UTC), True),
        ("2026-07-01T00:00:00", datetime(2026, 6, 30, 21, tzinfo=UTC), False),
        ("2026-12-31T23:59:59", datetime(2026, 12, 31, 22, tzinfo=UTC), True),
    ],
)
def test_a_stamp_in_local_time_belongs_to_the_hour_that_it_was(
    stamp: str, since: datetime, belongs: bool, imitation: Imitation
) -> None:
    row = {"number": "1", "name": "A", "lastModifiedDateTime": stamp, "createdDateTime": "2020-01-01T00:00:00"}

    async def read() -> list[SourceRecord]:
        async with imitation.target(api_url=server.url) as client:
            return await rows_of(client.customer_records.changed(since, since + ONE_HOUR))

    with scripted_server(Line(200, json.dumps([row]))) as server:
        assert bool(asyncio.run(read())) is belongs
        (asked, *_) = (path for _, path, _, _ in server.asked)
    assert "lastModifiedDateTimeCondition" in asked
