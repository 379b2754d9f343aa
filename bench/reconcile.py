"""Comparing 10,000 orders a side with 100 planted differences: all found, none invented, and how many calls it takes.

Everything over real HTTP: the flow sends the orders, a person plants the differences at the screens of both imitated
systems, the comparison reads both. Then once more: what was read of an order is not read again.
Prints `name: value` lines; ends with status 1 when a difference was missed or invented, or a call was made too many.
Run: `python -m bench.reconcile [--documents 10000]`.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import httpx

from bench.company import Company, everything
from bench.pair import Pair
from bench.sandbox import running_sandbox
from bench.steps import ORDERS
from local.sandbox_control import Requests, SandboxControl
from visma_sync.flows import FLOWS, flow_mapping, flows_by_kind
from visma_sync.sync.reconcile.documents import Period
from visma_sync.sync.reconcile.reconcile import Reconciled, reconcile
from visma_sync.sync.run import Run
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

DOCUMENTS = 10_000
# Of a hundred orders so many can be sent: the others are drafts, and what an order of the imitated shop may lack.
SENT_OF_100 = 94
PLANTED = {"missing": 20, "double": 16, "amount": 16, "vat": 16, "currency": 16, "deleted": 16}
SOURCE_PAGE, TARGET_PAGE, NUMBERS_AT_ONCE = 1000, 100, 20
MOST = 1.05


@dataclass(frozen=True)
class Screens:
    """What people do in both imitated systems."""

    address: str

    def act(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Do something at a screen; gives what it shows then."""
        answer = httpx.request(method, f"{self.address}/_sandbox/{path}", json=body or {}, timeout=60, trust_env=False)
        done: dict[str, Any] = answer.raise_for_status().json()
        return done

    def rows(self, path: str) -> list[dict[str, Any]]:
        """A collection of a system."""
        answer = httpx.get(f"{self.address}/_sandbox/state/{path}", timeout=120, trust_env=False).raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows


def plant(screens: Screens) -> dict[str, str]:
    """Make both systems differ in a hundred orders; gives the kind of each difference by the order's number."""
    orders = _with_one_vat_code(screens.rows("vismanet/orders"))
    planted = {str(screens.act("POST", "eaccounting/orders")["Number"]): "missing" for _ in range(PLANTED["missing"])}
    for kind, count in list(PLANTED.items())[1:]:
        for _ in range(count):
            order = next(orders)
            _differ(screens, kind, order)
            planted[order["customer"]["refNo"]] = kind
    return planted


def _with_one_vat_code(orders: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Orders all over the list that are charged the high Dutch VAT and no other."""
    fitting = [
        order
        for order in orders
        if {line["taxCategoryId"] for line in order["lines"]} == {"NL21"}
        and order["freight"].get("taxCategoryId") in {None, "NL21"}
        and order["status"]["description"] == "Open"
    ]
    return iter(fitting[:: max(1, len(fitting) // sum(PLANTED.values()))])


def _differ(screens: Screens, kind: str, order: dict[str, Any]) -> None:
    place = f"vismanet/orders/{order['type']}/{order['orderId']}"
    if kind == "deleted":
        screens.act("DELETE", place)
    elif kind == "double":
        customer = {"id": order["customer"]["id"], "refNo": order["customer"]["refNo"]}
        screens.act("POST", "vismanet/orders", {"type": order["type"], "customer": customer})
    elif kind == "amount":
        screens.act("POST", place, {"lines": [{"inventoryId": "ROUNDING", "quantity": 1, "unitPrice": 5}]})
    elif kind == "currency":
        screens.act("POST", place, {"currencyId": "SEK"})
    else:
        lines = [{"lineId": line["lineId"], "taxCategoryId": "BE21"} for line in order["lines"]]
        freight = {"freight": {"taxCategoryId": "BE21"}} if order["freight"]["premiumAmount"] else {}
        screens.act("POST", place, {"taxZoneId": "EUPRIVATE", "changed_lines": lines, **freight})


def compare(pair: Pair, name: str) -> tuple[Reconciled, Requests, float]:
    """Compare every order; gives the result, the calls and the seconds."""
    flows = flows_by_kind(ORDERS)
    run = Run(
        run_id=name,
        kind="order",
        ledger=pair.ledger(),
        settings=pair.settings,
        flows=flows,
        mappings={kind: flow_mapping(flow, pair.settings) for kind, flow in flows.items()},
        lists={kind: FLOWS[flow].lists for kind, flow in flows.items()},
    )
    today = datetime.now(tz=UTC).date()

    async def compared() -> Reconciled:
        many = run.settings.max_concurrency
        source = EAccountingClient(pair.source(max_concurrency=many), tokens=run.ledger, budget=run.ledger)
        target = VismaNetClient(pair.target(max_concurrency=many), tokens=run.ledger, budget=run.ledger)
        async with source, target:
            period = Period(today - timedelta(days=400), today + timedelta(days=1))
            return await reconcile(run, source, target, period, FLOWS[ORDERS].needs)

    control = SandboxControl(pair.address)
    control.count_from_now()
    began = time.perf_counter()
    result = asyncio.run(compared())
    return result, control.requests(), time.perf_counter() - began


def least_calls(screens: Screens, moved: int, deleted: int, missing: int) -> int:
    """The pages of both lists, the VAT of what moved, and a look for each document that its list does not have.

    Whether an order is missing is what a dry run of the flow says: the orders by number, a customer, the products, and
    the target's orders since the oldest of them, which here are all. Tokens are those of the flow.
    """
    source, target = len(screens.rows("eaccounting/orders")), len(screens.rows("vismanet/orders"))
    both, target_pages = ceil(source / SOURCE_PAGE) + ceil(target / TARGET_PAGE), ceil(target / TARGET_PAGE)
    return both + moved + deleted + (ceil(missing / NUMBERS_AT_ONCE) + 2 + target_pages if missing else 0)


def told(result: Reconciled) -> set[tuple[str, str]]:
    """What the comparison says: number and kind of each difference."""
    return {(one.number, one.kind) for one in result.differences}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; the exit status says whether all was found and nothing invented."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--documents", type=int, default=DOCUMENTS)
    documents = options.parse_args(arguments).documents
    orders = ceil(documents * 100 / SENT_OF_100)
    with running_sandbox(orders) as address, tempfile.TemporaryDirectory() as folder:
        pair, screens = Pair(address, Path(folder)), Screens(address)
        began = time.perf_counter()
        report, _ = Company(pair).run(everything())
        print(f"documents_sent: {report.counts.get('created', 0)} in {time.perf_counter() - began:.0f} s")
        clean, calls, seconds = compare(pair, "clean")
        print(f"clean: {len(clean.differences)} differences of {clean.due}, {calls.total} calls, {seconds:.1f} s")
        least = least_calls(screens, 0, 0, 0)
        right = [not clean.differences, _few_calls("clean", calls, least)]
        planted = plant(screens)
        for name in ("planted", "planted_again"):
            result, calls, seconds = compare(pair, name)
            missed, invented = set(planted.items()) - told(result), told(result) - set(planted.items())
            found = len(set(planted.items())) - len(missed)
            print(f"{name}: {found} of {len(planted)} found, {len(invented)} invented, {seconds:.1f} s")
            moved = PLANTED["amount"] + PLANTED["vat"] + PLANTED["currency"] if name == "planted" else 0
            least = least_calls(screens, moved, PLANTED["deleted"], PLANTED["missing"])
            right += [not missed, not invented, _few_calls(name, calls, least)]
    return 0 if all(right) else 1


def _few_calls(name: str, calls: Requests, least: int) -> bool:
    print(f"{name}_calls: {calls.total} of at least {least} ({calls.total / least:.3f})")
    for operation, count in sorted(calls.by_operation.items()):
        print(f"  {count:6} {operation}")
    return calls.total <= least * MOST


if __name__ == "__main__":
    sys.exit(main())
