"""A journal transaction as the core API shows it (JournalTransactionDto)."""

from decimal import Decimal

from sandbox.vismanet import masterdata, tables, taxes
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.company import Company, Stored, local_text
from sandbox.vismanet.journal_rules import CREDIT, DEBIT, LEDGERS, sides
from sandbox.vismanet.periods import date_text
from sandbox.vismanet.tax import cents

MODULE = "ModuleGL"


def journal_view(company: Company, journal: Stored, lines: list[Record]) -> Record:
    """Show a batch with the given of its lines; its sums are those of all of them."""
    values = journal.values
    rate: Decimal = values["exchangeRate"]
    debit, credit = sides(values["lines"])
    control = values.get("controlTotalInCurrency") or debit
    shared = ("status", "hold", "postPeriod", "ledger", "currencyId", "exchangeRate", "description", "branch")
    view = {
        "module": MODULE,
        "batchNumber": journal.key,
        **{name: values.get(name) for name in shared},
        "transactionDate": date_text(values["day"]),
        "financialPeriod": values["period"],
        "ledgerDescription": LEDGERS[values["ledger"]],
        "autoReversing": bool(values.get("autoReversing")),
        "reversingEntry": False,
        "debitTotal": _in_base(values["lines"], DEBIT, rate),
        "debitTotalInCurrency": debit,
        "creditTotal": _in_base(values["lines"], CREDIT, rate),
        "creditTotalInCurrency": credit,
        "controlTotal": cents(control * rate),
        "controlTotalInCurrency": control,
        "createVatTransaction": values["createVatTransaction"],
        "skipVatAmountValidation": bool(values.get("skipVatAmountValidation")),
        "lastModifiedDateTime": local_text(journal.modified),
        "timeStamp": journal.version,
        "journalTransactionLines": [_line_view(company, line, rate) for line in lines],
        "attachments": [],
    }
    shown: Record = without_nulls(view)
    return shown


def _in_base(lines: list[Record], side: str, rate: Decimal) -> Decimal:
    """Add a side up in the company's currency, each line rounded to cents."""
    return sum((cents(line[side] * rate) for line in lines), Decimal("0.00"))


def _line_view(company: Company, line: Record, rate: Decimal) -> Record:
    category, code = line.get("vatCodeId"), line.get("vatId")
    texts = ("referenceNumber", "transactionDescription", "branch", "uom", "quantity", "note")
    return {
        "lineNumber": line["lineNumber"],
        "accountNumber": line["accountNumber"],
        "description": tables.ACCOUNTS[line["accountNumber"]][1],
        "subaccount": _subaccount(company, line["subaccount"]),
        "debitAmount": cents(line[DEBIT] * rate),
        "debitAmountInCurrency": line[DEBIT],
        "creditAmount": cents(line[CREDIT] * rate),
        "creditAmountInCurrency": line[CREDIT],
        "vatCode": None
        if category is None
        else {"id": category, "description": masterdata.vat_category(category)["description"]},
        "vat": None if code is None else {"id": code, "description": taxes.TAXES[code].description},
        "module": MODULE,
        **{name: line.get(name) for name in texts},
        "attachments": [],
    }


def _subaccount(company: Company, segments: list[Record]) -> Record | None:
    number = next((part.get("segmentValue") for part in segments), None)
    return next((row for row in company.master.lists["subaccount"] if row["subaccountNumber"] == number), None)
