"""The numbers of customer documents: from their series, or of one's own where the series allows that.

Source: developer knowledge base, overriding number series ("Allow manual numbering on imports").
"""

from collections.abc import Container

from sandbox.vismanet.answers import Record, core_refusal
from sandbox.vismanet.company import Company

LONGEST_NUMBER = 15
"""The length of a reference number in the ERP's database (inferred)."""


def own_number(company: Company, sent: Record, taken: Container[str], doing: str, record: str) -> str | None:
    """Give the number that a new document asks for, or None; raises a 400 refusal where it cannot have it."""
    number: str = (sent.get("referenceNumber") or "").strip().upper()
    if not number:
        return None
    reasons = []
    if not sent.get("overrideNumberSeries"):
        reasons.append("'Reference Nbr.' cannot be set: the number series numbers automatically.")
    elif not company.invoice_set_up.own_numbers:
        reasons.append("'Reference Nbr.' cannot be set: the number series does not allow manual numbering on imports.")
    elif len(number) > LONGEST_NUMBER:
        reasons.append(f"'Reference Nbr.' is longer than {LONGEST_NUMBER} characters.")
    elif number in taken:
        reasons.append(f"'{record}' '{number}' already exists in the system.")
    if reasons:
        raise core_refusal(400, doing, record, reasons)
    return number


def next_number(company: Company, series: str, taken: Container[str]) -> str:
    """Give the next number of a series that nobody has taken."""
    while (number := company.next_number(series)) in taken:
        pass
    return number
