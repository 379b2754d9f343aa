"""What booking invoices takes from both systems, read once per run."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

from visma_sync.domain.invoice import Invoice
from visma_sync.domain.product import Product
from visma_sync.errors import ConfigurationError, RecordRejectedError
from visma_sync.sync.bookings.calendar import posting_calendar
from visma_sync.sync.bookings.entry import Surroundings
from visma_sync.sync.bookings.ports import BookingSource, BookingTarget
from visma_sync.sync.categories import vat_categories
from visma_sync.sync.lists import target_list
from visma_sync.sync.run import Run, held_record, source_lists
from visma_sync.sync.sales.buyers import Buyers, read_buyers


async def read_surroundings(
    run: Run, source: BookingSource, target: BookingTarget, invoices: Collection[Invoice]
) -> Surroundings:
    """Read what building the entries of these invoices takes.

    Raises ConfigurationError where the company may not book so at all: the cash method, or an account that only
    another ledger books on.
    """
    await _refuse_cash_method(source, invoices)
    await _refuse_control_accounts(run, target)
    base_currency = await _base_currency(run, target)
    has_foreign = any(invoice.currency != base_currency for invoice in invoices)
    return Surroundings(
        categories=await vat_categories(run, target),
        product_accounts=await _product_accounts(run, source, invoices),
        calendar=await posting_calendar(run, target),
        base_currency=base_currency,
        exchange_rates=has_foreign and (await source.company()).currency == base_currency,
        default_branch=run.default_branch,
    )


async def _refuse_cash_method(source: BookingSource, invoices: Collection[Invoice]) -> None:
    """By the cash method a sale is booked when it is paid, not when it is invoiced."""
    days = {invoice.invoiced_on for invoice in invoices}
    for year in await source.fiscal_years():
        if year.method == "cash" and any(year.start <= day <= year.end for day in days):
            raise ConfigurationError(
                f"the source keeps the fiscal year from {year.start.isoformat()} by the cash method",
                resolution="Send these sales as orders or invoices (send_sales_as), or book them by hand when they "
                "are paid.",
            )


async def _refuse_control_accounts(run: Run, target: BookingTarget) -> None:
    """An account that the customer ledger or the stock keeps would no longer agree with it."""
    settings = run.settings
    treated = {row.account for row in settings.vat.treatments} | {settings.rounding.account}
    used = settings.bookings.accounts | treated
    refused = [
        row["id"]
        for row in await target_list(run, target, "accounts")
        if row["id"] in used and (row["facts"]["control_module"] or not row["facts"]["allows_manual_entry"])
    ]
    if refused:
        raise ConfigurationError(
            f"bookings may not be made on the control account {', '.join(sorted(refused))}",
            resolution="Name a clearing or cash account in bookings.debit_account, and accounts that may be booked on "
            "by hand everywhere else.",
        )


async def _base_currency(run: Run, target: BookingTarget) -> str:
    rows = await target_list(run, target, "currencies")
    return next((str(row["id"]) for row in rows if row["facts"]["is_base"]), "")


async def _product_accounts(run: Run, source: BookingSource, invoices: Collection[Invoice]) -> Mapping[str, str]:
    """The accounts of products by SKU, where their labels decide; one that cannot be read has none."""
    bookings = run.settings.bookings
    if not bookings.by_product:
        return {}
    numbers = {line.product_number for invoice in invoices for line in invoice.goods if line.product_number}
    lists = await source_lists(run, "product", source)
    accounts: dict[str, str] = {}
    for record in await source.articles(numbers):
        with suppress(RecordRejectedError):
            read = run.mapping("product").read(record.body, lists=lists, settings=run.settings)
            accounts[record.number] = bookings.account_of(cast(Product, read).labels)
    return accounts


async def read_customers(run: Run, source: BookingSource, invoices: Sequence[Invoice]) -> Buyers:
    """The customers of these invoices; those that this run has read before are not read again."""
    name = run.flow_of("customer")
    keys = {invoice.customer_key for invoice in invoices}
    held_before = run.ledger.held(name, keys, with_source=False)
    known = {key for key, record in held_before.items() if record.run_id == run.run_id}
    records: list[Any] = await source.customers(keys - known) if keys - known else []
    held = [held_record(run, "customer", record, record.key) for record in records]
    run.ledger.hold(name, run.run_id, held, {})
    return await read_buyers(run, source, keys)
