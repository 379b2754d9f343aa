"""Both systems are compared: what differs is told by record, and nothing else is."""

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.flows.reconciled import (
    ALL_DAYS,
    compare,
    copy_order,
    day,
    delete_order,
    edit_order,
    other_vat_code,
    raise_price,
    sent,
    summed,
    told,
    waits,
    with_dutch_vat_only,
)
from tests.flows.running import FLOW, TODAY, Company, only
from visma_sync.errors import PartialReadError
from visma_sync.sync.reconcile.documents import Period

ORDER_TAX = "GET /salesorder/api/v3/SalesOrders/{type}/{order_id}/tax"


@pytest.fixture
def shop(untroubled: Company) -> Company:
    """A pair of companies of which all orders were sent."""
    untroubled.run()
    untroubled.forget_requests()
    return untroubled


# Agreeing


def test_after_a_run_both_systems_agree_and_the_sums_are_those_of_the_documents(shop: Company) -> None:
    result = compare(shop)
    assert (result.counts, result.due, result.found) == ({}, len(shop.by_marker()), len(shop.by_marker()))
    stands: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for order in shop.by_marker().values():
        stands[order["date"][:10], order["currencyId"]] += order["totals"]["orderTotal"]
    assert summed(result, "due") == summed(result, "found") == dict(stands)


def test_the_sums_of_each_vat_code_are_those_of_the_documents(shop: Company) -> None:
    result = compare(shop)
    stands: dict[str, Decimal] = defaultdict(Decimal)
    for order in shop.by_marker().values():
        for tax in order["taxes"]:
            stands[tax["taxId"]] += tax["taxAmount"]
    for side in (result.sums.due, result.sums.found):
        vat: dict[str, Decimal] = defaultdict(Decimal)
        for (_, country, code, _), one in side.items():
            assert country
            vat[code] += one.vat
        assert {code: one for code, one in vat.items() if one} == {code: one for code, one in stands.items() if one}


def test_nothing_is_written_and_the_vat_of_orders_that_nobody_touched_is_not_read_again(shop: Company) -> None:
    compare(shop)
    assert shop.writes() == {}
    assert shop.requests()[ORDER_TAX] == 0


def test_what_waits_or_was_left_out_is_explained_and_not_missing(company: Company) -> None:
    ran = company.run()
    result = compare(company)
    assert result.counts == {}
    waiting = {number: ended for number, ended in ran.all_ended().items() if ended.startswith(("parked", "rejected"))}
    assert waits(result) == waiting
    assert result.skipped == {"draft": len(ran.numbers("skipped(draft)"))}


def test_orders_of_another_path_are_not_missing(shop: Company) -> None:
    for flow in ("invoices", "bookings"):
        assert compare(shop, f"{flow}_eaccounting_to_vismanet").counts == {}


# Differing


PLANTED: dict[str, Callable[[Company, str], None]] = {
    "double": copy_order,
    "amount": raise_price,
    "vat": other_vat_code,
    "currency": lambda company, number: edit_order(company, number, currencyId="SEK"),
    "deleted": delete_order,
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_a_person_did_to_a_document_is_told_of_this_record_alone(shop: Company, kind: str) -> None:
    number = with_dutch_vat_only(shop)[0]
    PLANTED[kind](shop, number)
    assert told(compare(shop)) == {number: kind}


def test_a_cancelled_order_counts_as_deleted(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    edit_order(shop, number, status="Cancelled")
    assert told(compare(shop)) == {number: "deleted"}


def test_a_double_that_was_cancelled_is_none(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    order = sent(shop, number)
    again = shop.in_target("orders", type="SO", customer={"id": order["customer"]["id"], "refNo": number})
    shop.in_target(f"orders/SO/{again['orderId']}", status="Cancelled")
    assert compare(shop).counts == {}


def test_an_order_that_no_run_ever_read_is_missing_and_sending_it_brings_both_back_together(shop: Company) -> None:
    number = str(shop.in_source("orders")["Number"])
    result = compare(shop)
    assert told(result) == {number: "missing"}
    assert result.missing == [number]
    (difference,) = result.differences
    shop.run(only(*result.missing))
    assert sent(shop, number)["totals"]["orderTotal"] == difference.total
    assert sent(shop, number)["totals"]["taxTotal"] == difference.vat
    assert compare(shop).counts == {}


def test_an_order_that_the_next_run_will_read_is_not_missing_yet(shop: Company) -> None:
    shop.ledger().move_watermark(FLOW, datetime.now(tz=UTC) - timedelta(minutes=5))
    number = str(shop.in_source("orders")["Number"])
    result = compare(shop)
    assert (result.counts, waits(result)) == ({}, {number: "new(not_read_yet)"})


def test_an_order_that_a_stalled_flow_has_not_read_for_days_is_missing(shop: Company) -> None:
    days_ago = datetime.now(tz=UTC) - timedelta(days=10)
    shop.ledger().move_watermark(FLOW, days_ago)
    stamp = (days_ago + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    number = str(shop.in_source("orders", CreatedUtc=stamp, ModifiedUtc=stamp)["Number"])
    assert told(compare(shop)) == {number: "missing"}


def test_an_order_before_the_cut_off_date_is_not_missing(shop: Company) -> None:
    shop.decide(cut_off_date=(TODAY + timedelta(days=1)).isoformat())
    shop.in_source("orders")
    result = compare(shop)
    assert (result.counts, result.skipped) == ({}, {"before_cut_off": 1})


def test_an_order_whose_amount_changed_in_the_source_after_it_was_sent_is_told(shop: Company) -> None:
    number, key = _in_source(shop)
    shop.in_source(f"orders/{key}", Rows=[{"ArticleNumber": "A-1001", "Quantity": 7}])
    (difference,) = compare(shop).differences
    assert (difference.number, difference.kind) == (number, "amount")
    assert "changed in the source" in difference.detail
    assert difference.found_total == sent(shop, number)["totals"]["orderTotal"]


def test_an_order_that_was_shipped_or_renamed_in_the_source_still_agrees(shop: Company) -> None:
    _, key = _in_source(shop)
    shop.in_source(f"orders/{key}", Status=3, YourReference="another")
    assert compare(shop).counts == {}


def _in_source(company: Company) -> tuple[str, str]:
    number = with_dutch_vat_only(company)[0]
    return number, company.source_orders()[number]["Id"]


# Days


def test_an_order_belongs_to_its_business_day_alone(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    delete_order(shop, number)
    ordered_on = datetime.fromisoformat(shop.source_orders()[number]["OrderDate"]).date()
    assert told(compare(shop, period=day(ordered_on))) == {number: "deleted"}
    for other in (ordered_on - timedelta(days=1), ordered_on + timedelta(days=1)):
        assert compare(shop, period=day(other)).counts == {}


# Reading again only what moved


def test_the_vat_of_an_order_is_read_again_once_after_it_moved(shop: Company) -> None:
    edit_order(shop, next(iter(shop.by_marker())), description="called")
    assert compare(shop).counts == {}
    assert shop.requests()[ORDER_TAX] == 1
    compare(shop)
    assert shop.requests()[ORDER_TAX] == 1


def test_a_lost_ledger_invents_no_difference_and_hides_none(shop: Company) -> None:
    shop.lose_ledger()
    number = with_dutch_vat_only(shop)[0]
    assert compare(shop).counts == {}
    raise_price(shop, number)
    assert told(compare(shop)) == {number: "amount"}


# Concluding nothing from half an answer


def test_nothing_is_concluded_from_a_partial_list_of_the_source(shop: Company) -> None:
    delete_order(shop, next(iter(shop.by_marker())))
    shop.in_source("switch", partial_lists=["orders"])
    with pytest.raises(PartialReadError):
        compare(shop)
    assert shop.ledger().differences(FLOW) == []


def test_a_list_that_cannot_be_filtered_by_day_is_read_whole(shop: Company) -> None:
    shop.in_source("switch", unfilterable=["orders.OrderDate"])
    number = next(iter(shop.by_marker()))
    delete_order(shop, number)
    assert told(compare(shop)) == {number: "deleted"}


# What the ledger keeps


def test_a_difference_is_kept_with_when_it_was_seen_first_and_when_it_was_resolved(shop: Company) -> None:
    number, key = _in_source(shop)
    rows = shop.source_orders()[number]["Rows"]
    shop.in_source(f"orders/{key}", Rows=[{"ArticleNumber": "A-1001", "Quantity": 7}])
    compare(shop)
    (first,) = shop.ledger().differences(FLOW)
    compare(shop)
    (again,) = shop.ledger().differences(FLOW)
    assert again.first_seen == first.first_seen < again.last_seen
    asked = ("ArticleNumber", "Quantity", "UnitPrice", "DiscountPercentage", "IsTextRow", "Text")
    shop.in_source(f"orders/{key}", Rows=[{name: row[name] for name in asked} for row in rows])
    compare(shop)
    assert shop.ledger().differences(FLOW) == []
    (resolved,) = shop.ledger().differences(FLOW, resolved=True)
    assert resolved.resolved_at is not None
    assert resolved.difference == again.difference


def test_a_difference_of_days_that_were_not_compared_lasts(shop: Company) -> None:
    delete_order(shop, next(iter(shop.by_marker())))
    compare(shop)
    compare(shop, period=Period(TODAY - timedelta(days=400), TODAY - timedelta(days=300)))
    assert len(shop.ledger().differences(FLOW)) == 1
    assert ALL_DAYS.has(shop.ledger().differences(FLOW)[0].difference.day)
