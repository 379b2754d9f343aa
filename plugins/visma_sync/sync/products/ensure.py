"""ensure_products: every product that the sales name exists in the target and may be sold there."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from visma_sync.domain.product import Product
from visma_sync.errors import ConfigurationError, Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.settings.model import Settings
from visma_sync.sync.dependencies import park_needing, read_and_hold
from visma_sync.sync.ports import ProductTarget, Source, TargetItem
from visma_sync.sync.products.plan import plan_product
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once

STEP = "ensure_products"
_SELLABLE = {"active", "nopurchases", "norequest"}
_DELTA_OVERLAP = timedelta(hours=3)
# Up to this many unknown SKUs are asked for one by one before a whole page is read.
_SINGLE_LOOKS = 1


@dataclass
class _Work:
    """The products of a run and what is known of them; `state` is the target's status by SKU."""

    products: Mapping[str, Product]
    held: Mapping[str, HeldRecord]
    states: Mapping[str, str]
    intents: Mapping[str, Intent]
    looked_at: datetime


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
    looked_at = now()
    numbers = set(needed)
    states = await _states_in_target(run, target, numbers | {run.settings.rounding.sku} - {""})
    _refuse_missing_rounding_product(run.settings, states)
    missing = numbers - states.keys()
    settling = Settling(run, STEP, flow=run.flow_of("product"))
    products, held = await _read(
        run, source, (missing if run.settings.create_products else set()) | set(rates), settling
    )
    intents = run.ledger.intents(run.writer_of("product"), "product", missing, "create")
    work = _Work(products, held, states, intents, looked_at)
    unreadable = {outcome.key for outcome in settling.outcomes}
    async with Journal(run.ledger) as journal:

        async def ensure(reference: Reference) -> Reference | Outcome:
            return await _ensure(run, target, journal, work, reference["number"])

        await settling.each(
            [plain_reference(number, number, "needed") for number in sorted(numbers - unreadable)], ensure
        )
    settling.save()
    park_needing(run, STEP, settling.outcomes, needed)
    settling.raise_if_needed()
    return settling.counts()


async def _states_in_target(run: Run, target: ProductTarget, numbers: Collection[str]) -> dict[str, str]:
    """The target's status of each SKU that it has: from the links, brought up to date by what changed since."""
    links = run.ledger.links("product", numbers)
    states = {number: _status_of(link) for number, link in links.items()}
    unknown = set(numbers) - states.keys()
    began_at = now()
    if states:
        since = run.ledger.cursor("target.items")
        async for page in target.items_changed(since - _DELTA_OVERLAP if since else None):
            _note(page, numbers, states)
            _note_linked(run, page)
        unknown -= states.keys()
    if unknown:
        await _look_up(target, unknown, states)
    if not run.dry_run:
        run.ledger.save_links(
            [
                Link("product", number, number, detail={"status": state}, how="found")
                for number, state in states.items()
                if number not in links or state != _status_of(links[number])
            ]
        )
        run.ledger.save_cursor("target.items", began_at)
    return states


def _status_of(link: Link) -> str:
    return str(link.detail.get("status", "active"))


async def _look_up(target: ProductTarget, unknown: set[str], states: dict[str, str]) -> None:
    """One by one or page by page, whichever asks less; absence is proven by either."""
    if len(unknown) <= _SINGLE_LOOKS:
        _note([item for number in unknown if (item := await target.item(number))], unknown, states)
        return
    async for page in target.items_changed(None):
        _note(page, unknown, states)
        if unknown <= states.keys():
            return


def _note(items: Sequence[TargetItem], wanted: Collection[str], states: dict[str, str]) -> None:
    # The target takes SKUs that differ in letter case only for one.
    spelled = {number.casefold(): number for number in wanted}
    for item in items:
        number = spelled.get(item.number.casefold())
        if number is not None:
            states[number] = item.status.casefold()


def _note_linked(run: Run, items: Sequence[TargetItem]) -> None:
    """What changed is noted for every product of ours, also those that this run does not need."""
    statuses = {item.number: item.status.casefold() for item in items}
    linked = run.ledger.links_by_target("product", statuses)
    run.ledger.save_links(
        [replace(link, detail={**link.detail, "status": statuses[number]}) for number, link in linked.items()]
    )


def _refuse_missing_rounding_product(settings: Settings, states: Mapping[str, str]) -> None:
    sku = settings.rounding.sku
    if sku and sku not in states:
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


async def _ensure(run: Run, target: ProductTarget, journal: Journal, work: _Work, number: str) -> Outcome:
    status = work.states.get(number)
    if status is not None:
        if status not in _SELLABLE:
            raise RecordParkedError(
                [Reason("product_not_sellable", f"product '{number}' is {status} in the target")],
                resolution="Make the product active in the target; what needs it goes on by itself.",
            )
        return Outcome(number, number, "unchanged", target_key=number)
    product = work.products.get(number)
    if product is None:
        raise _unknown_product(number, run.settings)
    if run.dry_run:
        return Outcome(number, number, "skipped", "dry_run", detail="would be created")
    return await _create(run, target, journal, work, product)


def _unknown_product(number: str, settings: Settings) -> RecordParkedError:
    if settings.create_products:
        sentence = f"product '{number}' is in neither system"
    else:
        sentence = f"product '{number}' is not in the target, and create_products is off"
    return RecordParkedError(
        [Reason("product_missing", sentence)],
        resolution="Make the product; what needs it goes on by itself.",
    )


async def _create(run: Run, target: ProductTarget, journal: Journal, work: _Work, product: Product) -> Outcome:
    plan = plan_product(product, run.settings)
    written = run.mapping("product").write("product", product, links={}, settings=run.settings, plan=plan)

    async def send() -> str:
        return await target.create_item(written.payload)

    write = Write(
        flow=run.writer_of("product"),
        kind="product",
        key=product.number,
        action="create",
        marker=product.number,
        payload=written.payload,
        send=send,
        link=Link(
            "product",
            product.number,
            "",
            source_hash=work.held[product.number].source_hash,
            detail={"status": "active"},
        ),
    )
    # Whatever stood in the target under this number when the step looked is in `states`: here it was not.
    look = Look("", work.looked_at)
    done = await write_once(run, journal, write, work.intents.get(product.number), look)
    cuts = "; ".join(str(cut) for cut in written.cuts)
    return Outcome(product.number, product.number, "created", detail=cuts, target_key=done.target_key)
