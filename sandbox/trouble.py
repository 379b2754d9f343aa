"""The orders that must not arrive by themselves: each kind of trouble that a shop's books really hold, planted once."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sandbox import catalogue
from sandbox.eaccounting.documents import Line
from sandbox.people import Troubled
from sandbox.sales import ONGOING, OrderBook
from sandbox.world import Record


@dataclass(frozen=True)
class Planter:
    """What planting takes: the book to enter orders in, the customers made for trouble, and a Dutch business."""

    book: OrderBook
    troubled: Troubled
    buyer: Record

    def order(self, customer: Record, created: datetime.datetime, *more: Line, **given: object) -> Record:
        """Enter an ordinary row and these rows besides."""
        rows = [self.book.line(customer, "A-1001", "2"), *more]
        return self.book.enter(customer, rows, created, ONGOING, **given)


def unknown_article(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order that names an article which neither system has any more."""
    order = planter.order(planter.buyer, created, planter.book.line(planter.buyer, "1e5"))
    order["Rows"][1] |= {"ArticleId": None, "ArticleNumber": "GONE-404", "UnitId": None, "Text": "Vervallen artikel"}
    return order


def no_vat_treatment(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order of a Norwegian business: nothing says how to treat its VAT."""
    return planter.order(planter.troubled.norwegian, created)


def missing_vat_number(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order of a German business without VAT and without the VAT number that this takes."""
    customer = planter.troubled.without_vat_number
    return planter.order(customer | {"VatNumber": "DE000000000"}, created)


def rot_order(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order with a Swedish tax reduction for repairs."""
    customer = planter.troubled.swedish_person
    work = planter.book.line(customer, "HOUR-1", "3")
    person = {"Id": planter.book.new_id(), "Ssn": customer["CorporateIdentityNumber"], "Amount": Decimal("67.50")}
    order = planter.order(
        customer,
        created,
        work,
        RotReducedInvoicingType=1,
        RotPropertyType=2,
        HouseWorkAmount=Decimal("67.50"),
        Persons=[person],
    )
    order["Rows"][1] |= {"IsWorkCost": True, "WorkCostType": 1, "WorkHours": Decimal(3)}
    return order


def negative_total(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order that gives money back."""
    return planter.order(planter.buyer, created, planter.book.line(planter.buyer, "007", "-9"))


def malformed(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order whose rows do not add up to its total."""
    order = planter.order(planter.buyer, created, planter.book.line(planter.buyer, "ÅÄÖ-1"))
    order["Rows"][1]["Amount"] += Decimal("1.00")
    return order


def two_debtors(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order of somebody whose e-mail address two debtors in the target share."""
    return planter.order(planter.troubled.twice_in_target, created)


def inactive_item(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order of an article whose item in the target is inactive."""
    return planter.order(planter.buyer, created, planter.book.line(planter.buyer, catalogue.INACTIVE_IN_TARGET))


def no_sales_item(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order of an article whose item in the target may not be sold."""
    return planter.order(planter.buyer, created, planter.book.line(planter.buyer, catalogue.NOT_SOLD_IN_TARGET))


def credit_hold(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order of a customer whose debtor in the target is on credit hold."""
    return planter.order(planter.troubled.on_credit_hold, created)


def unknown_terms(planter: Planter, created: datetime.datetime) -> Record:
    """Enter an order on terms of payment that the target does not know."""
    return planter.order(planter.troubled.with_unknown_terms, created)


TROUBLES: dict[str, Callable[[Planter, datetime.datetime], Record]] = {
    "unknown_article": unknown_article,
    "no_vat_treatment": no_vat_treatment,
    "missing_vat_number": missing_vat_number,
    "rot_order": rot_order,
    "negative_total": negative_total,
    "malformed": malformed,
    "two_debtors": two_debtors,
    "inactive_item": inactive_item,
    "no_sales_item": no_sales_item,
    "credit_hold": credit_hold,
    "unknown_terms": unknown_terms,
}
"""Each planted trouble by its reason word, the one that `World.planted` gives."""
