"""Products that the other direction wrote into the source: what of them came from the target is no news for it."""

from collections.abc import Mapping
from typing import Any, cast

from visma_sync.domain.product import Product
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Link
from visma_sync.sync.changes import hashes_of
from visma_sync.sync.flow import LEFT, ORIGIN
from visma_sync.sync.products.payload import written_of
from visma_sync.sync.products.plan import plan_product
from visma_sync.sync.run import Run


def left_in_source(run: Run, held: Mapping[str, HeldRecord], lists: Mapping[str, Any]) -> dict[str, Product]:
    """Those of these products that the other direction wrote into the source, as they were when it had done so.

    Without a link of this direction only those that it made there: of those it wrote every field.
    """
    linked = run.ledger.links("product", held)
    links = run.ledger.mirrored().links_by_target("product", held)
    bodies = {
        number: {**(held[number].source or {}), **link.detail[LEFT]}
        for number, link in links.items()
        if link.detail.get(LEFT) and (number in linked or link.detail.get(ORIGIN) == "source")
    }
    left: dict[str, Product] = {}
    for number, body in bodies.items():
        try:
            left[number] = cast(Product, run.mapping("product").read(body, lists=lists, settings=run.settings))
        except RecordRejectedError:
            continue
    return left


def came_from_there(
    run: Run, left: Product | None, fields: Mapping[str, Any], link: Link | None, current: Mapping[str, Any]
) -> dict[str, str]:
    """By path, the keyed hashes of what counts as written by us because it came from the target.

    What the target says as it did then is known to the source. What the source has said ever since the product was made
    there is no change of it, even where it cannot hold all that the target says.
    """
    if left is None:
        return {}
    try:
        then = written_of(run, "product", left, plan_product(left, run.settings), "update").payload
    except RecordRejectedError:
        return {}
    was, ours, theirs = (hashes_of(run.ledger, one) for one in (then, fields, current))
    came = {path: hashed for path, hashed in theirs.items() if path in ours and was.get(path) == hashed}
    if link is not None and link.written:
        return came
    return {path: hashed for path, hashed in ours.items() if was.get(path) == hashed} | came
