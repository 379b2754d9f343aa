"""The demo's witness reads what both systems really hold."""

from decimal import Decimal

import httpx
import pytest

from local.signed_in import SignedIn
from local.witness import Witness
from local.witness_books import BooksWitness


@pytest.fixture(scope="module")
def systems(sandbox_url: str) -> SignedIn:
    """Signed in at both."""
    return SignedIn(sandbox_url)


def state(url: str, system: str, collection: str) -> list[dict[str, object]]:
    """What the sandbox says that a system holds."""
    rows: list[dict[str, object]] = httpx.get(f"{url}/_sandbox/state/{system}/{collection}").json()
    return rows


def test_it_reads_every_numbered_order_and_every_invoice(systems: SignedIn, sandbox_url: str) -> None:
    numbered = {str(order["Number"]) for order in state(sandbox_url, "eaccounting", "orders") if order["Number"]}
    invoices = {str(one["InvoiceNumber"]) for one in state(sandbox_url, "eaccounting", "customerinvoices")}

    assert set(Witness(systems).source_orders()) == numbered
    assert set(BooksWitness(systems).source_invoices()) == invoices


def test_money_that_came_in_is_neither_what_a_credit_settled_nor_what_is_still_open(systems: SignedIn) -> None:
    invoices = BooksWitness(systems).source_invoices().values()
    charged = [one for one in invoices if not one.is_credit]

    assert all(Decimal(0) <= one.paid <= one.total for one in charged)
    # One was credited before anybody paid, another was paid to a third.
    assert any(one.status == "paid" and one.paid == 0 for one in charged)
    assert any(one.status != "paid" and 0 < one.paid < one.total for one in charged)


def test_a_credit_invoice_belongs_to_the_sale_that_it_takes_back(systems: SignedIn) -> None:
    invoices = BooksWitness(systems).source_invoices()
    by_key = {invoice.key: invoice for invoice in invoices.values()}
    credits = [invoice for invoice in invoices.values() if invoice.takes_back]

    assert credits
    assert all(credit.orders == by_key[credit.takes_back].orders for credit in credits)


def test_it_reads_every_item_and_what_the_warehouse_has_of_it(systems: SignedIn, sandbox_url: str) -> None:
    stock = BooksWitness(systems).target_stock("1")

    assert set(stock) == {item["inventoryNumber"] for item in state(sandbox_url, "vismanet", "items")}
    assert any(stock.values())
