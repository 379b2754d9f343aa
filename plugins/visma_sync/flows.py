"""What each flow is made of: the records it moves, the documents it writes, the lists its mappings read.

One entry per mapping file of include/mappings, under the same name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

from visma_sync.domain.customer import Customer
from visma_sync.domain.invoice import Invoice
from visma_sync.domain.order import Order
from visma_sync.domain.order_status import OrderStatus
from visma_sync.domain.payment import Payment
from visma_sync.domain.product import Product
from visma_sync.domain.sales_order import SalesOrder
from visma_sync.domain.stock import StockLevel
from visma_sync.errors import ConfigurationError
from visma_sync.mapping.catalog import FlowMapping, load_mapping
from visma_sync.mapping.record_filter import RecordFilter
from visma_sync.settings.model import Settings
from visma_sync.systems.eaccounting.wire import ArticleUpdate, NoteUpdate, OrderUpdate
from visma_sync.systems.eaccounting.wire import CustomerUpdate as EAccountingCustomer
from visma_sync.systems.image_address import ImageAddress
from visma_sync.systems.images import ImageFolder, ImageSource
from visma_sync.systems.vismanet.wire import (
    ContactUpdate,
    CustomerCreditNoteUpdate,
    CustomerInvoiceUpdate,
    CustomerUpdate,
    InventoryAdjustmentUpdate,
    InventoryUpdate,
    JournalTransactionUpdate,
    NewSalesOrder,
    PaymentUpdate,
)

INCLUDE = Path(__file__).parents[2] / "include"
# Both change articles by reading one, and writing it back whole: at once, one would undo what the other wrote.
_SHARED_TURNS = dict.fromkeys(
    ("products_vismanet_to_eaccounting", "stock_vismanet_to_eaccounting"), "articles of eaccounting"
)


@dataclass(frozen=True)
class FlowParts:
    """What a flow moves: the kind of its records and their model, the documents it writes, the source's lists that
    its mapping reads, the kinds of records that must exist before, and those that it only `reads`.
    """

    kind: str
    record: type[BaseModel]
    documents: Mapping[str, type[BaseModel]]
    lists: tuple[str, ...]
    needs: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


FLOWS: Mapping[str, FlowParts] = {
    "orders_eaccounting_to_vismanet": FlowParts(
        "order", Order, {"order": NewSalesOrder}, ("termsofpayments", "units"), needs=("customer", "product")
    ),
    "customers_eaccounting_to_vismanet": FlowParts(
        "customer", Customer, {"customer": CustomerUpdate, "contact": ContactUpdate}, ("termsofpayments",)
    ),
    "products_eaccounting_to_vismanet": FlowParts(
        "product",
        Product,
        {"product": InventoryUpdate, "attributes": InventoryUpdate, "barcodes": InventoryUpdate},
        ("articleaccountcodings",),
    ),
    "invoices_eaccounting_to_vismanet": FlowParts(
        "invoice",
        Invoice,
        {"invoice": CustomerInvoiceUpdate, "credit_note": CustomerCreditNoteUpdate},
        ("termsofpayments", "units"),
        needs=("customer", "product"),
        reads=("order",),
    ),
    "stock_eaccounting_to_vismanet": FlowParts("stock", StockLevel, {"adjustment": InventoryAdjustmentUpdate}, ()),
    "payments_eaccounting_to_vismanet": FlowParts(
        "payment", Payment, {"payment": PaymentUpdate}, ("termsofpayments",), reads=("customer", "order")
    ),
    "bookings_eaccounting_to_vismanet": FlowParts(
        "booking",
        Invoice,
        {"journal": JournalTransactionUpdate},
        ("termsofpayments",),
        reads=("customer", "product", "order"),
    ),
    "customers_vismanet_to_eaccounting": FlowParts("customer", Customer, {"customer": EAccountingCustomer}, ()),
    "products_vismanet_to_eaccounting": FlowParts(
        "product",
        Product,
        {"coding": ArticleUpdate, "prices": ArticleUpdate, "article": ArticleUpdate},
        ("vat_categories",),
    ),
    "orders_vismanet_to_eaccounting": FlowParts(
        "order", SalesOrder, {"order": OrderUpdate}, ("vat_categories",), needs=("customer", "product")
    ),
    "order_status_vismanet_to_eaccounting": FlowParts("order_status", OrderStatus, {"note": NoteUpdate}, ()),
    "stock_vismanet_to_eaccounting": FlowParts("stock", StockLevel, {"article": ArticleUpdate}, ("warehouses",)),
}


def flows_by_kind(flow: str) -> dict[str, str]:
    """The flow of each kind of record that a flow touches: its own, and what it needs or reads, in its direction."""
    parts, direction = FLOWS[flow], "_".join(flow.split("_")[-3:])
    return {parts.kind: flow, **{kind: f"{kind}s_{direction}" for kind in (*parts.needs, *parts.reads)}}


def turn_taken_by(flow: str) -> str:
    """The name of the turn that runs of a flow take: its own, or one that it shares with other flows."""
    return _SHARED_TURNS.get(flow, flow)


def is_mirrored(flow: str) -> bool:
    """Whether a flow goes the other way: what is the source of the pair is its target."""
    return flow.endswith("_vismanet_to_eaccounting")


def refuse_flow_off(flow: str, settings: Settings) -> None:
    """ConfigurationError where there is no such flow, or where the settings say that it must not run."""
    if flow not in FLOWS:
        raise ConfigurationError(
            f"there is no flow '{flow}'", resolution=f"Name the DAG after one of {', '.join(sorted(FLOWS))}."
        )
    if unknown := sorted(set(settings.flows_off) - FLOWS.keys()):
        raise ConfigurationError(
            f"flows_off: there is no flow {', '.join(unknown)}",
            resolution=f"Name a flow: {', '.join(sorted(FLOWS))}.",
        )
    if flow in settings.flows_off:
        raise ConfigurationError(
            f"the flow {flow} is off", resolution="Take it out of flows_off in the settings, or pause its DAG."
        )


def flow_filter(flow: str, mapping: FlowMapping, settings: Settings) -> RecordFilter | None:
    """Which records of a flow the settings want sent, None for all; ConfigurationError names the filter."""
    if unknown := sorted(settings.filters.keys() - FLOWS.keys()):
        raise ConfigurationError(
            f"filters: there is no flow {', '.join(unknown)}",
            resolution=f"Name a flow: {', '.join(sorted(FLOWS))}.",
        )
    expressions = settings.filters.get(flow, ())
    return mapping.record_filter(expressions, settings=Settings) if expressions else None


def image_source(settings: Settings) -> ImageSource | None:
    """Where pictures of products come from, None where the settings name none."""
    images = settings.products.images
    if images.folder:
        return ImageFolder(INCLUDE.parent / images.folder)
    if images.address:
        return ImageAddress(images.address, frozenset(images.hosts), seconds=settings.timeout_seconds)
    return None


def flow_mapping(flow: str, settings: Settings, *, include: Path = INCLUDE) -> FlowMapping:
    """The mapping of a flow with the business's overlays; ConfigurationError names file, path and reason."""
    parts = FLOWS[flow]
    folder = include / "mappings"
    overlays = [folder / name for name in settings.mapping_overlays.get(flow, ())]
    return load_mapping(flow, folder, record=parts.record, documents=parts.documents, overlays=overlays)
