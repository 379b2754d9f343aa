"""How many calls the order flow makes, beside the least that is possible.

The calls are those that the sandbox counted. Prints `name: value` lines; exit code 1 where a goal is missed.
Run: `python -m bench.calls`.
"""

import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.least import Holdings, least_calls
from bench.pair import Pair
from bench.sandbox import SEED, running_sandbox
from bench.steps import MAPPINGS, run_flow
from local.sandbox_control import Requests, SandboxControl
from visma_sync.sync.fetch import Window
from visma_sync.sync.report import Report

ORDERS, MANY_ORDERS = 1000, 10_000
MOST_OF_LEAST = 1.05
MOST_OF_FIRST = 0.02
MOST_WHEN_EMPTY = 4
INTERVAL = timedelta(minutes=15)


@dataclass
class Company:
    """A pair of imitated companies between which the flow runs, and the sandbox's count of its calls."""

    pair: Pair
    runs: int = 0

    def run(self, window: Window) -> tuple[Report, Requests]:
        """Run the flow once; gives its report and its calls."""
        control = SandboxControl(self.pair.address)
        control.count_from_now()
        self.runs += 1
        report = run_flow(self.pair, window, f"run-{self.runs}")
        return report, control.requests()

    def holdings(self) -> Holdings:
        """What both systems hold now."""
        source = {name: self._rows("eaccounting", name) for name in ("orders", "customers", "articles")}
        target = {name: self._rows("vismanet", name) for name in ("orders", "customers", "contacts", "items")}
        return Holdings(source, target)

    def sent(self) -> set[str]:
        """The numbers of the orders that the last run made."""
        outcomes = self.pair.ledger().outcomes(MAPPINGS["order"], f"run-{self.runs}")
        return {outcome.number for outcome in outcomes if outcome.state == "created"}

    def change_an_order(self, number: str) -> None:
        """Change an order in eAccounting, as a person would."""
        address = f"{self.pair.address}/_sandbox/eaccounting/orders/{number}"
        httpx.post(address, json={"YourReference": "Somebody else"}, trust_env=False).raise_for_status()

    def _rows(self, system: str, collection: str) -> list[dict[str, Any]]:
        address = f"{self.pair.address}/_sandbox/state/{system}/{collection}"
        answer = httpx.get(address, timeout=60, trust_env=False).raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows


def everything() -> Window:
    """A window with every order of the sandbox in it."""
    return Window("manual", datetime(2026, 1, 1, tzinfo=UTC), datetime.now(tz=UTC) + timedelta(days=365))


def latest_interval(company: Company) -> Window:
    """The window of a scheduled run that begins now: its interval, and the overlap before it."""
    until = datetime.now(tz=UTC)
    overlap = timedelta(minutes=company.pair.settings.overlap_minutes)
    return Window("scheduled", until - INTERVAL - overlap, until)


def say(**facts: object) -> None:
    """Print facts, a line each."""
    for name, value in facts.items():
        print(f"{name}: {value}", flush=True)


def tokens_of(requests: Requests) -> int:
    """How many of the calls asked for an access token."""
    return sum(count for name, count in requests.by_operation.items() if name.endswith("/token"))


def first_and_second_run(company: Company) -> bool:
    """All orders are new; then the same window again."""
    before = company.holdings()
    report, first = company.run(everything())
    terms = least_calls(before, company.holdings(), company.sent())
    least = sum(terms.values())
    say(orders_read=report.read, orders_sent=report.counts.get("created", 0))
    say(**{f"least_{name}": calls for name, calls in terms.items()}, least=least)
    say(first_run_calls=first.total, ratio=f"{first.total / least:.3f}")
    _say_operations("first_run", first.by_operation)
    _, second = company.run(everything())
    writes, share = sum(second.writes.values()), second.total / first.total
    say(second_run_writes=writes, second_run_calls=second.total, second_run_share=f"{share:.2%}")
    return first.total <= MOST_OF_LEAST * least and writes == 0 and share <= MOST_OF_FIRST


def empty_run(company: Company) -> bool:
    """A scheduled run in whose window nothing changed."""
    report, requests = company.run(latest_interval(company))
    calls = requests.total - tokens_of(requests)
    say(empty_run_read=report.read, empty_run_calls=calls)
    return calls <= MOST_WHEN_EMPTY and report.read == 0


def one_changed(company: Company, number: str) -> int:
    """A scheduled run that sees the one order that was changed after it had been sent; gives its calls."""
    company.change_an_order(number)
    report, requests = company.run(latest_interval(company))
    if report.reasons != {"skipped(exists_changed)": 1}:
        raise RuntimeError(f"the run did not see the changed order alone: {report.counts} {report.reasons}")
    return requests.total - tokens_of(requests)


def _say_operations(run: str, operations: Mapping[str, int]) -> None:
    for operation, count in operations.items():
        print(f"{run} {operation}: {count}")


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    say(seed=SEED)
    reached: list[bool] = []
    changed: dict[int, int] = {}
    for orders in (ORDERS, MANY_ORDERS):
        with tempfile.TemporaryDirectory() as folder, running_sandbox(orders) as address:
            company = Company(Pair(address, Path(folder)))
            if orders == ORDERS:
                reached += [first_and_second_run(company), empty_run(company)]
            else:
                report, requests = company.run(everything())
                say(many_orders_sent=report.counts.get("created", 0), many_orders_calls=requests.total)
            number = str(next(order["Number"] for order in company.holdings().source["orders"] if order["Number"]))
            changed[orders] = one_changed(company, number)
            say(**{f"calls_for_one_changed_of_{orders}": changed[orders]})
    reached.append(changed[ORDERS] == changed[MANY_ORDERS])
    say(goals_reached="yes" if all(reached) else "no")
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
