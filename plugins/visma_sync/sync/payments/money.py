"""How much of an invoice's money is to be booked, as far as the source tells; pure."""

from collections.abc import Callable
from decimal import Decimal

from visma_sync.domain.money import ZERO
from visma_sync.domain.payment import Payment
from visma_sync.errors import Reason, RecordParkedError

_BY_HAND = (
    "Book it in the target by hand: it counts as booked once all of it is on the invoice there; else leave the invoice "
    "out by a filter of the settings."
)


def nothing_to_book(payment: Payment) -> str:
    """Why an invoice has no money to book: not_paid, credited, or credit_invoice; empty where it has."""
    if payment.is_credit:
        return "" if payment.paid_on else "credit_invoice"
    if payment.is_paid:
        return "" if payment.amount_paid else "credited"
    return "" if payment.amount_paid else "not_paid"


def why_odd(payment: Payment) -> str:
    """Why a person has to book this money: refund, factored or odd_remainder; empty where it is plain."""
    return next((code for code, (holds, _) in _ODD.items() if holds(payment)), "")


def refuse_odd(payment: Payment) -> None:
    """Park money that does not fit: RecordParkedError says why."""
    if code := why_odd(payment):
        raise RecordParkedError(
            [Reason(code, _ODD[code][1].format(payment=payment))], resolution=_BY_HAND, key=payment.number
        )


def _does_not_add_up(payment: Payment) -> bool:
    if payment.is_paid:
        return payment.remaining != ZERO or payment.paid_on is None or not _within(payment.amount_paid, payment.total)
    return not (_within(payment.remaining, payment.total) and payment.remaining != payment.total) or (
        not _within(payment.amount_paid, payment.total)
    )


def _within(part: Decimal, whole: Decimal) -> bool:
    """Whether a part is of the same sign as the whole, not nothing, and not more."""
    return part * whole > 0 and abs(part) <= abs(whole)


_ODD: dict[str, tuple[Callable[[Payment], bool], str]] = {
    "refund": (
        lambda payment: payment.is_credit or payment.total < ZERO,
        "money was paid back to the customer ({payment.amount_paid} {payment.currency})",
    ),
    "factored": (
        lambda payment: payment.is_sold,
        "the invoice was sold to a factor, who paid {payment.amount_paid} {payment.currency} for it",
    ),
    "odd_remainder": (
        _does_not_add_up,
        "of {payment.total} {payment.currency} {payment.remaining} remains and {payment.set_off} was set off; with the "
        "invoice {payment.status.value} that does not tell what was paid",
    ),
}
