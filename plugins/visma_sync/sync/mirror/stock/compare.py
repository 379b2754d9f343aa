"""compare: read the levels of the source and the balances of the target, and say what becomes of every product."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Outcome
from visma_sync.sync.fetch import Window, fetch_records
from visma_sync.sync.lists import check_settings
from visma_sync.sync.mirror.stock.change import BalanceChange, change_of, why_left_alone
from visma_sync.sync.mirror.stock.flow import ArticleBalance, BalanceFlow
from visma_sync.sync.mirror.stock.refusals import refuse_kept_by_module, refuse_undecided, refuse_unknown_warehouses
from visma_sync.sync.mirror.stock.write import ARTICLE, lost_writes
from visma_sync.sync.run import Run
from visma_sync.sync.stock.brake import Compared, is_pulled, question
from visma_sync.sync.stock.flow import held_level

STEP = "compare_stock"


@dataclass
class _Comparison:
    """What becomes of the products: changes by key, and the outcomes of the others; `in_stock` counts articles.

    `lost` are the keys of those whose last change got no answer: they are written anew even where they are equal.
    """

    run: Run
    lost: frozenset[str]
    changes: dict[str, BalanceChange] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    to_look_at: dict[str, str] = field(default_factory=dict)
    equal: int = 0
    in_stock: int = 0

    def end(self, level: StockLevel, state: str, reason: str = "", *, cure: str = "", detail: str = "") -> None:
        """Note what became of a product."""
        facts = {"step": STEP}
        self.outcomes.append(
            Outcome(level.key, level.number, state, reason, cure=cure, detail=detail, target_key=level.key, facts=facts)
        )

    def judge(self, level: StockLevel, articles: Sequence[ArticleBalance]) -> None:
        """Compare one product with the articles of its number."""
        settings = self.run.settings
        if len(articles) > 1:
            self.end(
                level,
                "parked",
                "sku_shared",
                cure="Give one of them another number in the target.",
                detail="two articles of the target differ in letter case only, and are one product of the source",
            )
            return
        article = articles[0] if articles else None
        if reason := why_left_alone(level, article, settings):
            self.end(level, "skipped", reason)
            return
        try:
            change = change_of(level, article, settings)
        except RecordRejectedError as parked:
            self.end(level, "parked", parked.code, cure=parked.resolution, detail=parked.message)
            return
        if change is not None:
            self.changes[level.key] = change
        self.equal += change is None
        self.in_stock += article is not None and (article.balance or 0) > 0
        if change is None and article is not None and level.key in self.lost:
            self.to_look_at[level.key] = article.key
        elif change is None:
            self.end(level, "unchanged")


async def compare_balances(flow: BalanceFlow, window: Window, approved: Compared | None = None) -> Compared:
    """Read all levels and balances, and hold the changes for `write_balances`.

    Every product that is not to be written now has its outcome afterwards; where a person has to be asked, those that
    differ are parked until it is `approved`. Gives the numbers. Raises ConfigurationError where balances must not be
    written, PartialReadError where a list could not be read whole.
    """
    run = flow.run
    refuse_undecided(run.settings)
    await refuse_unknown_warehouses(flow)
    articles = await flow.balances(window.numbers or None)
    refuse_kept_by_module(articles)
    references = await fetch_records(flow, window)
    if references:
        await check_settings(run, flow.target)
    keys = [reference["key"] for reference in references]
    held = run.ledger.held(run.flow, keys, with_source=False)
    levels = {key: held_level(key, record.number, record.facts) for key, record in held.items()}
    comparison = _Comparison(run, frozenset() if run.dry_run else frozenset(lost_writes(run, levels)))
    by_sku = _by_sku(articles)
    for key, level in levels.items():
        comparison.judge(level, by_sku.get(key.casefold(), ()))
    compared = _numbers(comparison, 0 if window.numbers else _only_in_target(levels, articles))
    if comparison.changes:
        brake = run.settings.mirror.stock.brake_percent
        # Whoever names products has decided what becomes of them.
        compared["next"] = "ask" if not window.numbers and is_pulled(compared, brake, approved) else "adjust"
        compared["question"] = question(compared) if compared["next"] == "ask" else ""
    _keep(comparison, levels, held, compared)
    run.ledger.save_outcomes(run.flow, run.run_id, comparison.outcomes)
    # A dry run ends here, whatever would happen.
    return Compared(**{**compared, "next": "nothing"}) if run.dry_run else compared


def _by_sku(articles: Sequence[ArticleBalance]) -> dict[str, list[ArticleBalance]]:
    """By number in small letters: the source takes numbers that differ in case only for one."""
    found: dict[str, list[ArticleBalance]] = {}
    for article in articles:
        found.setdefault(article.sku.casefold(), []).append(article)
    return found


def _numbers(comparison: _Comparison, only_in_target: int) -> Compared:
    return Compared(
        compared=comparison.equal + len(comparison.changes),
        in_stock=comparison.in_stock,
        differences=len(comparison.changes),
        to_zero=sum(change.falls_to_zero for change in comparison.changes.values()),
        only_in_target=only_in_target,
        incomplete=[],
        next="adjust" if comparison.to_look_at else "nothing",
        question="",
    )


def _only_in_target(levels: Mapping[str, StockLevel], articles: Sequence[ArticleBalance]) -> int:
    known = Counter(key.casefold() for key in levels)
    return sum(not article.is_service and article.sku.casefold() not in known for article in articles)


def _keep(
    comparison: _Comparison, levels: Mapping[str, StockLevel], held: Mapping[str, HeldRecord], compared: Compared
) -> None:
    """The changes wait for `write_balances`, or for a person; a dry run only shows them."""
    run = comparison.run
    if compared["next"] == "adjust" and not run.dry_run:
        due = {key: change.article for key, change in comparison.changes.items()} | comparison.to_look_at
        records = [replace(held[key], facts={**held[key].facts, ARTICLE: article}) for key, article in due.items()]
        run.ledger.hold(run.flow, run.run_id, records, {})
        return
    condition = " after a person approved" if compared["next"] == "ask" else ""
    for key in comparison.to_look_at:
        comparison.end(levels[key], "unchanged")
    for key, change in comparison.changes.items():
        if run.dry_run:
            detail = f"would be written{condition}, {change.sentence}"
            comparison.end(levels[key], "skipped", "dry_run", detail=detail)
        else:
            comparison.end(
                levels[key],
                "parked",
                "brake_pulled",
                cure="Approve the change in Airflow, or correct the source; the next run compares again.",
                detail=change.sentence,
            )
