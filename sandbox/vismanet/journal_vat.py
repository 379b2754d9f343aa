"""VAT in journal transactions: which base and which VAT a batch reports for each VAT code.

Published ("Visma.net ERP API", JournalTransactionLineUpdateDto): a line may name a VAT category (`vatCodeId`) and a VAT
code (`vatId`); a batch with `createVatTransaction` reports VAT; `skipVatAmountValidation` switches the check of the
amounts off. Inferred, as Acumatica's ledger does it, which Visma.net is made of: a line with a category is the base of
the VAT code in it (named by `vatId` where the category has several); a line with only a `vatId` is the amount of that
VAT, on the account of that VAT code; the two belong together by their reference number; without
`createVatTransaction` neither field may be given. A base is always without VAT, also for a code that is otherwise
extracted from gross amounts. Credit counts positive: sales owe VAT.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sandbox.vismanet import tables, taxes
from sandbox.vismanet.answers import Record
from sandbox.vismanet.tax import HUNDRED, ZERO, cents


@dataclass
class Reported:
    """What the lines with one reference number report for one VAT code, in the batch's currency."""

    base: Decimal = ZERO
    amount: Decimal = ZERO
    has_base: bool = False


def vat_faults(values: Record, lines: list[Record]) -> Iterator[str]:
    """Name what is wrong with the VAT of a batch."""
    named = [line for line in lines if line.get("vatCodeId") or line.get("vatId")]
    if not values["createVatTransaction"]:
        if named:
            yield "VAT can only be given with 'Create VAT transactions'."
        return
    wrong = [fault for line in named for fault in _line_faults(line)]
    yield from wrong
    if wrong:
        return
    for (reference, code), found in _reported(lines).items():
        where = f"VAT {code} of reference '{reference}'" if reference else f"VAT {code}"
        expected = cents(found.base * taxes.TAXES[code].rate / HUNDRED)
        if not found.has_base:
            yield f"{where}: there is an amount but no line with its base."
        elif found.amount != expected and not values.get("skipVatAmountValidation"):
            yield f"{where}: the amount {found.amount} is not the VAT {expected} on {found.base}."


def vat_report(lines: list[Record]) -> list[Record]:
    """Add up what a batch reports, a row for each VAT code: `vatId`, `base`, `amount` in the batch's currency."""
    totals: defaultdict[str, Reported] = defaultdict(Reported)
    for (_, code), found in _reported(lines).items():
        totals[code].base += found.base
        totals[code].amount += found.amount
    return [{"vatId": code, "base": total.base, "amount": total.amount} for code, total in totals.items()]


def _reported(lines: list[Record]) -> dict[tuple[str, str], Reported]:
    found: defaultdict[tuple[str, str], Reported] = defaultdict(Reported)
    for line in lines:
        code = line.get("vatId") or next(iter(taxes.CATEGORIES.get(line.get("vatCodeId") or "", ())), None)
        if code is None:
            continue
        reported = found[line.get("referenceNumber") or "", code]
        amount = line["creditAmountInCurrency"] - line["debitAmountInCurrency"]
        if line.get("vatCodeId"):
            reported.base += amount
            reported.has_base = True
        else:
            reported.amount += amount
    return dict(found)


def _line_faults(line: Record) -> Iterator[str]:
    category, code, named = line.get("vatCodeId"), line.get("vatId"), f"Line {line['lineNumber']}:"
    if category and category not in taxes.CATEGORIES:
        yield f"{named} 'Tax Category' '{category}' cannot be found in the system."
    elif code and code not in taxes.TAXES:
        yield f"{named} 'Tax ID' '{code}' cannot be found in the system."
    elif category and code and code not in taxes.CATEGORIES[category]:
        yield f"{named} Tax ID {code} is not in the tax category {category}."
    elif not category and line.get("accountNumber") != tables.VAT_ACCOUNT:
        yield f"{named} The amount of tax {code} belongs on account {tables.VAT_ACCOUNT}."
