"""What the settings decide about a product."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from visma_sync.domain.product import Product
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings


@dataclass(frozen=True)
class PlannedAttribute:
    """An attribute of the target and the value that it gets, empty to take it away."""

    id: str
    value: str


@dataclass(frozen=True)
class PlannedBarcode:
    """A barcode that the product gets, or loses (`gone`)."""

    code: str
    gone: bool = False


@dataclass(frozen=True)
class ProductPlan:
    """What the settings decide about a product; empty texts mean "the class decides".

    `price` is in the company's currency on the basis that the settings name. `long_text` is the note, where notes are
    public. Attributes and barcodes are all of them for a new product, else those that change.
    """

    item_class: str
    posting_class: str
    vat_category: str
    unit: str
    price: Decimal | None
    long_text: str
    attributes: Sequence[PlannedAttribute] = ()
    barcodes: Sequence[PlannedBarcode] = ()


def plan_product(product: Product, settings: Settings) -> ProductPlan:
    """Class, VAT category, unit, price and texts of a product; RecordParkedError where a table has no entry."""
    decided = settings.products
    item_class = decided.class_of(product.supply, product.labels)
    if item_class is None:
        raise RecordParkedError(
            [Reason("no_item_class", f"the setting products.item_class has no entry for '{product.supply}'")],
            resolution=f"Add '{product.supply}' to products.item_class in the settings.",
        )
    percent = f"{(product.vat_rate or 0) * 100:f}"
    rate = percent.rstrip("0").rstrip(".") if "." in percent else percent
    return ProductPlan(
        item_class=item_class,
        posting_class=decided.posting_class,
        vat_category=decided.vat_category.choose(rate, "products.vat_category"),
        unit=settings.units.choose(product.unit, "units"),
        price=product.price(including_vat=decided.price_basis == "including_vat"),
        long_text=product.note if decided.public_notes else "",
        attributes=tuple(PlannedAttribute(name, attribute_text(value)) for name, value in product.attributes.items()),
        barcodes=tuple(PlannedBarcode(code) for code in dict.fromkeys(product.barcodes) if code),
    )


def attribute_text(value: bool | Decimal | str | Sequence[str] | None) -> str:
    """A value as attributes are written: yes is 1, no is 0, several texts have commas between them."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value or "" if isinstance(value, str) or value is None else ",".join(value)
