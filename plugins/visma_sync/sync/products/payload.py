"""The payload of a product, as the mapping of its flow writes it."""

from collections.abc import Sequence
from typing import Any, Literal

from visma_sync.domain.product import Product
from visma_sync.mapping.flow import Written
from visma_sync.sync.products.plan import ProductPlan
from visma_sync.sync.run import Run

ATTRIBUTES, BARCODES = "attributes", "barcodes"
On = Literal["create", "update"]


def written_of(run: Run, document: str, product: Product, plan: ProductPlan, on: On) -> Written:
    """A document of the mapping: product, attributes or barcodes."""
    return run.mapping("product").write(document, product, links={}, settings=run.settings, plan=plan, on=on)


def rows_of(run: Run, product: Product, plan: ProductPlan, on: On) -> dict[str, Any]:
    """The planned attributes and barcodes."""
    planned: dict[str, Sequence[Any]] = {ATTRIBUTES: plan.attributes, BARCODES: plan.barcodes}
    rows: dict[str, Any] = {}
    for document, some in planned.items():
        if some:
            rows |= written_of(run, document, product, plan, on).payload
    return rows
