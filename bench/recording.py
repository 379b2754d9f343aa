"""What a run of the flow sent, to be sent again by a plain script that maps nothing."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import simplejson

from bench.steps import MAPPINGS
from visma_sync.ledger.ledger import Ledger


@dataclass(frozen=True)
class SentCustomer:
    """A customer of the source, its number in the target at that time, and what was sent for it."""

    key: str
    number: str
    body: dict[str, Any]
    contact: dict[str, Any] | None


@dataclass(frozen=True)
class SentRecord:
    """An order or product by its key in the source, and what was sent for it."""

    key: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Recording:
    """Everything that a run wrote."""

    customers: list[SentCustomer]
    products: list[SentRecord]
    orders: list[SentRecord]

    def save(self, file: Path) -> None:
        """Write it down as JSON."""
        file.write_text(simplejson.dumps(asdict(self), use_decimal=True))

    @classmethod
    def load(cls, file: Path) -> "Recording":
        """Read what was saved."""
        content = simplejson.loads(file.read_text(), use_decimal=True)
        return cls(
            [SentCustomer(**row) for row in content["customers"]],
            [SentRecord(**row) for row in content["products"]],
            [SentRecord(**row) for row in content["orders"]],
        )


def record(ledger: Ledger, customers: Collection[str], products: Collection[str], orders: Collection[str]) -> Recording:
    """Read from the ledger what was sent for the records with these keys; those that were not sent are left out."""
    links = ledger.links("customer", customers)

    def sent(kind: str, key: str, of: str = "") -> dict[str, Any] | None:
        attempts = ledger.attempts(MAPPINGS[of or kind], kind, key)
        return attempts[0].request if attempts else None

    def sent_records(kind: str, keys: Collection[str]) -> list[SentRecord]:
        return [SentRecord(key, body) for key in keys if (body := sent(kind, key)) is not None]

    return Recording(
        [
            SentCustomer(key, links[key].target_key, body, sent("contact", key, of="customer"))
            for key in customers
            if (body := sent("customer", key)) is not None
        ],
        sent_records("product", products),
        sent_records("order", orders),
    )
