"""The client of eAccounting against the imitated company."""

import asyncio
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import ConfigurationError
from visma_sync.systems.eaccounting.answers import SourceInvoice
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.eaccounting.lists import PAGE_SIZE
from visma_sync.systems.source_record import SourceRecord

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


def orders_in(imitation: Imitation, since: datetime = START, until: datetime = END) -> list[SourceRecord]:
    async def read() -> list[SourceRecord]:
        async with imitation.source() as client:
            return await rows_of(client.orders_changed(since, until))

    return asyncio.run(read())


def test_the_company_behind_the_sign_in_is_known(imitation: Imitation) -> None:
    async def read() -> Any:
        async with imitation.source() as client:
            return await client.company()

    company = asyncio.run(read())
    assert (company.currency, company.status) == ("EUR", "active")
    assert company.identifier


def test_all_orders_of_the_window_are_read_and_no_others(imitation: Imitation) -> None:
    stored = {order["Id"]: order for order in imitation.state("eaccounting", "orders")}
    orders = orders_in(imitation)
    assert {order.key for order in orders} == stored.keys()
    assert {order.number for order in orders} == {str(order["Number"] or "") for order in stored.values()}

    middle = sorted(order.created_at for order in orders)[len(orders) // 2]
    first, second = orders_in(imitation, START, middle), orders_in(imitation, middle, END)
    assert first
    assert second
    assert {order.key for order in first + second} == stored.keys()
    assert all(order.lies_in(START, middle) for order in first)
    assert any(order.created_at == middle for order in second)
    assert not any(order.created_at == middle and order.changed_at is None for order in first)


def test_an_old_order_that_was_changed_in_the_window_is_read(imitation: Imitation) -> None:
    number = next(order.number for order in orders_in(imitation) if order.number)
    began_at = datetime.now(UTC) - timedelta(seconds=1)
    imitation.by_hand(f"eaccounting/orders/{number}", YourReference="Somebody else")
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert [order.number for order in orders_in(imitation, began_at, later)] == [number]


def page(*rows: dict[str, Any], of: int = 1) -> Line:
    meta = {"CurrentPage": 1, "PageSize": 1000, "TotalNumberOfPages": of, "TotalNumberOfResults": len(rows)}
    return Line(200, json.dumps({"Meta": meta, "Data": rows}))


def test_a_refused_filter_means_the_whole_list_once_and_a_warning(
    imitation: Imitation, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = Line(400, '{"ErrorCode": 6000, "DeveloperErrorMessage": "QueryParameterError"}')
    inside = {"Id": "a", "CreatedUtc": "2026-11-20T12:00:00Z", "ModifiedUtc": None}
    outside = {"Id": "b", "CreatedUtc": "2025-11-20T12:00:00Z", "ModifiedUtc": None}
    with scripted_server(refusal, page(inside, outside)) as server:

        async def read() -> list[SourceRecord]:
            async with imitation.source(api_url=server.url) as client:
                return await rows_of(client.orders_changed(START, END))

        orders = asyncio.run(read())
    assert [order.key for order in orders] == ["a"]
    assert "whole list" in caplog.text
    assert len(server.asked) == 2
    assert "filter" not in server.asked[1][1]


def test_an_order_that_moves_to_the_next_page_meanwhile_is_given_once(imitation: Imitation) -> None:
    first, second, third = ({"Id": key, "CreatedUtc": "2026-11-20T12:00:00Z"} for key in "abc")
    with scripted_server(page(first, second, of=2), page(second, third, of=2)) as server:

        async def read() -> list[SourceRecord]:
            async with imitation.source(api_url=server.url) as client:
                return await rows_of(client.orders_changed(START, END))

        assert [order.key for order in asyncio.run(read())] == ["a", "b", "c"]


def test_orders_are_found_by_number_and_by_key(imitation: Imitation) -> None:
    orders = [order for order in orders_in(imitation) if order.number][:30]

    async def look() -> tuple[list[SourceRecord], list[SourceRecord]]:
        async with imitation.source() as client:
            numbers = [order.number for order in orders] + ["999999", "no number"]
            keys = [order.key for order in orders] + ["00000000-0000-0000-0000-000000000001"]
            return await client.orders_by_number(numbers), await client.orders_by_key(keys)

    by_number, by_key = asyncio.run(look())
    assert {order.key for order in by_number} == {order.key for order in orders}
    assert {order.key for order in by_key} == {order.key for order in orders}


def test_customers_come_singly_or_from_the_list_whichever_takes_fewer_calls(imitation: Imitation) -> None:
    keys = sorted({order.body["CustomerId"] for order in orders_in(imitation)})

    async def read(wanted: list[str]) -> tuple[set[str], dict[str, int]]:
        async with imitation.source() as client:
            found = {customer.key for customer in await client.customers(wanted)}
            return found, dict(client.calls)

    assert asyncio.run(read(keys)) == (set(keys), {"GET /v2/customers": 1})
    assert asyncio.run(read(keys[:1])) == ({keys[0]}, {"GET /v2/customers/{id}": 1})
    assert asyncio.run(read([])) == (set(), {})


def test_articles_with_difficult_numbers_are_found(imitation: Imitation) -> None:
    difficult = {"1e5", "007", "A/B #1", "ÅÄÖ-1"}

    async def read(numbers: set[str]) -> tuple[set[str], int]:
        async with imitation.source() as client:
            found = {article.number for article in await client.articles(numbers)}
            return found, client.calls.total()

    assert asyncio.run(read(difficult | {"O'Neill's", "no such"})) == (difficult, 1)
    everything = {article["Number"] for article in imitation.state("eaccounting", "articles")}
    assert asyncio.run(read(everything)) == (everything, 1)


def test_a_long_list_is_read_page_by_page(imitation: Imitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visma_sync.systems.eaccounting.lists.PAGE_SIZE", 7)
    everything = imitation.state("eaccounting", "articles")

    async def read() -> tuple[list[dict[str, Any]], int]:
        async with imitation.source() as client:
            return await client.mapping_rows("articles"), client.calls.total()

    rows, calls = asyncio.run(read())
    assert {row["Id"] for row in rows} == {row["Id"] for row in everything}
    assert calls == -(-len(everything) // 7)
    assert PAGE_SIZE == 1000


@pytest.mark.parametrize(
    "name",
    ["articleaccountcodings", "units", "termsofpayments", "deliverymethods", "deliveryterms", "vatcodes", "countries"],
)
def test_every_list_of_the_company_can_be_read(imitation: Imitation, name: str) -> None:
    async def read() -> list[dict[str, Any]]:
        async with imitation.source() as client:
            return await client.mapping_rows(name)

    assert asyncio.run(read())


def test_an_order_with_a_paid_invoice_is_paid_and_a_candidate(imitation: Imitation) -> None:
    began_at = datetime.now(UTC) - timedelta(seconds=1)
    invoices = map(SourceInvoice.of, imitation.state("eaccounting", "customerinvoices"))
    invoiced = {key for invoice in invoices for key in invoice.order_keys}
    fresh = [order for order in orders_in(imitation) if order.number and order.key not in invoiced]
    paid, unpaid, without = (order.key for order in fresh[:3])
    imitation.by_hand(f"eaccounting/orders/{paid}/invoice", paid=True)
    imitation.by_hand(f"eaccounting/orders/{unpaid}/invoice", paid=False)

    async def ask() -> tuple[set[str], set[str], set[str]]:
        async with imitation.source() as client:
            few = await client.paid_orders([paid, unpaid, without])
            many = await client.paid_orders([order.key for order in fresh])
            return few, many, set(await rows_of(client.orders_invoiced(began_at)))

    few, many, candidates = asyncio.run(ask())
    assert few == {paid}
    assert many == {paid}
    assert paid in candidates
    assert unpaid not in candidates


def test_every_invoice_of_an_order_must_be_paid_with_money(imitation: Imitation) -> None:
    relations = [{"OrderId": "together-1"}, {"OrderId": "together-2"}]
    invoices = [
        {"CreatedFromOrderId": "paid", "PaymentStatus": 0},
        {"CreatedFromOrderId": "half", "PaymentStatus": 0},
        {"CreatedFromOrderId": "half", "PaymentStatus": 2},
        {"CreatedFromOrderId": "credited", "PaymentStatus": 0, "CreditedBy": [{"Id": "x"}]},
        {"CollectiveCustomerInvoiceRowsRelationToOrders": relations, "PaymentStatus": 0},
        {"CreatedFromOrderId": "somebody else's", "PaymentStatus": 0},
    ]
    asked = {"paid", "half", "credited", "together-1", "together-2", "without"}
    with scripted_server(page(*invoices)) as server:

        async def ask() -> set[str]:
            async with imitation.source(api_url=server.url) as client:
                return await client.paid_orders(asked)

        assert asyncio.run(ask()) == {"paid", "together-1", "together-2"}


@pytest.mark.parametrize("kind", ["refuse", "cut", "500", "503", "malformed", "timeout_before", "expired_token"])
def test_reading_gets_over_trouble(imitation: Imitation, kind: str) -> None:
    imitation.fault(kind, method="GET", path="/eaccounting/v2/units$")

    async def read() -> list[dict[str, Any]]:
        async with imitation.source(timeout_seconds=0.5) as client:
            return await client.mapping_rows("units")

    assert asyncio.run(read())


def test_a_sign_in_that_was_used_up_needs_a_person(imitation: Imitation) -> None:
    async def read() -> None:
        async with imitation.source(refresh_token="used-up") as client:
            await client.company()

    with pytest.raises(ConfigurationError, match="make authorize"):
        asyncio.run(read())


def test_logs_hold_no_customers(imitation: Imitation, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    orders = orders_in(imitation)

    async def read() -> list[SourceRecord]:
        async with imitation.source() as client:
            return await client.customers({order.body["CustomerId"] for order in orders})

    customers = asyncio.run(read())
    assert "GET /v2/customers: 200" in caplog.text
    assert not [one for one in customers if one.body["Name"] in caplog.text or one.key in caplog.text]


def test_the_client_can_neither_write_nor_mail() -> None:
    names = " ".join(name for name in vars(EAccountingClient) if not name.startswith("_"))
    assert not [word for word in ("create", "update", "email", "print", "einvoice", "delete") if word in names]
