"""Customers of the orders are found, made or updated in Visma.net, each once, and never by guessing."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.flows.running import NOTHING_NEW, Company, demo_settings, only
from tests.flows.shop import Stored
from visma_sync.errors import ConfigurationError

MAILING = (
    "sendInvoicesByEmail",
    "printInvoices",
    "acceptAutoInvoices",
    "sendDunningLettersViaEMail",
    "printDunningLetters",
    "printStatements",
    "sendStatementsByEmail",
)

UNFIT_CONTACTS = """\
flow: customers_eaccounting_to_vismanet
write:
  contact:
    lastName: "=customer.number | lookup({'no such number': 'Jansen'})"
"""


def newcomers(company: Company, *, private: bool) -> list[Stored]:
    """Dutch customers of the source of which the target knows nothing."""
    known = {debtor["name"] for debtor in company.state("vismanet", "customers")}
    return [
        customer
        for customer in company.state("eaccounting", "customers")
        if customer["IsPrivatePerson"] is private
        and customer["InvoiceCountryCode"] == "NL"
        and customer["EmailAddress"]
        and customer["EmailAddress"] != "samen@gedeeld.example"
        and customer["Name"] not in known
        and not customer["DeliveryBasedVat"]
    ]


def ordered_by(company: Company, customer: Stored) -> str:
    """Enter an order of a customer and give its number."""
    order = company.in_source(
        "orders", CustomerNumber=customer["CustomerNumber"], Rows=[{"ArticleNumber": "A-1001", "Quantity": 2}]
    )
    return str(order["Number"])


def typed_in(company: Company, **fields: Any) -> str:
    """Enter a customer in the target by hand and give its number."""
    usual = {"name": "Met de hand", "customerClassId": "COMPANY", "mainAddress": {"countryId": "NL"}}
    return str(company.in_target("customers", **{**usual, **fields})["number"])


def buyer_in_target(company: Company, order: str) -> str:
    """The number of the customer to whom an order went."""
    return str(company.by_marker()[order]["customer"]["id"])


def made(company: Company) -> dict[str, Stored]:
    """The customers of the target that we made, by the number that they have in the source."""
    debtors = company.state("vismanet", "customers")
    return {debtor["accountReference"]: debtor for debtor in debtors if debtor.get("accountReference")}


def contacts_of(company: Company, number: str) -> list[Stored]:
    """The contact persons of a customer of the target."""
    return [one for one in company.state("vismanet", "contacts") if one.get("businessAccount") == number]


# Found


def test_a_company_is_found_by_its_vat_number(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number = typed_in(untroubled, vatRegistrationId=customer["VatNumber"], mainContact={"email": "a@b.example"})
    order = ordered_by(untroubled, customer)
    ran = untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == number
    assert ran.customers[customer["CustomerNumber"]].reason == "found_by_vat_number"
    assert made(untroubled) == {}


def test_a_company_is_found_by_its_organisation_number(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number = typed_in(untroubled, corporateId=customer["CorporateIdentityNumber"])
    order = ordered_by(untroubled, customer)
    untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == number


@pytest.mark.parametrize("field", ["vatRegistrationId", "corporateId"])
def test_a_number_of_another_country_finds_nobody(field: str, untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    same = {"vatRegistrationId": customer["VatNumber"], "corporateId": customer["CorporateIdentityNumber"]}[field]
    typed_in(untroubled, **{field: same}, mainAddress={"countryId": "BE"})
    untroubled.run(only(ordered_by(untroubled, customer)))
    assert set(made(untroubled)) == {customer["CustomerNumber"]}


@pytest.mark.parametrize(("private", "kind"), [(True, "PERSON"), (False, "COMPANY")])
def test_a_customer_is_found_by_the_email_address_of_its_kind_whatever_its_spelling(
    private: bool, kind: str, untroubled: Company
) -> None:
    customer = newcomers(untroubled, private=private)[0]
    spelt = f"  {customer['EmailAddress'].upper()} "
    number = typed_in(untroubled, customerClassId=kind, mainContact={"email": spelt})
    order = ordered_by(untroubled, customer)
    ran = untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == number
    assert ran.customers[customer["CustomerNumber"]].reason == "found_by_email"


@pytest.mark.parametrize(("private", "kind"), [(True, "COMPANY"), (False, "PERSON"), (True, "OTHER"), (False, "OTHER")])
def test_an_email_address_of_another_kind_or_class_finds_nobody(private: bool, kind: str, untroubled: Company) -> None:
    customer = newcomers(untroubled, private=private)[0]
    typed_in(untroubled, customerClassId=kind, mainContact={"email": customer["EmailAddress"]})
    untroubled.run(only(ordered_by(untroubled, customer)))
    assert set(made(untroubled)) == {customer["CustomerNumber"]}


def test_a_further_class_counts_as_companies_where_the_settings_say_so(untroubled: Company) -> None:
    untroubled.decide(customer_classes={"company_classes": ["OTHER"]})
    customer = newcomers(untroubled, private=False)[0]
    number = typed_in(untroubled, customerClassId="OTHER", mainContact={"email": customer["EmailAddress"]})
    order = ordered_by(untroubled, customer)
    untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == number


def test_a_number_says_more_than_an_email_address(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    typed_in(untroubled, mainContact={"email": customer["EmailAddress"]})
    number = typed_in(untroubled, vatRegistrationId=customer["VatNumber"])
    order = ordered_by(untroubled, customer)
    untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == number


def test_once_linked_a_customer_stays_who_it_is_whatever_changes(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=True)[0]
    untroubled.run(only(ordered_by(untroubled, customer)))
    number = made(untroubled)[customer["CustomerNumber"]]["number"]
    untroubled.in_source(f"customers/{customer['CustomerNumber']}", EmailAddress="nieuw@adres.example")
    typed_in(untroubled, customerClassId="PERSON", mainContact={"email": "nieuw@adres.example"})
    order = ordered_by(untroubled, customer)
    untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == number


def test_after_a_lost_ledger_customers_are_found_again_by_their_marker(untroubled: Company) -> None:
    customers = [newcomers(untroubled, private=True)[0], newcomers(untroubled, private=False)[0]]
    untroubled.run(only(*(ordered_by(untroubled, customer) for customer in customers)))
    before = made(untroubled)
    for customer in customers:
        untroubled.in_target(
            f"customers/{before[customer['CustomerNumber']]['number']}",
            vatRegistrationId=None,
            corporateId=None,
        )
    untroubled.lose_ledger()
    ran = untroubled.run(only(*(ordered_by(untroubled, customer) for customer in customers)))
    assert [ran.customers[one["CustomerNumber"]].reason for one in customers] == ["found_by_marker"] * 2
    assert made(untroubled).keys() == before.keys()
    assert len(contacts_of(untroubled, before[customers[1]["CustomerNumber"]]["number"])) == 1


@pytest.mark.parametrize("private", [True, False])
def test_an_account_reference_that_is_our_number_by_chance_parks_the_order(private: bool, untroubled: Company) -> None:
    customer = newcomers(untroubled, private=private)[0]
    number = typed_in(untroubled, accountReference=customer["CustomerNumber"], mainContact={"email": "a@b.example"})
    order = ordered_by(untroubled, customer)
    ran = untroubled.run(only(order))
    assert ran.ended(order) == "parked(customer_contradicts)"
    assert number in ran.outcomes[order].detail
    assert "account reference" in ran.outcomes[order].cure
    untroubled.in_target(f"customers/{number}", accountReference="10-A")
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"
    assert buyer_in_target(untroubled, order) != number


def test_of_two_customers_with_our_number_the_one_that_agrees_otherwise_too_is_ours(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=True)[0]
    untroubled.run(only(ordered_by(untroubled, customer)))
    ours = made(untroubled)[customer["CustomerNumber"]]["number"]
    typed_in(untroubled, accountReference=customer["CustomerNumber"], mainContact={"email": "a@b.example"})
    untroubled.lose_ledger()
    order = ordered_by(untroubled, customer)
    untroubled.run(only(order))
    assert buyer_in_target(untroubled, order) == ours


# Not settled by guessing


def test_two_hits_park_the_order_and_name_the_candidates(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    numbers = [typed_in(untroubled, mainContact={"email": customer["EmailAddress"]}) for _ in range(2)]
    order = ordered_by(untroubled, customer)
    ran = untroubled.run(only(order))
    assert ran.ended(order) == "parked(several_customers)"
    assert all(number in ran.outcomes[order].detail for number in numbers)
    assert customer["EmailAddress"] not in ran.outcomes[order].detail


def test_a_hit_that_belongs_to_another_source_customer_parks_the_order(untroubled: Company) -> None:
    first, second = newcomers(untroubled, private=True)[:2]
    untroubled.run(only(ordered_by(untroubled, first)))
    untroubled.in_source(f"customers/{second['CustomerNumber']}", EmailAddress=first["EmailAddress"])
    order = ordered_by(untroubled, second)
    assert untroubled.run(only(order)).ended(order) == "parked(customer_taken)"
    assert set(made(untroubled)) == {first["CustomerNumber"]}
    untroubled.in_source(f"customers/{second['CustomerNumber']}", EmailAddress="eigen@adres.example")
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"


@pytest.mark.parametrize("field", ["vatRegistrationId", "corporateId"])
def test_a_hit_by_email_address_with_another_number_parks_the_order(field: str, untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    typed_in(untroubled, mainContact={"email": customer["EmailAddress"]}, **{field: "NL999999999B99"})
    order = ordered_by(untroubled, customer)
    assert untroubled.run(only(order)).ended(order) == "parked(customer_contradicts)"
    assert made(untroubled) == {}


def test_of_two_source_customers_with_one_email_address_only_the_first_is_made(untroubled: Company) -> None:
    first, second = newcomers(untroubled, private=True)[:2]
    untroubled.in_source(f"customers/{second['CustomerNumber']}", EmailAddress=first["EmailAddress"].upper())
    orders = [ordered_by(untroubled, second), ordered_by(untroubled, first)]
    ran = untroubled.run(only(*orders))
    assert [ran.ended(order) for order in orders] == ["parked(customer_shared)", "created"]
    assert set(made(untroubled)) == {first["CustomerNumber"]}


def test_a_company_and_a_person_with_one_email_address_are_two_customers(untroubled: Company) -> None:
    shared = [
        one for one in untroubled.state("eaccounting", "customers") if one["EmailAddress"] == "samen@gedeeld.example"
    ]
    orders = [ordered_by(untroubled, customer) for customer in shared]
    untroubled.run(only(*orders))
    assert len({buyer_in_target(untroubled, order) for order in orders}) == 2


def test_companies_that_share_an_email_address_are_told_apart_by_their_vat_numbers(untroubled: Company) -> None:
    first, second = newcomers(untroubled, private=False)[:2]
    untroubled.in_source(f"customers/{second['CustomerNumber']}", EmailAddress=first["EmailAddress"])
    numbers = [typed_in(untroubled, vatRegistrationId=customer["VatNumber"]) for customer in (first, second)]
    orders = [ordered_by(untroubled, customer) for customer in (first, second)]
    untroubled.run(only(*orders))
    assert [buyer_in_target(untroubled, order) for order in orders] == numbers


# Without an e-mail address, and the default debtor


def without_email(company: Company) -> Stored:
    """A Dutch private person without an e-mail address of which the target knows nothing."""
    customer = newcomers(company, private=True)[0]
    return company.in_source(f"customers/{customer['CustomerNumber']}", EmailAddress=None)


def test_a_customer_without_an_email_address_is_made_where_the_settings_say_so(untroubled: Company) -> None:
    customer = without_email(untroubled)
    orders = [ordered_by(untroubled, customer) for _ in range(2)]
    untroubled.run(only(orders[0]))
    untroubled.run(only(orders[1]))
    assert {buyer_in_target(untroubled, order) for order in orders} == {
        made(untroubled)[customer["CustomerNumber"]]["number"]
    }


def test_a_customer_without_any_sign_of_its_own_is_found_again_by_our_marker_alone(untroubled: Company) -> None:
    customer = without_email(untroubled)
    orders = [ordered_by(untroubled, customer) for _ in range(2)]
    untroubled.run(only(orders[0]))
    untroubled.lose_ledger()
    assert untroubled.run(only(orders[1])).customers[customer["CustomerNumber"]].reason == "found_by_marker"
    assert len({buyer_in_target(untroubled, order) for order in orders}) == 1


def test_a_customer_without_an_email_address_parks_its_order_where_the_settings_say_so(untroubled: Company) -> None:
    untroubled.decide(without_email="park")
    order = ordered_by(untroubled, without_email(untroubled))
    assert untroubled.run(only(order)).ended(order) == "parked(customer_without_email)"
    untroubled.decide(without_email="create")
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"


def test_a_customer_without_an_email_address_goes_to_the_default_debtor_where_the_settings_say_so(
    untroubled: Company,
) -> None:
    debtor = typed_in(untroubled, name="Balieverkoop", customerClassId="OTHER")
    untroubled.decide(without_email="default_debtor", default_debtor={"when": "off", "customer": debtor})
    known = newcomers(untroubled, private=True)[1]
    orders = [ordered_by(untroubled, without_email(untroubled)), ordered_by(untroubled, known)]
    untroubled.run(only(*orders))
    assert buyer_in_target(untroubled, orders[0]) == debtor
    assert set(made(untroubled)) == {known["CustomerNumber"]}


def test_a_default_debtor_has_to_be_named_where_it_is_used() -> None:
    with pytest.raises(ConfigurationError, match=r"default_debtor\.customer"):
        demo_settings(without_email="default_debtor")


def test_every_order_goes_to_the_default_debtor_where_the_settings_say_always(untroubled: Company) -> None:
    debtor = typed_in(untroubled, name="Balieverkoop", customerClassId="OTHER")
    untroubled.decide(default_debtor={"when": "always", "customer": debtor})
    customers = [newcomers(untroubled, private=private)[0] for private in (True, False)]
    orders = [ordered_by(untroubled, customer) for customer in customers]
    untroubled.run(only(*orders))
    assert {buyer_in_target(untroubled, order) for order in orders} == {debtor}
    assert made(untroubled) == {}


def test_a_customer_that_cannot_be_made_goes_to_the_default_debtor_as_a_fallback(untroubled: Company) -> None:
    debtor = typed_in(untroubled, name="Balieverkoop", customerClassId="OTHER")
    refused, fine = newcomers(untroubled, private=True)[:2]
    untroubled.in_source(f"customers/{refused['CustomerNumber']}", EmailAddress="geen adres")
    orders = [ordered_by(untroubled, refused), ordered_by(untroubled, fine)]
    assert untroubled.run(only(*orders)).ended(orders[0]) == "parked(refused)"
    untroubled.decide(default_debtor={"when": "fallback", "customer": debtor})
    untroubled.run(NOTHING_NEW)
    assert buyer_in_target(untroubled, orders[0]) == debtor
    assert buyer_in_target(untroubled, orders[1]) == made(untroubled)[fine["CustomerNumber"]]["number"]


def test_the_default_debtor_never_takes_what_has_two_hits(untroubled: Company) -> None:
    debtor = typed_in(untroubled, name="Balieverkoop", customerClassId="OTHER")
    untroubled.decide(default_debtor={"when": "fallback", "customer": debtor})
    customer = newcomers(untroubled, private=False)[0]
    for _ in range(2):
        typed_in(untroubled, mainContact={"email": customer["EmailAddress"]})
    order = ordered_by(untroubled, customer)
    assert untroubled.run(only(order)).ended(order) == "parked(several_customers)"


def test_a_customer_that_cannot_be_read_parks_its_orders_alone_until_it_is_mended(untroubled: Company) -> None:
    broken, fine = newcomers(untroubled, private=True)[:2]
    untroubled.in_source(f"customers/{broken['CustomerNumber']}", Name=None)
    orders = [ordered_by(untroubled, broken), ordered_by(untroubled, fine)]
    ran = untroubled.run(only(*orders))
    assert ran.outcomes[orders[0]].state == "parked"
    assert ran.ended(orders[1]) == "created"
    untroubled.in_source(f"customers/{broken['CustomerNumber']}", Name="Jan Jansen")
    assert untroubled.run(NOTHING_NEW).ended(orders[0]) == "created"


# Made


def test_a_company_gets_a_contact_person_and_a_private_person_none(untroubled: Company) -> None:
    company, person = newcomers(untroubled, private=False)[0], newcomers(untroubled, private=True)[0]
    before = len(untroubled.state("vismanet", "contacts"))
    untroubled.run(only(ordered_by(untroubled, company), ordered_by(untroubled, person)))
    contacts = contacts_of(untroubled, made(untroubled)[company["CustomerNumber"]]["number"])
    assert [contact["displayName"] for contact in contacts] == [company["ContactPersonName"]]
    assert len(untroubled.state("vismanet", "contacts")) == before + 1


def test_a_contact_person_who_is_there_already_is_not_made_again(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number = typed_in(untroubled, vatRegistrationId=customer["VatNumber"])
    first, _, last = customer["ContactPersonName"].rpartition(" ")
    untroubled.in_target("contacts", firstName=first, lastName=last, businessAccount=number)
    untroubled.run(only(ordered_by(untroubled, customer)))
    untroubled.run(only(ordered_by(untroubled, customer)))
    assert len(contacts_of(untroubled, number)) == 1


def test_a_contact_person_who_could_not_be_written_is_made_by_a_later_run(untroubled: Company, tmp_path: Path) -> None:
    overlay = tmp_path / "unfit.yaml"
    overlay.write_text(UNFIT_CONTACTS, encoding="utf-8")
    customer = newcomers(untroubled, private=False)[0]
    order = ordered_by(untroubled, customer)
    untroubled.decide(mapping_overlays={"customers_eaccounting_to_vismanet": [str(overlay)]})
    assert untroubled.run(only(order)).outcomes[order].state == "parked"
    untroubled.decide()
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"
    contacts = contacts_of(untroubled, made(untroubled)[customer["CustomerNumber"]]["number"])
    assert [contact["displayName"] for contact in contacts] == [customer["ContactPersonName"]]


def test_nothing_is_mailed_or_printed_to_a_new_customer_although_its_class_would(untroubled: Company) -> None:
    customers = [newcomers(untroubled, private=private)[0] for private in (True, False)]
    untroubled.run(only(*(ordered_by(untroubled, customer) for customer in customers)))
    debtors = [made(untroubled)[customer["CustomerNumber"]] for customer in customers]
    assert [debtor[flag] for debtor in debtors for flag in MAILING] == [False] * (2 * len(MAILING))
    assert untroubled.mailed() == []


def test_awkward_names_arrive_to_the_letter(untroubled: Company) -> None:
    names = {one["CustomerNumber"]: one["Name"] for one in untroubled.state("eaccounting", "customers")[:8]}
    untroubled.run(only(*(ordered_by(untroubled, {"CustomerNumber": number}) for number in names)))
    arrived = {number: debtor["name"] for number, debtor in made(untroubled).items()}
    assert len(arrived) >= 4
    assert arrived == {number: names[number].strip() for number in arrived}


# Updated


def test_a_change_of_address_and_telephone_is_sent_and_nothing_else(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number = customer["CustomerNumber"]
    untroubled.run(only(ordered_by(untroubled, customer)))
    before = made(untroubled)[number]
    untroubled.in_target(f"customers/{before['number']}", creditLimit=500, name="Verrijkt door mensen")
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen", Telephone="+31 592 000000", Name="Nieuwe naam")
    untroubled.forget_requests()
    ran = untroubled.run(only(ordered_by(untroubled, customer)))
    after = made(untroubled)[number]
    assert ran.customers[number].state == "updated"
    assert (after["mainAddress"]["city"], after["mainContact"]["phone1"]) == ("Assen", "+31 592 000000")
    assert (after["name"], after["creditLimit"]) == ("Verrijkt door mensen", 500)
    assert untroubled.writes()["PUT /vismanet/v1/customer/{number}"] == 1
    untroubled.forget_requests()
    assert untroubled.run(only(ordered_by(untroubled, customer))).customers[number].state == "unchanged"
    assert untroubled.writes()["PUT /vismanet/v1/customer/{number}"] == 0


def test_what_people_changed_in_the_target_is_kept_and_reported(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number = customer["CustomerNumber"]
    untroubled.run(only(ordered_by(untroubled, customer)))
    debtor = made(untroubled)[number]["number"]
    untroubled.in_target(f"customers/{debtor}", mainContact={"phone1": "+31 20 1234567"})
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen", Telephone="+31 592 000000")
    ran = untroubled.run(only(ordered_by(untroubled, customer)))
    after = made(untroubled)[number]
    assert (after["mainAddress"]["city"], after["mainContact"]["phone1"]) == ("Assen", "+31 20 1234567")
    assert "mainContact.phone1" in ran.customers[number].detail


def test_what_both_sides_changed_alike_follows_the_source_again(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number = customer["CustomerNumber"]
    untroubled.run(only(ordered_by(untroubled, customer)))
    debtor = made(untroubled)[number]["number"]
    untroubled.in_target(f"customers/{debtor}", mainAddress={"city": "Assen"})
    for city in ("Assen", "Emmen"):
        untroubled.in_source(f"customers/{number}", InvoiceCity=city)
        untroubled.run(only(ordered_by(untroubled, customer)))
    assert made(untroubled)[number]["mainAddress"]["city"] == "Emmen"


def test_a_found_customer_is_left_as_people_made_it(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    typed_in(untroubled, vatRegistrationId=customer["VatNumber"], mainAddress={"countryId": "NL", "city": "Ons Dorp"})
    before = untroubled.state("vismanet", "customers")
    untroubled.run(only(ordered_by(untroubled, customer)))
    assert untroubled.state("vismanet", "customers") == before


def test_each_customer_of_a_run_is_made_once_however_many_orders_and_lanes_it_has(untroubled: Company) -> None:
    untroubled.decide(records_per_lane=1)
    customer = newcomers(untroubled, private=False)[0]
    orders = [ordered_by(untroubled, customer) for _ in range(3)]
    untroubled.forget_requests()
    untroubled.run(only(*orders))
    assert untroubled.writes() & Counter({"POST /vismanet/v1/customer": 9, "POST /vismanet/v1/contact": 9}) == Counter(
        {"POST /vismanet/v1/customer": 1, "POST /vismanet/v1/contact": 1}
    )
