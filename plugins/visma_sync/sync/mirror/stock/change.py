"""What becomes of one article's balance: the same, another one, or a reason why nothing can be said."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from visma_sync.domain.stock import StockLevel
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.mirror.stock.flow import ArticleBalance
from visma_sync.sync.stock.difference import plain

# A balance has two decimals ("eAccounting OpenAPI 2026-02", ArticleApi.StockBalance).
_SMALLEST = Decimal("0.01")


@dataclass(frozen=True)
class BalanceChange:
    """How an article's balance has to change, in its own unit; `article` is its key in the target."""

    article: str
    before: Decimal
    after: Decimal

    @property
    def falls_to_zero(self) -> bool:
        """Whether something is there now, and nothing would be left."""
        return self.before > 0 and self.after == 0

    @property
    def sentence(self) -> str:
        """The change in words."""
        return f"{plain(self.before)} becomes {plain(self.after)}"


def quantity_of(level: StockLevel, settings: Settings) -> Decimal:
    """The quantity of the source that the settings make the balance."""
    quantities = {
        "on_hand": level.quantity,
        "available": level.available,
        "available_for_shipment": level.available_for_shipment,
    }
    return quantities[settings.mirror.stock.quantity]


def why_left_alone(level: StockLevel, article: ArticleBalance | None, settings: Settings) -> str:
    """The reason why a balance is none of our business; empty where it is."""
    if article is None:
        return "unknown_and_empty" if quantity_of(level, settings) == 0 else ""
    return "not_stock_in_target" if article.is_service else ""


def change_of(level: StockLevel, article: ArticleBalance | None, settings: Settings) -> BalanceChange | None:
    """How the article has to change to have what the source has, None where it has.

    Raises RecordParkedError where that cannot be decided without a person.
    """
    if article is None:
        raise _parked(
            "unknown_in_target",
            f"product '{level.number}' is no article of the target",
            "Make the article there, or let the products flow do it; or leave the product out by a filter.",
        )
    if article.balance is None:
        raise _parked(
            "balance_unreadable",
            f"the answer about article '{article.sku}' has no usable balance",
            "Look at this article in the target; if it looks right there, report this message.",
        )
    after = _wanted(level, article, settings)
    if after == article.balance:
        return None
    if not article.is_active:
        raise _parked(
            "product_inactive",
            f"article '{article.sku}' is inactive in the target, and its stock differs",
            "Make the article active in the target, or leave the product out by a filter.",
        )
    return BalanceChange(article.key, article.balance, after)


def _wanted(level: StockLevel, article: ArticleBalance, settings: Settings) -> Decimal:
    quantity, rules = quantity_of(level, settings), settings.mirror.stock
    unit = settings.units.choose(article.unit, "units")
    if unit and level.unit and unit != level.unit:
        raise _parked(
            "unit_differs",
            f"product '{level.number}' is counted in {level.unit} here, and in {unit} in the target",
            "Correct the unit in one of the two systems, or the table of units in the settings.",
        )
    if quantity < 0 and rules.negative_balance == "park":
        raise _parked(
            "negative_balance",
            f"product '{level.number}' has a stock of {plain(quantity)}",
            "Count it in the source, or enter what is missing there; or set mirror.stock.negative_balance to zero.",
        )
    if article.unit in rules.whole_units and quantity % 1:
        raise _parked(
            "fraction_of_a_unit",
            f"product '{level.number}' has a stock of {plain(quantity)} {article.unit}, which cannot be cut",
            "Correct the stock in the source, the article's unit, or mirror.stock.whole_units in the settings.",
        )
    return max(quantity, Decimal(0)).quantize(_SMALLEST, ROUND_FLOOR)


def _parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)
