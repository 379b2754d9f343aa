"""A process that is killed while it takes orders further leaves no step twice and none behind."""

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_status_flow import (
    ACTIONS,
    EVERYTHING_ON,
    FLOW,
    GOODS,
    charged,
    refuse_anything_twice_or_missing,
)
from tests.flows.test_kills import finished, killed_when, process


@pytest.mark.parametrize("write", ["opening", "shipping", "invoicing", "note"])
def test_a_process_killed_before_and_after_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, company_with: CompanyWith
) -> None:
    company = charged(company_with, GOODS)
    decided = {"mirror": {"order_status": EVERYTHING_ON}}
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **ACTIONS[write])
        killed_when(company, name, "automatic", lambda: company.faults_fired() == [1], FLOW, **decided)
    finished(company, "third", "automatic", FLOW, **decided)
    refuse_anything_twice_or_missing(company, GOODS)


def test_two_processes_at_the_same_time_invoice_an_order_once(company_with: CompanyWith) -> None:
    company = charged(company_with, GOODS)
    decided = {"mirror": {"order_status": EVERYTHING_ON}}
    with (
        process(company, "first", "automatic", FLOW, **decided) as one,
        process(company, "second", "automatic", FLOW, **decided) as other,
    ):
        one.communicate(timeout=60)
        other.communicate(timeout=60)
    finished(company, "third", "automatic", FLOW, **decided)
    refuse_anything_twice_or_missing(company, GOODS)
