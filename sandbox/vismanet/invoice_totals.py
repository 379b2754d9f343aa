"""What a customer invoice or credit note comes to, and the VAT amounts that somebody gives by hand.

The VAT of a tax that the lines produce may be overridden ("Visma.net ERP API", TaxDetailUpdateDto). Inferred: one
that they do not produce cannot be given, and VAT inside the prices then comes out of the taxable amount.
"""

from collections.abc import Sequence
from decimal import Decimal

from sandbox.vismanet.answers import Record
from sandbox.vismanet.tax import ZERO, Charge, Totals, cents, charge_order
from sandbox.vismanet.taxes import TAXES


def added_up(lines: Sequence[Record], details: Sequence[Record], zone: str | None) -> tuple[Totals, list[str]]:
    """Add up the lines in the document's currency, with VAT given by hand; gives what is wrong with it too."""
    totals = charge_order([Charge(line["amount"], line["vatCodeId"]) for line in lines], Charge(ZERO, None), zone)
    faults = [fault for detail in details for fault in _override(totals, detail)]
    if totals.order < 0:
        faults.append("'Amount' must be greater than or equal to 0.")
    return totals, faults


def twin(amount: Decimal, rate: Decimal) -> Decimal:
    """Give an amount of a document's currency in the company's own, to the cent."""
    return cents(amount * rate)


def _override(totals: Totals, detail: Record) -> list[str]:
    tax = detail.get("taxId")
    line = next((line for line in totals.tax_lines if line.tax.id == tax), None)
    if line is None:
        reason = "is not calculated for the lines of the document" if tax in TAXES else "cannot be found in the system"
        return [f"'Tax ID' '{tax}' {reason}."]
    amount = line.amount if detail.get("vatAmount") is None else cents(detail["vatAmount"])
    change = amount - line.amount
    taxable = line.taxable - change if line.tax.contained else line.taxable
    if detail.get("taxableAmount") is not None:
        taxable = cents(detail["taxableAmount"])
    if line.tax.exempt:
        totals.exempt += taxable - line.taxable
    else:
        totals.taxable += taxable - line.taxable
    totals.tax += change
    totals.order += ZERO if line.tax.contained else change
    line.amount, line.taxable = amount, taxable
    return []
