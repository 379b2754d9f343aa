"""Puts everything that the ledger encrypts under its newest key, so that older keys can be taken out.

Trigger by hand after a new key was put in front of the others in VISMA_SYNC_LEDGER_KEY, and everything that runs was
started again with it. Safe to repeat and beside runs of the flows. docs/privacy.md says more.
"""

from airflow.sdk import dag

from visma_sync.operators.privacy import EncryptAnew


@dag(doc_md=__doc__, schedule=None, catchup=False, max_active_runs=1, tags=["visma", "privacy"])
def encrypt_anew() -> None:
    EncryptAnew(task_id="encrypt")


encrypt_anew()
