"""Customers from eAccounting become customers in Visma.net, companies with their contact person.

Every hour: read what changed, find each customer by its link, number or e-mail, make those that are missing, send the
changed fields of the others. Two possible customers are never guessed between: they wait for a person. Customers that
were archived or deleted in eAccounting are reported and stay as they are. Trigger by hand for a window or single
customer numbers, with or without a dry run; backfill for any stretch of time. All of it is safe to repeat.
"""

from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.steps import FetchRecords, WriteRecords
from visma_sync.operators.turn import TakeTurn

customers_in_source, customers_in_target = system_assets("customers")


@dag(doc_md=__doc__, **flow_arguments("customers", cron="0 * * * *"))
def customers_eaccounting_to_vismanet() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_customers", inlets=[customers_in_source])
    written = WriteRecords(task_id="write_customers", records=fetched.output, outlets=[customers_in_target])
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> written >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


customers_eaccounting_to_vismanet()
