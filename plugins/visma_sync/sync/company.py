"""The links of a pair belong to two companies; another company behind a Connection stops the flow."""

from collections.abc import Mapping, Sequence
from typing import Any

from visma_sync.errors import ConfigurationError
from visma_sync.sync.ports import Source
from visma_sync.sync.run import ONE_DAY, Run, now

_OTHER_COMPANY = (
    "Sign in for the company that this pair belongs to; for another company use a ledger of its own "
    "(docs/operations.md, several companies)."
)


async def check_source_company(run: Run, source: Source, sign_in: str) -> None:
    """Ask whose data the sign-in reaches, at most daily or when the sign-in changed.

    `sign_in` is a keyed hash of what the Connection holds. ConfigurationError when it is no longer the same company.
    """
    checked = run.ledger.master_data("source", "company_checked")
    if checked and checked[1] > now() - ONE_DAY and checked[0] == [{"sign_in": sign_in}]:
        return
    company = await source.company()
    _same_or_refuse(run, "source", company.identifier, company.name)
    run.ledger.save_master_data("source", "company_checked", [{"sign_in": sign_in}])


def check_target_company(run: Run, branches: Sequence[Mapping[str, Any]]) -> None:
    """The target's Connection must reach a company at all, and the same one as before.

    `branches` are the target's own. A wrong company is answered with empty lists, not with an error; every company
    has a branch.
    """
    if not branches:
        raise ConfigurationError(
            "the target answers with no branch at all: the Connection reaches no company, or a wrong one",
            resolution="Correct tenant and company in the Connection; its test names the company it reaches.",
        )
    _same_or_refuse(run, "target", run.target_company, str(branches[0]["description"]))


def refuse_other_target(run: Run) -> None:
    """Nothing is read or written through a Connection that names another company than before; asks nobody."""
    known = run.ledger.company(f"{run.ledger.pair} target")
    if known is not None and run.target_company:
        _same_or_refuse(run, "target", run.target_company, "")


def _same_or_refuse(run: Run, side: str, identifier: str, name: str) -> None:
    key = f"{run.ledger.pair} {side}"
    known = run.ledger.company(key)
    if known is not None and known.identifier != identifier:
        raise ConfigurationError(
            f"the Connection of the {side} now reaches another company than the one this ledger's links belong to",
            resolution=_OTHER_COMPANY,
        )
    if known is None:
        run.ledger.save_company(key, identifier, name)
