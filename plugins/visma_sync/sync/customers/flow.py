"""The customer flow: every customer that changed is found, made or brought up to date in the target."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol, cast

from visma_sync.domain.customer import Customer
from visma_sync.ledger.rows import FlowOutcome, HeldRecord, Link, LinkChange, Outcome
from visma_sync.sync.customers.outcome import ARCHIVED, outcome_of
from visma_sync.sync.customers.write import settle_customers
from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.ports import CustomerTarget, Source
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import ONE_DAY, now, source_lists
from visma_sync.sync.settle import Settling

_LOOKED_FOR_DELETED = "source.customers.deleted"
_DELETED = "deleted"


class CustomerSource(Source, Protocol):
    """Where customers come from."""

    def customers_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]: ...
    async def customers_by_number(self, numbers: Collection[str]) -> list[Any]: ...


class CustomerFlow(MasterFlow[Customer]):
    """Customers of the source become customers of the target."""

    source: CustomerSource
    target: CustomerTarget

    kind = "customer"

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        """Those of the window. One without a stamp does not say when it was made: at the latest when we linked it."""
        async for page in self.source.customers_changed(since, until):
            unstamped = [record.key for record in page if record.changed_at is None]
            links = self.run.ledger.links("customer", unstamped)
            yield [record for record in page if not _made_before(since, links.get(record.key))]

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.customers_by_number(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.customers(keys)

    def reference_of(self, record: Customer) -> Reference:
        return plain_reference(record.key, record.number)

    async def settle_deleted(self, in_hand: Collection[str]) -> Collection[str]:
        """The source does not tell what was deleted: once a day those we know are looked for among its customers."""
        run, ledger = self.run, self.run.ledger
        looked_at = ledger.cursor(_LOOKED_FOR_DELETED)
        if looked_at is not None and looked_at > now() - ONE_DAY:
            return ()
        known = {
            link.source_key: link
            for link in ledger.all_links("customer")
            if link.source_key not in in_hand and not link.detail.get(_DELETED)
        }
        if not known:
            return ()
        began_at = now()
        there = {record.key for record in await self.by_key(known)}
        gone = [link for key, link in known.items() if key not in there]
        held = ledger.held(run.flow, [link.source_key for link in gone], with_source=False)
        ledger.commit(
            *(LinkChange("customer", link.source_key, _noted_deleted) for link in gone),
            *(FlowOutcome(run.flow, run.run_id, _deleted(link, held)) for link in gone),
        )
        ledger.save_cursor(_LOOKED_FOR_DELETED, began_at)
        return [link.source_key for link in gone]

    async def settle(self, references: Sequence[Reference], settling: Settling) -> None:
        customers, held = await self._read(references)
        not_needed = self._archived_and_unknown(customers)
        settling.outcomes += [outcome_of(customers.pop(key), "skipped", "archived", ARCHIVED) for key in not_needed]
        await settle_customers(self.run, self.target, settling, customers, held)

    async def _read(self, references: Sequence[Reference]) -> tuple[dict[str, Customer], Mapping[str, HeldRecord]]:
        run = self.run
        held = run.ledger.held(run.flow, [reference["key"] for reference in references])
        lists = await source_lists(run, "customer", self.source)
        customers = {
            key: cast(Customer, run.mapping("customer").read(record.source or {}, lists=lists, settings=run.settings))
            for key, record in held.items()
        }
        return customers, held

    def _archived_and_unknown(self, customers: Mapping[str, Customer]) -> list[str]:
        """Nobody orders any more, and we never began to make them in the target."""
        run = self.run
        archived = [key for key, customer in customers.items() if not customer.is_active]
        known = run.ledger.links("customer", archived).keys()
        begun = run.ledger.intents(run.writer_of("customer"), "customer", archived, "create")
        return [key for key in archived if key not in known and key not in begun]


def _made_before(since: datetime, link: Link | None) -> bool:
    return link is not None and link.linked_at is not None and link.linked_at < since


def _noted_deleted(link: Link) -> Link:
    return replace(link, detail={**link.detail, _DELETED: True})


def _deleted(link: Link, held: Mapping[str, HeldRecord]) -> Outcome:
    return Outcome(
        link.source_key,
        held[link.source_key].number if link.source_key in held else "",
        "skipped",
        "gone_from_source",
        cure="Make it inactive there by hand where nobody should order any more.",
        detail=f"deleted in the source; customer {link.target_key} of the target stays as it is",
        target_key=link.target_key,
    )
