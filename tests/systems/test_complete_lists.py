"""Lists of which nothing may be missed: whole, or not believed."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of, with_target
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import PartialReadError, RecordRejectedError
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
MOVED = "is partial"
Lists = Callable[[EAccountingClient], AsyncIterator[list[Any]]]


def page_of_source(*keys: str, total: int) -> Line:
    meta = {"TotalNumberOfPages": -(-total // 2), "TotalNumberOfResults": total}
    return Line(200, json.dumps({"Meta": meta, "Data": [{"Id": key, "Number": 1} for key in keys]}))


def page_of_orders(*numbers: str, total: int, more: bool) -> Line:
    rows = [
        {"type": "SO", "orderId": number, "orderTotal": 1, "lastModified": "2026-11-20T10:00:00Z"} for number in numbers
    ]
    return Line(200, json.dumps({"value": rows, "totalCount": total, "nextPage": "/next" if more else None}))


def page_of_payments(*numbers: str, total: int) -> Line:
    metadata = {"totalCount": total, "maxPageSize": 2}
    rows = [
        {"refNbr": number, "paymentAmount": 1, "applicationDate": "2026-11-20", "metadata": metadata}
        for number in numbers
    ]
    return Line(200, json.dumps(rows))


def page_of_journals(*batches: tuple[str, int], total: int) -> Line:
    metadata = {"totalCount": total, "maxPageSize": 2}
    rows = [
        {
            "batchNumber": number,
            "debitTotalInCurrency": 1,
            "creditTotalInCurrency": 1,
            "transactionDate": "2026-11-20",
            "journalTransactionLines": [{"referenceNumber": f"{number}"}] * lines,
            "metadata": metadata,
        }
        for number, lines in batches
    ]
    return Line(200, json.dumps(rows))


def read_source(imitation: Imitation, pages: Lists, **settings: Any) -> list[Any]:
    async def read() -> list[Any]:
        async with imitation.source(**settings) as client:
            return await rows_of(pages(client))

    return asyncio.run(read())


def orders_dated(on: date) -> Lists:
    return lambda client: client.complete.orders_dated(on, on)


def invoices_dated(on: date) -> Lists:
    return lambda client: client.complete.invoices_dated(on, on)


@pytest.mark.parametrize(
    ("collection", "field", "list_of"),
    [("orders", "OrderDate", orders_dated), ("customerinvoices", "InvoiceDate", invoices_dated)],
)
def test_the_orders_and_invoices_of_some_days_are_all_there(
    imitation: Imitation, collection: str, field: str, list_of: Callable[[date], Lists]
) -> None:
    stored = imitation.state("eaccounting", collection)
    days = sorted(date.fromisoformat(one[field][:10]) for one in stored)
    middle = days[len(days) // 2]
    found = read_source(imitation, list_of(middle))
    assert {one["Id"] for one in stored if date.fromisoformat(one[field][:10]) == middle} <= {one.key for one in found}
    assert len(found) < len(stored)


@pytest.mark.parametrize(
    "pages",
    [
        (page_of_source("a", "b", total=4), page_of_source("c", total=4)),
        (page_of_source("a", "b", total=4), page_of_source("b", "c", total=4)),
        (page_of_source("a", "b", total=4), page_of_source("d", total=3)),
    ],
    ids=["a row is missing", "a row came twice", "a row was deleted meanwhile"],
)
def test_a_list_of_the_source_that_moved_is_not_believed(imitation: Imitation, pages: tuple[Line, ...]) -> None:
    day = date(2026, 11, 20)
    lists = orders_dated(day), invoices_dated(day), lambda client: client.complete.invoices_changed(START, END)
    for one in lists:
        with scripted_server(*pages) as server, pytest.raises(PartialReadError, match=MOVED):
            read_source(imitation, one, api_url=server.url)


@pytest.mark.parametrize(
    "pages",
    [
        (page_of_orders("1", "2", total=4, more=True), page_of_orders("3", total=4, more=False)),
        (page_of_orders("1", "2", total=4, more=True), page_of_orders("2", "3", total=4, more=False)),
        (page_of_orders("1", "2", total=4, more=True), page_of_orders("4", total=3, more=False)),
    ],
    ids=["a row is missing", "a row came twice", "a row was deleted meanwhile"],
)
def test_a_list_of_orders_that_moved_is_not_believed(imitation: Imitation, pages: tuple[Line, ...]) -> None:
    async def work(client: VismaNetClient) -> None:
        with pytest.raises(PartialReadError, match=MOVED):
            await rows_of(client.complete.orders(START))

    with scripted_server(*pages) as server:
        with_target(imitation, work, salesorder_url=server.url)


@pytest.mark.parametrize(
    "pages",
    [
        (page_of_payments("1", "2", total=4), page_of_payments("3", total=4), page_of_payments(total=4)),
        (page_of_payments("1", "2", total=4), page_of_payments("2", "3", total=4)),
        (page_of_payments("1", "2", total=4), page_of_payments("4", total=3), page_of_payments(total=3)),
    ],
    ids=["a row is missing", "a row came twice", "a row was deleted meanwhile"],
)
def test_a_list_of_payments_that_moved_is_not_believed(imitation: Imitation, pages: tuple[Line, ...]) -> None:
    async def work(client: VismaNetClient) -> None:
        with pytest.raises(PartialReadError, match=MOVED):
            await rows_of(client.complete.payments(START))

    with scripted_server(*pages) as server:
        with_target(imitation, work, api_url=server.url)


def test_a_journal_that_is_cut_over_pages_comes_once_with_all_its_lines(imitation: Imitation) -> None:
    pages = (
        page_of_journals(("A", 1), ("B", 1), total=5),
        page_of_journals(("B", 2), total=5),
        page_of_journals(("B", 1), total=5),
    )

    async def work(client: VismaNetClient) -> None:
        journals = await rows_of(client.complete.journals(START))
        assert {journal.number: len(journal.lines) for journal in journals} == {"A": 1, "B": 4}
        assert len(journals) == 2

    with scripted_server(*pages) as server:
        with_target(imitation, work, api_url=server.url)


def test_a_list_of_journals_that_lost_lines_is_not_believed(imitation: Imitation) -> None:
    pages = (
        page_of_journals(("A", 1), ("B", 1), total=4),
        page_of_journals(("C", 1), total=4),
        page_of_journals(total=4),
    )

    async def work(client: VismaNetClient) -> None:
        with pytest.raises(PartialReadError, match=MOVED):
            await rows_of(client.complete.journals(START))

    with scripted_server(*pages) as server:
        with_target(imitation, work, api_url=server.url)


def test_the_vat_of_an_order_is_known_by_code_and_that_of_none_is_none(imitation: Imitation) -> None:
    stored = next(one for one in imitation.state("vismanet", "orders") if one["taxes"])

    async def work(client: VismaNetClient) -> None:
        taxes = await client.complete.taxes_of_order(stored["type"], stored["orderId"])
        assert taxes is not None
        assert [(tax.vat_id, float(tax.vat)) for tax in taxes] == [
            (tax["taxId"], tax["taxAmount"]) for tax in stored["taxes"]
        ]
        assert await client.complete.taxes_of_order("SO", "nowhere") is None

    with_target(imitation, work)


def test_an_answer_about_vat_that_is_no_list_is_told_as_surprising(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        with pytest.raises(RecordRejectedError, match="a list"):
            await client.complete.taxes_of_order("SO", "1")

    with scripted_server(Line(200, "{}")) as server:
        with_target(imitation, work, salesorder_url=server.url)
