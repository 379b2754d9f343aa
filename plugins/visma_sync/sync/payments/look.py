"""Reading how invoices stand in the target: page by page where that takes fewer calls than one by one."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from visma_sync.domain.payment import Payment
from visma_sync.sync.payments.ports import PaymentTarget, TargetInvoice, TargetPayment
from visma_sync.sync.payments.standing import Account, account_of, entered_of
from visma_sync.sync.run import Run, now

_ONE_DAY = timedelta(days=1)


async def read_accounts(run: Run, target: PaymentTarget, payments: Mapping[str, Payment]) -> dict[str, Account]:
    """How the invoices of these payments stand, by key; those whose invoice is not in the target are left out."""
    numbers = await _numbers_in_target(run, target, payments)
    wanted = {number for of_one in numbers.values() for number in of_one}
    if not wanted:
        return {}
    invoices = await _invoices(target, wanted, min(payments[key].invoiced_on for key in numbers))
    booked = await _payments(target, invoices.keys(), min(invoice.dated_on for invoice in invoices.values()))
    return {
        key: account_of(payments[key], run.settings, [invoices[number] for number in of_one], booked, entered_of(key))
        for key, of_one in numbers.items()
        if invoices.keys() >= of_one
    }


async def _numbers_in_target(
    run: Run, target: PaymentTarget, payments: Mapping[str, Payment]
) -> dict[str, frozenset[str]]:
    """By key, the target's invoices of a payment: that of our invoice, else those of the orders it charges."""
    charged = {key: payment for key, payment in payments.items() if not payment.is_credit}
    invoices = run.ledger.links("invoice", {payment.key for payment in charged.values()})
    from_orders = {key: payment for key, payment in charged.items() if payment.key not in invoices}
    orders = run.ledger.links("order", {order for payment in from_orders.values() for order in payment.order_keys})
    of_orders = await _invoices_of_orders(target, {key: link.target_key for key, link in orders.items()})
    numbers = {
        key: frozenset({invoices[payment.key].target_key.rsplit("/", 1)[-1]})
        for key, payment in charged.items()
        if payment.key in invoices
    }
    for key, payment in from_orders.items():
        if payment.order_keys and orders.keys() >= set(payment.order_keys):
            numbers[key] = frozenset().union(*(of_orders[order] for order in payment.order_keys))
    return {key: of_one for key, of_one in numbers.items() if of_one}


async def _invoices_of_orders(target: PaymentTarget, orders: Mapping[str, str]) -> dict[str, frozenset[str]]:
    rows = await asyncio.gather(*(target.shipments.of_order(*order.split("/", 1)) for order in orders.values()))
    return {
        key: frozenset(row.invoice for row in of_one if row.invoice and row.invoice_type == "invoice")
        for key, of_one in zip(orders, rows, strict=True)
    }


async def _invoices(target: PaymentTarget, numbers: Collection[str], since: date) -> dict[str, TargetInvoice]:
    """The invoices with these numbers; most are of that day or later, those that are not are read one by one."""
    wanted = set(numbers)
    found: dict[str, TargetInvoice] = {}
    pages = 0
    if len(wanted) > 1:
        async for page in target.invoices.changed(None, dated_from=since):
            found.update({invoice.number: invoice for invoice in page if invoice.number in wanted})
            pages += 1
            if len(wanted) - len(found) <= pages:
                break
    rest = await asyncio.gather(*(target.invoices.get(number) for number in sorted(wanted - found.keys())))
    return found | {invoice.number: invoice for invoice in rest if invoice is not None}


async def _payments(target: PaymentTarget, invoices: Collection[str], since: date) -> list[TargetPayment]:
    """The payments on these invoices, and others: no invoice is settled before the day before its own."""
    found: dict[str, TargetPayment] = {}
    pages = 0
    if len(invoices) > 1:
        async for page in target.payments.changed(_day_before(since)):
            found.update(_by_number(page))
            pages += 1
            if pages == len(invoices):
                break
        else:
            return list(found.values())
    for of_one in await asyncio.gather(*(target.payments.of_invoice(number) for number in invoices)):
        found.update(_by_number(of_one))
    return list(found.values())


def _by_number(payments: Iterable[TargetPayment]) -> dict[str, TargetPayment]:
    return {payment.number: payment for payment in payments}


def _day_before(day: date) -> datetime:
    """The start of the day before, UTC: the target compares its own local time. An invoice may be dated ahead."""
    return datetime.combine(min(day, now().date()) - _ONE_DAY, time(), UTC)
