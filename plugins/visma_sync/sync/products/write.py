"""Making products in the target, each exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Intent, Link, Outcome
from visma_sync.sync.changes import hashes_of
from visma_sync.sync.fetch import FILTERED
from visma_sync.sync.ports import ProductTarget
from visma_sync.sync.products.known import Known, outcome, told
from visma_sync.sync.products.look import refuse_kept_by_another
from visma_sync.sync.products.payload import ATTRIBUTES, rows_of, written_of
from visma_sync.sync.products.plan import ProductPlan, plan_product
from visma_sync.sync.products.update import Updates
from visma_sync.sync.run import Run
from visma_sync.sync.write import Look, Write, write_once


@dataclass(frozen=True)
class ProductWriting:
    """Settles products one by one; `step` is the step that does."""

    run: Run
    target: ProductTarget
    journal: Journal
    known: Known
    step: str

    async def settle(self, product: Product) -> Outcome:
        """Make a product that the target does not have, bring one that it has up to date."""
        number = product.number
        link, item, begun = self.known.links.get(number), self.known.found.items.get(number), self.known.begun(number)
        if item is not None:
            updates = Updates(self.run, self.target, self.journal, self.known, self.step)
            settled = await updates.bring_up_to_date(product, link, item)
            return await self._made_before(begun, settled) if begun else settled
        if link is not None:
            raise RecordParkedError(
                [Reason("gone_from_target", f"product '{number}' is no longer in the target")],
                resolution="Give the item its number back in the target, or make it again there.",
            )
        if not begun and not product.is_active:
            return outcome(number, "skipped", "not_sold", "inactive in the source, and the target does not have it")
        if not begun and not self.run.settings.create_products:
            return outcome(number, "skipped", "not_in_target", "create_products is off")
        return await self.create(product)

    async def create(self, product: Product) -> Outcome:
        """Make a product that the target did not have when the step looked."""
        run, number = self.run, product.number
        refuse_kept_by_another(number, self.known.keepers)
        plan = plan_product(product, run.settings)
        self.known.rules.check(plan.item_class, plan.attributes)
        await self.known.refuse_taken(self.target, number, plan.barcodes)
        written = written_of(run, "product", product, plan, "create")
        payload, cuts = written.payload | rows_of(run, product, plan, "create"), [str(cut) for cut in written.cuts]
        if run.dry_run:
            return outcome(number, "skipped", "dry_run", "; ".join(("would be created", *cuts)))

        async def send() -> str:
            return await self.target.create_item(payload)

        created = outcome(number, "created", detail="; ".join(cuts))
        write = Write(
            flow=run.writer_of("product"),
            kind="product",
            key=number,
            action="create",
            marker=number,
            payload=payload,
            send=send,
            link=self._new_link(number, plan, written.payload),
            wanted=FILTERED not in self.known.held[number].facts,
            outcome=told(run, self.step, created),
        )
        done = await write_once(
            run, self.journal, write, self.known.intents.get(number), Look("", self.known.looked_at)
        )
        if done.how == "absent":
            return outcome(number, "skipped", "not_wanted_any_more")
        return replace(created, target_key=done.target_key)

    async def _made_before(self, begun: Intent, settled: Outcome) -> Outcome:
        """The answer to the making was lost, and the product is there."""
        if self.run.dry_run:
            return settled
        created = replace(settled, state="created")
        done = replace(begun, state="done", target_key=settled.target_key)
        await self.journal.commit(done, told(self.run, self.step, created))
        return created

    def _new_link(self, number: str, plan: ProductPlan, payload: Mapping[str, Any]) -> Link:
        ours = {**payload, ATTRIBUTES: {one.id: one.value for one in plan.attributes}}
        return Link(
            "product",
            number,
            "",
            source_hash=self.known.held[number].fingerprint,
            written=hashes_of(self.run.ledger, ours),
            detail={"status": "active", "barcodes": [one.code for one in plan.barcodes]},
        )
