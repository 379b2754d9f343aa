"""What reconciliations found: differences between the systems, and the VAT that documents were last read with."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update

from visma_sync.ledger.database import chunks, upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import now
from visma_sync.ledger.tables import as_row, from_row, read_vat
from visma_sync.ledger.tables import difference as table

Identifier = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """A record about which the systems do not agree, without personal data.

    `kind` is missing, double, amount, vat, currency, deleted or withdrawn. `total`, `vat` (in it) and `vat_codes` are
    what should stand in the target, those with `found` what stands there, None or empty where that is not known.
    Amounts are in `currency`, `day` is the business date (ISO 8601). `cure` says what a person does.
    """

    kind: str
    key: str
    number: str
    day: str
    currency: str
    country: str = ""
    target_key: str = ""
    total: Decimal | None = None
    vat: Decimal | None = None
    vat_codes: str = ""
    found_total: Decimal | None = None
    found_vat: Decimal | None = None
    found_vat_codes: str = ""
    detail: str = ""
    cure: str = ""


@dataclass(frozen=True, slots=True)
class SeenDifference:
    """A difference with the moments (UTC) at which it was seen first and last; `resolved_at` is None while it lasts."""

    flow: str
    difference: Difference
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReadVat:
    """With which VAT a document of the target was read when its stamp was `changed_at` (UTC).

    `shares` gives by VAT code the sum without VAT and the VAT on it, as text.
    """

    target_key: str
    changed_at: datetime
    shares: Mapping[str, tuple[str, str]]


class Differences(LedgerPart):
    """The differences of a pair, those that still last and those that are resolved."""

    def save_differences(self, flow: str, since: str, until: str, found: Iterable[Difference]) -> None:
        """Remember what was found of a flow on the days [since, until] (ISO 8601), all of it or nothing.

        What was known of these days and was not found again is resolved. A difference that comes back is a new one.
        """
        moment, new = now(), {(one.kind, one.key): one for one in found}
        with self._database.writing() as connection:
            of_flow = (table.c.pair == self.pair, table.c.flow == flow)
            lasting = select(table.c.kind, table.c.key, table.c.first_seen).where(
                *of_flow, table.c.resolved_at.is_(None)
            )
            since_when: dict[Identifier, datetime] = {
                (row.kind, row.key): row.first_seen for row in connection.execute(lasting)
            }
            connection.execute(
                update(table)
                .where(*of_flow, table.c.resolved_at.is_(None), table.c.day >= since, table.c.day <= until)
                .values(resolved_at=moment)
            )
            rows = [
                as_row(
                    one,
                    pair=self.pair,
                    flow=flow,
                    first_seen=since_when.get(identifier, moment),
                    last_seen=moment,
                    resolved_at=None,
                )
                for identifier, one in sorted(new.items())
            ]
            upsert(connection, table, rows, ("pair", "flow", "kind", "key"))

    def differences(self, flow: str, *, resolved: bool = False) -> list[SeenDifference]:
        """The differences of a flow that last, or those that were resolved; by day and number."""
        state = table.c.resolved_at.is_not(None) if resolved else table.c.resolved_at.is_(None)
        with self._database.reading() as connection:
            rows = connection.execute(
                select(table)
                .where(table.c.pair == self.pair, table.c.flow == flow, state)
                .order_by(table.c.day, table.c.number, table.c.kind, table.c.key)
            )
            return [from_row(SeenDifference, row, difference=from_row(Difference, row)) for row in rows]

    def read_vats(self, kind: str, target_keys: Collection[str]) -> dict[str, ReadVat]:
        """With which VAT these documents were read last, by their key in the target; unread ones are left out."""
        found: dict[str, ReadVat] = {}
        with self._database.reading() as connection:
            for chunk in chunks(target_keys):
                rows = connection.execute(
                    select(read_vat).where(
                        read_vat.c.pair == self.pair, read_vat.c.kind == kind, read_vat.c.target_key.in_(chunk)
                    )
                )
                found |= {row.target_key: from_row(ReadVat, row, shares=_shares(row.shares)) for row in rows}
        return found

    def save_read_vats(self, kind: str, vats: Collection[ReadVat]) -> None:
        """Remember with which VAT these documents were read."""
        rows = [as_row(vat, pair=self.pair, kind=kind) for vat in sorted(vats, key=lambda vat: vat.target_key)]
        with self._database.writing() as connection:
            upsert(connection, read_vat, rows, ("pair", "kind", "target_key"))


def _shares(rows: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    return {code: (str(base), str(vat)) for code, (base, vat) in rows.items()}
