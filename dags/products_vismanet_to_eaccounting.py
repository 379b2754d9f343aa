"""Inventory items from Visma.net become articles in eAccounting, known by their SKU.

Every half hour: read what changed, make the articles that are missing, send the changed fields of the others as far as
each field's right allows. What people changed in eAccounting stays; the stock balance is never written. Trigger by hand
for a window or single SKUs, with or without a dry run, which says how many would be sent and why the others not;
backfill for any stretch of time. All of it is safe to repeat. Off until flows_off in the settings no longer names it.
"""

from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.steps import FetchRecords, WriteRecords
from visma_sync.operators.turn import TakeTurn

products_in_source, products_in_target = system_assets("products", mirrored=True)


@dag(doc_md=__doc__, **flow_arguments("products", cron="*/30 * * * *"))
def products_vismanet_to_eaccounting() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_products", inlets=[products_in_source])
    written = WriteRecords(task_id="write_products", records=fetched.output, outlets=[products_in_target])
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> written >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


products_vismanet_to_eaccounting()
