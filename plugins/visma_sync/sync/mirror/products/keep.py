"""Settling products of a mirrored run: each is found, made or brought up to date in the target, exactly once."""

from collections.abc import Mapping
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.sync.mirror.products.known import OTHER_FLOW, Known
from visma_sync.sync.mirror.products.look import look_for
from visma_sync.sync.mirror.products.plan import target_lists
from visma_sync.sync.mirror.products.ports import ArticleTarget
from visma_sync.sync.mirror.products.write import ArticleWriting
from visma_sync.sync.products.known import outcome
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling


async def settle_products(
    run: Run,
    target: ArticleTarget,
    settling: Settling,
    products: Mapping[str, Product],
    held: Mapping[str, HeldRecord],
) -> None:
    """Make or update the articles of these products, by SKU; the outcome of each goes into `settling`.

    The target is asked only about those whose source, mapping or settings changed since they were written, or whose
    last answer was lost. Raises RetryableError where the target's list moved while it was read.
    """
    links = run.ledger.links("product", products)
    writer = run.writer_of("product")
    made = run.ledger.intents(writer, "product", products, "create")
    changes = run.ledger.intents(writer, "product", products, "update")
    lost = {number for some in (made, changes) for number, intent in some.items() if intent.state == "open"}
    due = {
        number: product
        for number, product in products.items()
        if number in lost or _is_due(links.get(number), held[number])
    }
    for number in sorted(products.keys() - due.keys()):
        settling.outcomes.append(outcome(number, "unchanged", target=links[number].target_key))
    if not due:
        return
    known = await _known(run, target, due, held, links, (made, changes))
    async with Journal(run.ledger) as journal:
        writing = ArticleWriting(run, target, journal, known, settling.step)

        async def settle(reference: Reference) -> Reference | Outcome:
            return await writing.settle(due[reference["key"]])

        await settling.each([plain_reference(number, number) for number in sorted(due)], settle)


def _is_due(link: Link | None, held: HeldRecord) -> bool:
    return link is None or link.source_hash != held.fingerprint


async def _known(
    run: Run,
    target: ArticleTarget,
    products: Mapping[str, Product],
    held: Mapping[str, HeldRecord],
    links: Mapping[str, Link],
    intents: tuple[Mapping[str, Intent], Mapping[str, Intent]],
) -> Known:
    other: Any = run.ledger.mirrored()
    others = other.links_by_target("product", products)
    lists = await target_lists(run, target, products.values())
    looked_at = now()
    found = await look_for(target, products, links, others)
    made, changes = intents
    return Known(
        held=held,
        links=links,
        others=others,
        others_held=other.held(OTHER_FLOW, found.by_number, with_source=False),
        made=made,
        changes=changes,
        found=found,
        looked_at=looked_at,
        lists=lists,
    )
