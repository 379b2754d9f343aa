"""What the two directions of a pair know of each other's writes, so that nothing goes round and round."""

from collections.abc import Collection, Mapping
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

    def absorbed(
        self, customer: Customer, held: HeldRecord, link: Link, ours: Mapping[str, Any], delivery: Collection[str]
    ) -> Link:
        """The link with the texts that the other direction brought into the source since we last looked.

        They are no news: they came from the target. What people changed there meanwhile still is. A delivery address
        (the paths of `delivery`) was brought whole or not at all: a new one may have the town of the invoice.
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
        if not texts.intersection(delivery) <= brought.keys():
            brought = {path: hashed for path, hashed in brought.items() if path not in delivery}
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


def without_new_delivery(
    written: Mapping[str, str], ours: Mapping[str, str], there: Mapping[str, Any], delivery: Collection[str]
) -> dict[str, str]:
    """What both sides had (by path, its keyed hash), without the parts of a delivery address that the target lacks.

    Where people changed a part of it, the others were not necessarily there before: the town of the invoice may be
    that of a new delivery address.
    """
    values = flat(there)
    changed = any(written.get(path) != ours[path] for path in delivery)
    lacking = {path for path in delivery if changed and values.get(path) in (None, "")}
    return {path: hashed for path, hashed in written.items() if path not in lacking}
