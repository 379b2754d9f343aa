"""Invoices from eAccounting are booked in journal transactions of Visma.net, one by one or a day's together.

Every hour: read what changed, leave what is booked, put the invoices of a journal together, make the journals,
compare totals and VAT, release them. What cannot be booked waits alone; the others go on. Trigger by hand for a window
or single invoices, with or without a dry run; backfill for any stretch of time. All of it is safe to repeat.
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
    FetchRecords,
    GroupDocuments,
)
from visma_sync.operators.turn import TakeTurn

bookings_in_source, bookings_in_target = system_assets("bookings")


@task_group
def lane(bookings: Any) -> None:
    created = CreateDocuments(task_id="create_bookings", lane=bookings)
    ConfirmDocuments(task_id="confirm_bookings", lane=created.output, outlets=[bookings_in_target])


@dag(doc_md=__doc__, **flow_arguments("bookings", cron="0 * * * *"))
def bookings_eaccounting_to_vismanet() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    fetched = FetchRecords(task_id="fetch_bookings", inlets=[bookings_in_source])
    checked = CheckExist(task_id="check_bookings_exist", records=fetched.output)
    branch = AnythingToWrite(
        task_id="anything_to_write", records=checked.output, if_any="group_bookings", if_none="nothing_to_do"
    )
    grouped = GroupDocuments(task_id="group_bookings", lanes=checked.output)
    nothing = EmptyOperator(task_id="nothing_to_do")
    lanes = lane.expand(bookings=grouped.output)
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> checked >> branch >> grouped >> lanes >> report
    branch >> nothing >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


bookings_eaccounting_to_vismanet()
