"""How many calls each flow makes for a thousand records, beside the least that is possible."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.company import SOURCE_COLLECTIONS, TARGET_COLLECTIONS, Company, everything, latest_interval
from bench.least import bookings, customers, invoices, payments, products, stock
from bench.least.terms import Measured
from bench.pair import Pair, decided_settings
from bench.sandbox import running_sandbox
from local.sandbox_control import Requests
from visma_sync.sync.fetch import Window
from visma_sync.sync.report import Report

RECORDS = 1000
MOST_OF_LEAST = 1.05
FEW_ORDERS = 10
# So many customers and articles as a thousand orders have.
BUYERS, ARTICLES = 250, 400
SOURCE = (*SOURCE_COLLECTIONS, "customerinvoices")
TARGET = (*TARGET_COLLECTIONS, "invoices", "credit_notes", "payments", "journals", "adjustments")


@dataclass(frozen=True)
class Row:
    """How a flow is measured: in which company, after which other flows, and against which least.

    `before` names flows in full.

    `changed` names a collection of eAccounting and a field of it: then a run that sees every record changed is measured
    too.
    """

    least: Callable[[Measured], dict[str, int]]
    company: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    prepare: Callable[[Company], None] = lambda _: None
    changed: tuple[str, str] | None = None


def stock_articles(company: Company) -> None:
    """Articles with a balance, which Visma.net does not have yet."""
    for number in range(RECORDS):
        company.enter_article(Number=f"STOCK-{number:04d}", IsStock=True, StockBalance=1 + number % 40, PurchasePrice=3)


OF_INVOICES = {"invoices": RECORDS, "customers": BUYERS, "articles": ARTICLES}
ROWS: Mapping[str, Row] = {
    "products": Row(products.least_calls, {"articles": RECORDS}, changed=("articles", "Name")),
    "customers": Row(customers.least_calls, {"customers": RECORDS}, changed=("customers", "Telephone")),
    "stock": Row(stock.least_calls, before=("products_eaccounting_to_vismanet",), prepare=stock_articles),
    "invoices": Row(invoices.least_calls, OF_INVOICES, {"send_sales_as": {"default": "invoice"}}),
    "bookings": Row(
        bookings.least_calls,
        OF_INVOICES,
        {"send_sales_as": {"default": "booking"}, "bookings": {"per": "invoice"}},
    ),
    "payments": Row(
        payments.least_calls,
        {**OF_INVOICES, "invoices": 2 * RECORDS},
        {"send_sales_as": {"default": "invoice"}},
        before=("invoices_eaccounting_to_vismanet",),
    ),
}
# What follows the records of a flow that goes the other way.
BACK = "_to_eaccounting"


def flow_of(name: str) -> str:
    """The flow of a row: `stock`, or `stock_to_eaccounting` for the other direction."""
    records = name.removesuffix(BACK)
    return f"{records}_eaccounting_to_vismanet" if records == name else f"{records}_vismanet_to_eaccounting"


def measure(name: str) -> bool:
    """Measure a flow and print what was found; whether its goals are reached."""
    row = ROWS[name]
    flow = flow_of(name)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sandbox(FEW_ORDERS, **row.company) as address,
    ):
        company = Company(Pair(address, Path(folder), settings=decided_settings(row.decided)))
        row.prepare(company)
        for before in row.before:
            company.run(everything(), before)
        reached = [_run(company, name, row, everything(), is_first=not row.before)]
        if row.changed:
            collection, of_record = row.changed
            for record in company.holdings((collection,), ()).source[collection]:
                company.change(collection, record["Id"], **{of_record: "Changed"})
            reached.append(_run(company, name, row, latest_interval(company), is_first=False, run="changed_"))
        _, again = company.run(everything(), flow)
        writes = sum(again.writes.values())
        _say(name, second_run_writes=writes, second_run_calls=again.total)
    return all(reached) and writes == 0


def _run(company: Company, name: str, row: Row, window: Window, *, is_first: bool, run: str = "") -> bool:
    flow = flow_of(name)
    before = company.holdings(SOURCE, TARGET)
    report, requests = company.run(window, flow)
    measured = Measured(before, company.holdings(SOURCE, TARGET), company.ended(flow), is_first)
    terms = row.least(measured)
    return _compared(f"{name}_{run}", terms, report, requests)


def _compared(prefix: str, terms: Mapping[str, int], report: Report, requests: Requests) -> bool:
    least = sum(terms.values())
    _say(prefix, read=report.read, **report.counts)
    _say(prefix, **{f"least_{term}": calls for term, calls in terms.items() if calls}, least=least)
    _say(prefix, calls=requests.total, ratio=f"{requests.total / least:.3f}")
    for operation, count in requests.by_operation.items():
        print(f"{prefix}run {operation}: {count}", flush=True)
    return (
        requests.total <= MOST_OF_LEAST * least and sum(report.counts.get(one, 0) for one in ("created", "updated")) > 0
    )


def _say(prefix: str, **facts: object) -> None:
    for name, value in facts.items():
        print(f"{prefix.rstrip('_')}_{name}: {value}", flush=True)
