"""Customers and contact persons, as Visma.net ERP answers them. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from visma_sync.systems.reading import essential_text, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, changed_at

_SAME_NAMES = (
    "number",
    "name",
    "status",
    "accountReference",
    "numberOfEmployees",
    "currencyId",
    "creditLimit",
    "creditDaysPastDue",
    "printInvoices",
    "acceptAutoInvoices",
    "sendInvoicesByEmail",
    "sendDunningLettersViaEMail",
    "printDunningLetters",
    "printStatements",
    "sendStatementsByEmail",
    "printMultiCurrencyStatements",
    "invoiceToDefaultLocation",
    "vatRegistrationId",
    "corporateId",
    "gln",
    "creditVerification",
    "statementType",
    "eInvoiceContract",
    "excludeDebtCollection",
)
_RENAMED = {
    "customerClassId": ("customerClass", "id"),
    "creditTermsId": ("creditTerms", "id"),
    "vatZoneId": ("vatZone", "id"),
    "priceClassId": ("priceClass", "id"),
    "parentRecordNumber": ("parentRecord", "number"),
}
_ADDRESSES = ("mainAddress", "invoiceAddress", "deliveryAddress")
_ADDRESS_LINES = ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city")
_CONTACTS = ("mainContact", "invoiceContact", "deliveryContact")
_CONTACT_FIELDS = ("name", "attention", "email", "web", "phone1", "phone2", "fax")


@dataclass(frozen=True, slots=True)
class TargetCustomer:
    """A customer; `emails` are its main and invoice addresses, trimmed and case-folded; `changed_at` is UTC.

    `version` tells whether somebody changed it since it was read.
    """

    number: str
    name: str
    status: str
    customer_class: str
    country: str
    emails: frozenset[str]
    vat_number: str
    corporate_id: str
    account_reference: str
    changed_at: datetime | None
    version: str
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any], version: str = "") -> "TargetCustomer":
        """Read a customer of a list, or of a single answer together with the version in its header."""
        emails = (text_of(body, contact, "email").casefold() for contact in ("mainContact", "invoiceContact"))
        return cls(
            number=essential_text(body, SYSTEM, "a customer", "number"),
            name=text_of(body, "name"),
            status=text_of(body, "status"),
            customer_class=text_of(body, "customerClass", "id"),
            country=text_of(body, "mainAddress", "country", "id"),
            emails=frozenset(email for email in emails if email),
            vat_number=text_of(body, "vatRegistrationId"),
            corporate_id=text_of(body, "corporateId"),
            account_reference=text_of(body, "accountReference"),
            changed_at=changed_at(body, "a customer"),
            version=version or text_of(body, "timeStamp"),
            body=body,
        )

    def as_written(self) -> dict[str, Any]:
        """The customer in the shape in which one is written, to compare field by field (without the note)."""
        return customer_as_written(self.body)


def customer_as_written(body: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the answer about a customer into the plain shape of `wire.CustomerUpdate`."""
    written: dict[str, Any] = {name: body.get(name) for name in _SAME_NAMES}
    written |= {name: text_of(body, *path) for name, path in _RENAMED.items()}
    written |= {name: _address_as_written(body.get(name) or {}) for name in _ADDRESSES}
    written |= {name: _named(body.get(name) or {}, _CONTACT_FIELDS) for name in _CONTACTS}
    payment_method = text_of(body, "defaultPaymentMethodId")
    written["defaultPaymentMethod"] = {"paymentMethodId": payment_method} if payment_method else {}
    written["glAccounts"] = {
        name: text_of(account, "number")
        for name, account in (body.get("glAccounts") or {}).items()
        if text_of(account, "number")
    }
    written["attributeLines"] = [
        {"attributeId": row.get("id"), "attributeValue": row.get("value")} for row in body.get("attributes") or []
    ]
    return {name: value for name, value in written.items() if value not in (None, "", {}, [])}


def _named(body: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: body[name] for name in names if body.get(name)}


def _address_as_written(body: Mapping[str, Any]) -> dict[str, Any]:
    places = {"countryId": text_of(body, "country", "id"), "county": text_of(body, "county", "id")}
    return _named(body, _ADDRESS_LINES) | {name: value for name, value in places.items() if value}


@dataclass(frozen=True, slots=True)
class TargetContact:
    """A contact person of the customer with the number `customer`; the e-mail is trimmed and case-folded."""

    id: str
    customer: str
    email: str
    name: str
    version: str
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any]) -> "TargetContact":
        """Read a contact of a list."""
        names = (text_of(body, "firstName"), text_of(body, "lastName"))
        return cls(
            id=essential_text(body, SYSTEM, "a contact", "contactId"),
            customer=text_of(body, "businessAccount"),
            email=text_of(body, "email").casefold(),
            name=" ".join(name for name in names if name) or text_of(body, "displayName"),
            version=text_of(body, "timeStamp"),
            body=body,
        )
