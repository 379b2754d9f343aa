"""What becomes of one product's stock: the same, different by so much, or a reason why nothing can be said."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings

# The statuses of an item whose stock may be changed.
_IN_USE = frozenset({"active", "nosales", "nopurchases", "norequest"})


class WarehouseLevel(Protocol):
    """What a warehouse of the target has of a product."""

    @property
    def on_hand(self) -> Decimal: ...
    @property
    def available(self) -> Decimal: ...


class TargetStock(Protocol):
    """The stock of a product in the target, by warehouse; costs are of one unit, 0 where there is none."""

    @property
    def sku(self) -> str: ...
    @property
    def is_stock(self) -> bool: ...
    @property
    def status(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def average_cost(self) -> Decimal: ...
    @property
    def last_cost(self) -> Decimal: ...
    @property
    def warehouses(self) -> Mapping[str, WarehouseLevel]: ...


@dataclass(frozen=True)
class Difference:
    """How a product's stock in a warehouse has to change, in the target's unit; `unit_cost` is of what is added, in
    the company's currency, None where it becomes less.
    """

    warehouse: str
    unit: str
    before: Decimal
    after: Decimal
    unit_cost: Decimal | None = None

    @property
    def quantity(self) -> Decimal:
        """By how much it changes, with its sign."""
        return self.after - self.before

    @property
    def falls_to_zero(self) -> bool:
        """Whether something is there now, and nothing would be left."""
        return self.before > 0 and self.after == 0

    @property
    def sentence(self) -> str:
        """The change in words."""
        return f"warehouse {self.warehouse}: {plain(self.before)} becomes {plain(self.after)}"


@dataclass(frozen=True)
class Currencies:
    """In which currencies the two companies keep their costs; empty where it is not known or does not matter."""

    source: str = ""
    target: str = ""

    @property
    def differ(self) -> bool:
        """Whether a cost of the source is none in the target."""
        return bool(self.source and self.target) and self.source != self.target


_ONE_CURRENCY = Currencies()


def why_left_alone(level: StockLevel, row: TargetStock | None) -> str:
    """The reason why a product's stock is none of our business; empty where it is."""
    if not level.is_stock:
        return "not_stock"
    if row is None:
        return "unknown_and_empty" if level.quantity == 0 else ""
    return "" if row.is_stock else "not_stock_in_target"


def difference_of(
    level: StockLevel, row: TargetStock | None, settings: Settings, currencies: Currencies = _ONE_CURRENCY
) -> Difference | None:
    """How the target has to change to have what the source has, None where it has.

    Raises RecordParkedError where that cannot be decided without a person.
    """
    if row is None:
        raise _parked(
            "unknown_in_target",
            f"product '{level.number}' is not in the target",
            "Make the product there, or let the products flow do it; its stock follows by itself.",
        )
    after = _wanted(level, row, settings)
    warehouse = _warehouse(level, settings)
    there = row.warehouses.get(warehouse)
    before = Decimal(0) if there is None else _of_target(there, settings)
    if after == before:
        return None
    if row.status.casefold() not in _IN_USE:
        raise _parked(
            "product_inactive",
            f"product '{level.number}' is {row.status.casefold()} in the target, and its stock differs",
            "Make the product active in the target; its stock follows by itself.",
        )
    cost = _unit_cost(level, row, settings, currencies) if after > before else None
    return Difference(warehouse, row.unit, before, after, cost)


def quantity_of(level: StockLevel, settings: Settings) -> Decimal:
    """The quantity of the source that the settings compare."""
    return level.quantity if settings.stock.quantity == "physical" else level.available


def _wanted(level: StockLevel, row: TargetStock, settings: Settings) -> Decimal:
    quantity = quantity_of(level, settings)
    unit = settings.units.choose(level.unit, "units")
    if unit and unit != row.unit:
        raise _parked(
            "unit_differs",
            f"product '{level.number}' is counted in {unit} here, and in {row.unit} in the target",
            "Correct the unit in one of the two systems, or the table of units in the settings.",
        )
    if quantity < 0 and settings.stock.negative_balance == "park":
        raise _parked(
            "negative_balance",
            f"product '{level.number}' has a balance of {plain(quantity)}",
            "Count it, or enter the purchase that is missing in the source; or set stock.negative_balance to zero.",
        )
    if row.unit in settings.stock.whole_units and quantity % 1:
        raise _parked(
            "fraction_of_a_unit",
            f"product '{level.number}' has a balance of {plain(quantity)} {row.unit}, which cannot be cut",
            "Correct the balance in the source, the product's unit, or stock.whole_units in the settings.",
        )
    return max(quantity, Decimal(0))


def _of_target(there: WarehouseLevel, settings: Settings) -> Decimal:
    return there.on_hand if settings.stock.quantity == "physical" else there.available


def _warehouse(level: StockLevel, settings: Settings) -> str:
    usual = settings.warehouse.default if settings.warehouse.force is None else settings.warehouse.force
    chosen = settings.stock.warehouse.choose(level.location, "stock_warehouse") or usual
    if not chosen:
        raise _parked(
            "no_warehouse",
            "the settings name no warehouse for the stock",
            "Give stock.warehouse, or warehouse, a default in the settings.",
        )
    return chosen


def _unit_cost(level: StockLevel, row: TargetStock, settings: Settings, currencies: Currencies) -> Decimal:
    if settings.stock.unit_cost == "source" and currencies.differ:
        raise _parked(
            "unit_cost_in_other_currency",
            f"there is more of product '{level.number}'; its cost is in {currencies.source}, the target's books are in "
            f"{currencies.target}",
            "Set stock.unit_cost to target; a product that has no cost there yet is entered there once by hand.",
        )
    cost = level.unit_cost if settings.stock.unit_cost == "source" else row.average_cost or row.last_cost
    if cost <= 0:
        raise _parked(
            "no_unit_cost",
            f"there is more of product '{level.number}', and no cost of it in the {settings.stock.unit_cost}",
            "Give the product a purchase price, or choose the other system in stock.unit_cost.",
        )
    return cost


def plain(quantity: Decimal) -> str:
    """A quantity as people write it: 12 and not 12.00."""
    return f"{quantity.normalize():f}"


def _parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)
