"""What every part of the ledger stands on: the rows of one pair, and the keys."""

from typing import Final, Self

from visma_sync.ledger.database import Database
from visma_sync.ledger.seal import Seal

_MIRRORED: Final = " mirrored"


class LedgerPart:
    """One theme of the ledger; `Ledger` is all of them together."""

    def __init__(self, database: Database, seal: Seal, pair: str) -> None:
        self.pair = pair
        self._database = database
        self._seal = seal

    @property
    def own_pair(self) -> str:
        """The name of the pair, whichever way records go."""
        return self.pair.removesuffix(_MIRRORED)

    def mirrored(self) -> Self:
        """The ledger of the same two companies with source and target exchanged; mirrored again, it is this one."""
        pair = self.own_pair if self.pair != self.own_pair else f"{self.pair}{_MIRRORED}"
        return type(self)(self._database, self._seal, pair)

    def fingerprint(self, text: str) -> str:
        """Keyed hash of a text, 64 hexadecimal digits: equal texts give equal hashes, in this ledger only."""
        return self._seal.hash(text)
