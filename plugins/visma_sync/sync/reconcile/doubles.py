"""Doubles: which documents of the target are one record's, and which only carry the same number."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from visma_sync.ledger.differences import Difference
from visma_sync.sync.reconcile.compare import double_of
from visma_sync.sync.reconcile.documents import Found, Owner
from visma_sync.sync.reconcile.side import Side
from visma_sync.sync.reconcile.source import SourceSide


def doubles(side: Side, source: SourceSide, by_marker: Mapping[str, Sequence[Found]]) -> list[Difference]:
    """The records of which more than one document is alive; `by_marker` gives those that carry each marker.

    A document that belongs to another record is none of them. Where the marker is a bare number, one counts that has
    the customer or the total of the record's own document: another's is the reference of a customer.
    """
    several = {marker: found for marker, found in by_marker.items() if len(_alive(found)) > 1}
    theirs = _linked(side, several)
    countries = {due.owner.key: due.owner.country for due in source.dues}
    differences: list[Difference] = []
    for marker, found in several.items():
        for owner, own, others in _shared_out(source, source.owners[marker], found, theirs):
            its = others if side.marker_is_ours else [one for one in others if own is not None and _alike(own, one)]
            documents = sorted({one.key for one in (*its, *([own] if own else [])) if one.is_alive})
            if len(documents) > 1:
                doubtful = (
                    [] if side.marker_is_ours else [one.key for one in its if own and not all(_likeness(own, one))]
                )
                named = replace(owner, country=countries.get(owner.key, ""))
                differences.append(double_of(named, documents, sorted(doubtful)))
    return differences


def _shared_out(
    source: SourceSide, owners: Sequence[Owner], found: Iterable[Found], theirs: Mapping[str, str]
) -> list[tuple[Owner, Found | None, list[Found]]]:
    """Each of the records that share a marker with its own document, and the other ones that may be its own too."""
    by_key = {one.key: one for one in found}
    own = {owner.key: by_key.get(source.stands.get(owner.key, "")) for owner in owners}
    keys = {owner.key for owner in owners}
    taken = {source.stands[key] for key in keys if key in source.stands}
    others: dict[str, list[Found]] = defaultdict(list)
    for one in _alive(by_key.values()):
        if one.key not in taken and theirs.get(one.key, "") in {"", *keys}:
            others[max(sorted(keys), key=lambda key: _likeness(own[key], one))].append(one)
    return [(owner, mine, _of_its_sort(mine, others[owner.key])) for owner in owners for mine in [own[owner.key]]]


def _linked(side: Side, by_marker: Mapping[str, Sequence[Found]]) -> dict[str, str]:
    """By document, the record that it is linked with, in these days or not."""
    keys = {one.key for found in by_marker.values() for one in found}
    return {key: link.source_key for key, link in side.run.ledger.links_by_target(side.run.kind, keys).items()}


def _alive(found: Iterable[Found]) -> list[Found]:
    return [one for one in found if one.is_alive]


def _of_its_sort(own: Found | None, others: Sequence[Found]) -> list[Found]:
    """A credit note is no double of an invoice."""
    return [one for one in others if own is None or one.sort == own.sort]


def _likeness(own: Found | None, one: Found) -> tuple[bool, bool]:
    """Whether both are of the same amount, and of the same customer."""
    if own is None:
        return False, False
    return (own.sort, own.currency, own.total) == (one.sort, one.currency, one.total), own.customer == one.customer


def _alike(own: Found, one: Found) -> bool:
    return any(_likeness(own, one))
