"""Lost answers, killed processes and a lost ledger: no customer is in eAccounting twice, and none is forgotten."""

import time

import pytest

from tests.flows.customers_back import (
    ADDRESS,
    FLOW,
    FORWARD,
    POSTED,
    PUT,
    edited,
    edited_there,
    entered,
    link_of,
    named,
    person,
    run,
    there,
)
from tests.flows.running import IMPATIENT, NOTHING_NEW, Company, only
from tests.flows.test_faults import FAULTS_OF_WRITES
from tests.flows.test_kills import finished, killed_when

LANDS_AFTER_SECONDS = 0.8
NAMES = ("Anke Smit", "Bea Visser", "Cor Bakker", "Dirk Postma", "Els Hoekstra", "Frits Jansen")


def six(company: Company) -> dict[str, str]:
    """Enter six private persons in Visma.net, every other one without e-mail; gives their numbers by name."""
    nobody = {"mainContact": {"email": None}}
    return {name: person(company, name, **(nobody if place % 2 else {})) for place, name in enumerate(NAMES)}


def each_once(company: Company, names: dict[str, str]) -> bool:
    """Whether each of these is in eAccounting exactly once, and linked."""
    return all(
        [one["Id"] for one in named(company, name)] == [there(company, number)["Id"]] for name, number in names.items()
    )


def test_each_kind_of_failure_at_a_new_customer_leaves_none_twice_and_none_behind(untroubled: Company) -> None:
    names = six(untroubled)
    kinds = (*FAULTS_OF_WRITES, "land_late")
    for kind in kinds:
        untroubled.fault(kind, **POSTED, retry_after=1, seconds=0.3)
    ran = run(untroubled)
    run(untroubled)
    assert sum(untroubled.faults_fired()) >= len(NAMES)
    assert not ran.report.problems
    assert each_once(untroubled, names)
    assert untroubled.mailed() == []


def test_an_edit_made_while_the_answer_was_lost_arrives_with_the_adoption(untroubled: Company) -> None:
    number = entered(untroubled)
    untroubled.tries = 1
    untroubled.fault("timeout_after", **POSTED)
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    edited(untroubled, number, mainAddress={"city": "Assen"}, mainContact={"phone1": "0592-1"})
    assert run(untroubled).ended(number) == "created"
    assert (there(untroubled, number)["InvoiceCity"], there(untroubled, number)["Telephone"]) == ("Assen", "0592-1")


@pytest.mark.parametrize("kind", [*FAULTS_OF_WRITES, "land_late"])
def test_each_kind_of_failure_at_one_new_customer_that_nothing_but_its_address_tells_apart(
    kind: str, untroubled: Company
) -> None:
    number = person(untroubled, "Bea Visser", mainContact={"email": None})
    untroubled.fault(kind, **POSTED, retry_after=1, seconds=0.3)
    run(untroubled, only(number))
    assert untroubled.faults_fired() == [1]
    assert each_once(untroubled, {"Bea Visser": number})
    assert run(untroubled, only(number)).ended(number) == "unchanged"


@pytest.mark.parametrize("kind", [*FAULTS_OF_WRITES, "land_late"])
def test_each_kind_of_failure_at_a_change_leaves_the_new_data(kind: str, untroubled: Company) -> None:
    number = entered(untroubled)
    run(untroubled, only(number))
    edited(untroubled, number, mainAddress={"city": "Assen"})
    untroubled.fault(kind, **PUT, retry_after=1, seconds=0.3)
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert untroubled.faults_fired() == [1]
    assert there(untroubled, number)["InvoiceCity"] == "Assen"
    assert run(untroubled, only(number)).ended(number) == "unchanged"


def test_a_change_that_lands_late_does_not_undo_a_later_one(untroubled: Company) -> None:
    number = entered(untroubled)
    run(untroubled, only(number))
    edited(untroubled, number, mainAddress={"city": "Assen"})
    untroubled.tries = 1
    untroubled.fault("land_late", **PUT, seconds=LANDS_AFTER_SECONDS)
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    edited(untroubled, number, mainAddress={"city": "Emmen"})
    assert run(untroubled, only(number)).outcomes[number].state in {"uncertain", "updated"}
    untroubled.tries = 5
    assert run(untroubled, only(number)).ended(number) in {"updated", "unchanged"}
    time.sleep(LANDS_AFTER_SECONDS)
    assert there(untroubled, number)["InvoiceCity"] == "Emmen"


def test_a_change_whose_answer_was_lost_is_not_taken_for_somebody_elses(untroubled: Company) -> None:
    number = entered(untroubled)
    run(untroubled, only(number))
    edited(untroubled, number, mainAddress={"city": "Assen"})
    untroubled.tries = 1
    untroubled.fault("timeout_after", **PUT)
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    untroubled.tries = 5
    edited(untroubled, number, mainAddress={"city": "Emmen"})
    ran = run(untroubled, only(number))
    assert (ran.ended(number), ran.outcomes[number].detail) == ("updated", "")
    assert there(untroubled, number)["InvoiceCity"] == "Emmen"


@pytest.mark.parametrize(
    ("kind", "ended"), [("timeout_after", "created"), ("timeout_before", "skipped(not_wanted_any_more)")]
)
def test_a_customer_whose_answer_was_lost_is_only_looked_for_where_a_filter_leaves_it_out_by_now(
    kind: str, ended: str, untroubled: Company
) -> None:
    number = entered(untroubled)
    untroubled.tries = 1
    untroubled.fault(kind, **POSTED)
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    untroubled.tries = 5
    untroubled.decide(filters={FLOW: ["=customer.currency == 'XXX'"]}, **IMPATIENT)
    assert run(untroubled, NOTHING_NEW).ended(number) == ended
    assert len(named(untroubled, "Bakkerij Noord B.V.")) == (1 if kind == "timeout_after" else 0)


def test_a_customer_whose_answer_was_lost_is_ours_although_somebody_changed_it_meanwhile(untroubled: Company) -> None:
    number = entered(untroubled)
    untroubled.tries = 1
    untroubled.fault("timeout_after", **POSTED)
    run(untroubled, only(number))
    (made,) = named(untroubled, "Bakkerij Noord B.V.")
    untroubled.in_source(f"customers/{made['Id']}", InvoiceCity="Assen")
    untroubled.tries = 5
    assert run(untroubled).ended(number) == "created"
    assert there(untroubled, number)["Id"] == made["Id"]
    assert there(untroubled, number)["InvoiceCity"] == "Assen"


def test_a_customer_whose_answer_was_lost_is_not_taken_for_a_new_one_by_the_other_direction(
    untroubled: Company,
) -> None:
    number = person(untroubled, "Bea Visser", mainContact={"email": None})
    untroubled.tries = 1
    untroubled.fault("timeout_after", **POSTED)
    assert run(untroubled, only(number)).ended(number) == "uncertain(answer_lost)"
    (made,) = named(untroubled, "Bea Visser")
    asked = only(made["CustomerNumber"])
    assert untroubled.run(asked, flow=FORWARD).ended(made["CustomerNumber"]) == "parked(in_the_making)"
    untroubled.tries = 5
    assert run(untroubled).ended(number) == "created"
    assert untroubled.run(asked, flow=FORWARD).ended(made["CustomerNumber"]) == "unchanged(found_by_link)"
    assert [one["number"] for one in untroubled.state("vismanet", "customers") if one["name"] == "Bea Visser"] == [
        number
    ]


def test_processes_killed_before_and_after_the_effect_of_a_new_customer_leave_none_twice_and_none_behind(
    untroubled: Company,
) -> None:
    names = six(untroubled)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        untroubled.no_more_faults()
        untroubled.fault(kind, **POSTED)
        killed_when(untroubled, name, "automatic", lambda: untroubled.faults_fired() == [1], FLOW)
    ended = finished(untroubled, "third", "automatic", FLOW)
    assert each_once(untroubled, names)
    assert not {one for one in ended.values() if one.startswith(("uncertain", "rejected"))}


def test_processes_killed_before_and_after_a_change_leave_the_new_data(untroubled: Company) -> None:
    names = six(untroubled)
    run(untroubled)
    for number in names.values():
        edited(untroubled, number, mainAddress={"city": "Assen"})
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        untroubled.no_more_faults()
        untroubled.fault(kind, **PUT)
        killed_when(untroubled, name, "automatic", lambda: untroubled.faults_fired() == [1], FLOW)
    finished(untroubled, "third", "automatic", FLOW)
    assert {there(untroubled, number)["InvoiceCity"] for number in names.values()} == {"Assen"}
    untroubled.forget_requests()
    finished(untroubled, "fourth", "automatic", FLOW)
    assert not untroubled.writes()


def test_after_a_lost_ledger_nobody_is_made_again_in_either_system(untroubled: Company) -> None:
    names = six(untroubled)
    bare = entered(untroubled, name="Zonder Adres B.V.", mainContact={"email": None}, mainAddress=ADDRESS)
    run(untroubled)
    untroubled.run(flow=FORWARD)
    edited_there(untroubled, bare, Note="Let op")
    before = untroubled.everything()
    untroubled.lose_ledger()
    ran = run(untroubled)
    for place, (name, number) in enumerate(names.items()):
        ended = "parked(customer_alike)" if place % 2 else "unchanged(found_by_email)"
        assert ran.ended(number) == ended, name
    assert ran.ended(bare) == "parked(customer_alike)"
    assert len(untroubled.state("eaccounting", "customers")) == len(before["eaccounting"]["customers"])


def test_after_a_lost_ledger_a_customer_from_eaccounting_is_known_by_its_number(untroubled: Company) -> None:
    winkel = untroubled.in_source("customers", Name="Uit de winkel", IsPrivatePerson=True, EmailAddress="w@w.example")
    untroubled.in_source("customers", Name="Dubbel", IsPrivatePerson=True, EmailAddress="w@w.example")
    untroubled.run(only(winkel["CustomerNumber"]), flow=FORWARD)
    link = untroubled.ledger().links("customer", [winkel["Id"]])[winkel["Id"]]
    untroubled.lose_ledger()
    assert run(untroubled, only(link.target_key)).ended(link.target_key) == "unchanged(found_by_marker)"
    assert there(untroubled, link.target_key)["Id"] == winkel["Id"]


def test_an_account_reference_that_is_somebodys_number_by_chance_parks(untroubled: Company) -> None:
    stranger = untroubled.state("eaccounting", "customers")[0]["CustomerNumber"]
    number = entered(untroubled, accountReference=stranger)
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "parked(customer_contradicts)"
    assert stranger in ran.outcomes[number].detail
    assert link_of(untroubled, number) is None
