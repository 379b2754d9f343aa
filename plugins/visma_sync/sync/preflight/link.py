"""What preflight has read of a link: its settings, and both companies as they are set up today."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from visma_sync.errors import VismaSyncError
from visma_sync.ledger.rows import Company
from visma_sync.settings.model import Settings
from visma_sync.sync.lists import mirrored_values, values_by_list

Side = Literal["source", "target"]
Reading = Callable[[], Awaitable[Any]]

# What checks read of the source besides the lists that the settings name, and of the target.
_SOURCE_LISTS = (
    "article_labels",
    "customer_labels",
    "countries",
    "terms_of_payment",
    "units",
    "codings",
    "delivery_methods",
    "delivery_terms",
    "currencies",
    "bank_accounts",
)
_TARGET_LISTS = (
    "accounts",
    "carriers",
    "cash_accounts",
    "credit_terms",
    "currencies",
    "item_classes",
    "number_sequences",
    "order_types",
    "periods",
    "units",
    "vat_categories",
    "vat_codes",
    "warehouses",
)


class SourceSetUp(Protocol):
    """What the company of the source says of its set-up."""

    async def company(self) -> Any: ...
    async def sales_rates(self, day: date) -> dict[str, Decimal]: ...
    async def vat_code_rates(self, day: date) -> dict[str, Decimal]: ...


class TargetSetUp(Protocol):
    """What the company of the target says of its set-up."""

    async def countries(self) -> set[str]: ...
    async def vat_rates(self, days: Collection[date]) -> dict[date, dict[str, Decimal]]: ...


class NotReadError(Exception):
    """A check needs what could not be read; `why` is the error that was met."""

    def __init__(self, why: VismaSyncError) -> None:
        super().__init__(why.message)
        self.why = why


@dataclass(frozen=True)
class Link:
    """A link as preflight looks at it; an answer that never came is the error that came instead.

    `flows_on` are the flows that may run, `names` what people call the two systems, `bound` the companies that the
    ledger's links belong to, `named_company` a keyed hash of the one that the Connection of the target names,
    `unreached` the systems that answer nothing at all.
    """

    settings: Settings
    flows_on: frozenset[str]
    names: Mapping[Side, str]
    named_company: str = ""
    bound: Mapping[Side, Company] = field(default_factory=dict)
    answers: Mapping[tuple[Side, str], Any] = field(default_factory=dict)
    unreached: Mapping[Side, VismaSyncError] = field(default_factory=dict)
    today: date = field(default_factory=lambda: datetime.now(UTC).date())

    @property
    def days(self) -> tuple[date, date]:
        """Today and the first day of the next quarter."""
        return self.today, next_quarter(self.today)

    @property
    def writes_to_source(self) -> bool:
        """Whether a flow that writes to the source may run."""
        return any(not _forward(flow) for flow in self.flows_on)

    def is_on(self, kind: str) -> bool:
        """Whether the flow of this kind from source to target may run."""
        return any(flow.startswith(f"{kind}_") and _forward(flow) for flow in self.flows_on)

    def is_on_back(self, kind: str) -> bool:
        """Whether the flow of this kind from target to source may run."""
        return any(flow.startswith(f"{kind}_") and not _forward(flow) for flow in self.flows_on)

    def get(self, side: Side, name: str) -> Any:
        """What was read under this name; NotReadError where it could not be read."""
        answer = self.unreached.get(side) or self.answers[side, name]
        if isinstance(answer, VismaSyncError):
            raise NotReadError(answer)
        return answer


def _forward(flow: str) -> bool:
    return flow.endswith("_eaccounting_to_vismanet")


def next_quarter(day: date) -> date:
    """The first day of the quarter after that of a day."""
    month = 3 * ((day.month - 1) // 3) + 4
    return date(day.year + month // 13, (month - 1) % 12 + 1, 1)


async def looked_at(link: Link, source: Any, target: Any) -> Link:
    """The link with everything that the checks look at; what cannot be read becomes its error and hides nothing else.

    A system that cannot be asked at all is given as the error that says why. Where one does not even say which company
    it is, nothing more is asked of it.
    """
    answers: dict[tuple[Side, str], Any] = {}
    unreached: dict[Side, VismaSyncError] = {}
    sides: tuple[tuple[Side, Any, Callable[[Link, Any], dict[str, Reading]]], ...] = (
        ("source", source, _of_source),
        ("target", target, _of_target),
    )
    for side, system, readings in sides:
        if isinstance(system, VismaSyncError):
            unreached[side] = system
            continue
        (first, read_first), *others = readings(link, system).items()
        answers[side, first] = await _answer(read_first)
        if isinstance(answers[side, first], VismaSyncError):
            unreached[side] = answers.pop((side, first))
            continue
        read = await asyncio.gather(*(_answer(reading) for _, reading in others))
        answers |= {(side, name): answer for (name, _), answer in zip(others, read, strict=True)}
    return replace(link, answers=answers, unreached=unreached)


async def _answer(reading: Reading) -> Any:
    try:
        return await reading()
    except VismaSyncError as error:
        return error


def _of_source(link: Link, source: Any) -> dict[str, Reading]:
    lists = {*_SOURCE_LISTS, *(name for name, _, values in mirrored_values(link.settings) if values)}
    today, later = link.days
    freight = link.settings.mirror.orders.freight_sku
    return {
        "company": source.set_up.company,
        "fiscal_years": source.fiscal_years,
        "rates": lambda: _by_day((today, later), source.set_up.sales_rates),
        "vat_codes": lambda: _by_day((today, later), source.set_up.vat_code_rates),
        **({"freight article": lambda: source.articles([freight])} if freight else {}),
        **{name: _list(source, name) for name in sorted(lists)},
    }


def _of_target(link: Link, target: Any) -> dict[str, Reading]:
    settings = link.settings
    lists = {*_TARGET_LISTS, *(name for name, _, values in values_by_list(settings) if values)}
    products = {settings.rounding.sku, *settings.freight.skus} - {""}
    debtor = settings.default_debtor.customer
    return {
        "branches": _list(target, "branches"),
        "countries": target.set_up.countries,
        "rates": lambda: target.set_up.vat_rates(link.days),
        "orders": lambda: _first_page(target),
        **{name: _list(target, name) for name in sorted(lists - {"branches"})},
        **{f"product {number}": _product(target, number) for number in sorted(products)},
        **({"default debtor": lambda: target.customer(debtor)} if debtor else {}),
    }


def _list(system: Any, name: str) -> Reading:
    return lambda: system.master_data(name)


def _product(target: Any, number: str) -> Reading:
    return lambda: target.item(number)


async def _by_day(days: Collection[date], read: Callable[[date], Awaitable[Any]]) -> dict[date, Any]:
    return {day: await read(day) for day in days}


async def _first_page(target: Any) -> int:
    """Orders are an API of their own: whether it lets us in shows only there."""
    async for page in target.orders_modified(datetime.now(UTC)):
        return len(page)
    return 0
