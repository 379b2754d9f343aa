"""Reading the lists of both systems into the ledger; a list that cannot be believed changes nothing that is known."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

from visma_sync.errors import RetryableError, VismaSyncError
from visma_sync.ledger.ledger import Ledger
from visma_sync.sync.lists import mirrored_values, values_by_list
from visma_sync.sync.ports import MasterValue
from visma_sync.sync.reference_data.uses import Side
from visma_sync.sync.run import Run

SOURCE_LISTS = (
    "vat_rates",
    "codings",
    "terms_of_payment",
    "delivery_methods",
    "delivery_terms",
    "units",
    "article_labels",
    "customer_labels",
    "accounts",
    "bank_accounts",
    "currencies",
    "countries",
)
TARGET_LISTS = (
    "vat_codes",
    "vat_rates",
    "vat_categories",
    "vat_zones",
    "credit_terms",
    "payment_methods",
    "cash_accounts",
    "carriers",
    "accounts",
    "branches",
    "order_types",
    "units",
    "item_classes",
    "posting_classes",
    "customer_classes",
    "warehouses",
    "currencies",
    "countries",
)


class KeepsLists(Protocol):
    """A system that gives whole lists by their names."""

    async def master_data(self, name: str) -> Sequence[MasterValue]: ...


class Unread(TypedDict):
    """A list that was not read, or not believed: what is known of it stays. `code` says why, in a word."""

    code: str
    side: Side
    name: str
    because: str
    cure: str


@dataclass
class Read:
    """What came of reading the lists: how many were read, and how many values are not as they were known.

    `later` are the errors that another try may not meet.
    """

    lists: int = 0
    changes: int = 0
    unread: list[Unread] = field(default_factory=list)
    later: list[RetryableError] = field(default_factory=list)


async def read_lists(run: Run, source: KeepsLists, target: KeepsLists) -> Read:
    """Read all lists of both systems into the ledger, one that fails never in the way of the others.

    Where anything changed, what the flows remember of that system's lists is forgotten, so that their next run reads
    them anew. Raises RetryableError while another try may read what this one could not.
    """
    settings, read = run.settings, Read()
    named: tuple[tuple[Side, KeepsLists, Collection[str]], ...] = (
        ("source", source, {*SOURCE_LISTS, *(name for name, _, values in mirrored_values(settings) if values)}),
        ("target", target, {*TARGET_LISTS, *(name for name, _, values in values_by_list(settings) if values)}),
    )
    for side, system, names in named:
        before = read.changes
        for name in sorted(names):
            await _read(run, side, name, system, read)
        if read.changes > before:
            _forget(run.ledger, side)
    if read.later and not run.last_try:
        raise read.later[0]
    return read


async def _read(run: Run, side: Side, name: str, system: KeepsLists, read: Read) -> None:
    known = {one.value_id for one in run.ledger.reference(side, name) if one.gone_at is None}
    try:
        rows = await _rows(lambda: system.master_data(name), known)
    except VismaSyncError as error:
        if isinstance(error, RetryableError):
            read.later.append(error)
        read.unread.append(_unread("list_not_read", side, name, error.message, error.resolution))
        return
    if known and not rows:
        read.unread.append(_empty(side, name, len(known)))
        return
    read.lists += 1
    read.changes += run.ledger.save_reference(side, name, rows)


async def _rows(ask: Callable[[], Awaitable[Sequence[MasterValue]]], known: Collection[str]) -> list[dict[str, Any]]:
    """A list as it is kept; what is missing in it is missing only when a second reading misses it too."""
    rows = {value.id: value for value in await ask()}
    if rows and not rows.keys() >= set(known):
        rows |= {value.id: value for value in await ask()}
    return [
        {"id": value.id, "description": value.description, "active": value.active, "facts": dict(value.facts)}
        for _, value in sorted(rows.items())
    ]


def _empty(side: Side, name: str, before: int) -> Unread:
    return _unread(
        "list_came_back_empty",
        side,
        name,
        f"it came back empty, and had {before} values before",
        "Look at the list in the system: an empty answer often means a lost right or a wrong company. While it is "
        "empty, the values known before count.",
    )


def _unread(code: str, side: Side, name: str, because: str, cure: str) -> Unread:
    return Unread(code=code, side=side, name=name, because=because, cure=cure)


def _forget(ledger: Ledger, side: Side) -> None:
    """Both halves of the ledger remember lists for a day, each with its own idea of source and target."""
    ledger.forget_master_data(side)
    ledger.mirrored().forget_master_data("target" if side == "source" else "source")
