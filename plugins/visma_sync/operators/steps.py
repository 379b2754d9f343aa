"""The steps of the order flow as Airflow operators, each under the name that users see."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.bases.branch import BaseBranchOperator

from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.operators.opening import die_with_parent, open_run
from visma_sync.operators.window import window_of
from visma_sync.sync.company import check_source_company, refuse_other_target
from visma_sync.sync.confirm import confirm_orders
from visma_sync.sync.create import create_orders
from visma_sync.sync.customers import ensure_customers
from visma_sync.sync.exist import check_orders_exist
from visma_sync.sync.fetch import fetch_orders
from visma_sync.sync.lists import check_settings
from visma_sync.sync.products import ensure_products
from visma_sync.sync.reference import Lane, Reference, lanes_of
from visma_sync.sync.run import Run
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

NEEDS = {
    "customer": "customers_eaccounting_to_vismanet",
    "product": "products_eaccounting_to_vismanet",
}


class StepOperator(BaseOperator):
    """Opens what a step works with, runs it, and gives back what the next step needs: references, no bodies.

    `mapped` are the record kinds whose mappings the step uses.
    """

    mapped: tuple[str, ...] = ()
    template_fields: Sequence[str] = ("flow",)
    ui_color = "#e8f4ea"

    def __init__(self, *, flow: str = "{{ dag.dag_id }}", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.flow = flow

    def _open(self, context: Any) -> Run:
        die_with_parent()
        run = open_run({"order": self.flow, **NEEDS}, self.mapped, context)
        refuse_other_target(run)
        return run

    def _with_systems(self, run: Run, step: Callable[[EAccountingClient, VismaNetClient], Awaitable[Any]]) -> Any:
        limits = {
            "max_concurrency": run.settings.max_concurrency,
            "timeout_seconds": run.settings.timeout_seconds,
        }

        async def opened() -> Any:
            source = EAccountingHook().client(run.ledger, **limits)
            target = VismaNetHook().client(run.ledger, **limits)
            async with source, target:
                return await step(source, target)

        return asyncio.run(opened())


class FetchOrders(StepOperator):
    """Reads the orders of the window, and takes up again those that were waiting."""

    # All of them, so that a wrong mapping stops the run before anything is written.
    mapped = ("order", *NEEDS)

    def execute(self, context: Any) -> list[Reference]:
        """Give the references of the orders that go on."""
        run = self._open(context)
        window = window_of(context, run.ledger, run.settings, self.flow)
        self.log.info("Reading %s window %s to %s %s", window.kind, window.since, window.until, window.numbers or "")

        async def fetch(source: EAccountingClient, _: VismaNetClient) -> list[Reference]:
            await check_source_company(run, source, run.ledger.fingerprint(EAccountingHook().settings().refresh_token))
            return await fetch_orders(run, source, window)

        fetched: list[Reference] = self._with_systems(run, fetch)
        self.log.info("%s orders go on.", len(fetched))
        return fetched


class CheckOrdersExist(StepOperator):
    """Sorts out what the target has already, and cuts the rest into lanes."""

    template_fields = ("flow", "orders")

    def __init__(self, *, orders: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.orders = orders

    def execute(self, context: Any) -> list[Lane]:
        """Give the lanes of the orders to write."""
        run = self._open(context)

        async def check(source: EAccountingClient, target: VismaNetClient) -> list[Reference]:
            going_on = await check_orders_exist(run, source, target, self.orders)
            if going_on:
                await check_settings(run, target)
            return going_on

        to_write = self._with_systems(run, check) if self.orders else []
        self.log.info("%s of %s orders are to be written.", len(to_write), len(self.orders))
        return lanes_of(to_write, run.settings.orders_per_lane, run.settings.max_lanes)


class AnythingToWrite(BaseBranchOperator):
    """Shows in the grid which way a run went; a branch inside the lanes would skip nothing."""

    template_fields = ("lanes",)

    def __init__(self, *, lanes: Any, if_any: str, if_none: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lanes, self.if_any, self.if_none = lanes, if_any, if_none

    def choose_branch(self, context: Any) -> str:
        """Name the task that goes on."""
        return self.if_any if self.lanes else self.if_none


class _EnsureOperator(StepOperator):
    """Works on what all lanes of the run need together."""

    template_fields = ("flow", "lanes")

    def __init__(self, *, lanes: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lanes = lanes

    @property
    def _orders(self) -> list[Reference]:
        return [reference for lane in self.lanes for reference in lane["orders"]]


class EnsureCustomers(_EnsureOperator):
    """Every order's customer exists in the target, once per run."""

    mapped = ("customer",)

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of customers by outcome."""
        run = self._open(context)
        counts: dict[str, int] = self._with_systems(
            run, lambda source, target: ensure_customers(run, source, target, self._orders)
        )
        self.log.info("Customers: %s", counts)
        return counts


class EnsureProducts(_EnsureOperator):
    """Every product that the orders name exists in the target, once per run."""

    mapped = ("product",)

    def execute(self, context: Any) -> dict[str, int]:
        """Give the number of products by outcome."""
        run = self._open(context)
        counts: dict[str, int] = self._with_systems(
            run, lambda source, target: ensure_products(run, source, target, self._orders)
        )
        self.log.info("Products: %s", counts)
        return counts


class _LaneOperator(StepOperator):
    """Works on one lane; its label in the grid names the lane's first and last order."""

    template_fields = ("flow", "lane")

    def __init__(self, *, lane: Any, **kwargs: Any) -> None:
        super().__init__(map_index_template="{{ lane_label | default('') }}", **kwargs)
        self.lane = lane

    def _label(self, context: Any, lane: Lane) -> None:
        numbers = [reference["number"] for reference in lane["orders"]]
        shown = numbers[0] if len(numbers) == 1 else f"{numbers[0]}..{numbers[-1]} ({len(numbers)})"
        context["lane_label"] = shown


class CreateOrders(_LaneOperator):
    """Writes the orders of a lane, on Hold, each exactly once."""

    mapped = ("order", *NEEDS)

    def execute(self, context: Any) -> Lane:
        """Give the lane with every order's state."""
        run = self._open(context)
        self._label(context, self.lane)
        orders = self._with_systems(run, lambda source, target: create_orders(run, source, target, self.lane["orders"]))
        return Lane(lane=self.lane["lane"], orders=orders)


class ConfirmOrders(_LaneOperator):
    """Compares the orders of a lane with their source, and opens them."""

    def execute(self, context: Any) -> Lane:
        """Give the lane with every order's state."""
        run = self._open(context)
        self._label(context, self.lane)
        orders = self._with_systems(run, lambda _, target: confirm_orders(run, target, self.lane["orders"]))
        for order in orders:
            self.log.info("%s %s %s", order["number"], order["state"], order.get("target", ""))
        return Lane(lane=self.lane["lane"], orders=orders)
