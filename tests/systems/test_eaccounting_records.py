"""Invoices, customers and articles of eAccounting: those that changed, those with a number, and all of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import RetryableError
from visma_sync.systems.eaccounting.answers import FiscalYear
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.source_record import SourceRecord

START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
A_TEXT = {"customerinvoices": "YourReference", "customers": "Name", "articles": "Name"}
KINDS = {"customerinvoices": "InvoiceNumber", "customers": "CustomerNumber", "articles": "Number"}
Changed = Callable[[EAccountingClient, datetime, datetime], AsyncIterator[list[SourceRecord]]]
CHANGED: dict[str, Changed] = {
    "customerinvoices": EAccountingClient.invoices_changed,
    "customers": EAccountingClient.customers_changed,
    "articles": EAccountingClient.articles_changed,
}
BY_NUMBER: dict[str, Callable[[EAccountingClient, list[str]], Awaitable[list[SourceRecord]]]] = {
    "customerinvoices": EAccountingClient.invoices_by_number,
    "customers": EAccountingClient.customers_by_number,
    "articles": EAccountingClient.articles,
}
NOBODY = "00000000-0000-0000-0000-000000000001"


def read(imitation: Imitation, work: Callable[[EAccountingClient], Awaitable[Any]], **settings: Any) -> Any:
    async def inside() -> Any:
        async with imitation.source(**settings) as client:
            return await work(client)

    return asyncio.run(inside())


def changed(imitation: Imitation, kind: str, since: datetime = START, until: datetime = END) -> list[SourceRecord]:
    found: list[SourceRecord] = read(imitation, lambda client: rows_of(CHANGED[kind](client, since, until)))
    return found


def numbers_in(imitation: Imitation, kind: str) -> dict[str, str]:
    """The numbers of all stored records of a kind, by their keys."""
    return {row["Id"]: str(row[KINDS[kind]]) for row in imitation.state("eaccounting", kind)}


@pytest.mark.parametrize("kind", KINDS)
def test_all_records_of_a_wide_window_are_read(imitation: Imitation, kind: str) -> None:
    found = changed(imitation, kind)
    assert {record.key: record.number for record in found} == numbers_in(imitation, kind)
    assert len({record.key for record in found}) == len(found)


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_that_was_changed_in_the_window_is_read(imitation: Imitation, kind: str) -> None:
    key, number = next(iter(numbers_in(imitation, kind).items()))
    began_at = datetime.now(UTC) - timedelta(seconds=1)
    before = {record.key for record in changed(imitation, kind, began_at)}
    imitation.by_hand(
        f"eaccounting/{kind}/{key}", **{"customerinvoices": {"YourReference": "x"}}.get(kind, {"Name": "x"})
    )
    assert {record.number for record in changed(imitation, kind, began_at) if record.key not in before} == {number}
    assert key not in {record.key for record in changed(imitation, kind, END - timedelta(days=1))}


def test_an_invoice_that_was_never_changed_counts_from_when_it_was_made(imitation: Imitation) -> None:
    made = imitation.by_hand("eaccounting/invoices", CreatedUtc="2026-10-10T12:00:00Z")
    assert made["ModifiedUtc"] is None
    noon = datetime(2026, 10, 10, 12, tzinfo=UTC)
    windows = [(noon, noon + timedelta(hours=1)), (noon - timedelta(hours=1), noon), (noon + timedelta(seconds=1), END)]
    found = [made["Id"] in {one.key for one in changed(imitation, "customerinvoices", *window)} for window in windows]
    assert found == [True, False, False]


def test_a_customer_without_a_stamp_is_in_every_window(imitation: Imitation) -> None:
    unstamped = {row["Id"] for row in imitation.state("eaccounting", "customers") if row["ChangedUtc"] is None}
    found = changed(imitation, "customers", END - timedelta(days=1))
    assert {record.key for record in found} == unstamped


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_filter_means_the_whole_list_once(
    imitation: Imitation, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [
        {"Id": "a", KINDS[kind]: 1, "CreatedUtc": "2026-11-20T12:00:00Z", "ChangedUtc": "2026-11-20T12:00:00Z"},
        {"Id": "b", KINDS[kind]: 2, "CreatedUtc": "2019-11-20T12:00:00Z", "ChangedUtc": "2019-11-20T12:00:00Z"},
    ]
    with scripted_server(Line(400, '{"ErrorCode": 6000}'), page(*rows)) as server:
        found = read(imitation, lambda client: rows_of(CHANGED[kind](client, START, END)), api_url=server.url)
    assert [record.key for record in found] == ["a"]
    assert "whole list" in caplog.text


def page(*rows: dict[str, Any], of: int = 1, total: int | None = None) -> Line:
    found = len(rows) if total is None else total
    meta = {"CurrentPage": 1, "PageSize": 1000, "TotalNumberOfPages": of, "TotalNumberOfResults": found}
    return Line(200, json.dumps({"Meta": meta, "Data": rows}))


@pytest.mark.parametrize("kind", KINDS)
def test_records_are_found_by_their_numbers(imitation: Imitation, kind: str) -> None:
    stored = numbers_in(imitation, kind)
    few = list(stored.values())[:3]
    asked = [*few, "no such number", "987654321"]
    found = read(imitation, lambda client: BY_NUMBER[kind](client, asked))
    assert {record.number for record in found} == set(few)
    everything = read(imitation, lambda client: BY_NUMBER[kind](client, list(stored.values())))
    assert {record.key for record in everything} == {key for key, number in stored.items() if number}


def test_a_single_invoice_says_what_remains_where_the_list_does_not(imitation: Imitation) -> None:
    listed = {record.key: record for record in changed(imitation, "customerinvoices")}

    async def singly(client: EAccountingClient) -> tuple[list[SourceRecord], SourceRecord | None, SourceRecord | None]:
        unpaid = [key for key, record in listed.items() if record.body["PaymentStatus"] != 0]
        assert unpaid
        found = await client.invoices_by_key([*unpaid, NOBODY])
        return found, await client.invoice(unpaid[0]), await client.invoice(NOBODY)

    found, one, nobody = read(imitation, singly)
    assert one == found[0]
    assert nobody is None
    remaining = {record.key: record.body["RemainingAmountInvoiceCurrency"] for record in found}
    assert all(remaining.values())
    assert [key for key in remaining if listed[key].body["RemainingAmountInvoiceCurrency"] != remaining[key]]


def test_the_whole_list_of_articles_is_read_to_the_last(imitation: Imitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visma_sync.systems.eaccounting.lists.PAGE_SIZE", 7)
    found = read(imitation, lambda client: rows_of(client.all_articles()))
    assert {record.key: record.number for record in found} == numbers_in(imitation, "articles")


def article(key: str) -> dict[str, Any]:
    return {"Id": key, "Number": key}


@pytest.mark.parametrize(
    "pages",
    [
        (page(article("a"), article("b"), of=2, total=4), page(article("c"), of=2, total=4)),
        (page(article("a"), article("b"), of=2, total=4), page(article("b"), article("c"), of=2, total=4)),
        (page(article("a"), article("b"), of=2, total=3), page(article("c"), of=2, total=4)),
        (page(article("a"), article("b"), of=2, total=4), page(article("c"), of=2, total=3)),
    ],
)
def test_a_list_of_articles_that_moved_while_it_was_read_is_not_trusted(
    imitation: Imitation, pages: tuple[Line, ...]
) -> None:
    with scripted_server(*pages) as server, pytest.raises(RetryableError, match="partial"):
        read(imitation, lambda client: rows_of(client.all_articles()), api_url=server.url)


def test_the_fiscal_years_say_how_they_are_kept(imitation: Imitation) -> None:
    def years() -> list[FiscalYear]:
        found: list[FiscalYear] = read(imitation, lambda client: client.fiscal_years())
        return found

    assert {(year.start.month, year.start.day, year.end.month, year.end.day) for year in years()} == {(1, 1, 12, 31)}
    assert {year.method for year in years()} == {"invoicing"}
    assert any(year.start <= date(2026, 11, 20) <= year.end and not year.locked for year in years())
    imitation.by_hand("eaccounting/switch", cash_method=True)
    try:
        assert "cash" in {year.method for year in years()}
    finally:
        imitation.by_hand("eaccounting/switch", cash_method=False)
