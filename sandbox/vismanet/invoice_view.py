"""A customer invoice or credit note as the core API shows it (CustomerInvoiceDto, CustomerCreditNoteDto).

Of each pair of amounts the one called `...InCurrency` is in the document's currency, as it is when writing, and the
other one in the company's own (inferred: the published descriptions say so the other way around).
"""

import datetime
from collections.abc import Callable
from decimal import Decimal

from sandbox.vismanet import masterdata, tables, taxes
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.company import Company, CustomerDocument, local_text
from sandbox.vismanet.customer_view import address_of, address_view, contact_of
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.invoice_rules import status_of
from sandbox.vismanet.invoice_totals import twin
from sandbox.vismanet.order_lines import finest
from sandbox.vismanet.settlements import settlements
from sandbox.vismanet.tax import ZERO

Wanted = Callable[[str], bool]

BOTH_PLAIN = (
    "externalReference",
    "customerRefNumber",
    "invoiceText",
    "note",
    "cashAccount",
    "currencyId",
    "postPeriod",
)
INVOICE_PLAIN = (
    "paymentReference",
    "customerProject",
    "accountingCostRef",
    "originatorDocRef",
    "contractDocRef",
    "excludeDebtCollection",
)
BOTH_DAYS = ("documentDate", "origInvoiceDate")
INVOICE_DAYS = ("documentDueDate", "cashDiscountDate", "startDate", "endDate")
FLAGS = ("hold", "dontPrint", "dontEmail", "sendToAutoInvoice")
DEBT_COLLECTION = {
    "caseNumber": "debtCollectionCaseNbr",
    "caseType": "debtCollectionCaseType",
    "caseStatus": "debtCollectionCaseStatus",
    "caseUrl": "debtCollectionCaseUrl",
}


def invoice_view(company: Company, invoice: CustomerDocument, wanted: Wanted = lambda _: True) -> Record:
    """Show an invoice; `wanted` says of each part that a list expands whether it is asked for."""
    values = invoice.values
    view = _document_view(company, invoice, wanted) | {
        **{name: values.get(name) for name in INVOICE_PLAIN},
        **{name: day_text(values.get(name)) for name in INVOICE_DAYS},
        "creditTerms": masterdata.named(
            values.get("creditTermsId"), {key: text for key, (text, _) in tables.CREDIT_TERMS.items()}
        ),
        "paymentMethod": payment_method(values.get("paymentMethodId")),
        "debtCollection": {name: values[key] for name, key in DEBT_COLLECTION.items() if values.get(key)} or None,
        "revoked": bool(values.get("revoked")),
        "isRotRutDeductible": False,
        "invoiceLines": [_invoice_line(company, invoice, line) for line in invoice.lines],
    }
    shown: Record = without_nulls(view)
    return shown


def credit_note_view(company: Company, note: CustomerDocument, wanted: Wanted = lambda _: True) -> Record:
    """Show a credit note; its amounts are positive."""
    lines = [_line_view(company, note, line) for line in note.lines]
    shown: Record = without_nulls({**_document_view(company, note, wanted), "lines": lines})
    return shown


def day_text(day: datetime.date | None) -> str | None:
    """Write a business date the way the core API does."""
    return None if day is None else f"{day}T00:00:00"


def payment_method(key: str | None) -> Record | None:
    """Give a payment method with its description."""
    return masterdata.named(key, {key: text for key, (text, _, _) in tables.PAYMENT_METHODS.items()})


def customer_reference(company: Company, number: str) -> Record:
    """Give a debtor's number and name."""
    return {"number": number, "name": company.customers[number].values["name"]}


def location_reference(company: Company, number: str) -> Record:
    """Give the one location of a debtor."""
    country = address_of(company.customers[number], "delivery").get("countryId")
    return {"countryId": country, "id": "MAIN", "name": "Hoofdlocatie"}


def _document_view(company: Company, document: CustomerDocument, wanted: Wanted) -> Record:
    values = document.values
    view = {
        "documentType": "CreditNote" if document.credit_note else "Invoice",
        "referenceNumber": document.key,
        "status": status_of(company, document),
        "customer": customer_reference(company, values["customerNumber"]),
        "location": location_reference(company, values["customerNumber"]),
        "customerVatZone": masterdata.named(values.get("customerVatZoneId"), taxes.ZONES),
        "branchNumber": branch_reference(values["branchNumber"]),
        "salesPerson": masterdata.named(_sales_person(values), tables.SALES_PERSONS),
        "account": masterdata.account_reference(tables.CUSTOMER_ACCOUNTS["customerLedgerAccount"]),
        "exchangeRate": values["exchangeRate"],
        **dict.fromkeys(("postPeriod", "financialPeriod"), values["postPeriod"]),
        **{name: values.get(name) for name in BOTH_PLAIN},
        **{name: bool(values.get(name)) for name in FLAGS},
        **{name: day_text(values.get(name)) for name in BOTH_DAYS},
        **_amounts(document),
        "contact": _contact(company, values.get("contact")),
        "invoiceContact": _invoice_contact(company, values),
        "lastModifiedDateTime": local_text(document.modified),
        "createdDateTime": local_text(document.created),
        "timeStamp": document.version,
    }
    if wanted("TaxDetails"):
        view["taxDetails"] = _tax_details(document)
    if wanted("Applications"):
        view["applications"] = settlements(company, document)
    if wanted("InvoiceAddress"):
        view["invoiceAddress"] = _invoice_address(company, values)
    if wanted("Attachments"):
        view["attachments"] = []
    return view


def _amounts(document: CustomerDocument) -> Record:
    totals, rate = document.totals, document.values["exchangeRate"]
    amounts = {
        "detailTotal": totals.lines,
        "discountTotal": ZERO,
        "vatTaxableTotal": totals.taxable,
        "vatExemptTotal": totals.exempt,
        "vatTotal": totals.tax,
        "amount": totals.order,
        "balance": document.balance,
        "cashDiscount": ZERO,
    }
    return {
        **{name: twin(amount, rate) for name, amount in amounts.items()},
        **{f"{name}InCurrency": amount for name, amount in amounts.items()},
        "roundingDiff": ZERO,
    }


def _tax_details(document: CustomerDocument) -> list[Record]:
    return [
        {
            "taxId": line.tax.id,
            "recordId": number,
            "vatId": {"number": line.tax.id, "description": line.tax.description},
            "vatRate": line.tax.rate,
            "taxableAmount": line.taxable,
            "vatAmount": line.amount,
        }
        for number, line in enumerate(document.totals.tax_lines, start=1)
    ]


def _invoice_line(company: Company, document: CustomerDocument, line: Record) -> Record:
    return {
        **_line_view(company, document, line),
        "lineType": _line_type(company, line),
        "itemType": line.get("itemType"),
        "startDate": line.get("startDate"),
        "endDate": line.get("endDate"),
    }


def _line_type(company: Company, line: Record) -> str:
    if not line["inventoryNumber"]:
        return "MI"
    return "GI" if is_stock(company.known_item(line["inventoryNumber"]).values) else "GN"


def _line_view(company: Company, document: CustomerDocument, line: Record) -> Record:
    rate = document.values["exchangeRate"]
    manual = line.get("manualAmountInCurrency")
    return {
        "lineNumber": line["lineNumber"],
        **{name: line.get(name) for name in ("inventoryNumber", "description", "quantity", "uom", "note")},
        **{name: line.get(name) for name in ("soOrderType", "soOrderNbr", "soShipmentNbr")},
        **{name: line.get(name) for name in ("termStartDate", "termEndDate")},
        "unitPrice": finest(line["unitPriceInCurrency"] * rate),
        "unitPriceInCurrency": line["unitPriceInCurrency"],
        "manualAmount": _twin_or_none(manual, rate),
        "manualAmountInCurrency": manual,
        "amount": twin(line["amount"], rate),
        "amountInCurrency": line["amount"],
        "discountPercent": line["discountPercent"],
        "discountAmount": twin(line["discountAmountInCurrency"], rate),
        "discountAmountInCurrency": line["discountAmountInCurrency"],
        "manualDiscount": line["manualDiscount"],
        "cost": ZERO,
        "isRotRutDeductible": False,
        "account": masterdata.account_reference(line["accountNumber"]),
        "vatCode": _category(line["vatCodeId"]),
        "subaccount": _subaccount(company, line),
        "seller": masterdata.named(line.get("salesperson"), tables.SALES_PERSONS),
        "branchNumber": branch_reference(line["branchNumber"]),
        "attachments": [],
    }


def _twin_or_none(amount: Decimal | None, rate: Decimal) -> Decimal | None:
    return None if amount is None else twin(amount, rate)


def _category(key: str | None) -> Record | None:
    return None if key is None else {"id": key, "description": masterdata.vat_category(key)["description"]}


def _subaccount(company: Company, line: Record) -> Record:
    key = "".join(part["segmentValue"] for part in line["subaccount"])
    return next(row for row in company.master.lists["subaccount"] if row["subaccountNumber"] == key)


def branch_reference(number: str) -> Record:
    """Give a branch with its name."""
    return {"number": number, "name": tables.BRANCHES[number]}


def _sales_person(values: Record) -> str | None:
    number = values.get("salesperson") or values.get("salesPersonID")
    return None if number is None else str(number)


def _contact(company: Company, contact_id: int | None) -> Record | None:
    if contact_id is None:
        return None
    values = company.contacts[contact_id].values
    return {"id": contact_id, "name": " ".join(filter(None, (values.get("firstName"), values.get("lastName"))))}


def _invoice_contact(company: Company, values: Record) -> Record:
    customer = company.customers[values["customerNumber"]]
    own: Record = values.get("invoiceContact") or {}
    given = own if own.get("overrideContact") else contact_of(customer, "invoice")
    return {
        "contactId": customer.internal_id * 10,
        "businessName": given.get("name"),
        **{name: given.get(name) for name in ("attention", "email", "phone1")},
        "overrideContact": bool(own.get("overrideContact")),
    }


def _invoice_address(company: Company, values: Record) -> Record:
    customer = company.customers[values["customerNumber"]]
    own: Record = values.get("invoiceAddress") or {}
    given = own if own.get("overrideAddress") else address_of(customer, "invoice")
    return {**address_view(given, customer.internal_id * 10), "overrideAddress": bool(own.get("overrideAddress"))}
