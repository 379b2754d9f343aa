"""What Visma.net ERP answers, kept light: the fields that every flow needs by name, the rest as it came.

Sources: "Visma.net ERP OpenAPI 2025-12" (core) and "SalesOrders OpenAPI v3". Bodies keep the vendor's names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from visma_sync.systems.reading import amount_of, essential_text, moment_of, surprising, text_of

SYSTEM = "vismanet"
# The core API writes and compares times without a zone; measured stamps carry Nordic local time.
SERVER_ZONE = ZoneInfo("Europe/Oslo")

_STATE_AND_STAMPS = frozenset({"status", "version", "lastModified"})
_STATE_NAMES = {"on_hold": "hold", "canceled": "cancelled"}
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
class Branch:
    """A branch of the company; `id` is what documents name."""

    id: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class MasterValue:
    """One value of a list that the company keeps, such as a warehouse; `facts` depend on the list.

    VAT categories: facts["taxes"] is a list of {"vat_id", "calculate_on", "rate"}, the rate in percent as
    valid today.
    """

    id: str
    description: str
    active: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


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
            changed_at=_core_moment(body, "a customer"),
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


@dataclass(frozen=True, slots=True)
class TargetItem:
    """A product; `status` is Active, NoSales, NoPurchases, NoRequest, Inactive or MarkedForDeletion."""

    number: str
    status: str
    type: str
    changed_at: datetime | None
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any]) -> "TargetItem":
        """Read a product of a list or of a single answer."""
        return cls(
            number=essential_text(body, SYSTEM, "an item", "inventoryNumber"),
            status=text_of(body, "status"),
            type=text_of(body, "type"),
            changed_at=_core_moment(body, "an item"),
            body=body,
        )


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order of a list; `reference` is the customer's reference number, `state` for instance hold or open.

    `total` includes VAT, in the order's currency; `changed_at` is UTC.
    """

    order_type: str
    order_id: str
    customer: str
    reference: str
    total: Decimal
    state: str
    changed_at: datetime

    @classmethod
    def of(cls, body: dict[str, Any]) -> "OrderRow":
        """Read a row of a list of orders."""
        changed_at = moment_of(body, SYSTEM, "an order", "lastModified", UTC)
        if changed_at is None:
            raise surprising(SYSTEM, "an order", "lastModified")
        return cls(
            order_type=essential_text(body, SYSTEM, "an order", "type"),
            order_id=essential_text(body, SYSTEM, "an order", "orderId"),
            customer=text_of(body, "customerId"),
            reference=text_of(body, "customerRefNo"),
            total=amount_of(body, SYSTEM, "an order", "orderTotal"),
            state=state_of(text_of(body, "status")),
            changed_at=changed_at,
        )


@dataclass(frozen=True, slots=True)
class TargetOrder:
    """An order read whole; `total` includes `vat`, both in the order's currency.

    `version` is what a change has to name.
    """

    order_type: str
    order_id: str
    customer: str
    reference: str
    state: str
    total: Decimal
    vat: Decimal
    currency: str
    version: str
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any], version: str) -> "TargetOrder":
        """Read a single order and the version in its header."""
        return cls(
            order_type=essential_text(body, SYSTEM, "an order", "type"),
            order_id=essential_text(body, SYSTEM, "an order", "orderId"),
            customer=text_of(body, "customer", "id"),
            reference=text_of(body, "customer", "refNo"),
            state=_state_of_order(body),
            total=amount_of(body, SYSTEM, "an order", "totals", "orderTotal"),
            vat=amount_of(body, SYSTEM, "an order", "totals", "taxTotal"),
            currency=text_of(body, "currencyId"),
            version=version or text_of(body, "version"),
            body=body,
        )

    @property
    def content(self) -> dict[str, Any]:
        """What the order says, without its state and stamps: two readings of an untouched order are the same."""
        return {name: value for name, value in self.body.items() if name not in _STATE_AND_STAMPS}


def state_of(status: str) -> str:
    """The vendor's word for a state in one spelling: "Credit Hold" and "CreditHold" are credit_hold."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[\s-]+", "_", status.strip())
    return _STATE_NAMES.get(spaced.lower(), spaced.lower())


def _state_of_order(body: Mapping[str, Any]) -> str:
    state = state_of(text_of(body, "status", "description"))
    status = body.get("status") or {}
    if status.get("cancelled"):
        return "cancelled"
    # "Hold" is the switch, the description the whole truth: an order held for credit has both.
    return "hold" if status.get("hold") and state not in ("hold", "credit_hold") else state


def _core_moment(body: Mapping[str, Any], what: str) -> datetime | None:
    return moment_of(body, SYSTEM, what, "lastModifiedDateTime", SERVER_ZONE)
