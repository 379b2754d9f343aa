"""Orders are shipped and invoiced in Visma.net as far as the settings want: once, to the cent, and sent to nobody."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.fulfilment import (
    ACTIONS,
    AT_FIRST,
    GOODS,
    MIXED,
    SERVICES,
    course,
    empty,
    goods_of,
    in_stock,
    invoices_of,
    refuse_anything_twice_or_missing,
    shipments_of,
    stock_of,
    stocked,
)
from tests.flows.running import IMPATIENT, NOTHING_NEW, TODAY, Company, demo_settings, only
from tests.flows.shop import Stored, total_of
from visma_sync.errors import ConfigurationError


@pytest.fixture
def opened(company_with: CompanyWith) -> Company:
    """A pair of companies where orders are to be opened."""
    return stocked(company_with, "open")


@pytest.fixture
def shipped(company_with: CompanyWith) -> Company:
    """A pair of companies where orders are to leave."""
    return stocked(company_with, "shipment")


@pytest.fixture
def invoiced(company_with: CompanyWith) -> Company:
    """A pair of companies where orders are to be invoiced."""
    return stocked(company_with, "invoice")


# How far


def test_at_shipment_the_goods_of_every_order_leave_and_nothing_is_invoiced(shipped: Company) -> None:
    ran = shipped.run()
    assert set(ran.all_ended().values()) == {"created"}
    for number, order in shipped.by_marker().items():
        goods = goods_of(order)
        assert course(shipped, number) == (["Confirmed"] if goods else [], [])
        assert order["status"]["description"] == ("Completed" if goods else "Open")
    lamp, chair = goods_of(shipped.by_marker()[GOODS])
    assert max(stock_of(shipped)[lamp], stock_of(shipped)[chair]) < AT_FIRST
    assert shipped.mailed() == []


def test_at_invoice_every_order_is_charged_once_and_to_the_cent(invoiced: Company) -> None:
    assert set(invoiced.run().all_ended().values()) == {"created"}
    refuse_anything_twice_or_missing(invoiced)
    invoiced.forget_requests()
    assert set(invoiced.run().all_ended().values()) == {"skipped(exists)"}
    assert invoiced.writes() == {}


def test_a_dry_run_ships_and_invoices_nothing(invoiced: Company) -> None:
    assert invoiced.run(dry_run=True).numbers("skipped(dry_run)") == sorted(invoiced.source_orders())
    assert invoiced.writes() == {}
    invoiced.decide(confirm="open", **IMPATIENT)
    invoiced.fault("timeout_before", method="PATCH", path="/SalesOrders/", times=99)
    invoiced.tries = 1
    invoiced.run(only(GOODS))
    invoiced.no_more_faults()
    invoiced.decide(confirm="invoice", **IMPATIENT)
    invoiced.forget_requests()
    invoiced.run(only(GOODS), dry_run=True)
    assert invoiced.writes() == {}


def test_an_order_that_was_confirmed_stays_as_it_is_when_the_level_is_raised_later(opened: Company) -> None:
    opened.run(only(GOODS))
    opened.decide(confirm="invoice", **IMPATIENT)
    ran = opened.run(only(GOODS, SERVICES))
    assert (ran.ended(GOODS), ran.ended(SERVICES)) == ("skipped(exists)", "created")
    assert course(opened, GOODS) == ([], [])
    assert course(opened, SERVICES) == ([], ["Open"])


def test_an_order_that_waits_to_leave_counts_as_sent_when_the_level_is_lowered(shipped: Company) -> None:
    empty(shipped, GOODS)
    assert shipped.run(only(GOODS)).ended(GOODS) == "parked(cannot_ship)"
    shipped.decide(confirm="open", **IMPATIENT)
    assert shipped.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(shipped, GOODS) == ([], [])


@pytest.mark.parametrize(
    ("confirm", "number", "least"),
    [("shipment", GOODS, 5), ("shipment", SERVICES, 2), ("invoice", GOODS, 9), ("invoice", SERVICES, 6)],
)
def test_an_order_takes_no_more_calls_than_each_level_needs(
    confirm: str, number: str, least: int, company_with: CompanyWith
) -> None:
    company = stocked(company_with, confirm)
    company.run(only(number))
    further = ("action/", "/shipment", "/lines", "/customerinvoice/")
    asked = company.requests()
    assert sum(count for one, count in asked.items() if any(part in one for part in further)) == least


def test_a_level_that_does_not_exist_is_refused_before_anything_is_read() -> None:
    with pytest.raises(ConfigurationError, match="confirm"):
        demo_settings(confirm="delivered")


# The day of shipments


@pytest.mark.parametrize("decided", ["today", "delivery_date"])
def test_goods_leave_on_the_day_that_the_settings_name(decided: str, shipped: Company) -> None:
    shipped.decide(confirm="shipment", fulfilment={"shipment_date": decided}, **IMPATIENT)
    wanted = (TODAY - timedelta(days=2)).isoformat()
    shipped.in_source(f"orders/{GOODS}", DeliveryDate=wanted)
    shipped.run(only(GOODS))
    today = datetime.now(tz=UTC).date().isoformat()
    (shipment,) = shipments_of(shipped, GOODS)
    assert shipment["shipmentDate"][:10] == (today if decided == "today" else wanted)


# What cannot leave


def test_an_order_without_stock_waits_alone_and_leaves_when_there_is_some(invoiced: Company) -> None:
    goods = empty(invoiced, GOODS)
    ran = invoiced.run(only(GOODS, SERVICES, MIXED))
    assert ran.numbers("created") == [SERVICES, MIXED]
    assert ran.ended(GOODS) == "parked(cannot_ship)"
    assert "stock" in ran.outcomes[GOODS].cure
    assert course(invoiced, GOODS) == ([], [])
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "parked(cannot_ship)"
    for sku in goods:
        in_stock(invoiced, sku, 5)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(invoiced, GOODS) == (["Completed"], ["Open"])


def test_what_there_is_leaves_first_and_the_whole_order_is_invoiced_when_the_rest_has_left(invoiced: Company) -> None:
    lamp, chair = empty(invoiced, GOODS)
    in_stock(invoiced, lamp, 5)
    ran = invoiced.run(only(GOODS))
    assert (ran.ended(GOODS), "1 units" in ran.outcomes[GOODS].detail) == ("parked(cannot_ship)", True)
    assert course(invoiced, GOODS) == (["Confirmed"], [])
    in_stock(invoiced, chair, 5)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(invoiced, GOODS) == (["Completed", "Completed"], ["Open"])
    assert invoices_of(invoiced, GOODS)[0]["amountInCurrency"] == total_of(invoiced.source_orders()[GOODS])


def test_an_order_that_must_leave_whole_does_not_leave_in_parts(shipped: Company) -> None:
    lamp, chair = empty(shipped, GOODS)
    assert shipped.run(only(GOODS)).ended(GOODS) == "parked(cannot_ship)"
    shipped.in_target(f"orders/SO/{shipped.by_marker()[GOODS]['orderId']}", shipping={"rule": "ShipComplete"})
    in_stock(shipped, lamp, 5)
    assert shipped.run(NOTHING_NEW).ended(GOODS) == "parked(cannot_ship)"
    assert course(shipped, GOODS) == ([], [])
    in_stock(shipped, chair, 5)
    assert shipped.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(shipped, GOODS) == (["Confirmed"], [])


def test_each_warehouse_ships_what_is_its_own(invoiced: Company) -> None:
    lamp, chair = empty(invoiced, GOODS)
    invoiced.in_target(f"items/{chair}", defaultWarehouse="2")
    in_stock(invoiced, lamp, 5)
    in_stock(invoiced, chair, 5, warehouse="2")
    invoiced.decide(confirm="invoice", warehouse={"default": ""}, **IMPATIENT)
    assert invoiced.run(only(GOODS)).ended(GOODS) == "created"
    assert [shipment["fromWarehouse"]["id"] for shipment in shipments_of(invoiced, GOODS)] == ["1", "2"]
    assert course(invoiced, GOODS) == (["Completed", "Completed"], ["Open"])


def test_a_period_that_is_closed_for_stock_keeps_the_shipment_open_until_somebody_opens_it(shipped: Company) -> None:
    today = datetime.now(tz=UTC).date()
    period = f"periods/{today:%Y%m}"
    shipped.in_target(period, closedInInventoryManagement=True)
    ran = shipped.run(only(GOODS))
    assert ran.ended(GOODS) == "parked(period_closed)"
    assert "period" in ran.outcomes[GOODS].cure
    assert course(shipped, GOODS) == (["Open"], [])
    shipped.in_target(period, closedInInventoryManagement=False)
    assert shipped.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(shipped, GOODS) == (["Confirmed"], [])


# People who act in between


def waiting_to_leave(company: Company) -> tuple[str, list[str]]:
    """An open order that could not leave: where it is in Visma.net, and its goods, of which there are some now."""
    goods = empty(company, GOODS)
    assert company.run(only(GOODS)).ended(GOODS) == "parked(cannot_ship)"
    for sku in goods:
        in_stock(company, sku, 5)
    return f"orders/SO/{company.by_marker()[GOODS]['orderId']}", goods


@pytest.mark.parametrize("confirmed", [True, False])
def test_what_somebody_shipped_is_not_shipped_again(confirmed: bool, invoiced: Company) -> None:
    order, _ = waiting_to_leave(invoiced)
    invoiced.in_target(f"{order}/ship", warehouse="1", confirm=confirmed)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(invoiced, GOODS) == (["Completed"], ["Open"])


def test_where_somebody_shipped_a_part_only_the_rest_is_shipped(invoiced: Company) -> None:
    order, (lamp, chair) = waiting_to_leave(invoiced)
    in_stock(invoiced, chair, 0)
    invoiced.in_target(f"{order}/ship", warehouse="1")
    in_stock(invoiced, chair, 5)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    shipped = [
        [line["inventoryNumber"] for line in one["shipmentDetailLines"]] for one in shipments_of(invoiced, GOODS)
    ]
    assert shipped == [[lamp], [chair]]
    assert course(invoiced, GOODS) == (["Completed", "Completed"], ["Open"])


def not_released(company: Company, **change: Any) -> Stored:
    """The invoice of an order whose release failed, after somebody's change."""
    company.fault("500", **ACTIONS["release"], times=9)
    company.tries = 1
    assert company.run(only(GOODS)).ended(GOODS) == "parked(not_sent_yet)"
    company.no_more_faults()
    (invoice,) = invoices_of(company, GOODS)
    assert invoice["status"] == "Balanced"
    return company.in_target(f"invoices/{invoice['referenceNumber']}", **change)


def test_an_invoice_that_somebody_put_on_hold_waits_until_it_is_off_hold(invoiced: Company) -> None:
    invoice = not_released(invoiced, hold=True)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "parked(invoice_waits)"
    invoiced.in_target(f"invoices/{invoice['referenceNumber']}", hold=False)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(invoiced, GOODS) == (["Completed"], ["Open"])


def test_an_invoice_that_differs_from_its_order_is_not_released_and_both_sums_are_given(invoiced: Company) -> None:
    gift = {"inventoryNumber": "FREIGHT", "quantity": 1, "unitPriceInCurrency": 5, "vatCodeId": "NOVAT"}
    invoice = not_released(invoiced, invoiceLines=[gift])
    ran = invoiced.run(NOTHING_NEW)
    assert ran.ended(GOODS) == "parked(total_mismatch)"
    total = total_of(invoiced.source_orders()[GOODS])
    assert f"charges {total + 5}" in ran.outcomes[GOODS].detail
    assert f"has total {total}" in ran.outcomes[GOODS].detail
    assert course(invoiced, GOODS)[1] == ["Balanced"]
    invoiced.in_target(f"invoices/{invoice['referenceNumber']}/release")
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"


def test_an_invoice_that_somebody_deleted_is_made_again(invoiced: Company) -> None:
    invoice = not_released(invoiced)
    invoiced.delete_in_target(f"invoices/{invoice['referenceNumber']}")
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    assert course(invoiced, GOODS) == (["Completed"], ["Open"])


# Nobody is sent anything


@pytest.mark.parametrize(
    ("set_up", "way", "switched"),
    [
        ("sendInvoicesByEmail", "e-mail", {"dontEmail": True}),
        ("printInvoices", "print", {"dontPrint": True}),
        ("acceptAutoInvoices", "e-invoice", {"sendToAutoInvoice": False}),
    ],
)
def test_an_invoice_that_would_be_sent_waits_until_that_is_switched_off(
    set_up: str, way: str, switched: dict[str, bool], invoiced: Company
) -> None:
    always_to_a_debtor(invoiced, set_up)
    ran = invoiced.run(only(GOODS))
    assert ran.ended(GOODS) == "parked(would_be_mailed)"
    assert ran.outcomes[GOODS].detail.endswith(f": {way}")
    (invoice,) = invoices_of(invoiced, GOODS)
    assert (invoice["status"], invoiced.mailed()) == ("Balanced", [])
    invoiced.in_target(f"invoices/{invoice['referenceNumber']}", **switched)
    assert invoiced.run(NOTHING_NEW).ended(GOODS) == "created"
    assert (course(invoiced, GOODS)[1], invoiced.mailed()) == (["Open"], [])


def always_to_a_debtor(company: Company, set_up: str, **fulfilment: bool) -> None:
    """All orders go to one customer, who is set up in Visma.net to be sent invoices."""
    number = company.state("vismanet", "customers")[0]["number"]
    company.in_target(f"customers/{number}", **{set_up: True})
    debtor = {"when": "always", "customer": number}
    company.decide(confirm="invoice", default_debtor=debtor, fulfilment=fulfilment, **IMPATIENT)


def test_an_invoice_is_mailed_where_the_settings_allow_it(invoiced: Company) -> None:
    always_to_a_debtor(invoiced, "sendInvoicesByEmail", invoices_may_be_sent=True)
    assert invoiced.run(only(GOODS)).ended(GOODS) == "created"
    assert [one["document"] for one in invoiced.mailed()] == ["invoice"]
