"""Which class knows the records of a kind, for the steps that are the same for all flows."""

from collections.abc import Mapping
from typing import Any

from visma_sync.sync.bookings.flow import BookingFlow
from visma_sync.sync.customers.flow import CustomerFlow
from visma_sync.sync.flow import DocumentFlow, MasterFlow, RecordFlow
from visma_sync.sync.invoices.flow import InvoiceFlow
from visma_sync.sync.orders.flow import OrderFlow
from visma_sync.sync.payments.flow import PaymentFlow
from visma_sync.sync.products.flow import ProductFlow
from visma_sync.sync.run import Run
from visma_sync.sync.stock.flow import StockFlow

RECORD_FLOWS: Mapping[str, type[RecordFlow[Any]]] = {
    one.kind: one
    for one in (
        OrderFlow,
        InvoiceFlow,
        CustomerFlow,
        ProductFlow,
        StockFlow,
        PaymentFlow,
        BookingFlow,
    )
}


def record_flow(run: Run, source: Any, target: Any) -> RecordFlow[Any]:
    """The flow of a run's own records."""
    return RECORD_FLOWS[run.kind](run, source, target)


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
