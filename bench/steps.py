"""The order flow step by step, as its DAG runs it, without Airflow around it."""

import asyncio

from bench.pair import Pair
from visma_sync.flows import FLOWS, flow_mapping, flows_by_kind
from visma_sync.sync.catalog import document_flow
from visma_sync.sync.company import check_source_company
from visma_sync.sync.confirm import confirm_documents
from visma_sync.sync.create import create_documents
from visma_sync.sync.customers.ensure import ensure_customers
from visma_sync.sync.exist import check_exist
from visma_sync.sync.fetch import Window, fetch_records
from visma_sync.sync.lists import check_settings
from visma_sync.sync.products.ensure import ensure_products
from visma_sync.sync.reference import lanes_of
from visma_sync.sync.report import Report, write_report
from visma_sync.sync.run import Run
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.outage import silent_addresses
from visma_sync.systems.vismanet.client import VismaNetClient

MAPPINGS = flows_by_kind("orders_eaccounting_to_vismanet")


def run_flow(pair: Pair, window: Window, run_id: str) -> Report:
    """Run the whole flow once; gives its report."""
    run = Run(
        run_id=run_id,
        kind="order",
        ledger=pair.ledger(),
        settings=pair.settings,
        flows=MAPPINGS,
        mappings={kind: flow_mapping(name, pair.settings) for kind, name in MAPPINGS.items()},
        lists={kind: FLOWS[name].lists for kind, name in MAPPINGS.items()},
    )
    asyncio.run(_steps(pair, run, window))
    return write_report(run, [])


async def _steps(pair: Pair, run: Run, window: Window) -> None:
    from_source = pair.source(max_concurrency=run.settings.max_concurrency)
    to_target = pair.target(max_concurrency=run.settings.max_concurrency)
    await silent_addresses([from_source.api_url, to_target.api_url, to_target.salesorder_url])
    source = EAccountingClient(from_source, tokens=run.ledger, budget=run.ledger)
    target = VismaNetClient(to_target, tokens=run.ledger, budget=run.ledger)
    async with source, target:
        await check_source_company(run, source, run.ledger.fingerprint(from_source.refresh_token))
        flow = document_flow(run, source, target)
        fetched = await fetch_records(flow, window)
        to_write = await check_exist(flow, fetched) if fetched else []
        if to_write:
            await check_settings(run, target)
            await ensure_customers(run, source, target, to_write)
            await ensure_products(run, source, target, to_write)
        for lane in lanes_of(to_write, run.settings.records_per_lane, run.settings.max_lanes):
            created = await create_documents(flow, lane["records"])
            await confirm_documents(flow, created)
