"""Settling the adjustments of earlier runs before any level is read: what is under way would be applied twice."""

from collections.abc import Mapping
from dataclasses import replace

from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Outcome
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.settle import Settling
from visma_sync.sync.stock.adjustments import Adjustment, Books, kept_apart, take_over_unknown
from visma_sync.sync.stock.flow import StockFlow

_UNSETTLED = Outcome(
    "",
    "",
    "parked",
    "adjustment_unsettled",
    cure="Let the flow run without dry run: it settles that adjustment first.",
    detail="an adjustment of an earlier run is not settled yet",
)


async def settle_earlier(flow: StockFlow) -> Mapping[str, Outcome]:
    """Look up, adopt and release what earlier runs left; gives by SKU the outcome of what cannot be settled yet.

    A dry run settles nothing. Raises RetryableError while another try may settle more.
    """
    run = flow.run
    if not run.dry_run:
        await take_over_unknown(flow)
    adjustments = {held.key: Adjustment.of(held) for held in run.ledger.waiting(kept_apart(run))}
    if run.dry_run:
        return {sku: _UNSETTLED for adjustment in adjustments.values() for sku in adjustment.skus}
    settling = Settling(run, "settle_earlier", flow=kept_apart(run), refused="parked")
    async with Journal(run.ledger) as journal:
        books = Books(flow, journal)

        async def settle(reference: Reference) -> Reference | Outcome:
            return await books.bring_to_end(adjustments[reference["key"]], None)

        await settling.each([plain_reference(marker, marker) for marker in sorted(adjustments)], settle)
    settling.save()
    settling.raise_if_needed()
    return {
        sku: replace(outcome, facts={})
        for outcome in settling.outcomes
        if outcome.state in {"parked", "uncertain", "rejected"}
        for sku in adjustments[outcome.key].skus
    }
