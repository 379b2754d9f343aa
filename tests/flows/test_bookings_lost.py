"""Journals and lost answers, refusals, killed processes and a lost ledger: no invoice is booked twice, none is lost."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from tests.flows.booked import (
    EVERY_SALE,
    FLOW,
    WRITES,
    book,
    booked,
    decide,
    invoices,
    journals,
    owed,
    vat_reported,
    vat_stated,
)
from tests.flows.running import IMPATIENT, NOTHING_NEW, Company, only
from tests.flows.test_kills import finished, killed_when, process
from visma_sync.sync.run import now

BEFORE_THE_EFFECT = ("refuse", "timeout_before", "429", "500", "502", "503", "expired_token")
AFTER_THE_EFFECT = ("timeout_after", "cut", "500_after", "malformed")


def forget_everything(company: Company, customer: str) -> None:
    """All that may be forgotten of anybody: a customer is erased, and everything is older than it is kept."""
    company.ledger().erase_person("customer", customer)
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        company.ledger().forget_older_than(30)


def all_is_booked_once(company: Company) -> bool:
    return booked(company) == owed(company) and vat_reported(company) == vat_stated(company)


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_a_journal_that_may_be_in_the_target_is_settled_whoever_is_forgotten(kind: str, shop: Company) -> None:
    shop.tries = 1
    for _ in range(len(invoices(shop))):
        shop.fault(kind, **WRITES["journal"])
    assert set(book(shop).all_ended().values()) == {"uncertain(answer_lost)"}
    forget_everything(shop, next(iter(invoices(shop).values()))["CustomerId"])
    shop.no_more_faults()
    shop.tries = 5
    book(shop)
    assert all_is_booked_once(shop)


@pytest.mark.parametrize("write", WRITES)
def test_each_kind_of_failure_at_a_write_leaves_nothing_twice_and_nothing_behind(write: str, shop: Company) -> None:
    kinds = (*BEFORE_THE_EFFECT, *AFTER_THE_EFFECT)
    for kind in kinds:
        shop.fault(kind, **WRITES[write], retry_after=1)
    assert set(book(shop).all_ended().values()) == {"created"}
    assert shop.faults_fired() == [1] * len(kinds)
    assert all_is_booked_once(shop)
    assert set(book(shop).all_ended().values()) == {"skipped(exists)"}


def test_a_journal_whose_answer_was_lost_is_made_again_as_it_was_whatever_is_invoiced_meanwhile(shop: Company) -> None:
    shop.tries = 1
    for _ in range(len(invoices(shop))):
        shop.fault("timeout_before", **WRITES["journal"])
    ended = Counter(book(shop).all_ended().values())
    assert ended == {"uncertain(answer_lost)": len(invoices(shop))}
    day = next(iter(invoices(shop).values()))["InvoiceDate"]
    late = str(shop.in_source("invoices", InvoiceDate=day)["InvoiceNumber"])
    shop.no_more_faults()
    # Other settings do not change what a journal was to hold.
    decide(shop, per="invoice", depth="everything")
    shop.tries = 5
    assert set(book(shop).all_ended().values()) == {"created"}
    assert all_is_booked_once(shop)
    assert sum(journal["description"] == late for journal in journals(shop)) == 1
    assert len(journals(shop)) < len(invoices(shop)) - 5


def test_a_lost_answer_of_one_invoice_asked_for_settles_all_invoices_of_its_journal(shop: Company) -> None:
    shop.tries = 1
    for _ in range(len(invoices(shop))):
        shop.fault("timeout_after", **WRITES["journal"])
    book(shop)
    shop.no_more_faults()
    shop.tries = 5
    number = max(invoices(shop))
    assert book(shop, only(number)).all_ended() == {number: "created"}
    journal = next(one for one in journals(shop) if number in str(one["journalTransactionLines"]))
    assert journal["status"] == "Posted"
    ended = book(shop).all_ended()
    assert set(ended.values()) <= {"created", "skipped(exists)"}
    assert all_is_booked_once(shop)


def test_a_request_that_lands_late_is_adopted(shop: Company) -> None:
    shop.fault("land_late", **WRITES["journal"], seconds=0.3)
    assert set(book(shop).all_ended().values()) == {"created"}
    assert all_is_booked_once(shop)


def test_a_refused_journal_is_tried_again_with_each_invoice_alone(shop: Company, tmp_path: Path) -> None:
    wrong = next(number for number in invoices(shop) if number in owed(shop))
    account = f"='4711' if row.reference == '{wrong}' else row.account"
    overlay = tmp_path / "wrong_account.yaml"
    overlay.write_text(f"write: {{journal: {{journalTransactionLines: {{give: {{accountNumber: {account!r}}}}}}}}}")
    shop.decide(send_sales_as=EVERY_SALE, mapping_overlays={FLOW: [str(overlay)]}, **IMPATIENT)
    first = book(shop)
    assert wrong in first.numbers("parked(refused_together)")
    assert "in a journal of its own" in first.outcomes[wrong].cure
    second = book(shop, NOTHING_NEW)
    assert second.numbers("rejected(reference_not_found)") == [wrong]
    assert set(second.all_ended().values()) == {"created", "rejected(reference_not_found)"}
    assert booked(shop) == {number: one for number, one in owed(shop).items() if number != wrong}
    assert book(shop, NOTHING_NEW).all_ended() == {}


def test_journals_are_found_again_after_the_ledger_was_lost(shop: Company) -> None:
    book(shop)
    before = journals(shop)
    shop.lose_ledger()
    late = str(shop.in_source("invoices")["InvoiceNumber"])
    ended = book(shop).all_ended()
    assert ended.pop(late) == "created"
    assert set(ended.values()) == {"skipped(exists)"}
    assert journals(shop)[: len(before)] == before
    assert all_is_booked_once(shop)


def test_a_journal_that_was_not_released_when_the_ledger_was_lost_waits_for_a_person(shop: Company) -> None:
    shop.tries = 1
    for _ in range(len(invoices(shop))):
        shop.fault("503", **WRITES["release"])
    book(shop)
    shop.no_more_faults()
    shop.lose_ledger()
    assert "parked(exists_on_hold)" in set(book(shop).all_ended().values())
    assert booked(shop) == owed(shop)


@pytest.mark.parametrize("write", WRITES)
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, shop: Company
) -> None:
    decided: dict[str, Any] = {"send_sales_as": EVERY_SALE}
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        shop.no_more_faults()
        shop.fault(kind, **WRITES[write])
        killed_when(shop, name, "automatic", lambda: shop.faults_fired() == [1], FLOW, **decided)
    ended = finished(shop, "third", "automatic", FLOW, **decided)
    assert set(ended.values()) <= {"created", "skipped(exists)"}
    assert all_is_booked_once(shop)


def test_two_processes_at_the_same_time_leave_nothing_twice_and_nothing_behind(shop: Company) -> None:
    shop.ledger()
    decided: dict[str, Any] = {"send_sales_as": EVERY_SALE}
    first = process(shop, "first", "automatic", FLOW, **decided)
    with first as one, process(shop, "second", "automatic", FLOW, **decided) as other:
        one.communicate(timeout=60)
        other.communicate(timeout=60)
    finished(shop, "third", "automatic", FLOW, **decided)
    assert all_is_booked_once(shop)
