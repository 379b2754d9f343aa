"""The stock of Visma.net by pages, and the balances of eAccounting's articles."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.systems.imitation import Imitation, rows_of, with_target
from tests.systems.scripted_server import Line, Script, scripted_server
from visma_sync.errors import PartialReadError, RecordRejectedError
from visma_sync.systems.eaccounting.balances import ArticleBalance
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.source_record import SourceRecord
from visma_sync.systems.vismanet.availability import ITEMS_NAMED
from visma_sync.systems.vismanet.client import VismaNetClient


def page(*skus: str, of: int | None, more: bool = False) -> Line:
    rows = [{"inventoryId": sku, "baseUnit": "STK", "availability": None} for sku in skus]
    return Line(200, json.dumps({"value": rows, "totalCount": of, "nextPage": "/next" if more else None}))


def answered(imitation: Imitation, *lines: Line) -> tuple[list[str], Script]:
    """The numbers that a client reads from these pages, and what it asked for."""
    found: list[str] = []

    async def work(client: VismaNetClient) -> None:
        found.extend([record.number for record in await rows_of(client.availability.all())])

    with scripted_server(*lines) as script:
        with_target(imitation, work, salesorder_url=script.url)
    return found, script


# The stock of Visma.net


def test_the_stock_of_every_stock_item_is_read_in_one_page(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        client.calls.clear()
        records = await rows_of(client.availability.all())
        assert client.calls == {"GET /api/v3/Inventory": 1}
        stock = {row["sku"]: row for row in imitation.state("vismanet", "stock") if row["warehouse"] == "1"}
        assert stock.keys() <= {record.number for record in records}
        for record in records:
            (row,) = [one for one in record.body["availability"] if one["warehouseId"] == "1"]
            if record.number in stock:
                assert row["quantityOnHand"] == Decimal(str(stock[record.number]["quantityOnHand"]))

    with_target(imitation, work)


def test_pages_are_read_until_there_is_no_next_one(imitation: Imitation) -> None:
    found, script = answered(imitation, page("A", "B", of=3, more=True), page("C", of=3))
    assert found == ["A", "B", "C"]
    asked = [parse_qs(urlsplit(path).query) for _, path, _, _ in script.asked]
    assert [(one["pageIndex"], one["pageSize"]) for one in asked] == [(["0"], ["10000"]), (["1"], ["10000"])]


def test_a_list_that_does_not_say_how_long_it_is_is_read_all_the_same(imitation: Imitation) -> None:
    assert answered(imitation, page("A", "B", of=None, more=True), page("C", of=None))[0] == ["A", "B", "C"]


@pytest.mark.parametrize(
    "pages",
    [
        [page("A", "B", of=4, more=True), page("C", of=4)],
        [page("A", "B", of=4, more=True), page("B", "C", of=4)],
        [page("A", "B", of=4, more=True), page("b", "C", of=4)],
        [page("A", "B", of=3, more=True), page("C", "D", of=4)],
        [page(of=0)],
        [page(of=None)],
    ],
    ids=["missing", "twice", "twice in small letters", "grew meanwhile", "empty", "empty without count"],
)
def test_a_list_that_is_not_whole_is_told_in_the_end(pages: list[Line], imitation: Imitation) -> None:
    with pytest.raises(PartialReadError):
        answered(imitation, *pages)


@pytest.mark.parametrize("body", ['{"value": null}', '{"value": [{"inventoryId": null}]}'])
def test_an_answer_that_is_no_list_of_stock_is_refused(body: str, imitation: Imitation) -> None:
    with pytest.raises(RecordRejectedError):
        answered(imitation, Line(200, body))


def test_named_items_are_asked_for_in_addresses_of_bearable_length(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        known = [record.number for record in await rows_of(client.availability.all())][:3]
        client.calls.clear()
        many = [f"NOWHERE-{number}" for number in range(ITEMS_NAMED)]
        found = await client.availability.of([*known, *many])
        assert sorted(record.number for record in found) == sorted(known)
        assert client.calls == {"GET /api/v3/Inventory": 2}
        assert [record.number for record in await client.availability.of([known[0].lower()])] == [known[0]]
        assert await client.availability.of([]) == []

    with_target(imitation, work)


# The balances of eAccounting


def on_source(imitation: Imitation, work: Callable[[EAccountingClient], Awaitable[None]]) -> None:
    async def inside() -> None:
        async with imitation.source() as client:
            await work(client)

    asyncio.run(inside())


def test_a_balance_is_written_over_what_was_read_right_before(imitation: Imitation) -> None:
    async def work(client: EAccountingClient) -> None:
        listed = next(one for one in await rows_of(client.balances.all()) if one.balance)
        imitation.by_hand(f"eaccounting/articles/{listed.key}", Note="By hand")
        before = await client.balances.read(listed.key)
        assert before is not None
        after = await client.balances.write(before, {"StockBalance": Decimal("7.25")})
        assert after.balance == Decimal("7.25")
        assert after.record.body["Note"] == "By hand"
        assert await client.balances.read(listed.key) == after
        assert await client.balances.read("00000000-0000-0000-0000-000000000001") is None

    on_source(imitation, work)


def article(**body: Any) -> ArticleBalance:
    usual = {"StockBalance": 1, "IsServiceArticle": False, "IsStock": False, "ShowStockInformation": True}
    return ArticleBalance.of(SourceRecord("key", "SKU", datetime(2026, 1, 1, tzinfo=UTC), None, {**usual, **body}))


@pytest.mark.parametrize(
    ("body", "kept_by_module"),
    [
        ({}, False),
        ({"ShowStockInformation": False}, True),
        ({"IsStock": True}, None),
        ({"IsServiceArticle": True, "ShowStockInformation": False}, None),
    ],
    ids=["goods that show stock", "goods that show none", "a stock article", "a service"],
)
def test_an_article_tells_whether_the_stock_module_keeps_the_balances(
    body: dict[str, Any], kept_by_module: bool | None
) -> None:
    assert article(**body).kept_by_module is kept_by_module


@pytest.mark.parametrize("unusable", [None, "12", True, {}])
def test_a_balance_that_is_no_number_is_none(unusable: object) -> None:
    assert article(StockBalance=unusable).balance is None
    assert article(StockBalance=Decimal("12.50")).balance == Decimal("12.50")
