"""write: make each balance that differs that of the source, over what the article says right before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import FlowOutcome, HeldRecord, Intent, Link, Outcome
from visma_sync.sync.mirror.stock.change import BalanceChange, change_of
from visma_sync.sync.mirror.stock.flow import ArticleBalance, BalanceFlow
from visma_sync.sync.mirror.stock.refusals import kept_by_module
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling
from visma_sync.sync.stock.difference import plain
from visma_sync.sync.stock.flow import held_level
from visma_sync.sync.write import Look, Write, write_once

STEP = "write_stock"
# The fact that names the article whose balance is to be written.
ARTICLE = "article"
KIND, ACTION = "stock_balance", "change"


@dataclass(frozen=True)
class Plan:
    """What the mapping needs to write an article: its new balance, in its own unit."""

    balance: Decimal


def lost_writes(run: Run, keys: Collection[str]) -> dict[str, Intent]:
    """By key, the changes of balances whose answer never came."""
    intents = run.ledger.intents(run.writer_of(run.kind), KIND, keys, ACTION)
    return {key: intent for key, intent in intents.items() if intent.state == "open"}


async def write_balances(flow: BalanceFlow) -> dict[str, int]:
    """Write what `compare_balances` held in this run and has no outcome yet; gives the number of products by outcome.

    Raises RetryableError when some writes are worth another try, ConfigurationError where the target takes no balance.
    """
    run = flow.run
    run.ledger.withdraw_outcomes(run.flow, run.run_id, STEP)
    settled = {outcome.key for outcome in run.ledger.outcomes(run.flow, run.run_id)}
    in_run = run.ledger.held_in_run(run.flow, run.run_id)
    due = {held.key: held for held in in_run if ARTICLE in held.facts and held.key not in settled}
    settling = Settling(run, STEP)
    async with Journal(run.ledger) as journal:
        intents = run.ledger.intents(run.writer_of(run.kind), KIND, due, ACTION)
        writing = _Writing(flow, journal, due, intents)
        await settling.each([plain_reference(key, held.number) for key, held in due.items()], writing.handle)
    settling.save()
    settling.raise_if_needed()
    return settling.counts()


@dataclass(frozen=True)
class _Writing:
    """Brings each of these products to its outcome; `intents` are those of earlier tries and runs."""

    flow: BalanceFlow
    journal: Journal
    due: Mapping[str, HeldRecord]
    intents: Mapping[str, Intent]

    async def handle(self, reference: Reference) -> Outcome:
        """Read the article once more, decide anew, and write it."""
        run, held, intent = self.flow.run, self.due[reference["key"]], self.intents.get(reference["key"])
        looked_at = now()
        article = await self.flow.target.balances.read(str(held.facts[ARTICLE]))
        made = intent is not None and await self._is_made(held, intent, article, looked_at)
        change = change_of(held_level(held.key, held.number, held.facts), article, run.settings)
        if change is None or article is None:
            return self._ended(held, "updated" if made else "unchanged")
        await write_once(run, self.journal, self._write(held, article, change), None, None)
        return self._ended(held, "updated", change.sentence)

    async def _is_made(
        self, held: HeldRecord, intent: Intent, article: ArticleBalance | None, looked_at: datetime
    ) -> bool:
        """Whether an earlier try of this run made the change, or one whose answer was lost is there after all.

        Raises StillUncertainError while that one may still land, and undo what is written now.
        """
        run, article_key = self.flow.run, str(held.facts[ARTICLE])
        there = article is not None and article.balance == Decimal(intent.marker)
        if intent.state != "open":
            return there and intent.state == "done" and intent.run_id == run.run_id
        lost = Write(
            flow=intent.flow,
            kind=KIND,
            key=held.key,
            action=ACTION,
            marker=intent.marker,
            payload={},
            send=_nothing,
            link=Link(KIND, held.key, article_key),
            wanted=False,
            repeatable=True,
        )
        look = Look(article_key if there else "", looked_at)
        done = await write_once(run, self.journal, lost, replace(intent, repeatable=True), look)
        return done.how == "adopted"

    def _write(self, held: HeldRecord, article: ArticleBalance, change: BalanceChange) -> Write:
        run = self.flow.run
        level = held_level(held.key, held.number, held.facts)
        plan = Plan(change.after)
        mapping = run.mapping(run.kind)
        payload = mapping.write("article", level, links={}, settings=run.settings, plan=plan).payload

        async def send() -> str:
            after = await self.flow.target.balances.write(article, payload)
            if after.balance != change.after:
                raise kept_by_module(f"article '{article.sku}' has not taken its new one")
            return article.key

        return Write(
            flow=run.writer_of(run.kind),
            kind=KIND,
            key=held.key,
            action=ACTION,
            marker=plain(change.after),
            payload=payload,
            send=send,
            link=Link(KIND, held.key, article.key),
            # A state to be reached: sent again once the first request cannot land any more, it does no harm.
            repeatable=True,
            outcome=FlowOutcome(run.flow, run.run_id, self._ended(held, "updated", change.sentence)),
        )

    def _ended(self, held: HeldRecord, state: str, detail: str = "") -> Outcome:
        facts = {"step": STEP}
        return Outcome(held.key, held.number, state, detail=detail, target_key=held.number, facts=facts)


async def _nothing() -> str:
    raise AssertionError("a change that is only looked for was sent")
