"""Says of the whole link whether it is set up right, each miss with its cure.

Run it by hand before the first real run, and after every change of settings, Connections or either company's set-up. It
only reads. Red means that something is missing: the log of `look` names it; docs/preflight.md lists all checks.
"""

from airflow.sdk import dag

from visma_sync.operators.preflight import Preflight


@dag(doc_md=__doc__, schedule=None, catchup=False, max_active_runs=1, tags=["visma", "set-up"])
def preflight() -> None:
    Preflight(task_id="look")


preflight()
