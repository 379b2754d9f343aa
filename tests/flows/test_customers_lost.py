"""Lost answers, refusals and killed processes in the customer flow: nothing twice, nothing lost, nothing outdated."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.flows.conftest import TWELVE, Holdings
from tests.flows.customer_flow import FLOW, TODAYS, customers, one_made, run
from tests.flows.running import IMPATIENT, NOTHING_NEW, Company, demo_settings, only
from tests.flows.shop import WRITES, Stored
from tests.flows.test_customers import made, newcomers, ordered_by
from tests.flows.test_faults import FAULTS_OF_WRITES
from tests.flows.test_kills import finished, killed_when
from visma_sync.systems.vismanet.answers.customers import TargetCustomer
from visma_sync.systems.vismanet.client import VismaNetClient


@pytest.fixture(scope="module")
def all_there(started: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Holdings:
    """What the target holds after a run in which nothing goes wrong."""
    url = started(*TWELVE, "--numbering", "auto")
    ledger_file = tmp_path_factory.mktemp("all_there") / "ledger.sqlite"
    company = Company(url, ledger_file, demo_settings(**IMPATIENT))
    company.reset()
    run(company)
    return company.holdings()


def moved(company: Company) -> dict[str, str]:
    """Make all customers, then move three of them in the source; gives their new towns by number."""
    run(company)
    towns = dict(zip(sorted(made(company))[:3], ("Assen", "Emmen", "Meppel"), strict=True))
    for number, town in towns.items():
        company.in_source(f"customers/{number}", InvoiceCity=town)
    return towns


def towns_of(company: Company, numbers: dict[str, str]) -> dict[str, str]:
    """In which towns these customers are in the target."""
    debtors: dict[str, Stored] = made(company)
    return {number: debtors[number]["mainAddress"]["city"] for number in numbers}


@pytest.mark.parametrize("write", ["customer", "contact"])
def test_each_kind_of_failure_at_a_new_record_leaves_nothing_twice_and_nothing_behind(
    write: str, untroubled: Company, all_there: Holdings
) -> None:
    kinds = (*FAULTS_OF_WRITES, "land_late")
    for kind in kinds:
        untroubled.fault(kind, **WRITES[write], retry_after=1, seconds=0.3)
    ran = run(untroubled)
    assert untroubled.faults_fired() == [1] * len(kinds)
    assert not ran.report.problems
    run(untroubled)
    assert untroubled.holdings() == all_there
    assert untroubled.mailed() == []


@pytest.mark.parametrize("kind", [*FAULTS_OF_WRITES, "stale_etag"])
def test_each_kind_of_failure_at_a_change_leaves_the_new_data_and_says_that_it_was_updated(
    kind: str, untroubled: Company
) -> None:
    number, _ = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen")
    untroubled.fault(kind, **WRITES["change"], retry_after=1)
    ran = run(untroubled, only(number))
    assert untroubled.faults_fired() == [1]
    assert ran.ended(number) == "updated"
    assert made(untroubled)[number]["mainAddress"]["city"] == "Assen"
    assert run(untroubled, only(number)).ended(number) == "unchanged"


@pytest.mark.parametrize("town", ["Emmen", "where it was"])
def test_a_change_whose_answer_was_lost_is_not_taken_for_somebody_elses(town: str, untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    town = customers(untroubled)[number]["InvoiceCity"] if town == "where it was" else town
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen")
    untroubled.fault("timeout_after", **WRITES["change"])
    untroubled.tries = 1
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    assert made(untroubled)[number]["mainAddress"]["city"] == "Assen"
    untroubled.in_source(f"customers/{number}", InvoiceCity=town)
    assert run(untroubled, TODAYS).ended(number) == "updated"
    assert made(untroubled)[number]["mainAddress"]["city"] == town


@pytest.mark.parametrize(
    ("fault", "ended"),
    [("timeout_after", "unchanged(found_by_marker)"), ("timeout_before", "skipped(not_wanted_any_more)")],
)
def test_a_customer_whose_answer_was_lost_is_looked_for_and_not_made_although_a_filter_leaves_it_out_by_now(
    fault: str, ended: str, untroubled: Company
) -> None:
    number = newcomers(untroubled, private=False)[0]["CustomerNumber"]
    untroubled.tries = 1
    untroubled.fault(fault, **WRITES["customer"])
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    untroubled.tries = 5
    untroubled.decide(filters={FLOW: ["=customer.currency == 'XXX'"]}, **IMPATIENT)
    assert run(untroubled, NOTHING_NEW).ended(number) == ended
    assert (number in made(untroubled)) == (fault == "timeout_after")
    assert number not in run(untroubled, NOTHING_NEW).outcomes


def test_a_customer_whose_answer_was_lost_is_ours_although_somebody_changed_its_email_address(
    untroubled: Company,
) -> None:
    number = newcomers(untroubled, private=True)[0]["CustomerNumber"]
    untroubled.tries = 1
    untroubled.fault("timeout_after", **WRITES["customer"])
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    debtor = made(untroubled)[number]["number"]
    untroubled.in_target(f"customers/{debtor}", mainContact={"email": "ander@adres.example"})
    assert run(untroubled, only(number)).ended(number) == "unchanged(found_by_marker)"
    assert made(untroubled)[number]["number"] == debtor


class SomebodyElse(VismaNetClient):
    """Changes the telephone number of a customer by hand after it was read and before it is changed, once."""

    company: Company
    phone: str

    async def update_customer(self, number: str, body: dict[str, Any], version: str) -> None:
        """Let somebody be first."""
        phone, type(self).phone = self.phone, ""
        if phone:
            self.company.in_target(f"customers/{number}", mainContact={"phone1": phone})
        await super().update_customer(number, body, version)


def test_somebody_who_changes_a_customer_at_the_same_time_is_not_overwritten(untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen", Telephone="+31 592 000000")
    meanwhile = {"company": untroubled, "phone": "+31 20 1234567"}
    untroubled.target_client = type("SomebodyElse", (SomebodyElse,), meanwhile)
    ran = run(untroubled, only(number))
    after = made(untroubled)[number]
    assert (after["mainAddress"]["city"], after["mainContact"]["phone1"]) == ("Assen", "+31 20 1234567")
    assert "mainContact.phone1" in ran.outcomes[number].detail


class RunInBetween(VismaNetClient):
    """Lets a run happen before or after a customer is read, once."""

    happens: Callable[[], object] | None = None
    after: bool = False

    async def customer(self, number: str) -> TargetCustomer | None:
        """The customer as it is then."""
        happens, type(self).happens = type(self).happens, None
        if happens is not None and not self.after:
            await asyncio.to_thread(happens)
        read = await super().customer(number)
        if happens is not None and self.after:
            await asyncio.to_thread(happens)
        return read


@pytest.mark.parametrize("after", [False, True])
def test_an_order_that_brought_later_data_meanwhile_is_not_undone_by_what_was_read_before(
    after: bool, untroubled: Company
) -> None:
    number, _ = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen", Telephone="+31 592 000000")
    beside = replace(untroubled, runs=100)

    def ordered_after_moving_on() -> None:
        untroubled.in_source(f"customers/{number}", InvoiceCity="Emmen")
        order = ordered_by(untroubled, {"CustomerNumber": number})
        assert beside.run(only(order)).customers[number].state == "updated"

    meanwhile = {"happens": staticmethod(ordered_after_moving_on), "after": after}
    untroubled.target_client = type("OrderInBetween", (RunInBetween,), meanwhile)
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "unchanged"
    assert ran.outcomes[number].detail == "another run had a later version of it in hand"
    there = made(untroubled)[number]
    assert (there["mainAddress"]["city"], there["mainContact"]["phone1"]) == ("Emmen", "+31 592 000000")
    untroubled.forget_requests()
    assert run(untroubled, only(number)).outcomes[number].detail == ""
    assert not untroubled.writes()


def test_later_data_whose_answer_was_lost_is_not_undone_by_what_was_read_before(untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen")
    beside = replace(untroubled, runs=100, tries=1)

    def ordered_after_moving_on() -> None:
        untroubled.in_source(f"customers/{number}", InvoiceCity="Emmen")
        untroubled.fault("timeout_after", **WRITES["change"])
        order = ordered_by(untroubled, {"CustomerNumber": number})
        assert beside.run(only(order)).customers[number].state == "uncertain"

    meanwhile = {"happens": staticmethod(ordered_after_moving_on), "after": True}
    untroubled.target_client = type("OrderInBetween", (RunInBetween,), meanwhile)
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert made(untroubled)[number]["mainAddress"]["city"] == "Emmen"
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert made(untroubled)[number]["mainAddress"]["city"] == "Emmen"


@pytest.mark.parametrize("write", ["customer", "contact"])
def test_a_process_killed_before_and_after_the_effect_of_a_new_record_leaves_nothing_twice_and_nothing_behind(
    write: str, untroubled: Company, all_there: Holdings
) -> None:
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        untroubled.no_more_faults()
        untroubled.fault(kind, **WRITES[write])
        killed_when(untroubled, name, "automatic", lambda: untroubled.faults_fired() == [1], FLOW)
    ended = finished(untroubled, "third", "automatic", FLOW)
    assert untroubled.holdings() == all_there
    assert not {one for one in ended.values() if one.startswith(("uncertain", "rejected"))}


def test_a_process_killed_before_and_after_a_change_leaves_the_new_data(untroubled: Company) -> None:
    towns = moved(untroubled)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        untroubled.no_more_faults()
        untroubled.fault(kind, **WRITES["change"])
        killed_when(untroubled, name, "automatic", lambda: untroubled.faults_fired() == [1], FLOW)
    ended = finished(untroubled, "third", "automatic", FLOW)
    assert towns_of(untroubled, towns) == towns
    assert {ended[number] for number in towns} <= {"updated", "unchanged"}
    untroubled.forget_requests()
    finished(untroubled, "fourth", "automatic", FLOW)
    assert not untroubled.writes()


def test_a_process_killed_with_many_customers_on_their_way_leaves_nothing_twice_and_nothing_behind(
    untroubled: Company, all_there: Holdings
) -> None:
    def debtors() -> int:
        return len(untroubled.state("vismanet", "customers"))

    before = debtors()
    killed_when(untroubled, "first", "automatic", lambda: debtors() >= before + 5, FLOW)
    killed_when(untroubled, "second", "automatic", lambda: debtors() >= before + 12, FLOW)
    finished(untroubled, "third", "automatic", FLOW)
    assert untroubled.holdings() == all_there


def test_customers_whose_answers_were_lost_are_found_although_the_ledger_is_lost_too(
    untroubled: Company, all_there: Holdings
) -> None:
    untroubled.fault("timeout_after", **WRITES["customer"], times=3)
    untroubled.tries = 1
    assert len(run(untroubled).report.problems) == 3
    untroubled.lose_ledger()
    untroubled.tries = 5
    run(untroubled)
    assert untroubled.holdings() == all_there
