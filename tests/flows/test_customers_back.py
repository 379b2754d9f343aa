"""Customers of Visma.net are found or made in eAccounting, each once, and never guessed."""

from datetime import timedelta
from typing import Any

import pytest

from tests.flows.customers_back import (
    ADDRESS,
    FLOW,
    FORWARD,
    VAT_NUMBER,
    counts,
    debtor,
    edited,
    entered,
    link_of,
    named,
    person,
    run,
    there,
)
from tests.flows.running import IMPATIENT, MIDNIGHT, Company, only
from visma_sync.errors import ConfigurationError
from visma_sync.sync.fetch import Window

MIRROR_TERMS = {"30": "30 dagen", "14": "14 dagen", "10": "10 dagen", "00": "Contant"}


def decided(company: Company, **customers: Any) -> None:
    """Change the settings of this flow."""
    company.decide(mirror={"customers": customers}, **IMPATIENT)


# What is sent


def test_a_company_becomes_a_customer_with_its_contact_person_and_nobody_is_mailed(untroubled: Company) -> None:
    delivery = {"addressLine1": "Haven 7", "postalCode": "9901 XY", "city": "Appingedam", "countryId": "NL"}
    contact = {"email": "Info@Acme.example", "phone1": "050-7", "web": "https://acme.example", "attention": "Anna Bos"}
    number = entered(
        untroubled,
        name="Acme B.V.",
        currencyId="SEK",
        vatRegistrationId=f"{VAT_NUMBER[:2]} {VAT_NUMBER[2:5]}.{VAT_NUMBER[5:]}",
        corporateId="12345678",
        mainContact=contact,
        deliveryAddress=delivery,
        deliveryContact={"name": "Magazijn"},
    )
    ran = run(untroubled, only(number))
    made = there(untroubled, number)
    assert (ran.ended(number), ran.outcomes[number].detail) == ("created", f"number {made['CustomerNumber']}")
    assert (made["Name"], made["IsPrivatePerson"], made["IsActive"]) == ("Acme B.V.", False, True)
    assert (made["VatNumber"], made["CorporateIdentityNumber"]) == (VAT_NUMBER, "12345678")
    assert (made["TermsOfPayment"]["Name"], made["CurrencyCode"]) == ("30 dagen", "SEK")
    assert (made["EmailAddress"], made["Telephone"], made["WwwAddress"]) == (
        "Info@Acme.example",
        "050-7",
        "https://acme.example",
    )
    assert made["ContactPersonName"] == "Anna Bos"
    assert (made["InvoiceAddress1"], made["InvoicePostalCode"], made["InvoiceCity"], made["InvoiceCountryCode"]) == (
        "Kade 1",
        "9711 AB",
        "Groningen",
        "NL",
    )
    assert (made["DeliveryCustomerName"], made["DeliveryAddress1"], made["DeliveryPostalCode"]) == (
        "Magazijn",
        "Haven 7",
        "9901 XY",
    )
    assert (made["DeliveryCity"], made["DeliveryCountryCode"]) == ("Appingedam", "NL")
    assert not made["ForceBookkeepVat"]
    assert not made["DeliveryBasedVat"]
    assert untroubled.mailed() == []


def test_a_private_person_has_no_contact_person_and_no_delivery_address_of_its_own(untroubled: Company) -> None:
    number = person(untroubled, "Fleur Postma", mainContact={"email": "fleur@thuis.example", "attention": "Fleur"})
    run(untroubled, only(number))
    made = there(untroubled, number)
    assert (made["IsPrivatePerson"], made["ContactPersonName"]) == (True, None)
    assert (made["DeliveryAddress1"], made["DeliveryCity"]) == (None, None)


def test_a_name_too_long_for_the_target_is_cut_and_the_report_says_so(untroubled: Company) -> None:
    number = entered(untroubled, name="Stichting " + "N" * 60)
    ran = run(untroubled, only(number))
    assert there(untroubled, number)["Name"] == "Stichting " + "N" * 40
    assert "Name" in ran.outcomes[number].detail
    assert any(number in note for note in ran.report.notes)


def test_the_language_comes_from_the_attribute_that_the_settings_name(untroubled: Company) -> None:
    untroubled.decide(customers={"language_attribute": "EXTID"}, **IMPATIENT)
    number = entered(untroubled, attributeLines=[{"attributeId": "EXTID", "attributeValue": "SV"}])
    run(untroubled, only(number))
    assert there(untroubled, number)["SalesDocumentLanguage"] == "sv"


def test_a_new_customer_keeps_its_number_where_the_settings_want_it(untroubled: Company) -> None:
    decided(untroubled, numbers="keep")
    number = entered(untroubled)
    assert run(untroubled, only(number)).ended(number) == "created"
    assert there(untroubled, number)["CustomerNumber"] == number


def test_a_number_that_somebody_else_has_parks_the_customer(untroubled: Company) -> None:
    decided(untroubled, numbers="keep")
    number = entered(untroubled)
    untroubled.in_source("customers", CustomerNumber=number, Name="Iemand anders")
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "parked(number_taken)"
    assert "automatic" in ran.outcomes[number].cure
    assert named(untroubled, "Bakkerij Noord B.V.") == []


# All of them, and nothing twice


def test_the_second_run_writes_nothing_and_asks_for_nothing_but_the_changes(untroubled: Company) -> None:
    numbers = [entered(untroubled), person(untroubled, "Fleur Postma")]
    first = run(untroubled)
    assert {first.ended(number) for number in numbers} == {"created"}
    before = untroubled.state("eaccounting", "customers")
    untroubled.forget_requests()
    second = run(untroubled, only(*numbers))
    assert set(second.all_ended().values()) == {"unchanged"}
    assert set(untroubled.requests()) <= {"GET /vismanet/v1/customer", "GET /vismanet/v1/customer/{number}"}
    run(untroubled)
    assert not untroubled.writes()
    assert untroubled.state("eaccounting", "customers") == before


def test_customers_that_came_from_the_other_direction_are_linked_without_a_call_and_never_written(
    untroubled: Company,
) -> None:
    untroubled.run(flow=FORWARD)
    before = untroubled.everything()["eaccounting"]["customers"]
    links = untroubled.ledger().all_links("customer")
    made = [link.target_key for link in links if not link.how.startswith("matched")]
    untroubled.forget_requests()
    ran = run(untroubled, Window("manual", MIDNIGHT, MIDNIGHT + timedelta(days=2)))
    assert {ran.ended(number) for number in made} == {"unchanged(found_by_link)"}
    assert len(made) >= 20
    assert not untroubled.writes()
    assert "GET /eaccounting/v2/customers/{customerId}" not in untroubled.requests()
    assert untroubled.everything()["eaccounting"]["customers"] == before


def test_a_dry_run_writes_nothing_and_says_what_would_happen(untroubled: Company) -> None:
    known = person(untroubled, "Fleur Postma")
    run(untroubled, only(known))
    edited(untroubled, known, mainAddress={"city": "Assen"}, mainContact={"phone1": "0592-1"})
    fresh, source = entered(untroubled), untroubled.state("eaccounting", "customers")[0]
    alike = entered(untroubled, name="Dezelfde", vatRegistrationId=source["VatNumber"], mainContact={"email": None})
    untroubled.forget_requests()
    ran = run(untroubled, only(known, fresh, alike), dry_run=True)
    assert ran.all_ended() == {
        known: "skipped(dry_run)",
        fresh: "skipped(dry_run)",
        alike: "skipped(would_link)",
    }
    assert ran.outcomes[fresh].detail == "would be created"
    assert ran.outcomes[known].detail == "would be updated: InvoiceCity, Telephone"
    assert source["CustomerNumber"] in ran.outcomes[alike].detail
    assert "  would send 2 of 3" in ran.report.lines
    assert not untroubled.writes()
    assert link_of(untroubled, fresh) is None
    assert run(untroubled, only(known, fresh)).all_ended() == {known: "updated", fresh: "created"}


@pytest.mark.parametrize(
    ("since", "until", "belongs"), [(-1, 1, True), (0, 1, True), (-1, 0, False), (0.001, 1, False)]
)
def test_a_window_begins_with_its_first_moment_and_ends_before_its_last(
    since: float, until: float, belongs: bool, untroubled: Company
) -> None:
    number = entered(untroubled)
    stamp = _changed_at(untroubled, number)
    window = Window("manual", stamp + timedelta(hours=since), stamp + timedelta(hours=until))
    assert (number in run(untroubled, window).outcomes) is belongs


def _changed_at(company: Company, number: str) -> Any:
    held = run(company, only(number), dry_run=True)
    assert number in held.outcomes
    ledger = company.ledger().mirrored()
    return ledger.held(f"{FLOW} (dry run)", [number])[number].changed_at


def test_only_the_numbers_asked_for_are_sent(untroubled: Company) -> None:
    asked, other = entered(untroubled), person(untroubled, "Fleur Postma")
    ran = run(untroubled, only(asked, "no such"))
    assert ran.all_ended() == {asked: "created", "no such": "skipped(not_in_source)"}
    assert link_of(untroubled, other) is None


# Which one it is


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        ("vat_number", {"vatRegistrationId": "VatNumber"}),
        ("corporate_id", {"corporateId": "CorporateIdentityNumber"}),
        ("email", {"mainContact": "EmailAddress"}),
    ],
)
def test_a_customer_is_found_by_number_or_email_and_nothing_of_it_is_overwritten(
    rule: str, fields: dict[str, str], untroubled: Company
) -> None:
    known = next(one for one in untroubled.state("eaccounting", "customers") if one["CustomerNumber"] == "1002")
    (name, value), *_ = fields.items()
    given = {"email": known[value].upper()} if name == "mainContact" else known[value]
    number = entered(untroubled, **{"mainContact": {"email": None}, name: given})
    assert run(untroubled, only(number)).ended(number) == f"unchanged(found_by_{rule})"
    assert there(untroubled, number) == known
    assert not [write for write in untroubled.writes() if "eaccounting/v2" in write]


def test_an_email_of_a_person_is_not_that_of_a_company(untroubled: Company) -> None:
    known = untroubled.in_source("customers", IsPrivatePerson=True, EmailAddress="bakkerij@noord.example")
    number = entered(untroubled)
    assert run(untroubled, only(number)).ended(number) == "created"
    assert there(untroubled, number)["Id"] != known["Id"]


def test_two_possible_customers_park_and_are_named_by_their_numbers(untroubled: Company) -> None:
    for other in ("9001", "9002"):
        untroubled.in_source("customers", CustomerNumber=other, EmailAddress="twee@keer.example")
    number = entered(untroubled, mainContact={"email": "twee@keer.example"})
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "parked(several_customers)"
    assert all(other in ran.outcomes[number].detail for other in ("9001", "9002"))
    untroubled.in_source("customers/9002", EmailAddress="een@keer.example")
    assert run(untroubled).ended(number) == "unchanged(found_by_email)"


def test_a_customer_that_was_deleted_there_is_nobody_elses_match(untroubled: Company) -> None:
    known = untroubled.in_source("customers", EmailAddress="bakkerij@noord.example")
    run(untroubled, only(entered(untroubled, mainContact={"email": "other@noord.example"})))
    untroubled.delete_in_source(f"customers/{known['CustomerNumber']}")
    number = entered(untroubled)
    assert run(untroubled, only(number)).ended(number) == "parked(found_gone)"
    assert link_of(untroubled, number) is None
    assert run(untroubled).ended(number) == "created"


def test_the_customer_it_was_made_of_is_not_taken_where_it_is_inactive_or_has_another_number(
    untroubled: Company,
) -> None:
    for field, ended in (
        ({"IsActive": False}, "parked(customer_inactive)"),
        ({"VatNumber": "NL523832096B01"}, "parked(customer_contradicts)"),
    ):
        email = f"{len(ended)}@noord.example"
        known = untroubled.in_source("customers", EmailAddress=email, **field)
        number = entered(
            untroubled,
            mainContact={"email": email},
            accountReference=known["CustomerNumber"],
            vatRegistrationId=VAT_NUMBER,
        )
        assert run(untroubled, only(number)).ended(number) == ended


def test_a_customer_that_belongs_to_another_one_is_not_shared(untroubled: Company) -> None:
    first = entered(untroubled)
    run(untroubled, only(first))
    second = entered(untroubled, name="Bakkerij Zuid B.V.")
    ran = run(untroubled, only(second))
    assert ran.ended(second) == "parked(customer_taken)"
    assert there(untroubled, first)["CustomerNumber"] in ran.outcomes[second].detail


def test_a_customer_that_the_other_direction_sent_is_not_shared(untroubled: Company) -> None:
    known = untroubled.in_source("customers", Name="Uit de winkel", EmailAddress="w@w.example")
    untroubled.run(only(known["CustomerNumber"]), flow=FORWARD)
    number = entered(untroubled, mainContact={"email": "w@w.example"})
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "parked(customer_taken)"
    assert known["CustomerNumber"] in ran.outcomes[number].detail


def test_customers_that_share_an_email_address_do_not_end_on_one(untroubled: Company) -> None:
    first, second = entered(untroubled), entered(untroubled, name="Bakkerij Zuid B.V.")
    assert run(untroubled, only(first, second)).all_ended() == {first: "created", second: "parked(customer_shared)"}


def test_a_customer_found_by_email_with_another_vat_number_parks(untroubled: Company) -> None:
    untroubled.in_source("customers", EmailAddress="bakkerij@noord.example", VatNumber="NL523832096B01")
    number = entered(untroubled, vatRegistrationId=VAT_NUMBER)
    assert run(untroubled, only(number)).ended(number) == "parked(customer_contradicts)"


def test_a_customer_whom_nothing_would_tell_from_one_that_is_there_parks(untroubled: Company) -> None:
    at_the_quay = {"InvoiceAddress1": "Kade 1", "InvoicePostalCode": "9711 AB", "InvoiceCity": "Groningen"}
    known = untroubled.in_source("customers", Name="Jan Jansen", IsPrivatePerson=True, **at_the_quay)
    bare: dict[str, Any] = {"name": "Jan Jansen", "mainContact": {"email": None}}
    alike, other = person(untroubled, **bare), person(untroubled, **bare, mainAddress={**ADDRESS, "city": "Assen"})
    ran = run(untroubled, only(alike, other))
    assert ran.all_ended() == {alike: "parked(customer_alike)", other: "created"}
    assert known["CustomerNumber"] in ran.outcomes[alike].detail
    untroubled.in_source(f"customers/{known['Id']}", EmailAddress="jan@thuis.example")
    edited(untroubled, alike, mainContact={"email": "jan@thuis.example"})
    assert run(untroubled).ended(alike) == "unchanged(found_by_email)"


def test_two_customers_whom_nothing_tells_apart_are_made_one_after_the_other(untroubled: Company) -> None:
    bare: dict[str, Any] = {"name": "Jan Jansen", "mainContact": {"email": None}}
    numbers = [person(untroubled, **bare), person(untroubled, **bare)]
    assert sorted(run(untroubled, only(*numbers)).all_ended().values()) == ["created", "parked(customer_alike)"]
    ran = run(untroubled)
    assert sorted(ran.ended(number) for number in numbers) == ["created", "unchanged"]
    assert len(named(untroubled, "Jan Jansen")) == 2


# Bad input: each is parked or rejected alone, with reason and cure, while the others go on


@pytest.mark.parametrize(
    ("fields", "ended"),
    [
        ({"mainAddress": {**ADDRESS, "city": None}}, "parked(address_incomplete)"),
        ({"mainAddress": {**ADDRESS, "postalCode": None}}, "parked(address_incomplete)"),
        ({"mainAddress": {**ADDRESS, "postalCode": "12345678901"}}, "rejected(string_too_long)"),
        ({"mainAddress": {**ADDRESS, "countryId": "US"}}, "parked(country_unknown)"),
        ({"vatRegistrationId": "NL001234567B99"}, "rejected(vat_number_malformed)"),
        ({"customerClassId": "OTHER"}, "parked(class_unknown)"),
        ({"corporateId": "1" * 21}, "rejected(string_too_long)"),
        ({"status": "Inactive"}, "skipped(archived)"),
        ({"status": "OneTime"}, "skipped(archived)"),
    ],
)
def test_what_cannot_be_sent_says_why_and_what_to_do_and_the_others_go_on(
    fields: dict[str, Any], ended: str, untroubled: Company
) -> None:
    before, _ = counts(untroubled)
    bad, good = entered(untroubled, **fields), person(untroubled, "Fleur Postma")
    ran = run(untroubled, only(bad, good))
    assert ran.all_ended() == {bad: ended, good: "created"}
    assert ended.startswith("skipped") or ran.outcomes[bad].cure
    assert counts(untroubled)[0] == before + 1


def test_credit_terms_without_an_entry_park_until_the_table_has_one(untroubled: Company) -> None:
    decided(untroubled, terms_of_payment={"table": {"30": "30 dagen"}})
    number = entered(untroubled, creditTermsId="14")
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "parked(no_mirror.customers.terms_of_payment)"
    assert "'14'" in ran.outcomes[number].cure
    decided(untroubled, terms_of_payment={"table": MIRROR_TERMS})
    assert run(untroubled).ended(number) == "created"
    assert there(untroubled, number)["TermsOfPayment"]["Name"] == "14 dagen"


def test_terms_that_the_target_does_not_have_stop_the_flow_before_anything_is_written(untroubled: Company) -> None:
    decided(untroubled, terms_of_payment={"table": {"30": "Ooit"}})
    ran = untroubled.try_run(only(entered(untroubled)), flow=FLOW)
    assert isinstance(ran.broke, ConfigurationError)
    assert "'Ooit'" in ran.broke.message
    assert not untroubled.writes()["POST /eaccounting/v2/customers"]


def test_the_default_debtor_of_the_other_direction_is_never_sent(untroubled: Company) -> None:
    number = entered(untroubled)
    untroubled.decide(default_debtor={"when": "fallback", "customer": number}, **IMPATIENT)
    assert run(untroubled, only(number)).ended(number) == "skipped(default_debtor)"
    assert named(untroubled, "Bakkerij Noord B.V.") == []


@pytest.mark.parametrize(("kind", "ended"), [("429", "parked"), ("500", "uncertain"), ("refuse", "uncertain")])
def test_a_target_that_does_not_work_leaves_the_customer_waiting_and_the_next_run_makes_it(
    kind: str, ended: str, untroubled: Company
) -> None:
    number = entered(untroubled)
    untroubled.tries = 1
    untroubled.fault(kind, method="POST", path="/eaccounting/v2/customers$", times=9, retry_after=1)
    ran = run(untroubled, only(number))
    assert ran.outcomes[number].state == ended
    untroubled.no_more_faults()
    untroubled.tries = 5
    assert run(untroubled).ended(number) == "created"
    assert len(named(untroubled, "Bakkerij Noord B.V.")) == 1


def test_a_customer_that_the_target_refuses_is_rejected_alone(untroubled: Company) -> None:
    untroubled.decide(customers={"vat_number_check": "send"}, **IMPATIENT)
    bad, good = entered(untroubled, vatRegistrationId="NL1"), person(untroubled, "Fleur Postma")
    ran = run(untroubled, only(bad, good))
    assert ran.all_ended() == {bad: "rejected(invalid_vat_number)", good: "created"}
    assert ran.outcomes[bad].cure


def test_the_debtor_stays_as_it_is(untroubled: Company) -> None:
    number = entered(untroubled)
    before = debtor(untroubled, number)
    run(untroubled, only(number))
    assert debtor(untroubled, number) == before
