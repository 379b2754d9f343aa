"""Commits of concurrent callers: on disk when they return, also when the process is killed right then."""

import asyncio
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from visma_sync.ledger.conflicts import IntentTakenError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import Intent, now

FLOW = "orders_eaccounting_to_vismanet"
INTENT = Intent(FLOW, "order", "", "create", "marker", "run-1")

WRITER = """
import asyncio, sys
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.ledger import open_ledger
from visma_sync.ledger.rows import Intent

async def write(journal, caller):
    for number in range(100_000):
        key = f"{caller}-{number}"
        await journal.commit(Intent("flow", "order", key, "create", "marker", "run-1"))
        print(key, flush=True)

async def main():
    async with Journal(open_ledger(sys.argv[1], sys.argv[2])) as journal:
        await asyncio.gather(*(write(journal, caller) for caller in range(8)))

asyncio.run(main())
"""


def test_what_was_committed_survives_a_killed_process(sqlite_url: str, keys: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, sqlite_url, keys], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        said = [next(writer.stdout).strip() for _ in range(500)]
        writer.send_signal(signal.SIGKILL)
        said += [line.strip() for line in writer.stdout if line.endswith("\n")]
    assert len(said) >= 500
    assert open_ledger(sqlite_url, keys).intents("flow", "order", said, "create").keys() == set(said)


def test_every_caller_finds_its_entry_when_its_commit_returns(ledger: Ledger) -> None:
    async def write(journal: Journal, caller: int) -> None:
        for number in range(5):
            key = f"{caller}-{number}"
            await journal.commit(replace(INTENT, key=key))
            found = await asyncio.to_thread(ledger.intents, FLOW, "order", [key], "create")
            assert found.keys() == {key}

    async def write_all() -> None:
        async with Journal(ledger) as journal:
            await asyncio.gather(*(write(journal, caller) for caller in range(32)))

    asyncio.run(write_all())


def test_of_two_callers_with_the_same_write_one_must_look_and_the_others_go_on(ledger: Ledger) -> None:
    async def write_all() -> list[BaseException | None]:
        async with Journal(ledger) as journal:
            intents = [replace(INTENT, key=key, started_at=now()) for key in ("k1", "k2", "k1", "k3")]
            return await asyncio.gather(*map(journal.commit, intents), return_exceptions=True)

    results = asyncio.run(write_all())
    assert [isinstance(result, IntentTakenError) for result in results] == [False, False, True, False]
    assert ledger.intents(FLOW, "order", ["k1", "k2", "k3"], "create").keys() == {"k1", "k2", "k3"}


def test_what_a_cancelled_caller_handed_in_is_written_before_the_journal_closes(ledger: Ledger) -> None:
    async def write_and_leave() -> None:
        async with Journal(ledger) as journal:
            leaving = asyncio.create_task(journal.commit(replace(INTENT, key="k1")))
            await asyncio.sleep(0)
            leaving.cancel()

    asyncio.run(write_and_leave())
    assert ledger.intents(FLOW, "order", ["k1"], "create").keys() == {"k1"}


def test_a_bug_in_an_entry_reaches_every_caller_of_its_group(ledger: Ledger) -> None:
    async def write_all() -> list[BaseException | None]:
        async with Journal(ledger) as journal:
            intents = [replace(INTENT, key="k1"), replace(INTENT, key="k2", marker=object())]  # type: ignore[arg-type]  # the bug
            return await asyncio.gather(*map(journal.commit, intents), return_exceptions=True)

    results = asyncio.run(write_all())
    assert all(isinstance(result, Exception) for result in results)
    with pytest.raises(KeyError):
        ledger.intents(FLOW, "order", ["k1"], "create")["k1"]
