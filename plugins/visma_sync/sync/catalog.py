"""Which class knows the records of a flow, for the steps that are the same for all flows."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from visma_sync.sync.bookings.flow import BookingFlow
from visma_sync.sync.customers.ensure import ensure_customers
from visma_sync.sync.customers.flow import CustomerFlow
from visma_sync.sync.flow import DocumentFlow, MasterFlow, RecordFlow
from visma_sync.sync.invoices.flow import InvoiceFlow
from visma_sync.sync.mirror.customers.ensure import ensure_customers_back
from visma_sync.sync.mirror.customers.flow import MirroredCustomerFlow
from visma_sync.sync.mirror.orders.flow import MirroredOrderFlow
from visma_sync.sync.mirror.orders.products import ensure_products_back
from visma_sync.sync.mirror.products.flow import MirroredProductFlow
from visma_sync.sync.mirror.stock.flow import BalanceFlow
from visma_sync.sync.order_status.flow import OrderStatusFlow
from visma_sync.sync.orders.flow import OrderFlow
from visma_sync.sync.payments.flow import PaymentFlow
from visma_sync.sync.products.ensure import ensure_products
from visma_sync.sync.products.flow import ProductFlow
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run
from visma_sync.sync.stock.flow import StockFlow

Ensure = Callable[[Run, Any, Any, Sequence[Reference]], Awaitable[dict[str, int]]]

RECORD_FLOWS: Mapping[str, type[RecordFlow[Any]]] = {
    "orders_eaccounting_to_vismanet": OrderFlow,
    "invoices_eaccounting_to_vismanet": InvoiceFlow,
    "customers_eaccounting_to_vismanet": CustomerFlow,
    "products_eaccounting_to_vismanet": ProductFlow,
    "stock_eaccounting_to_vismanet": StockFlow,
    "payments_eaccounting_to_vismanet": PaymentFlow,
    "bookings_eaccounting_to_vismanet": BookingFlow,
    "customers_vismanet_to_eaccounting": MirroredCustomerFlow,
    "orders_vismanet_to_eaccounting": MirroredOrderFlow,
    "order_status_vismanet_to_eaccounting": OrderStatusFlow,
    "stock_vismanet_to_eaccounting": BalanceFlow,
    "products_vismanet_to_eaccounting": MirroredProductFlow,
}

# How records that others need are made, by the flow in whose name they are written.
ENSURE: Mapping[str, Ensure] = {
    "customers_eaccounting_to_vismanet": ensure_customers,
    "products_eaccounting_to_vismanet": ensure_products,
    "customers_vismanet_to_eaccounting": ensure_customers_back,
    "products_vismanet_to_eaccounting": ensure_products_back,
}


def record_flow(run: Run, source: Any, target: Any) -> RecordFlow[Any]:
    """The flow of a run's own records."""
    return RECORD_FLOWS[run.flows[run.kind]](run, source, target)


async def ensure(run: Run, kind: str, source: Any, target: Any, references: Sequence[Reference]) -> dict[str, int]:
    """Make the records of a kind that these records need, once per run; gives their number by outcome."""
    return await ENSURE[run.writer_of(kind)](run, source, target, references)


def document_flow(run: Run, source: Any, target: Any) -> DocumentFlow[Any]:
    """The flow of a run whose records become documents."""
    flow = record_flow(run, source, target)
    if not isinstance(flow, DocumentFlow):
        raise TypeError(f"{run.kind}s are no documents")
    return flow


def master_flow(run: Run, source: Any, target: Any) -> MasterFlow[Any]:
    """The flow of a run whose records are kept in step."""
    flow = record_flow(run, source, target)
    if not isinstance(flow, MasterFlow):
        raise TypeError(f"{run.kind}s are not kept in step")
    return flow
