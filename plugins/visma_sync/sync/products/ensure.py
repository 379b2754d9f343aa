"""ensure_products: every product that the sales name exists in the target and may be sold there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from visma_sync.domain.product import Product
from visma_sync.errors import ConfigurationError, Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.settings.model import Settings
from visma_sync.sync.dependencies import park_needing, read_and_hold
from visma_sync.sync.ports import ProductTarget, Source
from visma_sync.sync.products.barcodes import first_claims
from visma_sync.sync.products.keep import rules_for
from visma_sync.sync.products.known import Known, outcome
from visma_sync.sync.products.look import Found, keepers, refuse_kept_by_another
from visma_sync.sync.products.present import Present, present_in_target
from visma_sync.sync.products.write import ProductWriting
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling

STEP = "ensure_products"
_SELLABLE = {"active", "nopurchases", "norequest"}


async def ensure_products(
    run: Run, source: Source, target: ProductTarget, references: Sequence[Reference]
) -> dict[str, int]:
    """Find or make the products of these sales, once per run; sales whose product cannot be settled park.

    Gives the number of products by outcome. Raises ConfigurationError when the rounding product is missing, and
    RetryableError when some writes are worth another try.
    """
    keys = [reference["key"] for reference in references]
    needed = run.ledger.needed(run.flow, keys, "product")
    rates = run.ledger.needed(run.flow, keys, "rate")
    looked_at, found = now(), Found()
    numbers = set(needed)
    present = await present_in_target(run, target, numbers | {run.settings.rounding.sku} - {""}, found)
    _refuse_missing_rounding_product(run.settings, present)
    missing = numbers - present.statuses.keys()
    settling = Settling(run, STEP, flow=run.flow_of("product"))
    products, held = await _read(
        run, source, (missing if run.settings.create_products else set()) | set(rates), settling
    )
    made = {number: product for number, product in products.items() if number in missing}
    known = await _known(run, target, made, held, found, looked_at)
    settling.outcomes += _made_by_an_earlier_try(run, numbers)
    ended = {outcome.key for outcome in settling.outcomes}
    async with Journal(run.ledger) as journal:
        writing = ProductWriting(run, target, journal, known, STEP)

        async def ensure(reference: Reference) -> Reference | Outcome:
            return await _ensure(writing, present, made, reference["number"])

        await settling.each([plain_reference(number, number, "needed") for number in sorted(numbers - ended)], ensure)
    settling.save()
    park_needing(run, STEP, settling.outcomes, needed)
    settling.raise_if_needed()
    return settling.counts()


def _made_by_an_earlier_try(run: Run, numbers: set[str]) -> list[Outcome]:
    outcomes = run.ledger.outcomes(run.flow_of("product"), run.run_id)
    return [outcome for outcome in outcomes if outcome.state == "created" and outcome.key in numbers]


async def _known(
    run: Run,
    target: ProductTarget,
    products: Mapping[str, Product],
    held: Mapping[str, HeldRecord],
    found: Found,
    looked_at: datetime,
) -> Known:
    return Known(
        held=held,
        intents=run.ledger.intents(run.writer_of("product"), "product", products, "create"),
        found=found,
        looked_at=looked_at,
        claims=first_claims(products.values()),
        keepers=keepers(run.ledger, products, {}),
        rules=await rules_for(run, target, products.values(), found),
    )


def _refuse_missing_rounding_product(settings: Settings, present: Present) -> None:
    sku = settings.rounding.sku
    if sku and sku not in present.statuses:
        raise ConfigurationError(
            f"the target has no product '{sku}' for the rounding row",
            resolution="Make a non-stock item with this number in the target, or name another in rounding.sku.",
            operation=STEP,
        )


async def _read(
    run: Run, source: Source, numbers: set[str], settling: Settling
) -> tuple[dict[str, Product], dict[str, HeldRecord]]:
    """The source products by SKU, held for the writing step; unreadable ones are rejected alone."""
    if not numbers:
        return {}, {}
    records = await source.articles(numbers)
    read, held = await read_and_hold(run, "product", source, records, settling, key_of=lambda record: record.number)
    return {number: cast(Product, product) for number, product in read.items()}, held


async def _ensure(writing: ProductWriting, present: Present, products: Mapping[str, Product], number: str) -> Outcome:
    status = present.statuses.get(number)
    if status is not None:
        refuse_kept_by_another(number, present.keepers)
        if status not in _SELLABLE:
            raise RecordParkedError(
                [Reason("product_not_sellable", f"product '{number}' is {status} in the target")],
                resolution="Make the product active in the target; what needs it goes on by itself.",
            )
        return outcome(number, "unchanged", target=present.numbers[number])
    product = products.get(number)
    if product is None:
        raise _unknown_product(number, writing.run.settings)
    # What a sale names is sold, whatever the source says of the product by now.
    return await writing.create(product.model_copy(update={"is_active": True}))


def _unknown_product(number: str, settings: Settings) -> RecordParkedError:
    if settings.create_products:
        sentence = f"product '{number}' is in neither system"
    else:
        sentence = f"product '{number}' is not in the target, and create_products is off"
    return RecordParkedError(
        [Reason("product_missing", sentence)],
        resolution="Make the product; what needs it goes on by itself.",
    )
