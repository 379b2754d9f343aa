"""Which credit notes and payments settle which invoices.

An application takes an amount including VAT, in the invoice's currency, off the invoice's balance when the credit note
or payment is released ("Visma.net ERP API", PaymentLineBaseUpdateDto; the developer forum on `amountPaid`).
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company
from sandbox.vismanet.tax import ZERO, cents

INSERT, DELETE = "Insert", "Delete"


def changed_applications(stored: Sequence[Record], rows: Sequence[Record]) -> tuple[list[Record], list[str]]:
    """Insert, change and delete applications by the invoice they settle; gives them with what is wrong."""
    kept = {row["refNbr"]: row for row in stored}
    faults = []
    for row in rows:
        operation, number = row.get("operation", INSERT), (row.get("refNbr") or "").strip().upper()
        given = {name: value for name, value in row.items() if name != "operation" and value is not None}
        if "amountPaid" in given:
            given["amountPaid"] = cents(Decimal(given["amountPaid"]))
        if not number:
            faults.append("'Reference Nbr.' cannot be empty.")
        elif (operation == INSERT) == (number in kept):
            faults.append(f"A line for '{number}' is {'already' if number in kept else 'not'} there.")
        elif operation == DELETE:
            del kept[number]
        else:
            kept[number] = {"documentType": "Invoice", **kept.get(number, {}), **given, "refNbr": number}
    return list(kept.values()), faults


def application_faults(company: Company, head: Record, rows: Sequence[Record], available: Decimal) -> Iterator[str]:
    """Name what is wrong with the applications of a credit note or payment; `available` is in its currency."""
    for row in rows:
        number, amount = row["refNbr"], row.get("amountPaid")
        invoice = company.invoices.get(number) if row["documentType"] == "Invoice" else None
        if invoice is None:
            yield f"'Reference Nbr.' '{number}' cannot be found in the system."
        elif invoice.values["customerNumber"] != head["customerNumber"]:
            yield f"Invoice '{number}' belongs to another customer."
        elif invoice.values["currencyId"] != head["currencyId"]:
            yield f"Invoice '{number}' is in another currency."
        elif not invoice.released:
            yield f"Invoice '{number}' is not released."
        elif amount is None or amount <= 0:
            yield f"'Amount Paid' of invoice '{number}' must be greater than 0."
        elif amount > invoice.balance:
            yield f"'Amount Paid' of invoice '{number}' cannot be greater than its balance {invoice.balance}."
    if applied(rows) > available:
        yield f"The total applied cannot be greater than the document amount {available}."


def applied(rows: Sequence[Record]) -> Decimal:
    """Give the sum of applications."""
    return sum((row.get("amountPaid") or ZERO for row in rows), ZERO)


def settle(company: Company, rows: Sequence[Record], sign: int = 1) -> None:
    """Take applications off the balances of their invoices; with `sign` -1 put them back."""
    for row in rows:
        invoice = company.invoices[row["refNbr"]]
        invoice.balance -= sign * row["amountPaid"]
        company.touch(invoice)
