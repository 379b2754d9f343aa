"""Batches: which invoices go into one journal, and the journal's rows; no look-ups, no side effects."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from visma_sync.domain.money import ZERO, vat_on_top
from visma_sync.domain.taxing import Category
from visma_sync.settings.model import Settings
from visma_sync.sync.bookings.entry import Earning, Entry

_WORDS = {"revenue": "Revenue", "freight": "Freight", "discount": "Discount"}


class PlannedRow(BaseModel):
    """A row of a journal: an amount in debit or in credit, in the journal's currency."""

    model_config = ConfigDict(frozen=True)

    account: str
    reference: str
    text: str
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    vat_category: str = ""
    vat_code: str = ""


class PlannedJournal(BaseModel):
    """Everything that is decided about a journal; kept until it is sent, so that it is the same whenever it is sent.

    `exchange_rate` is what one unit of its currency is worth in the company's, None where the target decides; an empty
    branch is for the target to decide.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    marker: str
    posted_on: date
    currency: str
    exchange_rate: Decimal | None
    branch: str
    hold: bool
    skip_vat_check: bool
    total: Decimal
    vat: Decimal
    rounding: Decimal
    rows: tuple[PlannedRow, ...]

    @property
    def control_total(self) -> Decimal:
        """The sum of either side."""
        return sum((row.debit for row in self.rows), ZERO)


def batches_of(entries: Iterable[Entry], settings: Settings, alone: Collection[str] = ()) -> list[list[Entry]]:
    """The entries that share a journal: each alone, or those of one day, currency, rate and branch.

    Those with the keys `alone` share none.
    """
    in_order = sorted(entries, key=lambda entry: (entry.posted_on, _order(entry.number)))
    together: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in in_order:
        by_itself = settings.bookings.per == "invoice" or entry.key in alone
        shared = (entry.posted_on, entry.currency, entry.exchange_rate, entry.branch)
        together[entry.key if by_itself else shared].append(entry)
    return list(together.values())


def name_of(numbers: Sequence[str]) -> str:
    """How a batch is called: by its first invoice, and how many more there are.

    An invoice is in one batch only, so no two batches have one name.
    """
    first, *more = sorted(numbers, key=_order)
    return f"{first}+{len(more)}" if more else first


def _order(number: str) -> tuple[int, str]:
    return (int(number), "") if number.isascii() and number.isdigit() else (0, number)


def plan_journal(entries: Sequence[Entry], settings: Settings) -> PlannedJournal:
    """The journal of a batch; it is balanced, because each of its entries is."""
    name = name_of([entry.number for entry in entries])
    one_by_one = settings.bookings.depth == "everything"

    def reference(entry: Entry) -> str:
        return entry.number if one_by_one else name

    vat_rows, skip_vat_check = _vat_rows(entries, reference)
    first = entries[0]
    return PlannedJournal(
        name=name,
        marker=f"{settings.marker_prefix}{name}",
        posted_on=first.posted_on,
        currency=first.currency,
        exchange_rate=first.exchange_rate,
        branch=first.branch,
        hold=settings.bookings.confirm == "hold",
        skip_vat_check=skip_vat_check,
        total=sum((entry.total for entry in entries), ZERO),
        vat=sum((entry.vat for entry in entries), ZERO),
        rounding=sum((entry.rounding for entry in entries), ZERO),
        rows=(
            *(_debit_row(entry) for entry in entries),
            *_earning_rows(entries, reference, one_by_one=one_by_one, by_share=settings.bookings.depth == "split"),
            *vat_rows,
            *_rounding_rows(entries, settings),
        ),
    )


def _row(amount: Decimal, **fields: str) -> PlannedRow:
    """A row of this amount: in credit where it is positive, else in debit."""
    return PlannedRow(debit=max(-amount, ZERO), credit=max(amount, ZERO), **fields)


def _debit_row(entry: Entry) -> PlannedRow:
    """What the customer owes; each invoice has a row of its own, which lists it."""
    word = "Credit invoice" if entry.total < 0 else "Invoice"
    text = f"{word} {entry.number} of {entry.invoiced_on.isoformat()}"
    return _row(-entry.total, account=entry.debit_account, reference=entry.number, text=text)


def _earning_rows(
    entries: Sequence[Entry], reference: Callable[[Entry], str], *, one_by_one: bool, by_share: bool
) -> Iterator[PlannedRow]:
    """Revenue by account and VAT category, credit invoices apart; or each row by itself."""
    sums: dict[tuple[str, str, str, str, str], Decimal] = defaultdict(lambda: ZERO)
    for entry in entries:
        for earning in entry.earnings:
            account, category, code = earning.account, earning.category.id, earning.category.tax_id
            if one_by_one:
                yield _row(
                    earning.amount,
                    account=account,
                    reference=reference(entry),
                    text=_text_of(earning),
                    vat_category=category,
                    vat_code=code,
                )
            else:
                text = _WORDS[earning.share] if by_share else "Revenue"
                text = f"{text}, credited" if entry.total < 0 else text
                sums[account, reference(entry), text, category, code] += earning.amount
    for (account, referred, text, category, code), amount in sums.items():
        if amount:
            yield _row(amount, account=account, reference=referred, text=text, vat_category=category, vat_code=code)


def _text_of(earning: Earning) -> str:
    return earning.text if earning.share != "discount" else f"{_WORDS['discount']}: {earning.text}"


def _vat_rows(entries: Sequence[Entry], reference: Callable[[Entry], str]) -> tuple[list[PlannedRow], bool]:
    """The VAT by code, and whether it differs from what the target computes on the same amounts."""
    sums: dict[tuple[str, Category], tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    accounts: dict[Category, str] = {}
    for entry in entries:
        for part in entry.vat_parts:
            net, vat = sums[reference(entry), part.category]
            sums[reference(entry), part.category] = net + part.net, vat + part.vat
            accounts[part.category] = part.account or accounts.get(part.category, "")
    rows = [
        _row(
            vat,
            account=accounts[category],
            reference=referred,
            text=f"VAT {category.tax_id}",
            vat_code=category.tax_id,
        )
        for (referred, category), (_, vat) in sums.items()
        if vat
    ]
    return rows, any(vat != vat_on_top(net, category.rate) for (_, category), (net, vat) in sums.items())


def _rounding_rows(entries: Sequence[Entry], settings: Settings) -> Iterator[PlannedRow]:
    """Whole-unit rounding, an invoice a row; the category without VAT tells it from what customers owe."""
    rounding = settings.rounding
    for entry in entries:
        if entry.rounding:
            yield _row(
                entry.rounding,
                account=rounding.account,
                reference=entry.number,
                text=f"Rounding of {entry.number}",
                vat_category=rounding.category,
            )
