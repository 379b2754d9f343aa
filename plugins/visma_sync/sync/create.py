"""create_orders: build and write the orders of a lane, on Hold, each exactly once."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.customer import Customer
from visma_sync.domain.order import Order
from visma_sync.domain.product import Product
from visma_sync.domain.taxing import Category
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, Outcome
from visma_sync.sync.build import BuiltOrder, build_order
from visma_sync.sync.categories import vat_categories
from visma_sync.sync.customers import default_debtor_of
from visma_sync.sync.exist import CLOCK_SLACK, exists_in_target
from visma_sync.sync.plan import Surroundings
from visma_sync.sync.ports import OrderRow, OrderSource, OrderTarget
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, now, source_lists
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once

STEP = "create_orders"


@dataclass
class _Lane:
    """What the orders of a lane need, read once."""

    held: Mapping[str, HeldRecord]
    orders: Mapping[str, Order]
    customers: Mapping[str, Customer]
    customer_links: Mapping[str, Link]
    rates: Mapping[str, Decimal]
    categories: Mapping[str, Category]
    intents: Mapping[str, Intent]
    looked_at: datetime = field(default_factory=now)
    found: Mapping[str, OrderRow] = field(default_factory=dict)


async def create_orders(
    run: Run, source: OrderSource, target: OrderTarget, references: Sequence[Reference]
) -> list[Reference]:
    """Write the lane's new orders and give back every order's reference with its state.

    Orders parked by an earlier step, and orders made before, are handed on as they are. Raises RetryableError at the
    end when some writes are worth another try; by then all the others are done.
    """
    settled = _settled_elsewhere(run, references)
    new = [ref for ref in references if ref["state"] in {"new", "unwanted"} and ref["key"] not in settled]
    lane = await _read_lane(run, source, target, [reference["key"] for reference in new])
    settling = Settling(run, STEP)
    async with Journal(run.ledger) as journal:

        async def create(reference: Reference) -> Reference | Outcome:
            return await _create(run, target, journal, lane, reference)

        made = await settling.each(new, create)
    settling.save()
    settling.raise_if_needed()
    going_on = {reference["key"]: reference for reference in made}
    ends = settled | {outcome.key: outcome for outcome in settling.outcomes}
    return [going_on.get(ref["key"]) or _with_outcome(ref, ends.get(ref["key"])) for ref in references]


def _with_outcome(reference: Reference, outcome: Outcome | None) -> Reference:
    if outcome is None:
        return reference
    state = f"{outcome.state}({outcome.reason})" if outcome.reason else outcome.state
    return Reference(**{**reference, "state": state})


def _settled_elsewhere(run: Run, references: Sequence[Reference]) -> dict[str, Outcome]:
    """Orders that the ensure steps parked, or that an earlier try of this step rejected."""
    keys = {reference["key"] for reference in references}
    return {
        outcome.key: outcome
        for outcome in run.ledger.outcomes(run.flow, run.run_id)
        if outcome.key in keys
        and (outcome.facts.get("step") in {"ensure_customers", "ensure_products"} or outcome.state == "rejected")
    }


async def _read_lane(run: Run, source: OrderSource, target: OrderTarget, keys: Sequence[str]) -> _Lane:
    held = run.ledger.held(run.flow, keys)
    lists = await source_lists(run, "order", source) if keys else {}
    orders = {
        key: cast(Order, run.mapping("order").read(record.source or {}, lists=lists, settings=run.settings))
        for key, record in held.items()
    }
    customer_keys = {order.customer_key for order in orders.values()}
    lane = _Lane(
        held=held,
        orders=orders,
        customers=await _customers(run, source, customer_keys),
        customer_links=run.ledger.links("customer", customer_keys),
        rates=await _rates(run, source, keys),
        categories=await vat_categories(run, target) if keys else {},
        intents=run.ledger.intents(run.flow, "order", keys, "create"),
    )
    await _look_for_uncertain(run, target, lane)
    return lane


async def _customers(run: Run, source: OrderSource, keys: set[str]) -> dict[str, Customer]:
    """The customers of the orders; those that cannot be read have parked their orders before."""
    lists = await source_lists(run, "customer", source) if keys else {}
    customers: dict[str, Customer] = {}
    for key, record in run.ledger.held(run.flow_of("customer"), keys).items():
        with suppress(RecordRejectedError):
            customer = run.mapping("customer").read(record.source or {}, lists=lists, settings=run.settings)
            customers[key] = cast(Customer, customer)
    return customers


async def _rates(run: Run, source: OrderSource, keys: Sequence[str]) -> dict[str, Decimal]:
    """VAT rates by SKU, for rows that do not say their own."""
    numbers = run.ledger.needed(run.flow, keys, "rate")
    if not numbers:
        return {}
    lists = await source_lists(run, "product", source)
    held = run.ledger.held(run.flow_of("product"), numbers)
    mapping = run.mapping("product")
    products = (
        cast(Product, mapping.read(record.source, lists=lists, settings=run.settings))
        for record in held.values()
        if record.source is not None and record.state != "rejected"
    )
    return {product.number: product.vat_rate for product in products if product.vat_rate is not None}


async def _look_for_uncertain(run: Run, target: OrderTarget, lane: _Lane) -> None:
    """One look into the target for all orders whose earlier answer was lost."""
    uncertain = [intent for intent in lane.intents.values() if intent.state == "open"]
    if uncertain:
        lane.looked_at = now()
        lane.found = await _rows_by_marker(run, target, uncertain)


def _ours(row: OrderRow, built: BuiltOrder) -> str:
    """The key of an order that carries our marker, where its customer and total are ours as well."""
    expected = built.plan.expected.total
    if row.customer == built.plan.customer_number and row.total == expected:
        return f"{row.order_type}/{row.order_id}"
    raise RecordParkedError(
        [
            Reason(
                "number_taken",
                f"order {row.order_id} of the target carries {built.plan.marker} with customer {row.customer} and "
                f"total {row.total}; ours has customer {built.plan.customer_number} and total {expected}",
            )
        ],
        resolution="Decide which of the two is right; delete the other, or change its customer reference.",
    )


async def _rows_by_marker(run: Run, target: OrderTarget, intents: Sequence[Intent]) -> dict[str, OrderRow]:
    markers = {intent.marker for intent in intents}
    rows: dict[str, OrderRow] = {}
    since = min(intent.started_at for intent in intents) - CLOCK_SLACK
    async for page in target.orders_modified(since):
        rows.update({row.reference: row for row in page if row.reference in markers})
    return rows


async def _create(
    run: Run, target: OrderTarget, journal: Journal, lane: _Lane, reference: Reference
) -> Reference | Outcome:
    key = reference["key"]
    order = lane.orders[key]
    customer = lane.customers.get(order.customer_key)
    if customer is None:
        raise RecordParkedError(
            [Reason("customer_unknown", f"the source has no customer {order.customer_number} to read")],
            resolution="Restore the customer in the source; the order goes on by itself.",
        )
    around = Surroundings(
        customer=customer,
        customer_number=_customer_number(run, lane, customer),
        categories=lane.categories,
        rates_of_products=lane.rates,
        default_branch=run.default_branch,
    )
    built = build_order(order, around, run.mapping("order"), run.settings)
    if run.dry_run:
        return _not_sent(reference, built)
    intent = lane.intents.get(key)
    look = None
    if intent is not None and intent.state == "open":
        row = lane.found.get(intent.marker)
        look = Look(_ours(row, built) if row else "", lane.looked_at)
    write = replace(_write(run.flow, target, lane.held[key], built), wanted=reference["state"] == "new")
    try:
        done = await write_once(run, journal, write, intent, look)
    except RecordRejectedError as refusal:
        if refusal.code != "duplicate" or not built.plan.order_id:
            raise
        return await _number_in_use(target, journal, reference, built, write, intent, refusal)
    if done.how == "absent":
        return Outcome(key, reference["number"], "skipped", "not_wanted_any_more", facts={"step": STEP})
    return Reference(**{**reference, "state": "made", "target": done.target_key})


async def _number_in_use(
    target: OrderTarget,
    journal: Journal,
    reference: Reference,
    built: BuiltOrder,
    write: Write,
    intent: Intent | None,
    refusal: RecordRejectedError,
) -> Reference | Outcome:
    """Where orders are numbered by hand, the target's refusal tells that an order exists.

    It is the one of our lost request, or was there before (entered by hand, or sent before the ledger was lost).
    """
    row: OrderRow | None = await target.order(built.plan.order_type, built.plan.order_id)
    if row is None:
        raise refusal
    key = _ours(row, built)
    if intent is not None and intent.state in {"open", "absent"}:
        await journal.commit(replace(write.link, target_key=key, how="adopted"))
        return Reference(**{**reference, "state": "made", "target": key})
    await journal.commit(replace(write.link, target_key=key, how="found", detail={"confirmed": True}))
    return exists_in_target(reference, row)


def _customer_number(run: Run, lane: _Lane, customer: Customer) -> str:
    link = lane.customer_links.get(customer.key)
    number = default_debtor_of(run.settings, customer, linked=link is not None)
    if number:
        return number
    if link is not None:
        return link.target_key
    if run.dry_run:
        return "(new)"
    raise RecordParkedError(
        [Reason("customer_not_linked", f"customer {customer.number} is not in the target yet")],
        resolution="Run the flow again; if it stays so, look at the outcome of this customer.",
    )


def _write(flow: str, target: OrderTarget, held: HeldRecord, built: BuiltOrder) -> Write:
    async def send() -> str:
        order_type, order_id = await target.create_order(built.payload)
        return f"{order_type}/{order_id}"

    plan = built.plan
    detail: dict[str, Any] = {
        "confirmed": False,
        "customer": plan.customer_number,
        "total": str(plan.expected.total),
        "vat": str(plan.expected.vat),
        "rounding": str(plan.rounding),
        "cuts": list(built.cuts),
    }
    return Write(
        flow=flow,
        kind="order",
        key=held.key,
        action="create",
        marker=plan.marker,
        payload=built.payload,
        send=send,
        link=Link("order", held.key, "", source_hash=str(held.facts.get("content", "")), detail=detail),
    )


def _not_sent(reference: Reference, built: BuiltOrder) -> Outcome:
    """A dry run builds and checks everything, and sends nothing."""
    expected = built.plan.expected
    return Outcome(
        reference["key"],
        reference["number"],
        "skipped",
        "dry_run",
        detail="; ".join((f"would be sent with total {expected.total} and VAT {expected.vat}", *built.cuts)),
        currency=reference["currency"],
        total=expected.total,
        vat=expected.vat,
        facts={"step": STEP},
    )
