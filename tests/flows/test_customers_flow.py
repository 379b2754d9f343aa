"""The customer flow finds or makes each customer once, and says what became of those archived and deleted."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.flows.customer_flow import FLOW, customers, one_made, run
from tests.flows.running import MIDNIGHT, NOTHING_NEW, Company, only
from tests.flows.test_customers import contacts_of, made, newcomers, ordered_by, typed_in
from visma_sync.sync.fetch import Window

# All of them, and nothing twice


def test_every_customer_is_in_the_target_once_with_the_data_of_the_source(untroubled: Company) -> None:
    ran = run(untroubled)
    assert set(ran.outcomes) == set(customers(untroubled))
    assert {ran.outcomes[number].state for number in made(untroubled)} == {"created"}
    assert len(made(untroubled)) >= 20
    for number, debtor in made(untroubled).items():
        source = customers(untroubled)[number]
        assert debtor["name"] == source["Name"].strip()
        assert debtor["customerClass"]["id"] == ("PERSON" if source["IsPrivatePerson"] else "COMPANY")
        assert debtor.get("vatRegistrationId", "") == (source["VatNumber"] or "")
        assert debtor.get("corporateId", "") == (source["CorporateIdentityNumber"] or "")
        assert debtor["currencyId"] == source["CurrencyCode"]
        assert debtor["mainAddress"]["city"] == source["InvoiceCity"]
        assert debtor["mainAddress"]["country"]["id"] == (source["InvoiceCountryCode"] or "NL")
        people = [contact["displayName"] for contact in contacts_of(untroubled, debtor["number"])]
        assert people == ([source["ContactPersonName"]] if not source["IsPrivatePerson"] else [])
    assert untroubled.mailed() == []


def test_the_second_run_of_the_same_window_writes_nothing(untroubled: Company) -> None:
    first = run(untroubled)
    before = untroubled.state("vismanet", "customers")
    untroubled.forget_requests()
    second = run(untroubled)
    settled = [number for number, one in first.outcomes.items() if one.state in {"created", "unchanged"}]
    assert {second.ended(number) for number in settled} == {"unchanged"}
    assert not untroubled.writes()
    assert untroubled.state("vismanet", "customers") == before


def test_an_unchanged_customer_costs_no_call_to_the_target(untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    untroubled.forget_requests()
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert set(untroubled.requests()) == {"GET /eaccounting/v2/customers"}


def test_what_the_source_counts_by_itself_costs_no_call_to_the_target(untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    untroubled.in_source(f"customers/{number}", LastInvoiceDate="2026-01-31T00:00:00Z", UnpaidInvoicesAmount=12)
    untroubled.forget_requests()
    assert run(untroubled, only(number)).ended(number) == "unchanged"
    assert set(untroubled.requests()) == {"GET /eaccounting/v2/customers"}


def test_a_customer_made_for_an_order_is_not_made_again(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    untroubled.run(only(ordered_by(untroubled, customer)))
    untroubled.forget_requests()
    assert run(untroubled, only(customer["CustomerNumber"])).ended(customer["CustomerNumber"]) == "unchanged"
    assert not untroubled.writes()


def test_a_customer_whose_answer_was_lost_in_an_order_run_is_adopted_by_the_customer_flow(untroubled: Company) -> None:
    customer = newcomers(untroubled, private=False)[0]
    number, order = customer["CustomerNumber"], ordered_by(untroubled, customer)
    untroubled.fault("timeout_after", method="POST", path="/v1/customer$")
    untroubled.tries = 1
    assert untroubled.run(only(order)).customers[number].state == "uncertain"
    assert run(untroubled, only(number)).ended(number) == "unchanged(found_by_marker)"
    references = [one.get("accountReference") for one in untroubled.state("vismanet", "customers")]
    assert references.count(number) == 1
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"


def test_after_a_lost_ledger_every_customer_is_found_by_its_marker(untroubled: Company) -> None:
    run(untroubled)
    before = made(untroubled)
    for debtor in before.values():
        untroubled.in_target(
            f"customers/{debtor['number']}",
            vatRegistrationId=None,
            corporateId=None,
        )
    untroubled.lose_ledger()
    ran = run(untroubled)
    assert {ran.ended(number) for number in before} == {"unchanged(found_by_marker)"}
    assert made(untroubled).keys() == before.keys()


# Which ones


def test_only_the_numbers_asked_for_are_sent(untroubled: Company) -> None:
    first, second = (one["CustomerNumber"] for one in newcomers(untroubled, private=True)[:2])
    ran = run(untroubled, only(first, "no such"))
    assert ran.all_ended() == {first: "created", "no such": "skipped(not_in_source)"}
    assert second not in made(untroubled)


@pytest.mark.parametrize(
    ("stamp", "belongs"),
    [
        (timedelta(0), True),
        (timedelta(milliseconds=-1), False),
        (timedelta(hours=1, milliseconds=-1), True),
        (timedelta(hours=1), False),
    ],
)
def test_a_window_begins_with_its_first_moment_and_ends_before_its_last(
    stamp: timedelta, belongs: bool, untroubled: Company
) -> None:
    number = newcomers(untroubled, private=True)[0]["CustomerNumber"]
    changed_at = (MIDNIGHT + stamp).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    untroubled.in_source(f"customers/{number}", ChangedUtc=changed_at)
    ran = run(untroubled, Window("manual", MIDNIGHT, MIDNIGHT + timedelta(hours=1)))
    assert (number in ran.outcomes) is belongs


def test_customers_that_were_never_changed_are_looked_at_until_they_are_settled_and_no_longer(
    untroubled: Company,
) -> None:
    unstamped = {number for number, one in customers(untroubled).items() if one["ChangedUtc"] is None}
    untroubled.in_source(f"customers/{max(unstamped)}", EmailAddress="geen adres", ChangedUtc=None)
    assert unstamped <= set(run(untroubled).outcomes)
    since = datetime.now(tz=UTC) + timedelta(seconds=1)
    later = Window("scheduled", since, since + timedelta(hours=1))
    run(untroubled, later)
    untroubled.forget_requests()
    ran = run(untroubled, later)
    assert unstamped & set(ran.outcomes) == {number for number in unstamped if number not in linked(untroubled)}
    assert "GET /vismanet/v1/customer/{number}" not in untroubled.requests()


def linked(company: Company) -> set[str]:
    """The numbers of the customers of the source that have a link."""
    keys = {link.source_key for link in company.links() if link.kind == "customer"}
    return {number for number, one in customers(company).items() if one["Id"] in keys}


# Dry run


def test_a_dry_run_writes_nothing_and_says_what_would_be_made_linked_and_updated(untroubled: Company) -> None:
    fresh, known = newcomers(untroubled, private=False)[:2]
    changed, _ = one_made(untroubled, private=True)
    number = typed_in(untroubled, vatRegistrationId=known["VatNumber"])
    untroubled.in_source(f"customers/{changed}", InvoiceCity="Assen", Telephone="+31 592 000000")
    untroubled.forget_requests()
    asked = only(fresh["CustomerNumber"], known["CustomerNumber"], changed)
    ran = run(untroubled, asked, dry_run=True)
    assert ran.all_ended() == {
        fresh["CustomerNumber"]: "skipped(dry_run)",
        known["CustomerNumber"]: "skipped(would_link)",
        changed: "skipped(dry_run)",
    }
    assert "  would send 2 of 3" in ran.report.lines
    assert ran.outcomes[fresh["CustomerNumber"]].detail == "would be created"
    assert ran.outcomes[known["CustomerNumber"]].detail == (
        f"would be linked with customer {number}, found by vat_number; "
        "its contact person would be made unless it is there"
    )
    assert ran.outcomes[changed].detail == (
        "would be updated: deliveryAddress.city, mainAddress.city, mainContact.phone1"
    )
    assert not untroubled.writes()
    assert len(ran.report.notes) == 3
    assert run(untroubled, asked).ended(changed) == "updated"


def test_a_dry_run_finds_what_would_park_a_customer(company: Company) -> None:
    dry, wet = run(company, dry_run=True), run(company)
    parked = {number: end for number, end in wet.all_ended().items() if end.startswith(("parked", "rejected"))}
    assert len(parked) >= 4
    assert {number: dry.ended(number) for number in parked} == parked


# Archived and deleted in the source


def test_a_customer_archived_in_the_source_is_reported_and_stays_active(untroubled: Company) -> None:
    number, debtor = one_made(untroubled)
    untroubled.in_source(f"customers/{number}/archive")
    ran = run(untroubled, only(number))
    assert (ran.ended(number), ran.outcomes[number].detail) == ("unchanged", "archived in the source")
    assert any(number in note and "archived" in note for note in ran.report.notes)
    untroubled.in_source(f"customers/{number}", InvoiceCity="Assen")
    ran = run(untroubled, only(number))
    assert (ran.ended(number), ran.outcomes[number].detail) == ("updated", "archived in the source")
    assert made(untroubled)[number]["status"] == debtor["status"] == "Active"


def test_an_archived_customer_that_the_target_does_not_know_is_made_only_for_an_order(untroubled: Company) -> None:
    number = newcomers(untroubled, private=True)[0]["CustomerNumber"]
    untroubled.in_source(f"customers/{number}/archive")
    ran = run(untroubled, only(number))
    assert ran.ended(number) == "skipped(archived)"
    assert any(number in note for note in ran.report.notes)
    assert number not in made(untroubled)
    untroubled.run(only(ordered_by(untroubled, {"CustomerNumber": number})))
    assert number in made(untroubled)


def test_a_customer_deleted_in_the_source_is_reported_once_and_stays_as_it_is(untroubled: Company) -> None:
    number, debtor = one_made(untroubled)
    key = customers(untroubled)[number]["Id"]
    untroubled.delete_in_source(f"customers/{number}")
    ran = run(untroubled, NOTHING_NEW)
    assert ran.ended(number) == "skipped(gone_from_source)"
    assert debtor["number"] in ran.outcomes[number].detail
    assert any(number in note for note in ran.report.notes)
    assert made(untroubled)[number] == debtor
    assert untroubled.ledger().links("customer", [key])[key].target_key == debtor["number"]
    looked_at = datetime.now(tz=UTC) - timedelta(days=2)
    untroubled.ledger().save_cursor("source.customers.deleted", looked_at)
    assert number not in run(untroubled, NOTHING_NEW).outcomes


def test_a_run_that_is_repeated_counts_the_deleted_customers_that_it_reported(untroubled: Company) -> None:
    number, _ = one_made(untroubled)
    untroubled.delete_in_source(f"customers/{number}")
    for _ in range(2):
        ran = untroubled.run(NOTHING_NEW, flow=FLOW, name="the same")
        assert ran.accounts_for_all
        assert (ran.report.taken_up, ran.ended(number)) == (1, "skipped(gone_from_source)")


def test_deleted_customers_are_looked_for_once_a_day(untroubled: Company) -> None:
    run(untroubled)
    run(untroubled, NOTHING_NEW)
    untroubled.forget_requests()
    run(untroubled, Window("scheduled", datetime.now(tz=UTC), datetime.now(tz=UTC) + timedelta(hours=1)))
    assert untroubled.requests()["GET /eaccounting/v2/customers"] == 1
