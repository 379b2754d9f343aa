"""What the ERP accepts as a journal transaction, and what releasing it does.

Published ("Visma.net ERP API", journaltransaction v2): the fields, the states, that a batch belongs to one period, that
VAT lines are checked unless `skipVatAmountValidation`. Inferred, on the strict side: at least two lines; each line has
one side; a batch that is not on hold is balanced; a ledger's control accounts take no entries by hand; a release posts.
How VAT is reported is told in `journal_vat`.
"""

import datetime
from collections.abc import Iterator
from decimal import Decimal

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record, core_refusal, plain_refusal
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.customer_rules import SEGMENTS
from sandbox.vismanet.document_lines import with_changes
from sandbox.vismanet.journal_vat import vat_faults
from sandbox.vismanet.periods import day_of, month_first, open_period, period_of, today, year_first
from sandbox.vismanet.tax import ZERO, cents
from sandbox.vismanet.wrapped import FLAG, NUMBER, OPERATION, TEXT, WHOLE, Fields, Rows

RECORD = "Journal Transaction"
BASE_CURRENCY = "EUR"
LEDGERS = {"1": "Grootboek"}
DEBIT, CREDIT = "debitAmountInCurrency", "creditAmountInCurrency"

HEAD_TEXTS = (
    "batchNumber",
    "transactionDate",
    "postPeriod",
    "financialPeriod",
    "ledger",
    "currencyId",
    "description",
    "transactionCode",
    "branch",
)
HEAD_FLAGS = ("hold", "autoReversing", "createVatTransaction", "skipVatAmountValidation", "overrideNumberSeries")
LINE_TEXTS = (
    "accountNumber",
    "project",
    "projectTask",
    "referenceNumber",
    "transactionDescription",
    "vatCodeId",
    "vatId",
    "branch",
    "uom",
    "note",
)
JOURNAL_FIELDS: Fields = {
    **dict.fromkeys(HEAD_TEXTS, TEXT),
    **dict.fromkeys(HEAD_FLAGS, FLAG),
    **dict.fromkeys(("exchangeRate", "controlTotalInCurrency"), NUMBER),
    "journalTransactionLines": Rows(
        {
            "operation": OPERATION,
            "lineNumber": WHOLE,
            **dict.fromkeys(LINE_TEXTS, TEXT),
            **dict.fromkeys((DEBIT, CREDIT, "quantity"), NUMBER),
            "subaccount": SEGMENTS,
        }
    ),
}
NOT_KEPT = ("batchNumber", "overrideNumberSeries", "journalTransactionLines", "postPeriod", "financialPeriod")


def create_journal(company: Company, update: Record) -> Stored:
    """Make a batch, on hold or balanced; raises a 400 refusal where the ERP would not have it."""
    if any(row.get("operation") != "Insert" for row in update.get("journalTransactionLines") or []):
        raise core_refusal(400, "inserting", RECORD, ["Every line of a new document has the operation Insert."])
    values = _checked(company, {}, update, "inserting")
    journal = company.keep(_number_for(company, update), values)
    company.journals[journal.key] = journal
    return journal


def change_journal(company: Company, journal: Stored, update: Record) -> None:
    """Change the given parts of a batch that is not posted yet."""
    if journal.values["status"] == "Posted":
        raise plain_refusal(400, f"Batch {journal.key} is posted and cannot be changed.")
    if update.get("batchNumber") not in (None, journal.key):
        raise plain_refusal(400, "'Batch Number' cannot be changed.")
    journal.values = _checked(company, journal.values, update, "updating")
    company.touch(journal)


def release_journal(company: Company, journal: Stored) -> None:
    """Release and post a batch; raises a 400 refusal when it is on hold, posted, or its period is closed."""
    if journal.values["status"] != "Balanced":
        raise plain_refusal(400, f"Batch {journal.key} cannot be released: its status is {journal.values['status']}.")
    open_period(company, journal.values["period"], "GeneralLedger")
    journal.values = {**journal.values, "status": "Posted"}
    company.touch(journal)


def sides(lines: list[Record]) -> tuple[Decimal, Decimal]:
    """Give the sums of the debit and the credit side, in the batch's currency."""
    return sum((line[DEBIT] for line in lines), ZERO), sum((line[CREDIT] for line in lines), ZERO)


def _number_for(company: Company, update: Record) -> str:
    number: str | None = update.get("batchNumber")
    if not number:
        return company.next_number("BATCH")
    if not (update.get("overrideNumberSeries") and company.invoice_set_up.own_numbers):
        raise core_refusal(400, "inserting", RECORD, ["'Batch Number' is given by the number series."])
    if number in company.journals:
        raise core_refusal(400, "inserting", RECORD, [f"'Batch' '{number}' already exists in the system."])
    return number


def _checked(company: Company, before: Record, update: Record, doing: str) -> Record:
    """Give the batch as it becomes; raises a 400 refusal with everything that is wrong."""
    given = {name: value for name, value in update.items() if name not in NOT_KEPT and value is not None}
    defaults = {"hold": False, "ledger": "1", "currencyId": BASE_CURRENCY, "branch": "1", "createVatTransaction": False}
    values = {**defaults, **before, **given}
    day = day_of(given["transactionDate"]) if "transactionDate" in given else before.get("day") or today()
    period = _period(update, before, day)
    open_period(company, period, "GeneralLedger")
    rows = with_changes(before.get("lines", []), update.get("journalTransactionLines") or [])
    lines = [_with_defaults(row, values) for row in rows]
    faults = [*_head_faults(company, values), *(fault for line in lines for fault in _line_faults(company, line))]
    if len(lines) < 2:
        faults.append("A journal transaction needs at least two lines.")
    if not faults:
        faults = [*_balance_faults(values, lines), *vat_faults(values, lines)]
    if faults:
        raise core_refusal(400, doing, RECORD, faults)
    status = "Hold" if values["hold"] else "Balanced"
    kept = before.get("exchangeRate") if values["currencyId"] == before.get("currencyId") else None
    rate = given.get("exchangeRate") or kept or tables.EXCHANGE_RATES[values["currencyId"]]
    own = {"day": day, "period": period, "postPeriod": month_first(period), "status": status, "exchangeRate": rate}
    return {**values, **own, "lines": lines}


def _period(update: Record, before: Record, day: datetime.date) -> str:
    """Give the period `YYYYPP`: as sent in either way of writing, else the one of the day."""
    if update.get("financialPeriod"):
        return str(update["financialPeriod"])
    if update.get("postPeriod"):
        return year_first(update["postPeriod"])
    kept: str | None = None if update.get("transactionDate") else before.get("period")
    return kept or period_of(day)


def _with_defaults(row: Record, values: Record) -> Record:
    given = {name: value for name, value in row.items() if value is not None}
    line = {"branch": values["branch"], "subaccount": [{"segmentId": 1, "segmentValue": "00"}], **given}
    return {**line, DEBIT: cents(line.get(DEBIT, ZERO)), CREDIT: cents(line.get(CREDIT, ZERO))}


def _head_faults(company: Company, values: Record) -> Iterator[str]:
    currencies = [row["id"] for row in company.master.lists["currency"] if row["isUsedForAccounting"]]
    if values["currencyId"] not in currencies:
        yield f"'Currency' '{values['currencyId']}' is not active."
    if values["ledger"] not in LEDGERS:
        yield f"'Ledger' '{values['ledger']}' cannot be found in the system."
    if not company.master.knows("branch", "number", values["branch"]):
        yield f"'Branch' '{values['branch']}' cannot be found in the system."
    if values.get("transactionCode"):
        yield f"'Transaction Code' '{values['transactionCode']}' cannot be found in the system."
    rate = values.get("exchangeRate")
    if rate is not None and (rate <= 0 or (values["currencyId"] == BASE_CURRENCY and rate != 1)):
        yield f"'Exchange Rate' {rate} is not one of the currency {values['currencyId']}."


def _line_faults(company: Company, line: Record) -> Iterator[str]:
    number, named = line.get("accountNumber"), f"Line {line['lineNumber']}:"
    account = next((row for row in company.master.lists["account"] if row["accountCD"] == number), None)
    if account is None:
        yield f"{named} 'Account' '{number or ''}' cannot be found in the system."
    elif not account["active"]:
        yield f"{named} Account {number} is inactive."
    elif not account["allowManualEntry"]:
        yield f"{named} Account {number} is a control account of {account['controlAccountModule']}: no manual entry."
    if not company.master.knows("branch", "number", line["branch"]):
        yield f"{named} 'Branch' '{line['branch']}' cannot be found in the system."
    if any(part.get("segmentValue") not in tables.SUBACCOUNTS for part in line["subaccount"]):
        yield f"{named} 'Subaccount' cannot be found in the system."
    if bool(line[DEBIT]) == bool(line[CREDIT]):
        yield f"{named} Give an amount on the debit side or on the credit side."


def _balance_faults(values: Record, lines: list[Record]) -> Iterator[str]:
    debit, credit = sides(lines)
    control = values.get("controlTotalInCurrency")
    if not values["hold"] and debit != credit:
        yield f"Batch is out of balance, please review: debit {debit}, credit {credit}."
    if control and not values["hold"] and control != debit:
        yield f"The control total {control} is not the debit total {debit}."
