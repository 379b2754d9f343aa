"""Which of the products in hand the target has: remembered in links, brought up to date by what changed there since."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from visma_sync.ledger.rows import Link
from visma_sync.sync.ports import ProductTarget, TargetItem
from visma_sync.sync.products.look import Found, by_spelling, keepers, look_for, spelling
from visma_sync.sync.run import Run, now

_DELTA_OVERLAP = timedelta(hours=3)


@dataclass(frozen=True)
class Present:
    """The products that the target has, by SKU: the status and the number of each there.

    `keepers` says, by spelling, which product of the source has an item that was found.
    """

    statuses: Mapping[str, str]
    numbers: Mapping[str, str]
    keepers: Mapping[str, str]


async def present_in_target(run: Run, target: ProductTarget, numbers: Collection[str], found: Found) -> Present:
    """The products with these SKUs that the target has; what had to be looked for is noted in `found`.

    Those that were found are linked, unless another product of the source has the item.
    """
    links = run.ledger.links("product", numbers)
    changed: dict[str, str] = {}
    unknown, seen = set(numbers) - links.keys(), Found()
    if links:
        changed = await _read_changes(run, target, unknown, seen)
    if rest := unknown - seen.items.keys():
        await look_for(target, rest, found)
    items = {**seen.items, **found.items}
    kept = keepers(run.ledger, items, items)
    if not run.dry_run:
        run.ledger.add_links(
            Link("product", number, item.number, how="found", detail={"status": _status(item)})
            for number, item in items.items()
            if kept[spelling(number)] == number
        )
    known = {number: changed.get(link.target_key, _status_of(link)) for number, link in links.items()}
    return Present(
        statuses=known | {number: _status(item) for number, item in items.items()},
        numbers={number: link.target_key for number, link in links.items()}
        | {number: item.number for number, item in items.items()},
        keepers=kept,
    )


async def _read_changes(run: Run, target: ProductTarget, unknown: Collection[str], seen: Found) -> dict[str, str]:
    """The status of every item that changed since it was asked last, by its number; `seen` gets those wanted.

    It is noted for every product of ours, also those that this run does not need.
    """
    began_at, since = now(), run.ledger.cursor("target.items")
    wanted, changed = by_spelling(unknown), dict[str, str]()
    async for page in target.items_changed(since - _DELTA_OVERLAP if since else None):
        seen.note(page, wanted)
        changed |= {item.number: _status(item) for item in page}
    if not run.dry_run:
        linked = run.ledger.links_by_target("product", changed).values()

        def noted(link: Link) -> Link:
            return replace(link, detail={**link.detail, "status": changed.get(link.target_key, _status_of(link))})

        run.ledger.change_links("product", [link.source_key for link in linked], noted)
        run.ledger.save_cursor("target.items", began_at)
    return changed


def _status(item: TargetItem) -> str:
    return item.status.casefold()


def _status_of(link: Link) -> str:
    return str(link.detail.get("status", "active"))
