"""JSON as both systems exchange it: numbers with a decimal point are exact, never binary floats."""

from typing import Any

import simplejson


def read_json(text: str) -> Any:
    """Read JSON text; decimals become Decimal. Raises ValueError where it is not JSON."""
    return simplejson.loads(text, use_decimal=True)


def write_json(value: Any) -> bytes:
    """Write JSON text in UTF-8; Decimals are written digit by digit."""
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":")).encode()
