"""What stays a draft in the target, and why: said before it is sent, and as long as it differs."""

from decimal import Decimal

from visma_sync.domain.totals import Totals
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.rows import Link
from visma_sync.sync.flow import Standing
from visma_sync.sync.mirror.orders.plan import OrderPlan

# In the detail of a link: of which rows the target cannot hold the price.
MISFITS = "misfits"


def stays_a_draft(plan: OrderPlan) -> tuple[str, ...]:
    """The sentence with both sums where the target will not arrive at what the order comes to."""
    if plan.expected == plan.wanted:
        return ()
    shown, wanted = plan.expected, plan.wanted
    return (
        f"stays a draft: the target would show total {shown.total} with VAT {shown.vat}, "
        f"the source has {wanted.total} with VAT {wanted.vat}",
    )


def refuse_misfits(standing: Standing, link: Link) -> None:
    """RecordParkedError where an order stayed a draft because the target cannot hold its prices."""
    if not link.detail.get(MISFITS):
        return
    wanted = Totals(Decimal(str(link.detail["total"])), Decimal(str(link.detail["vat"])))
    if Totals(standing.total, standing.vat or Decimal(0)) == wanted:
        return
    raise RecordParkedError(
        [
            Reason(
                "price_does_not_fit",
                f"{'; '.join(link.detail[MISFITS])}: the draft has total {standing.total} with VAT {standing.vat}, "
                f"the source {wanted.total} with VAT {wanted.vat}",
            )
        ],
        resolution="Correct the rows of the draft in the target; it becomes an order as soon as both agree.",
    )
