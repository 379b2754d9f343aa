"""What a company in Visma.net ERP is made of: branches, and the values of its lists."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


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
