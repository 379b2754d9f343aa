"""The client of Visma.net ERP against the imitated company."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import (
    ConfigurationError,
    RecordRejectedError,
    RetryableError,
    StaleVersionError,
    UncertainWriteError,
)
from visma_sync.systems.vismanet.client import VismaNetClient
from visma_sync.systems.vismanet.master_lists import MASTER_LISTS

PERSON = {
    "name": "Åsa {{ 'Berg' }}",
    "customerClassId": "PERSON",
    "overrideWithClassValues": True,
    "mainAddress": {"addressLine1": "Storgatan 1", "postalCode": "111 22", "city": "Malmö", "countryId": "SE"},
    "mainContact": {"name": "Åsa Berg", "email": "Asa@Example.SE"},
}
ITEM = {
    "description": "A mug",
    "itemClass": "STOCK",
    "postingClass": "1",
    "vatCode": "NL21",
    "baseUnit": "STK",
    "salesUnit": "STK",
    "purchaseUnit": "STK",
    "defaultPrice": Decimal("9.99"),
}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
MUG = "MUG/1 #2"


def order_for(customer: str, reference: str) -> dict[str, Any]:
    line = {
        "inventoryId": MUG,
        "quantity": Decimal("2.5"),
        "unitPrice": Decimal("10.00"),
        "hasManualPrice": True,
        "taxCategoryId": "NL21",
    }
    return {
        "type": "SO",
        "status": "Hold",
        "customer": {"id": customer, "refNo": reference},
        "taxZoneId": "DOMESTIC",
        "orderLines": [line],
    }


async def a_customer(client: VismaNetClient) -> str:
    """Somebody who can order, and a mug to be ordered."""
    if await client.item(MUG) is None:
        await client.create_item({**ITEM, "inventoryNumber": MUG})
    return next(one.number for one in await rows_of(client.customers_changed(None)) if one.status == "Active")


def test_branches_are_listed_and_a_wrong_company_has_none(imitation: Imitation) -> None:
    async def list_both() -> tuple[Any, Any]:
        async with imitation.target() as right, imitation.target(company_id="2") as wrong:
            return await right.branches(), await wrong.branches()

    right, wrong = asyncio.run(list_both())
    assert [(branch.id, branch.active) for branch in right] == [("1", True), ("2", True)]
    assert wrong == []


def test_a_wrong_tenant_is_named(imitation: Imitation) -> None:
    async def list_branches() -> None:
        async with imitation.target(tenant_id="99999999-0000-0000-0000-000000000000") as client:
            await client.branches()

    with pytest.raises(ConfigurationError, match="tenant id of the company"):
        asyncio.run(list_branches())


def test_a_wrong_secret_is_named(imitation: Imitation) -> None:
    async def list_branches() -> None:
        async with imitation.target(client_secret="wrong") as client:
            await client.branches()

    with pytest.raises(ConfigurationError, match="client secret"):
        asyncio.run(list_branches())


def test_a_customer_is_made_found_and_changed_unless_somebody_was_faster(imitation: Imitation) -> None:
    async def work() -> None:
        began_at = datetime.now(UTC) - timedelta(seconds=1)
        async with imitation.target() as client:
            number = await client.create_customer(PERSON)
            made = await client.customer(number)
            assert made is not None
            assert (made.emails, made.country, made.customer_class) == (frozenset({"asa@example.se"}), "SE", "PERSON")
            assert made.as_written()["name"] == PERSON["name"]
            assert number in {one.number for one in await rows_of(client.customers_changed(began_at))}
            later = datetime.now(UTC) + timedelta(minutes=5)
            assert await rows_of(client.customers_changed(later)) == []

            await client.update_customer(number, {"mainContact": {"phone1": "+46 1"}}, made.version)
            changed = await client.customer(number)
            assert changed is not None
            assert changed.as_written()["mainContact"]["phone1"] == "+46 1"
            assert changed.emails == made.emails
            with pytest.raises(StaleVersionError):
                await client.update_customer(number, {"name": "Other"}, made.version)

    asyncio.run(work())


def test_a_long_list_is_read_page_by_page(imitation: Imitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visma_sync.systems.vismanet.client.CUSTOMER_PAGE", 7)
    everybody = {customer["number"] for customer in imitation.state("vismanet", "customers")}

    async def read() -> tuple[list[str], int]:
        async with imitation.target() as client:
            return [one.number for one in await rows_of(client.customers_changed(None))], client.calls.total()

    numbers, calls = asyncio.run(read())
    assert sorted(numbers) == sorted(everybody)
    assert calls == -(-len(everybody) // 7)


def test_the_version_in_a_list_is_as_good_as_the_one_of_a_single_answer(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            listed = (await rows_of(client.customers_changed(None)))[-1]
            await client.update_customer(listed.number, {"corporateId": "1"}, listed.version)

    asyncio.run(work())


def test_a_company_gets_its_contact_person(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            number = await client.create_customer({**PERSON, "customerClassId": "COMPANY"})
            assert await client.contacts(number) == []
            contact = {"firstName": "Anna", "lastName": "Berg", "email": "A@x.se", "businessAccount": number}
            key = await client.create_contact(contact)
            found = [(one.id, one.customer, one.email) for one in await client.contacts(number)]
            assert found == [(key, number, "a@x.se")]
            assert await client.contacts("nobody") == []

    asyncio.run(work())


@pytest.mark.parametrize("number", ["1e8", "0077", "A/B #2 + 100 % ?", "ÅÄÖ-2", "(3)"])
def test_an_item_is_made_and_found_under_exactly_its_number(imitation: Imitation, number: str) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            assert await client.item(number) is None
            before = await client.item_count()
            assert await client.create_item({**ITEM, "inventoryNumber": number}) == number
            found = await client.item(number)
            assert found is not None
            assert (found.number, found.status) == (number, "Active")
            assert await client.item_count() == before + 1
            await client.update_item(number, {"status": "NoSales"})
            changed = {one.number: one.status for one in await rows_of(client.items_changed(None))}
            assert changed[number] == "NoSales"
            assert len(changed) == before + 1

    asyncio.run(work())


def test_an_order_is_made_on_hold_compared_and_opened(imitation: Imitation) -> None:
    async def work() -> None:
        began_at = datetime.now(UTC) - timedelta(seconds=1)
        async with imitation.target() as client:
            customer = await a_customer(client)
            key = await client.create_order(order_for(customer, "V-1"))
            made = await client.order(*key)
            assert made is not None
            assert (made.state, made.reference, made.customer, made.currency) == ("hold", "V-1", customer, "EUR")
            assert (made.total, made.vat) == (Decimal("30.25"), Decimal("5.25"))
            await client.open_order(*key, made.version)
            with pytest.raises(StaleVersionError):
                await client.open_order(*key, made.version)
            rows = {row.reference: row for row in await rows_of(client.orders_modified(began_at, "SO"))}
            assert (rows["V-1"].state, rows["V-1"].total) == ("open", Decimal("30.25"))
            assert await client.order("SO", "000000") is None

    asyncio.run(work())


def test_all_pages_of_orders_are_read(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            customer = await a_customer(client)
            await asyncio.gather(*(client.create_order(order_for(customer, f"P-{n}")) for n in range(120)))
            client.calls.clear()
            rows = await rows_of(client.orders_modified(LONG_AGO))
            assert {f"P-{n}" for n in range(120)} <= {row.reference for row in rows}
            assert len({row.order_id for row in rows}) == len(rows)
            assert client.calls == {"GET /api/v3/SalesOrders": -(-len(rows) // 100)}

    asyncio.run(work())


def test_a_refused_order_names_codes_and_fields(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            order = order_for(await a_customer(client), "V-2")
            order["orderLines"] += [{"inventoryId": "nowhere", "quantity": 1}]
            await client.create_order(order)

    with pytest.raises(RecordRejectedError) as error:
        asyncio.run(work())
    assert error.value.code == "inventory_id_not_found"
    assert "orderLines[1].inventoryId" in error.value.message
    assert error.value.key == "V-2"


def test_a_number_where_the_target_gives_numbers_stops_the_flow(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            await client.create_order({**order_for(await a_customer(client), "V-3"), "orderId": "V-3"})

    with pytest.raises(ConfigurationError, match="numbering"):
        asyncio.run(work())


def test_an_order_type_that_the_target_does_not_have_stops_the_flow(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target() as client:
            await client.create_order({**order_for(await a_customer(client), "V-4"), "type": "XX"})

    with pytest.raises(ConfigurationError, match="order type"):
        asyncio.run(work())


def test_every_list_of_the_company_can_be_read(imitation: Imitation) -> None:
    async def work() -> dict[str, Any]:
        async with imitation.target() as client:
            return {name: await client.master_data(name) for name in MASTER_LISTS}

    lists = asyncio.run(work())
    assert all(lists.values())
    ids = {name: {value.id: value for value in values} for name, values in lists.items()}
    assert {"00", "10", "14", "30"} <= ids["credit_terms"].keys()
    assert ids["payment_methods"]["BANK"].active
    assert not ids["accounts"]["8999"].active
    taxes = {name: ids["vat_categories"][name].facts["taxes"] for name in ("NL21", "SE25I", "NL21L", "NOVAT")}
    assert taxes == {
        "NL21": [{"vat_id": "NL21", "basis": "document", "rate": "21"}],
        "SE25I": [{"vat_id": "SE25I", "basis": "inside", "rate": "25"}],
        "NL21L": [{"vat_id": "NL21L", "basis": "line", "rate": "21"}],
        "NOVAT": [],
    }
    assert len(lists["units"]) == len(ids["units"])


def test_lists_say_what_their_values_are_good_for(imitation: Imitation) -> None:
    async def work() -> dict[str, dict[str, Mapping[str, Any]]]:
        async with imitation.target() as client:
            names = ("attributes", "item_classes", "periods", "accounts", "number_sequences")
            return {name: {value.id: value.facts for value in await client.master_data(name)} for name in names}

    facts = asyncio.run(work())
    assert facts["attributes"]["COLOUR"] == {"control_type": "combo", "values": ["ROOD", "BLAUW", "GROEN"]}
    assert facts["attributes"]["SEASON"]["control_type"] == "multi_select_combo"
    assert facts["item_classes"]["NONSTOCK"] == {
        "type": "NonStockItem",
        "attributes": [{"id": "MATERIAL", "required": False}],
    }
    closed = {f"closed_in_{ledger}": True for ledger in ("customer_ledger", "general_ledger", "inventory")}
    assert facts["periods"]["202506"] == {"start": "2025-06-01", "end": "2025-06-30", **closed}
    assert not any(facts["periods"]["202611"][name] for name in closed)
    usual = {"allows_manual_entry": True, "cash_account": False, "control_module": "", "type": "Income", "currency": ""}
    assert facts["accounts"]["8000"] == usual
    assert facts["accounts"]["1010"]["cash_account"]
    debtors = {"allows_manual_entry": False, "control_module": "AR"}
    assert facts["accounts"]["1300"] == {**usual, **debtors, "type": "Asset"}
    assert not facts["number_sequences"]["ARINVOICE"]["manual"]


def test_the_categories_below_others_are_listed_with_them(imitation: Imitation) -> None:
    below = {"categoryID": 3, "description": "Mugs", "parentID": 2}
    rows = [{"categoryID": 2, "subCategories": [below]}, {"categoryID": 4, "subCategories": None}]
    with scripted_server(Line(200, json.dumps(rows))) as server:

        async def work() -> list[str]:
            async with imitation.target(api_url=server.url) as client:
                return [value.id for value in await client.master_data("sales_categories")]

        assert asyncio.run(work()) == ["2", "3", "4"]


ORDERS_PATH = "/salesorder/api/v3/SalesOrders$"


@pytest.mark.parametrize("kind", ["timeout_after", "cut", "500_after", "malformed"])
def test_an_order_that_was_made_although_its_answer_was_lost_is_uncertain(imitation: Imitation, kind: str) -> None:
    imitation.fault(kind, method="POST", path=ORDERS_PATH)

    async def work() -> list[str]:
        async with imitation.target(timeout_seconds=0.5) as client:
            customer = await a_customer(client)
            with pytest.raises(UncertainWriteError) as error:
                await client.create_order(order_for(customer, f"U-{kind}"))
            assert error.value.key == f"U-{kind}"
            return [row.reference for row in await rows_of(client.orders_modified(LONG_AGO))]

    assert asyncio.run(work()).count(f"U-{kind}") == 1


@pytest.mark.parametrize("kind", ["timeout_before", "500", "502", "503"])
def test_an_order_that_was_not_made_is_uncertain_all_the_same(imitation: Imitation, kind: str) -> None:
    imitation.fault(kind, method="POST", path=ORDERS_PATH)

    async def work() -> list[str]:
        async with imitation.target(timeout_seconds=0.5) as client:
            with pytest.raises(UncertainWriteError):
                await client.create_order(order_for(await a_customer(client), f"N-{kind}"))
            return [row.reference for row in await rows_of(client.orders_modified(LONG_AGO))]

    assert f"N-{kind}" not in asyncio.run(work())


@pytest.mark.parametrize("kind", ["refuse", "cut", "500", "502", "503", "malformed", "timeout_before"])
def test_a_read_gets_over_two_troubles(imitation: Imitation, kind: str) -> None:
    imitation.fault(kind, method="GET", path="/vismanet/v1/branch$", times=2)

    async def work() -> int:
        async with imitation.target(timeout_seconds=0.5) as client:
            return len(await client.branches())

    assert asyncio.run(work()) == 2


def test_the_quota_is_waited_for_but_not_for_half_an_hour(imitation: Imitation) -> None:
    async def branches() -> int:
        async with imitation.target() as client:
            return len(await client.branches())

    imitation.fault("429", path="/vismanet/v1/branch$", retry_after=1)
    assert asyncio.run(branches()) == 2
    imitation.fault("429", path="/vismanet/v1/branch$", retry_after=1800)
    with pytest.raises(RetryableError) as error:
        asyncio.run(branches())
    assert error.value.retry_after == 1800


def test_a_token_that_ended_early_is_renewed_without_anybody_noticing(imitation: Imitation) -> None:
    imitation.fault("expired_token", path="/vismanet/v1/branch$")

    async def work() -> int:
        async with imitation.target() as client:
            return len(await client.branches())

    assert asyncio.run(work()) == 2


def test_somebody_elses_change_between_reading_and_opening_is_noticed(imitation: Imitation) -> None:
    imitation.fault("stale_etag", method="PATCH", path="/salesorder/")

    async def work() -> None:
        async with imitation.target() as client:
            key = await client.create_order(order_for(await a_customer(client), "V-5"))
            order = await client.order(*key)
            assert order is not None
            await client.open_order(*key, order.version)

    with pytest.raises(StaleVersionError):
        asyncio.run(work())


def test_no_more_calls_than_agreed_are_in_flight(imitation: Imitation) -> None:
    async def work() -> None:
        async with imitation.target(max_concurrency=3) as client:
            await asyncio.gather(*(client.item(MUG) for _ in range(30)))

    asyncio.run(work())
    assert imitation.most_in_flight() <= 3
