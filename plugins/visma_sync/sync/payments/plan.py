"""What is decided about a payment before the mapping writes it: how much, on which invoices, by which account; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from visma_sync.domain.money import ZERO
from visma_sync.domain.payment import Payment
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.payments.money import refuse_odd
from visma_sync.sync.payments.standing import RELEASED, Account

_CLOSED = "closed_in_customer_ledger"


@dataclass(frozen=True)
class Part:
    """How much of a payment settles which invoice of the target."""

    invoice: str
    amount: Decimal


@dataclass(frozen=True)
class PaymentPlan:
    """Everything that is decided about a payment; amounts in its currency. Empty texts mean "the target decides"."""

    marker: str
    customer: str
    amount: Decimal
    parts: tuple[Part, ...]
    payment_method: str
    cash_account: str


@dataclass(frozen=True)
class Surroundings:
    """What the plan of a payment needs to know besides it.

    `account` is None where its invoice is not in the target yet. `cash_currencies` gives the currency of each cash
    account, where the target says it; `periods` are the target's financial periods. `another_on_its_way` tells that the
    answer to an earlier payment of the same invoice was lost; `promised` gives, by invoice of the target, what other
    payments will take of it that the account does not show yet.
    """

    account: Account | None
    cash_currencies: Mapping[str, str]
    periods: Sequence[Mapping[str, Any]]
    another_on_its_way: bool = False
    promised: Mapping[str, Decimal] = field(default_factory=dict)


def plan_payment(payment: Payment, around: Surroundings, settings: Settings) -> PaymentPlan:
    """Decide about a payment. Raises RecordParkedError with reason and cure where it cannot be booked as it is."""
    _refuse_booked_more(payment, around.account)
    refuse_odd(payment)
    if around.another_on_its_way:
        raise _parked(
            payment,
            "another_on_its_way",
            "whether an earlier payment of this invoice has arrived is not known yet",
            "Nothing to do: it goes on by itself as soon as that is known.",
        )
    account = around.account
    if account is None:
        raise _missing(payment, "its invoice is not in the target yet")
    _refuse_invoices(payment, account)
    if is_closed(payment.paid_on, around.periods):
        raise closed_period(payment.number)
    amount = payment.amount_paid - account.booked
    method, cash_account = _by_which_account(payment, around.cash_currencies, settings)
    return PaymentPlan(
        marker=account.marker,
        customer=account.invoices[0].customer,
        amount=amount,
        parts=_spread(payment, amount, account, around.promised, settings.max_rounding),
        payment_method=method,
        cash_account=cash_account,
    )


def is_closed(day: date | None, periods: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a day lies in a period of the target that is closed in its customer ledger."""
    if day is None:
        return False
    return any(period[_CLOSED] and period["start"] <= day.isoformat() <= period["end"] for period in periods)


def closed_period(number: str) -> RecordParkedError:
    """What is said of a payment whose day lies in a closed period."""
    return RecordParkedError(
        [Reason("closed_period", "the day of the payment lies in a period that is closed in the target")],
        resolution="Open the period in the target; or book the payment there by hand, then it counts as booked.",
        key=number,
    )


def settled_since(name: str, invoice: str, amount: Decimal, balance: Decimal) -> RecordParkedError:
    """What is said of a payment in the target that cannot be released, because something else settled its invoice."""
    return RecordParkedError(
        [
            Reason(
                "settled_since",
                f"payment {name} waits for its release with {amount} on invoice {invoice}, of which {balance} is open",
            )
        ],
        resolution="In the target, put the payment on invoices of the sale that are open, or take off what settled "
        "this one; its release is then tried again by itself.",
        key=name,
    )


def _refuse_booked_more(payment: Payment, account: Account | None) -> None:
    """Park what was booked, by us or by hand, and is not, or no longer, paid as the source says."""
    if account is not None and account.booked > ZERO and account.booked >= payment.amount_paid:
        raise _parked(
            payment,
            "overpaid",
            f"{payment.amount_paid} {payment.currency} were paid, but {account.booked} are booked in the target",
            "Find out which of the two is right; void in the target what was never paid.",
        )


def _refuse_invoices(payment: Payment, account: Account) -> None:
    for invoice in account.invoices:
        if invoice.state not in RELEASED:
            raise _parked(
                payment,
                "invoice_not_released",
                f"its invoice {invoice.number} stands on {invoice.state} in the target",
                "Release the invoice in the target; the payment then goes on by itself.",
            )
        if invoice.currency != payment.currency:
            raise _parked(
                payment,
                "currency_differs",
                f"its invoice {invoice.number} is in {invoice.currency} in the target, not in {payment.currency}",
                "Book the payment in the target by hand; then it counts as booked.",
            )
    if len({invoice.customer for invoice in account.invoices}) > 1:
        raise _parked(
            payment,
            "several_customers",
            "the target has its invoices on several customers",
            "Book the payment in the target by hand; then it counts as booked.",
        )


def _spread(
    payment: Payment, amount: Decimal, account: Account, promised: Mapping[str, Decimal], max_rounding: Decimal
) -> tuple[Part, ...]:
    """The amount on the invoices, oldest first, up to what is open of each; never more.

    An order that is invoiced in parts may come to a few cents less: then nothing more is waited for.
    """
    parts, left = [], amount
    for invoice in account.invoices:
        part = min(left, account.open_of(invoice) - promised.get(invoice.number, ZERO))
        if part > ZERO:
            parts.append(Part(invoice.number, part))
            left -= part
    if not left:
        return tuple(parts)
    if payment.total - account.invoiced > max_rounding:
        raise _missing(payment, "its order is not invoiced in full in the target yet")
    raise _parked(
        payment,
        "overpaid",
        f"{amount} {payment.currency} are to be booked, but only {amount - left} are open in the target",
        "Find out what else settled the invoice in the target, and take it off; the payment then goes on by itself.",
    )


def _by_which_account(payment: Payment, currencies: Mapping[str, str], settings: Settings) -> tuple[str, str]:
    """Payment method and cash account, which must keep the payment's currency."""
    terms, own = payment.payment_terms, settings.payments.by_currency.get(payment.currency)
    method = own.payment_method if own else ""
    account = own.cash_account if own else settings.cash_account.choose(terms, "cash_account")
    if account and currencies.get(account, payment.currency) != payment.currency:
        raise _parked(
            payment,
            "no_cash_account",
            f"cash account {account} is in {currencies[account]}, the payment in {payment.currency}",
            f"Name a cash account in {payment.currency} in the setting payments.by_currency.",
        )
    return method or settings.payment_method.choose(terms, "payment_method"), account


def _missing(payment: Payment, sentence: str) -> RecordParkedError:
    return _parked(
        payment, "invoice_missing", sentence, "Nothing to do: it goes on by itself as soon as the invoice is there."
    )


def _parked(payment: Payment, code: str, sentence: str, resolution: str) -> RecordParkedError:
    return RecordParkedError([Reason(code, sentence)], resolution=resolution, key=payment.number)
