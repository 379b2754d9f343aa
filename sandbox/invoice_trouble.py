"""The invoices that must not be booked by themselves: each kind of trouble that an invoice can carry, planted once."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from sandbox.direct_sales import DirectSales
from sandbox.eaccounting.documents import add_up
from sandbox.eaccounting.schema import filled
from sandbox.sales import LOCAL, ONGOING
from sandbox.settled_later import LOCKED_YEAR
from sandbox.world import Record

OLD_NUMBER = 18001


@dataclass(frozen=True)
class InvoicePlanter:
    """What planting takes: the sales to enter invoices in, and a Dutch business."""

    sales: DirectSales
    buyer: Record

    @property
    def created(self) -> datetime.datetime:
        """The instant at which they are made: the evening before today."""
        return datetime.datetime.combine(self.sales.last_day, datetime.time(19), LOCAL)

    def order(self, customer: Record, *more: str, created: datetime.datetime | None = None, **given: object) -> Record:
        """Enter an ordinary row and rows of these articles as an order that nobody keeps."""
        rows = [self.sales.book.line(customer, number) for number in ("A-1001", *more)]
        return self.sales.book.enter(customer, rows, created or self.created, ONGOING, **given)


def rot_invoice(planter: InvoicePlanter) -> Record:
    """Enter an invoice with a Swedish tax reduction for repairs."""
    customer = planter.sales.folk.troubled.swedish_person
    invoice = planter.sales.book_invoice(planter.order(customer, "HOUR-1", RotReducedInvoicingType=1), planter.created)
    person = {
        "Id": planter.sales.book.new_id(),
        "Ssn": customer["CorporateIdentityNumber"],
        "Amount": Decimal("22.50"),
    }
    invoice |= {"RotReducedInvoicingAmount": Decimal("22.50"), "RotPropertyType": 2, "Persons": [person]}
    invoice["Rows"][1] |= {"IsWorkCost": True, "WorkCostType": 1, "WorkHours": Decimal(1)}
    return invoice


def no_vat_treatment(planter: InvoicePlanter) -> Record:
    """Enter an invoice of a Norwegian business: nothing says how to treat its VAT."""
    return planter.sales.book_invoice(planter.order(planter.sales.folk.troubled.norwegian), planter.created)


def missing_vat_number(planter: InvoicePlanter) -> Record:
    """Enter an invoice of a German business without VAT and without the VAT number that this takes."""
    customer = planter.sales.folk.troubled.without_vat_number
    order = planter.order(customer | {"VatNumber": "DE000000000"})
    return planter.sales.book_invoice(order, planter.created, percent_of=lambda row: Decimal(0))


def malformed(planter: InvoicePlanter) -> Record:
    """Enter an invoice whose VAT specification does not add up to its totals."""
    invoice = planter.sales.book_invoice(planter.order(planter.buyer), planter.created)
    invoice["VatSpecification"][0]["VatAmountInvoiceCurrency"] += Decimal("1.00")
    return invoice


def row_without_article(planter: InvoicePlanter) -> Record:
    """Enter an invoice with an amount that belongs to no article."""
    order = planter.order(planter.buyer)
    free = {"Text": "Spoedtoeslag", "Quantity": Decimal(1), "UnitPrice": Decimal("35.00"), "Amount": Decimal("35.00")}
    row = filled("OrderRowApi", Id=planter.sales.book.new_id(), LineNumber=2, VatRate=Decimal("0.21"), **free)
    return planter.sales.book_invoice(
        add_up(planter.sales.book.ledgers, order | {"Rows": [*order["Rows"], row]}), planter.created
    )


def closed_period(planter: InvoicePlanter) -> Record:
    """Enter an invoice of a fiscal year that is closed; a reminder was sent for it lately."""
    created = datetime.datetime(LOCKED_YEAR, 11, 14, 15, tzinfo=LOCAL)
    invoice = planter.sales.book_invoice(planter.order(planter.buyer, created=created), created, OLD_NUMBER)
    reminded = planter.sales.at(19)
    reminder = {"PaymentReminderIssued": True, "PaymentRemindersCount": 1, "LastPaymentReminderSentDate": reminded}
    invoice |= reminder | {"ModifiedUtc": reminded}
    return invoice


INVOICE_TROUBLES: dict[str, Callable[[InvoicePlanter], Record]] = {
    "rot_invoice": rot_invoice,
    "no_vat_treatment": no_vat_treatment,
    "missing_vat_number": missing_vat_number,
    "malformed": malformed,
    "row_without_article": row_without_article,
    "closed_period": closed_period,
}
"""Each planted trouble by its reason word, the one that `World.planted_invoices` gives."""


def plant_invoices(sales: DirectSales, buyer: Record) -> dict[str, str]:
    """Enter one invoice of each trouble; give the reason word by invoice number."""
    planter = InvoicePlanter(sales, buyer)
    return {str(plant(planter)["InvoiceNumber"]): reason for reason, plant in INVOICE_TROUBLES.items()}
