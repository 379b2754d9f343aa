"""How eAccounting fills in an order from customer, article and coding, and how it makes an invoice of it."""

import datetime
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.eaccounting.pricing import HUNDRED, ZERO, cents, order_amount, row_amount, totals, vat_in, vat_percent
from sandbox.eaccounting.schema import filled
from sandbox.world import Record

SHIPPED, INVOICED = 3, 4
PAID, UNPAID, OVERDUE = 0, 1, 2
RATES_TO_EURO = {"EUR": Decimal(1), "SEK": Decimal("0.0889"), "NOK": Decimal("0.0862"), "USD": Decimal("0.9214")}
"""What one unit of a currency is worth in euro."""

ADDRESS_PARTS = ("Address1", "Address2", "PostalCode", "City", "CountryCode")


def random_id() -> str:
    """Give a new id."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Line:
    """One row as somebody enters it; `price` is in the order's currency, with VAT where its prices include it."""

    article: Record
    quantity: Decimal
    price: Decimal
    discount: Decimal = Decimal(0)
    text: str | None = None


@dataclass(frozen=True)
class Ledgers:
    """The lists that an order is filled in from: codings by id, and what `Amount` means in this company."""

    codings: Mapping[str, Record]
    amount_means: str
    new_id: Callable[[], str] = random_id


def article_row(ledgers: Ledgers, customer: Record, line: Line, line_number: int, **given: Any) -> Record:
    """Make an order row of an article: unit, text, VAT rate (a fraction) and amount follow from article and buyer."""
    article = line.article
    row = filled(
        "OrderRowApi",
        Id=ledgers.new_id(),
        LineNumber=line_number,
        ArticleId=article["Id"],
        ArticleNumber=article["Number"],
        IsServiceArticle=article["IsServiceArticle"],
        UnitId=article["UnitId"],
        Text=line.text or article["Name"],
        UnitPrice=line.price,
        Quantity=line.quantity,
        DiscountPercentage=line.discount,
        VatRate=vat_percent(customer, ledgers.codings[article["CodingId"]]) / HUNDRED,
        PurchasePrice=article["PurchasePrice"],
    )
    row.update(given)
    row["Amount"] = row_amount(row)
    return row


def text_row(ledgers: Ledgers, text: str, line_number: int) -> Record:
    """Make an order row that only says something."""
    return filled("OrderRowApi", Id=ledgers.new_id(), LineNumber=line_number, IsTextRow=True, Text=text)


def add_up(ledgers: Ledgers, order: Record) -> Record:
    """Give the order with its sums as its rows make them; rows carry their VAT rate as a fraction."""
    rows = [(row["Amount"], (row["VatRate"] or 0) * HUNDRED) for row in order["Rows"] if not row["IsTextRow"]]
    sums = totals(rows, includes_vat=order["IncludesVat"], currency=order["CurrencyCode"])
    delivered = order["Status"] >= SHIPPED
    amount = order_amount(sums, ledgers.amount_means)
    return order | {
        "Amount": amount,
        "VatAmount": sums.vat,
        "RoundingsAmount": sums.rounding,
        "DeliveredAmount": amount if delivered else ZERO,
        "DeliveredVatAmount": sums.vat if delivered else ZERO,
        "DeliveredRoundingsAmount": sums.rounding if delivered else ZERO,
    }


def from_customer(customer: Record) -> Record:
    """Give what an order takes from its customer."""
    taken = {
        "CustomerId": customer["Id"],
        "CustomerNumber": customer["CustomerNumber"],
        "CustomerName": customer["Name"],
        "CustomerIsPrivatePerson": customer["IsPrivatePerson"],
        "IncludesVat": customer["IsPrivatePerson"],
        "InvoiceCustomerName": customer["Name"],
        "TermsOfPaymentId": customer["TermsOfPaymentId"],
    }
    for part in ADDRESS_PARTS:
        taken[f"Invoice{part}"] = customer[f"Invoice{part}"]
        taken[f"Delivery{part}"] = customer[f"Delivery{part}"]
    return taken | {"DeliveryCustomerName": customer["DeliveryCustomerName"]}


@dataclass(frozen=True)
class Booking:
    """What an invoice has of its own: number, days (business dates), whether it is paid, when it was made (UTC)."""

    number: int
    day: datetime.date
    due: datetime.date
    status: int
    created: str
    new_id: Callable[[], str] = random_id


def invoice_of(orders: Sequence[Record], booking: Booking, percent_of: Callable[[Record], Decimal]) -> Record:
    """Make the customer invoice of one order, or one collective invoice of several orders of the same customer.

    Args:
        orders: the orders, all of one customer and in one currency.
        booking: number, days and state of the invoice.
        percent_of: gives the VAT rate of an order row in percent.
    """
    order = orders[0]
    rate = RATES_TO_EURO[order["CurrencyCode"]]
    specification = vat_specification(orders, percent_of)
    sums = invoice_sums(specification, sum((one["RoundingsAmount"] for one in orders), ZERO), rate)
    paid = booking.status == PAID
    together = len(orders) > 1
    rows = enumerate((row for one in orders for row in one["Rows"]), 1)
    return filled(
        "CustomerInvoiceApi",
        **{field: order[field] for field in SHARED_WITH_INVOICE},
        Id=booking.new_id(),
        InvoiceNumber=booking.number,
        VoucherId=booking.new_id(),
        VoucherNumber=f"KF{booking.number}",
        InvoiceDate=booking.day.isoformat(),
        DueDate=booking.due.isoformat(),
        CurrencyRate=rate,
        **sums,
        RemainingAmount=ZERO if paid else sums["TotalAmount"],
        RemainingAmountInvoiceCurrency=ZERO if paid else sums["TotalAmountInvoiceCurrency"],
        Rows=[invoice_row(row, line, order["IncludesVat"], percent_of(row), booking.new_id()) for line, row in rows],
        VatSpecification=specification,
        CreatedFromOrderId=None if together else order["Id"],
        IsCollectiveInvoice=together,
        CollectiveCustomerInvoiceRowsRelationToOrders=relations(orders) if together else None,
        PaymentStatus=booking.status,
        PaymentDate=booking.day.isoformat() if paid else None,
        CreatedUtc=booking.created,
        ModifiedUtc=booking.created if paid else None,
    )


def invoice_sums(specification: Sequence[Record], rounding: Decimal, rate: Decimal) -> Record:
    """Add up an invoice: in its own currency from its VAT specification, and in the company's at this rate."""
    vat = sum((line["VatAmountInvoiceCurrency"] for line in specification), ZERO)
    net = sum((line["AmountInvoiceCurrency"] for line in specification), ZERO)
    total = net + vat + rounding
    return {
        "TotalAmount": cents(total * rate),
        "TotalVatAmount": cents(vat * rate),
        "TotalRoundings": cents(rounding * rate),
        "TotalAmountInvoiceCurrency": total,
        "TotalVatAmountInvoiceCurrency": vat,
    }


SHARED_WITH_INVOICE = (
    *("CustomerId", "CustomerNumber", "CustomerName", "CustomerIsPrivatePerson", "CurrencyCode", "IncludesVat"),
    *("YourReference", "OurReference", "BuyersOrderReference", "DeliveryDate", "TermsOfPaymentId"),
    *("InvoiceCustomerName", "DeliveryCustomerName", "EuThirdParty", "RotReducedInvoicingType"),
    *("DeliveryMethodName", "DeliveryMethodCode", "DeliveryTermName", "DeliveryTermCode"),
    *(f"{whose}{part}" for whose in ("Invoice", "Delivery") for part in ADDRESS_PARTS),
)
"""The fields that an order and the invoice made of it have in common."""


def stated_percent(row: Record) -> Decimal:
    """Give the VAT rate that a row states, in percent; rows write it as 0.21 or as 21, and text rows not at all."""
    rate = Decimal(row["VatRate"] or 0)
    return rate * HUNDRED if rate < 1 else rate


def vat_specification(orders: Sequence[Record], percent_of: Callable[[Record], Decimal]) -> list[Record]:
    """Sum up net amount and VAT per rate, in the currency of the invoice."""
    includes_vat = orders[0]["IncludesVat"]
    per_rate: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for row in (row for order in orders for row in order["Rows"] if not row["IsTextRow"]):
        per_rate[percent_of(row)] += row["Amount"]
    lines = []
    for percent, amount in sorted(per_rate.items()):
        # Adding zero turns the -0.00 of a credit without VAT into 0.00.
        vat = vat_in(amount, percent, includes_vat) + ZERO
        net = amount - vat if includes_vat else amount
        values = {"AmountInvoiceCurrency": net, "VatAmountInvoiceCurrency": vat, "VatPercent": percent}
        lines.append(filled("CustomerInvoiceVatApi", **values))
    return lines


KEPT_IN_INVOICE_ROW = (
    *("ArticleId", "ArticleNumber", "IsServiceArticle", "IsTextRow", "Text", "UnitId"),
    *("UnitPrice", "DiscountPercentage", "Amount"),
)


def invoice_row(row: Record, line_number: int, includes_vat: bool, percent: Decimal, its_id: str) -> Record:
    """Make the invoice row of an order row."""
    vat = vat_in(row["Amount"], percent, includes_vat) if includes_vat else ZERO
    return filled(
        "CustomerInvoiceRowApi",
        **{field: row[field] for field in KEPT_IN_INVOICE_ROW},
        Id=its_id,
        LineNumber=line_number,
        Quantity=cents(Decimal(row["Quantity"])),
        AmountNoVat=row["Amount"] - vat,
        PercentVat=percent,
    )


def relations(orders: Sequence[Record]) -> list[Record]:
    """Say which rows of a collective invoice come from which order."""
    found, line = [], 1
    for order in orders:
        last = line + len(order["Rows"])
        found.append(
            filled(
                "CollectiveCustomerInvoiceRelationToOrderApi",
                OrderId=order["Id"],
                OrderNumber=order["Number"],
                OrderReference=order["BuyersOrderReference"],
                DeliveryDate=order["DeliveryDate"],
                RelatedInvoiceRows=list(range(line, last)),
            )
        )
        line = last
    return found
