"""How an invoice of the source stands in the target: its invoices there, and the money that is booked on them; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.money import ZERO
from visma_sync.domain.payment import Payment
from visma_sync.settings.model import Settings
from visma_sync.sync.payments.ports import TargetInvoice, TargetPayment
from visma_sync.sync.reference import amount_text

# The states of what is released; only then does it show in the balance of an invoice.
RELEASED = ("open", "closed")
# Credit notes and write-offs settle invoices too, but are no money.
_MONEY = ("payment", "prepayment")


def our_payments(payment: Payment, settings: Settings) -> str:
    """How the markers of all our payments of an invoice begin."""
    return f"{settings.marker_prefix}{payment.number}/"


def key_of(payment: Payment, entered: int = 1) -> str:
    """The key of a payment: its invoice and what is paid of it by then. When more is paid, that is another record.

    So is what was `entered` anew in the source, after a correction of what we had booked already.
    """
    return f"{payment.key}/{amount_text(payment.amount_paid)}{_again(entered)}"


def entered_of(key: str) -> int:
    """The how-manieth time a payment was entered in the source, by its key; 1 where nothing was corrected."""
    _, _, entered = [*key.split("/"), "", ""][:3]
    return int(entered or 1)


def marker_of(payment: Payment, settings: Settings, entered: int = 1) -> str:
    """The marker of a payment: its invoice's number, what is paid of it by then, and when entered anew, that."""
    return f"{our_payments(payment, settings)}{amount_text(payment.amount_paid)}{_again(entered)}"


def _again(entered: int) -> str:
    return f"/{entered}" if entered > 1 else ""


@dataclass(frozen=True)
class Account:
    """The target's invoices of a sale, oldest first, and the payments on them that were not voided.

    `marker` is that of the payment in question, `ours` how the markers of all our payments of its invoice begin;
    `total` is the source's invoice. Amounts are in the invoices' currency.
    """

    invoices: tuple[TargetInvoice, ...]
    payments: tuple[TargetPayment, ...]
    marker: str
    ours: str
    total: Decimal

    @property
    def invoiced(self) -> Decimal:
        """What the target's invoices come to."""
        return sum((invoice.total for invoice in self.invoices), ZERO)

    @property
    def landed(self) -> TargetPayment | None:
        """The payment in question, where the target has it already."""
        return next((one for one in self.payments if one.reference == self.marker), None)

    @property
    def booked(self) -> Decimal:
        """The money that is booked besides the payment in question.

        What people booked counts where the invoices are exactly the source's. Where an order has further invoices on
        either side, only our own payments say to which invoice of the source they belong.
        """
        numbers = {invoice.number for invoice in self.invoices}
        all_count = self.invoiced == self.total
        counted = (one for one in self._others if all_count or one.reference.startswith(self.ours))
        return sum((_on(one, numbers) for one in counted), ZERO)

    def open_of(self, invoice: TargetInvoice) -> Decimal:
        """What the payment in question may settle of an invoice.

        Its balance, without what payments will take that wait for their release; with what it took itself, where it
        has landed already.
        """
        waiting = sum((_on(one, {invoice.number}) for one in self._others if one.state not in RELEASED), ZERO)
        landed = self.landed
        taken = _on(landed, {invoice.number}) if landed is not None and landed.state in RELEASED else ZERO
        return max(invoice.balance - waiting + taken, ZERO)

    @property
    def _others(self) -> list[TargetPayment]:
        return [one for one in self.payments if one.reference != self.marker and one.type in _MONEY]


def account_of(
    payment: Payment,
    settings: Settings,
    invoices: Collection[TargetInvoice],
    payments: Collection[TargetPayment],
    entered: int = 1,
) -> Account:
    """The account of an invoice; `payments` may be on other invoices as well, `entered` is that of the key."""
    numbers = {invoice.number for invoice in invoices}
    return Account(
        invoices=tuple(sorted(invoices, key=lambda invoice: (invoice.dated_on, invoice.number))),
        payments=tuple(one for one in payments if one.state != "voided" and _settles(one, numbers)),
        marker=marker_of(payment, settings, entered),
        ours=our_payments(payment, settings),
        total=payment.total,
    )


def _settles(payment: TargetPayment, numbers: Collection[str]) -> bool:
    return any(line.document_type == "invoice" and line.number in numbers for line in payment.applied)


def _on(payment: TargetPayment, numbers: Collection[str]) -> Decimal:
    """How much of a payment is on these invoices."""
    lines = (line for line in payment.applied if line.document_type == "invoice" and line.number in numbers)
    return sum((line.amount for line in lines), ZERO)
