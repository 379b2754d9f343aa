"""Keeping products like those of the source, without overwriting what people changed in the target."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Link, Outcome
from visma_sync.sync.changes import Change, change_of, flat, hashes_of, path_of
from visma_sync.sync.ports import ProductTarget, TargetItem
from visma_sync.sync.products.barcodes import barcode_changes
from visma_sync.sync.products.known import Known, outcome, told
from visma_sync.sync.products.left import came_from_there
from visma_sync.sync.products.look import refuse_kept_by_another
from visma_sync.sync.products.lost import Arrived, arrived
from visma_sync.sync.products.payload import ATTRIBUTES, BARCODES, rows_of, written_of
from visma_sync.sync.products.plan import PlannedAttribute, PlannedBarcode, ProductPlan, plan_product
from visma_sync.sync.run import Run
from visma_sync.sync.write import Write, write_once


@dataclass(frozen=True)
class Updates:
    """Sends what changed in the source of products that the target has; `step` is the step that does."""

    run: Run
    target: ProductTarget
    journal: Journal
    known: Known
    step: str

    async def bring_up_to_date(self, product: Product, link: Link | None, item: TargetItem) -> Outcome:
        """Send what changed in the source; what people changed in the target since is kept and told.

        Raises RecordParkedError where the item belongs to another article, or cannot have what it is to get.
        """
        number = product.number
        refuse_kept_by_another(number, self.known.keepers)
        plan = plan_product(product, self.run.settings)
        before = link.detail.get("barcodes", ()) if link is not None else ()
        lost = (self.known.begun(number), self.known.lost_change(number))
        landed = arrived(self.run, product, plan, item, lost, before)
        change, barcodes = self._change(product, plan, link, item, landed)
        changed = replace(
            plan,
            attributes=tuple(
                PlannedAttribute(name, value or "") for name, value in change.payload.pop(ATTRIBUTES, {}).items()
            ),
            barcodes=barcodes,
        )
        self.known.rules.check(item.item_class, changed.attributes)
        await self.known.refuse_taken(self.target, number, barcodes)
        payload = change.payload | rows_of(self.run, product, changed, "update")
        if self.run.dry_run:
            return _would_be(number, item, payload, change)
        link = link or Link("product", number, item.number, how="found")
        new_link = replace(
            link,
            source_hash=self.known.held[number].fingerprint,
            written=change.written,
            detail={
                **link.detail,
                "status": str(payload.get("status", item.status)).casefold(),
                "barcodes": _ours_of(plan, barcodes, item, link),
            },
        )
        return await self._send(item, new_link, payload, change, landed)

    def _change(
        self, product: Product, plan: ProductPlan, link: Link | None, item: TargetItem, landed: Arrived
    ) -> tuple[Change, list[PlannedBarcode]]:
        mapping, ledger = self.run.mapping("product"), self.run.ledger
        ours = written_of(self.run, "product", product, plan, "update")
        fields, if_empty, emptied = dict(ours.payload), set(ours.only_if_empty), set(ours.emptied)
        right = mapping.right(ATTRIBUTES)
        if right != "create":
            fields[ATTRIBUTES] = {one.id: one.value for one in plan.attributes if one.value}
            paths = {path_of(ATTRIBUTES, one.id) for one in plan.attributes}
            if_empty |= paths if right == "if_empty" else set()
            emptied |= paths - flat(fields).keys() if right == "update" else set()
        current = {**item.as_written(), ATTRIBUTES: dict(item.attributes)}
        written = link.written if link is not None else {}
        if not written:
            written = _found_there(ledger, fields, current, item)
            ours_to_keep = not self.known.begun(product.number) and product.number not in self.known.left
            if self.run.settings.products.found == "keep" and ours_to_keep:
                return Change({}, (), written), []
        came = came_from_there(self.run, self.known.left.get(product.number), fields, link, current)
        written = {**written, **came}
        follows = flat(fields).keys() | emptied
        written = {**written, **{path: hashed for path, hashed in landed.written.items() if path in follows}}
        wanted = [one.code for one in plan.barcodes]
        before = landed.ours(link.detail.get("barcodes", ()) if link is not None else ())
        barcodes = barcode_changes(mapping.right(BARCODES), wanted, item.barcodes, before)
        return change_of(ledger, fields, written, current, if_empty, emptied), barcodes

    async def _send(
        self, item: TargetItem, link: Link, payload: dict[str, Any], change: Change, landed: Arrived
    ) -> Outcome:
        number = link.source_key
        updated = outcome(number, "updated", detail=_kept(change), target=item.number)
        if payload:

            async def send() -> str:
                await self.target.update_item(item.number, payload)
                return item.number

            write = Write(
                flow=self.run.writer_of("product"),
                kind="product",
                key=number,
                action="update",
                marker=item.number,
                payload=payload,
                send=send,
                link=link,
                repeatable=True,
                outcome=told(self.run, self.step, updated),
            )
            await write_once(self.run, self.journal, write, None, None)
            return updated
        settled = updated if landed else replace(updated, state="unchanged")
        lost = self.known.lost_change(number)
        if lost is None:
            await self.journal.commit(link)
            return replace(updated, state="unchanged")
        done = replace(lost, state="done", target_key=item.number, repeatable=True)
        await self.journal.commit(link, done, told(self.run, self.step, settled))
        return settled


def _found_there(
    ledger: Ledger, fields: Mapping[str, Any], current: Mapping[str, Any], item: TargetItem
) -> Mapping[str, str]:
    """What an item that was there before us holds counts as written by us, so that it follows the source from now on.

    Not that somebody took it out of sale: that was a decision.
    """
    ours = flat(fields).keys() - (set() if item.status.casefold() == "active" else {"status"})
    return {path: hashed for path, hashed in hashes_of(ledger, current).items() if path in ours}


def _ours_of(plan: ProductPlan, changes: Sequence[PlannedBarcode], item: TargetItem, link: Link) -> list[str]:
    """The barcodes of the source that the target has, or had, from us."""
    had = {*item.barcodes, *link.detail.get("barcodes", ()), *(one.code for one in changes)}
    return sorted(had.intersection(one.code for one in plan.barcodes))


def _would_be(number: str, item: TargetItem, payload: Mapping[str, Any], change: Change) -> Outcome:
    if not payload:
        return outcome(number, "unchanged", detail=_kept(change), target=item.number)
    fields = f"would be updated: {', '.join(sorted(flat(payload)))}"
    return outcome(number, "skipped", "dry_run", "; ".join(filter(None, (fields, _kept(change)))), item.number)


def _kept(change: Change) -> str:
    return f"kept what was changed in the target: {', '.join(change.kept)}" if change.kept else ""
