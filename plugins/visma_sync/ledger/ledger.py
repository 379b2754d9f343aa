"""The ledger: the project's own database, opened for one pair of companies."""

import secrets

from cryptography.fernet import MultiFernet
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from visma_sync.errors import ConfigurationError, RetryableError
from visma_sync.ledger.budgets import Budgets
from visma_sync.ledger.database import Database, insert_missing, ledger_url
from visma_sync.ledger.differences import Differences
from visma_sync.ledger.identities import Identities
from visma_sync.ledger.journal import Commits
from visma_sync.ledger.privacy import Privacy
from visma_sync.ledger.progress import Progress
from visma_sync.ledger.reference import ReferenceLists
from visma_sync.ledger.runs import Runs
from visma_sync.ledger.schema import ensure_schema
from visma_sync.ledger.seal import Seal, opened, read_keys
from visma_sync.ledger.tables import secret
from visma_sync.ledger.tokens import Tokens
from visma_sync.ledger.turns import Turns
from visma_sync.ledger.unsettled import Unsettled


class Ledger(
    Commits, Runs, Tokens, Turns, Progress, Budgets, Identities, Differences, ReferenceLists, Unsettled, Privacy
):
    """Everything the project remembers of a pair; open it with `open_ledger`.

    Any thread may use it, and a process forked from the one that opened it. Every call is a transaction
    of its own and waits for the database: call it from a thread in asynchronous code. RetryableError when
    the database does not answer.
    """


def open_ledger(url: str, keys: str, *, pair: str = "default") -> Ledger:
    """The ledger in this database; its tables are made on first use.

    `url` is sqlite:////path or postgresql://..., `keys` the text of VISMA_SYNC_LEDGER_KEY: Fernet keys,
    newest first, with commas between. ConfigurationError when the keys are no keys or not those of this
    ledger, and when the database cannot be reached.
    """
    fernet = read_keys(keys)
    database = Database(ledger_url(url))
    try:
        ensure_schema(database)
        hash_key = _hash_key(database, fernet)
    except (RetryableError, DatabaseError, OSError) as error:
        raise ConfigurationError(
            f"the ledger's database {database.url.render_as_string()} cannot be used",
            resolution="Start it, or correct the Connection visma_sync_ledger or the rights of its user.",
        ) from error
    return Ledger(database, Seal(fernet, hash_key), pair)


def _hash_key(database: Database, fernet: MultiFernet) -> bytes:
    """The key of the ledger's hashes: its own, so that look-ups survive a change of the Fernet keys."""
    sealed = _secret(database)
    if sealed is None:
        with database.writing() as connection:
            value = fernet.encrypt(secrets.token_bytes(32)).decode()
            insert_missing(connection, secret, [{"name": "hash_key", "value": value}])
        sealed = _secret(database)
    return opened(fernet, str(sealed))


def _secret(database: Database) -> str | None:
    with database.reading() as connection:
        return connection.scalar(select(secret.c.value).where(secret.c.name == "hash_key"))
