"""Customers that cannot be written park or are rejected alone, with a cure, and go on once they are mended."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.flows.customer_flow import TODAYS, customers, run
from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.test_customers import made, newcomers, typed_in

MENDED = ("Name", "VatNumber", "InvoiceCountryCode", "CurrencyCode", "TermsOfPaymentId")


def set_source(**fields: Any) -> Callable[[Company, str], None]:
    """Change fields of a customer of the source."""

    def change(company: Company, number: str) -> None:
        company.in_source(f"customers/{number}", **fields)

    return change


def terms_nobody_mapped(company: Company, number: str) -> None:
    """Give a customer terms of payment that the settings do not have."""
    terms = next(one for one in company.state("eaccounting", "termsofpayments") if one["Name"].startswith("60"))
    company.in_source(f"customers/{number}", TermsOfPaymentId=terms["Id"])


def twice_in_target(company: Company, number: str) -> None:
    """Enter two customers of the target with the e-mail address of one of the source."""
    for _ in range(2):
        typed_in(company, mainContact={"email": customers(company)[number]["EmailAddress"]})


@pytest.mark.parametrize(
    ("spoil", "ended"),
    [
        (set_source(Name=None), "rejected(missing_field)"),
        (set_source(VatNumber="NL12.34B"), "rejected(vat_number_malformed)"),
        (set_source(VatNumber="DE000000000"), "rejected(vat_number_malformed)"),
        (set_source(InvoiceCountryCode="ZZ"), "parked(country_unknown)"),
        (set_source(EmailAddress="geen adres"), "rejected(refused)"),
        (set_source(CurrencyCode="XAU"), "rejected(reference_not_found)"),
        (terms_nobody_mapped, "parked(no_credit_terms)"),
        (twice_in_target, "parked(several_customers)"),
    ],
)
def test_a_customer_that_cannot_be_written_ends_alone_with_a_cure_until_it_is_mended(
    spoil: Callable[[Company, str], None], ended: str, untroubled: Company
) -> None:
    bad, fine = newcomers(untroubled, private=False)[:2]
    number = bad["CustomerNumber"]
    spoil(untroubled, number)
    ran = run(untroubled, only(number, fine["CustomerNumber"]))
    assert ran.ended(number) == ended
    assert ran.outcomes[number].cure
    assert ran.ended(fine["CustomerNumber"]) == "created"
    assert set(made(untroubled)) == {fine["CustomerNumber"]}
    assert bad["EmailAddress"] not in ran.outcomes[number].detail
    right = {name: bad[name] for name in MENDED}
    untroubled.in_source(f"customers/{number}", **right, EmailAddress="eigen@adres.example")
    assert run(untroubled, TODAYS).ended(number) == "created"


def test_the_candidates_of_an_ambiguous_match_are_named(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    numbers = [typed_in(untroubled, mainContact={"email": customer["EmailAddress"]}) for _ in range(2)]
    ran = run(untroubled, only(customer["CustomerNumber"]))
    assert all(number in ran.outcomes[customer["CustomerNumber"]].detail for number in numbers)


def test_of_two_customers_with_one_email_address_only_the_first_is_made(untroubled: Company) -> None:
    first, second = (one["CustomerNumber"] for one in newcomers(untroubled, private=True)[:2])
    untroubled.in_source(f"customers/{second}", EmailAddress=customers(untroubled)[first]["EmailAddress"])
    ran = run(untroubled, only(first, second))
    assert ran.all_ended() == {first: "created", second: "parked(customer_shared)"}
    untroubled.in_source(f"customers/{second}", EmailAddress="eigen@adres.example")
    assert run(untroubled, NOTHING_NEW).ended(second) == "created"


@pytest.mark.parametrize(
    ("decided", "ended"),
    [("create", "created"), ("park", "parked(customer_without_email)"), ("default_debtor", "skipped(default_debtor)")],
)
def test_a_customer_without_an_email_address_goes_the_way_that_the_settings_say(
    decided: str, ended: str, untroubled: Company
) -> None:
    debtor = typed_in(untroubled, name="Balieverkoop", customerClassId="OTHER")
    untroubled.decide(without_email=decided, default_debtor={"when": "off", "customer": debtor})
    number = newcomers(untroubled, private=True)[0]["CustomerNumber"]
    untroubled.in_source(f"customers/{number}", EmailAddress=None)
    assert run(untroubled, only(number)).ended(number) == ended


def test_a_malformed_vat_number_is_sent_where_the_settings_say_so(untroubled: Company) -> None:
    untroubled.decide(customers={"vat_number_check": "send"})
    number = newcomers(untroubled, private=False)[0]["CustomerNumber"]
    untroubled.in_source(f"customers/{number}", VatNumber="NL12.34B")
    run(untroubled, only(number))
    assert made(untroubled)[number]["vatRegistrationId"] == "NL12.34B"


def test_a_change_that_the_target_refuses_is_rejected_alone_until_it_is_mended(untroubled: Company) -> None:
    first, second = (one["CustomerNumber"] for one in newcomers(untroubled, private=True)[:2])
    run(untroubled, only(first, second))
    untroubled.in_source(f"customers/{first}", EmailAddress="geen adres")
    untroubled.in_source(f"customers/{second}", InvoiceCity="Assen")
    ran = run(untroubled, TODAYS)
    assert (ran.ended(first), ran.ended(second)) == ("rejected(refused)", "updated")
    untroubled.in_source(f"customers/{first}", EmailAddress="nieuw@adres.example")
    assert run(untroubled, TODAYS).ended(first) == "updated"
    assert made(untroubled)[first]["mainContact"]["email"] == "nieuw@adres.example"


def test_a_customer_that_is_gone_from_the_target_parks_when_there_is_something_to_send(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=True)[0]
    number, key = customer["CustomerNumber"], customer["Id"]
    run(untroubled, only(number))
    link = untroubled.ledger().links("customer", [key])[key]
    # Nobody can delete a customer of the target; one that was renumbered there looks like this to us.
    untroubled.ledger().save_links([replace(link, target_key="99999")])
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen")
    assert run(untroubled, only(number)).ended(number) == "parked(gone_from_target)"
