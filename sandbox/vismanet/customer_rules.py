"""What the ERP accepts as a debtor, and what it fills in from the customer class."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record, core_refusal
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.wrapped import FLAG, NUMBER, OPERATION, TEXT, WHOLE, Bare, Fields, Nested, Rows, Scalar, merged

STATUSES = ("Active", "OnHold", "CreditHold", "Inactive", "OneTime")
ADDRESS_FIELDS: Fields = dict.fromkeys(
    ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city", "countryId", "county"), TEXT
)
CONTACT_FIELDS: Fields = dict.fromkeys(("name", "attention", "email", "web", "phone1", "phone2", "fax"), TEXT)
SEGMENTS = Rows({"segmentId": Bare(WHOLE), "segmentValue": Bare(TEXT)})
ATTRIBUTE_LINES = Rows({"attributeId": TEXT, "attributeValue": TEXT})
ACCOUNT_FIELDS = (
    "customerLedgerAccount",
    "salesAccount",
    "salesNonTaxableAccount",
    "salesEuAccount",
    "salesExportAccount",
    "discountAccount",
    "freightAccount",
    "cashDiscountAccount",
    "prepaymentAccount",
)
SUBACCOUNT_FIELDS = (
    "customerLedgerSubaccount",
    "salesSubaccount",
    "discountSubaccount",
    "freightSubaccount",
    "cashDiscountSubaccount",
    "prepaymentSubaccount",
)
MAILING_FLAGS = (
    "sendInvoicesByEmail",
    "printInvoices",
    "acceptAutoInvoices",
    "sendDunningLettersViaEMail",
    "printDunningLetters",
    "printStatements",
    "sendStatementsByEmail",
)
"""What makes the ERP mail, print or e-invoice to a debtor when a document or statement is made."""

CLASS_MAILING: dict[str, bool] = {**dict.fromkeys(MAILING_FLAGS, False), **dict.fromkeys(MAILING_FLAGS[:3], True)}
"""The classes' defaults: invoices are mailed, printed and sent as AutoInvoice until that is switched off."""

CUSTOMER_FIELDS: Fields = {
    **dict.fromkeys(
        (
            "number",
            "name",
            "accountReference",
            "parentRecordNumber",
            "currencyId",
            "customerClassId",
            "creditTermsId",
            "vatRegistrationId",
            "corporateId",
            "vatZoneId",
            "gln",
            "note",
            "priceClassId",
        ),
        TEXT,
    ),
    **dict.fromkeys(
        (
            *MAILING_FLAGS,
            "printMultiCurrencyStatements",
            "invoiceToDefaultLocation",
            "overrideNumberSeries",
            "excludeDebtCollection",
        ),
        FLAG,
    ),
    "status": Scalar(str, STATUSES),
    "numberOfEmployees": WHOLE,
    "creditDaysPastDue": WHOLE,
    "creditLimit": NUMBER,
    "overrideWithClassValues": Bare(FLAG),
    "creditVerification": Scalar(str, ("Disabled", "DaysPastDue", "CreditLimit", "LimitAndDaysPastDue")),
    "statementType": Scalar(str, ("OpenItem", "BalanceBroughtForward")),
    **dict.fromkeys(("mainAddress", "invoiceAddress", "deliveryAddress"), Nested(ADDRESS_FIELDS)),
    **dict.fromkeys(("mainContact", "invoiceContact", "deliveryContact"), Nested(CONTACT_FIELDS)),
    "eInvoiceContract": Nested({"fInvoiceContractID": TEXT, "fInvoiceIntermediatorID": TEXT}),
    "defaultPaymentMethod": Nested({"paymentMethodId": TEXT, "isDefault": FLAG}),
    "glAccounts": Nested({**dict.fromkeys(ACCOUNT_FIELDS, TEXT), **dict.fromkeys(SUBACCOUNT_FIELDS, SEGMENTS)}),
    "attributeLines": ATTRIBUTE_LINES,
    "directDebitLines": Rows(
        {
            "operation": OPERATION,
            "id": Bare(TEXT),
            "isDefault": FLAG,
            "oneTime": FLAG,
            "maxAmount": NUMBER,
            **dict.fromkeys(
                (
                    "mandateId",
                    "mandateDescription",
                    "dateOfSignature",
                    "bic",
                    "iban",
                    "lastCollectionDate",
                    "expirationDate",
                    "branch",
                ),
                TEXT,
            ),
        }
    ),
}

LENGTHS = {
    "addressLine1": 50,
    "addressLine2": 50,
    "addressLine3": 50,
    "postalCode": 20,
    "city": 50,
    "name": 255,
    "attention": 255,
    "email": 255,
    "phone1": 50,
    "phone2": 50,
    "fax": 50,
}
"""Longest texts; the core API publishes none, so these are the ones of SalesOrders v3 for the same fields."""

Check = tuple[str, str, Callable[[Company, object], bool]]
REFERENCES: tuple[Check, ...] = (
    ("customerClassId", "Customer Class", lambda company, value: company.master.knows("customerClass", "id", value)),
    ("creditTermsId", "Terms", lambda company, value: company.master.knows("creditTerm", "termsId", value)),
    ("vatZoneId", "Tax Zone", lambda company, value: company.master.knows("vatZone", "id", value)),
    ("currencyId", "Currency ID", lambda company, value: company.master.knows("currency", "id", value)),
    ("parentRecordNumber", "Parent Account", lambda company, value: company.customer(str(value)) is not None),
)
NOT_STORED = ("number", "overrideWithClassValues", "overrideNumberSeries")
REQUIRED = (("name", "Customer Name"), ("customerClassId", "Customer Class"))


def create_customer(company: Company, update: Record) -> Stored:
    """Make a debtor from an update DTO; raises a 400 or 500 refusal where the ERP would not have it."""
    number = _new_number(company, update)
    values = _class_values(update.get("customerClassId"))
    values = merged({"status": "Active", "currencyId": "EUR", **values}, _given(update))
    values.setdefault("mainAddress", {}).setdefault("countryId", "NL")
    values.setdefault("mainContact", {}).setdefault("name", values.get("name"))
    _validate(company, values, "inserting the customer")
    customer = company.keep(number, values)
    company.customers[number] = customer
    return customer


def change_customer(company: Company, customer: Stored, update: Record) -> None:
    """Change the given fields of a debtor; `overrideWithClassValues` lays the class's values first."""
    if update.get("number") not in (None, customer.key):
        raise core_refusal(400, "updating the customer", "Customer", ["'Customer ID' cannot be changed."])
    values = customer.values
    if update.get("overrideWithClassValues"):
        values = {**values, **_class_values(update.get("customerClassId") or values.get("customerClassId"))}
    values = merged(values, {name: value for name, value in update.items() if name not in NOT_STORED})
    _validate(company, values, "updating the customer")
    customer.values = values
    company.touch(customer)


def _given(update: Record) -> Record:
    return {name: value for name, value in update.items() if value is not None and name not in NOT_STORED}


def _new_number(company: Company, update: Record) -> str:
    number = update.get("number")
    if not number:
        return company.next_customer_number()
    reasons = []
    if not update.get("overrideNumberSeries"):
        reasons.append("'Customer ID' cannot be set: the number series CUSTOMER numbers automatically.")
    elif company.customer(number) is not None:
        reasons.append(f"'Customer' '{number}' already exists in the system.")
    if reasons:
        raise core_refusal(400, "inserting the customer", "Customer", reasons)
    return str(number).strip().upper()


def _class_values(class_id: str | None) -> Record:
    values = tables.CUSTOMER_CLASSES.get(class_id or "")
    if values is None:
        return {}
    payment = {"paymentMethodId": values["paymentMethodId"], "isDefault": True}
    return {
        "creditTermsId": values["creditTermsId"],
        "vatZoneId": values["taxZoneId"],
        "defaultPaymentMethod": payment,
        "statementType": "OpenItem",
        "creditVerification": "Disabled",
        "creditLimit": Decimal(0),
        **CLASS_MAILING,
    }


def _validate(company: Company, values: Record, doing: str) -> None:
    empty = [f"'{label}' cannot be empty." for name, label in REQUIRED if not (values.get(name) or "").strip()]
    if empty:
        raise core_refusal(400, doing, "Customer", empty)
    # The ERP answers an unknown reference with 500 as readily as with 400, so a status alone says nothing.
    unknown = [f"'{label}' cannot be found in the system." for label in _unknown_references(company, values)]
    if unknown:
        raise core_refusal(500, doing, "Customer", unknown)
    faults = list(_faults(values))
    if faults:
        raise core_refusal(400, doing, "Customer", faults)


def _unknown_references(company: Company, values: Record) -> Iterator[str]:
    for name, label, known in REFERENCES:
        value = values.get(name)
        if value not in (None, "") and not known(company, value):
            yield label
    for part in ("mainAddress", "invoiceAddress", "deliveryAddress"):
        country = (values.get(part) or {}).get("countryId")
        if country not in (None, "") and country not in tables.COUNTRIES:
            yield "Country"
    method = (values.get("defaultPaymentMethod") or {}).get("paymentMethodId")
    if method is not None and not company.master.knows("paymentmethod", "paymentMethodID", method):
        yield "Payment Method"
    for name in ACCOUNT_FIELDS:
        account = (values.get("glAccounts") or {}).get(name)
        if account is not None and not company.master.knows("account", "accountCD", account):
            yield "Account"
    for line in values.get("attributeLines") or []:
        if line.get("attributeId") not in tables.CUSTOMER_ATTRIBUTES:
            yield f"Attribute {line.get('attributeId')}"


def _faults(values: Record) -> Iterator[str]:
    if not values.get("vatZoneId"):
        yield "'Tax Zone' cannot be empty."
    if len(values["name"]) > LENGTHS["name"]:
        yield "'Customer Name' is too long."
    yield from text_faults(
        values, ("mainAddress", "invoiceAddress", "deliveryAddress", "mainContact", "invoiceContact", "deliveryContact")
    )


def text_faults(values: Record, parts: tuple[str, ...]) -> Iterator[str]:
    """Name the texts of addresses and contacts that are too long, and e-mail addresses that are none."""
    for part in parts:
        for name, text in (values.get(part) or {}).items():
            if isinstance(text, str) and len(text) > LENGTHS.get(name, 255):
                yield f"'{part}.{name}' is longer than {LENGTHS.get(name, 255)} characters."
        email = (values.get(part) or {}).get("email")
        if email and not looks_like_email(email):
            yield f"'{part}.email' is not a valid e-mail address."


def looks_like_email(text: str) -> bool:
    """Say whether a text can be an e-mail address at all."""
    name, at, domain = text.strip().partition("@")
    return bool(name and at and domain) and "@" not in domain and not any(sign.isspace() for sign in text.strip())


def remember_mailing(company: Company, customer: Stored, before: Record) -> None:
    """Remember which ways of mailing a program has switched on, or left on, for a debtor."""
    company.mail(
        "customer", customer.key, [flag for flag in MAILING_FLAGS if customer.values.get(flag) and not before.get(flag)]
    )
