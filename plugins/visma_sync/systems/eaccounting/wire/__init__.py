"""The bodies that eAccounting takes."""

from visma_sync.systems.eaccounting.wire.articles import ArticleBarcode, ArticleUpdate
from visma_sync.systems.eaccounting.wire.customers import CustomerUpdate
from visma_sync.systems.eaccounting.wire.notes import NoteUpdate
from visma_sync.systems.eaccounting.wire.orders import OrderRow, OrderUpdate

__all__ = ["ArticleBarcode", "ArticleUpdate", "CustomerUpdate", "NoteUpdate", "OrderRow", "OrderUpdate"]
