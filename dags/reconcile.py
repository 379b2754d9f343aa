"""
# reconcile

Compares eAccounting and Visma.net, every night: orders, invoices, credit notes, bookings and payments.

Per business day, country, VAT code and currency: what should have been sent, and what stands in Visma.net. Every
difference is listed by record: missing, double, amount, VAT, currency, deleted. Two CSV files for the accountant.

It reads, and writes nothing in either system. With **Resend** in the trigger form it triggers the flows that send what
is missing.

What it compares, and how: [docs/reconcile.md](docs/reconcile.md).
"""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.reconcile import MissingToResend, ReconcileFlows, ReconcileReport, reconcile_form
from visma_sync.operators.start import start_arguments


@dag(doc_md=__doc__, **{**flow_arguments("reconcile", cron="30 3 * * *"), "params": reconcile_form()})
def reconcile() -> None:
    ready = SystemsReady(task_id="systems_ready")
    compared = ReconcileFlows(task_id="reconcile_flows")
    missing = MissingToResend(task_id="missing_to_resend", compared=compared.output)
    resent = TriggerDagRunOperator.partial(task_id="resend", **start_arguments("reconcile")).expand_kwargs(
        missing.output
    )
    report = ReconcileReport(task_id="report", compared=compared.output, trigger_rule="none_failed")

    ready >> compared >> missing >> resent >> report


reconcile()
