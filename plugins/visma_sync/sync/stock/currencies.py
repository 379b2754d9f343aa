"""In which currencies the two companies keep the cost of what they have in stock."""

from visma_sync.sync.invoices.books import base_currency
from visma_sync.sync.run import ONE_DAY, now
from visma_sync.sync.stock.difference import Currencies
from visma_sync.sync.stock.flow import StockFlow

_KEPT = "company_currency"


async def cost_currencies(flow: StockFlow) -> Currencies:
    """The currencies of both companies, where costs of the source are used; asked at most daily.

    A purchase price is in the currency of the source's company (eAccounting OpenAPI 2026-02).
    """
    run = flow.run
    if run.settings.stock.unit_cost != "source":
        return Currencies()
    known = run.ledger.master_data("source", _KEPT)
    if known is not None and known[1] > now() - ONE_DAY:
        of_source = str(known[0][0]["currency"])
    else:
        of_source = (await flow.source.company()).currency
        run.ledger.save_master_data("source", _KEPT, [{"currency": of_source}])
    return Currencies(of_source, await base_currency(run, flow.target))
