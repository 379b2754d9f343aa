"""How many calls each flow makes, beside the least that is possible.

The calls are those that the sandbox counted. Prints `name: value` lines; exit code 1 where a goal is missed.
Run: `python -m bench.calls [orders|products|customers|stock|invoices|bookings|payments ...]`; without a name, all. The
other direction: products_to_eaccounting, customers_…, orders_…, order_status_… and stock_to_eaccounting.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.company import Company, everything, latest_interval
from bench.least.orders import least_calls
from bench.pair import Pair
from bench.rows import MOST_OF_LEAST, ROWS, measure
from bench.sandbox import SEED, running_sandbox
from local.sandbox_control import Requests

ORDERS, MANY_ORDERS = 1000, 10_000
MOST_OF_FIRST = 0.02
MOST_WHEN_EMPTY = 4


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
    company.by_hand(f"eaccounting/orders/{number}", YourReference="Somebody else")
    report, requests = company.run(latest_interval(company))
    if report.reasons != {"skipped(exists_changed)": 1}:
        raise RuntimeError(f"the run did not see the changed order alone: {report.counts} {report.reasons}")
    return requests.total - tokens_of(requests)


def _say_operations(run: str, operations: Mapping[str, int]) -> None:
    for operation, count in operations.items():
        print(f"{run} {operation}: {count}")


def measure_orders() -> bool:
    """Measure the order flow in a company of 1,000 and one of 10,000 orders; whether its goals are reached."""
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
    return all(reached) and changed[ORDERS] == changed[MANY_ORDERS]


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("flows", nargs="*", choices=[[], "orders", *ROWS], metavar="flow")
    wanted = parser.parse_args().flows or ["orders", *ROWS]
    say(seed=SEED)
    missed = [flow for flow in wanted if not (measure_orders() if flow == "orders" else measure(flow, ROWS[flow]))]
    say(goals_missed_by=", ".join(missed) or "nobody", goals_reached="no" if missed else "yes")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
