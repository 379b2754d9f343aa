"""Text as customers typed it: kept as it is, but for characters that no system can store."""

import unicodedata
from typing import Any

_KEPT_CONTROLS = {"\n", "\t"}


def clean(value: Any) -> Any:
    """Take control characters (NUL among them) out of a text and trim its ends; null becomes empty.

    Anything but text is handed on untouched, so that a wrong type is still refused by the record.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    if value.isprintable():
        return value.strip()
    kept = (
        character
        for character in value.replace("\r\n", "\n")
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in {"Cc", "Cs"}
    )
    return "".join(kept).strip()


def comparable_email(email: str) -> str:
    """An e-mail address as it is compared: trimmed and case-folded."""
    return email.strip().casefold()
