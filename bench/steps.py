"""The flows step by step, as their DAGs run them, without Airflow around them."""

import asyncio
from typing import Any

from bench.pair import Pair
from visma_sync.flows import FLOWS, flow_mapping, flows_by_kind, is_mirrored
from visma_sync.sync.catalog import RECORD_FLOWS, document_flow, ensure, master_flow, record_flow
from visma_sync.sync.company import check_reached_company
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
from visma_sync.sync.reference import Reference, lanes_of
from visma_sync.sync.report import Report, write_report
from visma_sync.sync.run import Run
from visma_sync.sync.stock.adjust import adjust_stock
from visma_sync.sync.stock.compare import compare_stock
from visma_sync.sync.stock.flow import StockFlow
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.outage import silent_addresses
from visma_sync.systems.vismanet.client import VismaNetClient

ORDERS = "orders_eaccounting_to_vismanet"
MAPPINGS = flows_by_kind(ORDERS)


def run_flow(pair: Pair, window: Window, run_id: str, flow: str = ORDERS) -> Report:
    """Run the whole flow once; gives its report."""
    flows = flows_by_kind(flow)
    mirrored, ledger = is_mirrored(flow), pair.ledger()
    run = Run(
        run_id=run_id,
        kind=FLOWS[flow].kind,
        ledger=ledger.mirrored() if mirrored else ledger,
        mirrored=mirrored,
        settings=pair.settings,
        flows=flows,
        mappings={kind: flow_mapping(name, pair.settings) for kind, name in flows.items()},
        lists={kind: FLOWS[name].lists for kind, name in flows.items()},
    )
    asyncio.run(_steps(pair, run, window))
    return write_report(run, [])


async def _steps(pair: Pair, run: Run, window: Window) -> None:
    of_eaccounting = pair.source(max_concurrency=run.settings.max_concurrency)
    of_vismanet = pair.target(max_concurrency=run.settings.max_concurrency)
    await silent_addresses([of_eaccounting.api_url, of_vismanet.api_url, of_vismanet.salesorder_url])
    # Without a budget of calls: they are the same, and nobody waits for the next minute of the vendor's quota.
    eaccounting = EAccountingClient(of_eaccounting, tokens=run.ledger)
    vismanet = VismaNetClient(of_vismanet, tokens=run.ledger, budget=run.ledger)
    source: Any = vismanet if run.mirrored else eaccounting
    target: Any = eaccounting if run.mirrored else vismanet
    async with eaccounting, vismanet:
        await check_reached_company(run, eaccounting, run.ledger.fingerprint(of_eaccounting.refresh_token))
        if run.kind == "stock":
            await (_balances if run.mirrored else _stock)(run, source, target, window)
            return
        fetched = await fetch_records(record_flow(run, source, target), window)
        if not fetched:
            return
        if issubclass(RECORD_FLOWS[run.flows[run.kind]], MasterFlow):
            await check_settings(run, target)
            await write_records(master_flow(run, source, target), fetched)
        else:
            await _documents(run, source, target, fetched)


async def _stock(run: Run, source: Any, target: Any, window: Window) -> None:
    flow = StockFlow(run, source, target)
    compared = await compare_stock(flow, window)
    if compared["next"] == "adjust":
        await adjust_stock(flow)


async def _balances(run: Run, source: Any, target: Any, window: Window) -> None:
    flow = BalanceFlow(run, source, target)
    compared = await compare_balances(flow, window)
    if compared["next"] == "adjust":
        await write_balances(flow)


async def _documents(run: Run, source: Any, target: Any, fetched: list[Reference]) -> None:
    flow = document_flow(run, source, target)
    to_write = await check_exist(flow, fetched)
    if not to_write:
        return
    await check_settings(run, target)
    needs = FLOWS[run.flows[run.kind]].needs
    for kind in ("customer", "product"):
        if kind in needs:
            await ensure(run, kind, source, target, to_write)
    to_write = await flow.group(to_write)
    for lane in lanes_of(to_write, run.settings.records_per_lane, run.settings.max_lanes):
        created = await create_documents(flow, lane["records"])
        await confirm_documents(flow, created)
