"""What Visma.net ERP answers, kept light: the fields that every flow needs by name, the rest as it came.

Sources: "Visma.net ERP OpenAPI 2025-12" (core) and "SalesOrders OpenAPI v3". Bodies keep the vendor's names.
"""

from visma_sync.systems.vismanet.answers.adjustments import AdjustmentRow
from visma_sync.systems.vismanet.answers.company import Branch
from visma_sync.systems.vismanet.answers.customers import TargetContact, TargetCustomer
from visma_sync.systems.vismanet.answers.documents import Settled, TargetDocument, TaxAmount
from visma_sync.systems.vismanet.answers.items import TargetItem
from visma_sync.systems.vismanet.answers.journals import JournalLine, JournalRow
from visma_sync.systems.vismanet.answers.orders import OrderRow, TargetOrder
from visma_sync.systems.vismanet.answers.payments import PaymentRow
from visma_sync.systems.vismanet.answers.server import SERVER_ZONE, SYSTEM, state_of
from visma_sync.systems.vismanet.answers.shipments import OrderLine, OrderShipment, Shipment
from visma_sync.systems.vismanet.answers.stock import StockRow, WarehouseLevel

__all__ = [
    "SERVER_ZONE",
    "SYSTEM",
    "AdjustmentRow",
    "Branch",
    "JournalLine",
    "JournalRow",
    "OrderLine",
    "OrderRow",
    "OrderShipment",
    "PaymentRow",
    "Settled",
    "Shipment",
    "StockRow",
    "TargetContact",
    "TargetCustomer",
    "TargetDocument",
    "TargetItem",
    "TargetOrder",
    "TaxAmount",
    "WarehouseLevel",
    "state_of",
]
