"""Forgets a customer: everything that the ledger keeps of a person is deleted, in both directions and all flows.

Trigger by hand with the customer's number in eAccounting or in Visma.net, never with a name or an e-mail address:
Airflow keeps and shows what is entered. Nothing is deleted in either system: do that first, or what is still read there
is kept here again. The log says how much was erased, and what is not touched. docs/privacy.md says more.
"""

from airflow.sdk import dag

from visma_sync.operators.privacy import EraseCustomer, erase_form


@dag(
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    max_active_runs=1,
    params=erase_form(),
    tags=["visma", "privacy"],
)
def erase_customer() -> None:
    EraseCustomer(task_id="erase")


erase_customer()
