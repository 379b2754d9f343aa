"""How products of Visma.net ERP are made and kept in eAccounting."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class CodingRow(Part):
    """Items of this VAT category, kind and item class get the coding of this name; an empty text means any."""

    coding: str = Field(min_length=1)
    vat_category: str = ""
    supply: Literal["", "stock", "non_stock", "service"] = ""
    item_class: str = ""

    def holds(self, vat_category: str, supply: str, item_class: str) -> bool:
        """Whether the row is about such an item."""
        asked = ((self.vat_category, vat_category), (self.supply, supply), (self.item_class, item_class))
        return all(wanted in ("", given) for wanted, given in asked)


class MirrorProductSettings(Part):
    """Whether missing articles are made, on which basis Visma.net keeps the default price, which coding and unit of
    eAccounting an item gets, what becomes of articles found there, and of fields that people changed in both systems.
    """

    create: bool
    price_basis: Literal["net", "gross"]
    codings: Sequence[CodingRow]
    units: Choice
    found: Literal["update", "keep"]
    on_conflict: Literal["keep_target", "source_wins", "park"]

    def coding_of(self, vat_category: str, supply: str, item_class: str) -> str:
        """The coding of such an item: of the first row that holds, empty where none does."""
        return next((row.coding for row in self.codings if row.holds(vat_category, supply, item_class)), "")
