"""What is written to Visma.net ERP: every field that the published specifications let a client write.

Names outside are the vendor's (`addressLine1`); a field that is not given is not sent, None clears it.
Lengths are those of the specification; the core API has none. Dates are ISO 8601 text; SalesOrders v3 reads
one without an offset as UTC. Money and quantities are Decimal or int, never float.
Sources: "Visma.net ERP OpenAPI 2025-12" (core API), "SalesOrders OpenAPI v3" (orders).
"""

from visma_sync.systems.vismanet.wire.adjustments import InventoryAdjustmentUpdate
from visma_sync.systems.vismanet.wire.customers import ContactUpdate, CustomerUpdate
from visma_sync.systems.vismanet.wire.invoices import CustomerCreditNoteUpdate, CustomerInvoiceUpdate
from visma_sync.systems.vismanet.wire.items import InventoryUpdate
from visma_sync.systems.vismanet.wire.journals import JournalTransactionUpdate
from visma_sync.systems.vismanet.wire.orders import NewSalesOrder, PatchSalesOrder
from visma_sync.systems.vismanet.wire.payload import CorePayload, Payload
from visma_sync.systems.vismanet.wire.payments import PaymentRelease, PaymentUpdate
from visma_sync.systems.vismanet.wire.shipments import NewShipment

__all__ = [
    "ContactUpdate",
    "CorePayload",
    "CustomerCreditNoteUpdate",
    "CustomerInvoiceUpdate",
    "CustomerUpdate",
    "InventoryAdjustmentUpdate",
    "InventoryUpdate",
    "JournalTransactionUpdate",
    "NewSalesOrder",
    "NewShipment",
    "PatchSalesOrder",
    "Payload",
    "PaymentRelease",
    "PaymentUpdate",
]
