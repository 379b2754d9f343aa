"""The stock of Visma.net becomes the balance of eAccounting's articles; only those that differ are written.

Every hour: read the levels of both systems, and write each balance that differs over what the article says right
before. Where many articles would fall to zero a person is asked first (Required Actions), and other runs pass
meanwhile. Trigger by hand for all products or single numbers, with or without a dry run. All of it is safe to repeat.
Off until the settings let it run (flows_off).
"""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import dag

from visma_sync.operators.defaults import flow_arguments, system_assets
from visma_sync.operators.mirror_stock import CompareBalances, WriteBalances
from visma_sync.operators.ready import SystemsReady
from visma_sync.operators.report import Report
from visma_sync.operators.stock import ApproveAdjustment, Brake
from visma_sync.operators.turn import GiveTurnBack, TakeTurn

stock_in_source, stock_in_target = system_assets("stock", mirrored=True)

# Two, so that one can wait for a person while the others pass.
RUNS_AT_ONCE = 2


@dag(doc_md=__doc__, **{**flow_arguments("stock", cron="30 * * * *"), "max_active_runs": RUNS_AT_ONCE})
def stock_vismanet_to_eaccounting() -> None:
    turn = TakeTurn(task_id="take_turn")
    ready = SystemsReady(task_id="systems_ready")
    compared = CompareBalances(task_id="compare_stock", inlets=[stock_in_source])
    brake = Brake(
        task_id="brake",
        compared=compared.output,
        adjust="write_stock",
        ask="give_turn_back",
        if_none="nothing_to_do",
    )
    nothing = EmptyOperator(task_id="nothing_to_do")
    turn_back = GiveTurnBack(task_id="give_turn_back")
    approved = ApproveAdjustment(task_id="approve_change", compared="compare_stock", system="eAccounting")
    turn_again = TakeTurn(task_id="take_turn_again")
    compared_again = CompareBalances(task_id="compare_stock_again", approved=compared.output)
    written = WriteBalances(
        task_id="write_stock", trigger_rule="none_failed_min_one_success", outlets=[stock_in_target]
    )
    report = Report(task_id="report", trigger_rule="all_done")

    turn >> ready >> compared >> brake >> [nothing, written, turn_back]
    turn_back >> approved >> turn_again >> compared_again >> written
    [nothing, written] >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


stock_vismanet_to_eaccounting()
