"""The stock of eAccounting becomes the stock of Visma.net, by inventory adjustments that carry the differences only.

Every hour: settle what an earlier run left, read the levels of both systems, adjust what differs, in one adjustment for
each warehouse. Where many products would fall to zero, or a list could not be read whole, a person is asked first
(Required Actions), and other runs pass meanwhile. Trigger by hand for all products or single numbers, with or without a
dry run. All of it is safe to repeat.
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.stock import AdjustStock, ApproveAdjustment, Brake, CompareStock
from visma_sync.operators.turn import GiveTurnBack, TakeTurn

stock_in_source, stock_in_target = system_assets("stock")

# Two, so that one can wait for a person while the others pass.
RUNS_AT_ONCE = 2


@dag(doc_md=__doc__, **{**flow_arguments("stock", cron="0 * * * *"), "max_active_runs": RUNS_AT_ONCE})
def stock_eaccounting_to_vismanet() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    compared = CompareStock(task_id="compare_stock", inlets=[stock_in_source])
    brake = Brake(
        task_id="brake",
        compared=compared.output,
        adjust="adjust_stock",
        ask="give_turn_back",
        if_none="nothing_to_do",
    )
    nothing = EmptyOperator(task_id="nothing_to_do")
    turn_back = GiveTurnBack(task_id="give_turn_back")
    approved = ApproveAdjustment(task_id="approve_adjustment", compared="compare_stock")
    turn_again = TakeTurn(task_id="take_turn_again")
    compared_again = CompareStock(task_id="compare_stock_again", approved=compared.output)
    adjusted = AdjustStock(
        task_id="adjust_stock", trigger_rule="none_failed_min_one_success", outlets=[stock_in_target]
    )
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> compared >> brake >> [nothing, adjusted, turn_back]
    turn_back >> approved >> turn_again >> compared_again >> adjusted
    [nothing, adjusted] >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


stock_eaccounting_to_vismanet()
