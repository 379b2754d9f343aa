"""What is paid of the invoices of orders is on the invoices that Visma.net made of those orders."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.fulfilment import GOODS, SERVICES, goods_of, in_stock, invoices_of, stocked
from tests.flows.payment_flow import booked, pay, payments, run
from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.shop import Stored, total_of

D = Decimal


@pytest.fixture
def opened(company_with: CompanyWith) -> Company:
    """A pair of companies where orders are opened, and people ship and invoice them."""
    return stocked(company_with, "open")


@pytest.fixture
def invoiced(company_with: CompanyWith) -> Company:
    """A pair of companies where orders are shipped and invoiced."""
    return stocked(company_with, "invoice")


def charging_orders(company: Company) -> dict[str, Stored]:
    """The invoices of eAccounting that charge orders and are no credits, by number."""
    return {
        str(one["InvoiceNumber"]): one
        for one in company.state("eaccounting", "customerinvoices")
        if not one["IsCreditInvoice"] and orders_of(one)
    }


def orders_of(invoice: Stored) -> set[str]:
    """The keys of the orders that an invoice of eAccounting charges."""
    collected = invoice["CollectiveCustomerInvoiceRowsRelationToOrders"] or []
    return {row["OrderId"] for row in collected} | ({invoice["CreatedFromOrderId"]} - {None})


def open_of(company: Company, invoice: Stored) -> Decimal:
    """What is open in Visma.net of the orders that an invoice of eAccounting charges."""
    numbers = {one["Id"]: str(one["Number"]) for one in company.state("eaccounting", "orders")}
    found = [one for key in orders_of(invoice) for one in invoices_of(company, numbers[key])]
    return sum((one["balanceInCurrency"] for one in found), D(0))


def test_paid_invoices_of_orders_are_settled_on_the_invoices_of_the_orders(invoiced: Company) -> None:
    invoiced.run()
    ran = run(invoiced)
    settled = 0
    for number, invoice in charging_orders(invoiced).items():
        money = invoice["PaymentStatus"] == 0 and invoice["PaymentDate"] is not None
        assert ran.ended(number) == ("created" if money else f"skipped({_why_no_money(invoice)})"), number
        # The flow of invoices applies what was set off; here nobody has.
        expected = D(0) if money else invoice["TotalAmountInvoiceCurrency"]
        assert open_of(invoiced, invoice) == expected, number
        settled += money
    assert settled == len(booked(invoiced)) > 2
    invoiced.forget_requests()
    assert not set(run(invoiced).all_ended().values()) & {"created", "rejected"}
    assert not invoiced.writes()


def _why_no_money(invoice: Stored) -> str:
    return "credited" if invoice["PaymentStatus"] == 0 else "not_paid"


def test_a_collective_invoice_is_settled_on_the_invoices_of_all_its_orders(invoiced: Company) -> None:
    customer = invoiced.source_orders()[SERVICES]["CustomerNumber"]
    rows = [{"ArticleNumber": "HOUR-1"}]
    first, second = (invoiced.in_source("orders", CustomerNumber=customer, Rows=rows) for _ in range(2))
    invoiced.run(only(str(first["Number"])))
    number = collected(invoiced, first, second)
    assert run(invoiced, only(number)).all_ended() == {number: "parked(invoice_missing)"}
    invoiced.run()
    assert run(invoiced, only(number)).all_ended() == {number: "created"}
    (payment,) = payments(invoiced)
    assert len(payment["paymentLines"]) == 2
    assert open_of(invoiced, charging_orders(invoiced)[number]) == 0


def collected(company: Company, first: Stored, second: Stored) -> str:
    """Invoice two orders together, and have the invoice paid; gives its number."""
    number = str(company.in_source(f"orders/{first['Number']}/invoice")["InvoiceNumber"])
    total = total_of(first) + total_of(second)
    company.in_source(
        f"customerinvoices/{number}",
        CreatedFromOrderId=None,
        IsCollectiveInvoice=True,
        CollectiveCustomerInvoiceRowsRelationToOrders=[{"OrderId": order["Id"]} for order in (first, second)],
        TotalAmountInvoiceCurrency=total,
        RemainingAmountInvoiceCurrency=total,
    )
    pay(company, number)
    return number


def test_a_payment_waits_until_its_order_was_sent_and_invoiced_in_full(opened: Company) -> None:
    number = GOODS
    invoice = opened.in_source(f"orders/{number}/invoice")
    paid = str(invoice["InvoiceNumber"])
    pay(opened, paid)
    assert run(opened, only(paid)).all_ended() == {paid: "parked(invoice_missing)"}
    opened.run()
    assert run(opened, only(paid)).all_ended() == {paid: "parked(invoice_missing)"}
    ship_and_invoice(opened, number, share=2)
    assert run(opened, only(paid)).all_ended() == {paid: "parked(invoice_missing)"}
    ship_and_invoice(opened, number)
    assert run(opened, NOTHING_NEW).ended(paid) == "created"
    (payment,) = payments(opened)
    assert len(payment["paymentLines"]) == 2
    # What an order comes to when it is invoiced in parts may differ by a cent.
    difference = sum(one["amountInCurrency"] for one in invoices_of(opened, number)) - payment["paymentAmount"]
    assert open_of(opened, invoice) == difference <= D("0.01")


def test_two_invoices_of_one_order_paid_in_one_run_do_not_settle_the_same_money(opened: Company) -> None:
    first = opened.in_source(f"orders/{GOODS}/invoice")
    opened.run()
    ship_and_invoice(opened, GOODS, share=2)
    ship_and_invoice(opened, GOODS)
    total = sum((one["amountInCurrency"] for one in invoices_of(opened, GOODS)), D(0))
    second = opened.in_source("invoices")
    for invoice, share in ((first, total - 10), (second, D(10))):
        opened.in_source(
            f"customerinvoices/{invoice['InvoiceNumber']}",
            CreatedFromOrderId=first["CreatedFromOrderId"],
            TotalAmountInvoiceCurrency=share,
            RemainingAmountInvoiceCurrency=share,
        )
        pay(opened, str(invoice["InvoiceNumber"]))
    numbers = [str(invoice["InvoiceNumber"]) for invoice in (first, second)]
    assert run(opened, only(*numbers)).all_ended() == dict.fromkeys(numbers, "created")
    assert {state for _, state in booked(opened).values()} == {"Closed"}
    assert open_of(opened, first) == 0


def ship_and_invoice(company: Company, number: str, share: int = 1) -> None:
    """People ship what there is of an order, a share of its goods or all, and release the invoice of it."""
    order = company.by_marker()[number]
    for sku, quantity in goods_of(order).items():
        in_stock(company, sku, quantity / share)
    key = f"{order['type']}/{order['orderId']}"
    company.in_target(f"orders/{key}/ship")
    made = asyncio.run(_prepare_invoice(company, order))
    company.in_target(f"invoices/{made}/release")


async def _prepare_invoice(company: Company, order: Stored) -> Any:
    source, target = company.clients(company.ledger())
    async with source, target:
        return await target.shipments.prepare_invoice(order["type"], order["orderId"])
