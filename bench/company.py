"""A pair of imitated companies between which flows run, and what both of them hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from bench.least.terms import Holdings
from bench.pair import Pair
from bench.steps import ORDERS, run_flow
from local.sandbox_control import Requests, SandboxControl
from visma_sync.flows import is_mirrored
from visma_sync.sync.fetch import Window
from visma_sync.sync.report import Report

INTERVAL = timedelta(minutes=15)
# One client for all that people do: making one takes as long as the request.
SCREENS = httpx.Client(timeout=60, trust_env=False)
SOURCE_COLLECTIONS = ("orders", "customers", "articles")
TARGET_COLLECTIONS = ("orders", "customers", "contacts", "items")


@dataclass
class Company:
    """A pair of imitated companies between which flows run, and the sandbox's count of their calls."""

    pair: Pair
    runs: int = 0

    def run(self, window: Window, flow: str = ORDERS) -> tuple[Report, Requests]:
        """Run a flow once; gives its report and its calls."""
        control = SandboxControl(self.pair.address)
        control.count_from_now()
        self.runs += 1
        report = run_flow(self.pair, window, f"run-{self.runs}", flow)
        return report, control.requests()

    def holdings(
        self, source: Iterable[str] = SOURCE_COLLECTIONS, target: Iterable[str] = TARGET_COLLECTIONS
    ) -> Holdings:
        """What both systems hold now of these collections."""
        held = SCREENS.get(f"{self.pair.address}/_sandbox/state").raise_for_status().json()
        return Holdings(
            {name: held["eaccounting"][name] for name in source}, {name: held["vismanet"][name] for name in target}
        )

    def ended(self, flow: str = ORDERS) -> dict[str, set[str]]:
        """The numbers of the last run's records, by outcome."""
        numbers: dict[str, set[str]] = {}
        ledger = self.pair.ledger()
        for outcome in (ledger.mirrored() if is_mirrored(flow) else ledger).outcomes(flow, f"run-{self.runs}"):
            numbers.setdefault(outcome.state, set()).add(outcome.number)
        return numbers

    def sent(self) -> set[str]:
        """The numbers of the orders that the last run made."""
        return self.ended().get("created", set())

    def by_hand(self, screen: str, **fields: Any) -> dict[str, Any]:
        """Enter or change a record as a person would, at a screen such as `vismanet/items` or `eaccounting/orders/1`.

        Gives the record as it stands then.
        """
        answer = SCREENS.post(f"{self.pair.address}/_sandbox/{screen}", json=fields).raise_for_status()
        record: dict[str, Any] = answer.json()
        return record


def everything() -> Window:
    """A window with every record of the sandbox in it."""
    return Window("manual", datetime(2020, 1, 1, tzinfo=UTC), datetime.now(tz=UTC) + timedelta(days=365))


def latest_interval(company: Company) -> Window:
    """The window of a scheduled run that begins now: its interval, and the overlap before it."""
    until = datetime.now(tz=UTC)
    overlap = timedelta(minutes=company.pair.settings.overlap_minutes)
    return Window("scheduled", until - INTERVAL - overlap, until)
