"""How invoices stand in the target is read in as few calls as it takes."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Collection
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.sync.test_payments import invoice, paid, payment, settings
from visma_sync.domain.payment import Payment
from visma_sync.ledger.ledger import open_ledger
from visma_sync.ledger.rows import Link
from visma_sync.sync.payments.look import read_accounts
from visma_sync.sync.payments.standing import Account
from visma_sync.sync.run import Run
from visma_sync.systems.vismanet.answers import PaymentRow, TargetDocument

KEY = "bGVkZ2VyLWtleS1mb3ItdGVzdHMtb25seS0wMTIzNDU="


class Invoices:
    """The invoices of a target, so many on a page."""

    def __init__(self, kept: Collection[TargetDocument], size: int, calls: Counter[str]) -> None:
        self.kept, self.size, self.calls = list(kept), size, calls

    async def changed(
        self, since: datetime | None, *, dated_from: date | None = None
    ) -> AsyncIterator[list[TargetDocument]]:
        listed = [one for one in self.kept if dated_from is None or one.dated_on >= dated_from]
        for start in range(0, len(listed), self.size):
            self.calls["page of invoices"] += 1
            yield listed[start : start + self.size]

    async def get(self, number: str) -> TargetDocument | None:
        self.calls["invoice"] += 1
        return next((one for one in self.kept if one.number == number), None)


class Payments:
    """The payments of a target, so many on a page; they are read and not made here."""

    def __init__(self, kept: Collection[PaymentRow], size: int, calls: Counter[str]) -> None:
        self.kept, self.size, self.calls = list(kept), size, calls

    async def changed(self, since: datetime | None) -> AsyncIterator[list[PaymentRow]]:
        for start in range(0, len(self.kept), self.size):
            self.calls["page of payments"] += 1
            yield self.kept[start : start + self.size]

    async def of_invoice(self, invoice_number: str) -> list[PaymentRow]:
        self.calls["payments of an invoice"] += 1
        return [one for one in self.kept if any(line.number == invoice_number for line in one.applied)]


class Books:
    """A target that counts the calls of reading it."""

    def __init__(self, invoices: Collection[TargetDocument], payments: Collection[PaymentRow], size: int) -> None:
        self.calls: Counter[str] = Counter()
        self.invoices = Invoices(invoices, size, self.calls)
        self.payments = Payments(payments, size, self.calls)


def accounts(folder: Path, books: Any, *payments: Payment) -> dict[str, Account]:
    """Read the accounts of invoices that were all sent under their own number."""
    ledger = open_ledger(f"sqlite:///{folder / 'ledger.sqlite'}", KEY)
    ledger.save_links([Link("invoice", one.key, f"invoice/{one.number}") for one in payments])
    run = Run("a run", "payment", ledger, settings(), {"payment": "payments"}, {}, {})
    return asyncio.run(read_accounts(run, books, {one.key: one for one in payments}))


def several(count: int) -> list[Payment]:
    """So many invoices, all of them paid."""
    return [paid(key=f"i-{number}", number=str(20000 + number)) for number in range(count)]


def test_one_payment_takes_one_call_for_its_invoice_and_one_for_what_is_booked_on_it(tmp_path: Path) -> None:
    others = [invoice(str(number)) for number in range(20)]
    books = Books([*others, invoice("20000")], [payment("BANK 1", ("20000", "21")), payment("BANK 2", ("3", "1"))], 5)
    (account,) = accounts(tmp_path, books, *several(1)).values()
    assert account.booked == 21
    assert books.calls == {"invoice": 1, "payments of an invoice": 1}


def test_many_payments_take_the_pages_of_the_lists(tmp_path: Path) -> None:
    wanted = several(10)
    booked = [payment(f"BANK {one.number}", (one.number, "1")) for one in wanted]
    books = Books([invoice(one.number) for one in wanted], booked, 5)
    found = accounts(tmp_path, books, *wanted)
    assert {key: account.booked for key, account in found.items()} == {one.key: 1 for one in wanted}
    assert books.calls == {"page of invoices": 2, "page of payments": 2}


def test_few_payments_among_long_lists_are_read_one_by_one_after_a_few_pages(tmp_path: Path) -> None:
    wanted = several(3)
    others = [invoice(str(number)) for number in range(100)]
    booked = [payment(f"BANK {number}", (str(number), "1")) for number in range(100)]
    books = Books([*others, *(invoice(one.number) for one in wanted)], booked, 1)
    assert accounts(tmp_path, books, *wanted).keys() == {one.key for one in wanted}
    assert books.calls == {"page of invoices": 3, "invoice": 3, "page of payments": 3, "payments of an invoice": 3}


def test_an_invoice_of_an_earlier_day_than_the_sources_is_read_by_itself(tmp_path: Path) -> None:
    wanted = several(2)
    earlier = invoice(wanted[0].number, documentDate="2025-12-31T00:00:00")
    books = Books([earlier, invoice(wanted[1].number)], [], 5)
    assert accounts(tmp_path, books, *wanted).keys() == {"i-0", "i-1"}
    assert books.calls["invoice"] == 1


def test_an_invoice_that_the_target_no_longer_has_gives_no_account(tmp_path: Path) -> None:
    books = Books([invoice("20000")], [], 5)
    assert accounts(tmp_path, books, *several(2)).keys() == {"i-0"}
