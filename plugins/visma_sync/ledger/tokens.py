"""Access tokens: asked for by one process at a time, in whichever of them the old one has run out first.

eAccounting's refresh token can be used once. So a process claims the token in one transaction, asks
without holding any lock, and saves in another. Whoever dies between asking and saving takes the refresh
token along; the claim it leaves behind says so. Tokens belong to a Connection, not to a pair.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from visma_sync.ledger.database import insert_missing
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.rows import Company, TokenClaim, TokenState, now
from visma_sync.ledger.tables import from_row
from visma_sync.ledger.tables import token as table

MARGIN = timedelta(seconds=60)  # a token that runs out within it is not handed out any more

NO_CLAIM: Mapping[str, Any] = {"claimed_since": None, "claimed_by": ""}
NOTHING_LOST: Mapping[str, Any] = {"died_since": None, "lost_since": None}


@dataclass(frozen=True)
class _Wish:
    """What a process brings when it wants a token."""

    lease: timedelta
    seed: str  # hash of the Connection's refresh token
    refused: str


class Tokens(LedgerPart):
    """The tokens of the Connections, encrypted; `key` names system, Connection and scope."""

    def token_state(self, key: str) -> TokenState | None:
        """How a token stands, without the token; None before it was first asked for."""
        row = self._token(key)
        return None if row is None else from_row(TokenState, row)

    def claim_token(
        self, key: str, *, lease_seconds: float, claimed_by: str, seed: str | None = None, refused: str = ""
    ) -> TokenClaim:
        """The valid token, or who asks for a new one: this process (claimed) or another one (busy).

        `lease_seconds` is longer than asking can take: a claim older than that was left by a process that
        died. `seed` is the Connection's refresh token, used only when it differs from the one that was
        last seen. `refused` is an access token that the server no longer takes, whatever it was said to
        last.
        """
        wish = _Wish(timedelta(seconds=lease_seconds), self.fingerprint(seed) if seed else "", refused)
        row = self._token(key)
        if row is not None and (answer := self._answer(row, wish)) is not None:
            return answer
        with self._database.writing() as connection:
            insert_missing(connection, table, [_unknown_token(key)])
            row = _locked(connection, key)
            if wish.seed not in ("", row.seed):
                row = self._sow(connection, row, str(seed), wish.seed)
            return self._answer(row, wish) or self._claim(connection, row, claimed_by)

    def save_token(
        self,
        key: str,
        claim: TokenClaim,
        *,
        access_token: str,
        refresh_token: str | None,
        expires_at: datetime,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep what the claim brought; without effect when another process saved first.

        A `refresh_token` of None leaves the present one; `facts` is small JSON without personal data.
        """
        values: dict[str, Any] = {
            "version": claim.version + 1,
            "access_token": self._seal.close(access_token),
            "expires_at": expires_at,
            "facts": facts or {},
            **NO_CLAIM,
            **NOTHING_LOST,
        }
        if refresh_token is not None:
            values["refresh_token"] = self._seal.close(refresh_token)
        with self._database.writing() as connection:
            connection.execute(update(table).where(table.c.key == key, table.c.version == claim.version).values(values))

    def fail_token(self, key: str, claim: TokenClaim, *, lost: bool) -> None:
        """Give a claim back without a token.

        `lost` means that the refresh token was refused (invalid_grant): nobody asks again until the
        Connection has a new one. Otherwise the request must be known not to have used it up; when that is
        unknown, do not call this and let the claim grow old.
        """
        same_token = (table.c.key == key, table.c.version == claim.version)
        with self._database.writing() as connection:
            if lost and claim.refresh_token:
                connection.execute(update(table).where(*same_token).values(lost_since=now(), **NO_CLAIM))
            else:
                same_claim = (table.c.claimed_by == claim.claimed_by, table.c.claimed_since == claim.begun_at)
                connection.execute(update(table).where(*same_token, *same_claim).values(**NO_CLAIM))

    def start_over(self, key: str, *, refresh_token: str, seed: str, claimed_by: str) -> TokenClaim:
        """Forget what was kept under this key and go on from a new sign-in; gives the claim to save its tokens with.

        `seed` is what the Connection holds at this time: it is older than the sign-in and not taken any more.
        """
        with self._database.writing() as connection:
            insert_missing(connection, table, [_unknown_token(key)])
            seed_hash = self.fingerprint(seed) if seed else ""
            row = self._sow(connection, _locked(connection, key), refresh_token, seed_hash)
            return self._claim(connection, row, claimed_by)

    def company(self, key: str) -> Company | None:
        """The company that this token gives access to; None until it was saved."""
        row = self._token(key)
        if row is None or row.company_name is None:
            return None
        return Company(row.company_identifier, self._seal.open(row.company_name))

    def save_company(self, key: str, identifier: str, name: str) -> None:
        """Remember which company this token gives access to; the name is encrypted."""
        with self._database.writing() as connection:
            insert_missing(connection, table, [_unknown_token(key)])
            connection.execute(
                update(table)
                .where(table.c.key == key)
                .values(company_identifier=identifier, company_name=self._seal.close(name))
            )

    def _token(self, key: str) -> Row[Any] | None:
        with self._database.reading() as connection:
            return connection.execute(select(table).where(table.c.key == key)).one_or_none()

    def _answer(self, row: Row[Any], wish: _Wish) -> TokenClaim | None:
        """What a process is told that cannot claim the token; None when it can."""
        if wish.seed not in ("", row.seed):
            return None
        if row.expires_at is not None and row.expires_at - MARGIN > now():
            access_token = self._seal.open(row.access_token)
            if access_token != wish.refused:
                return TokenClaim("valid", access_token=access_token, version=row.version)
        if row.lost_since is not None:
            return TokenClaim("lost", version=row.version, since=row.died_since)
        if row.claimed_since is not None and row.claimed_since + wish.lease > now():
            return TokenClaim("busy", version=row.version, since=row.claimed_since, claimed_by=row.claimed_by)
        return None

    def _claim(self, connection: Connection, row: Row[Any], claimed_by: str) -> TokenClaim:
        begun_at = now()
        died_since = row.died_since or row.claimed_since  # a claim that is still there has grown old
        connection.execute(
            update(table)
            .where(table.c.key == row.key)
            .values(claimed_since=begun_at, claimed_by=claimed_by, died_since=died_since)
        )
        return TokenClaim(
            "claimed",
            refresh_token="" if row.refresh_token is None else self._seal.open(row.refresh_token),
            version=row.version,
            since=died_since,
            claimed_by=claimed_by,
            begun_at=begun_at,
        )

    def _sow(self, connection: Connection, row: Row[Any], seed: str, seed_hash: str) -> Row[Any]:
        """Start over from the Connection's new refresh token; a claim on the old one saves nothing."""
        connection.execute(
            update(table)
            .where(table.c.key == row.key)
            .values(
                version=row.version + 1,
                access_token=None,
                refresh_token=self._seal.close(seed),
                seed=seed_hash,
                expires_at=None,
                **NO_CLAIM,
                **NOTHING_LOST,
            )
        )
        return _locked(connection, row.key)


def _locked(connection: Connection, key: str) -> Row[Any]:
    return connection.execute(select(table).where(table.c.key == key).with_for_update()).one()


def _unknown_token(key: str) -> dict[str, Any]:
    return {
        "key": key,
        "version": 0,
        "seed": "",
        "claimed_by": "",
        "facts": {},
        "company_identifier": "",
    }
