"""One value of a list that a company keeps, whichever system it is in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class MasterValue:
    """One value of a list that the company keeps, such as a warehouse; `facts` depend on the list.

    VAT categories: facts["taxes"] is a list of {"vat_id", "basis", "rate"}, the rate in percent as valid today.
    VAT rates: facts["rates"] is a list of {"from", "rate"} with the day (ISO 8601) from which each is valid.
    """

    id: str
    description: str
    active: bool
    facts: Mapping[str, Any] = field(default_factory=dict)
