"""Orders of eAccounting arrive in Visma.net once, whole, and to the cent; what cannot arrive waits with a reason."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.running import EVERYTHING, MIDNIGHT, NOTHING_NEW, TODAY, Company, only
from tests.flows.shop import total_of
from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.sync.fetch import Window

SANDBOX_WORD = {"automatic": "auto", "manual": "manual"}
ENDS = {
    "unknown_article": "parked(product_missing)",
    "no_vat_treatment": "parked(no_vat_treatment)",
    "missing_vat_number": "parked(vat_number_missing)",
    "rot_order": "parked(unsupported_tax_form)",
    "negative_total": "parked(negative_total)",
    "malformed": "rejected(rows_do_not_add_up)",
    "two_debtors": "parked(several_customers)",
    "inactive_item": "parked(product_not_sellable)",
    "no_sales_item": "parked(product_not_sellable)",
    "credit_hold": "parked(credit_hold)",
    "unknown_terms": "parked(no_credit_terms)",
}


def in_trouble(company: Company, trouble: str) -> str:
    """The number of the order that carries a trouble."""
    return next(number for number, reason in company.planted().items() if reason == trouble)


# The first run


def test_each_trouble_ends_with_its_reason_and_every_other_order_is_created(company: Company) -> None:
    ran = company.run()
    planted = company.planted()
    assert {number: ran.ended(number) for number in planted} == {number: ENDS[why] for number, why in planted.items()}
    others = Counter(ended for number, ended in ran.all_ended().items() if number not in planted)
    assert others.keys() == {"created", "skipped(draft)", "skipped(exists)"}
    assert others["skipped(exists)"] == 6
    assert ran.accounts_for_all


def test_created_orders_are_open_in_the_target_and_stand_there_once(company: Company) -> None:
    ran = company.run()
    sent = company.by_marker()
    assert {sent[number]["status"]["description"] for number in ran.numbers("created")} == {"Open"}
    held = {number for number, order in sent.items() if order["status"]["description"] != "Open"}
    assert held == {in_trouble(company, "credit_hold")}


def test_nobody_outside_is_written_to(company: Company) -> None:
    company.run()
    assert company.mailed() == []


@pytest.mark.parametrize("meaning", ["net", "gross"])
@pytest.mark.parametrize("numbering", ["automatic", "manual"])
def test_every_order_costs_the_same_in_both_systems(company_with: CompanyWith, numbering: str, meaning: str) -> None:
    options = ("--orders", "60", "--no-trouble", "--order-amount", meaning, "--numbering", SANDBOX_WORD[numbering])
    company = company_with(*options, order={"numbering": numbering})
    ran = company.run()
    source, target = company.source_orders(), company.by_marker()
    assert set(target) == set(ran.numbers("created"))
    assert len(target) > 40
    sums = {number: (order["totals"]["orderTotal"], order["totals"]["taxTotal"]) for number, order in target.items()}
    assert sums == {number: (total_of(source[number]), source[number]["VatAmount"]) for number in target}
    if numbering == "manual":
        assert {number: order["orderId"] for number, order in target.items()} == {number: number for number in target}


def test_with_discounts_inside_the_price_every_order_still_costs_the_same(company_with: CompanyWith) -> None:
    company = company_with("--orders", "60", "--no-trouble", discounts={"send_as": "inside_price"})
    company.run()
    source, target = company.source_orders(), company.by_marker()
    sums = {number: (order["totals"]["orderTotal"], order["totals"]["taxTotal"]) for number, order in target.items()}
    assert sums == {number: (total_of(source[number]), source[number]["VatAmount"]) for number in target}
    assert len(target) > 40


# Again and again


def test_a_second_run_writes_nothing_and_asks_next_to_nothing(company_with: CompanyWith) -> None:
    company = company_with("--orders", "200", "--no-trouble")
    company.run()
    first = company.requests().total()
    before = company.everything()
    company.forget_requests()
    ran = company.run()
    assert company.writes() == Counter()
    assert company.everything() == before
    assert company.requests().total() <= 0.02 * first
    assert set(ran.all_ended().values()) == {"skipped(exists)", "skipped(draft)"}
    assert ran.accounts_for_all


def test_a_run_without_anything_new_takes_at_most_four_requests(untroubled: Company) -> None:
    untroubled.run(only("10002"))
    untroubled.forget_requests()
    ran = untroubled.run(NOTHING_NEW)
    assert (ran.report.read, ran.report.taken_up) == (0, 0)
    assert untroubled.requests().total() <= 4


def test_after_a_lost_ledger_nothing_is_sent_twice(company: Company) -> None:
    created = set(company.run().numbers("created"))
    sent = company.by_marker()
    company.lose_ledger()
    company.forget_requests()
    ran = company.run()
    assert created <= set(ran.numbers("skipped(exists)"))
    assert company.by_marker() == sent
    assert company.writes() == Counter()
    company.forget_requests()
    assert set(company.run().numbers("skipped(exists)")) == set(ran.numbers("skipped(exists)"))
    assert company.writes() == Counter()


def test_after_a_lost_ledger_the_target_itself_refuses_doubles_where_orders_are_numbered_by_hand(
    company_with: CompanyWith,
) -> None:
    company = company_with("--orders", "12", "--no-trouble", "--numbering", "manual", order={"numbering": "manual"})
    created = set(company.run().numbers("created"))
    sent = company.by_marker()
    company.lose_ledger()
    ran = company.run()
    assert created <= set(ran.numbers("skipped(exists)"))
    assert company.by_marker() == sent
    assert set(company.run().numbers("skipped(exists)")) == set(ran.numbers("skipped(exists)"))


def test_an_order_that_somebody_enters_by_hand_while_it_waits_is_not_sent_as_well(untroubled: Company) -> None:
    # The quota turned its request away, which is a request that had no effect, and not one whose answer was lost.
    untroubled.fault("429", method="POST", path="/SalesOrders", retry_after=3600)
    assert untroubled.try_run(only("10002")).ended("10002") == "parked(not_sent_yet)"
    debtor = untroubled.state("vismanet", "customers")[0]["number"]
    lines = [{"inventoryId": "FREIGHT", "quantity": 1}]
    untroubled.in_target("orders", type="SO", customer={"id": debtor, "refNo": "10002"}, orderLines=lines)
    assert untroubled.run(NOTHING_NEW).ended("10002") == "skipped(exists)"
    assert untroubled.by_marker() == {}


def test_a_rejected_order_is_news_once_and_is_read_again_when_it_was_corrected(company: Company) -> None:
    number = in_trouble(company, "malformed")
    assert len(company.run().report.problems) == 1
    second = company.run()
    assert second.ended(number) == "skipped(rejected_before)"
    assert second.report.problems == []
    company.in_source(f"orders/{number}", Rows=[{"ArticleNumber": "A-1001", "Quantity": 2}])
    assert company.run().ended(number) == "created"


def test_a_rejected_order_is_tried_again_when_the_settings_change_or_somebody_asks_for_it(company: Company) -> None:
    number = in_trouble(company, "malformed")
    company.run(only(number))
    assert company.run(NOTHING_NEW).outcomes == {}
    assert company.run(only(number)).ended(number) == "rejected(rows_do_not_add_up)"
    company.decide(marker_prefix="NH-")
    assert company.run(NOTHING_NEW).ended(number) == "rejected(rows_do_not_add_up)"


def test_a_new_rejection_stays_news_when_the_reading_has_to_be_repeated(company: Company) -> None:
    number = in_trouble(company, "malformed")
    company.decide(send_when={"paid": "paid"})
    company.in_source(f"orders/{number}", Amount="a lot")
    company.fault("503", path="/customerinvoices", times=3)
    ran = company.run()
    assert company.faults_fired() == [3]
    assert ran.outcomes[number].state == "rejected"
    assert len(ran.report.problems) == 1
    assert ran.accounts_for_all


def test_a_run_that_fails_while_it_reads_accounts_for_what_it_had_read(company: Company) -> None:
    company.decide(send_when={"paid": "paid"})
    company.fault("503", path="/customerinvoices", times=99)
    company.tries = 1
    ran = company.try_run()
    assert isinstance(ran.broke, RetryableError)
    assert ran.report.read == 40
    assert ran.accounts_for_all
    company.no_more_faults()
    assert company.run().accounts_for_all


# What waits goes on by itself


def test_an_order_goes_on_when_its_article_appears(company: Company) -> None:
    number = in_trouble(company, "unknown_article")
    company.run(only(number))
    company.in_target("items", inventoryNumber="GONE-404", description="Terug", itemClass="STOCK", vatCode="NL21")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_its_item_may_be_sold_again(company: Company) -> None:
    number = in_trouble(company, "inactive_item")
    company.run(only(number))
    company.in_target("items/OLD-1", status="Active")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_the_missing_setting_is_added(company: Company) -> None:
    number = in_trouble(company, "unknown_terms")
    company.run(only(number))
    company.decide(credit_terms={"default": "30"})
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_one_of_two_debtors_gets_another_email_address(company: Company) -> None:
    number = in_trouble(company, "two_debtors")
    company.run(only(number))
    second = next(one for one in company.state("vismanet", "customers") if one["name"].endswith("(2)"))
    company.in_target(f"customers/{second['number']}", mainContact={"email": "tweede@bekend.example"})
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_on_credit_hold_counts_as_sent_when_somebody_releases_it_and_is_never_released_by_us(
    company: Company,
) -> None:
    number = in_trouble(company, "credit_hold")
    company.run(only(number))
    order = company.by_marker()[number]
    company.in_target(f"customers/{order['customer']['id']}", status="Active")
    company.forget_requests()
    assert company.run(NOTHING_NEW).ended(number) == "parked(credit_hold)"
    assert company.writes() == Counter()
    company.in_target(f"orders/SO/{order['orderId']}", status="Open")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_somebody_corrects_its_total_in_the_target(company: Company) -> None:
    number = in_trouble(company, "credit_hold")
    company.run(only(number))
    order = company.by_marker()[number]
    company.in_target(f"orders/SO/{order['orderId']}", freight={"premiumAmount": Decimal("999.99")})
    assert company.run(NOTHING_NEW).ended(number) == "parked(total_mismatch)"
    company.in_target(f"orders/SO/{order['orderId']}", freight={"premiumAmount": Decimal(0)}, status="Open")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_waiting_orders_are_taken_up_by_runs_that_do_not_read_them(company: Company) -> None:
    number = in_trouble(company, "inactive_item")
    company.run()
    company.in_target("items/OLD-1", status="Active")
    ran = company.run(NOTHING_NEW)
    assert ran.ended(number) == "created"
    assert (ran.report.read, ran.report.taken_up) == (0, 10)
    assert ran.accounts_for_all


# What was sent stays sent


def test_a_sent_order_that_changes_is_reported_and_left_alone(untroubled: Company) -> None:
    untroubled.run(only("10002"))
    sent = untroubled.by_marker()
    untroubled.in_source("orders/10002", Rows=[{"ArticleNumber": "A-1001", "Quantity": 99}])
    ran = untroubled.run(only("10002"))
    assert ran.ended("10002") == "skipped(exists_changed)"
    assert untroubled.by_marker() == sent
    assert ran.report.problems == []


def test_a_sent_order_that_leaves_the_wanted_state_is_reported_with_its_state(company_with: CompanyWith) -> None:
    company = company_with("--orders", "40", "--no-trouble", send_when={"status": ["shipped"]})
    number = company.run().numbers("created")[0]
    company.in_source(f"orders/{number}", Status=2)
    outcome = company.run(only(number)).outcomes[number]
    assert (outcome.reason, "its status is now ongoing" in outcome.detail) == ("exists_changed", True)


# Which orders are sent


def test_only_orders_in_the_wanted_states_are_sent(company_with: CompanyWith) -> None:
    company = company_with("--orders", "40", "--no-trouble", send_when={"status": ["shipped"]})
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


def test_nothing_ordered_before_the_cut_off_date_is_sent(company_with: CompanyWith) -> None:
    cut_off = TODAY - timedelta(days=5)
    company = company_with("--orders", "40", "--no-trouble", cut_off_date=cut_off.isoformat())
    ran = company.run()
    days = {number: order["OrderDate"] for number, order in company.source_orders().items()}
    assert ran.numbers("created")
    assert min(days[number] for number in ran.numbers("created")) >= cut_off.isoformat()
    assert max(days[number] for number in ran.numbers("skipped(before_cut_off)")) < cut_off.isoformat()


def test_only_orders_whose_every_invoice_is_paid_are_sent(company_with: CompanyWith) -> None:
    company = company_with("--orders", "80", "--no-trouble", send_when={"paid": "paid"})
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


def test_an_old_order_is_sent_in_the_run_in_whose_window_it_is_paid(company_with: CompanyWith) -> None:
    company = company_with("--orders", "40", "--no-trouble", send_when={"paid": "paid"})
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
    assert ran.accounts_for_all


def test_single_orders_are_sent_by_number_whatever_their_window(untroubled: Company) -> None:
    ran = untroubled.run(only("10008", "10009", "99999", "geen"))
    assert set(ran.outcomes) == {"10008", "10009"}
    assert ran.accounts_for_all
    assert set(untroubled.by_marker()) == set(ran.numbers("created"))


# A dry run


def test_a_dry_run_changes_nothing_and_gives_the_verdicts_of_the_run_after_it(company: Company) -> None:
    before, links = company.everything(), company.links()
    dry = company.run(dry_run=True)
    assert company.everything() == before
    assert company.links() == links
    assert company.writes() == Counter()
    wet = company.run()
    # A credit hold shows only when an order is opened.
    expected = {
        number: "skipped(dry_run)" if ended in {"created", "parked(credit_hold)"} else ended
        for number, ended in wet.all_ended().items()
    }
    assert dry.all_ended() == expected
    would = {n: (dry.outcomes[n].total, dry.outcomes[n].vat) for n in wet.numbers("created")}
    assert would == {n: (wet.outcomes[n].total, wet.outcomes[n].vat) for n in wet.numbers("created")}
    assert dry.accounts_for_all


def test_a_dry_run_does_not_take_made_orders_further(company: Company) -> None:
    number = in_trouble(company, "credit_hold")
    company.run(only(number))
    order = company.by_marker()[number]
    company.in_target(f"customers/{order['customer']['id']}", status="Active")
    company.in_target(f"orders/SO/{order['orderId']}", status="Hold")
    before, links = company.everything(), company.links()
    company.forget_requests()
    assert company.run(only(number), dry_run=True).ended(number) == "skipped(dry_run)"
    assert company.everything() == before
    assert company.links() == links
    assert company.writes() == Counter()
    assert company.run(only(number)).ended(number) == "created"


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


# Records that are not as they should be


@pytest.mark.parametrize(
    "wrong",
    [
        {"CurrencyCode": None},
        {"CurrencyCode": 7},
        {"CustomerId": None},
        {"Status": 99},
        {"OrderDate": "someday"},
        {"Amount": "a lot"},
        {"IncludesVat": "perhaps"},
    ],
)
def test_a_malformed_order_is_rejected_alone_and_kept_as_it_came(wrong: dict[str, object], untroubled: Company) -> None:
    stored = untroubled.in_source("orders/10003", **wrong)
    ran = untroubled.run()
    assert ran.outcomes["10003"].state == "rejected"
    assert ran.outcomes["10003"].cure
    assert len(ran.numbers("created")) >= 4
    assert ran.accounts_for_all
    flow = untroubled.open_run("look").flow
    held = untroubled.ledger().held(flow, [stored["Id"]])[stored["Id"]]
    assert held.source is not None
    assert {name: held.source[name] for name in wrong} == wrong


@pytest.mark.parametrize("stamp", [None, "yesterday"])
def test_an_order_with_an_unreadable_stamp_does_not_stop_the_others(stamp: str | None, untroubled: Company) -> None:
    # The source finds such an order only where it cannot filter.
    untroubled.in_source("orders/10003", CreatedUtc=stamp)
    untroubled.in_source("switch", unfilterable=["orders.CreatedUtc", "orders.ModifiedUtc"])
    ran = untroubled.run()
    assert ran.outcomes["10003"].state == "rejected"
    assert len(ran.numbers("created")) == 11


def test_hostile_text_stays_text(untroubled: Company) -> None:
    texts = (
        "{{ settings.branch }} {% raw %} =source.Id ${7*7}",
        "'; DROP TABLE orders; --",
        "<script>alert('x')</script> & Zn. \u202e\u200f 🦁",
        '"},{"value":"x"',
    )
    rows = [{"ArticleNumber": "A-1001", "Text": text} for text in texts]
    untroubled.in_source("orders/10002", Rows=rows, YourReference=texts[0], BuyersOrderReference=texts[1][:20])
    untroubled.run(only("10002"))
    order = untroubled.by_marker()["10002"]
    lines = [line["description"] for line in order["lines"] if line["inventory"]["id"] == "A-1001"]
    assert lines == list(texts)
    assert order["description"] == texts[0]
    assert order["customer"]["order"] == texts[1][:20]


# The set-up


def test_a_number_too_long_for_hand_numbering_stops_the_flow(company_with: CompanyWith) -> None:
    company = company_with(
        *("--orders", "12", "--no-trouble", "--existing-orders", "0", "--numbering", "manual"),
        order={"numbering": "manual"},
        marker_prefix="NOORDERLICHT-",
    )
    assert isinstance(company.try_run().broke, ConfigurationError)
    assert company.by_marker() == {}


@pytest.mark.parametrize(("declared", "real"), [("manual", "auto"), ("automatic", "manual")])
def test_numbering_that_is_not_as_declared_stops_the_flow(declared: str, real: str, company_with: CompanyWith) -> None:
    company = company_with("--orders", "12", "--no-trouble", "--numbering", real, order={"numbering": declared})
    assert isinstance(company.try_run().broke, ConfigurationError)
    assert company.by_marker() == {}


def test_a_wrong_company_stops_the_flow_before_anything_is_written(company_with: CompanyWith) -> None:
    company = company_with("--orders", "12", "--no-trouble", "--wrong-company")
    ran = company.try_run()
    assert isinstance(ran.broke, ConfigurationError)
    assert company.writes() == Counter()
    assert ran.accounts_for_all


def utc(moment: object) -> str:
    """A moment as eAccounting writes it."""
    return str(moment).replace(" ", "T").replace("+00:00", "Z")
