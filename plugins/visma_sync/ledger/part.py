"""What every part of the ledger stands on: the rows of one pair, and the keys."""

from visma_sync.ledger.database import Database
from visma_sync.ledger.seal import Seal


class LedgerPart:
    """One theme of the ledger; `Ledger` is all of them together."""

    def __init__(self, database: Database, seal: Seal, pair: str) -> None:
        self.pair = pair
        self._database = database
        self._seal = seal

    def fingerprint(self, text: str) -> str:
        """Keyed hash of a text, 64 hexadecimal digits: equal texts give equal hashes, in this ledger only."""
        return self._seal.hash(text)
