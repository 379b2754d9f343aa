"""What each flow is made of: the records it moves, the documents it writes, the lists its mappings read.

One entry per mapping file of include/mappings, under the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from visma_sync.domain.customer import Customer
from visma_sync.domain.order import Order
from visma_sync.domain.product import Product
from visma_sync.mapping.catalog import FlowMapping, load_mapping
from visma_sync.settings.model import Settings
from visma_sync.systems.vismanet.wire import ContactUpdate, CustomerUpdate, InventoryUpdate, NewSalesOrder

INCLUDE = Path(__file__).parents[2] / "include"


@dataclass(frozen=True)
class FlowParts:
    """What a flow moves: the kind of its records and their model, the documents it writes, the source's lists that
    its mapping reads, and the kinds of records that must exist before.
    """

    kind: str
    record: type[BaseModel]
    documents: Mapping[str, type[BaseModel]]
    lists: tuple[str, ...]
    needs: tuple[str, ...] = ()


FLOWS: Mapping[str, FlowParts] = {
    "orders_eaccounting_to_vismanet": FlowParts(
        "order", Order, {"order": NewSalesOrder}, ("termsofpayments", "units"), needs=("customer", "product")
    ),
    "customers_eaccounting_to_vismanet": FlowParts(
        "customer", Customer, {"customer": CustomerUpdate, "contact": ContactUpdate}, ("termsofpayments",)
    ),
    "products_eaccounting_to_vismanet": FlowParts(
        "product", Product, {"product": InventoryUpdate}, ("articleaccountcodings",)
    ),
}


def flows_by_kind(flow: str) -> dict[str, str]:
    """The flow of each kind of record that a flow touches: its own, and what must exist before, in its direction."""
    parts, direction = FLOWS[flow], "_".join(flow.split("_")[-3:])
    return {parts.kind: flow, **{kind: f"{kind}s_{direction}" for kind in parts.needs}}


def flow_mapping(flow: str, settings: Settings, *, include: Path = INCLUDE) -> FlowMapping:
    """The mapping of a flow with the business's overlays; ConfigurationError names file, path and reason."""
    parts = FLOWS[flow]
    folder = include / "mappings"
    overlays = [folder / name for name in settings.mapping_overlays.get(flow, ())]
    return load_mapping(flow, folder, record=parts.record, documents=parts.documents, overlays=overlays)
