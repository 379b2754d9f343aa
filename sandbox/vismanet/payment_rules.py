"""What the ERP does with payments of debtors: takes, applies, releases and voids them.

Amounts are in the payment's currency, which is its cash account's ("Visma.net ERP API", PaymentUpdateDto and
PaymentDto; an ON-IT client saw the refusal of a change after release). Inferred: a payment in one currency settles no
invoice in another one, and voiding takes effect at once.
"""

import datetime

from sandbox.vismanet.answers import Record, core_refusal, plain_refusal
from sandbox.vismanet.applications import application_faults, applied, changed_applications, settle
from sandbox.vismanet.company import Company, Payment
from sandbox.vismanet.numbers import next_number, own_number
from sandbox.vismanet.payment_checks import DERIVED, PAYMENT, faults_of_payment, filled_payment, unknown_in_payment
from sandbox.vismanet.periods import open_period
from sandbox.vismanet.tax import ZERO
from sandbox.vismanet.wrapped import merged

SERIES = "ARPAYMENT"
NOT_HEAD = ("referenceNumber", "overrideNumberSeries", "paymentLines", "ordersToApply", "financeCharges")


def make_payment(company: Company, values: Record) -> Payment:
    """Take a payment of plain values under the names of PaymentUpdateDto; raises a 400 or 500 refusal."""
    number = own_number(company, values, company.payments, "inserting the payment", PAYMENT)
    now = datetime.datetime.now(datetime.UTC)
    payment = Payment("", 0, {}, now, now)
    _lay(company, payment, values, "inserting the payment")
    payment.key = number or next_number(company, SERIES, company.payments)
    payment.internal_id, payment.version = company.next_internal_id(), company.next_version()
    company.payments[payment.key] = payment
    return payment


def change_payment(company: Company, payment: Payment, values: Record) -> None:
    """Change the given parts of a payment that is not released; any wrong value refuses the whole change."""
    if payment.released:
        raise plain_refusal(400, "Payment can't be updated because it is already released.")
    if values.get("referenceNumber") not in (None, payment.key):
        raise core_refusal(400, "updating the payment", PAYMENT, ["'Reference Nbr.' cannot be changed."])
    _lay(company, payment, values, "updating the payment")
    company.touch(payment)


def release_payment(company: Company, payment: Payment) -> None:
    """Release a payment: its invoices' balances go down, and what is left over stays open."""
    if payment.released:
        raise plain_refusal(400, f"Payment '{payment.key}' is already released.")
    if payment.values["hold"]:
        raise plain_refusal(400, f"Payment '{payment.key}' cannot be released in status Hold.")
    open_period(company, payment.values["applicationPeriod"], "CustomerLedger")
    rows = payment.values["paymentLines"]
    _refuse(400, "releasing the payment", _application_faults(company, payment.values, rows))
    settle(company, rows)
    payment.released = True
    company.touch(payment)


def void_payment(company: Company, payment: Payment) -> None:
    """Void a released payment: its invoices' balances go up again."""
    if not payment.released or payment.voided:
        raise plain_refusal(400, f"Payment '{payment.key}' cannot be voided in status {payment_status(payment)}.")
    settle(company, payment.values["paymentLines"], sign=-1)
    payment.voided, payment.unapplied = True, ZERO
    company.touch(payment)


def payment_status(payment: Payment) -> str:
    """Give the status of a payment: closed when invoices have taken all of it."""
    if payment.voided:
        return "Voided"
    if payment.released:
        return "Open" if payment.unapplied else "Closed"
    return "Hold" if payment.values["hold"] else "Balanced"


def _lay(company: Company, payment: Payment, values: Record, doing: str) -> None:
    """Lay what was sent over a payment; it changes only when all of it is right."""
    given = {name: value for name, value in values.items() if name not in NOT_HEAD}
    outdated = {derived for name in given for derived in DERIVED.get(name, ())}
    stored = {name: value for name, value in payment.values.items() if name not in outdated}
    head = filled_payment(company, merged(stored, given))
    if not head.get("customer"):
        raise core_refusal(400, doing, PAYMENT, ["'Customer' cannot be empty."])
    _refuse(500, doing, [f"'{label}' cannot be found in the system." for label in unknown_in_payment(company, head)])
    _refuse(400, doing, list(faults_of_payment(head, values)))
    open_period(company, head["applicationPeriod"], "CustomerLedger")
    stored, rows = payment.values.get("paymentLines", []), values.get("paymentLines") or []
    lines, wrong = changed_applications(stored, rows)
    _refuse(400, doing, [*wrong, *_application_faults(company, head, lines)])
    payment.values = {**head, "paymentLines": lines}
    payment.unapplied = head["paymentAmount"] - applied(lines)


def _application_faults(company: Company, head: Record, lines: list[Record]) -> list[str]:
    party = {"customerNumber": head["customer"], "currencyId": head["currency"]}
    return list(application_faults(company, party, lines, head["paymentAmount"]))


def _refuse(status: int, doing: str, reasons: list[str]) -> None:
    if reasons:
        raise core_refusal(status, doing, PAYMENT, reasons)
