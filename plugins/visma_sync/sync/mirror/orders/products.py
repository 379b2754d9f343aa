"""ensure_products of a mirrored run: every product that the orders name is an article of the target."""

from collections.abc import Collection, Sequence
from typing import cast

from visma_sync.domain.product import Product
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.dependencies import park_needing, read_and_hold
from visma_sync.sync.mirror.orders.ports import OrderTarget, SalesOrderSource
from visma_sync.sync.mirror.products.keep import settle_products
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling

STEP = "ensure_products"
# What is kept of an article for the steps that write: its key in the target, and the id of its coding.
ARTICLE, CODING = "article", "coding"


async def ensure_products_back(
    run: Run, source: SalesOrderSource, target: OrderTarget, references: Sequence[Reference]
) -> dict[str, int]:
    """Find or make the articles of these orders, once per run; orders whose product is no article park.

    Gives the number of products by outcome. Raises RetryableError when some writes are worth another try.
    """
    needed = run.ledger.needed(run.flow, [reference["key"] for reference in references], "product")
    settling = Settling(run, STEP, flow=run.flow_of("product"))
    articles = dict(await target.sold.articles(needed)) if needed else {}
    missing = needed.keys() - articles.keys()
    if missing and run.settings.mirror.orders.create_products:
        await _make(run, source, target, missing, settling)
        made = {outcome.key for outcome in settling.outcomes if outcome.state == "created"}
        articles |= await target.sold.articles(made) if made else {}
    looked_at = now()
    run.ledger.hold(
        run.flow_of("product"),
        run.run_id,
        [
            HeldRecord(number, number, looked_at, looked_at, "", facts={ARTICLE: one.key, CODING: one.coding})
            for number, one in articles.items()
        ]
        + [
            HeldRecord(one.key, one.number, looked_at, looked_at, "", facts={ARTICLE: "(new)", CODING: ""})
            for one in settling.outcomes
            if one.reason == "dry_run"
        ],
        {},
    )
    ended = {outcome.key for outcome in settling.outcomes}

    async def look(reference: Reference) -> Outcome:
        number = reference["number"]
        if number not in articles:
            raise _unusable("product_unknown", f"product '{number}' is not in the target", "Make the article")
        if not articles[number].active:
            raise _unusable("product_not_sellable", f"article '{number}' is not active there", "Make it active")
        return Outcome(number, number, "unchanged", target_key=number)

    await settling.each([plain_reference(number, number, "needed") for number in sorted(needed.keys() - ended)], look)
    settling.save()
    park_needing(run, STEP, settling.outcomes, needed)
    settling.raise_if_needed()
    return settling.counts()


async def _make(
    run: Run, source: SalesOrderSource, target: OrderTarget, numbers: Collection[str], settling: Settling
) -> None:
    """Make the articles that are missing, as the flow of products makes them."""
    records = await source.item_records.read(numbers)
    read, held = await read_and_hold(run, "product", source, records, settling, key_of=lambda record: record.number)
    # What an order names is sold, whatever the source says of the product by now.
    products = {
        number: cast(Product, product).model_copy(update={"is_active": True}) for number, product in read.items()
    }
    await settle_products(run, target, settling, products, held)


def _unusable(code: str, sentence: str, cure: str) -> RecordParkedError:
    return RecordParkedError(
        [Reason(code, sentence)], resolution=f"{cure} in the target; what needs it goes on by itself."
    )
