"""What stays a draft in the target, and why: said before it is sent, and as long as it differs from its source."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from visma_sync.domain.sales_order import SalesOrder
from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.rows import HeldRecord, Link
from visma_sync.sync.mirror.orders.plan import OrderPlan
from visma_sync.sync.mirror.orders.ports import OrderDocument
from visma_sync.sync.reference import amount_text
from visma_sync.sync.run import hash_of

# In the detail of a link: of which rows the target cannot hold the price.
MISFITS = "misfits"
# And what the target makes of each row that we sent, in their order.
AMOUNTS = "amounts"
# There and in the facts of a record: its quantities by product, and a hash of what a draft is not compared in.
QUANTITIES, REST = "quantities", "rest"
# In the facts of a record: that the source has it no more.
GONE = "gone"
_REST = {
    "invoice_address",
    "delivery_address",
    "buyer_reference",
    "your_reference",
    "payment_terms",
    "delivery_method",
    "delivery_term",
    "note",
}


def content_of(order: SalesOrder) -> str:
    """A text that changes when what lists show of an order does: its customer, quantity, total, days and references."""
    said = order.model_dump(
        mode="json",
        include={"customer_key", "currency", "ordered_on", "delivery_on", "buyer_reference", "reference"},
    )
    return hash_of(said | {"total": amount_text(order.total), "quantity": f"{order.quantity.normalize():f}"})


def compared_later(order: SalesOrder, freight_sku: str) -> dict[str, Any]:
    """What is kept of an order with its link, and of its record, to see whether it changed since its draft was made."""
    quantities: dict[str, Decimal] = {}
    for line in order.lines:
        quantities[line.product_number] = quantities.get(line.product_number, Decimal(0)) + line.quantity
    if order.freight:
        quantities[freight_sku] = quantities.get(freight_sku, Decimal(0)) + 1
    return {
        QUANTITIES: {product: f"{quantity.normalize():f}" for product, quantity in sorted(quantities.items())},
        REST: hash_of(order.model_dump(mode="json", include=_REST)),
    }


def stays_a_draft(plan: OrderPlan) -> tuple[str, ...]:
    """The sentence with both sums where the target will not arrive at what the order comes to."""
    if plan.expected == plan.wanted:
        return ()
    shown, wanted = plan.expected, plan.wanted
    return (
        f"stays a draft: the target would show total {shown.total} with VAT {shown.vat}, "
        f"the source has {wanted.total} with VAT {wanted.vat}",
    )


def judge(draft: OrderDocument, link: Link, record: HeldRecord, *, is_wanted: bool, customer: str) -> Link:
    """The link by which an order of the target is judged: that of the order as the source has it now, where both agree.

    `customer` is the key of the order's customer in the target, `is_wanted` whether its state is still a wanted one.
    RecordParkedError for a draft whose source changed and which was not corrected to it, and for sums that are neither
    those that were sent nor those of the source.
    """
    facts, shown, sent, now_it_is = record.facts, _shown(draft), _sums(link.detail), _sums(record.facts)
    is_draft = draft.state == "hold"
    if is_draft and (facts.get(GONE) or not is_wanted):
        raise _source_changed(draft, record, f"is now {facts.get('status')}" if not facts.get(GONE) else "was deleted")
    if not _changed(link, record):
        refuse_misfits(draft, link)
        return link
    differs = _differences(draft, link, record, customer)
    if is_draft and differs:
        raise _source_changed(draft, record, "was changed", differs)
    if shown not in {sent, now_it_is}:
        raise _unequal(draft, now_it_is)
    if shown == now_it_is:
        link = replace(link, detail={**link.detail, "total": facts["total"], "vat": facts["vat"]})
    if not differs:
        content = str(facts.get("content", ""))
        link = replace(link, source_hash=content, detail={**link.detail, "customer": draft.customer})
    refuse_misfits(draft, link)
    return link


def refuse_misfits(draft: OrderDocument, link: Link) -> None:
    """RecordParkedError where an order stayed a draft because the target cannot hold its prices.

    Sums that agree are not enough as long as the rows are those that we sent: one may be too much, another too little.
    """
    if not link.detail.get(MISFITS):
        return
    wanted = _sums(link.detail)
    if _shown(draft) == wanted and not (_has_sent_rows(draft, link) and draft.state == "hold"):
        return
    raise RecordParkedError(
        [
            Reason(
                "price_does_not_fit",
                f"{'; '.join(link.detail[MISFITS])}: the draft has total {draft.total} with VAT {draft.vat}, "
                f"the source {wanted.total} with VAT {wanted.vat}",
            )
        ],
        resolution="Correct the rows of the draft in the target; it becomes an order as soon as both agree.",
    )


def _shown(draft: OrderDocument) -> Totals:
    return Totals(draft.total, draft.vat)


def _sums(kept: Mapping[str, Any]) -> Totals:
    return Totals(Decimal(str(kept["total"])), Decimal(str(kept["vat"])))


def _has_sent_rows(draft: OrderDocument, link: Link) -> bool:
    return [Decimal(amount) for amount in link.detail.get(AMOUNTS, ())] == list(draft.amounts)


def _changed(link: Link, record: HeldRecord) -> bool:
    """Whether the source says something else by now; a link may be older than some of what is compared."""
    kept = {name: link.detail[name] for name in (QUANTITIES, REST) if name in link.detail}
    return (
        bool(link.source_hash and link.source_hash != record.facts.get("content"))
        or _sums(link.detail) != _sums(record.facts)
        or any(record.facts.get(name) != value for name, value in kept.items())
    )


def _differences(draft: OrderDocument, link: Link, record: HeldRecord, customer: str) -> list[str]:
    """In what a draft differs from what its source says now, in words.

    Addresses, references and terms are not compared: whoever changed them has to look.
    """
    facts = record.facts
    quantities = {product: Decimal(quantity) for product, quantity in facts.get(QUANTITIES, {}).items()}
    # A person may put the price of many into one: then the amounts are others than those we sent.
    rows_agree = draft.quantities == quantities or (
        draft.quantities.keys() == quantities.keys() and not _has_sent_rows(draft, link)
    )
    agrees = {
        "total or VAT": _shown(draft) == _sums(facts),
        "customer": draft.customer == customer,
        "currency": draft.currency == facts.get("currency"),
        "order day": draft.ordered_on == facts.get("date"),
        "delivery day": draft.delivery_on == facts.get("delivery"),
        "articles or quantities": rows_agree,
        "an address, a reference or terms": facts.get(REST) == link.detail.get(REST),
    }
    return [what for what, same in agrees.items() if not same]


def _source_changed(
    draft: OrderDocument, record: HeldRecord, what: str, differs: list[str] | None = None
) -> RecordParkedError:
    facts = record.facts
    where = f"; it differs in {', '.join(differs)}" if differs else ""
    cure = (
        "Correct the draft to what the source says now, in total, VAT, customer, currency, days, articles and "
        "quantities: then it becomes an order by itself. If addresses, references or terms changed, correct them too "
        "and make it an order by hand."
        if differs
        else "Put the order back in the source, make the draft an order as it is, or delete the draft and trigger the "
        "flow with this number: then nothing waits any more."
    )
    return RecordParkedError(
        [
            Reason(
                "source_changed",
                f"the order {what} in the source since its draft was made: the draft has total {draft.total} with VAT "
                f"{draft.vat}, the source {facts.get('total')} with VAT {facts.get('vat')}{where}",
            )
        ],
        resolution=cure,
    )


def _unequal(order: OrderDocument, wanted: Totals) -> RecordParkedError:
    return RecordParkedError(
        [
            Reason(
                "total_mismatch",
                f"order {order.number} shows total {order.total} with VAT {order.vat} in the target, the source has "
                f"{amount_text(wanted.total)} with VAT {amount_text(wanted.vat)}",
            )
        ],
        resolution="Correct the order in the target or in the source; it counts as sent as soon as both agree.",
    )
