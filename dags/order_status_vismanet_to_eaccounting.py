"""What becomes of our orders in Visma.net becomes their status in eAccounting: ongoing, shipped, if you want invoiced.

Every quarter of an hour: read the orders that changed in Visma.net, leave those alone that eAccounting did not send,
and take the others as far as they came there, each step once and never backwards by itself. Trigger by hand for a
window or single order numbers of eAccounting, with or without a dry run; backfill for any stretch of time. All of it is
safe to repeat. Off until flows_off in the settings no longer names it.
"""

from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.steps import FetchRecords, WriteRecords
from visma_sync.operators.turn import TakeTurn

statuses_in_source, statuses_in_target = system_assets("order_status", mirrored=True)


@dag(doc_md=__doc__, **flow_arguments("order_status"))
def order_status_vismanet_to_eaccounting() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_order_status", inlets=[statuses_in_source])
    written = WriteRecords(task_id="write_order_status", records=fetched.output, outlets=[statuses_in_target])
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> written >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


order_status_vismanet_to_eaccounting()
