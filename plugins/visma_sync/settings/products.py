"""How products are made and kept."""

from collections.abc import Iterable
from typing import Literal

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class ProductSettings(Part):
    """How products are made: item class by what they are, posting class, VAT category by rate in percent."""

    item_class: dict[Literal["stock", "non_stock", "service"], str]
    posting_class: str
    vat_category: Choice

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """Item classes, posting class and VAT categories."""
        yield "item_classes", "products.item_class", frozenset(self.item_class.values())
        yield "posting_classes", "products.posting_class", frozenset({self.posting_class} - {""})
        yield "vat_categories", "products.vat_category", self.vat_category.values
