"""Keeping articles of the target like the products of the source, without overwriting what people changed there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import Intent, Link, Outcome
from visma_sync.sync.changes import Change, flat, landed, path_of, sent_in_vain
from visma_sync.sync.flow import LEFT, ORIGIN, WRITTEN
from visma_sync.sync.mirror.products.change import Baseline, Decided, as_found, decided, following
from visma_sync.sync.mirror.products.conflict import keep_both, refuse_conflict
from visma_sync.sync.mirror.products.known import Known, write_of
from visma_sync.sync.mirror.products.ports import ArticleTarget, KnownArticle
from visma_sync.sync.products.known import outcome, told
from visma_sync.sync.run import Run, hash_of
from visma_sync.sync.write import Look, write_once

# In the detail of a link: the keyed hash of each value of the source that is not sent as long as it stays the same.
_HELD_BACK = "held_back"


@dataclass(frozen=True)
class _Lost:
    """Writes whose answers were lost, what was sent (newest first), and what of it is there, by path."""

    making: Intent | None
    changing: Intent | None
    sent: Sequence[Mapping[str, Any]]
    arrived: Mapping[str, str]

    @property
    def may_still_land(self) -> bool:
        """Whether the last change is not there as a whole: then it may still land, and would undo a later one."""
        return self.changing is not None and not (self.sent and flat(self.sent[0]).keys() <= self.arrived.keys())


@dataclass(frozen=True)
class Updates:
    """Sends what changed in the source of products that the target has; `step` is the step that does."""

    run: Run
    target: ArticleTarget
    journal: Journal
    known: Known
    step: str

    async def bring_up_to_date(self, product: Product, article: KnownArticle) -> Outcome:
        """Send what changed in the source; what people changed in the target since is kept and told.

        Raises RecordParkedError where the settings want a person to decide or the article cannot hold the product,
        StaleVersionError where somebody changes the article at the same time.
        """
        lost = self._lost(product.number, article)
        baseline, differing = self._baseline(product, article, lost)
        result = decided(self.run, product, article, baseline, self.known.lists)
        if result.change.kept:
            result = await self._conflict_settled(product, article, baseline, result)
        detail = _told(result, differing)
        if self.run.dry_run:
            return _would_be(product.number, article, result.change, detail)
        link = self._link(product.number, article, baseline, result.change, lost)
        if not lost.may_still_land:
            return await self._finish(article, link, result.change, detail, lost)
        return await self._send(article, link, result.change, detail, lost)

    def _lost(self, number: str, article: KnownArticle) -> _Lost:
        making, changing = self.known.begun(number), self.known.lost_change(number)
        sent = [one for intent in (changing, making) for one in sent_in_vain(self.run.ledger, intent)]
        return _Lost(making, changing, sent, landed(self.run.ledger, sent, article.body))

    def _baseline(self, product: Product, article: KnownArticle, lost: _Lost) -> tuple[Baseline, tuple[str, ...]]:
        """What the target has from us; of an article that was there before, what it holds, and where it differs."""
        number = product.number
        if number in self.known.links:
            link = self.known.links[number]
            return Baseline({**link.written, **lost.arrived}, link.detail.get(_HELD_BACK, {})), ()
        if lost.making is not None:
            return Baseline(lost.arrived, {}), ()
        found, differing = as_found(self.run, product, article, self.known.lists)
        if self.known.is_as_brought_over(number, article) or self.run.settings.mirror.products.found == "update":
            return replace(found, held_back={}), ()
        return found, differing

    async def _conflict_settled(
        self, product: Product, article: KnownArticle, baseline: Baseline, result: Decided
    ) -> Decided:
        """What becomes of the fields that people changed in both systems, as the settings say."""
        kept, policy = result.change.kept, self.run.settings.mirror.products.on_conflict
        await keep_both(self.run, self.journal, product.number, kept, result.ours, article.body)
        if policy == "park":
            refuse_conflict(product.number, kept)
        if policy == "source_wins":
            followed = following(baseline, self.run, article, kept)
            return replace(decided(self.run, product, article, followed, self.known.lists), overruled=kept)
        return result

    async def _finish(self, article: KnownArticle, link: Link, change: Change, detail: str, lost: _Lost) -> Outcome:
        """What was lost has arrived; send what is left to send."""
        number = link.source_key
        done = [
            replace(one, state="done", target_key=article.number)
            for one in (lost.making, lost.changing)
            if one is not None
        ]
        if change.payload:
            if done:
                before = self.known.links.get(number)
                written = {**(before.written if before is not None else {}), **lost.arrived}
                await self.journal.commit(replace(link, source_hash="", written=written), *done)
            return await self._send(article, link, change, detail, replace(lost, changing=None))
        state = "created" if lost.making else "updated" if lost.changing else "unchanged"
        settled = outcome(number, state, detail=detail, target=article.number)
        await self.journal.commit(link, *done, *([told(self.run, self.step, settled)] if done else []))
        return settled

    async def _send(self, article: KnownArticle, link: Link, change: Change, detail: str, lost: _Lost) -> Outcome:
        """Change the article, unless somebody changed it since it was read (StaleVersionError)."""
        number = link.source_key
        fields = {**link.detail, LEFT: {**link.detail.get(LEFT, {}), **change.payload}}
        is_known = self.known.is_known_to_both(number, article)

        async def send() -> str:
            made = await self.target.article_records.change(
                article.key, dict(change.payload), unless_changed_since=article.changed_at
            )
            if is_known:
                fields[WRITTEN] = hash_of(made.content)
            return made.number

        state = "created" if lost.making else "updated"
        settled = outcome(number, state, detail=detail, target=article.number)
        changed = replace(link, detail=fields)
        write = write_of(
            self.run, self.known, changed, "update", change.payload, send, told(self.run, self.step, settled)
        )
        done = await write_once(self.run, self.journal, write, lost.changing, Look("", self.known.looked_at))
        if done.how == "absent":
            await self.journal.commit(link)
            return replace(settled, state="unchanged")
        return replace(settled, target_key=done.target_key)

    def _link(self, number: str, article: KnownArticle, baseline: Baseline, change: Change, lost: _Lost) -> Link:
        before = self.known.links.get(number)
        made_by_us = lost.making is not None
        detail: dict[str, Any] = {ORIGIN: "source" if made_by_us else "target"}
        detail |= before.detail if before is not None else {}
        there = {name: one[name] for one in lost.sent for name in one if path_of(name) in lost.arrived}
        detail |= {LEFT: {**detail.get(LEFT, {}), **there}} if there else {}
        detail[_HELD_BACK] = {
            path: hashed
            for path, hashed in baseline.held_back.items()
            if path not in flat(change.payload) and change.written.get(path) != hashed
        }
        return Link(
            "product",
            number,
            article.number,
            source_hash=self.known.held[number].fingerprint,
            written=change.written,
            detail=detail,
            how=before.how if before is not None else "adopted" if made_by_us else "found",
        )


def _would_be(number: str, article: KnownArticle, change: Change, detail: str) -> Outcome:
    if not change.payload:
        return outcome(number, "unchanged", detail=detail, target=article.number)
    fields = f"would be updated: {', '.join(sorted(flat(change.payload)))}"
    return outcome(number, "skipped", "dry_run", "; ".join(filter(None, (fields, detail))), article.number)


def _told(result: Decided, differing: Sequence[str]) -> str:
    change = result.change
    said = (
        ("kept what was changed in the target", change.kept),
        ("overwrote what was changed in the target", result.overruled),
        ("differs, and follows from its next change on", differing),
        ("cut", result.cuts if change.payload else ()),
    )
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in said if names)
