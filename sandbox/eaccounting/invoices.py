"""What becomes of customer invoices in eAccounting: made without an order, paid, credited, and sold to a factor.

An invoice is never changed in place: every function gives the invoice as it is afterwards. Amounts are Decimal in the
invoice's currency; `Remaining...` is what the customer still owes, and negative on a credit invoice.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

from stdnum import luhn

from sandbox.eaccounting.documents import PAID, UNPAID, Booking, invoice_of, invoice_sums, vat_specification
from sandbox.eaccounting.pricing import ZERO, cents, row_amount, totals
from sandbox.world import Record

FACTOR_HAS_BOUGHT = 4
"""FactoringInvoiceStatus of an invoice that was sold ("eAccounting OpenAPI 2026-02")."""

NOT_INHERITED: Record = {
    "CreatedFromOrderId": None,
    "IsCollectiveInvoice": False,
    "CollectiveCustomerInvoiceRowsRelationToOrders": None,
    "SetOffAmountInvoiceCurrency": ZERO,
    "PaymentReferenceNumber": None,
    "PaymentDate": None,
    "CreditedBy": None,
    "ModifiedUtc": None,
    "IsSold": False,
    "FactoringInvoiceStatus": 0,
    "PaymentReminderIssued": False,
    "PaymentRemindersCount": 0,
    "LastPaymentReminderSentDate": None,
}
"""What a credit invoice does not have of the invoice that it takes back."""


def direct_invoice(order: Record, booking: Booking, percent_of: Callable[[Record], Decimal]) -> Record:
    """Make an invoice that has no order: filled in as that of `order`, which nobody keeps."""
    made = invoice_of([order], booking, percent_of) | {"CreatedFromOrderId": None}
    swedish = order["InvoiceCountryCode"] == "SE"
    return made | {"PaymentReferenceNumber": payment_reference(booking.number) if swedish else None}


def payment_reference(number: int) -> str:
    """Give the OCR number of an invoice: its number, the length of the whole (one digit) and a check digit."""
    text = str(number)
    text += str((len(text) + 2) % 10)
    return text + luhn.calc_check_digit(text)


def with_remaining(invoice: Record, amount: Decimal) -> Record:
    """Give the invoice with this amount still to be paid; at zero it counts as paid."""
    status = PAID if amount == 0 else invoice["PaymentStatus"] or UNPAID
    return invoice | {
        "RemainingAmountInvoiceCurrency": amount,
        "RemainingAmount": cents(amount * invoice["CurrencyRate"]),
        "PaymentStatus": status,
    }


def paid(invoice: Record, amount: Decimal, day: str, at: str) -> Record:
    """Give the invoice after a payment, whole or in part; a part leaves it unpaid and yet with a payment date.

    Args:
        invoice: the invoice.
        amount: what was paid.
        day: the day of the payment (business date).
        at: when it was entered (UTC).
    """
    rest = invoice["RemainingAmountInvoiceCurrency"] - amount
    return with_remaining(invoice, rest) | {"PaymentDate": day, "ModifiedUtc": at}


def set_off(invoice: Record, amount: Decimal, at: str) -> Record:
    """Give the invoice after this much of it was credited, and nobody paid for that."""
    rest = invoice["RemainingAmountInvoiceCurrency"] - amount
    credited = invoice["SetOffAmountInvoiceCurrency"] + amount
    return with_remaining(invoice, rest) | {"SetOffAmountInvoiceCurrency": credited, "ModifiedUtc": at}


def sold(invoice: Record, at: str) -> Record:
    """Give the invoice after a factor bought it; the customer pays the factor from then on."""
    return invoice | {"IsSold": True, "FactoringInvoiceStatus": FACTOR_HAS_BOUGHT, "ModifiedUtc": at}


def credited(invoice: Record, booking: Booking, rows: Sequence[Record] | None = None) -> tuple[Record, Record]:
    """Take an invoice back, whole or some rows of it: give the invoice afterwards and the credit invoice.

    The credit is set off against what is still open; what is left of it is owed to the customer. `rows` are rows of the
    invoice, with smaller quantities where less is taken back.
    """
    credit = credit_of(invoice, booking, invoice["Rows"] if rows is None else rows)
    open_amount = max(invoice["RemainingAmountInvoiceCurrency"], ZERO)
    used = min(open_amount, -credit["TotalAmountInvoiceCurrency"])
    referred = set_off(invoice, used, booking.created) if used else invoice | {"ModifiedUtc": booking.created}
    by = [*(invoice["CreditedBy"] or []), {"CreditInvoiceId": credit["Id"]}]
    return referred | {"CreditedBy": by}, with_remaining(credit, credit["TotalAmountInvoiceCurrency"] + used)


def credit_of(invoice: Record, booking: Booking, rows: Sequence[Record]) -> Record:
    """Make the credit invoice of some rows: all its amounts are negative."""
    taken = [{**row, **{name: -row[name] for name in ("Quantity", "Amount", "AmountNoVat")}} for row in rows]
    specification = vat_specification([invoice | {"Rows": taken}], percent_of_row)
    amounts = [(row["Amount"], row["PercentVat"]) for row in taken if not row["IsTextRow"]]
    sums = totals(amounts, includes_vat=invoice["IncludesVat"], currency=invoice["CurrencyCode"])
    own = {
        "Id": booking.new_id(),
        "InvoiceNumber": booking.number,
        "VoucherId": booking.new_id(),
        "VoucherNumber": f"KF{booking.number}",
        "InvoiceDate": booking.day.isoformat(),
        "DueDate": booking.due.isoformat(),
        "IsCreditInvoice": True,
        "Rows": taken,
        "VatSpecification": specification,
        "ReferringInvoiceId": invoice["Id"],
        "PaymentStatus": booking.status,
        "CreatedUtc": booking.created,
    }
    return invoice | NOT_INHERITED | own | invoice_sums(specification, sums.rounding, invoice["CurrencyRate"])


def percent_of_row(row: Record) -> Decimal:
    """Give the VAT rate that an invoice row states, in percent."""
    return Decimal(row["PercentVat"])


def less_of(row: Record, quantity: Decimal) -> Record:
    """Give an invoice row of a smaller quantity."""
    amount = row_amount(row | {"Quantity": quantity})
    share = amount / row["Amount"] if row["Amount"] else ZERO
    return row | {"Quantity": quantity, "Amount": amount, "AmountNoVat": cents(row["AmountNoVat"] * share)}
