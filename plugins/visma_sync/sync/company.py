"""The links of a pair belong to two companies; another company behind a Connection stops the flow."""

from collections.abc import Mapping, Sequence
from typing import Any

from visma_sync.errors import ConfigurationError
from visma_sync.sync.ports import Reached
from visma_sync.sync.run import ONE_DAY, Run, now

# The company that only a sign-in tells is the source of a pair, the one that its Connection names is the target; the
# ledger calls them so for both directions.
REACHED, NAMED = "source", "target"
_OTHER_COMPANY = (
    "Sign in for the company that this pair belongs to; for another company use a ledger of its own "
    "(docs/operations.md, several companies)."
)


async def check_reached_company(run: Run, system: Reached, sign_in: str) -> None:
    """Ask the system whose company only the sign-in tells whose data it reaches, daily or when the sign-in changed.

    `sign_in` is a keyed hash of what the Connection holds. ConfigurationError when it is no longer the same company.
    """
    checked = run.ledger.master_data(REACHED, "company_checked")
    if checked and checked[1] > now() - ONE_DAY and checked[0] == [{"sign_in": sign_in}]:
        return
    company = await system.company()
    _same_or_refuse(run, REACHED, company.identifier, company.name)
    run.ledger.save_master_data(REACHED, "company_checked", [{"sign_in": sign_in}])


def check_named_company(run: Run, branches: Sequence[Mapping[str, Any]]) -> None:
    """The Connection that names a company must reach one at all, and the same one as before.

    `branches` are that company's own. A wrong company is answered with empty lists, not with an error; every company
    has a branch.
    """
    if not branches:
        raise ConfigurationError(
            f"the {side_of(run, NAMED)} answers with no branch at all: "
            "the Connection reaches no company, or a wrong one",
            resolution="Correct tenant and company in the Connection; its test names the company it reaches.",
        )
    _same_or_refuse(run, NAMED, run.named_company, str(branches[0]["description"]))


def refuse_other_company(run: Run) -> None:
    """Nothing is read or written through a Connection that names another company than before; asks nobody."""
    known = run.ledger.company(f"{run.ledger.own_pair} {NAMED}")
    if known is not None and run.named_company:
        _same_or_refuse(run, NAMED, run.named_company, "")


def side_of(run: Run, side: str) -> str:
    """What a side of the pair is in this run."""
    return (NAMED if side == REACHED else REACHED) if run.mirrored else side


def _same_or_refuse(run: Run, side: str, identifier: str, name: str) -> None:
    key = f"{run.ledger.own_pair} {side}"
    known = run.ledger.company(key)
    if known is not None and known.identifier != identifier:
        raise ConfigurationError(
            f"the Connection of the {side_of(run, side)} now reaches another company "
            "than the one this ledger's links belong to",
            resolution=_OTHER_COMPANY,
        )
    if known is None:
        run.ledger.save_company(key, identifier, name)
