"""With a lost ledger only a reference tells that a sale of the source came from the target."""

from visma_sync.domain.sale import Sale
from visma_sync.sync.run import Run

# The reason that tells of such a sale; the report names each, because a person may have written the reference.
OUR_MARK = "carries_our_mark"


def carries_our_mark(run: Run, sale: Sale) -> bool:
    """Whether a sale carries the reference of an order that came from the target, and was not begun to be sent."""
    if not run.settings.mirror.orders.is_marker(sale.our_reference):
        return False
    ledger, kind = run.ledger, run.kind
    return not (ledger.links(kind, [sale.key]) or ledger.intents(run.writer_of(kind), kind, [sale.key], "create"))
