"""What stays a draft in the target, and why: said before it is sent, and as long as it differs."""

from decimal import Decimal

from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.rows import HeldRecord, Link
from visma_sync.sync.mirror.orders.plan import OrderPlan
from visma_sync.sync.mirror.orders.ports import OrderDocument

# In the detail of a link: of which rows the target cannot hold the price.
MISFITS = "misfits"
# And what the target makes of each row that we sent, in their order.
AMOUNTS = "amounts"


def stays_a_draft(plan: OrderPlan) -> tuple[str, ...]:
    """The sentence with both sums where the target will not arrive at what the order comes to."""
    if plan.expected == plan.wanted:
        return ()
    shown, wanted = plan.expected, plan.wanted
    return (
        f"stays a draft: the target would show total {shown.total} with VAT {shown.vat}, "
        f"the source has {wanted.total} with VAT {wanted.vat}",
    )


def refuse_changed(draft: OrderDocument, link: Link, record: HeldRecord, *, is_wanted: bool) -> None:
    """RecordParkedError where the source does not want the order of a draft any more, or has another one by now."""
    changed = bool(link.source_hash) and link.source_hash != record.facts.get("content")
    if is_wanted and not changed:
        return
    facts = record.facts
    now_it_is = "was changed" if is_wanted else f"is now {facts.get('status')}"
    raise RecordParkedError(
        [
            Reason(
                "source_changed",
                f"the order {now_it_is} in the source since its draft was made: the draft has total {draft.total} with "
                f"VAT {draft.vat}, the source {facts.get('total')} with VAT {facts.get('vat')}",
            )
        ],
        resolution="Put the order back in the source as it was sent, or make the draft as it is an order.",
    )


def refuse_misfits(draft: OrderDocument, link: Link) -> None:
    """RecordParkedError where an order stayed a draft because the target cannot hold its prices.

    Sums that agree are not enough as long as the rows are those that we sent: one may be too much, another too little.
    """
    if not link.detail.get(MISFITS):
        return
    wanted = Totals(Decimal(str(link.detail["total"])), Decimal(str(link.detail["vat"])))
    untouched = [Decimal(amount) for amount in link.detail.get(AMOUNTS, ())] == list(draft.amounts)
    agrees = Totals(draft.total, draft.vat) == wanted
    if agrees and not (untouched and draft.state == "hold"):
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
