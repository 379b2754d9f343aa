"""What became of records since they were read or sent: sent meanwhile, or deleted in the source."""

from visma_sync.ledger.held_records import WAITING
from visma_sync.sync.reconcile.documents import Due, Owner, Period, Waiting, document_of
from visma_sync.sync.reconcile.side import Side
from visma_sync.sync.reconcile.source import SourceSide


def leave_out_sent(side: Side, source: SourceSide) -> None:
    """Take what a run sent or took in hand since the source was read from what is missing; it is told as waiting."""
    ledger, run = side.run.ledger, side.run
    unsent = {due.owner.key: due.owner for due in source.dues if not due.target_key}
    links = ledger.links(run.kind, unsent)
    held = ledger.held(run.flow, unsent, with_source=False)
    left_out = set(links)
    for key in links:
        cure = "Nothing to do: the next comparison compares it."
        source.waiting.append(Waiting(unsent[key], "new", "sent_meanwhile", cure))
    for key, record in held.items():
        if key not in links and record.state in WAITING:
            left_out.add(key)
            source.waiting.append(Waiting(unsent[key], record.state, record.reason, record.cure))
    source.dues = [due for due in source.dues if due.target_key or due.owner.key not in left_out]


async def gone_from_source(side: Side, period: Period, source: SourceSide) -> list[Due]:
    """What was sent for records of these days that the source has no more.

    A record that its complete list does not show is gone only when asking for it alone says so too: it may have been
    moved to another day.
    """
    if not side.gives_all:
        return []
    run = side.run
    links = {
        link.source_key: link
        for link in run.ledger.all_links(run.kind)
        if link.source_key not in source.read and link.detail.get("confirmed") is not False
    }
    held = run.ledger.held(run.flow, links, with_source=False)
    not_listed = {key for key, record in held.items() if period.has(str(record.facts.get("date", "")))}
    if not not_listed:
        return []
    still_there = {side.flow.key_of(record) for record in await side.flow.by_key(not_listed)}
    dues = []
    for key in sorted(not_listed - still_there):
        facts, link = held[key].facts, links[key]
        owner = Owner(key, held[key].number, str(facts["date"]), str(facts["currency"]))
        dues.append(side.due_of(owner, link, document_of(link.target_key)))
    return dues
