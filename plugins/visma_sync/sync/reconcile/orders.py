"""Comparing orders: totals from lists, VAT from what was read back, read again only where the order moved since."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.domain.order import Order
from visma_sync.domain.totals import Totals, stated_totals
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.differences import ReadVat
from visma_sync.ledger.rows import Run as LedgerRun
from visma_sync.sync.reconcile.documents import Due, Found, Period, Shares, whole
from visma_sync.sync.reconcile.side import Side, shares_in


class OrderSide(Side):
    """Orders of the source, and sales orders of the target."""

    flow_name = "orders_eaccounting_to_vismanet"

    def records(self, period: Period) -> AsyncIterator[list[Any]]:
        records: AsyncIterator[list[Any]] = self.source.complete.orders_dated(period.first, period.last)
        return records

    async def documents(self, since: datetime) -> AsyncIterator[list[Found]]:
        async for page in self.target.complete.orders(since):
            yield [_found(one.row, one.currency) for one in page]

    async def document(self, target_key: str) -> Found | None:
        order_type, order_id = target_key.split("/", 1)
        order = await self.target.order(order_type, order_id)
        if order is None:
            return None
        taxes = await self.target.complete.taxes_of_order(order_type, order_id)
        return _with_vat(replace(_found(order, order.currency), vat=order.vat), shares_in(taxes or ()))

    def stated(self, record: Order) -> Totals | None:
        try:
            return stated_totals(record)
        except RecordRejectedError:
            return None

    async def read_vat(self, pairs: Sequence[tuple[Due, Found]]) -> list[Found]:
        """What was read before stands as long as the order has not changed since; what we sent, since we sent it."""
        ledger, kind = self.run.ledger, self.run.kind
        known = ledger.read_vats(kind, [found.key for _, found in pairs])
        sent_at = self._sent_at([due.owner.key for due, _ in pairs])

        async def one(due: Due, found: Found) -> Found:
            before, sent = known.get(found.key), sent_at.get(due.owner.key)
            if found.shares is not None:
                return found
            if before is not None and before.changed_at == found.changed_at:
                return _with_vat(found, {code: (Decimal(b), Decimal(v)) for code, (b, v) in before.shares.items()})
            untouched = sent is not None and found.changed_at is not None and found.changed_at <= sent
            if untouched and due.shares is not None and not due.changed and due.total == found.total:
                return _with_vat(found, due.shares)
            taxes = await self.target.complete.taxes_of_order(*found.key.split("/", 1))
            return found if taxes is None else _with_vat(found, shares_in(taxes))

        read = await asyncio.gather(*(one(due, found) for due, found in pairs))
        ledger.save_read_vats(kind, [vat for vat in map(_read_vat, read) if vat is not None])
        return list(read)

    def _sent_at(self, keys: Sequence[str]) -> dict[str, datetime]:
        """By key, when the run ended that sent an order and read it back."""
        intents = self.run.ledger.intents(self.flow_name, self.run.kind, keys, "create")
        runs: dict[str, LedgerRun | None] = {
            run_id: self.run.ledger.run(self.flow_name, run_id)
            for run_id in {intent.run_id for intent in intents.values()}
        }
        ended = {run_id: run.closed_at for run_id, run in runs.items() if run is not None and run.closed_at}
        return {key: ended[intent.run_id] for key, intent in intents.items() if intent.run_id in ended}


def _found(row: Any, currency: str) -> Found:
    return Found(
        key=f"{row.order_type}/{row.order_id}",
        name=f"order {row.order_id}",
        markers=(row.reference,),
        state=row.state,
        currency=currency,
        total=row.total,
        vat=None,
        shares=None,
        changed_at=getattr(row, "changed_at", None),
        customer=row.customer,
    )


def _with_vat(found: Found, shares: Shares) -> Found:
    vat = sum((vat for _, vat in shares.values()), Decimal(0))
    return replace(found, vat=vat, shares=whole(shares, found.total))


def _read_vat(found: Found) -> ReadVat | None:
    if found.shares is None or found.changed_at is None:
        return None
    shares = {code: (str(base), str(vat)) for code, (base, vat) in found.shares.items()}
    return ReadVat(found.key, found.changed_at, shares)
