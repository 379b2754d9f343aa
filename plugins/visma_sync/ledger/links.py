"""Links: which record of the target belongs to which record of the source."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Column, Connection, delete, select
from sqlalchemy.exc import IntegrityError

from visma_sync.ledger.conflicts import LinkTakenError
from visma_sync.ledger.database import chunks, insert_missing, upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import Link, LinkChange, now
from visma_sync.ledger.tables import as_row, from_row
from visma_sync.ledger.tables import link as table


class Links(LedgerPart):
    """The links of a pair; a record has one link, on both sides."""

    def links(self, kind: str, source_keys: Collection[str]) -> dict[str, Link]:
        """The links of these source records, by source key; those without a link are left out."""
        return {link.source_key: link for link in self._links_with(kind, table.c.source_key, source_keys)}

    def links_by_target(self, kind: str, target_keys: Collection[str]) -> dict[str, Link]:
        """The links of these target records, by target key; those without a link are left out."""
        return {link.target_key: link for link in self._links_with(kind, table.c.target_key, target_keys)}

    def all_links(self, kind: str) -> list[Link]:
        """All links of a kind, by source key."""
        with self._database.reading() as connection:
            rows = connection.execute(
                select(table).where(table.c.pair == self.pair, table.c.kind == kind).order_by(table.c.source_key)
            )
            return [from_row(Link, row) for row in rows]

    def save_links(self, links: Iterable[Link]) -> None:
        """Remember these links, all or none; a link that is there already is overwritten.

        LinkTakenError when the target record is linked with another source record.
        """
        new = list(links)
        try:
            with self._database.writing() as connection:
                self._write_links(connection, new)
        except IntegrityError as error:
            if taken := self._link_taken(new):
                raise taken from error
            raise

    def add_links(self, links: Iterable[Link]) -> None:
        """Remember these links; passed over where the source or the target record has one by now."""
        with self._database.writing() as connection:
            insert_missing(connection, table, self._link_rows(list(links)))

    def change_links(self, kind: str, source_keys: Collection[str], change: Callable[[Link], Link]) -> None:
        """Change the links of these source records as they are at this moment: nobody writes them in between.

        Records without a link are passed over. For what is only noted of a link that another flow may be writing.
        """
        with self._database.writing() as connection:
            self._change_links(connection, [LinkChange(kind, key, change) for key in source_keys])

    def _links_with(self, kind: str, column: Column[Any], keys: Collection[str]) -> list[Link]:
        found: list[Link] = []
        with self._database.reading() as connection:
            for chunk in chunks(keys):
                rows = connection.execute(
                    select(table).where(table.c.pair == self.pair, table.c.kind == kind, column.in_(chunk))
                )
                found += [from_row(Link, row) for row in rows]
        return found

    def _write_links(self, connection: Connection, links: Sequence[Link]) -> None:
        upsert(connection, table, self._link_rows(links), ("pair", "kind", "source_key"))

    def _change_links(self, connection: Connection, changes: Sequence[LinkChange]) -> None:
        for kind in sorted({change.kind for change in changes}):
            of_kind = {change.source_key: change.change for change in changes if change.kind == kind}
            for keys in chunks(sorted(of_kind)):
                rows = connection.execute(
                    select(table)
                    .where(table.c.pair == self.pair, table.c.kind == kind, table.c.source_key.in_(keys))
                    .order_by(table.c.source_key)
                    .with_for_update()
                )
                links = [from_row(Link, row) for row in rows]
                self._write_links(connection, [of_kind[link.source_key](link) for link in links])

    def _delete_link(self, connection: Connection, link: Link) -> None:
        """Delete a link as long as it leads to the same record of the target."""
        connection.execute(
            delete(table).where(
                table.c.pair == self.pair,
                table.c.kind == link.kind,
                table.c.source_key == link.source_key,
                table.c.target_key == link.target_key,
            )
        )

    def _link_rows(self, links: Sequence[Link]) -> list[dict[str, Any]]:
        # In one order everywhere, so that two processes never wait for each other's rows in PostgreSQL.
        return [
            as_row(link, pair=self.pair, linked_at=link.linked_at or now())
            for link in sorted(links, key=lambda link: (link.kind, link.source_key))
        ]

    def _link_taken(self, links: Sequence[Link]) -> LinkTakenError | None:
        """Which of these links it was that the database refused, if it was one of them."""
        owner: dict[tuple[str, str], str] = {}
        for kind in {link.kind for link in links}:
            targets = [link.target_key for link in links if link.kind == kind]
            present = self.links_by_target(kind, targets)
            owner |= {(kind, target): link.source_key for target, link in present.items()}
        for link in links:
            if owner.setdefault((link.kind, link.target_key), link.source_key) != link.source_key:
                return LinkTakenError(link.kind, link.source_key, link.target_key)
        return None
