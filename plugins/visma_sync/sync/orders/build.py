"""The one builder: preview, dry run, send and test all call this."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visma_sync.domain.order import Order
from visma_sync.mapping.catalog import FlowMapping
from visma_sync.settings.model import Settings
from visma_sync.sync.orders.plan import OrderPlan, Surroundings, plan_order


@dataclass(frozen=True)
class BuiltOrder:
    """What would be sent for an order: the decisions, the payload, and which texts had to be cut."""

    plan: OrderPlan
    payload: dict[str, Any]
    cuts: tuple[str, ...]


def build_order(order: Order, around: Surroundings, mapping: FlowMapping, settings: Settings) -> BuiltOrder:
    """Decide and write an order, without sending it; raises what `plan_order` and the mapping raise."""
    plan = plan_order(order, around, settings)
    links: Mapping[str, str] = {"customer": around.customer_number}
    written = mapping.write("order", order, links=links, settings=settings, plan=plan)
    return BuiltOrder(plan, written.payload, tuple(str(cut) for cut in written.cuts))
