"""Looking for products in the target: which are there, and whose each barcode is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.ledger import Ledger
from visma_sync.sync.ports import ProductTarget, TargetItem

# What is compared of a product besides the product itself.
_PARTS = ("barcodes", "attributes", "accounts", "note")
# Up to this many products are asked for one by one before the list is read.
_SINGLE_LOOKS = 1


@dataclass
class Found:
    """Products of the target by SKU, spelled as the source does.

    `whole` tells that all products of the target were seen: then `owners` knows whose each barcode is.
    """

    items: dict[str, TargetItem] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    whole: bool = False

    def note(self, items: Iterable[TargetItem], wanted: Mapping[str, Sequence[str]]) -> None:
        """Remember products that are `wanted`, by spelling, and everybody's barcodes."""
        for item in items:
            self.items.update(dict.fromkeys(wanted.get(spelling(item.number), ()), item))
            self.owners.update(dict.fromkeys(item.barcodes, item.number))


def spelling(number: str) -> str:
    """The target takes SKUs that differ in letter case, or in blanks around them, only for one."""
    return number.strip().casefold()


def by_spelling(numbers: Iterable[str]) -> dict[str, list[str]]:
    """The SKUs that the target takes for one, by how it spells them."""
    spelled: dict[str, list[str]] = {}
    for number in numbers:
        spelled.setdefault(spelling(number), []).append(number)
    return spelled


def keepers(ledger: Ledger, numbers: Iterable[str], items: Mapping[str, TargetItem]) -> dict[str, str]:
    """Which product has the item of each spelling: the one that is linked with it, else one of these.

    Where several of these are spelled alike, it is the one that is written like the item (`items` by SKU), or the
    first.
    """
    linked = ledger.links_by_target("product", {item.number for item in items.values()})
    kept = {spelling(target): link.source_key for target, link in linked.items()}
    for number in sorted(numbers, key=lambda one: (one not in items or items[one].number != one, one)):
        kept.setdefault(spelling(number), number)
    return kept


def refuse_kept_by_another(number: str, kept: Mapping[str, str]) -> None:
    """RecordParkedError where another product of the source has the item of this spelling."""
    keeper = kept.get(spelling(number), number)
    if keeper != number:
        raise RecordParkedError(
            [Reason("link_taken", f"the target takes '{number}' for '{keeper}', which has the item already")],
            resolution="Give one of the two articles another number, or use only one of them.",
        )


async def look_for(target: ProductTarget, numbers: Collection[str], found: Found) -> None:
    """Note the products with these SKUs: one by one or from the list, whichever asks less; either proves absence."""
    wanted = by_spelling(numbers)
    if len(numbers) <= _SINGLE_LOOKS:
        for number in numbers:
            if (item := await target.item(number)) is not None:
                found.note([item], wanted)
        return
    async for page in target.items_changed(None, expand=_PARTS):
        found.note(page, wanted)
    found.whole = True


async def owner_of(target: ProductTarget, found: Found, barcode: str) -> str | None:
    """The SKU of the product that has a barcode in the target, None where there is none."""
    if found.whole or barcode in found.owners:
        return found.owners.get(barcode)
    items: list[TargetItem] = await target.items_with_barcode(barcode)
    return items[0].number if items else None
