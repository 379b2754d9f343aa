"""The bodies of the SalesOrders API: fields, their kinds and lengths (SalesOrders OpenAPI v3, schemas).

Every object is closed: a property that is not in the schema is refused, as are texts that are too long.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import simplejson

from sandbox.vismanet.answers import Finding, Record, validation_problem

NULL_NOT_ALLOWED = "0001-NullNotAllowed"
EMPTY_NOT_ALLOWED = "0001-EmptyNotAllowed"
INVALID_LENGTH = "0002-InvalidLength"
INVALID_VALUE = "0003-InvalidValue"
VALUE_NOT_ALLOWED = "0004-ValueNotAllowed"
OUTSIDE_RANGE = "0100-OutsideValidRange"


@dataclass(frozen=True)
class Text:
    """A text with its longest length, when there is one."""

    longest: int | None = None
    email: bool = False


@dataclass(frozen=True)
class Number:
    """A number with its limits; `whole` numbers have no decimals."""

    lowest: int | None = None
    highest: int | None = None
    whole: bool = False
    nullable: bool = True


@dataclass(frozen=True)
class Flag:
    """A yes or no."""


@dataclass(frozen=True)
class Moment:
    """A date and time; without an offset it is UTC."""


@dataclass(frozen=True)
class TextMap:
    """Texts by name, such as the segments of a subaccount."""


@dataclass(frozen=True)
class Part:
    """An object with these properties."""

    fields: "Fields"


@dataclass(frozen=True)
class Parts:
    """A list of objects with these properties."""

    fields: "Fields"


Kind = Text | Number | Flag | Moment | TextMap | Part | Parts
Fields = Mapping[str, Kind]

ADDRESS: Fields = {
    "city": Text(50),
    "countryId": Text(2),
    "line1": Text(50),
    "line2": Text(50),
    "line3": Text(50),
    "postalCode": Text(20),
    "stateId": Text(50),
}
CONTACT: Fields = {"attention": Text(255), "email": Text(255, email=True), "name": Text(255), "phone1": Text(50)}
OVERRIDE: Fields = {"overridesDefault": Flag()}
CUSTOMER: Fields = {
    "contactId": Number(whole=True),
    "id": Text(),
    "locationId": Text(),
    "order": Text(40),
    "refNo": Text(40),
    "termsId": Text(),
}
FINANCIAL: Fields = {
    "cashDiscountDate": Moment(),
    "dueDate": Moment(),
    "invoiceDate": Moment(),
    "invoiceId": Text(15),
    "invoiceSeparately": Flag(),
    "postPeriod": Text(6),
}
FREIGHT: Fields = {"cost": Number(), "premiumAmount": Number(), "taxCategoryId": Text(10)}
PAYMENT: Fields = {"cashAccountId": Text(10), "paymentMethodId": Text(), "paymentReference": Text(40)}
PRINT: Fields = {"descriptionOnInvoice": Flag(), "noteOnExternalDocuments": Flag(), "noteOnInternalDocuments": Flag()}
SHIPPING: Fields = {
    "fobPointId": Text(15),
    "insurance": Flag(),
    "intrastatTransactionTypeId": Number(whole=True),
    "preferredWarehouseId": Text(30),
    "priority": Number(whole=True),
    "residentialDelivery": Flag(),
    "rule": Text(),
    "saturdayDelivery": Flag(),
    "scheduledDate": Moment(),
    "shipSeparately": Flag(),
    "shipViaId": Text(15),
    "termsId": Text(15),
    "zoneId": Text(15),
}
HEAD: Fields = {
    "branchId": Text(30),
    "cancelBy": Moment(),
    "currencyId": Text(5),
    "date": Moment(),
    "description": Text(255),
    "financialInformation": Part(FINANCIAL),
    "freight": Part(FREIGHT),
    "note": Text(2048),
    "originalOrderId": Text(15),
    "originalOrderType": Text(2),
    "ownerId": Text(),
    "paymentSettings": Part(PAYMENT),
    "print": Part(PRINT),
    "projectId": Text(30),
    "requestOn": Moment(),
    "salesPersonId": Text(15),
    "status": Text(),
    "taxZoneId": Text(),
    "useReplacementCostForMarginAndProfit": Flag(),
}
LINE: Fields = {
    "branchId": Text(30),
    "commissionable": Flag(),
    "description": Text(256),
    "discountAmount": Number(),
    "discountCode": Text(10),
    "discountPercent": Number(-100, 100),
    "externalLink": Text(255),
    "hasManualDiscount": Flag(),
    "hasManualPrice": Flag(),
    "note": Text(2048),
    "operation": Text(),
    "overshipThreshold": Number(100, 999),
    "projectTaskId": Text(30),
    "purchaseOrderSource": Text(),
    "quantity": Number(),
    "reasonCode": Text(),
    "requestDate": Moment(),
    "salesAccountId": Text(10),
    "salesPersonId": Text(15),
    "shipDate": Moment(),
    "shippingRule": Text(),
    "subaccount": TextMap(),
    "supplierId": Text(),
    "supplierPrice": Number(),
    "taxCategoryId": Text(),
    "undershipThreshold": Number(0, 100),
    "unitCost": Number(),
    "unitOfMeasure": Text(6),
    "unitPrice": Number(),
    "warehouseId": Text(),
    "warehouseLocationId": Text(),
}
NEW_LINE: Fields = {**LINE, "inventoryId": Text(), "quantity": Number(nullable=False)}
NEW_ORDER: Fields = {
    **HEAD,
    "type": Text(),
    "orderId": Text(15),
    "customer": Part({**CUSTOMER, "gln": Text()}),
    "orderLines": Parts(NEW_LINE),
    "billing": Part({"address": Part(ADDRESS), "contact": Part(CONTACT)}),
    "shipping": Part({**SHIPPING, "address": Part(ADDRESS), "contact": Part(CONTACT)}),
}
CHANGED_ORDER: Fields = {
    **HEAD,
    "customer": Part(CUSTOMER),
    "billing": Part({"address": Part({**ADDRESS, **OVERRIDE}), "contact": Part({**CONTACT, **OVERRIDE})}),
    "shipping": Part(
        {
            **SHIPPING,
            "zoneId": Text(),
            "address": Part({**ADDRESS, **OVERRIDE}),
            "contact": Part({**CONTACT, **OVERRIDE}),
        }
    ),
}
NEW_LINES: Fields = {"lines": Parts(NEW_LINE)}
CHANGED_LINES: Fields = {
    "lines": Parts({**LINE, "lineId": Number(whole=True, nullable=False), "sortOrder": Number(whole=True)})
}


def read_body(body: bytes, fields: Fields) -> Record:
    """Read a request body; nulls are left out, times become moments in UTC.

    Raises a 400 refusal that lists everything wrong with it.
    """
    try:
        received = simplejson.loads(body, use_decimal=True)
    except ValueError:
        raise validation_problem([Finding(INVALID_VALUE, "$", "The body is not valid JSON.")]) from None
    findings: list[Finding] = []
    values = _part(received, fields, "", findings)
    if findings:
        raise validation_problem(findings)
    return values


def _part(received: Any, fields: Fields, path: str, findings: list[Finding]) -> Record:
    if not isinstance(received, dict):
        findings.append(_misfit(path or "$", "an object"))
        return {}
    values: Record = {}
    for name, sent in received.items():
        where = f"{path}.{name}" if path else name
        if name not in fields:
            findings.append(
                Finding(INVALID_VALUE, where, f"The JSON property '{name}' could not be mapped to any .NET member.")
            )
        elif sent is not None:
            values[name] = _value(sent, fields[name], where, findings)
        elif isinstance(fields[name], Number) and not getattr(fields[name], "nullable", True):
            findings.append(_misfit(where, "a number"))
    return values


def _value(sent: Any, kind: Kind, where: str, findings: list[Finding]) -> Any:
    if isinstance(kind, Part):
        return _part(sent, kind.fields, where, findings)
    if isinstance(kind, Parts):
        if not isinstance(sent, list):
            findings.append(_misfit(where, "a list"))
            return []
        return [_part(row, kind.fields, f"{where}[{index}]", findings) for index, row in enumerate(sent)]
    if isinstance(kind, Text):
        return _text(sent, kind, where, findings)
    if isinstance(kind, Number):
        return _number(sent, kind, where, findings)
    return _moment(sent, where, findings) if isinstance(kind, Moment) else _simple(sent, kind, where, findings)


def _simple(sent: Any, kind: Flag | TextMap, where: str, findings: list[Finding]) -> Any:
    fits = isinstance(sent, bool) if isinstance(kind, Flag) else _is_text_map(sent)
    if not fits:
        findings.append(_misfit(where, "true or false" if isinstance(kind, Flag) else "texts by name"))
    return sent


def _text(sent: Any, kind: Text, where: str, findings: list[Finding]) -> Any:
    if not isinstance(sent, str):
        findings.append(_misfit(where, "a text"))
    elif kind.longest is not None and len(sent) > kind.longest:
        findings.append(Finding(INVALID_LENGTH, where, f"The length must be {kind.longest} characters or fewer."))
    elif kind.email and sent and (sent.count("@") != 1 or sent.startswith("@") or sent.endswith("@")):
        findings.append(Finding(INVALID_VALUE, where, "The value is not a valid e-mail address."))
    return sent


def _number(sent: Any, kind: Number, where: str, findings: list[Finding]) -> Any:
    if isinstance(sent, bool) or not isinstance(sent, int if kind.whole else int | Decimal):
        findings.append(_misfit(where, "a whole number" if kind.whole else "a number"))
        return 0
    if (kind.lowest is not None and sent < kind.lowest) or (kind.highest is not None and sent > kind.highest):
        findings.append(Finding(OUTSIDE_RANGE, where, f"The value must be between {kind.lowest} and {kind.highest}."))
    return sent if kind.whole else Decimal(sent)


def _moment(sent: Any, where: str, findings: list[Finding]) -> Any:
    try:
        moment = datetime.datetime.fromisoformat(sent)
    except (TypeError, ValueError):
        findings.append(_misfit(where, "a date and time"))
        return None
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)


def _is_text_map(sent: Any) -> bool:
    return isinstance(sent, dict) and all(isinstance(value, str) for value in sent.values())


def _misfit(where: str, wanted: str) -> Finding:
    return Finding(INVALID_VALUE, where, f"The JSON value could not be converted to {wanted}.")
