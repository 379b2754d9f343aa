"""A customer that came from the other direction of the pair: it is the one that it was made of."""

from collections.abc import Mapping, Sequence
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Link
from visma_sync.sync.changes import flat, hashes_of, landed, sent_in_vain

FOUND_BY_LINK = "matched:link"
_OTHER_FLOW = "customers_vismanet_to_eaccounting"


def edited_since(ledger: Ledger, other: Link, source: Mapping[str, Any]) -> dict[str, str]:
    """What people changed of a source record since the other direction wrote it, by path: the hash of what it is now.

    `other` is that direction's link, `source` the record in the shape in which it is written there. What was emptied
    cannot be told from what is not shown; of a record that was only found, nothing is known to be changed.
    """
    if other.how.startswith("matched:"):
        return {}
    hashes = hashes_of(ledger, source)
    return {path: hashes[path] for path, written in other.written.items() if hashes.get(path, written) != written}


def agreed(
    ledger: Ledger, ours: Mapping[str, Any], other: Link, edited: Mapping[str, str], target: Mapping[str, Any]
) -> dict[str, str]:
    """What both sides had before these edits, as if we had written it: by path of our payload, its keyed hash.

    A text that somebody entered since counts as not written yet: by the value, the path is another one here. Where the
    text of an edit is nowhere in our payload, it may have become yes or no there: these count as the target has them.
    """
    hashes, there = hashes_of(ledger, ours), hashes_of(ledger, target)
    written = dict(hashes)
    for path, value in flat(ours).items():
        before = [other.written[place] for place, hashed in edited.items() if hashed == hashes[path]]
        if isinstance(value, str) and before:
            written[path] = there[path] if there.get(path) in before else before[0]
        elif not isinstance(value, str) and not set(edited.values()) <= set(hashes.values()):
            written[path] = there.get(path, "")
    return written


def in_the_making(ledger: Ledger) -> list[Mapping[str, Any]]:
    """What the other direction has sent to the source without knowing yet whether it became a customer there."""
    other = ledger.mirrored()
    begun = [one for one in other.open_intents(_OTHER_FLOW) if (one.kind, one.action) == ("customer", "create")]
    return [sent for intent in begun for sent in sent_in_vain(other, intent)]


def refuse_in_the_making(
    ledger: Ledger, customer: Customer, source: Mapping[str, Any], begun: Sequence[Mapping[str, Any]]
) -> None:
    """A customer that the other direction may just have made is not made again: its link is yet to come."""
    if any(flat(sent).keys() <= landed(ledger, [sent], source).keys() for sent in begun):
        raise RecordParkedError(
            [
                Reason(
                    "in_the_making", f"customer {customer.number} may come from the target: its link is not there yet"
                )
            ],
            resolution=f"Nothing to do while {_OTHER_FLOW} runs: it looks up what it made.",
        )
