"""What all answers of Visma.net ERP share: its times, its business dates, its words for a document's state."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from visma_sync.systems.reading import amount_of, moment_of, text_of

SYSTEM = "vismanet"
# The core API writes and compares times without a zone; measured stamps carry Nordic local time.
SERVER_ZONE = ZoneInfo("Europe/Oslo")

_STATE_NAMES = {"on_hold": "hold", "canceled": "cancelled"}


def snake_case(word: str) -> str:
    """A word of the vendor in one spelling: "Credit Hold" and "CreditHold" are credit_hold."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[\s-]+", "_", word.strip()).lower()


def state_of(status: str) -> str:
    """The vendor's word for a state in one spelling, such as hold, credit_hold, balanced or open."""
    state = snake_case(status)
    return _STATE_NAMES.get(state, state)


def changed_at(body: Mapping[str, Any], what: str) -> datetime | None:
    """When a record of the core API was changed last, in UTC."""
    return moment_of(body, SYSTEM, what, "lastModifiedDateTime", SERVER_ZONE)


def amount_or_zero(body: Mapping[str, Any], what: str, *path: str) -> Decimal:
    """The exact number in a field that may be left out."""
    return amount_of(body, SYSTEM, what, *path) if text_of(body, *path) else Decimal(0)
