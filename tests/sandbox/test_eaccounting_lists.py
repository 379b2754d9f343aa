"""Lists of the imitated eAccounting: pages, filters in the vendor's own language, and what cannot be asked."""

from datetime import UTC, datetime

import pytest

from tests.sandbox.shop_caller import Record, Shop, refusal


def test_a_list_has_fifty_records_a_page_unless_asked_otherwise(shop: Shop) -> None:
    page = shop.get("orders")
    meta = page["Meta"]
    assert len(page["Data"]) == 50
    assert (meta["CurrentPage"], meta["PageSize"], meta["TotalNumberOfPages"], meta["TotalNumberOfResults"]) == (
        1,
        50,
        4,
        200,
    )
    assert len(shop.rows("orders", pagesize=1000)) == 200
    assert shop.rows("orders", page=9) == []


def test_the_pages_together_are_the_whole_list(shop: Shop) -> None:
    pages = [shop.rows("customers", page=number, pagesize=25) for number in (1, 2, 3)]
    assert [row["Id"] for page in pages for row in page] == [row["Id"] for row in shop.state("customers")]


@pytest.mark.parametrize("query", [{"pagesize": 1001}, {"pagesize": 0}, {"page": 0}, {"$top": 5}])
def test_a_page_that_cannot_be_is_refused(shop: Shop, query: dict[str, int]) -> None:
    assert refusal(shop.call("GET", "orders", **query)) == (400, 6000)


def numbers(rows: list[Record]) -> set[int]:
    return {row["Number"] for row in rows}


def test_what_was_made_or_changed_since_an_instant_can_be_asked_for(shop: Shop) -> None:
    since = "2026-11-18T12:00:00+00:00"
    asked = f"(ModifiedUtc ge {since}) or (ModifiedUtc eq null and CreatedUtc ge {since})"
    moment = datetime(2026, 11, 18, 12, tzinfo=UTC)
    expected = {
        row["Id"]
        for row in shop.state("orders")
        if datetime.fromisoformat(row["ModifiedUtc"] or row["CreatedUtc"]) >= moment
    }
    found = {row["Id"] for row in shop.rows("orders", filter=asked, pagesize=1000)}
    assert found == expected
    assert 0 < len(found) < 200


def test_a_record_never_changed_is_on_neither_side_of_an_instant(shop: Shop) -> None:
    never = [row for row in shop.state("orders") if row["ModifiedUtc"] is None]
    later = shop.rows("orders", filter="ModifiedUtc ge 2026-01-01T00:00:00Z", pagesize=1000)
    earlier = shop.rows("orders", filter="ModifiedUtc lt 2026-01-01T00:00:00Z", pagesize=1000)
    assert (len(never) + len(later), earlier) == (200, [])
    assert 60 < len(never) < 140


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("Number eq 10016 or Number eq 10017", {10016, 10017}),
        ("Number ge 10003 and Number le 10005", {10003, 10004, 10005}),
        ("Number lt 10003 and not (Number eq 10001)", {10002}),
        ("Number eq 10001 or Number eq 10002 and Number eq 10003", {10001}),
        ("(Number eq 10001 or Number eq 10002) and Number ne 10002", {10001}),
    ],
)
def test_filters_join_and_turn_round(shop: Shop, asked: str, wanted: set[int]) -> None:
    assert numbers(shop.rows("orders", filter=asked)) == wanted


def test_a_quote_in_a_name_is_written_twice(shop: Shop) -> None:
    assert [row["Name"] for row in shop.rows("customers", filter="Name eq '''t Hoekje; DROP TABLE klanten--'")] == [
        "'t Hoekje; DROP TABLE klanten--"
    ]


def test_ids_and_flags_stand_without_quotes(shop: Shop) -> None:
    customer = shop.rows("customers")[0]
    assert shop.rows("customers", filter=f"Id eq {customer['Id'].upper()} and IsActive eq true") == [customer]


@pytest.mark.parametrize(
    ("path", "asked", "code"),
    [
        ("orders", "BuyersOrderReference eq 'PO-1'", 6000),
        ("orders", "Number eq '10001'", 6000),
        ("customers", "Name eq Jansen", 6000),
        ("customers", "Name startswith 'J'", 6000),
        ("orders", "(Number eq 10001", 6000),
        ("orders", "Number eq", 6000),
        ("orders", "ModifiedUtc ge yesterday", 6001),
        ("orders", "ModifiedUtc ge 2026-13-01T00:00:00Z", 6001),
    ],
)
def test_what_cannot_be_asked_is_refused(shop: Shop, path: str, asked: str, code: int) -> None:
    assert refusal(shop.call("GET", path, filter=asked)) == (400, code)


def test_a_property_can_lose_its_filter(shop: Shop) -> None:
    asked = "ModifiedUtc ge 2026-01-01T00:00:00Z"
    shop.control("POST", "eaccounting/switch", {"unfilterable": ["orders.ModifiedUtc"]})
    assert refusal(shop.call("GET", "orders", filter=asked)) == (400, 6000)
    assert shop.call("GET", "customerinvoices", filter=asked).status_code == 200


def test_a_list_is_sorted_and_cut_down_to_fields(shop: Shop) -> None:
    rows = shop.rows("orders", orderby="Number desc", select="Number,Amount", pagesize=3)
    newest = sorted((row["Number"] or 0 for row in shop.state("orders")), reverse=True)[:3]
    assert [row["Number"] for row in rows] == newest
    assert all(set(row) == {"Number", "Amount"} for row in rows)


def test_invoices_can_be_asked_for_by_their_change(shop: Shop) -> None:
    rows = shop.rows("customerinvoices", modifiedSinceUtc="2026-11-16T00:00:00Z", pagesize=1000)
    assert 0 < len(rows) < len(shop.state("customerinvoices"))
    assert all((row["ModifiedUtc"] or row["CreatedUtc"]) >= "2026-11-16" for row in rows)


def test_a_record_that_is_not_there_is_a_bad_request_for_most_and_missing_for_some(shop: Shop) -> None:
    assert refusal(shop.call("GET", "orders/2cdb1f48-0000-4019-b991-d36d6e1a30cb")) == (400, 3000)
    assert refusal(shop.call("GET", "units/2cdb1f48-0000-4019-b991-d36d6e1a30cb")) == (404, 3000)
