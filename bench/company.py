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
from visma_sync.sync.fetch import Window
from visma_sync.sync.report import Report

INTERVAL = timedelta(minutes=15)
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
        return Holdings(
            {name: self._rows("eaccounting", name) for name in source},
            {name: self._rows("vismanet", name) for name in target},
        )

    def ended(self, flow: str = ORDERS) -> dict[str, set[str]]:
        """The numbers of the last run's records, by outcome."""
        numbers: dict[str, set[str]] = {}
        for outcome in self.pair.ledger().outcomes(flow, f"run-{self.runs}"):
            numbers.setdefault(outcome.state, set()).add(outcome.number)
        return numbers

    def sent(self) -> set[str]:
        """The numbers of the orders that the last run made."""
        return self.ended().get("created", set())

    def change(self, collection: str, key: str, **fields: Any) -> None:
        """Change a record in eAccounting, as a person would; the key is its id or number."""
        self._control(f"{collection}/{key}", fields)

    def enter_article(self, **fields: Any) -> None:
        """Enter an article in eAccounting, as a person would."""
        self._control("articles", fields)

    def _control(self, path: str, body: dict[str, Any]) -> None:
        address = f"{self.pair.address}/_sandbox/eaccounting/{path}"
        httpx.post(address, json=body, trust_env=False).raise_for_status()

    def _rows(self, system: str, collection: str) -> list[dict[str, Any]]:
        address = f"{self.pair.address}/_sandbox/state/{system}/{collection}"
        answer = httpx.get(address, timeout=60, trust_env=False).raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows


def everything() -> Window:
    """A window with every record of the sandbox in it."""
    return Window("manual", datetime(2020, 1, 1, tzinfo=UTC), datetime.now(tz=UTC) + timedelta(days=365))


def latest_interval(company: Company) -> Window:
    """The window of a scheduled run that begins now: its interval, and the overlap before it."""
    until = datetime.now(tz=UTC)
    overlap = timedelta(minutes=company.pair.settings.overlap_minutes)
    return Window("scheduled", until - INTERVAL - overlap, until)
