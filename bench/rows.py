"""How many calls each flow makes for a thousand records, beside the least that is possible."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.company import SOURCE_COLLECTIONS, TARGET_COLLECTIONS, Company, everything, latest_interval
from bench.least import (
    bookings,
    customers,
    customers_back,
    invoices,
    order_status_back,
    orders_back,
    payments,
    products,
    products_back,
    stock,
    stock_back,
)
from bench.least.terms import Holdings, Measured
from bench.pair import Pair, decided_settings
from bench.people import (
    DIFFERENT_LATER,
    Done,
    changed_in_eaccounting,
    changed_in_vismanet,
    completed_orders,
    counted_goods,
    debtors,
    items,
    nobody,
    some_counted_again,
    stock_articles,
    web_orders,
)
from bench.sandbox import running_sandbox
from local.sandbox_control import Requests
from visma_sync.flows import is_mirrored
from visma_sync.sync.fetch import Window
from visma_sync.sync.report import Report

RECORDS = 1000
# So many customers and articles as a thousand orders have.
BUYERS, ARTICLES = 250, 400
MOST_OF_LEAST = 1.05
# Of so many articles more than 10,000 are goods that are sold by the piece.
FEW_ORDERS, MANY_ARTICLES = 10, 10_900
SOURCE = (*SOURCE_COLLECTIONS, "customerinvoices")
TARGET = (*TARGET_COLLECTIONS, "invoices", "credit_notes", "payments", "journals", "adjustments", "stock")
ORDERS, PRODUCTS = "orders_eaccounting_to_vismanet", "products_eaccounting_to_vismanet"


@dataclass(frozen=True)
class Row:
    """How a flow is measured: in which company, after what people and other flows did, and against which least.

    People `prepare`, the flows `before` run (named in full), and people act `meanwhile`. With `changed` a run that sees
    what people changed after the first one is measured too, in which operations are called `at_most` so often.
    """

    least: Callable[[Measured], dict[str, int]]
    company: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)
    prepare: Done = nobody
    before: tuple[str, ...] = ()
    meanwhile: Done = nobody
    changed: Done | None = None
    at_most: Mapping[str, int] = field(default_factory=dict)
    orders: int = FEW_ORDERS


OF_INVOICES = {"invoices": RECORDS, "customers": BUYERS, "articles": ARTICLES}
ROWS: Mapping[str, Row] = {
    "products": Row(products.least_calls, {"articles": RECORDS}, changed=changed_in_eaccounting("articles", "Name")),
    "customers": Row(
        customers.least_calls, {"customers": RECORDS}, changed=changed_in_eaccounting("customers", "Telephone")
    ),
    "stock": Row(stock.least_calls, before=(PRODUCTS,), prepare=stock_articles),
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
    "order_status_to_eaccounting": Row(
        order_status_back.least_calls, before=(ORDERS,), meanwhile=completed_orders, orders=RECORDS
    ),
    "stock_to_eaccounting": Row(
        stock_back.least_calls,
        {"articles": MANY_ARTICLES},
        prepare=counted_goods,
        changed=some_counted_again,
        at_most={f"{method} /eaccounting/v2/articles/{{articleId}}": DIFFERENT_LATER for method in ("GET", "PUT")},
    ),
    "products_to_eaccounting": Row(
        products_back.least_calls,
        prepare=items(RECORDS),
        changed=changed_in_vismanet("items", "inventoryNumber", description="Changed"),
    ),
    "customers_to_eaccounting": Row(
        customers_back.least_calls,
        prepare=debtors(RECORDS),
        changed=changed_in_vismanet("customers", "number", mainContact={"phone1": "+31 50 7654321"}),
    ),
    "orders_to_eaccounting": Row(orders_back.least_calls, {"articles": ARTICLES}, prepare=web_orders(RECORDS, BUYERS)),
}
# What follows the records of a flow that goes the other way.
BACK = "_to_eaccounting"


def flow_of(name: str) -> str:
    """The flow of a row: `stock`, or `stock_to_eaccounting` for the other direction."""
    records = name.removesuffix(BACK)
    return f"{records}_eaccounting_to_vismanet" if records == name else f"{records}_vismanet_to_eaccounting"


def measure(name: str, row: Row) -> bool:
    """Measure the flow of a row and print what was found; whether its goals are reached."""
    flow = flow_of(name)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_sandbox(row.orders, **row.company) as address,
    ):
        company = Company(Pair(address, Path(folder), settings=decided_settings(row.decided)))
        row.prepare(company)
        for before in row.before:
            company.run(everything(), before)
        row.meanwhile(company)
        reached = [_run(company, name, replace(row, at_most={}), everything(), is_first=not row.before)]
        if row.changed:
            row.changed(company)
            reached.append(_run(company, name, row, latest_interval(company), is_first=False, run="changed_"))
        _, again = company.run(everything(), flow)
        writes = sum(again.writes.values())
        _say(name, second_run_writes=writes, second_run_calls=again.total)
    return all(reached) and writes == 0


def _run(company: Company, name: str, row: Row, window: Window, *, is_first: bool, run: str = "") -> bool:
    flow = flow_of(name)
    before = _holdings(company, flow)
    report, requests = company.run(window, flow)
    terms = row.least(Measured(before, _holdings(company, flow), company.ended(flow), is_first))
    _tell(f"{name}_{run}", terms, report, requests)
    return (
        is_near(sum(terms.values()), requests.total)
        and all(requests.by_operation.get(operation, 0) <= most for operation, most in row.at_most.items())
        and sum(report.counts.get(one, 0) for one in ("created", "updated")) > 0
    )


def is_near(least: int, calls: int) -> bool:
    """Whether a run made hardly more calls than the least; one that makes fewer left something out."""
    return least <= calls <= MOST_OF_LEAST * least


def _holdings(company: Company, flow: str) -> Holdings:
    held = company.holdings(SOURCE, TARGET)
    return held.exchanged() if is_mirrored(flow) else held


def _tell(prefix: str, terms: Mapping[str, int], report: Report, requests: Requests) -> None:
    least = sum(terms.values())
    _say(prefix, read=report.read, **report.counts)
    _say(prefix, **{f"least_{term}": calls for term, calls in terms.items() if calls}, least=least)
    _say(prefix, calls=requests.total, ratio=f"{requests.total / least:.3f}")
    for operation, count in requests.by_operation.items():
        print(f"{prefix}run {operation}: {count}", flush=True)


def _say(prefix: str, **facts: object) -> None:
    for name, value in facts.items():
        print(f"{prefix.rstrip('_')}_{name}: {value}", flush=True)
