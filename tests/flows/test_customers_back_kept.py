"""Linked customers follow Visma.net, what people changed in eAccounting is kept, and nothing goes round and round."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.flows.customers_back import (
    ADDRESS,
    FLOW,
    FORWARD,
    counts,
    debtor,
    edited,
    edited_there,
    entered,
    named,
    person,
    run,
    there,
)
from tests.flows.running import EVERYTHING, IMPATIENT, Company, only
from tests.flows.shop import Stored
from visma_sync.ledger.rows import Link
from visma_sync.sync.mirror.customers.conflict import CONFLICT
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.source_record import SourceRecord
from visma_sync.systems.vismanet.client import VismaNetClient


def made(company: Company, **fields: Any) -> str:
    """Enter a customer in Visma.net and have it made in eAccounting; gives its number."""
    number = entered(company, **fields)
    assert run(company, only(number)).ended(number) == "created"
    return number


def forward(company: Company) -> Any:
    """Run the flow from eAccounting to Visma.net once."""
    return company.run(flow=FORWARD)


def writes_of(company: Company, *, runs: int = 10) -> list[str]:
    """What is written in so many runs, now of the one direction and now of the other."""
    company.forget_requests()
    for number in range(runs):
        company.run(EVERYTHING, flow=FLOW if number % 2 else FORWARD)
    return sorted(company.writes())


# What follows, and who a field belongs to


def test_only_what_changed_is_written_and_the_rest_of_the_customer_stays_whole(untroubled: Company) -> None:
    number = made(untroubled)
    edited_there(
        untroubled, number, Note="Belt graag.", DiscountPercentage=0.1, EmailAddressOrder="order@noord.example"
    )
    before = there(untroubled, number)
    edited(untroubled, number, mainAddress={"city": "Assen"}, mainContact={"phone1": "0592-1"})
    ran = run(untroubled, only(number))
    assert (ran.ended(number), ran.outcomes[number].detail) == ("updated", "")
    changed = {name for name, value in there(untroubled, number).items() if value != before[name]}
    assert changed == {"InvoiceCity", "Telephone", "ChangedUtc"}
    assert untroubled.mailed() == []


def test_what_became_empty_in_the_source_is_taken_out(untroubled: Company) -> None:
    number = made(untroubled)
    edited(untroubled, number, mainContact={"phone1": None})
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert there(untroubled, number)["Telephone"] is None


def test_name_number_terms_and_kind_belong_to_the_target_once_it_is_made(untroubled: Company) -> None:
    number = made(untroubled, mainContact={"email": "bakkerij@noord.example"})
    edited(untroubled, number, name="Anders B.V.", creditTermsId="14", customerClassId="PERSON")
    untroubled.forget_requests()
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert not untroubled.writes()


def test_a_business_lets_the_name_follow_the_source_in_a_mapping_of_its_own(
    untroubled: Company, tmp_path: Path
) -> None:
    overlay = tmp_path / "ours.yaml"
    overlay.write_text(f"flow: {FLOW}\nwrite: {{customer: {{Name: {{on: update}}}}}}\n", encoding="utf-8")
    untroubled.decide(mapping_overlays={FLOW: [str(overlay)]}, **IMPATIENT)
    number = made(untroubled)
    edited(untroubled, number, name="Anders B.V.")
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert there(untroubled, number)["Name"] == "Anders B.V."


@pytest.mark.parametrize("status", ["Inactive", "OneTime"])
def test_a_linked_customer_that_became_inactive_is_inactive_in_the_target_too_and_back(
    status: str, untroubled: Company
) -> None:
    number = made(untroubled)
    edited(untroubled, number, status=status)
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert there(untroubled, number)["IsActive"] is False
    edited(untroubled, number, status="Active")
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert there(untroubled, number)["IsActive"] is True


def test_a_customer_that_is_gone_from_the_target_parks(untroubled: Company) -> None:
    number = made(untroubled)
    untroubled.delete_in_source(f"customers/{there(untroubled, number)['CustomerNumber']}")
    edited(untroubled, number, mainAddress={"city": "Assen"})
    assert run(untroubled, only(number)).ended(number) == "parked(gone_from_target)"
    edited(untroubled, number, status="Inactive")
    assert run(untroubled).ended(number) == "skipped(gone_from_target)"


def test_an_address_that_became_incomplete_parks_and_leaves_the_target_alone(untroubled: Company) -> None:
    number = made(untroubled)
    edited(untroubled, number, mainAddress={"city": None})
    assert run(untroubled, only(number)).ended(number) == "parked(address_incomplete)"
    assert there(untroubled, number)["InvoiceCity"] == "Groningen"


# Changed in both systems


def both_changed(company: Company, policy: str) -> str:
    """Change the town of a customer in both systems, and its telephone number in Visma.net; gives its number."""
    company.decide(mirror={"customers": {"on_conflict": policy}}, **IMPATIENT)
    number = made(company)
    edited(company, number, mainAddress={"city": "Assen"}, mainContact={"phone1": "0592-1"})
    edited_there(company, number, InvoiceCity="Emmen")
    return number


@pytest.mark.parametrize(
    ("policy", "ended", "town", "phone"),
    [
        ("keep_target", "updated", "Emmen", "0592-1"),
        ("source_wins", "updated", "Assen", "0592-1"),
        ("park", "parked(changed_in_both)", "Emmen", "+31 50 1234567"),
    ],
)
def test_a_field_changed_in_both_systems_goes_as_the_settings_say_and_both_versions_are_kept(
    policy: str, ended: str, town: str, phone: str, untroubled: Company
) -> None:
    number = both_changed(untroubled, policy)
    ran = run(untroubled, only(number))
    assert ran.ended(number) == ended
    after = there(untroubled, number)
    assert (after["InvoiceCity"], after["Telephone"]) == (town, phone)
    if policy != "source_wins":
        assert "InvoiceCity" in ran.outcomes[number].detail
    run(untroubled)
    attempts = untroubled.ledger().mirrored().attempts(FLOW, "customer", number)
    kept = [(one.request, one.answer) for one in attempts if one.action == CONFLICT]
    assert kept == [({"InvoiceCity": "Assen"}, {"InvoiceCity": "Emmen"})]


def test_a_parked_conflict_goes_on_by_itself_once_a_person_made_both_equal(untroubled: Company) -> None:
    number = both_changed(untroubled, "park")
    run(untroubled, only(number))
    edited_there(untroubled, number, InvoiceCity="Assen")
    assert run(untroubled).ended(number) == "updated"
    assert there(untroubled, number)["Telephone"] == "0592-1"


# A person at the same moment


@dataclass
class Meddled(Company):
    """A pair of companies where somebody does something between our reading a customer and our change, once."""

    happens: Callable[[], None] | None = None

    def clients(self, ledger: Any) -> tuple[EAccountingClient, VismaNetClient]:
        """Clients of which the one of eAccounting is overtaken."""
        eaccounting, vismanet = super().clients(ledger)
        change = eaccounting.customer_records.change

        async def overtaken(key: str, changes: Stored, **known: Any) -> SourceRecord:
            happens, self.happens = self.happens, None
            if happens is not None:
                happens()
            return await change(key, changes, **known)

        setattr(eaccounting.customer_records, "change", overtaken)  # noqa: B010  mypy refuses the plain assignment
        return eaccounting, vismanet


def test_somebody_who_changes_the_customer_at_the_same_time_is_not_overwritten(untroubled: Company) -> None:
    number = made(untroubled)
    edited(untroubled, number, mainAddress={"city": "Assen"}, mainContact={"phone1": "0592-1"})
    beside = Meddled(untroubled.url, untroubled.ledger_file, untroubled.settings, runs=50)
    beside.happens = lambda: edited_there(untroubled, number, Telephone="050-999", Note="Let op")
    ran = run(beside, only(number))
    after = there(untroubled, number)
    assert beside.happens is None
    assert (after["InvoiceCity"], after["Telephone"], after["Note"]) == ("Assen", "050-999", "Let op")
    assert "Telephone" in ran.outcomes[number].detail


# Round and round


def test_ten_runs_of_both_directions_write_nothing_once_all_is_settled(untroubled: Company) -> None:
    entered(untroubled, name="Stichting " + "N" * 60, mainContact={"name": "Een heel andere naam", "email": None})
    person(untroubled, "Fleur Postma", mainContact={"email": None})
    run(untroubled)
    forward(untroubled)
    run(untroubled)
    before = untroubled.everything()
    assert writes_of(untroubled) == []
    after = untroubled.everything()
    assert after["eaccounting"]["customers"] == before["eaccounting"]["customers"]
    assert after["vismanet"]["customers"] == before["vismanet"]["customers"]


@pytest.mark.parametrize("first", [FLOW, FORWARD])
def test_a_persons_change_in_visma_net_arrives_once_and_comes_to_rest(first: str, untroubled: Company) -> None:
    number = made(untroubled, name="Stichting " + "N" * 60, mainContact={"name": "Kantoor", "email": "n@n.example"})
    before = debtor(untroubled, number)
    edited(untroubled, number, mainAddress={"city": "Assen"}, name="Stichting " + "M" * 60)
    untroubled.run(flow=first)
    forward(untroubled)
    run(untroubled)
    assert there(untroubled, number)["InvoiceCity"] == "Assen"
    assert writes_of(untroubled) == []
    after = debtor(untroubled, number)
    assert (after["name"], after["mainContact"]) == ("Stichting " + "M" * 60, before["mainContact"])


@pytest.mark.parametrize("echoed", [True, False])
@pytest.mark.parametrize("first", [FLOW, FORWARD])
def test_a_persons_change_in_eaccounting_of_a_customer_from_visma_net_arrives_once_and_comes_to_rest(
    echoed: bool, first: str, untroubled: Company
) -> None:
    number = made(untroubled, name="Stichting " + "N" * 60, mainContact={"name": "Kantoor", "phone1": "050-1"})
    before, held = debtor(untroubled, number), counts(untroubled)
    if echoed:
        number_there = there(untroubled, number)["CustomerNumber"]
        assert forward(untroubled).ended(number_there) == "skipped(written_by_us)"
        held = counts(untroubled)
    edited_there(untroubled, number, InvoiceCity="Emmen", DeliveryCity="Emmen", DeliveryAddress1="Haven 1")
    untroubled.run(flow=first)
    forward(untroubled)
    run(untroubled)
    after = debtor(untroubled, number)
    assert (after["mainAddress"]["city"], after["deliveryAddress"]["city"]) == ("Emmen", "Emmen")
    assert (after["name"], after["mainContact"]) == (before["name"], before["mainContact"])
    assert writes_of(untroubled) == []
    assert there(untroubled, number)["InvoiceCity"] == "Emmen"
    if echoed:
        assert counts(untroubled) == held
    assert len([one for one in untroubled.state("vismanet", "customers") if one["name"] == before["name"]]) == 1


def sent_on(company: Company) -> tuple[str, Link]:
    """A customer of eAccounting without e-mail that was made in Visma.net: its number there, and its link."""
    made_there = company.in_source("customers", Name="Uit de winkel", IsPrivatePerson=True, MobilePhone="06-1")
    forward(company)
    link = company.ledger().links("customer", [made_there["Id"]])[made_there["Id"]]
    return link.target_key, link


@pytest.mark.parametrize("known", [True, False])
def test_a_persons_change_in_visma_net_of_a_customer_from_eaccounting_arrives_once_and_comes_to_rest(
    known: bool, untroubled: Company
) -> None:
    number, link = sent_on(untroubled)
    if known:
        assert run(untroubled, only(number)).ended(number) == "unchanged(found_by_link)"
    edited(untroubled, number, mainAddress={"city": "Assen"}, status="Inactive")
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "updated"
    after = there(untroubled, number)
    assert (after["Id"], after["InvoiceCity"], after["IsActive"]) == (link.source_key, "Assen", False)
    assert (after["MobilePhone"], after["Telephone"]) == ("06-1", None)
    run(untroubled)
    forward(untroubled)
    assert writes_of(untroubled) == []
    assert len(named(untroubled, "Uit de winkel")) == 1


def test_what_eaccounting_brought_into_visma_net_does_not_come_back_in_another_field(untroubled: Company) -> None:
    number, link = sent_on(untroubled)
    run(untroubled, only(number))
    untroubled.in_source(f"customers/{link.source_key}", MobilePhone="06-2", InvoiceCity="Assen")
    forward(untroubled)
    assert debtor(untroubled, number)["mainContact"]["phone1"] == "06-2"
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert there(untroubled, number)["Telephone"] is None
    assert writes_of(untroubled) == []
    edited(untroubled, number, mainContact={"phone1": "050-9"})
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert there(untroubled, number)["Telephone"] == "050-9"


@pytest.mark.parametrize("first", [FLOW, FORWARD])
def test_different_fields_changed_in_both_systems_arrive_on_the_other_side(first: str, untroubled: Company) -> None:
    number = made(untroubled)
    forward(untroubled)
    edited(untroubled, number, mainAddress={"city": "Assen"})
    edited_there(untroubled, number, Telephone="050-999")
    untroubled.run(flow=first)
    forward(untroubled)
    run(untroubled)
    for _ in range(2):
        assert (there(untroubled, number)["InvoiceCity"], there(untroubled, number)["Telephone"]) == (
            "Assen",
            "050-999",
        )
        kept = debtor(untroubled, number)
        assert (kept["mainAddress"]["city"], kept["mainContact"]["phone1"]) == ("Assen", "050-999")
        assert writes_of(untroubled) == []


def test_the_same_field_changed_in_both_systems_stays_as_people_left_it_and_comes_to_rest(untroubled: Company) -> None:
    number = made(untroubled)
    forward(untroubled)
    edited(untroubled, number, mainAddress={"city": "Assen"})
    edited_there(untroubled, number, InvoiceCity="Emmen")
    assert [one for one in writes_of(untroubled) if "PUT" in one] == []
    assert (there(untroubled, number)["InvoiceCity"], debtor(untroubled, number)["mainAddress"]["city"]) == (
        "Emmen",
        "Assen",
    )


def test_an_order_of_a_customer_that_came_from_visma_net_finds_that_customer(untroubled: Company) -> None:
    number = made(untroubled, mainContact={"email": None}, mainAddress={**ADDRESS, "addressLine1": "Kade 12"})
    customer = there(untroubled, number)
    order = untroubled.in_source("orders", CustomerId=customer["Id"])
    ran = untroubled.run(only(str(order["Number"])))
    assert ran.customers[customer["CustomerNumber"]].reason == "found_by_link"
    assert untroubled.by_marker()[str(order["Number"])]["customer"]["id"] == number


# A delivery address that comes later


ELSEWHERE = {"addressLine1": "Haven 7", "postalCode": "9712 XY", "city": "Groningen", "countryId": "NL"}


@pytest.mark.parametrize("met", ["never", "once", "and_sent_again"])
def test_a_new_delivery_address_in_the_town_of_the_invoice_arrives_with_its_town(met: str, untroubled: Company) -> None:
    in_town = {"InvoiceAddress1": "Kade 1", "InvoicePostalCode": "9711 AB", "InvoiceCity": "Groningen"}
    made_there = untroubled.in_source("customers", Name="Uit de winkel", IsPrivatePerson=True, **in_town)
    forward(untroubled)
    number = untroubled.ledger().links("customer", [made_there["Id"]])[made_there["Id"]].target_key
    if met != "never":
        assert run(untroubled, only(number)).ended(number) == "unchanged(found_by_link)"
    if met == "and_sent_again":
        edited_there(untroubled, number, WwwAddress="https://winkel.example")
        forward(untroubled)
    edited(untroubled, number, deliveryAddress=ELSEWHERE)
    assert run(untroubled, only(number)).ended(number) == "updated"
    after = there(untroubled, number)
    delivery = (after["DeliveryAddress1"], after["DeliveryPostalCode"], after["DeliveryCity"])
    assert delivery == ("Haven 7", "9712 XY", "Groningen")
    assert after["DeliveryCountryCode"] == "NL"
    assert writes_of(untroubled) == []
