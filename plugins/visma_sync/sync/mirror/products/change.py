"""What of an article to change: what the source changed, without overwriting what people changed in the target."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from visma_sync.domain.product import Product
from visma_sync.mapping.flow import Written
from visma_sync.sync.changes import Change, change_of, flat, hashes_of
from visma_sync.sync.mirror.products.plan import (
    ArticlePlan,
    TargetLists,
    agree,
    plan_article,
    price_does_not_fit,
    rate_of,
)
from visma_sync.sync.mirror.products.ports import KnownArticle
from visma_sync.sync.products.payload import On
from visma_sync.sync.run import Run

# The documents of the mapping. Prices depend on the coding, and net and gross are one decision.
CODING, PRICES, ARTICLE = "coding", "prices", "article"


@dataclass(frozen=True)
class Baseline:
    """What the target is known to have from us: `written` is the keyed hash of each value by its path.

    `held_back` is that of each value of the source that is not sent as long as it stays the same: it differed from an
    article that was there before us.
    """

    written: Mapping[str, str]
    held_back: Mapping[str, str]


@dataclass(frozen=True)
class Decided:
    """The change to send, what was cut to fit, and all that follows the source as it would be written.

    `overruled` are the paths at which a person's change in the target is overwritten, because the settings say so.
    """

    change: Change
    cuts: tuple[str, ...]
    ours: Mapping[str, Any]
    overruled: tuple[str, ...] = ()


def written_of(run: Run, product: Product, plan: ArticlePlan, document: str, *, new: bool = False) -> Written:
    """A document of the mapping: coding, prices or article."""
    on: On = "create" if new else "update"
    return run.mapping("product").write(document, product, links={}, settings=run.settings, plan=plan, on=on)


def decided(run: Run, product: Product, there: KnownArticle, baseline: Baseline, lists: TargetLists) -> Decided:
    """Compare the source, what was written last, and the article.

    RecordParkedError where prices and coding would not fit each other afterwards.
    """
    deciding = _Deciding(run, there, baseline)
    plan = plan_article(product, run.settings, lists, there)
    coding = deciding.about(written_of(run, product, plan, CODING))
    if not coding.payload and plan.coding != there.coding:
        # People chose another one, or the mapping leaves it to them: the prices have to fit that.
        plan = plan_article(product, run.settings, lists, there, there.coding)
    prices = deciding.about(written_of(run, product, plan, PRICES))
    if prices.kept:
        also = tuple(sorted({*prices.kept, *flat(prices.payload)}))
        prices = Change({}, also, baseline.written)
    rate = rate_of(lists.coding(plan.coding))
    if prices.payload and product.vat_rate not in (None, rate):
        raise price_does_not_fit(product.number, "people gave the article a coding of another VAT rate")
    if coding.payload and not prices.payload and not agree(there.net_price, there.gross_price, rate):
        raise price_does_not_fit(product.number, "its coding changes the VAT rate, and the prices there are to stay")
    rest = written_of(run, product, plan, ARTICLE)
    article = deciding.about(rest)
    documents = (CODING, PRICES, ARTICLE)
    ours = {name: value for one in documents for name, value in written_of(run, product, plan, one).payload.items()}
    return Decided(_together(baseline, coding, prices, article), tuple(str(cut) for cut in rest.cuts), ours)


@dataclass(frozen=True)
class _Deciding:
    run: Run
    there: KnownArticle
    baseline: Baseline

    def about(self, ours: Written) -> Change:
        """What to send of one document."""
        ledger, held_back = self.run.ledger, self.baseline.held_back
        hashes, there = hashes_of(ledger, ours.payload), hashes_of(ledger, self.there.body)
        waiting = {path for path in hashes if held_back.get(path) == hashes[path] != there.get(path)}
        fields = {name: value for name, value in ours.payload.items() if waiting.isdisjoint(flat({name: value}))}
        return change_of(ledger, fields, self.baseline.written, self.there.body, ours.only_if_empty, ours.emptied)


def _together(baseline: Baseline, *changes: Change) -> Change:
    """The changes of all documents as one."""
    payload: dict[str, Any] = {}
    written = dict(baseline.written)
    kept: list[str] = []
    for change in changes:
        payload |= change.payload
        kept += change.kept
        written |= {path: one for path, one in change.written.items() if baseline.written.get(path) != one}
        for gone in baseline.written.keys() - change.written.keys():
            written.pop(gone, None)
    return Change(payload, tuple(sorted(kept)), written)


def as_found(run: Run, product: Product, there: KnownArticle, lists: TargetLists) -> tuple[Baseline, tuple[str, ...]]:
    """The baseline of an article that was there before us, and the paths at which it differs.

    What it holds counts as written by us; where it differs, it follows once the source changes that field.
    """
    plan = plan_article(product, run.settings, lists, there)
    ours = [written_of(run, product, plan, one).payload for one in (CODING, PRICES, ARTICLE)]
    hashes = {path: hashed for one in ours for path, hashed in hashes_of(run.ledger, one).items()}
    current = _hashes_at(run, there.body, hashes)
    differing = tuple(sorted(path for path, hashed in hashes.items() if current.get(path) != hashed))
    return Baseline(current, {path: hashes[path] for path in differing}), differing


def _hashes_at(run: Run, body: Mapping[str, Any], paths: Collection[str]) -> dict[str, str]:
    return {path: hashed for path, hashed in hashes_of(run.ledger, body).items() if path in paths}


def following(baseline: Baseline, run: Run, there: KnownArticle, paths: Collection[str]) -> Baseline:
    """The baseline in which these paths follow the source, whoever wrote last what is there."""
    held_back = {path: one for path, one in baseline.held_back.items() if path not in paths}
    return replace(baseline, written={**baseline.written, **_hashes_at(run, there.body, paths)}, held_back=held_back)
