"""The same calls as the order flow makes, by a plain asyncio script: no mapping, no settings, no Airflow.

It sends what a run of the flow was recorded to send, with intents and encrypted bodies in a ledger or (`--no-ledger`)
without. Prints the seconds it took, imports aside. `bench.run` starts it; by hand:
`python -m bench.plain --address http://127.0.0.1:8700 --recording file.json`.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.pair import Pair
from bench.recording import Recording, SentCustomer, SentRecord
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.rows import Attempt, HeldRecord, Intent, Link, TokenClaim
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.outage import silent_addresses
from visma_sync.systems.vismanet.client import VismaNetClient

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
FLOW = "plain"
# As the flow: requests in flight per host and task; only its lanes work side by side.
CONCURRENCY = 16
SOURCE_LISTS = ("termsofpayments", "units", "articleaccountcodings")
TARGET_LISTS = (
    "accounts",
    "branches",
    "carriers",
    "cash_accounts",
    "credit_terms",
    "countries",
    "customer_classes",
    "item_classes",
    "order_types",
    "payment_methods",
    "posting_classes",
    "units",
    "vat_categories",
    "vat_zones",
    "warehouses",
)


@dataclass
class OwnTokens:
    """Access tokens in memory: nobody else is there to share them with."""

    tokens: dict[str, str] = field(default_factory=dict)

    def claim_token(
        self, key: str, *, lease_seconds: float, claimed_by: str, seed: str | None = None, refused: str = ""
    ) -> TokenClaim:
        """The token, or leave to ask for it."""
        if key in self.tokens:
            return TokenClaim("valid", self.tokens[key])
        return TokenClaim("claimed", refresh_token=seed or "")

    def save_token(
        self, key: str, claim: TokenClaim, *, access_token: str, refresh_token: str | None, expires_at: datetime
    ) -> None:
        """Keep a token."""
        self.tokens[key] = access_token

    def fail_token(self, key: str, claim: TokenClaim, *, lost: bool) -> None:
        """Nothing was kept."""


@dataclass
class Script:
    """The script at work; without a ledger it remembers nothing."""

    source: EAccountingClient
    target: VismaNetClient
    recording: Recording
    lanes: int
    ledger: Ledger | None
    journal: Journal | None

    async def send_everything(self) -> None:
        """Read what the flow reads, and write what it writes."""
        started_at = datetime.now(UTC)
        await self._read()
        made = await self._each(self.recording.customers, self._make_customer, CONCURRENCY)
        numbers = dict(zip((customer.number for customer in self.recording.customers), made, strict=True))
        await self._each(self.recording.products, self._make_product, CONCURRENCY)
        # Twice the requests in flight, so that requests need not wait for the ledger.
        at_once = 2 * CONCURRENCY * self.lanes
        await self._each(self.recording.orders, lambda order: self._make_order(order, numbers), at_once)
        async for _ in self.target.orders_modified(started_at - timedelta(minutes=2)):
            pass

    async def _read(self) -> None:
        await self.source.company()
        async for page in self.source.orders_changed(SINCE, datetime.now(UTC) + timedelta(days=365)):
            self._hold(page)
        for name in SOURCE_LISTS:
            await self.source.mapping_rows(name)
        async for _ in self.target.orders_modified(SINCE):
            pass
        for name in TARGET_LISTS:
            await self.target.master_data(name)
        self._hold(await self.source.customers({customer.key for customer in self.recording.customers}))
        async for _ in self.target.customers_changed(None):
            pass
        async for _ in self.target.items_changed(None):
            pass
        self._hold(await self.source.articles({product.key for product in self.recording.products}))

    def _hold(self, records: Sequence[Any]) -> None:
        if self.ledger is not None:
            held = [
                HeldRecord(one.key, one.number, one.created_at, one.created_at, "", source=one.body) for one in records
            ]
            self.ledger.hold(FLOW, "run", held, {})

    async def _each(self, records: Sequence[Any], make: Callable[[Any], Awaitable[str]], at_once: int) -> list[str]:
        together = asyncio.Semaphore(at_once)

        async def one(record: Any) -> str:
            async with together:
                return await make(record)

        return await asyncio.gather(*(one(record) for record in records))

    async def _make_customer(self, customer: SentCustomer) -> str:
        body, contact = customer.body, customer.contact
        number = await self._write("customer", customer.key, body, lambda: self.target.create_customer(body))
        if contact is not None:
            theirs = {name: number if value == customer.number else value for name, value in contact.items()}
            await self._write("contact", customer.key, theirs, lambda: self.target.create_contact(theirs))
        return number

    async def _make_product(self, product: SentRecord) -> str:
        return await self._write("product", product.key, product.body, lambda: self.target.create_item(product.body))

    async def _make_order(self, order: SentRecord, numbers: Mapping[str, str]) -> str:
        body = {**order.body, "customer": {**order.body["customer"], "id": numbers[order.body["customer"]["id"]]}}

        async def send() -> str:
            return "/".join(await self.target.create_order(body))

        key = await self._write("order", order.key, body, send)
        order_type, order_id = key.split("/", 1)
        made = await self.target.order(order_type, order_id)
        if made is None:
            raise RuntimeError(f"order {key} is not in the target")
        await self.target.open_order(order_type, order_id, made.version)
        return key

    async def _write(self, kind: str, key: str, body: dict[str, Any], send: Callable[[], Awaitable[str]]) -> str:
        """Write once: the intent is on disk before the request leaves, the result before anything builds on it."""
        if self.journal is None:
            return await send()
        started_at = datetime.now(UTC)
        await self.journal.commit(
            Intent(FLOW, kind, key, "create", key, "run", started_at=started_at),
            Attempt(FLOW, kind, key, "create", "run", body, None, "", started_at, 0),
        )
        target_key = await send()
        await self.journal.commit(
            Intent(FLOW, kind, key, "create", key, "run", "done", started_at, target_key=target_key),
            Attempt(FLOW, kind, key, "create", "run", None, {"target_key": target_key}, "", started_at, 0),
            Link(kind, key, target_key),
        )
        return target_key


async def send_everything(pair: Pair, recording: Recording, *, lanes: int, with_ledger: bool) -> None:
    """Open both clients (and the ledger), and let the script run."""
    concurrency = CONCURRENCY * lanes
    ledger = pair.ledger() if with_ledger else None
    from_source, to_target = pair.source(max_concurrency=concurrency), pair.target(max_concurrency=concurrency)
    await silent_addresses([from_source.api_url, to_target.api_url, to_target.salesorder_url])
    tokens = ledger or OwnTokens()
    async with AsyncExitStack() as stack:
        source = await stack.enter_async_context(EAccountingClient(from_source, tokens=tokens, budget=ledger))
        target = await stack.enter_async_context(VismaNetClient(to_target, tokens=tokens, budget=ledger))
        journal = await stack.enter_async_context(Journal(ledger)) if ledger else None
        await Script(source, target, recording, lanes, ledger, journal).send_everything()


def main() -> None:
    """Send, and print how long it took."""
    parser = argparse.ArgumentParser(description="Sends again what a run of the flow sent.")
    parser.add_argument("--address", required=True, help="where the sandbox is")
    parser.add_argument("--recording", type=Path, required=True, help="what to send")
    parser.add_argument("--lanes", type=int, default=1, help="lanes of the flow that work at the same time")
    parser.add_argument("--no-ledger", action="store_true", help="remember nothing")
    given = parser.parse_args()
    recording = Recording.load(given.recording)
    with tempfile.TemporaryDirectory(dir=given.recording.parent) as folder:
        started = time.monotonic()
        pair = Pair(given.address, Path(folder))
        asyncio.run(send_everything(pair, recording, lanes=given.lanes, with_ledger=not given.no_ledger))
        print(f"seconds: {time.monotonic() - started:.3f}")


if __name__ == "__main__":
    main()
