"""What a customer gets from the settings, and which of its fields follow the source afterwards."""

from pathlib import Path
from typing import Any

import pytest

from tests.flows.customer_flow import FLOW, customers, one_made, run
from tests.flows.running import EVERYTHING, Company, only
from tests.flows.test_customers import made, newcomers
from visma_sync.errors import ConfigurationError

PHONE = "mainContact.phone1"


def laid_over(tmp_path: Path, fields: str) -> dict[str, list[str]]:
    """An overlay of the mapping that changes how these fields of the customer are written."""
    overlay = tmp_path / "ours.yaml"
    overlay.write_text(f"flow: {FLOW}\nwrite:\n  customer:\n    {fields}\n", encoding="utf-8")
    return {FLOW: [str(overlay)]}


# What they get


def test_zone_accounts_and_payment_method_follow_country_and_kind(untroubled: Company) -> None:
    run(untroubled)
    seen = set()
    for number, debtor in made(untroubled).items():
        source = customers(untroubled)[number]
        follows = source["DeliveryCountryCode"] if source["DeliveryBasedVat"] else None
        country, business = follows or source["InvoiceCountryCode"] or "NL", bool(source["VatNumber"])
        accounts = debtor["glAccounts"]
        if country == "NL":
            wanted = ("DOMESTIC", "8000", "8020")
        elif source["IsNorthernIreland"] or (country in {"SE", "DE", "BE"} and business):
            wanted = ("EUBUSINESS", "8020", "8020")
        elif country in {"SE", "DE", "BE"}:
            wanted = ("EUPRIVATE", "8010", "8010")
        else:
            wanted = ("EXPORT", "8030", "8020")
        given = (debtor["vatZone"]["id"], accounts["salesAccount"]["number"], accounts["salesEuAccount"]["number"])
        assert given == wanted, number
        assert accounts["salesNonTaxableAccount"]["number"] == "8050"
        seen.add(wanted)
        terms = source["TermsOfPayment"]["Name"]
        method = {"Kaartbetaling": "CARD", "Digitale portemonnee": "WALLET"}.get(terms, "BANK")
        assert debtor["defaultPaymentMethodId"] == method
    assert len(seen) == 4


def test_the_language_goes_into_the_attribute_that_the_settings_name(untroubled: Company) -> None:
    number, debtor = one_made(untroubled)
    assert not debtor.get("attributes")
    untroubled.decide(customers={"language_attribute": "EXTID"})
    other = newcomers(untroubled, private=True)[0]["CustomerNumber"]
    run(untroubled, only(number, other))
    assert [(one["id"], one["value"]) for one in made(untroubled)[other]["attributes"]] == [("EXTID", "nl")]
    assert not made(untroubled)[number].get("attributes")


@pytest.mark.parametrize(
    ("decided", "named"),
    [
        ({"by_country": [{"country": "NL", "sales_account": "8999"}]}, "8999"),
        ({"by_country": [{"country": "*", "sales_export_account": "NONE"}]}, "NONE"),
        ({"by_country": [{"country": "EU", "vat_zone": "MARS"}]}, "MARS"),
        ({"payment_method": {"default": "CHEQUE"}}, "CHEQUE"),
        ({"language_attribute": "TONGUE"}, "TONGUE"),
    ],
)
def test_a_value_that_the_target_does_not_know_stops_the_flow_before_anything_is_sent(
    decided: dict[str, Any], named: str, untroubled: Company
) -> None:
    untroubled.decide(customers=decided)
    ran = untroubled.try_run(EVERYTHING, flow=FLOW)
    assert isinstance(ran.broke, ConfigurationError)
    assert named in ran.broke.message
    assert not untroubled.writes()


# Updates, and who a field belongs to


def test_what_became_empty_in_the_source_is_taken_out_of_the_target(untroubled: Company) -> None:
    number = newcomers(untroubled, private=False)[0]["CustomerNumber"]
    untroubled.in_source(f"customers/{number}", InvoiceAddress2="Achterom 3")
    run(untroubled, only(number))
    assert made(untroubled)[number]["mainAddress"]["addressLine2"] == "Achterom 3"
    untroubled.in_source(f"customers/{number}", InvoiceAddress2=None, Telephone=None)
    assert run(untroubled, only(number)).ended(number) == "updated"
    after = made(untroubled)[number]
    assert after["mainAddress"].get("addressLine2") is None
    assert after["mainContact"].get("phone1") is None
    untroubled.forget_requests()
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert not untroubled.writes()


def test_what_people_filled_in_stays_although_the_source_became_empty(untroubled: Company) -> None:
    number, debtor = one_made(untroubled)
    untroubled.in_target(f"customers/{debtor['number']}", mainContact={"phone1": "+31 20 1234567"})
    untroubled.in_source(f"customers/{number}", Telephone=None)
    ran = run(untroubled, only(number))
    assert made(untroubled)[number]["mainContact"]["phone1"] == "+31 20 1234567"
    assert ran.ended(number) == "unchanged"
    assert PHONE in ran.outcomes[number].detail
    assert any(PHONE in note for note in ran.report.notes)
    untroubled.forget_requests()
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert set(untroubled.requests()) == {"GET /eaccounting/v2/customers"}


def test_a_field_that_may_follow_the_source_follows_it_and_one_that_may_not_does_not(
    untroubled: Company, tmp_path: Path
) -> None:
    untroubled.decide(mapping_overlays=laid_over(tmp_path, "name: {on: update}"))
    number, debtor = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", Name="Nieuwe Naam B.V.", VatNumber=None)
    assert run(untroubled, only(number)).ended(number) == "updated"
    after = made(untroubled)[number]
    assert after["name"] == "Nieuwe Naam B.V."
    assert after["vatRegistrationId"] == debtor["vatRegistrationId"]


def test_a_field_that_is_only_filled_leaves_whatever_is_there(untroubled: Company, tmp_path: Path) -> None:
    untroubled.decide(mapping_overlays=laid_over(tmp_path, "mainContact: {web: {on: if_empty}}"))
    enriched, ours, empty = (one["CustomerNumber"] for one in newcomers(untroubled, private=False)[:3])
    untroubled.in_source(f"customers/{ours}", WwwAddress="https://eerst.example")
    run(untroubled, only(enriched, ours, empty))
    debtor = made(untroubled)[enriched]["number"]
    untroubled.in_target(f"customers/{debtor}", mainContact={"web": "https://mensen.example"})
    for number in (enriched, ours, empty):
        untroubled.in_source(f"customers/{number}", WwwAddress="https://bron.example")
    run(untroubled, only(enriched, ours, empty))
    webs = [made(untroubled)[number]["mainContact"]["web"] for number in (enriched, ours, empty)]
    assert webs == ["https://mensen.example", "https://eerst.example", "https://bron.example"]


def test_a_field_that_is_never_written_is_not(untroubled: Company, tmp_path: Path) -> None:
    untroubled.decide(mapping_overlays=laid_over(tmp_path, "vatRegistrationId: {on: never}"))
    assert one_made(untroubled)[1].get("vatRegistrationId") is None


def test_a_change_leaves_its_request_in_the_ledger(untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen")
    run(untroubled, only(number))
    attempts = untroubled.ledger().attempts(FLOW, "customer", customers(untroubled)[number]["Id"])
    changes = [attempt for attempt in attempts if attempt.action == "update"]
    sent = [attempt.request for attempt in changes if attempt.request is not None and not attempt.error]
    assert {"city": "Assen"} in [request.get("mainAddress") for request in sent]


def test_a_new_right_of_a_field_holds_for_customers_that_are_linked_already(
    untroubled: Company, tmp_path: Path
) -> None:
    number = newcomers(untroubled, private=False)[0]["CustomerNumber"]
    run(untroubled, only(number))
    untroubled.in_source(f"customers/{number}", Name="Nieuwe Naam B.V.")
    run(untroubled, only(number))
    untroubled.decide(mapping_overlays=laid_over(tmp_path, "name: {on: update}"))
    assert run(untroubled, only(number)).ended(number) == "updated"
    assert made(untroubled)[number]["name"] == "Nieuwe Naam B.V."
