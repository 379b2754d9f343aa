"""The order flow step by step against a running sandbox, as the DAG runs it, without Airflow around it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from visma_sync.flows import FLOWS, INCLUDE, flow_mapping
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import Outcome
from visma_sync.settings.load import load_settings, merged
from visma_sync.settings.model import Settings
from visma_sync.sync.confirm import confirm_orders
from visma_sync.sync.create import create_orders
from visma_sync.sync.customers import ensure_customers
from visma_sync.sync.exist import check_orders_exist
from visma_sync.sync.fetch import Window, fetch_orders
from visma_sync.sync.lists import check_settings
from visma_sync.sync.products import ensure_products
from visma_sync.sync.reference import lanes_of
from visma_sync.sync.report import Report, write_report
from visma_sync.sync.run import Run
from visma_sync.systems.eaccounting.client import EAccountingClient, EAccountingSettings
from visma_sync.systems.vismanet.client import VismaNetClient, VismaNetSettings

FLOW = "orders_eaccounting_to_vismanet"
KINDS = {
    "order": FLOW,
    "customer": "customers_eaccounting_to_vismanet",
    "product": "products_eaccounting_to_vismanet",
}
KEY = "bGVkZ2VyLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU="
SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"
EVERYTHING = Window("manual", datetime(2026, 10, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def demo_settings(**changes: Any) -> Settings:
    """The demo company's settings with a test's changes over them."""
    import yaml  # noqa: PLC0415  only here

    demo = yaml.safe_load((INCLUDE / "settings" / "demo.yaml").read_text(encoding="utf-8"))
    return load_settings(INCLUDE / "settings" / "default.yaml", merged(demo, changes), changes_from="a test")


@dataclass
class Company:
    """A pair of imitated companies and the ledger between them."""

    url: str
    ledger_file: Path
    settings: Settings = field(default_factory=demo_settings)
    runs: int = 0
    refresh_token: str = "sandbox-refresh-token-1"

    def ledger(self) -> Ledger:
        """The ledger, made on first use."""
        return open_ledger(f"sqlite:///{self.ledger_file}", KEY)

    def clients(self, ledger: Ledger) -> tuple[EAccountingClient, VismaNetClient]:
        """Clients of both systems with tokens and budgets in the ledger."""
        limits = {
            "max_concurrency": self.settings.max_concurrency,
            "timeout_seconds": self.settings.timeout_seconds,
        }
        source = EAccountingSettings(
            client_id="demo-eaccounting",
            client_secret="demo-secret",
            refresh_token=self.refresh_token,
            api_url=f"{self.url}/eaccounting",
            identity_url=f"{self.url}/eaccounting-identity",
            scopes=SCOPES,
            connection_id="eaccounting_default",
            **limits,
        )
        target = VismaNetSettings(
            client_id="demo-vismanet",
            client_secret="demo-secret",
            tenant_id="11111111-2222-3333-4444-555555555555",
            api_url=f"{self.url}/vismanet",
            salesorder_url=f"{self.url}/salesorder",
            identity_url=f"{self.url}/connect",
            connection_id="vismanet_default",
            **limits,
        )
        return (
            EAccountingClient(source, tokens=ledger, budget=ledger),
            VismaNetClient(target, tokens=ledger, budget=ledger),
        )

    def open_run(self, run_id: str, *, dry_run: bool = False, last_try: bool = True) -> Run:
        """A run of the order flow."""
        return Run(
            run_id=run_id,
            ledger=self.ledger(),
            settings=self.settings,
            mappings={kind: flow_mapping(name, self.settings) for kind, name in KINDS.items()},
            lists={kind: FLOWS[name].lists for kind, name in KINDS.items()},
            dry_run=dry_run,
            last_try=last_try,
        )

    def run(self, window: Window = EVERYTHING, *, dry_run: bool = False) -> "Ran":
        """Run the whole flow once; steps that ask for another try get it after the wait they ask for."""
        self.runs += 1
        run = self.open_run(f"run-{self.runs}", dry_run=dry_run)
        return asyncio.run(self._run(run, window))

    async def _run(self, run: Run, window: Window) -> "Ran":
        source, target = self.clients(run.ledger)
        async with source, target:
            fetched = await fetch_orders(run, source, window)
            to_write = await check_orders_exist(run, source, target, fetched) if fetched else []
            if to_write:
                await check_settings(run, target)
                await ensure_customers(run, source, target, to_write)
                await ensure_products(run, source, target, to_write)
            for lane in lanes_of(to_write, run.settings.orders_per_lane, run.settings.max_lanes):
                created = await create_orders(run, source, target, lane["orders"])
                await confirm_orders(run, target, created)
        report = write_report(run, [])
        return Ran(report, {one.number or one.key: one for one in run.ledger.outcomes(run.flow, run.run_id)})

    # What the sandbox holds, and what is done to it

    def state(self, system: str, collection: str) -> Any:
        """A collection of the sandbox, as stored."""
        return httpx.get(f"{self.url}/_sandbox/state/{system}/{collection}").raise_for_status().json()

    def requests(self) -> Mapping[str, int]:
        """Requests counted by operation since they were last forgotten."""
        counted = httpx.get(f"{self.url}/_sandbox/requests").raise_for_status().json()
        operations: Mapping[str, int] = counted["by_operation"]
        return operations

    def forget_requests(self) -> None:
        """Count requests anew."""
        httpx.delete(f"{self.url}/_sandbox/requests").raise_for_status()

    def fault(self, kind: str, **where: Any) -> None:
        """Plant a fault."""
        httpx.post(f"{self.url}/_sandbox/faults", json={"kind": kind, **where}).raise_for_status()

    def edit_order(self, number: str, **fields: Any) -> None:
        """Change an order in eAccounting, as a person would."""
        httpx.post(f"{self.url}/_sandbox/eaccounting/orders/{number}", json=fields).raise_for_status()

    def lose_ledger(self) -> None:
        """Delete the ledger's files; the sign-in survives as the Connection's newest refresh token."""
        for path in self.ledger_file.parent.glob(f"{self.ledger_file.name}*"):
            path.unlink()


@dataclass(frozen=True)
class Ran:
    """What became of a run: its report and its outcomes by order number (by key where there is none)."""

    report: Report
    outcomes: Mapping[str, Outcome]

    def states(self) -> dict[str, int]:
        """Outcomes counted with their reasons."""
        return {**self.report.counts, **self.report.reasons}


def a_day(day: int) -> Window:
    """One day of November 2026, read by hand."""
    start = datetime(2026, 11, day, tzinfo=UTC)
    return Window("manual", start, start + timedelta(days=1))
