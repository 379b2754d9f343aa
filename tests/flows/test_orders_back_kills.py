"""A process that is killed between Visma.net and eAccounting leaves no order twice and none behind."""

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_back_flow import FLOW, WRITES, refuse_difference, sales, selling
from tests.flows.test_kills import finished, killed_when, process


@pytest.mark.parametrize("write", ["order", "confirming"])
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, company_with: CompanyWith
) -> None:
    company = selling(company_with)
    numbers = sales(company, 4)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **WRITES[write])
        killed_when(company, name, "automatic", lambda: company.faults_fired() == [1], FLOW)
    finished(company, "third", "automatic", FLOW)
    refuse_difference(company, *numbers)


def test_two_processes_at_the_same_time_make_each_order_once(company_with: CompanyWith) -> None:
    company = selling(company_with)
    numbers = sales(company, 6)
    company.ledger()
    with process(company, "first", "automatic", FLOW) as one, process(company, "second", "automatic", FLOW) as other:
        one.communicate(timeout=60)
        other.communicate(timeout=60)
    finished(company, "third", "automatic", FLOW)
    refuse_difference(company, *numbers)
