"""A note with the number of each shipment on the order in the target, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from visma_sync.domain.order_status import OrderStatus
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Link
from visma_sync.sync.order_status.known import KIND, NOTE, Known, note_key
from visma_sync.sync.order_status.ports import OrderState, StatesOfTarget
from visma_sync.sync.run import Run, now
from visma_sync.sync.write import Look, Write, write_once


@dataclass(frozen=True)
class Notes:
    """Writes the notes of the orders in hand; nobody outside is sent them."""

    run: Run
    target: StatesOfTarget
    journal: Journal
    known: Known

    def due(self, status: OrderStatus) -> tuple[str, ...]:
        """The shipments of an order that have left and that no note tells of yet; none where notes are off."""
        if not self.run.settings.mirror.order_status.note:
            return ()
        return tuple(one for one in status.shipments if note_key(status.key, one) not in self.known.notes)

    async def write(self, status: OrderStatus, present: OrderState, shipments: Sequence[str]) -> list[str]:
        """Write the notes of these shipments; gives what the report says of it."""
        if not shipments:
            return []
        begun_at = now()
        # Without notes there is nothing to look for; else ours may be among them (lost answer, lost ledger).
        begun = any(note_key(status.key, one) in self.known.notes_begun for one in shipments)
        there = await self.target.notes(status.key) if present.notes or begun else []
        written: list[str] = []
        for shipment in shipments:
            payload = self._payload(status, shipment)
            look = Look(note_key(status.key, shipment) if payload["Text"] in there else "", begun_at)
            if await self._is_ours(status, shipment, payload, look):
                written.append(f"note of shipment {shipment}")
        return written

    def _payload(self, status: OrderStatus, shipment: str) -> dict[str, Any]:
        plan = {"shipment": shipment}
        mapping, settings = self.run.mapping(KIND), self.run.settings
        return mapping.write(NOTE, status, links={}, settings=settings, plan=plan).payload

    async def _is_ours(self, status: OrderStatus, shipment: str, payload: dict[str, Any], look: Look) -> bool:
        """Write a note, once; tells whether it is of this run and not one that was there before."""
        key = note_key(status.key, shipment)
        intent = self.known.notes_begun.get(key)
        if intent is None and look.target_key:
            await self.journal.commit(Link(NOTE, key, key, how="found"))
            return False

        async def send() -> str:
            await self.target.note(payload)
            return key

        write = Write(
            flow=self.run.writer_of(KIND),
            kind=NOTE,
            key=key,
            action="create",
            marker=shipment,
            payload=payload,
            send=send,
            link=Link(NOTE, key, key),
        )
        await write_once(self.run, self.journal, write, intent, look)
        return True
