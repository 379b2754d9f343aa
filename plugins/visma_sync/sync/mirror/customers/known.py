"""What is known of the customers of a mirrored run, before they are settled."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from visma_sync.domain.customer import Customer
from visma_sync.ledger.rows import HeldRecord, Intent, Link
from visma_sync.sync.customers.match import Rival, rivals
from visma_sync.sync.lists import target_list
from visma_sync.sync.mirror.customers.match import Candidates, candidates, identity_of
from visma_sync.sync.mirror.customers.plan import TargetLists
from visma_sync.sync.mirror.customers.ports import CustomerTarget
from visma_sync.sync.run import Run, now

# The target's clock differs from ours.
_DELTA_OVERLAP = timedelta(hours=1)


@dataclass(frozen=True)
class Known:
    """The customers in hand and what is known of them; `others` are the links of the other direction, by number."""

    held: Mapping[str, HeldRecord]
    links: Mapping[str, Link]
    others: Mapping[str, Link]
    intents: Mapping[str, Intent]
    found: Candidates
    shared: Mapping[str, Rival]
    lists: TargetLists
    looked_at: datetime


async def look_up(
    run: Run, target: CustomerTarget, customers: Mapping[str, Customer], held: Mapping[str, HeldRecord]
) -> Known:
    """Read of ledger and target, once for all of them, what settling these customers takes."""
    keys = list(customers)
    links = run.ledger.links("customer", keys)
    others = run.ledger.mirrored().links_by_target("customer", keys)
    strangers = [customer for key, customer in customers.items() if key not in links and key not in others]
    looked_at = now()
    if strangers:
        await _refresh_identities(run, target)
    return Known(
        held=held,
        links=links,
        others=others,
        intents=run.ledger.intents(run.writer_of("customer"), "customer", keys, "create"),
        found=candidates(run.ledger, strangers, run.settings),
        shared=rivals(strangers),
        lists=await _lists(run, target) if _any_news(run, held, links) else TargetLists((), {}),
        looked_at=looked_at,
    )


def _any_news(run: Run, held: Mapping[str, HeldRecord], links: Mapping[str, Link]) -> bool:
    return any(
        key not in links or links[key].source_hash != run.fingerprint_of("customer", record.source_hash)
        for key, record in held.items()
    )


async def _lists(run: Run, target: CustomerTarget) -> TargetLists:
    countries = await target_list(run, target, "countries")
    terms = await target_list(run, target, "terms_of_payment")
    for_sales = [row for row in terms if row["active"] and row["facts"].get("for_sales", True)]
    return TargetLists(
        frozenset(row["id"] for row in countries), {row["description"].casefold(): row["id"] for row in for_sales}
    )


async def _refresh_identities(run: Run, target: CustomerTarget) -> None:
    """Bring what we know of the target's customers up to date; the first time all of them, then what changed."""
    began_at = now()
    known_until = run.ledger.cursor("target.customers")
    since = known_until - _DELTA_OVERLAP if known_until else None
    async for page in target.known_customers.changed(since):
        run.ledger.save_identities("customer", [identity_of(customer, run.settings) for customer in page])
    run.ledger.save_cursor("target.customers", began_at)
