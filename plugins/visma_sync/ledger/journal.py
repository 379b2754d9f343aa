"""Commits: entries that are on disk when the call returns, many callers to a transaction."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, groupby
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from visma_sync.ledger.conflicts import IntentTakenError, LinkTakenError, SaleTakenError
from visma_sync.ledger.intents import Intents
from visma_sync.ledger.links import Links
from visma_sync.ledger.outcomes import Outcomes
from visma_sync.ledger.rows import Attempt, Entry, FlowOutcome, Intent, Link, LinkChange, SaleClaim
from visma_sync.ledger.sales import Sales
from visma_sync.ledger.tables import attempt as attempt_table

Conflict = LinkTakenError | IntentTakenError | SaleTakenError
_CONFLICTS = (LinkTakenError, IntentTakenError, SaleTakenError)


class Commits(Links, Outcomes, Intents, Sales):
    """Intents, attempts, links, claims of sales and outcomes written together."""

    def commit(self, *entries: Entry) -> None:
        """Put these entries on disk, all or none.

        LinkTakenError when a target record is linked with another source record; IntentTakenError when
        another process has begun the same write, SaleTakenError when a sale went on another path.
        """
        links = [entry for entry in entries if isinstance(entry, Link)]
        changes = [entry for entry in entries if isinstance(entry, LinkChange)]
        intents = [entry for entry in entries if isinstance(entry, Intent)]
        outcomes = [entry for entry in entries if isinstance(entry, FlowOutcome)]
        claims = [entry for entry in entries if isinstance(entry, SaleClaim)]
        attempts = self._attempt_rows([entry for entry in entries if isinstance(entry, Attempt)])
        try:
            with self._database.writing() as connection:
                if attempts:
                    connection.execute(insert(attempt_table), attempts)
                self._write_claims(connection, claims)
                self._write_intents(connection, intents)
                self._write_links(connection, links)
                self._change_links(connection, changes)
                self._write_flow_outcomes(connection, outcomes)
        except IntegrityError as error:
            if taken := self._link_taken(links):
                raise taken from error
            raise

    def forget_deleted(self, flow: str, links: Sequence[Link]) -> None:
        """Forget that these documents were written: the target has them no more, and they may be made again.

        Passed over where link or intent is about another document by now: somebody else has made it again.
        """
        with self._database.writing() as connection:
            for link in links:
                self._delete_link(connection, link)
                self._take_back(connection, flow, link)

    def commit_together(self, commits: Sequence[Sequence[Entry]]) -> list[Conflict | None]:
        """Put several commits on disk in one transaction; gives the conflict of each, or None.

        Where one of them conflicts, each is committed alone: a conflict never undoes somebody else's
        commit.
        """
        try:
            self.commit(*chain.from_iterable(commits))
        except _CONFLICTS:
            return [self._conflict(commit) for commit in commits]
        return [None] * len(commits)

    def _conflict(self, commit: Sequence[Entry]) -> Conflict | None:
        try:
            self.commit(*commit)
        except _CONFLICTS as conflict:
            return conflict
        return None

    def _write_flow_outcomes(self, connection: Connection, outcomes: Sequence[FlowOutcome]) -> None:
        def run_of(entry: FlowOutcome) -> tuple[str, str]:
            return entry.flow, entry.run_id

        for (flow, run_id), entries in groupby(sorted(outcomes, key=run_of), key=run_of):
            self._write_outcomes(connection, flow, run_id, [entry.outcome for entry in entries])


class Journal:
    """Commits of concurrent callers, gathered while the one before is written.

    A commit to disk takes milliseconds however many entries it holds, so callers share it:

        async with Journal(ledger) as journal:
            await journal.commit(intent)    # on disk now
    """

    def __init__(self, ledger: Commits) -> None:
        self._ledger = ledger
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._writing = asyncio.Lock()
        self._gathered: list[tuple[Entry, ...]] = []
        self._group: asyncio.Task[list[Conflict | None]] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._group is not None:  # a caller that was cancelled left its commit behind: let it end
            await asyncio.wait([self._group])
        async with self._writing:
            self._thread.shutdown()

    async def commit(self, *entries: Entry) -> None:
        """Return when the entries are on disk, all of them; raises what `Ledger.commit` raises.

        A caller that is cancelled while it waits does not know whether they are.
        """
        if not entries:
            return
        if self._group is None:
            self._group = asyncio.create_task(self._write())
        group, place = self._group, len(self._gathered)
        self._gathered.append(entries)
        conflicts = await asyncio.shield(group)
        if (conflict := conflicts[place]) is not None:
            raise conflict

    async def _write(self) -> list[Conflict | None]:
        async with self._writing:
            commits, self._gathered, self._group = self._gathered, [], None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, self._ledger.commit_together, commits)
