"""Whatever fails: no payment twice, none lost."""

from decimal import Decimal

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.payment_flow import (
    NO_INVOICES,
    WRITES,
    billed,
    booked,
    paid,
    pay,
    payments,
    refuse_differences,
    run,
)
from tests.flows.running import IMPATIENT, NOTHING_NEW, TRIES, Company
from tests.flows.test_faults import FAULTS_OF_WRITES

D = Decimal
FAILED_READS = ("timeout_before", "503", "cut")
READS = {
    "one invoice of the source": "/eaccounting/v2/customerinvoices/",
    "invoices of the target": "/vismanet/v1/customerinvoice$",
    "payments of the target": "/vismanet/v1/customerPayment$",
}


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies without any invoice; quick to give up, and quick to look again."""
    return company_with(*NO_INVOICES, **IMPATIENT)


@pytest.mark.parametrize("write", WRITES)
def test_every_failure_at_every_write_leaves_nothing_twice_and_nothing_behind(write: str, company: Company) -> None:
    kinds = (*FAULTS_OF_WRITES, "stale_etag") if write == "release" else FAULTS_OF_WRITES
    invoices = paid(company, len(kinds))
    for kind in kinds:
        company.fault(kind, **WRITES[write], retry_after=1)
    first = run(company)
    assert company.faults_fired() == [1] * len(kinds)
    assert set(first.all_ended().values()) == {"created"}
    refuse_differences(company, *invoices)
    company.forget_requests()
    assert set(run(company).all_ended().values()) == {"skipped(exists)"}
    assert not company.writes()


@pytest.mark.parametrize("read", READS)
def test_failures_at_a_read_are_waited_out(read: str, company: Company) -> None:
    invoices = paid(company, 3)
    for kind in FAILED_READS:
        company.fault(kind, method="GET", path=READS[read], retry_after=1)
    assert set(run(company).all_ended().values()) == {"created"}
    assert company.faults_fired() == [1] * len(FAILED_READS)
    refuse_differences(company, *invoices)


@pytest.mark.parametrize("write", WRITES)
def test_a_request_that_lands_after_we_gave_up_is_found(write: str, company: Company) -> None:
    invoices = paid(company, 2)
    company.fault("land_late", **WRITES[write], seconds=0.5)
    assert set(run(company).all_ended().values()) == {"created"}
    assert company.faults_fired() == [1]
    refuse_differences(company, *invoices)


def test_a_further_payment_waits_until_it_is_known_whether_the_earlier_one_arrived(company: Company) -> None:
    """The rest is never counted from a target in which the first part may still land."""
    company.decide(**{**IMPATIENT, "uncertain_wait_seconds": 30})
    company.tries = 1
    invoice = billed(company)
    pay(company, invoice, amount=D(10))
    company.fault("timeout_before", **WRITES["payment"])
    assert run(company).all_ended() == {invoice.number: "uncertain(answer_lost)"}
    pay(company, invoice)
    ended = run(company).all_ended()
    assert sorted(ended.values()) == ["parked(another_on_its_way)", "uncertain(answer_lost)"]
    assert payments(company) == []
    company.decide(**IMPATIENT)
    company.tries = TRIES
    for _ in range(2):
        run(company, NOTHING_NEW)
    refuse_differences(company, invoice)
    assert sorted(amount for amount, _ in booked(company).values()) == [D(10), invoice.total - 10]
