"""Single records of eAccounting are made and changed whole: nothing is lost, no person's edit is overwritten."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.systems.imitation import Imitation
from visma_sync.errors import (
    NotFoundError,
    RecordRejectedError,
    RetryableError,
    StaleVersionError,
    UncertainWriteError,
)
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.source_record import SourceRecord

NOBODY = "00000000-0000-0000-0000-000000000001"
ROUTES = {"article": "articles", "customer": "customers", "order": "orders"}
STAMPS = {"ChangedUtc", "ModifiedUtc"}
CHANGES: dict[str, dict[str, Any]] = {
    "article": {"Name": "Lantaarn", "note": "Verzinkt"},
    "customer": {"InvoiceCity": "Assen", "telephone": "050-1"},
    "order": {"YourReference": "Anna", "our_reference": "SO 7"},
}
"""What is changed of each, by the vendor's name and by ours."""
VENDORS = {"note": "Note", "telephone": "Telephone", "our_reference": "OurReference"}


def use(imitation: Imitation, work: Callable[[EAccountingClient], Awaitable[Any]], **settings: Any) -> Any:
    async def inside() -> Any:
        async with imitation.source(**settings) as client:
            return await work(client)

    return asyncio.run(inside())


def entered(imitation: Imitation, kind: str) -> str:
    """Somebody enters a record by hand; gives its key."""
    name = {"Number": f"T-{uuid4()}"} if kind == "article" else {}
    return str(imitation.by_hand(f"eaccounting/{ROUTES[kind]}", **name)["Id"])


def stored(imitation: Imitation, kind: str, key: str) -> dict[str, Any]:
    found = dict(next(row for row in imitation.state("eaccounting", ROUTES[kind]) if row["Id"] == key))
    # Rows that are written again get new keys.
    return found | {"Rows": [{**row, "Id": None} for row in found.get("Rows", ())]}


def writes(imitation: Imitation) -> int:
    """How many requests changed something, tokens aside."""
    counted = httpx.get(f"{imitation.url}/_sandbox/requests").raise_for_status().json()["by_operation"]
    return sum(count for name, count in counted.items() if not name.startswith("GET ") and "token" not in name)


async def change(client: EAccountingClient, kind: str, key: str, changes: dict[str, Any]) -> SourceRecord:
    """Change a record as it was when it was read now."""
    records = getattr(client, f"{kind}_records")
    before = await records.read(key)
    changed: SourceRecord = await records.change(key, changes, unless_changed_since=before.changed_at)
    return changed


@pytest.mark.parametrize("kind", ROUTES)
def test_a_change_leaves_everything_else_as_it_is(kind: str, imitation: Imitation) -> None:
    key = entered(imitation, kind)
    before = stored(imitation, kind, key)
    changed = use(imitation, lambda client: change(client, kind, key, CHANGES[kind]))
    after = stored(imitation, kind, key)
    wanted = {VENDORS.get(name, name): value for name, value in CHANGES[kind].items()}
    assert {name for name in after if after[name] != before.get(name)} - STAMPS == wanted.keys()
    assert {name: after[name] for name in wanted} == wanted
    assert changed.key == key
    assert {name: changed.body[name] for name in wanted} == wanted


@pytest.mark.parametrize("kind", ROUTES)
def test_a_field_is_taken_out_where_it_is_changed_to_nothing(kind: str, imitation: Imitation) -> None:
    key = entered(imitation, kind)
    use(imitation, lambda client: change(client, kind, key, CHANGES[kind]))
    name = next(name for name in CHANGES[kind] if name in VENDORS)
    use(imitation, lambda client: change(client, kind, key, {name: None}))
    again = use(imitation, lambda client: getattr(client, f"{kind}_records").read(key))
    assert again.body[VENDORS[name]] is None


@pytest.mark.parametrize("kind", ROUTES)
def test_a_record_that_somebody_changed_since_it_was_read_is_left_alone(kind: str, imitation: Imitation) -> None:
    key = entered(imitation, kind)

    async def late(client: EAccountingClient) -> None:
        records = getattr(client, f"{kind}_records")
        before = await records.read(key)
        edit = {"order": {"YourReference": "Jan"}, "customer": {"Name": "Jan"}, "article": {"Name": "Jan"}}[kind]
        imitation.by_hand(f"eaccounting/{ROUTES[kind]}/{key}", **edit)
        await records.change(key, CHANGES[kind], unless_changed_since=before.changed_at)

    with pytest.raises(StaleVersionError):
        use(imitation, late)
    assert "Jan" in stored(imitation, kind, key).values()


@pytest.mark.parametrize("kind", ROUTES)
def test_a_record_that_is_not_there_is_said_to_be_missing(kind: str, imitation: Imitation) -> None:
    async def ask(client: EAccountingClient) -> None:
        records = getattr(client, f"{kind}_records")
        assert await records.read(NOBODY) is None
        await records.change(NOBODY, CHANGES[kind], unless_changed_since=None)

    with pytest.raises(NotFoundError):
        use(imitation, ask)


@pytest.mark.parametrize("kind", ["timeout_after", "500_after", "cut", "malformed"])
def test_a_lost_answer_to_a_change_is_uncertain_and_asked_once(kind: str, imitation: Imitation) -> None:
    key = entered(imitation, "article")
    imitation.fault(kind, method="PUT", path="/articles/")
    with pytest.raises(UncertainWriteError):
        use(imitation, lambda client: change(client, "article", key, {"Name": "Lantaarn"}), timeout_seconds=1)
    assert stored(imitation, "article", key)["Name"] == "Lantaarn"
    assert writes(imitation) == 1


@pytest.mark.parametrize("kind", ["timeout_after", "500_after", "cut", "malformed"])
def test_a_lost_answer_to_a_making_is_uncertain_and_asked_once(kind: str, imitation: Imitation) -> None:
    number = f"T-{uuid4()}"
    imitation.fault(kind, method="POST", path="/articles$")
    with pytest.raises(UncertainWriteError) as lost:
        use(imitation, lambda client: make(client, number), timeout_seconds=1)
    assert number in (lost.value.marker, lost.value.key)
    assert [row["Number"] for row in imitation.state("eaccounting", "articles")].count(number) == 1
    assert writes(imitation) == 1


async def make(client: EAccountingClient, number: str, **fields: Any) -> SourceRecord:
    """Make an article of the first coding and unit."""
    coding, unit = [(await client.master_data(name))[0].id for name in ("codings", "units")]
    prices = {"NetPrice": Decimal("12.50"), "GrossPrice": Decimal("15.13")}
    known = {"Number": number, "Name": "Lamp", "IsActive": True, "CodingId": coding, "UnitId": unit}
    return await client.article_records.create({**known, **prices, **fields}, marker=number)


def test_a_new_record_is_given_as_it_stands_then(imitation: Imitation) -> None:
    number = f"T-{uuid4()}"
    made = use(imitation, lambda client: make(client, number))
    assert (made.number, made.body["NetPrice"]) == (number, Decimal("12.50"))
    assert stored(imitation, "article", made.key)["Number"] == number


def test_what_eaccounting_refuses_is_rejected_by_its_reason(imitation: Imitation) -> None:
    number = f"T-{uuid4()}"
    use(imitation, lambda client: make(client, number))
    with pytest.raises(RecordRejectedError) as twice:
        use(imitation, lambda client: make(client, number))
    assert twice.value.code == "duplicate"
    with pytest.raises(RecordRejectedError) as unfit:
        use(imitation, lambda client: make(client, f"T-{uuid4()}", GrossPrice=Decimal(99)))
    assert unfit.value.code == "not_allowed"


def test_an_unknown_field_is_refused_before_anything_is_written(imitation: Imitation) -> None:
    key = entered(imitation, "article")
    httpx.delete(f"{imitation.url}/_sandbox/requests").raise_for_status()
    with pytest.raises(RecordRejectedError, match="colour"):
        use(imitation, lambda client: change(client, "article", key, {"colour": "red"}))
    assert writes(imitation) == 0


def test_a_field_beyond_the_limits_that_the_record_had_before_is_for_eaccounting_to_judge(
    imitation: Imitation,
) -> None:
    key = entered(imitation, "article")
    imitation.by_hand(f"eaccounting/articles/{key}", SupplierArticleNumber="longer than sixteen")
    with pytest.raises(RecordRejectedError, match="fields SupplierArticleNumber"):
        use(imitation, lambda client: change(client, "article", key, {"note": "Verzinkt"}))


def test_a_change_that_the_quota_turns_away_is_not_sent_again_over_what_a_person_wrote(imitation: Imitation) -> None:
    key = entered(imitation, "article")
    imitation.fault("429", method="PUT", path="/articles/", times=1, retry_after=1)
    with pytest.raises(RetryableError):
        use(imitation, lambda client: change(client, "article", key, CHANGES["article"]))
    assert stored(imitation, "article", key)["Name"] != "Lantaarn"
