"""The lists of both systems: VAT codes and rates, terms, methods, accounts, units, classes, warehouses and the like.

Every morning: read them all, keep what changed, and tell of it where a value that a setting uses vanished, was made
inactive or changed its rate, before an order trips over it. Red means that `tell_of_lists` names something to decide;
docs/reference_data.md says what. It only reads.
"""

from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.reference import ReadLists, TellOfLists


@dag(doc_md=__doc__, **{**flow_arguments("lists", cron="0 4 * * *"), "params": {}})
def reference_data() -> None:
    ready = SystemsReady(task_id="systems_ready")
    lists = ReadLists(task_id="read_lists")
    ready >> lists >> TellOfLists(task_id="tell_of_lists", lists=lists.output)


reference_data()
