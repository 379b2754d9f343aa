"""Settling products: each is found, made or brought up to date in the target, exactly once."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from visma_sync.domain.product import Product
from visma_sync.errors import RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.sync.ports import ProductTarget
from visma_sync.sync.products.attributes import NO_RULES, AttributeRules, attribute_rules
from visma_sync.sync.products.barcodes import first_claims
from visma_sync.sync.products.known import Known, outcome
from visma_sync.sync.products.look import Found, keepers, look_for
from visma_sync.sync.products.plan import plan_product
from visma_sync.sync.products.write import ProductWriting
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling


async def settle_products(
    run: Run,
    target: ProductTarget,
    settling: Settling,
    products: Mapping[str, Product],
    held: Mapping[str, HeldRecord],
    left: Mapping[str, Product],
) -> None:
    """Make or update these products, by SKU; the outcome of each goes into `settling`.

    `left` are those that the other direction has written into the source, as it left them there.

    The target is asked only about those whose source, mapping or settings changed since they were written, or whose
    last answer was lost.
    """
    links = run.ledger.links("product", list(products))
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
    known = replace(await _known(run, target, due, held, links, (made, changes)), left=left)
    async with Journal(run.ledger) as journal:
        writing = ProductWriting(run, target, journal, known, settling.step)

        async def settle(reference: Reference) -> Reference | Outcome:
            return await writing.settle(due[reference["key"]])

        await settling.each([plain_reference(number, number) for number in sorted(due)], settle)


def _is_due(link: Link | None, held: HeldRecord) -> bool:
    return link is None or link.source_hash != held.fingerprint


async def _known(
    run: Run,
    target: ProductTarget,
    products: Mapping[str, Product],
    held: Mapping[str, HeldRecord],
    links: Mapping[str, Link],
    intents: tuple[Mapping[str, Intent], Mapping[str, Intent]],
) -> Known:
    looked_at, found = now(), Found()
    await look_for(target, products, found)
    there = [product for product in products.values() if _will_be_there(run, product, found)]
    made, changes = intents
    return Known(
        held=held,
        intents=made,
        found=found,
        looked_at=looked_at,
        claims=first_claims(there),
        keepers=keepers(run.ledger, (product.number for product in there), found.items),
        rules=await rules_for(run, target, products.values(), found),
        links=links,
        changes=changes,
    )


def _will_be_there(run: Run, product: Product, found: Found) -> bool:
    return product.number in found.items or (product.is_active and run.settings.create_products)


async def rules_for(run: Run, target: ProductTarget, products: Collection[Product], found: Found) -> AttributeRules:
    """The rules of attributes, read again where these products do not meet them: somebody may have mended them."""
    with_attributes = [product for product in products if product.attributes]
    if not with_attributes:
        return NO_RULES
    rules = await attribute_rules(run, target)
    if all(_meets(run, rules, product, found) for product in with_attributes):
        return rules
    return await attribute_rules(run, target, fresh=True)


def _meets(run: Run, rules: AttributeRules, product: Product, found: Found) -> bool:
    item = found.items.get(product.number)
    try:
        plan = plan_product(product, run.settings)
        rules.check(item.item_class if item is not None else plan.item_class, plan.attributes)
    except RecordParkedError:
        return False
    return True
