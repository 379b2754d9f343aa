"""The flow of the status of orders: those that this pair sent are taken as far as the other system came with them."""

import logging
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from visma_sync.domain.order_status import OrderStatus
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent
from visma_sync.settings.mirror_order_status import OrderStatusSettings
from visma_sync.sync.flow import MasterFlow
from visma_sync.sync.order_status.decide import asks_for_departures
from visma_sync.sync.order_status.follow import Following
from visma_sync.sync.order_status.known import KIND, NOTE, STEPS, Known, note_key, outcome
from visma_sync.sync.order_status.ports import OrderStatusSource, OrderStatusTarget
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import now
from visma_sync.sync.settle import Settling

# The flow that sent the orders: it holds their numbers.
_SENT_BY = "orders_eaccounting_to_vismanet"

logger = logging.getLogger(__name__)


class OrderStatusFlow(MasterFlow[OrderStatus]):
    """What became of an order in the source becomes the status of the order in the target that it was made of.

    An order is known by the link with which it was sent; all others of the source are left alone.
    """

    source: OrderStatusSource
    target: OrderStatusTarget

    kind = KIND

    @property
    def _decided(self) -> OrderStatusSettings:
        return self.run.settings.mirror.order_status

    # Reading

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        read = sent = 0
        async for page in self.source.order_states.changed(since, until):
            ours = await self._sent(page)
            read, sent = read + len(page), sent + len(ours)
            yield ours
        logger.info("%s orders changed; %s of them were sent by this pair, the others are left alone.", read, sent)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        held = self.run.ledger.mirrored().held_by_number(_SENT_BY, numbers, with_source=False)
        return await self.by_key([record.key for record in held.values()])

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        links = self.run.ledger.mirrored().links("order", keys)
        return await self._sent(await self.source.order_states.single({link.target_key for link in links.values()}))

    async def _sent(self, records: Sequence[Any]) -> list[Any]:
        """Those that this pair sent, under the key and number of the sale, with their shipments where these matter."""
        sales = self.run.ledger.mirrored().links_by_target("order", {record.key for record in records})
        ours = [record for record in records if record.key in sales]
        closely = [one for one in ours if asks_for_departures(one.body["state"], self._decided)]
        charges = self._decided.invoice_in_eaccounting
        read = {one.key: one for one in await self.source.order_states.with_departures(closely, charges=charges)}
        keys = {record.key: sales[record.key].source_key for record in ours}
        held = self.run.ledger.mirrored().held(_SENT_BY, keys.values(), with_source=False)
        numbers = {key: held[sale].number if sale in held else key for key, sale in keys.items()}
        return [self._as_sale(read.get(one.key, one), keys[one.key], numbers[one.key]) for one in ours]

    def _as_sale(self, record: Any, key: str, number: str) -> Any:
        sale = {"key": key, "number": number}
        return replace(record, key=key, number=number, body=record.body | {"sale": sale})

    def reference_of(self, record: OrderStatus) -> Reference:
        return plain_reference(record.key, record.number)

    def facts_of(self, record: OrderStatus) -> Mapping[str, Any]:
        return {"document": record.document, "state": record.state}

    # Writing

    async def settle(self, references: Sequence[Reference], settling: Settling) -> None:
        run = self.run
        held = run.ledger.held(run.flow, [reference["key"] for reference in references])
        links = run.ledger.links(self.kind, held)
        intents = {
            step.action: run.ledger.intents(run.writer_of(self.kind), self.kind, held, step.action) for step in STEPS
        }
        lost = {key for of_step in intents.values() for key, intent in of_step.items() if intent.state == "open"}
        due = {
            key: record
            for key, record in held.items()
            if key in lost or key not in links or links[key].source_hash != record.fingerprint
        }
        settling.outcomes += [
            outcome(held[key].number, key, "unchanged", target=key) for key in sorted(held.keys() - due.keys())
        ]
        if due:
            await self._follow(due, intents, settling)

    async def _follow(
        self, due: Mapping[str, HeldRecord], intents: Mapping[str, Mapping[str, Intent]], settling: Settling
    ) -> None:
        run, looked_at = self.run, now()
        statuses = {
            key: cast(OrderStatus, run.mapping(self.kind).read(record.source or {}, lists={}, settings=run.settings))
            for key, record in due.items()
        }
        notes = {note_key(key, shipment) for key, status in statuses.items() for shipment in status.shipments}
        known = Known(
            held=due,
            links=run.ledger.links(self.kind, due),
            intents=intents,
            notes=run.ledger.links(NOTE, notes),
            notes_begun=run.ledger.intents(run.writer_of(self.kind), NOTE, notes, "create"),
            present=await self.target.order_states.read_all(due.keys()),
            paths=run.ledger.mirrored().sale_paths(due),
            looked_at=looked_at,
        )
        async with Journal(run.ledger) as journal:
            following = Following(run, self.target.order_states, journal, known, settling.step)

            async def settle(reference: Reference) -> Reference | Any:
                return await following.settle(statuses[reference["key"]])

            await settling.each([plain_reference(key, due[key].number) for key in sorted(due)], settle)
