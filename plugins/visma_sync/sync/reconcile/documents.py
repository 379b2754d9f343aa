"""What is compared: documents that should stand in the target, and those that do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from visma_sync.domain.money import ZERO

# By VAT code, the sum without VAT and the VAT on it; an empty code is what no VAT code is on.
Shares = Mapping[str, tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True)
class Period:
    """Business days, both included."""

    first: date
    last: date

    def has(self, day: str) -> bool:
        """Whether a day (ISO 8601) is one of them."""
        return self.first.isoformat() <= day <= self.last.isoformat()


@dataclass(frozen=True, slots=True)
class Owner:
    """A record of the source, by what people know of it; `day` is its business date (ISO 8601)."""

    key: str
    number: str
    day: str
    currency: str
    country: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """A document that should stand in the target; amounts in its currency, negative ones of what takes a sale back.

    `total` and `vat` are None where nobody knows what they should be, `shares` where their codes are not known.
    `target_key` is empty where the document was never made. `changed` tells that its record changed since it was sent.
    """

    owner: Owner
    target_key: str
    total: Decimal | None
    vat: Decimal | None
    shares: Shares | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A document of the target; amounts in its currency, negative ones of what takes a sale back.

    `markers` are the texts that tell whose it is. `vat` and `shares` are None where its list does not say them;
    `changed_at` is UTC. `sort` tells documents of several sorts apart, `customer` is the number of its customer.
    """

    key: str
    name: str
    markers: tuple[str, ...]
    state: str
    currency: str
    total: Decimal
    vat: Decimal | None
    shares: Shares | None
    changed_at: datetime | None
    sort: str = ""
    customer: str = ""

    @property
    def is_alive(self) -> bool:
        """Whether it was neither cancelled nor voided."""
        return self.state not in {"cancelled", "voided"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that is not compared yet, and why: its outcome says what a person can do."""

    owner: Owner
    state: str
    reason: str
    cure: str


def document_of(target_key: str) -> str:
    """The key of the document that a link leads to, where it leads to a part of one."""
    return target_key.partition("#")[0]


def whole(shares: Shares, total: Decimal) -> dict[str, tuple[Decimal, Decimal]]:
    """Shares without empty ones, and with the rest of the total under no code: together they are the total."""
    coded = {code: share for code, share in shares.items() if code and any(share)}
    rest = total - sum((base + vat for base, vat in coded.values()), ZERO)
    return {**coded, **({"": (rest, ZERO)} if rest else {})}
