"""Identities: by what a customer of the target can be recognised, without keeping who it is."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Literal

from sqlalchemy import Connection, delete, select

from visma_sync.ledger.database import chunks, insert_missing, upsert
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import FoundIdentity, Identity
from visma_sync.ledger.tables import from_row, identity_value
from visma_sync.ledger.tables import identity as table

NUMBERS = ("vat_number", "corporate_id")

IdentityField = Literal["email", "vat_number", "corporate_id", "marker", "who"]


class Identities(LedgerPart):
    """The identities of the target's customers; only keyed hashes are on disk."""

    def identity_hash(self, field: str, value: str) -> str:
        """The keyed hash under which a value of a field is remembered; empty for an empty value.

        Values are compared trimmed and case-folded; VAT and organisation numbers by letters and digits
        only.
        """
        folded = value.strip().casefold()
        if field in NUMBERS:
            folded = "".join(character for character in folded if character.isalnum())
        return self.fingerprint(f"{field}:{folded}") if folded else ""

    def save_identities(self, kind: str, identities: Iterable[Identity]) -> None:
        """Remember these customers; everything known of the same target keys is replaced."""
        new = {identity.target_key: identity for identity in identities}
        in_order = [new[key] for key in sorted(new)]
        rows = [self._row(kind, identity) for identity in in_order]
        values = [row for identity in in_order for row in self._value_rows(kind, identity)]
        with self._database.writing() as connection:
            upsert(connection, table, rows, ("pair", "kind", "target_key"))
            for chunk in chunks(sorted(new)):
                connection.execute(
                    delete(identity_value).where(
                        identity_value.c.pair == self.pair,
                        identity_value.c.kind == kind,
                        identity_value.c.target_key.in_(chunk),
                    )
                )
            insert_missing(connection, identity_value, values)

    def forget_identity(self, kind: str, target_key: str) -> None:
        """Forget by what a record of the target was recognised: it is there no more."""
        with self._database.writing() as connection:
            connection.execute(
                delete(table).where(table.c.pair == self.pair, table.c.kind == kind, table.c.target_key == target_key)
            )

    def find_identities(
        self, kind: str, *, field: IdentityField, values: Collection[str]
    ) -> dict[str, list[FoundIdentity]]:
        """The customers that have these values, by the value as given; values nobody has are left out."""
        hashes = {value: self.identity_hash(field, value) for value in values}
        with self._database.reading() as connection:
            owners = self._owners(connection, kind, field, set(hashes.values()) - {""})
            known = self._known(connection, kind, {key for keys in owners.values() for key in keys})
        return {
            value: [known[key] for key in sorted(owners[value_hash])]
            for value, value_hash in hashes.items()
            if value_hash in owners
        }

    def _owners(
        self, connection: Connection, kind: str, field: str, value_hashes: Collection[str]
    ) -> dict[str, list[str]]:
        """The target keys that have each of these values, by its hash."""
        owners: dict[str, list[str]] = defaultdict(list)
        for chunk in chunks(value_hashes):
            rows = connection.execute(
                select(identity_value.c.value_hash, identity_value.c.target_key).where(
                    identity_value.c.pair == self.pair,
                    identity_value.c.kind == kind,
                    identity_value.c.field == field,
                    identity_value.c.value_hash.in_(chunk),
                )
            )
            for value_hash, target_key in rows:
                owners[value_hash].append(target_key)
        return owners

    def _known(self, connection: Connection, kind: str, target_keys: Collection[str]) -> dict[str, FoundIdentity]:
        """What is known of these target keys; asked apart, since PostgreSQL without statistics joins badly."""
        known: dict[str, FoundIdentity] = {}
        for chunk in chunks(target_keys):
            rows = connection.execute(
                select(table).where(table.c.pair == self.pair, table.c.kind == kind, table.c.target_key.in_(chunk))
            )
            known |= {row.target_key: from_row(FoundIdentity, row, group=row.group_name) for row in rows}
        return known

    def _row(self, kind: str, identity: Identity) -> dict[str, Any]:
        return {
            "pair": self.pair,
            "kind": kind,
            "target_key": identity.target_key,
            "group_name": identity.group,
            "country": identity.country,
            "active": identity.active,
            "vat_hash": self.identity_hash("vat_number", identity.vat_number),
            "corporate_hash": self.identity_hash("corporate_id", identity.corporate_id),
        }

    def _value_rows(self, kind: str, identity: Identity) -> list[dict[str, str]]:
        values = {
            "email": identity.emails,
            "vat_number": {identity.vat_number},
            "corporate_id": {identity.corporate_id},
            "marker": {identity.marker},
            "who": {identity.who},
        }
        return [
            {
                "pair": self.pair,
                "kind": kind,
                "target_key": identity.target_key,
                "field": field,
                "value_hash": value_hash,
            }
            for field, texts in values.items()
            for value_hash in sorted({self.identity_hash(field, text) for text in texts} - {""})
        ]
