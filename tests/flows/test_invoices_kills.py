"""A process that is killed while it sends invoices leaves none twice and none behind for the next one."""

from collections.abc import Callable

import pytest

from tests.flows.conftest import BOOKED, CompanyWith
from tests.flows.invoice_flow import AS_INVOICES, FLOW, INVOICE_WRITES, NUMBERS, Standings, documents, standings
from tests.flows.running import IMPATIENT, Company
from tests.flows.test_invoices_lost import WRITES
from tests.flows.test_kills import finished, killed_when


@pytest.mark.parametrize(("write", "whose"), WRITES)
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, whose: str, invoices_with: Callable[[str], Company], invoices_undisturbed: Standings
) -> None:
    company = invoices_with(whose)
    decided = {**AS_INVOICES, **NUMBERS[whose]}
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **INVOICE_WRITES[write])
        killed_when(company, name, "automatic", lambda: company.faults_fired() == [1], FLOW, **decided)
    ended = finished(company, "third", "automatic", FLOW, **decided)
    assert standings(company) == invoices_undisturbed
    assert set(ended.values()) <= {"created", "skipped(exists)"}
    assert company.mailed() == []


def test_a_process_killed_with_many_writes_on_their_way_leaves_nothing_twice_and_nothing_behind(
    company_with: CompanyWith, invoices_undisturbed: Standings
) -> None:
    company = company_with(*BOOKED, "--latency-ms", "20", **AS_INVOICES, **IMPATIENT)
    killed_when(company, "first", "automatic", lambda: len(documents(company)) >= 3, FLOW, **AS_INVOICES)
    killed_when(
        company,
        "second",
        "automatic",
        lambda: sum(one[1] in {"Open", "Closed"} for one in standings(company).values()) >= 4,
        FLOW,
        **AS_INVOICES,
    )
    finished(company, "third", "automatic", FLOW, **AS_INVOICES)
    assert standings(company) == invoices_undisturbed
