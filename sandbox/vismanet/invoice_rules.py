"""What the ERP does with customer invoices and credit notes: makes, changes, releases and deletes them.

Amounts are in the document's currency, those of credit notes positive ("Visma.net ERP API", customerinvoice and
customerCreditNote).
"""

import datetime
from collections.abc import Sequence

from sandbox.vismanet.answers import Record, core_refusal, plain_refusal
from sandbox.vismanet.applications import application_faults, applied, changed_applications, settle
from sandbox.vismanet.company import Company, CustomerDocument
from sandbox.vismanet.invoice_body import exact
from sandbox.vismanet.invoice_checks import DERIVED, faults_of_head, filled_head, known_head, unknown_in_head
from sandbox.vismanet.invoice_lines import changed_line, faults_of_line, filled_line, unknown_in_line
from sandbox.vismanet.invoice_totals import added_up
from sandbox.vismanet.numbers import next_number, own_number
from sandbox.vismanet.periods import open_period
from sandbox.vismanet.wrapped import merged

HOLD, BALANCED, OPEN, CLOSED, CREDIT_HOLD = "Hold", "Balanced", "Open", "Closed", "CreditHold"
PARTS = {"invoiceLines": "lines", "taxDetailLines": "taxDetails", "billingAddress": "invoiceAddress"}
"""An invoice's names for parts that a credit note has too, under these names."""

NOT_HEAD = ("referenceNumber", "overrideNumberSeries", "lines", "taxDetails", "applicationLines")
NAMES = {False: "Invoice", True: "Credit Note"}
SERIES = {False: "ARINVOICE", True: "ARCREDIT"}


def make_invoice(company: Company, values: Record, *, created_by: str | None = None) -> CustomerDocument:
    """Make a customer invoice of plain values under the names of CustomerInvoiceUpdateDto.

    A line may also carry `soOrderType`, `soOrderNbr` and `soShipmentNbr`: then it may hold a stock item. Freight is a
    line without an item but with description, `accountNumber` and `vatCodeId`. What is left out is filled in from
    debtor, item and company; `customerVatZoneId` decides with each line's `vatCodeId` which VAT there is. `created_by`
    is the person who typed it in (none: a program). Raises a 400 or 500 refusal where the ERP would not have it.
    """
    return _make(company, values, credit_note=False, created_by=created_by)


def make_credit_note(company: Company, values: Record, *, created_by: str | None = None) -> CustomerDocument:
    """Make a credit note of plain values under the names of CustomerCreditNoteUpdateDto; else as `make_invoice`."""
    return _make(company, values, credit_note=True, created_by=created_by)


def documents_of(company: Company, *, credit_note: bool) -> dict[str, CustomerDocument]:
    """Give the credit notes or the invoices of a company by number."""
    return company.credit_notes if credit_note else company.invoices


def _make(company: Company, values: Record, *, credit_note: bool, created_by: str | None) -> CustomerDocument:
    taken, name = documents_of(company, credit_note=credit_note), NAMES[credit_note]
    doing = f"inserting the {name.lower()}"
    number = own_number(company, values, taken, doing, name)
    now = datetime.datetime.now(datetime.UTC)
    document = CustomerDocument("", 0, {}, now, now, credit_note=credit_note, created_by=created_by)
    _lay(company, document, values, doing)
    document.key = number or next_number(company, SERIES[credit_note], taken)
    document.internal_id, document.version = company.next_internal_id(), company.next_version()
    taken[document.key] = document
    return document


def change_document(company: Company, document: CustomerDocument, values: Record) -> None:
    """Change the given parts of a document that is not released; any wrong value refuses the whole change."""
    name = NAMES[document.credit_note]
    doing = f"updating the {name.lower()}"
    if document.released:
        raise plain_refusal(400, f"{name} can't be updated because it is already released.")
    if values.get("referenceNumber") not in (None, document.key):
        raise core_refusal(400, doing, name, ["'Reference Nbr.' cannot be changed."])
    _lay(company, document, values, doing)
    company.touch(document)


def delete_document(company: Company, document: CustomerDocument) -> None:
    """Delete a document that is not released."""
    if document.released:
        raise plain_refusal(400, f"{NAMES[document.credit_note]} '{document.key}' is released and cannot be deleted.")
    del documents_of(company, credit_note=document.credit_note)[document.key]


def release_document(company: Company, document: CustomerDocument) -> None:
    """Release a document: it becomes a claim, and a credit note settles the invoices that it is applied to."""
    name, status = NAMES[document.credit_note], status_of(company, document)
    if document.released:
        raise plain_refusal(400, f"{name} '{document.key}' is already released.")
    if status != BALANCED:
        raise plain_refusal(400, f"{name} '{document.key}' cannot be released in status {status}.")
    open_period(company, document.values["postPeriod"], "CustomerLedger")
    rows = document.values["applicationLines"]
    faults = application_faults(company, document.values, rows, document.totals.order)
    _refuse(400, f"releasing the {name.lower()}", name, list(faults))
    settle(company, rows)
    document.balance = document.totals.order - applied(rows)
    document.released = True
    company.touch(document)


def status_of(company: Company, document: CustomerDocument) -> str:
    """Give the status of a document; an unreleased invoice waits while its debtor is on credit hold."""
    if document.released:
        return OPEN if document.balance else CLOSED
    if document.values["hold"]:
        return HOLD
    customer = company.customers[document.values["customerNumber"]]
    return CREDIT_HOLD if customer.values["status"] == "CreditHold" and not document.credit_note else BALANCED


def remember_sending(company: Company, document: CustomerDocument) -> None:
    """Remember which ways of sending a program has left on for a document that it released."""
    ways = {
        "sendToAutoInvoice": document.values["sendToAutoInvoice"],
        "sendInvoicesByEmail": not document.values["dontEmail"],
        "printInvoices": not document.values["dontPrint"],
    }
    company.mail(NAMES[document.credit_note].lower(), document.key, [name for name, on in ways.items() if on])


def _lay(company: Company, document: CustomerDocument, values: Record, doing: str) -> None:
    """Lay what was sent over a document; the document changes only when all of it is right."""
    name = NAMES[document.credit_note]
    sent = {PARTS.get(part, part): value for part, value in values.items()}
    head = _laid_head(company, document, {part: value for part, value in sent.items() if part not in NOT_HEAD}, doing)
    lines = _laid_lines(company, document, head, sent.get("lines") or [], doing)
    details = _laid_tax_details(document, sent)
    totals, faults = added_up(lines, details, head.get("customerVatZoneId"))
    stored, rows = document.values.get("applicationLines", []), sent.get("applicationLines") or []
    applications, wrong = changed_applications(stored, rows)
    faults += [*wrong, *application_faults(company, head, applications, totals.order)]
    _refuse(400, doing, name, faults)
    document.values = {**head, "applicationLines": applications}
    document.lines, document.tax_details, document.totals = lines, details, totals
    document.balance = totals.order


def _laid_head(company: Company, document: CustomerDocument, sent: Record, doing: str) -> Record:
    name, given = NAMES[document.credit_note], known_head(company, sent)
    outdated = {derived for part in given for derived in DERIVED.get(part, ())}
    stored = {part: value for part, value in document.values.items() if part not in outdated}
    head = filled_head(company, merged(stored, given), credit_note=document.credit_note)
    if not head.get("customerNumber"):
        raise core_refusal(400, doing, name, ["'Customer' cannot be empty."])
    unknown = [f"'{label}' cannot be found in the system." for label in unknown_in_head(company, head)]
    # The ERP answers an unknown reference with 500 as readily as with 400, so a status alone says nothing.
    _refuse(500, doing, name, unknown)
    _refuse(400, doing, name, list(faults_of_head(company, head)))
    open_period(company, head["postPeriod"], "CustomerLedger")
    return head


def _laid_lines(
    company: Company, document: CustomerDocument, head: Record, rows: Sequence[Record], doing: str
) -> list[Record]:
    name, next_line = NAMES[document.credit_note], document.next_line
    kept = {line["lineNumber"]: line for line in document.lines}
    touched = []
    for row in rows:
        operation, number = row.get("operation", "Insert"), row.get("lineNumber")
        given = {part: value for part, value in row.items() if part not in ("operation", "lineNumber")}
        if operation == "Insert":
            touched.append(filled_line(company, head, given, next_line))
            next_line += 1
        elif number not in kept:
            raise core_refusal(400, doing, name, [f"'Line Nbr.' '{number}' cannot be found in the document."])
        elif operation == "Delete":
            del kept[number]
        else:
            touched.append(changed_line(company, head, kept[number], given))
    unknown = [
        f"'{label}' cannot be found in the system." for line in touched for label in unknown_in_line(company, line)
    ]
    _refuse(500, doing, name, unknown)
    _refuse(400, doing, name, [fault for line in touched for fault in faults_of_line(company, line)])
    return list({**kept, **{line["lineNumber"]: line for line in touched}}.values())


def _laid_tax_details(document: CustomerDocument, sent: Record) -> list[Record]:
    """Take VAT amounts given by hand; a change of lines or VAT zone works the VAT out again."""
    if sent.get("taxDetails") is not None:
        return [exact(detail, ("taxableAmount", "vatAmount")) for detail in sent["taxDetails"]]
    return [] if sent.get("lines") or "customerVatZoneId" in sent else document.tax_details


def _refuse(status: int, doing: str, record: str, reasons: Sequence[str]) -> None:
    if reasons:
        raise core_refusal(status, doing, record, reasons)
