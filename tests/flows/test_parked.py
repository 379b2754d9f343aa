"""What cannot be sent waits with a reason, and goes on by itself when the cause is gone."""

from collections import Counter
from decimal import Decimal

from tests.flows.running import NOTHING_NEW, Company, only
from visma_sync.errors import RetryableError

# Parked


def test_an_order_goes_on_when_its_article_appears(company: Company) -> None:
    number = company.in_trouble("unknown_article")
    company.run(only(number))
    company.in_target("items", inventoryNumber="GONE-404", description="Terug", itemClass="STOCK", vatCode="NL21")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_its_item_may_be_sold_again(company: Company) -> None:
    number = company.in_trouble("inactive_item")
    company.run(only(number))
    company.in_target("items/OLD-1", status="Active")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_the_missing_setting_is_added(company: Company) -> None:
    number = company.in_trouble("unknown_terms")
    company.run(only(number))
    company.decide(credit_terms={"default": "30"})
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_one_of_two_debtors_gets_another_email_address(company: Company) -> None:
    number = company.in_trouble("two_debtors")
    company.run(only(number))
    second = next(one for one in company.state("vismanet", "customers") if one["name"].endswith("(2)"))
    company.in_target(f"customers/{second['number']}", mainContact={"email": "tweede@bekend.example"})
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_on_credit_hold_counts_as_sent_when_somebody_releases_it_and_is_never_released_by_us(
    company: Company,
) -> None:
    number = company.in_trouble("credit_hold")
    company.run(only(number))
    order = company.by_marker()[number]
    company.in_target(f"customers/{order['customer']['id']}", status="Active")
    company.forget_requests()
    assert company.run(NOTHING_NEW).ended(number) == "parked(credit_hold)"
    assert company.writes() == Counter()
    company.in_target(f"orders/SO/{order['orderId']}", status="Open")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_somebody_corrects_its_total_in_the_target(company: Company) -> None:
    number = company.in_trouble("credit_hold")
    company.run(only(number))
    order = company.by_marker()[number]
    company.in_target(f"orders/SO/{order['orderId']}", freight={"premiumAmount": Decimal("999.99")})
    assert company.run(NOTHING_NEW).ended(number) == "parked(total_mismatch)"
    company.in_target(f"orders/SO/{order['orderId']}", freight={"premiumAmount": Decimal(0)}, status="Open")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_waiting_orders_are_taken_up_by_runs_that_do_not_read_them(company: Company) -> None:
    number = company.in_trouble("inactive_item")
    company.run()
    company.in_target("items/OLD-1", status="Active")
    ran = company.run(NOTHING_NEW)
    assert ran.ended(number) == "created"
    assert (ran.report.read, ran.report.taken_up) == (0, 10)


# Rejected


def test_a_rejected_order_is_news_once_and_is_read_again_when_it_was_corrected(company: Company) -> None:
    number = company.in_trouble("malformed")
    assert len(company.run().report.problems) == 1
    second = company.run()
    assert second.ended(number) == "skipped(rejected_before)"
    assert second.report.problems == []
    company.in_source(f"orders/{number}", Rows=[{"ArticleNumber": "A-1001", "Quantity": 2}])
    assert company.run().ended(number) == "created"


def test_a_rejected_order_is_tried_again_when_the_settings_change_or_somebody_asks_for_it(company: Company) -> None:
    number = company.in_trouble("malformed")
    company.run(only(number))
    assert company.run(NOTHING_NEW).outcomes == {}
    assert company.run(only(number)).ended(number) == "rejected(rows_do_not_add_up)"
    company.decide(marker_prefix="NH-")
    assert company.run(NOTHING_NEW).ended(number) == "rejected(rows_do_not_add_up)"


def test_a_new_rejection_stays_news_when_the_reading_has_to_be_repeated(company: Company) -> None:
    number = company.in_trouble("malformed")
    company.decide(send_when={"paid": "paid"})
    company.in_source(f"orders/{number}", Amount="a lot")
    company.fault("503", path="/customerinvoices", times=3)
    ran = company.run()
    assert company.faults_fired() == [3]
    assert ran.outcomes[number].state == "rejected"
    assert len(ran.report.problems) == 1


def test_a_run_that_fails_while_it_reads_accounts_for_what_it_had_read(company: Company) -> None:
    company.decide(send_when={"paid": "paid"})
    company.fault("503", path="/customerinvoices", times=99)
    company.tries = 1
    ran = company.try_run()
    assert isinstance(ran.broke, RetryableError)
    assert ran.report.read == 40
    company.no_more_faults()
    assert company.run().accounts_for_all
