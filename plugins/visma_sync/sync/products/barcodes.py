"""Barcodes of products: which to add and to take away, and that each belongs to one product only."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from visma_sync.domain.product import Product
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.sync.products.look import spelling
from visma_sync.sync.products.plan import PlannedBarcode


def barcode_changes(
    right: str, wanted: Sequence[str], there: Collection[str], ours: Collection[str]
) -> list[PlannedBarcode]:
    """What to add and to take away of a product's barcodes.

    `right` is that of the mapping (create, update, if_empty), `there` what the target has, `ours` what it has or had
    from us. Barcodes that people added stay; one of ours that people took away is not added again.
    """
    if right == "create" or (right == "if_empty" and there):
        return []
    added = [PlannedBarcode(code) for code in wanted if code not in there and code not in ours]
    gone = sorted(set(ours).intersection(there).difference(wanted))
    return added + [PlannedBarcode(code, gone=True) for code in gone]


def first_claims(products: Iterable[Product]) -> dict[str, str]:
    """The SKU of the first product that names each barcode, in the order of their numbers."""
    claims: dict[str, str] = {}
    for product in sorted(products, key=lambda one: one.number):
        for code in product.barcodes:
            claims.setdefault(code, product.number)
    return claims


def refuse_taken(number: str, added: Iterable[PlannedBarcode], owners: Mapping[str, str | None]) -> None:
    """RecordParkedError where a barcode that is to be added belongs to another product; `owners` by barcode."""
    for barcode in added:
        owner = owners.get(barcode.code)
        if owner is not None and not barcode.gone and spelling(owner) != spelling(number):
            raise RecordParkedError(
                [Reason("barcode_taken", f"the barcode {barcode.code} belongs to product '{owner}'")],
                resolution="Take the barcode off one of the two products.",
            )
