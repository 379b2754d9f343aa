"""What a company in Visma.net ERP is made of: its branches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of the company; `id` is what documents name."""

    id: str
    name: str
    active: bool
