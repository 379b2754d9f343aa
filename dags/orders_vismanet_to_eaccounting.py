"""Sales orders from Visma.net become orders in eAccounting, first as drafts.

Every 15 minutes: read what changed, leave what exists or came from eAccounting, make sure that customers and articles
are there, create the drafts, compare totals and VAT, turn them into orders. One bad order never stops the others.
Trigger by hand for a window or single orders, with or without a dry run; backfill for any stretch of time. All of it is
safe to repeat. Off until flows_off in the settings no longer names it.
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

orders_in_source, orders_in_target = system_assets("orders", mirrored=True)


@task_group
def lane(orders: Any) -> None:
    created = CreateDocuments(task_id="create_orders", lane=orders)
    ConfirmDocuments(task_id="confirm_orders", lane=created.output, outlets=[orders_in_target])


@dag(doc_md=__doc__, **flow_arguments("orders"))
def orders_vismanet_to_eaccounting() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_orders", inlets=[orders_in_source])
    checked = CheckExist(task_id="check_orders_exist", records=fetched.output)
    branch = AnythingToWrite(
        task_id="anything_to_write", records=checked.output, if_any="ensure_customers", if_none="nothing_to_do"
    )
    customers = EnsureCustomers(task_id="ensure_customers", lanes=checked.output)
    products = EnsureProducts(task_id="ensure_products", lanes=checked.output)
    nothing = EmptyOperator(task_id="nothing_to_do")
    lanes = lane.expand(orders=checked.output)
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> checked >> branch >> customers >> products >> lanes >> report
    branch >> nothing >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


orders_vismanet_to_eaccounting()
