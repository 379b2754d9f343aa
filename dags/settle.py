"""What still waits, in all flows: lost answers are looked up until the write is found or proven absent, and parked
records go on whose cause is gone.

Every hour: show what waits and since when, and start each flow that no run has looked after in that hour. Such a run
reads next to nothing and takes up what waits, under the flow's own turn. A flow that is paused, or off in the settings,
is shown and not started. Trigger by hand to have everything looked at now. docs/settle.md says more.
"""

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments
from visma_sync.operators.settle import ShowWaiting
from visma_sync.operators.start import start_arguments


@dag(doc_md=__doc__, **{**flow_arguments("waiting", cron="40 * * * *"), "params": {}})
def settle() -> None:
    waiting = ShowWaiting(task_id="show_waiting")
    TriggerDagRunOperator.partial(task_id="start_flows", **start_arguments("settle")).expand_kwargs(waiting.output)


settle()
