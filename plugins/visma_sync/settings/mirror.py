"""What is decided for the flows in which source and target of the pair are exchanged."""

from visma_sync.settings.mirror_customers import MirrorCustomerSettings
from visma_sync.settings.mirror_order_status import OrderStatusSettings
from visma_sync.settings.mirror_orders import MirrorOrderSettings
from visma_sync.settings.mirror_products import MirrorProductSettings
from visma_sync.settings.mirror_stock import MirrorStockSettings
from visma_sync.settings.part import Part


class MirrorSettings(Part):
    """One group for each of these flows."""

    customers: MirrorCustomerSettings
    order_status: OrderStatusSettings
    orders: MirrorOrderSettings
    products: MirrorProductSettings
    stock: MirrorStockSettings
