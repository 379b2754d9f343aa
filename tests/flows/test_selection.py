"""Which orders a run takes: by their window, their state, their day, their payment or their number."""

from datetime import timedelta

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.running import EVERYTHING, MIDNIGHT, TODAY, Company, only
from visma_sync.sync.fetch import Window

# Which orders are sent


def test_only_orders_in_the_wanted_states_are_sent(small_with: CompanyWith) -> None:
    company = small_with(send_when={"status": ["shipped"]})
    ran = company.run()
    statuses = {number: order["Status"] for number, order in company.source_orders().items()}
    assert {statuses[number] for number in ran.numbers("created")} == {3}
    assert {statuses[number] for number in ran.numbers("skipped(status_not_wanted)")} == {2, 4}
    assert (
        not {number for number, status in statuses.items() if status == 3}
        - set(ran.numbers("created"))
        - set(ran.numbers("skipped(exists)"))
    )


def test_drafts_are_never_sent_even_where_drafts_are_wanted(company: Company) -> None:
    company.decide(send_when={"status": ["draft", "ongoing"]})
    ran = company.run()
    drafts = [order["Id"] for order in company.state("eaccounting", "orders") if order["Number"] is None]
    assert drafts
    assert {ran.ended(key) for key in drafts} == {"skipped(draft)"}


def test_nothing_ordered_before_the_cut_off_date_is_sent(small_with: CompanyWith) -> None:
    cut_off = TODAY - timedelta(days=5)
    company = small_with(cut_off_date=cut_off.isoformat())
    ran = company.run()
    days = {number: order["OrderDate"] for number, order in company.source_orders().items()}
    assert ran.numbers("created")
    assert min(days[number] for number in ran.numbers("created")) >= cut_off.isoformat()
    assert max(days[number] for number in ran.numbers("skipped(before_cut_off)")) < cut_off.isoformat()


def test_only_orders_whose_every_invoice_is_paid_are_sent(small_with: CompanyWith) -> None:
    company = small_with(send_when={"paid": "paid"})
    ran = company.run()
    invoices = company.state("eaccounting", "customerinvoices")
    paid = {one["CreatedFromOrderId"] for one in invoices if one["PaymentStatus"] == 0 and not one["CreditedBy"]}
    for invoice in invoices:
        if invoice["IsCollectiveInvoice"] and invoice["PaymentStatus"] == 0:
            paid |= {row["OrderId"] for row in invoice["CollectiveCustomerInvoiceRowsRelationToOrders"]}
    numbers = {number for number, order in company.source_orders().items() if order["Id"] in paid}
    assert ran.numbers("created")
    assert set(ran.numbers("created")) == numbers - set(ran.numbers("skipped(exists)"))
    credited = next(one["CreatedFromOrderId"] for one in invoices if one["CreditedBy"])
    number = next(number for number, order in company.source_orders().items() if order["Id"] == credited)
    assert ran.ended(number) in {"skipped(not_paid)", "skipped(exists)"}


def test_an_old_order_is_sent_in_the_run_in_whose_window_it_is_paid(small_with: CompanyWith) -> None:
    company = small_with(send_when={"paid": "paid"})
    first = company.run(Window("manual", EVERYTHING.since, MIDNIGHT))
    unpaid = {
        one["CreatedFromOrderId"]: one
        for one in company.state("eaccounting", "customerinvoices")
        if one["PaymentStatus"] != 0 and one["CreatedFromOrderId"]
    }
    number, order = next((no, one) for no, one in company.source_orders().items() if one["Id"] in unpaid)
    assert first.ended(number) == "skipped(not_paid)"
    company.in_source(f"customerinvoices/{unpaid[order['Id']]['InvoiceNumber']}", PaymentStatus=0)
    ran = company.run(Window("manual", MIDNIGHT, EVERYTHING.until))
    assert ran.ended(number) == "created"


def test_single_orders_are_sent_by_number_whatever_their_window(untroubled: Company) -> None:
    ran = untroubled.run(only("10008", "10009", "99999", "geen"))
    assert ran.all_ended() == {
        **dict.fromkeys(("10008", "10009"), "created"),
        **dict.fromkeys(("99999", "geen"), "skipped(not_in_source)"),
    }
    assert set(untroubled.by_marker()) == set(ran.numbers("created"))


# Windows and days


def test_a_window_takes_what_was_created_or_changed_from_its_start_until_before_its_end(untroubled: Company) -> None:
    start, end = MIDNIGHT - timedelta(days=40), MIDNIGHT - timedelta(days=39)
    long_ago = MIDNIGHT - timedelta(days=50)
    just_before, just_inside = (stamp - timedelta(milliseconds=1) for stamp in (start, end))
    stamps = {
        "10001": (start, None),
        "10002": (end, None),
        "10003": (just_inside, None),
        "10004": (just_before, None),
        "10005": (long_ago, start),
        "10006": (long_ago, end),
        "10007": (long_ago, just_before),
        "10008": (start, end),
    }
    for number, (created, changed) in stamps.items():
        stamped = {"CreatedUtc": utc(created), "ModifiedUtc": changed and utc(changed)}
        untroubled.in_source(f"orders/{number}", **stamped)
    ran = untroubled.run(Window("backfill", start, end))
    assert set(ran.outcomes) == {"10001", "10003", "10005", "10008"}
    assert ran.report.read == 4


@pytest.mark.parametrize("refused", [("orders.ModifiedUtc",), ("orders.CreatedUtc", "orders.ModifiedUtc")])
def test_where_the_source_refuses_the_filter_the_window_holds_all_the_same(
    refused: tuple[str, ...], untroubled: Company
) -> None:
    untroubled.in_source("orders/10003", CreatedUtc=utc(MIDNIGHT - timedelta(days=40)), ModifiedUtc=None)
    untroubled.in_source("switch", unfilterable=refused)
    ran = untroubled.run(Window("backfill", MIDNIGHT - timedelta(days=41), MIDNIGHT - timedelta(days=39)))
    assert set(ran.outcomes) == {"10003"}


CLOCK_CHANGES = ("2026-03-28", "2026-03-29", "2026-03-30", "2026-10-24", "2026-10-25", "2026-10-26", "2026-12-31")


def test_an_order_has_the_same_calendar_day_in_both_systems(untroubled: Company) -> None:
    days = dict(zip(("10002", "10003", "10004", "10005", "10006", "10007", "10008"), CLOCK_CHANGES, strict=True))
    for number, day in days.items():
        untroubled.in_source(f"orders/{number}", OrderDate=day, DeliveryDate=day)
    ran = untroubled.run(only(*days))
    created = ran.numbers("created")
    target = untroubled.by_marker()
    assert len(created) >= 6
    assert {number: target[number]["date"][:10] for number in created} == {number: days[number] for number in created}
    assert all(target[number]["requestOn"][:10] == days[number] for number in created)


@pytest.mark.parametrize("midnight", ["2026-10-25T00:00:00", "2026-10-25T23:59:59"])
def test_a_day_that_is_written_with_a_time_is_that_day(midnight: str, untroubled: Company) -> None:
    untroubled.in_source("orders/10002", OrderDate=midnight)
    untroubled.run(only("10002"))
    assert untroubled.by_marker()["10002"]["date"][:10] == "2026-10-25"


def utc(moment: object) -> str:
    """A moment as eAccounting writes it."""
    return str(moment).replace(" ", "T").replace("+00:00", "Z")


def test_orders_of_a_customer_group_that_is_booked_otherwise_are_not_sent(untroubled: Company) -> None:
    order = next(iter(untroubled.source_orders().values()))
    customer = next(one for one in untroubled.state("eaccounting", "customers") if one["Id"] == order["CustomerId"])
    labels = [{"Id": "a2b1ff8e-0000-4000-8000-000000000001", "Name": "Balie", "Description": None}]
    untroubled.in_source(f"customers/{customer['CustomerNumber']}", CustomerLabels=labels)
    rows = [{"group": "Balie", "path": "booking"}]
    untroubled.decide(send_sales_as={"rows": rows})
    ran = untroubled.run(only(str(order["Number"])))
    assert ran.ended(str(order["Number"])) == "skipped(sent_as_booking)"
    untroubled.decide(send_sales_as={"rows": [{**rows[0], "valid_from": "2030-01-01"}]})
    assert untroubled.run(only(str(order["Number"]))).ended(str(order["Number"])) == "created"
    untroubled.decide(send_sales_as={"default": "nothing", "rows": []})
    assert untroubled.run(only(str(order["Number"]))).ended(str(order["Number"])) == "skipped(exists)"
