"""A person who is erased is forgotten in both directions and all flows, and is not made a second time."""

from typing import Any

import pytest

from tests.flows.customer_flow import FLOW as CUSTOMERS
from tests.flows.customer_flow import run as keep_customers
from tests.flows.customers_back import FLOW as CUSTOMERS_BACK
from tests.flows.customers_back import counts, person
from tests.flows.customers_back import run as keep_customers_back
from tests.flows.running import FLOW as ORDERS
from tests.flows.running import IMPATIENT, NOTHING_NEW, Company, only
from tests.flows.test_customers import buyer_in_target, newcomers, ordered_by
from visma_sync.errors import NotFoundError
from visma_sync.sync.erase import erase_customer, lines_of


def buyer_and_order(company: Company) -> tuple[str, str]:
    """A private person whose order was sent: the customer number in eAccounting, and the order's number."""
    buyer = newcomers(company, private=True)[0]
    order = ordered_by(company, buyer)
    assert company.run(only(order)).ended(order) == "created"
    return buyer["CustomerNumber"], order


def readable(company: Company, number: str) -> list[Any]:
    """What can still be read of a customer of eAccounting and their orders."""
    ledger = company.ledger()
    (buyer,) = (one for one in company.state("eaccounting", "customers") if one["CustomerNumber"] == number)
    orders = [one["Id"] for one in company.state("eaccounting", "orders") if one["CustomerId"] == buyer["Id"]]
    bodies: list[Any] = []
    for key in (buyer["Id"], *orders):
        for flow in (ORDERS, f"{ORDERS}, customers", CUSTOMERS):
            bodies += [held.source for held in ledger.held(flow, [key]).values() if held.source]
        for flow, kind in ((ORDERS, "order"), (CUSTOMERS, "customer")):
            bodies += [attempt.request for attempt in ledger.attempts(flow, kind, key) if attempt.request]
    return bodies


@pytest.mark.parametrize("known_by", ["source_number", "target_number"])
def test_a_buyer_is_erased_by_the_customer_number_of_either_system(untroubled: Company, known_by: str) -> None:
    number, order = buyer_and_order(untroubled)
    numbers = {"source_number": number, "target_number": buyer_in_target(untroubled, order)}
    assert readable(untroubled, number)
    erased = erase_customer(untroubled.ledger(), **{known_by: numbers[known_by]})
    assert readable(untroubled, number) == []
    assert dict(erased.records) == {ORDERS: 1, f"{ORDERS}, customers": 1}
    assert erased.requests >= 4
    assert (erased.links, erased.waiting) == (1, 0)


def test_an_erased_buyer_is_not_made_again_and_neither_is_the_order(untroubled: Company) -> None:
    number, order = buyer_and_order(untroubled)
    erase_customer(untroubled.ledger(), source_number=number)
    debtors, orders = untroubled.state("vismanet", "customers"), untroubled.state("vismanet", "orders")
    assert keep_customers(untroubled, only(number)).ended(number) == "unchanged"
    assert untroubled.run(only(order)).ended(order) == "skipped(exists)"
    assert untroubled.state("vismanet", "customers") == debtors
    assert untroubled.state("vismanet", "orders") == orders


def test_a_new_order_of_an_erased_buyer_goes_to_the_customer_they_were(untroubled: Company) -> None:
    number, order = buyer_and_order(untroubled)
    erase_customer(untroubled.ledger(), source_number=number)
    again = ordered_by(untroubled, {"CustomerNumber": number})
    assert untroubled.run(only(again)).ended(again) == "created"
    assert buyer_in_target(untroubled, again) == buyer_in_target(untroubled, order)


def test_runs_that_find_nothing_new_keep_nothing_of_an_erased_person_again(untroubled: Company) -> None:
    number, _ = buyer_and_order(untroubled)
    keep_customers(untroubled, only(number))
    erase_customer(untroubled.ledger(), source_number=number)
    untroubled.run(NOTHING_NEW)
    keep_customers(untroubled, NOTHING_NEW)
    assert readable(untroubled, number) == []


def test_what_changes_of_an_erased_person_later_does_not_replace_what_stands_there(untroubled: Company) -> None:
    number, _ = buyer_and_order(untroubled)
    keep_customers(untroubled, only(number))
    erase_customer(untroubled.ledger(), source_number=number)
    debtors = untroubled.state("vismanet", "customers")
    untroubled.in_source(f"customers/{number}", InvoiceCity="Anders")
    assert keep_customers(untroubled, only(number)).ended(number) == "unchanged"
    assert untroubled.state("vismanet", "customers") == debtors


def test_a_person_entered_in_the_other_system_is_erased_and_not_made_again(untroubled: Company) -> None:
    number = person(untroubled, "Truus Bakker")
    keep_customers_back(untroubled)
    held = untroubled.ledger().mirrored().held(CUSTOMERS_BACK, [number])[number]
    assert held.source
    before = counts(untroubled)
    assert erase_customer(untroubled.ledger(), target_number=number).records == {CUSTOMERS_BACK: 1}
    assert untroubled.ledger().mirrored().held(CUSTOMERS_BACK, [number])[number].source is None
    assert erase_customer(untroubled.ledger(), target_number=number).records == {}
    assert keep_customers_back(untroubled).ended(number) == "unchanged"
    assert counts(untroubled) == before


def test_a_mistyped_number_is_not_taken_for_a_person_who_is_forgotten(untroubled: Company) -> None:
    number, _ = buyer_and_order(untroubled)
    for wrong in ({"source_number": "99999999"}, {"target_number": "99999999"}):
        with pytest.raises(NotFoundError, match="knows no customer with this number"):
            erase_customer(untroubled.ledger(), **wrong)
    assert readable(untroubled, number)


def test_who_erases_reads_what_was_erased_and_what_was_not(untroubled: Company) -> None:
    number, _ = buyer_and_order(untroubled)
    lines = list(lines_of(erase_customer(untroubled.ledger(), source_number=number), 30))
    assert f"erased: 1 records held by {ORDERS}" in lines
    assert "not touched: both systems, and backups of the ledger" in lines
    assert number not in "".join(lines)


def test_an_order_whose_answer_was_lost_is_found_although_its_buyer_is_erased(
    untroubled: Company,
) -> None:
    buyer = newcomers(untroubled, private=True)[0]
    order = ordered_by(untroubled, buyer)
    untroubled.decide(**IMPATIENT)
    untroubled.tries = 1
    untroubled.fault("timeout_after", method="POST", path="/salesorder/api/v3/SalesOrders$")
    assert untroubled.run(only(order)).ended(order) == "uncertain(answer_lost)"
    erased = erase_customer(untroubled.ledger(), source_number=buyer["CustomerNumber"])
    assert erased.at_work == 1
    assert any("once more" in line for line in lines_of(erased, 30))
    untroubled.tries = 5
    assert untroubled.run(NOTHING_NEW).ended(order) == "created"
    assert erase_customer(untroubled.ledger(), source_number=buyer["CustomerNumber"]).at_work == 0
    assert readable(untroubled, buyer["CustomerNumber"]) == []
