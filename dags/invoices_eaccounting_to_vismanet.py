"""Customer invoices from eAccounting become released invoices in Visma.net, credit invoices become credit notes.

Every 15 minutes: read what changed, leave what exists and what goes as an order or a booking, make sure that
customers and products are there, create the invoices on hold, compare totals and VAT, release them; credit notes
settle what they take back. Nobody outside is written to. Trigger by hand for a window or single invoices, with or
without a dry run; backfill for any stretch of time. All of it is safe to repeat.
"""

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag, task_group

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.steps import (
    AnythingToWrite,
    CheckExist,
    ConfirmDocuments,
    CreateDocuments,
    EnsureCustomers,
    EnsureProducts,
    FetchRecords,
)
from visma_sync.operators.turn import TakeTurn

invoices_in_source, invoices_in_target = system_assets("invoices")


@task_group
def lane(invoices: Any) -> None:
    created = CreateDocuments(task_id="create_invoices", lane=invoices)
    ConfirmDocuments(task_id="confirm_invoices", lane=created.output, outlets=[invoices_in_target])


@dag(doc_md=__doc__, **flow_arguments("invoices"))
def invoices_eaccounting_to_vismanet() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_invoices", inlets=[invoices_in_source])
    checked = CheckExist(task_id="check_invoices_exist", records=fetched.output)
    branch = AnythingToWrite(
        task_id="anything_to_write", records=checked.output, if_any="ensure_customers", if_none="nothing_to_do"
    )
    customers = EnsureCustomers(task_id="ensure_customers", lanes=checked.output)
    products = EnsureProducts(task_id="ensure_products", lanes=checked.output)
    nothing = EmptyOperator(task_id="nothing_to_do")
    lanes = lane.expand(invoices=checked.output)
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> checked >> branch >> customers >> products >> lanes >> report
    branch >> nothing >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


invoices_eaccounting_to_vismanet()
