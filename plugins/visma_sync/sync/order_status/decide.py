"""What the state of an order in the source asks of the order in the target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain import order
from visma_sync.domain.order_status import OrderStatus
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.mirror_order_status import Meaning, OrderStatusSettings
from visma_sync.sync.order_status.ports import OrderState

STAGES: Sequence[str] = tuple(order.OrderStatus)
ONGOING, SHIPPED, INVOICED = STAGES[1:]
# How much of an order the meaning of its state says; less than before says that the source went backwards. That it is
# charged is no more than that it has left: an order that was invoiced can end as completed.
_SAID: Mapping[str, int] = {"ongoing": 0, "partly": 1, "shipped": 2, "invoiced": 2}


@dataclass(frozen=True)
class Step:
    """One step of an order, under the name by which the ledger keeps it."""

    action: str
    before: str
    after: str

    def is_done_at(self, stage: str) -> bool:
        """Whether an order at this stage has made the step."""
        if self.before == SHIPPED and self.after == ONGOING:
            return not is_further(stage, ONGOING)
        return not is_further(self.after, stage)


REOPEN = Step("reopen", SHIPPED, ONGOING)
FORWARDS = (
    Step("open", STAGES[0], ONGOING),
    Step("ship", ONGOING, SHIPPED),
    Step("invoice", SHIPPED, INVOICED),
)


@dataclass(frozen=True)
class Wanted:
    """What the source says (`said`), and the stage that this asks for; empty where there will be no delivery.

    `waits` is why it is not taken as far as it is to go: its record then waits at that stage.
    """

    said: Meaning
    stage: str
    waits: RecordParkedError | None = None

    def went_back(self, said_before: str) -> bool:
        """Whether the source says less than it said before."""
        return _SAID.get(said_before, -1) > _SAID[self.said]

    def says_more(self, said_before: str) -> bool:
        """Whether the source says more than it said before."""
        return _SAID[self.said] > _SAID.get(said_before, -1)


def further_meaning(said: str, other: str) -> str:
    """The one of two meanings that says more of an order."""
    return max(said, other, key=lambda one: _SAID.get(one, -1))


def is_further(stage: str, than: str) -> bool:
    """Whether a stage comes after another."""
    return STAGES.index(stage) > STAGES.index(than)


def asks_for_departures(state: str, decided: OrderStatusSettings) -> bool:
    """Whether the shipments of an order in this state matter."""
    said = decided.table.get(state)
    if said in {"ongoing", "partly"} and decided.partial == "shipped":
        return True
    if said == "partly":
        return decided.note
    return said in {"shipped", "invoiced"} and (decided.note or decided.invoice_in_eaccounting)


def wanted(status: OrderStatus, decided: OrderStatusSettings, *, may_be_invoiced: bool) -> Wanted:
    """The stage that an order is to have; RecordParkedError (`no_counterpart`) where the settings do not say.

    `may_be_invoiced` tells that the settings let it be invoiced, and that nothing else charges its sale.
    """
    said = decided.table.get(status.state)
    if said is None:
        raise parked(
            "no_counterpart",
            f"order {status.document} has the state {status.state}, which has no counterpart",
            "Say in mirror.order_status.table what it means; or leave the order out by a filter.",
        )
    if said == "cancelled":
        return Wanted(said, "")
    if said in {"ongoing", "partly"}:
        # What has left stays shipped, also while the order waits for the rest and is open again.
        return Wanted(said, SHIPPED if decided.partial == "shipped" and status.shipments else ONGOING)
    if not may_be_invoiced:
        return Wanted(said, SHIPPED)
    if said == "shipped" and not status.charges:
        return Wanted(said, SHIPPED)
    if not status.is_charged or not all(charge.is_released for charge in status.charges):
        return Wanted(said, SHIPPED, waits=_not_released(status))
    return Wanted(said, INVOICED)


def steps_to(present: str, wish: Wanted, said_before: str, decided: OrderStatusSettings) -> tuple[Step, ...]:
    """The steps from where an order is to where it is to be; none where it is further already.

    RecordParkedError (`moved_backwards`) where the source itself went backwards, and nobody decided to follow that.
    """
    if present == wish.stage or not is_further(present, wish.stage):
        return tuple(step for step in FORWARDS if not step.is_done_at(present) and step.is_done_at(wish.stage))
    if not wish.went_back(said_before):
        return ()
    if decided.backwards == "follow" and (present, wish.stage) == (REOPEN.before, REOPEN.after):
        return (REOPEN,)
    raise parked(
        "moved_backwards",
        f"the source went back from {said_before} to {wish.said}, and the order is {present} in the target",
        "Credit the invoice in the target if it must not stand, or leave the order out by a filter."
        if present == INVOICED
        else "Take the order back in the target, or let mirror.order_status.backwards follow; it goes on by itself.",
    )


def refuse_unequal(status: OrderStatus, present: OrderState) -> None:
    """What would be invoiced must be what the source charges, to the cent; RecordParkedError (`total_mismatch`)."""
    total = sum((charge.total for charge in status.charges), Decimal(0))
    vat = sum((charge.vat for charge in status.charges), Decimal(0))
    if not present.comes_to(total, vat):
        numbers = ", ".join(charge.number for charge in status.charges)
        raise parked(
            "total_mismatch",
            f"{numbers} of order {status.document} charges {total} with VAT {vat}; the order is another amount by now",
            "Correct the order, or invoice it by hand; it goes on by itself.",
        )


def parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    """A reason for an order to wait."""
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)


def _not_released(status: OrderStatus) -> RecordParkedError:
    return parked(
        "invoice_not_released",
        f"order {status.document} is not charged by released invoices yet",
        "Make and release its invoice in the source; it goes on by itself.",
    )
