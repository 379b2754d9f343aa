"""The flows step by step against a running sandbox, as their DAGs run them, without Airflow around them."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import httpx
import yaml

from tests.flows.shop import Shop
from visma_sync.errors import RetryableError, VismaSyncError
from visma_sync.flows import FLOWS, INCLUDE, flow_filter, flow_mapping, flows_by_kind, image_source, is_mirrored
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import Link, Outcome
from visma_sync.settings.load import load_settings, merged
from visma_sync.settings.model import Settings
from visma_sync.sync.catalog import RECORD_FLOWS, document_flow, ensure, master_flow, record_flow
from visma_sync.sync.confirm import confirm_documents
from visma_sync.sync.create import create_documents
from visma_sync.sync.exist import check_exist
from visma_sync.sync.fetch import Window, fetch_records
from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.keep import write_records
from visma_sync.sync.lists import check_settings
from visma_sync.sync.mirror.stock.compare import compare_balances
from visma_sync.sync.mirror.stock.flow import BalanceFlow
from visma_sync.sync.mirror.stock.write import write_balances
from visma_sync.sync.products.images import send_images
from visma_sync.sync.reference import Reference, lanes_of
from visma_sync.sync.report import Report, write_report
from visma_sync.sync.run import Run
from visma_sync.sync.stock.adjust import adjust_stock
from visma_sync.sync.stock.compare import compare_stock
from visma_sync.sync.stock.flow import StockFlow
from visma_sync.systems.eaccounting.client import EAccountingClient, EAccountingSettings
from visma_sync.systems.vismanet.client import VismaNetClient, VismaNetSettings

ROOT = Path(__file__).parents[2]
FLOW = "orders_eaccounting_to_vismanet"
KINDS = flows_by_kind(FLOW)
KEY = "bGVkZ2VyLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU="
SCOPES = "ea:api offline_access ea:sales ea:accounting_readonly ea:purchase_readonly"
TENANT = "11111111-2222-3333-4444-555555555555"
# The sandbox's orders are of the ten days before today, so that its clock and ours agree as they do in life.
TODAY = datetime.now(tz=UTC).date()
MIDNIGHT = datetime.combine(TODAY, time(), UTC)
EVERYTHING = Window("manual", MIDNIGHT - timedelta(days=60), MIDNIGHT + timedelta(days=2))
NOTHING_NEW = Window("scheduled", MIDNIGHT - timedelta(days=60), MIDNIGHT - timedelta(days=59))
# Systems that are soon given up, and soon looked at again.
IMPATIENT: dict[str, Any] = {"timeout_seconds": 1, "uncertain_wait_seconds": 1}
# As many tries as the DAG gives a task; nobody here waits as long as the DAG does.
TRIES = 5
LONGEST_WAIT_SECONDS = 10.0

Given = TypeVar("Given")


def only(*numbers: str) -> Window:
    """A run for single orders."""
    return Window("manual", numbers=numbers)


@contextmanager
def sandbox(*options: str) -> Iterator[str]:
    """Run a sandbox of its own on a free port and give its address."""
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--today", TODAY.isoformat(), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = server.stdout.readline()
        try:
            yield ready.split()[-1]
        finally:
            server.terminate()


def demo_settings(**changes: Any) -> Settings:
    """The demo company's settings with a test's changes over them."""
    return load_settings(INCLUDE / "settings" / "default.yaml", merged(_demo(), changes), changes_from="a test")


@cache
def _demo() -> dict[str, Any]:
    decided: dict[str, Any] = yaml.safe_load((INCLUDE / "settings" / "demo.yaml").read_text(encoding="utf-8"))
    return decided


@dataclass
class Company(Shop):
    """A pair of imitated companies and the ledger between them."""

    url: str
    ledger_file: Path
    settings: Settings = field(default_factory=demo_settings)
    runs: int = 0
    refresh_token: str = "sandbox-refresh-token-1"
    source_client: type[EAccountingClient] = EAccountingClient
    target_client: type[VismaNetClient] = VismaNetClient
    tries: int = TRIES
    answer: Callable[[], bool] = lambda: False
    asked: str = ""

    def decide(self, **changes: Any) -> None:
        """Change the settings, as somebody does in the Airflow Variable."""
        self.settings = demo_settings(**changes)

    def ledger(self) -> Ledger:
        """The ledger, made on first use."""
        return open_ledger(f"sqlite:///{self.ledger_file}", KEY)

    def links(self) -> list[Link]:
        """The links of all orders, customers and products that eAccounting holds."""
        ledger = self.ledger()
        keys = {
            "order": [order["Id"] for order in self.state("eaccounting", "orders")],
            "customer": [customer["Id"] for customer in self.state("eaccounting", "customers")],
            "product": [article["Number"] for article in self.state("eaccounting", "articles")],
        }
        return [link for kind in keys for link in ledger.links(kind, keys[kind]).values()]

    def clients(self, ledger: Ledger) -> tuple[EAccountingClient, VismaNetClient]:
        """Clients of both systems with tokens and budgets in the ledger."""
        limits: dict[str, Any] = {
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
            **limits,
        )
        target = VismaNetSettings(
            client_id="demo-vismanet",
            client_secret="demo-secret",
            tenant_id=TENANT,
            api_url=f"{self.url}/vismanet",
            salesorder_url=f"{self.url}/salesorder",
            identity_url=f"{self.url}/connect",
            **limits,
        )
        return (
            self.source_client(source, tokens=ledger, budget=ledger),
            self.target_client(target, tokens=ledger, budget=ledger),
        )

    def open_run(self, run_id: str, *, flow: str = FLOW, dry_run: bool = False, last_try: bool = True) -> Run:
        """A run of a flow."""
        flows = flows_by_kind(flow)
        mappings = {kind: flow_mapping(name, self.settings) for kind, name in flows.items()}
        ledger = self.ledger()
        return Run(
            run_id=run_id,
            kind=FLOWS[flow].kind,
            ledger=ledger.mirrored() if is_mirrored(flow) else ledger,
            mirrored=is_mirrored(flow),
            settings=self.settings,
            flows=flows,
            mappings=mappings,
            lists={kind: FLOWS[name].lists for kind, name in flows.items()},
            filter=flow_filter(flow, mappings[FLOWS[flow].kind], self.settings),
            dry_run=dry_run,
            last_try=last_try,
        )

    def run(self, window: Window = EVERYTHING, *, flow: str = FLOW, dry_run: bool = False, name: str = "") -> "Ran":
        """Run a whole flow once; raises what broke it, after its report."""
        ran = self.try_run(window, flow=flow, dry_run=dry_run, name=name)
        if ran.broke is not None:
            raise ran.broke
        return ran

    def try_run(self, window: Window = EVERYTHING, *, flow: str = FLOW, dry_run: bool = False, name: str = "") -> "Ran":
        """Run a whole flow once, whatever becomes of it: the report is written even when a step fails."""
        self.runs += 1
        run = self.open_run(name or f"run-{self.runs}", flow=flow, dry_run=dry_run)
        broke: VismaSyncError | None = None
        try:
            asyncio.run(self._steps(run, window))
        except VismaSyncError as error:
            broke = error
        report = write_report(run, ["a step"] if broke else [])
        by_number = {kind: _by_number(run.ledger.outcomes(run.flow_of(kind), run.run_id)) for kind in run.flows}
        nobody: dict[str, Outcome] = {}
        ran = Ran(
            report, by_number[run.kind], by_number.get("customer", nobody), by_number.get("product", nobody), broke
        )
        assert ran.accounts_for_all, report
        return ran

    async def _steps(self, run: Run, window: Window) -> None:
        """The tasks of the DAG, one after the other."""
        eaccounting, vismanet = self.clients(run.ledger)
        source, target = (vismanet, eaccounting) if run.mirrored else (eaccounting, vismanet)
        async with eaccounting, vismanet:
            if run.kind == "stock":
                await (self._balances if run.mirrored else self._stock)(run, source, target, window)
                return
            fetched = await self._step(run, lambda run: fetch_records(record_flow(run, source, target), window))
            if issubclass(RECORD_FLOWS[run.flows[run.kind]], MasterFlow):
                await self._step(run, lambda run: _write(run, source, target, fetched))
                if run.kind == "product" and not run.mirrored:
                    await self._step(run, lambda run: _send_images(run, target, fetched))
            else:
                await self._documents(run, source, target, fetched)

    async def _stock(self, run: Run, source: Any, target: Any, window: Window) -> None:
        compared = await self._step(run, lambda run: compare_stock(StockFlow(run, source, target), window))
        self.asked = compared["question"]
        if compared["next"] == "ask" and self.answer():
            seen = compared
            compared = await self._step(run, lambda run: compare_stock(StockFlow(run, source, target), window, seen))
        if compared["next"] == "adjust":
            await self._step(run, lambda run: adjust_stock(StockFlow(run, source, target)))

    async def _balances(self, run: Run, source: Any, target: Any, window: Window) -> None:
        compared = await self._step(run, lambda run: compare_balances(BalanceFlow(run, source, target), window))
        self.asked = compared["question"]
        if compared["next"] == "ask" and self.answer():
            seen = compared
            compared = await self._step(
                run, lambda run: compare_balances(BalanceFlow(run, source, target), window, seen)
            )
        if compared["next"] == "adjust":
            await self._step(run, lambda run: write_balances(BalanceFlow(run, source, target)))

    async def _documents(self, run: Run, source: Any, target: Any, fetched: list[Reference]) -> None:
        to_write = await self._step(run, lambda run: _check_exist(run, source, target, fetched))
        if not to_write:
            return
        needs = FLOWS[run.flows[run.kind]].needs
        if "customer" in needs:
            await self._step(run, lambda run: ensure(run, "customer", source, target, to_write))
        if "product" in needs:
            await self._step(run, lambda run: ensure(run, "product", source, target, to_write))
        to_write = await self._step(run, lambda run: document_flow(run, source, target).group(to_write))
        for lane in lanes_of(to_write, run.settings.records_per_lane, run.settings.max_lanes):
            await self._lane(run, source, target, lane["records"])

    async def _lane(self, run: Run, source: Any, target: Any, orders: list[Reference]) -> None:
        created = await self._step(run, lambda run: create_documents(document_flow(run, source, target), orders))
        await self._step(run, lambda run: confirm_documents(document_flow(run, source, target), created))

    async def _step(self, run: Run, step: Callable[[Run], Awaitable[Given]]) -> Given:
        """A task: when it asks for another try, it gets one after the wait that it asks for."""
        for number in range(1, self.tries + 1):
            last = number == self.tries
            try:
                return await step(replace(run, last_try=last))
            except RetryableError as error:
                wait = error.retry_after or 0.5
                if last or wait > LONGEST_WAIT_SECONDS:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def lose_ledger(self) -> None:
        """Delete the ledger's files; somebody signs in again."""
        for path in self.ledger_file.parent.glob(f"{self.ledger_file.name}*"):
            path.unlink()
        self.refresh_token = self.sign_in()

    def sign_in(self, scopes: str = SCOPES) -> str:
        """Let a person allow the application into the shop's books; gives the refresh token."""
        connect = f"{self.url}/eaccounting-identity/connect"
        asked = {"client_id": "demo-eaccounting", "response_type": "code", "state": "s", "scope": scopes}
        redirect = "http://localhost:1/callback"
        page = httpx.get(f"{connect}/authorize", params={**asked, "redirect_uri": redirect}).text
        consent = page.split('href="', 1)[1].split('"', 1)[0].replace("&amp;", "&")
        code = httpx.URL(httpx.get(f"{self.url}{consent}").headers["Location"]).params["code"]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
        tokens = httpx.post(f"{connect}/token", data=form, auth=("demo-eaccounting", "demo-secret")).json()
        return str(tokens["refresh_token"])


def _by_number(outcomes: list[Outcome]) -> dict[str, Outcome]:
    """Outcomes by number; a second one of a number (a further payment of an invoice) by its key."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        found[outcome.key if outcome.number in found else outcome.number or outcome.key] = outcome
    return found


async def _write(run: Run, source: Any, target: Any, fetched: list[Reference]) -> dict[str, int]:
    if not fetched:
        return {}
    await check_settings(run, target)
    return await write_records(master_flow(run, source, target), fetched)


async def _send_images(run: Run, target: Any, fetched: list[Reference]) -> dict[str, int]:
    pictures = image_source(run.settings)
    if pictures is None:
        return {}
    try:
        return await send_images(run, target, pictures, fetched)
    finally:
        await pictures.close()


async def _check_exist(run: Run, source: Any, target: Any, fetched: list[Reference]) -> list[Reference]:
    going_on = await check_exist(document_flow(run, source, target), fetched) if fetched else []
    if going_on:
        await check_settings(run, target)
    return going_on


@dataclass(frozen=True)
class Ran:
    """What became of a run: its report, what became of each record by its number, and what broke the run."""

    report: Report
    outcomes: Mapping[str, Outcome]
    customers: Mapping[str, Outcome]
    products: Mapping[str, Outcome]
    broke: VismaSyncError | None

    def ended(self, number: str) -> str:
        """How a record ended: its outcome with the reason in brackets."""
        outcome = self.outcomes[number]
        return f"{outcome.state}({outcome.reason})" if outcome.reason else outcome.state

    def all_ended(self) -> dict[str, str]:
        """How every order ended, by number."""
        return {number: self.ended(number) for number in self.outcomes}

    def numbers(self, ended: str) -> list[str]:
        """The orders that ended so."""
        return [number for number in self.outcomes if self.ended(number) == ended]

    @property
    def accounts_for_all(self) -> bool:
        """Whether every record that was read or taken up has exactly one outcome."""
        return self.report.read + self.report.taken_up == sum(self.report.counts.values()) == len(self.outcomes)
