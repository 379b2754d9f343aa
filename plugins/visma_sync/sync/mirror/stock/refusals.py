"""When the balances of the target must not be written at all: a person decides first."""

from collections.abc import Iterable

from visma_sync.errors import ConfigurationError
from visma_sync.settings.model import Settings
from visma_sync.sync.mirror.stock.flow import ArticleBalance, BalanceFlow
from visma_sync.sync.run import source_lists

WAREHOUSES = "warehouses"
# The flows of sales that both systems hold, so that both take the goods off.
_SALES = (
    "orders_eaccounting_to_vismanet",
    "invoices_eaccounting_to_vismanet",
    "bookings_eaccounting_to_vismanet",
    "orders_vismanet_to_eaccounting",
)

# Where it invoices, what it invoices is taken off too.
_STATUS = "order_status_vismanet_to_eaccounting"


def refuse_undecided(settings: Settings) -> None:
    """ConfigurationError where the settings name no warehouse, or where sales of this pair change the same balance."""
    if not settings.mirror.stock.warehouses:
        raise ConfigurationError(
            "the settings name no warehouse whose stock is the balance of the articles",
            resolution="Name one or several in mirror.stock.warehouses.",
        )
    sales = [flow for flow in _SALES if flow not in settings.flows_off]
    if settings.mirror.order_status.invoice_in_eaccounting and _STATUS not in settings.flows_off:
        sales.append(_STATUS)
    if sales and settings.mirror.stock.reduced_by_orders == "refuse":
        raise ConfigurationError(
            f"sales of this pair are in both systems ({', '.join(sales)}), and eAccounting takes what it invoices off "
            "the same balance: it would be taken off twice, or put back",
            resolution="Read 'Taken off twice' on the page of the flow; then set mirror.stock.reduced_by_orders to "
            "accept, or put these flows into flows_off.",
        )


async def refuse_unknown_warehouses(flow: BalanceFlow) -> None:
    """ConfigurationError where a warehouse is not in the source: all that lies in it would be taken for nothing."""
    wanted = set(flow.run.settings.mirror.stock.warehouses)
    known = await source_lists(flow.run, flow.kind, flow.source)
    if wanted <= known[WAREHOUSES].keys():
        return
    known = await source_lists(flow.run, flow.kind, flow.source, fresh=True)
    if missing := sorted(wanted - known[WAREHOUSES].keys()):
        raise ConfigurationError(
            f"Visma.net has no warehouse {', '.join(missing)}", resolution="Correct mirror.stock.warehouses."
        )


def refuse_kept_by_module(articles: Iterable[ArticleBalance]) -> None:
    """ConfigurationError where the stock module of the target keeps the balances: then nothing can be written.

    A single article that proves it is enough; where none proves the contrary and some are stock articles, it is taken
    for active too.
    """
    goods = [article for article in articles if not article.is_service]
    proofs = {article.kept_by_module for article in goods}
    if True in proofs or (False not in proofs and any(article.is_stock for article in goods)):
        raise kept_by_module("its articles say so")


def kept_by_module(why: str) -> ConfigurationError:
    """The stock module of eAccounting keeps the balances."""
    return ConfigurationError(
        f"the stock module of eAccounting keeps the balances of articles ({why}); they cannot be written from outside",
        resolution="Switch the stock module off in eAccounting if Visma.net is to lead; else put "
        "stock_vismanet_to_eaccounting into flows_off, and let stock go the other way.",
    )
