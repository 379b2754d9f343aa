"""What the settings decide about a product."""

from dataclasses import dataclass

from visma_sync.domain.product import Product
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings


@dataclass(frozen=True)
class ProductPlan:
    """What the settings decide about a new product; empty texts mean "the class decides"."""

    item_class: str
    posting_class: str
    vat_category: str
    unit: str


def plan_product(product: Product, settings: Settings) -> ProductPlan:
    """Class, VAT category and unit of a new product; RecordParkedError where a table has no entry."""
    kind = "stock" if product.is_stock else "service" if product.is_service else "non_stock"
    item_class = settings.products.item_class.get(kind)  # type: ignore[call-overload]  # one of its three names
    if item_class is None:
        raise RecordParkedError(
            [Reason("no_item_class", f"the setting products.item_class has no entry for '{kind}'")],
            resolution=f"Add '{kind}' to products.item_class in the settings.",
        )
    percent = f"{(product.vat_rate or 0) * 100:f}"
    rate = percent.rstrip("0").rstrip(".") if "." in percent else percent
    return ProductPlan(
        item_class=item_class,
        posting_class=settings.products.posting_class,
        vat_category=settings.products.vat_category.choose(rate, "products.vat_category"),
        unit=settings.units.choose(product.unit, "units"),
    )
