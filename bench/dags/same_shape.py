"""The order flow's shape with tasks that do nothing: what Airflow itself takes for such a run."""

from typing import Any

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import BaseOperator, BaseSensorOperator, Param, dag, task_group
from airflow.sdk.bases.branch import BaseBranchOperator


class TakeNoTurn(BaseSensorOperator):
    """Finds at its first look that nobody is at work."""

    def poke(self, context: Any) -> bool:
        return True


class Nothing(BaseOperator):
    """Hands on what it was given."""

    template_fields = ("given",)

    def __init__(self, *, given: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.given = given

    def execute(self, context: Any) -> Any:
        return self.given


class CutLanes(BaseOperator):
    """Makes as many lanes as the run was asked for."""

    def execute(self, context: Any) -> list[int]:
        return list(range(context["params"]["lanes"]))


class AnythingToWrite(BaseBranchOperator):
    """Always goes on to the writing steps."""

    def choose_branch(self, context: Any) -> str:
        return "ensure_customers"


@task_group
def lane(orders: Any) -> None:
    created = Nothing(task_id="create_orders", given=orders)
    Nothing(task_id="confirm_orders", given=created.output)


@dag(schedule=None, doc_md=__doc__, max_active_runs=1, params={"lanes": Param(1, type="integer")})
def same_shape() -> None:
    turn = TakeNoTurn(task_id="take_turn", mode="reschedule", poke_interval=30)
    ready = Nothing(task_id="systems_ready")
    fetched = Nothing(task_id="fetch_orders")
    checked = CutLanes(task_id="check_orders_exist")
    branch = AnythingToWrite(task_id="anything_to_write")
    customers = Nothing(task_id="ensure_customers", given=checked.output)
    products = Nothing(task_id="ensure_products", given=checked.output)
    nothing = EmptyOperator(task_id="nothing_to_do")
    lanes = lane.expand(orders=checked.output)
    report = Nothing(task_id="report", trigger_rule="all_done")

    turn >> ready >> fetched >> checked >> branch >> customers >> products >> lanes >> report
    branch >> nothing >> report
    report.as_teardown(setups=turn, on_failure_fail_dagrun=True)


same_shape()
