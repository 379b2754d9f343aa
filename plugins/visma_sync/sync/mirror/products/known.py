"""What is known of the products in hand, before each is settled, and what is kept of each afterwards."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from visma_sync.ledger.rows import FlowOutcome, HeldRecord, Intent, Link
from visma_sync.sync.fetch import FILTERED
from visma_sync.sync.flow import WRITTEN
from visma_sync.sync.mirror.products.look import Found
from visma_sync.sync.mirror.products.plan import TargetLists
from visma_sync.sync.mirror.products.ports import KnownArticle
from visma_sync.sync.run import Run, hash_of
from visma_sync.sync.write import Write

Send = Callable[[], Awaitable[str]]

# The flow of the same records in the other direction, and the states in which it is done with one of them.
OTHER_FLOW = "products_eaccounting_to_vismanet"
_SETTLED = frozenset(("created", "updated", "unchanged", "skipped"))


@dataclass(frozen=True)
class Known:
    """What is known of the products in hand by SKU: their links, those of the other direction, the intents to make and
    to change them, and the articles that a look found which began at `looked_at` (UTC).

    `others_held` is what the other direction has in hand, by the number of the article.
    """

    held: Mapping[str, HeldRecord]
    links: Mapping[str, Link]
    others: Mapping[str, Link]
    others_held: Mapping[str, HeldRecord]
    made: Mapping[str, Intent]
    changes: Mapping[str, Intent]
    found: Found
    looked_at: datetime
    lists: TargetLists

    def article(self, number: str) -> KnownArticle | None:
        """The article that a product is linked with, in either direction, else that of its SKU."""
        if number in self.links:
            return self.found.by_number.get(self.links[number].target_key)
        if number in self.others:
            return self.found.by_number.get(self.others[number].source_key)
        return self.found.article(number)

    def begun(self, number: str) -> Intent | None:
        """The making of this product whose answer was lost, where there is one."""
        return _open(self.made.get(number))

    def lost_change(self, number: str) -> Intent | None:
        """The change of this product whose answer was lost, where there is one."""
        lost = _open(self.changes.get(number))
        return None if lost is None else replace(lost, repeatable=True)

    def is_known_to_both(self, number: str, article: KnownArticle) -> bool:
        """Whether the article, as it is before we change it, holds no news for the other direction.

        Only then is what we leave there an echo: else a person's change beside ours would never be carried over.
        """
        link, held = self.links.get(number), self.others_held.get(article.number)
        if link is not None and link.detail.get(WRITTEN) == hash_of(article.content):
            return True
        return held is not None and held.state in _SETTLED and held.changed_at == article.last_changed

    def is_as_brought_over(self, number: str, article: KnownArticle) -> bool:
        """Whether the other direction made the product of this article, which nobody changed since.

        Then whatever differs was changed in the source.
        """
        other = self.others.get(number)
        if other is None or other.how != "created" or other.linked_at is None:
            return False
        return article.last_changed <= other.linked_at and self.is_known_to_both(number, article)


def _open(intent: Intent | None) -> Intent | None:
    return intent if intent is not None and intent.state == "open" else None


def write_of(
    run: Run, known: Known, link: Link, action: str, payload: Mapping[str, Any], send: Send, outcome: FlowOutcome
) -> Write:
    """The write of an article: its making (create), or a change (update), which does no harm when it is made twice."""
    return Write(
        flow=run.writer_of("product"),
        kind="product",
        key=link.source_key,
        action=action,
        marker=link.source_key,
        payload=payload,
        send=send,
        link=link,
        repeatable=action == "update",
        wanted=bool(payload) and FILTERED not in known.held[link.source_key].facts,
        outcome=outcome,
    )
