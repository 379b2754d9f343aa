"""What the two directions of a pair know of each other's writes, so that nothing goes round and round."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.ledger.rows import HeldRecord, Link
from visma_sync.sync.changes import flat, hashes_of
from visma_sync.sync.flow import WRITTEN
from visma_sync.sync.mirror.customers.ports import CustomerSource
from visma_sync.sync.run import Run, hash_of

# The flow of the same records in the other direction.
OTHER_FLOW = "customers_eaccounting_to_vismanet"
_SEEN = "other_written"
_SETTLED = {"created", "updated", "unchanged", "skipped"}


@dataclass(frozen=True)
class Echoes:
    """`others` are the links of the other direction to the source customers in hand, by their number."""

    run: Run
    source: CustomerSource
    others: Mapping[str, Link]

    def absorbed(self, customer: Customer, held: HeldRecord, link: Link, ours: Mapping[str, Any]) -> Link:
        """The link with the texts that the other direction brought into the source since we last looked.

        They are no news: they came from the target. What people changed there meanwhile still is.
        """
        other = self.others.get(customer.key)
        if other is None or link.detail.get(_SEEN) == self._digest(other):
            return link
        hashes = hashes_of(self.run.ledger, self.source.customer_records.as_written(held.source or {}))
        theirs = {hashed for path, hashed in other.written.items() if hashes.get(path) == hashed}
        edited = {hashes[path] for path, hashed in other.written.items() if hashes.get(path, hashed) != hashed}
        texts = {path for path, value in flat(ours).items() if isinstance(value, str)}
        brought = {
            path: hashed
            for path, hashed in hashes_of(self.run.ledger, ours).items()
            if path in texts and hashed in theirs - edited
        }
        return replace(link, written={**link.written, **brought})

    def seen(self, number: str) -> dict[str, str]:
        """Noted with a customer's link: with which write of the other direction the source was looked at last."""
        other = self.others.get(number)
        return {} if other is None else {_SEEN: self._digest(other)}

    def known_to_both(self, link: Link, current: Any) -> bool:
        """Whether the target's customer, as it is before we change it, holds no news for the other direction.

        Only then is what we leave there an echo: else a person's change beside ours would never be carried over.
        """
        if link.detail.get(WRITTEN) == hash_of(current.content):
            return True
        held = self.run.ledger.mirrored().held(OTHER_FLOW, [current.key], with_source=False).get(current.key)
        return held is not None and held.state in _SETTLED and held.source_hash == hash_of(current.body)

    def _digest(self, other: Link) -> str:
        return hash_of(dict(other.written))
