"""Writes of a product whose answers were lost: what of them the target has now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.ledger.rows import Intent
from visma_sync.sync.changes import hashes_of, landed, sent_in_vain
from visma_sync.sync.ports import TargetItem
from visma_sync.sync.products.payload import ATTRIBUTES, rows_of
from visma_sync.sync.products.plan import PlannedAttribute, PlannedBarcode, ProductPlan
from visma_sync.sync.run import Run

Sent = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Arrived:
    """What counts as written by us: the keyed hash of each value by path, and the barcodes that came and went."""

    written: Mapping[str, str]
    added: frozenset[str]
    removed: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.written or self.added or self.removed)

    def ours(self, barcodes: Collection[str]) -> set[str]:
        """The barcodes that are ours, where these were when we last had an answer."""
        return {*barcodes, *self.added} - self.removed


def arrived(
    run: Run,
    product: Product,
    plan: ProductPlan,
    item: TargetItem,
    lost: Sequence[Intent | None],
    ours: Sequence[str],
) -> Arrived:
    """What the target has of the writes whose intents are `lost`; `ours` are the barcodes that we knew to be ours."""
    sent = [change for intent in lost for change in sent_in_vain(run.ledger, intent)]
    if not sent:
        return Arrived({}, frozenset(), frozenset())

    def was_sent(**rows: Any) -> bool:
        none: dict[str, Any] = {"attributes": (), "barcodes": ()}
        return _holds(sent, rows_of(run, product, replace(plan, **{**none, **rows}), "update"))

    there = {one.id: item.attributes.get(one.id, "") for one in plan.attributes}
    attributes = {name: value for name, value in there.items() if was_sent(attributes=[PlannedAttribute(name, value)])}
    gone = set(ours) - item.barcodes
    return Arrived(
        written={**landed(run.ledger, sent, item.as_written()), **hashes_of(run.ledger, {ATTRIBUTES: attributes})},
        added=frozenset(code for code in item.barcodes if was_sent(barcodes=[PlannedBarcode(code)])),
        removed=frozenset(code for code in gone if was_sent(barcodes=[PlannedBarcode(code, gone=True)])),
    )


def _holds(sent: Sequence[Mapping[str, Any]], rows: Mapping[str, Any]) -> bool:
    """Whether these rows are among those that were sent."""
    return bool(rows) and any(
        all(row in change.get(name, ()) for name, some in rows.items() for row in some) for change in sent
    )
