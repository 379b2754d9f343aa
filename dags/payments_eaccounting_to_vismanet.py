"""What customers paid, as eAccounting knows it, becomes payments on the invoices in Visma.net.

Every hour: read which invoices were paid, wholly or in part, leave what is booked already, book the rest on the invoice
that we sent, or on the invoices of the order that we sent, and release it. Never more than is open there; what a
credit invoice settled is no payment. Trigger by hand for a window or single invoice numbers, with or without a dry run;
backfill for any stretch of time. All of it is safe to repeat.
"""

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, task_group

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.steps import AnythingToWrite, CheckExist, ConfirmDocuments, CreateDocuments, FetchRecords
from visma_sync.operators.turn import TakeTurn

payments_in_source, payments_in_target = system_assets("payments")


@task_group
def lane(payments: Any) -> None:
    created = CreateDocuments(task_id="create_payments", lane=payments)
    ConfirmDocuments(task_id="confirm_payments", lane=created.output, outlets=[payments_in_target])


@dag(doc_md=__doc__, **flow_arguments("payments", cron="0 * * * *"))
def payments_eaccounting_to_vismanet() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_payments", inlets=[payments_in_source])
    checked = CheckExist(task_id="check_payments_exist", records=fetched.output)
    branch = AnythingToWrite(
        task_id="anything_to_write", records=checked.output, if_any="something_to_do", if_none="nothing_to_do"
    )
    something = EmptyOperator(task_id="something_to_do")
    nothing = EmptyOperator(task_id="nothing_to_do")
    lanes = lane.expand(payments=checked.output)
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> checked >> branch >> something >> lanes >> report
    branch >> nothing >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


payments_eaccounting_to_vismanet()
