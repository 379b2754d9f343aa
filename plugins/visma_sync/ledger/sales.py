"""Sales: on which path each sale of the source went, so that it is never booked on two."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, select

from visma_sync.ledger.conflicts import SaleTakenError
from visma_sync.ledger.database import chunks, insert_missing, upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import SaleClaim
from visma_sync.ledger.tables import sale, sale_record


class Sales(LedgerPart):
    """The sales of a pair: one path each, and the records (an order, or its invoices) that were sent on it."""

    def sale_paths(self, sale_keys: Collection[str]) -> dict[str, str]:
        """The path of each of these sales, by its key; those that went on none are left out."""
        found: dict[str, str] = {}
        with self._database.reading() as connection:
            for chunk in chunks(sale_keys):
                rows = connection.execute(
                    select(sale.c.sale_key, sale.c.path).where(sale.c.pair == self.pair, sale.c.sale_key.in_(chunk))
                )
                found |= {row.sale_key: row.path for row in rows}
        return found

    def _write_claims(self, connection: Connection, claims: Sequence[SaleClaim]) -> None:
        """Take sales for a path or give them up; SaleTakenError when one of them went on another."""
        taken = sorted({(claim.sale_key, claim.path, claim.record_key) for claim in claims if not claim.given_up})
        rows = [{"pair": self.pair, "sale_key": key, "path": path} for key, path in dict.fromkeys(t[:2] for t in taken)]
        written = upsert(connection, sale, rows, ("pair", "sale_key"), only_where=lambda new: sale.c.path == new.path)
        if written < len(rows):
            raise self._sale_taken(connection, claims)
        records = [{"pair": self.pair, "sale_key": key, "record_key": record} for key, _, record in taken]
        insert_missing(connection, sale_record, records)
        for claim in claims:
            if claim.given_up:
                self._give_up(connection, claim)

    def _give_up(self, connection: Connection, claim: SaleClaim) -> None:
        connection.execute(
            delete(sale_record).where(
                sale_record.c.pair == self.pair,
                sale_record.c.sale_key == claim.sale_key,
                sale_record.c.record_key == claim.record_key,
            )
        )
        others = exists().where(and_(sale_record.c.pair == sale.c.pair, sale_record.c.sale_key == sale.c.sale_key))
        connection.execute(
            delete(sale).where(
                sale.c.pair == self.pair,
                sale.c.sale_key == claim.sale_key,
                sale.c.path == claim.path,
                ~others,
            )
        )

    def _sale_taken(self, connection: Connection, claims: Sequence[SaleClaim]) -> SaleTakenError:
        paths: dict[str, Any] = {
            row.sale_key: row.path
            for row in connection.execute(
                select(sale.c.sale_key, sale.c.path).where(
                    sale.c.pair == self.pair, sale.c.sale_key.in_([claim.sale_key for claim in claims])
                )
            )
        }
        claim = next(one for one in claims if paths.get(one.sale_key, one.path) != one.path)
        return SaleTakenError(claim.record_key, str(paths[claim.sale_key]))
