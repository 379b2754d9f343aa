"""Orders, customers and surroundings for tests, with only what a test is about spelt out."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.domain.order import Order, OrderStatus
from visma_sync.domain.record import Address
from visma_sync.domain.sale import SaleLine
from visma_sync.domain.taxing import Basis, Category
from visma_sync.sync.orders.plan import Surroundings

D = Decimal


def row(
    amount: str,
    *,
    rate: str | None = "0.21",
    sku: str = "A-1",
    quantity: str = "1",
    price: str = "",
    **more: Any,
) -> SaleLine:
    """A row of an order; its position is given by `an_order`."""
    return SaleLine(
        position=0,
        product_number=sku,
        text=f"Article {sku}",
        quantity=D(quantity),
        unit_price=D(price or amount),
        amount=D(amount),
        vat_rate=None if rate is None else D(rate),
        **more,
    )


def text_row(text: str) -> SaleLine:
    """A row of text only."""
    return SaleLine(position=0, is_text=True, text=text)


def an_order(*lines: SaleLine, amount: str, vat: str = "0", country: str = "NL", **more: Any) -> Order:
    """An order of a Dutch customer, unless said otherwise."""
    address = Address(name="Acme B.V.", line1="Kade 1", postal_code="1011 AB", city="Amsterdam", country=country)
    fields: dict[str, Any] = {
        "key": "order-key-1",
        "number": "1042",
        "status": OrderStatus.ONGOING,
        "created_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "ordered_on": date(2026, 11, 2),
        "currency": "EUR",
        "amount": D(amount),
        "vat_amount": D(vat),
        "customer_key": "customer-key-1",
        "customer_number": "7",
        "invoice_address": address,
        "delivery_address": address,
        "lines": tuple(line.model_copy(update={"position": at}) for at, line in enumerate(lines, start=1)),
    }
    return Order(**{**fields, **more})


def a_customer(*, country: str = "NL", is_company: bool = False, **more: Any) -> Customer:
    """A private person, unless said otherwise."""
    address = Address(name="Jan Jansen", line1="Kade 1", postal_code="1011 AB", city="Amsterdam", country=country)
    fields: dict[str, Any] = {
        "key": "customer-key-1",
        "number": "7",
        "name": "Jan Jansen",
        "is_company": is_company,
        "email": "jan@example.test",
        "invoice_address": address,
        "delivery_address": address,
    }
    return Customer(**{**fields, **more})


CATEGORIES = {
    category.id: category
    for category in (
        Category("NL21", D("0.21"), Basis.DOCUMENT),
        Category("NL21I", D("0.21"), Basis.INSIDE),
        Category("NL21L", D("0.21"), Basis.LINE),
        Category("NL9", D("0.09"), Basis.DOCUMENT),
        Category("NL9I", D("0.09"), Basis.INSIDE),
        Category("SE25", D("0.25"), Basis.DOCUMENT),
        Category("EUGOODS0", D(0), Basis.DOCUMENT),
        Category("NOVAT", D(0), Basis.DOCUMENT),
    )
}


def surroundings(customer: Customer | None = None, **more: Any) -> Surroundings:
    """What a plan needs besides the order."""
    fields: dict[str, Any] = {
        "customer": customer or a_customer(),
        "customer_number": "10007",
        "categories": CATEGORIES,
        "rates_of_products": {},
    }
    return Surroundings(**{**fields, **more})
