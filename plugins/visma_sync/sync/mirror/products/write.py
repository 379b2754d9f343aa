"""Settling products of a mirrored run: an article that the target does not have is made, exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Link, Outcome
from visma_sync.sync.changes import hashes_of
from visma_sync.sync.flow import LEFT, ORIGIN, WRITTEN
from visma_sync.sync.mirror.products.change import ARTICLE, CODING, PRICES, written_of
from visma_sync.sync.mirror.products.known import Known, write_of
from visma_sync.sync.mirror.products.plan import plan_article
from visma_sync.sync.mirror.products.ports import ArticleTarget
from visma_sync.sync.mirror.products.update import Updates
from visma_sync.sync.products.known import outcome, told
from visma_sync.sync.run import Run, hash_of
from visma_sync.sync.write import Look, Write, write_once

_DUPLICATE = "duplicate"


@dataclass(frozen=True)
class ArticleWriting:
    """Settles products one by one; `step` is the step that does."""

    run: Run
    target: ArticleTarget
    journal: Journal
    known: Known
    step: str

    async def settle(self, product: Product) -> Outcome:
        """Make the article of a product that the target does not have, bring one that it has up to date."""
        number, known = product.number, self.known
        article = known.article(number)
        if article is not None:
            updates = Updates(self.run, self.target, self.journal, known, self.step)
            return await updates.bring_up_to_date(product, article)
        if number in known.links or number in known.others:
            raise RecordParkedError(
                [Reason("gone_from_target", f"the article of product '{number}' is no longer in the target")],
                resolution="Give the article its number back in the target, or make it again there.",
            )
        if not known.begun(number) and not product.is_active:
            return outcome(number, "skipped", "not_sold", "inactive in the source, and the target does not have it")
        if not known.begun(number) and not self.run.settings.mirror.products.create:
            return outcome(number, "skipped", "not_in_target", "mirror.products.create is off")
        return await self._create(product)

    async def _create(self, product: Product) -> Outcome:
        run, number = self.run, product.number
        plan = plan_article(product, run.settings, self.known.lists, None)
        documents = [written_of(run, product, plan, one, new=True) for one in (CODING, PRICES, ARTICLE)]
        payload = {name: value for document in documents for name, value in document.payload.items()}
        cuts = "; ".join(str(cut) for document in documents for cut in document.cuts)
        if run.dry_run:
            return outcome(number, "skipped", "dry_run", "; ".join(filter(None, ("would be created", cuts))))
        created = outcome(number, "created", detail=cuts)
        write = self._making(payload, created)
        look = Look("", self.known.looked_at)
        try:
            done = await write_once(run, self.journal, write, self.known.made.get(number), look)
        except RecordRejectedError as error:
            if error.code == _DUPLICATE:
                raise _made_meanwhile(number) from error
            raise
        if done.how == "absent":
            return outcome(number, "skipped", "not_wanted_any_more")
        return replace(created, target_key=done.target_key)

    def _making(self, payload: Mapping[str, Any], created: Outcome) -> Write:
        number = created.number
        detail: dict[str, Any] = {ORIGIN: "source", LEFT: dict(payload)}

        async def send() -> str:
            made = await self.target.article_records.create(dict(payload), marker=number)
            detail[WRITTEN] = hash_of(made.content)
            return made.number

        link = Link(
            "product",
            number,
            number,
            source_hash=self.known.held[number].fingerprint,
            written=hashes_of(self.run.ledger, payload),
            detail=detail,
        )
        return write_of(self.run, self.known, link, "create", payload, send, told(self.run, self.step, created))


def _made_meanwhile(number: str) -> RecordParkedError:
    return RecordParkedError(
        [Reason("made_meanwhile", f"the target has an article '{number}' by now, which it did not when we looked")],
        resolution="Nothing to do: the next run finds the article and links it.",
    )
