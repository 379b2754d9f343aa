"""Wherever the process dies: no payment twice, none lost."""

from collections.abc import Callable

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.payment_flow import FLOW, NO_INVOICES, WRITES, booked, link, paid, payments, refuse_differences, run
from tests.flows.running import IMPATIENT, Company
from tests.flows.test_kills import finished, killed_when


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies without any invoice; quick to give up, and quick to look again."""
    return company_with(*NO_INVOICES, **IMPATIENT)


@pytest.mark.parametrize("write", WRITES)
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, company: Company
) -> None:
    invoices = paid(company, 4)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **WRITES[write])
        killed_when(company, name, "automatic", lambda: company.faults_fired() == [1], FLOW)
    ended = finished(company, "third", "automatic", FLOW)
    assert set(ended.values()) <= {"created", "skipped(exists)"}
    assert len(ended) == len(invoices)
    refuse_differences(company, *invoices)


def test_a_process_killed_with_many_writes_on_their_way_leaves_nothing_twice_and_nothing_behind(
    company_with: CompanyWith,
) -> None:
    company = company_with(*NO_INVOICES, "--latency-ms", "20")
    invoices = paid(company, 24)

    def there(count: int) -> Callable[[], bool]:
        return lambda: len(payments(company)) >= count

    killed_when(company, "first", "automatic", there(3), FLOW)
    killed_when(company, "second", "automatic", there(20), FLOW)
    finished(company, "third", "automatic", FLOW)
    refuse_differences(company, *invoices)
    assert len(booked(company)) == len(invoices)


def test_a_ledger_lost_between_making_and_release_leaves_a_payment_that_a_person_releases(company: Company) -> None:
    (invoice,) = paid(company, 1)
    company.fault("timeout_before", **WRITES["release"])
    killed_when(company, "first", "automatic", lambda: company.faults_fired() == [1], FLOW)
    company.no_more_faults()
    company.lose_ledger()
    link(company, invoice)
    assert run(company).all_ended() == {invoice.number: "parked(exists_on_hold)"}
    assert {state for _, state in booked(company).values()} == {"Balanced"}
