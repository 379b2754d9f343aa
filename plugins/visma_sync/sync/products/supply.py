"""Which products the target keeps in stock."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from visma_sync.sync.ports import ProductTarget
from visma_sync.sync.products.look import Found, look_for
from visma_sync.sync.run import Run

_IS_STOCK = "is_stock"


async def without_stock(run: Run, target: ProductTarget, numbers: Collection[str]) -> set[str]:
    """Those of the linked products (SKUs) that the target keeps no stock of.

    It is noted in their links, and asked only once: an item stays what it is.
    """
    links = run.ledger.links("product", numbers)
    known: dict[str, Any] = {number: link.detail.get(_IS_STOCK) for number, link in links.items()}
    if unknown := {number for number, is_stock in known.items() if is_stock is None}:
        found = Found()
        await look_for(target, unknown, found)
        seen = {number: item.is_stock for number, item in found.items.items()}
        known |= seen
        if not run.dry_run:
            run.ledger.change_links(
                "product", seen, lambda link: replace(link, detail={**link.detail, _IS_STOCK: seen[link.source_key]})
            )
    return {number for number, is_stock in known.items() if is_stock is False}
