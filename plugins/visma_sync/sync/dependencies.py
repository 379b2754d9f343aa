"""Orders wait when a customer or product that they need cannot be settled."""

from collections.abc import Collection, Mapping, Sequence

from visma_sync.ledger.rows import Outcome
from visma_sync.sync.run import Run

_BLOCKS = {"parked", "rejected", "uncertain"}


def park_orders(run: Run, step: str, outcomes: Sequence[Outcome], needed: Mapping[str, Collection[str]]) -> None:
    """Park every order whose customer or product ended in one of these outcomes; earlier parkings by this step end.

    `needed` maps the needed key to the orders that need it.
    """
    blocked: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.state in _BLOCKS:
            for key in needed.get(outcome.key, ()):
                blocked.setdefault(key, outcome)
    run.ledger.withdraw_outcomes(run.flow, run.run_id, step)
    for outcome in run.ledger.outcomes(run.flow, run.run_id):
        # What the other step said of this order stands; it must not be taken back together with ours.
        blocked.pop(outcome.key, None)
    held = run.ledger.held(run.flow, blocked, with_source=False)
    run.ledger.save_outcomes(
        run.flow,
        run.run_id,
        [
            Outcome(
                key,
                held[key].number,
                "parked",
                cause.reason,
                cure=cause.cure,
                detail=cause.detail,
                currency=str(held[key].facts.get("currency", "")),
                fingerprint=held[key].fingerprint,
                facts={"step": step},
            )
            for key, cause in blocked.items()
        ],
    )
