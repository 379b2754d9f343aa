"""Customers from Visma.net become customers in eAccounting: companies with their contact person, or private persons.

Every hour: read what changed, find each customer by its link, number or e-mail, make those that are missing, send the
changed fields of the others. What came from eAccounting is not sent back, and what people changed there since is kept.
Two possible customers are never guessed between: they wait for a person. Off until the settings let it run (flows_off).
Trigger by hand for a window or single customer numbers, with or without a dry run; backfill for any stretch of time.
All of it is safe to repeat.
"""

from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.steps import FetchRecords, WriteRecords
from visma_sync.operators.turn import TakeTurn

customers_in_source, customers_in_target = system_assets("customers", mirrored=True)


@dag(doc_md=__doc__, **flow_arguments("customers", cron="30 * * * *"))
def customers_vismanet_to_eaccounting() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_customers", inlets=[customers_in_source])
    written = WriteRecords(task_id="write_customers", records=fetched.output, outlets=[customers_in_target])
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> written >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


customers_vismanet_to_eaccounting()
