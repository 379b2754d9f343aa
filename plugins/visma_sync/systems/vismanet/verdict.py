"""What Visma.net ERP's answers mean.

Sources: "Visma.net API docs" (rate limits, ETag, service integrations), "SalesOrders OpenAPI v3" (error codes); the
core API has no published list of codes, so its texts are recognised by their phrases, and never repeated.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from visma_sync.errors import (
    ConfigurationError,
    NotFoundError,
    Reason,
    RecordRejectedError,
    StaleVersionError,
    VismaSyncError,
)
from visma_sync.systems.call import Answer, Call
from visma_sync.systems.trouble import field_name, server_trouble, too_many_calls, wait_asked_for
from visma_sync.systems.vismanet.answers import SYSTEM

_TENANT = (
    "Put the tenant id of the company (not of the customer) into the Connection: Visma Admin, Company, Edit, "
    "Configuration."
)
_SCOPES = "Give the application the scopes for both APIs in the developer portal, and connect it to the company."
_NUMBERING = "Make the numbering in the settings agree with the company's: numbers are given by hand or by Visma.net."
_STALE = frozenset({409, 412, 428})

# Faults of the gateway before the core API ("Visma developer forum").
_GATEWAY_FAULTS = {"12027": "Buy or activate a Visma.net licence for this company."}

# Codes of SalesOrders v3 that no single order can mend.
_SET_UP_CODES = {
    "1704": "Correct order.type in the settings: the company has no such order type.",
    "1900": _NUMBERING,
}
# By the first two digits of the code; "SalesOrders OpenAPI v3" groups them so.
_RESOLUTIONS = {
    "00": "Correct the named fields in the source, or the mapping.",
    "01": "Correct the named fields in the source, or the mapping.",
    "11": "Correct the discount of the order in the source.",
    "12": "Correct the subaccount in the mapping, or activate it in Visma.net.",
    "13": "Correct the freight of the order, or the carrier in the settings.",
    "14": "Correct the customer in Visma.net, or its terms and payment method in the settings.",
    "15": "Correct the cash account in the settings.",
    "16": "Open the financial period in Visma.net, or give the order another date.",
    "17": "Correct the warehouse in the settings.",
    "18": "Correct the row in the source, or the item, unit, VAT category or account in Visma.net.",
    "19": "Correct the named field in the settings or the mapping.",
}
_ELSE = "Look at the record in the source and at the mapping; then run the flow again."

_QUOTED_FIELD = r"'([A-Z][A-Za-z./ -]{0,40})'"
_NUMBER_PHRASE = re.compile(r"'(?:Customer|Inventory) ID' cannot be (?:empty|set)|'Reference Nbr\.' cannot be set")
_STALE_PHRASE = re.compile(r"[Aa]nother process has (?:updated|added|deleted)")
_CORRECT_RECORD = "Correct this record in the source, or the mapping."
# What proves that the core API refused and did nothing: code, phrase, what is said of it, and its cure. A group is a
# field's name.
_REFUSALS = (
    ("missing_field", re.compile(rf"{_QUOTED_FIELD} cannot be empty"), "it requires {}", _CORRECT_RECORD),
    (
        "duplicate",
        re.compile(rf"{_QUOTED_FIELD} (?:'[^']*' )?already exists"),
        "the same {} exists already",
        _CORRECT_RECORD,
    ),
    (
        "period_closed",
        re.compile(r"[Ff]inancial [Pp]eriod\b.{0,80}? is (?:closed|inactive)()"),
        "the financial period is closed",
        "Open the financial period in Visma.net, or give the record another date.",
    ),
    (
        "out_of_balance",
        re.compile(r"out of (?:the )?balance()"),
        "its amounts do not add up",
        "Look at the amounts of this record in the source, and at the mapping.",
    ),
    (
        "stock_short",
        re.compile(r"(?:(?:will (?:go|become)|result in) negative|is not sufficient)()"),
        "there is too little in stock",
        "Correct the stock in Visma.net, then run the flow again.",
    ),
    (
        "reference_not_found",
        re.compile(rf"{_QUOTED_FIELD} (?:'[^']*' )?cannot be found in the system"),
        "it does not know this {}",
        _CORRECT_RECORD,
    ),
    (
        "not_recognised",
        re.compile(r"not recognized as ([A-Za-z]{1,60})"),
        "it cannot read the body as {}",
        _CORRECT_RECORD,
    ),
    ("refused", re.compile(r"record raised at least one error()"), "it refused the record{}", _CORRECT_RECORD),
)


def verdict(call: Call, answer: Answer) -> VismaSyncError | None:
    """The error that an answer of either API means, None where it is a success."""
    if 200 <= answer.status < 300:
        return _failed_action(call, answer)
    if answer.status == 429:
        return too_many_calls(SYSTEM, call, wait_asked_for(answer))
    if answer.status in (401, 403) or answer.record.get("ExceptionFaultCode"):
        return _no_access(call, answer)
    if answer.status in _STALE:
        return _conflict(call, answer)
    if answer.status == 404:
        return NotFoundError(
            [Reason("not_found", "there is no such record")],
            resolution="Look whether it was deleted in Visma.net.",
            system=SYSTEM,
            operation=call.operation,
            key=call.key,
        )
    return (
        _said_by_orders_api(call, answer)
        or _said_by_core_api(call, answer)
        or server_trouble(SYSTEM, call, answer)
        or _rejected(call, [Reason("refused", f"Visma.net refused it (status {answer.status})")], _ELSE)
    )


def _no_access(call: Call, answer: Answer) -> VismaSyncError:
    fault = str(answer.record.get("ExceptionFaultCode") or "")
    what = f"fault {fault}" if fault.isdecimal() else f"status {answer.status}"
    resolution = _TENANT if answer.status == 401 else _SCOPES
    return _set_up(call, f"access is refused ({what})", _GATEWAY_FAULTS.get(fault, resolution))


def _failed_action(call: Call, answer: Answer) -> VismaSyncError | None:
    """An action can answer that it failed, and why; Queued, InProcess and Done are as good as done."""
    if not call.is_write or answer.record.get("actionResult") != "Failed":
        return None
    return _refusal(call, str(answer.record.get("errorInfo") or "")) or _rejected(
        call,
        [Reason("action_failed", "Visma.net could not do it")],
        "Look at the document in Visma.net, and do there by hand what failed: it says why.",
    )


def _conflict(call: Call, answer: Answer) -> VismaSyncError:
    if answer.status == 409 and "/action/" in call.route:
        return _rejected(
            call,
            [Reason("conflict", "the document does not allow it as it is now")],
            "Look at the document in Visma.net: somebody may have done it already, or something is missing.",
        )
    if call.method == "POST" and answer.status == 409:
        return _rejected(
            call,
            [Reason("duplicate", "a document with this number exists already")],
            "Look at that document in Visma.net: it may have been entered by hand.",
        )
    return StaleVersionError(
        "somebody changed it since it was read", system=SYSTEM, operation=call.operation, key=call.key
    )


def _said_by_orders_api(call: Call, answer: Answer) -> VismaSyncError | None:
    """The codes of a refused order; the whole request was refused because of any of them."""
    if answer.status != 400 or "title" not in answer.record:
        return None
    found = list(_details(answer.record))
    for code, _, field in found:
        if code in _SET_UP_CODES:
            return _set_up(call, f"the order is refused with code {code}", _SET_UP_CODES[code])
        if field == "type":
            return _set_up(call, "the target does not take this order type", _SET_UP_CODES["1704"])
        if field.lower() == "orderid":
            return _set_up(call, "the target's numbering is not as the settings say", _NUMBERING)
    reasons = [
        Reason(_snake(name) or "refused", f"{code}-{name}" + (f" at {field}" if field else ""))
        for code, name, field in found
    ]
    resolution = _RESOLUTIONS.get(found[0][0][:2], _ELSE) if found else _ELSE
    return _rejected(call, reasons or [Reason("refused", "Visma.net refused the order")], resolution)


def _details(body: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Number, name and field of every code; where there are none, the fields that could not be read."""
    details = [row for row in body.get("details") or [] if isinstance(row, Mapping)]
    for row in details:
        number, _, name = str(row.get("code") or "").partition("-")
        parameters = row.get("parameters")
        field = field_name(parameters.get("property")) if isinstance(parameters, Mapping) else ""
        if number.isdecimal():
            yield number, field_name(name), field
    if not details:
        for field in body.get("errors") or {}:
            yield "0003", "InvalidValue", field_name(field)


def _said_by_core_api(call: Call, answer: Answer) -> VismaSyncError | None:
    """The core API refuses with 400 or 500 alike; only its text proves that nothing was done."""
    text = answer.record.get("message")
    if not isinstance(text, str) or not call.is_write:
        return None
    if _STALE_PHRASE.search(text):
        return StaleVersionError(
            "somebody is changing it right now", system=SYSTEM, operation=call.operation, key=call.key
        )
    if call.method == "POST" and _NUMBER_PHRASE.search(text):
        return _set_up(call, "the target's numbering is not as the settings say", _NUMBERING)
    return _refusal(call, text)


def _refusal(call: Call, text: str) -> RecordRejectedError | None:
    """What a text says that was refused, without repeating it: code and fields, no values."""
    for code, phrase, sentence, resolution in _REFUSALS:
        if matches := list(phrase.finditer(text)):
            fields = sorted({match.group(1) for match in matches if match.group(1)})
            reason = Reason(code, "Visma.net says: " + sentence.format(", ".join(fields)))
            return _rejected(call, [reason], resolution)
    return None


def _rejected(call: Call, reasons: list[Reason], resolution: str) -> RecordRejectedError:
    return RecordRejectedError(reasons, resolution=resolution, system=SYSTEM, operation=call.operation, key=call.key)


def _set_up(call: Call, sentence: str, resolution: str) -> ConfigurationError:
    return ConfigurationError(sentence, resolution=resolution, system=SYSTEM, operation=call.operation)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
