"""A number that several records or documents have: each is told apart, and what cannot be is said to be so."""

import pytest

from tests.flows.conftest import BOOKED, CompanyWith
from tests.flows.invoice_flow import AS_INVOICES, documents
from tests.flows.invoice_flow import FLOW as INVOICES
from tests.flows.invoice_flow import run as run_invoices
from tests.flows.payment_flow import NO_VAT
from tests.flows.reconciled import compare, copy_order, delete_order, sent, told, waits, with_dutch_vat_only
from tests.flows.running import IMPATIENT, Company

NOT_SURE = "may be the customer's own"


@pytest.fixture
def shop(untroubled: Company) -> Company:
    """A pair of companies of which all orders were sent."""
    untroubled.run()
    return untroubled


@pytest.fixture
def invoiced(company_with: CompanyWith) -> Company:
    """A pair of companies whose invoices were sent, and are on hold in Visma.net."""
    on_hold = {"invoices": {"confirm": "hold", "keep_number": False}}
    company = company_with(*BOOKED, **AS_INVOICES, **on_hold, **IMPATIENT)
    run_invoices(company)
    return company


def of_another_customer(company: Company, number: str) -> str:
    """A customer of Visma.net other than that of an order."""
    theirs = {order["customer"]["id"] for order in company.target_orders()} - {sent(company, number)["customer"]["id"]}
    return str(min(theirs))


def type_in(company: Company, reference: str, customer: str) -> None:
    """A person enters an order in Visma.net with a reference."""
    company.in_target("orders", type="SO", customer={"id": customer, "refNo": reference})


def test_another_customers_own_reference_that_equals_an_order_number_is_no_double(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    type_in(shop, number, of_another_customer(shop, number))
    assert compare(shop).counts == {}


def test_an_order_with_the_full_marker_is_a_double_whatever_its_customer(company_with: CompanyWith) -> None:
    company = company_with("--orders", "12", "--no-trouble", "--existing-orders", "0", marker_prefix="S-", **IMPATIENT)
    company.run()
    marker = next(iter(company.by_marker()))
    number = marker.removeprefix("S-")
    other = of_another_customer(company, marker)
    type_in(company, number, other)
    assert compare(company).counts == {}
    type_in(company, marker, other)
    (double,) = compare(company).differences
    assert (double.number, double.kind) == (number, "double")
    assert NOT_SURE not in double.detail


def test_a_reference_that_may_be_the_customers_own_is_not_said_to_be_deleted(shop: Company) -> None:
    number = next(iter(shop.by_marker()))
    copy_order(shop, number)
    (double,) = compare(shop).differences
    assert (double.number, double.kind) == (number, "double")
    assert NOT_SURE in double.detail
    assert "marker_prefix" in double.cure


def test_two_orders_of_one_number_do_not_hide_what_happened_to_the_first(shop: Company) -> None:
    first, second = with_dutch_vat_only(shop)[:2]
    orders = shop.source_orders()
    shop.in_source(f"orders/{orders[second]['Id']}", Number=orders[first]["Number"])
    assert compare(shop).counts == {}
    copy_order(shop, first)
    delete_order(shop, second)
    kinds = {one.key: one.kind for one in compare(shop).differences}
    assert kinds == {orders[first]["Id"]: "double", orders[second]["Id"]: "deleted"}


def test_an_order_that_has_the_number_of_one_that_was_sent_is_not_taken_for_it(shop: Company) -> None:
    number, order = next(iter(shop.source_orders().items()))
    entered = shop.in_source("orders")
    shop.in_source(f"orders/{entered['Id']}", Number=order["Number"])
    result = compare(shop)
    assert (result.counts, waits(result)) == ({}, {number: "parked(number_taken)"})


def test_two_orders_of_one_number_that_were_never_sent_are_both_told(shop: Company) -> None:
    first, second = shop.in_source("orders"), shop.in_source("orders")
    shop.in_source(f"orders/{second['Id']}", Number=first["Number"])
    assert [one.kind for one in compare(shop).differences] == ["missing", "missing"]


def test_a_credit_note_with_the_reference_of_an_invoice_is_no_double_of_it(invoiced: Company) -> None:
    invoice = next(one for one in documents(invoiced).values() if one["documentType"] == "Invoice")
    line = {"description": "Credit", "quantity": 1, "unitPriceInCurrency": 5, **NO_VAT}
    customer, reference = invoice["customer"]["number"], invoice["externalReference"]
    invoiced.in_target("credit_notes", customerNumber=customer, externalReference=reference, invoiceLines=[line])
    assert told(compare(invoiced, INVOICES)) == {}
