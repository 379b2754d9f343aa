"""What settled what: the applications of credit notes and payments as the core API shows them (ArAdjustDto)."""

from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company, CustomerDocument
from sandbox.vismanet.invoice_rules import status_of
from sandbox.vismanet.payment_rules import payment_status
from sandbox.vismanet.tax import ZERO


def settlements(company: Company, document: CustomerDocument) -> list[Record]:
    """Show what is applied to an invoice, or the invoices that a credit note is applied to."""
    if document.credit_note:
        return [
            {**_of_credit_note(company, document, row), "docType": "Invoice", "refNbr": row["refNbr"]}
            for row in document.values["applicationLines"]
        ]
    notes = [
        _of_credit_note(company, note, row)
        for note in company.credit_notes.values()
        for row in note.values["applicationLines"]
        if row["refNbr"] == document.key
    ]
    payments = [
        _of_payment(company, number, row)
        for number, payment in company.payments.items()
        for row in payment.values["paymentLines"]
        if row["refNbr"] == document.key
    ]
    return notes + payments


def _of_credit_note(company: Company, note: CustomerDocument, row: Record) -> Record:
    values = note.values
    return {
        "docType": "CreditNote",
        "customerCD": values["customerNumber"],
        "refNbr": note.key,
        "amountPaid": row["amountPaid"],
        "balance": company.invoices[row["refNbr"]].balance,
        "cashDiscountTaken": ZERO,
        "released": note.released,
        "hold": bool(values["hold"]),
        "voided": False,
        "status": status_of(company, note),
        "applicationDate": f"{values['documentDate']}T00:00:00",
        "applicationPeriod": values["postPeriod"],
        "invoiceText": values.get("invoiceText"),
    }


def _of_payment(company: Company, number: str, row: Record) -> Record:
    payment = company.payments[number]
    values = payment.values
    return {
        "docType": "Payment",
        "customerCD": values["customer"],
        "refNbr": number,
        "amountPaid": row["amountPaid"],
        "balance": company.invoices[row["refNbr"]].balance,
        "cashDiscountTaken": ZERO,
        "released": payment.released,
        "hold": bool(values["hold"]),
        "voided": payment.voided,
        "paymentRef": values["paymentRef"],
        "status": payment_status(payment),
        "applicationDate": f"{values['applicationDate']}T00:00:00",
        "applicationPeriod": values["applicationPeriod"],
        "invoiceText": values.get("invoiceText"),
    }
