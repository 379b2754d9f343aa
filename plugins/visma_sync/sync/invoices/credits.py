"""Credit invoices follow the sale that they take back: on its path, or not at all."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.invoice import Invoice
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import HeldRecord
from visma_sync.sync.flow import ECHO, RecordFlow
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import source_lists
from visma_sync.sync.sales.paths import SalePaths


def sales_of(invoice: Invoice) -> list[str]:
    """The keys of the sales that an invoice sends: the orders that it charges, else itself.

    A credit invoice that takes an invoice back sends no sale of its own.
    """
    if invoice.is_credit and invoice.refers_to:
        return []
    return list(invoice.order_keys) or [invoice.key]


async def paths_of_credits(flow: RecordFlow[Invoice], path: str, credits: Mapping[str, HeldRecord]) -> dict[str, str]:
    """By key, the path that the sale taken back by each of these credit invoices went; else the one it would go.

    `credits` say in the fact `takes_back` which invoice; `path` is that of the flow. ECHO where that sale came from the
    target.
    """
    run = flow.run
    takes_back = {key: str(record.facts["takes_back"]) for key, record in credits.items()}
    sales = await sales_of_invoices(flow, set(takes_back.values()))
    of_credits = {sale for keys in sales.values() for sale in keys}
    went = dict.fromkeys(run.ledger.mirrored().links_by_target("order", of_credits), ECHO)
    went |= run.ledger.sale_paths(of_credits)
    paths: dict[str, str] = {}
    undecided: dict[str, HeldRecord] = {}
    for key, invoice in takes_back.items():
        known = [went[sale] for sale in sales.get(invoice, ()) if sale in went]
        if known:
            paths[key] = known[0]
        else:
            direct = sales.get(invoice) == [invoice]
            undecided[key] = replace(credits[key], facts={**credits[key].facts, "direct": direct})
    references = [_reference(key, record) for key, record in undecided.items()]
    refusals = await SalePaths(run, flow.source).refusals(path, references, undecided) if references else {}
    return paths | {key: refusals.get(key, f"sent_as_{path}").removeprefix("sent_as_") for key in undecided}


def _reference(key: str, record: HeldRecord) -> Reference:
    return Reference(**{**plain_reference(key, record.number), "date": str(record.facts["date"])})


async def sales_of_invoices(flow: RecordFlow[Invoice], keys: Collection[str]) -> dict[str, list[str]]:
    """The sales of these invoices as they were last read; those that never were are read now."""
    run = flow.run
    held = run.ledger.held(run.flow, keys, with_source=False)
    sales: dict[str, list[str]] = {
        key: [str(sale) for sale in record.facts["sales"]] for key, record in held.items() if "sales" in record.facts
    }
    if unread := set(keys) - sales.keys():
        lists = await source_lists(run, run.kind, flow.source)
        for record in await flow.by_key(unread):
            with suppress(RecordRejectedError):
                read: Any = run.mapping(run.kind).read(record.body, lists=lists, settings=run.settings)
                sales[record.key] = sales_of(cast(Invoice, read))
    return sales


async def settled_by_credits(flow: RecordFlow[Invoice], records: Mapping[str, HeldRecord]) -> dict[str, Decimal]:
    """By key, how much of the invoice that it takes back each of these credit invoices settles in the source.

    A credit of an invoice that was paid with money settles nothing of it: it is owed to the customer, or was paid back.
    So it is never more than what was set off from that invoice, less what earlier credits of it settled. What a list
    says of the amounts that remain is not reliable, so each is read alone.
    """
    credits = [key for key, record in records.items() if record.facts.get("takes_back")]
    taken_back = {str(records[key].facts["takes_back"]) for key in credits}
    alone = await _read_alone(flow, {*credits, *taken_back})
    left = {key: abs(alone[key].set_off) - _settled_before(flow, alone[key]) for key in taken_back if key in alone}
    settled: dict[str, Decimal] = {}
    for key in sorted(credits):
        invoice = str(records[key].facts["takes_back"])
        if key in alone and invoice in alone:
            used = abs(alone[key].total) - abs(alone[key].remaining)
            settled[key] = max(min(used, left[invoice]), Decimal(0))
            left[invoice] -= settled[key]
    return settled


def _settled_before(flow: RecordFlow[Invoice], invoice: Invoice) -> Decimal:
    links = flow.run.ledger.links("invoice", invoice.credited_by)
    return sum((Decimal(link.detail.get("settles", 0)) for link in links.values()), Decimal(0))


async def _read_alone(flow: RecordFlow[Invoice], keys: Collection[str]) -> dict[str, Invoice]:
    """Invoices with everything that the source says of them; those that are gone or unreadable are left out."""
    run = flow.run
    lists = await source_lists(run, run.kind, flow.source)
    found: dict[str, Invoice] = {}
    for record in await asyncio.gather(*(flow.source.invoice(key) for key in sorted(keys))):
        if record is not None:
            with suppress(RecordRejectedError):
                read: Any = run.mapping(run.kind).read(record.body, lists=lists, settings=run.settings)
                found[record.key] = read
    return found


def credit_of_order(number: str) -> RecordParkedError:
    """A sale that went as an order is credited there, by a person."""
    return RecordParkedError(
        [Reason("credit_of_order", f"credit invoice {number} takes back a sale that is sent as an order")],
        resolution="Credit the order's invoice in the target by hand; then leave this credit invoice out by a filter "
        "of the settings.",
    )
