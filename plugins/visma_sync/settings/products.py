"""How products are made and kept."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field, model_validator

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class LabelClass(Part):
    """Products with a label of the source get this item class; `label` is compared to the letter."""

    label: str = Field(min_length=1)
    item_class: str = Field(min_length=1)


class ImageSettings(Part):
    """Where pictures of products are: in a folder, or at an https address with `{sku}` in it on one of these hosts."""

    folder: str
    address: str
    hosts: tuple[str, ...]

    @model_validator(mode="after")
    def _from_one_place(self) -> "ImageSettings":
        if self.folder and self.address:
            raise ValueError("name a folder or an address, not both")
        return self


class ProductSettings(Part):
    """How products are made and kept: item class by label or by what they are, posting class, VAT category by rate in
    percent, on which basis the target keeps prices, whether notes are public, and what becomes of items found there.
    """

    item_class: dict[Literal["stock", "non_stock", "service"], str]
    item_class_by_label: tuple[LabelClass, ...]
    posting_class: str
    vat_category: Choice
    price_basis: Literal["excluding_vat", "including_vat"]
    public_notes: bool
    found: Literal["update", "keep"]
    images: ImageSettings

    def class_of(self, supply: str, labels: Sequence[str]) -> str | None:
        """The item class of a product with these labels: the first row that holds, else by supply; None: no entry."""
        by_label = (row.item_class for row in self.item_class_by_label if row.label in labels)
        by_supply = (chosen for name, chosen in self.item_class.items() if name == supply)
        return next(by_label, None) or next(by_supply, None)

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """Item classes, posting class and VAT categories."""
        yield "item_classes", "products.item_class", frozenset(self.item_class.values())
        labelled = frozenset(row.item_class for row in self.item_class_by_label)
        yield "item_classes", "products.item_class_by_label", labelled
        yield "posting_classes", "products.posting_class", frozenset({self.posting_class} - {""})
        yield "vat_categories", "products.vat_category", self.vat_category.values
