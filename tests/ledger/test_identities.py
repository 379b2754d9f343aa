"""A customer of the target is found again by what it can be recognised by."""

from dataclasses import replace

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Identity

ANNA = Identity(
    target_key="10001",
    group="PRIVATE",
    country="SE",
    emails={"Anna@Example.com", "faktura@example.com"},
    vat_number="SE 5566-771234 01",
    corporate_id="556677-1234",
    marker="EA-501",
    active=True,
)


def test_a_customer_is_found_by_each_of_its_e_mail_addresses_whatever_their_case(ledger: Ledger) -> None:
    ledger.save_identities("customer", [ANNA])
    for email in (" anna@example.COM ", "faktura@example.com"):
        found = ledger.find_identities("customer", field="email", values=[email, "nobody@example.com"])
        assert found.keys() == {email}
        (customer,) = found[email]
        assert (customer.target_key, customer.group, customer.country, customer.active) == (
            "10001",
            "PRIVATE",
            "SE",
            True,
        )


def test_a_number_is_found_however_it_is_written(ledger: Ledger) -> None:
    ledger.save_identities("customer", [ANNA])
    assert ledger.find_identities("customer", field="vat_number", values=["SE556677123401"]).keys() == {
        "SE556677123401"
    }
    assert ledger.find_identities("customer", field="corporate_id", values=["5566771234"]).keys() == {"5566771234"}
    assert ledger.find_identities("customer", field="marker", values=["ea-501"]).keys() == {"ea-501"}
    assert ledger.find_identities("customer", field="marker", values=["SE556677123401"]) == {}


def test_a_contradicting_number_can_be_seen(ledger: Ledger) -> None:
    ledger.save_identities("customer", [replace(ANNA, corporate_id="")])
    (customer,) = ledger.find_identities("customer", field="email", values=["anna@example.com"])["anna@example.com"]
    assert customer.vat_hash == ledger.identity_hash("vat_number", "SE556677123401")
    assert customer.vat_hash != ledger.identity_hash("vat_number", "SE999999999901")
    assert customer.corporate_hash == ""


def test_two_customers_with_one_address_are_both_found(ledger: Ledger) -> None:
    ledger.save_identities("customer", [ANNA, replace(ANNA, target_key="10002", active=False)])
    found = ledger.find_identities("customer", field="email", values=["anna@example.com"])["anna@example.com"]
    assert [(customer.target_key, customer.active) for customer in found] == [("10001", True), ("10002", False)]


def test_what_is_known_of_a_customer_is_replaced_as_a_whole(ledger: Ledger) -> None:
    ledger.save_identities("customer", [ANNA, replace(ANNA, target_key="10002")])
    ledger.save_identities("customer", [replace(ANNA, emails=frozenset({"new@example.com"}), group="COMPANY")])
    found = ledger.find_identities("customer", field="email", values=["anna@example.com", "new@example.com"])
    assert [customer.target_key for customer in found["anna@example.com"]] == ["10002"]
    assert [(customer.target_key, customer.group) for customer in found["new@example.com"]] == [("10001", "COMPANY")]


def test_nobody_is_found_by_an_empty_value(ledger: Ledger) -> None:
    ledger.save_identities("customer", [replace(ANNA, vat_number="", marker=" ")])
    assert ledger.find_identities("customer", field="vat_number", values=[""]) == {}
    assert ledger.find_identities("customer", field="marker", values=["", " "]) == {}


def test_thousands_of_customers_are_saved_and_found_at_once(ledger: Ledger) -> None:
    ledger.save_identities(
        "customer",
        [replace(ANNA, target_key=str(number), emails={f"{number}@example.com"}) for number in range(2500)],
    )
    wanted = [f"{number}@example.com" for number in range(5000)]
    assert len(ledger.find_identities("customer", field="email", values=wanted)) == 2500
