"""What happens while both systems are compared, and what somebody deleted in eAccounting after it was sent."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.reconciled import compare, day, delete_order, edit_order, sent, summed, told, waits
from tests.flows.running import FLOW, TODAY, Company, only
from visma_sync.errors import PartialReadError
from visma_sync.sync.reconcile.documents import Found
from visma_sync.sync.reconcile.orders import OrderSide

ONE_ORDER = "GET /salesorder/api/v3/SalesOrders/{type}/{order_id}"
ONE_SOURCE_ORDER = "GET /eaccounting/v2/orders/{id}"


@pytest.fixture
def shop(untroubled: Company) -> Company:
    """A pair of companies of which all orders were sent."""
    untroubled.run()
    untroubled.forget_requests()
    return untroubled


@pytest.fixture
def before_the_target_is_read(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], None]:
    """Have something happen after the source was read and before the list of the target is."""

    def happens(what: Callable[[], Any]) -> None:
        read = OrderSide.documents

        async def documents(self: OrderSide, since: datetime) -> AsyncIterator[list[Found]]:
            await asyncio.to_thread(what)
            async for page in read(self, since):
                yield page

        monkeypatch.setattr(OrderSide, "documents", documents)

    return happens


def in_source(company: Company, number: str) -> str:
    """The place of an order in eAccounting."""
    return f"orders/{company.source_orders()[number]['Id']}"


# While it reads


def test_an_order_that_is_sent_while_the_comparison_reads_is_not_missing(
    shop: Company, before_the_target_is_read: Callable[[Callable[[], Any]], None]
) -> None:
    number = str(shop.in_source("orders")["Number"])
    before_the_target_is_read(lambda: shop.run(only(number)))
    result = compare(shop)
    assert (result.counts, waits(result)) == ({}, {number: "new(sent_meanwhile)"})


def test_an_order_that_a_run_takes_in_hand_while_the_comparison_reads_waits(
    shop: Company, before_the_target_is_read: Callable[[Callable[[], Any]], None]
) -> None:
    number = str(shop.in_source("orders")["Number"])

    def no_units() -> None:
        shop.decide(units={"default": None, "table": {}})
        shop.run(only(number))

    before_the_target_is_read(no_units)
    result = compare(shop)
    assert (result.counts, waits(result)) == ({}, {number: "parked(no_units)"})


# Deleted in eAccounting


def test_an_order_that_was_deleted_in_the_source_after_it_was_sent_is_told_with_what_stands(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    shop.delete_in_source(in_source(shop, number))
    result = compare(shop)
    (difference,) = result.differences
    order = sent(shop, number)
    assert (difference.number, difference.kind) == (number, "withdrawn")
    assert (difference.target_key, difference.found_total) == (f"SO/{order['orderId']}", order["totals"]["orderTotal"])
    assert difference.cure
    gap = sum(summed(result, "found").values(), Decimal(0)) - sum(summed(result, "due").values(), Decimal(0))
    assert gap == order["totals"]["orderTotal"]
    assert (shop.requests()[ONE_ORDER], shop.requests()[ONE_SOURCE_ORDER]) == (0, 1)
    assert [one.difference.kind for one in shop.ledger().differences(FLOW)] == ["withdrawn"]


def test_a_deletion_is_resolved_once_the_order_is_cancelled_or_deleted_in_the_target_too(shop: Company) -> None:
    first, second = sorted(shop.by_marker())[:2]
    for number in (first, second):
        shop.delete_in_source(in_source(shop, number))
    edit_order(shop, first, status="Cancelled")
    assert told(compare(shop)) == {second: "withdrawn"}
    delete_order(shop, second)
    assert compare(shop).counts == {}


def test_an_order_that_was_moved_to_another_day_was_not_deleted(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    was = datetime.fromisoformat(shop.source_orders()[number]["OrderDate"]).date()
    shop.in_source(in_source(shop, number), OrderDate=(TODAY - timedelta(days=200)).isoformat() + "T00:00:00Z")
    assert compare(shop, period=day(was)).counts == {}


def test_a_deletion_belongs_to_the_days_of_its_order(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    was = datetime.fromisoformat(shop.source_orders()[number]["OrderDate"]).date()
    shop.delete_in_source(in_source(shop, number))
    assert told(compare(shop, period=day(was))) == {number: "withdrawn"}
    assert compare(shop, period=day(was - timedelta(days=1))).counts == {}


def test_from_a_partial_list_nothing_was_deleted(shop: Company) -> None:
    shop.delete_in_source(in_source(shop, next(iter(shop.by_marker()))))
    shop.in_source("switch", partial_lists=["orders"])
    with pytest.raises(PartialReadError):
        compare(shop)
    assert shop.ledger().differences(FLOW) == []
