"""Whatever becomes of an answer, an order to release, or the whole process: no invoice twice, none lost."""

from collections.abc import Callable

import pytest

from tests.flows.invoice_flow import INVOICE_WRITES, Standings, documents, dutch, run, standings
from tests.flows.running import Company, only

BEFORE_THE_EFFECT = ("refuse", "timeout_before", "429", "503")
AFTER_THE_EFFECT = ("timeout_after", "cut", "500_after")
AFTER_A_CREATION = (*AFTER_THE_EFFECT, "malformed")
WRITES = [*((write, "ours") for write in INVOICE_WRITES), ("invoice", "theirs"), ("credit note", "theirs")]


@pytest.mark.parametrize(("write", "whose"), WRITES)
def test_each_kind_of_failure_at_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, whose: str, invoices_with: Callable[[str], Company], invoices_undisturbed: Standings
) -> None:
    company = invoices_with(whose)
    kinds = (*BEFORE_THE_EFFECT, *(AFTER_A_CREATION if write in {"invoice", "credit note"} else AFTER_THE_EFFECT))
    for kind in kinds:
        company.fault(kind, **INVOICE_WRITES[write], retry_after=1)
    assert run(company).accounts_for_all
    last = run(company)
    assert company.faults_fired() == [1] * len(kinds)
    assert set(last.all_ended().values()) <= {"created", "skipped(exists)"}
    assert standings(company) == invoices_undisturbed
    assert company.mailed() == []


@pytest.mark.parametrize("whose", ["ours", "theirs"])
@pytest.mark.parametrize("write", ["invoice", "credit note"])
def test_a_request_that_lands_late_is_adopted(
    write: str, whose: str, invoices_with: Callable[[str], Company], invoices_undisturbed: Standings
) -> None:
    company = invoices_with(whose)
    company.fault("land_late", **INVOICE_WRITES[write], seconds=0.5)
    run(company)
    run(company)
    assert company.faults_fired() == [1]
    assert standings(company) == invoices_undisturbed


def test_a_version_that_moved_on_without_a_change_does_not_keep_an_invoice_from_its_release(
    invoices_with: Callable[[str], Company],
) -> None:
    company = invoices_with("ours")
    company.fault("stale_etag", **INVOICE_WRITES["taking off hold"])
    company.fault("stale_etag", **INVOICE_WRITES["release"])
    assert set(run(company).all_ended().values()) == {"created"}
    assert company.faults_fired() == [1, 1]


def test_an_invoice_that_somebody_changed_before_its_release_waits_until_it_is_right_again(
    invoices_with: Callable[[str], Company],
) -> None:
    company = invoices_with("ours")
    number = dutch(company)
    company.fault("503", **INVOICE_WRITES["taking off hold"], times=100)
    assert run(company, only(number)).ended(number) == "parked(not_sent_yet)"
    company.no_more_faults()
    line = documents(company)[number]["invoiceLines"][0]
    change = {"operation": "Update", "lineNumber": line["lineNumber"]}
    company.in_target(f"invoices/{number}", invoiceLines=[{**change, "discountAmountInCurrency": "1.00"}])
    assert run(company).ended(number) == "parked(total_mismatch)"
    assert documents(company)[number]["status"] == "Hold"
    right = line["discountAmountInCurrency"]
    company.in_target(f"invoices/{number}", invoiceLines=[{**change, "discountAmountInCurrency": right}])
    assert run(company).ended(number) == "created"


@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_an_invoice_on_hold_of_which_the_ledger_was_lost_waits_for_its_release_by_a_person(
    whose: str, invoices_with: Callable[[str], Company]
) -> None:
    company = invoices_with(whose)
    number = dutch(company)
    company.fault("503", **INVOICE_WRITES["taking off hold"], times=100)
    run(company, only(number))
    company.no_more_faults()
    company.lose_ledger()
    assert run(company, only(number)).ended(number) == "parked(exists_on_hold)"
    there = documents(company)[number]["referenceNumber"]
    company.in_target(f"invoices/{there}", hold=False)
    company.in_target(f"invoices/{there}/release")
    assert run(company, only(number)).ended(number) == "skipped(exists)"
