"""Products, as Visma.net ERP answers them. Source: "Visma.net ERP OpenAPI 2025-12"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from visma_sync.systems.reading import essential_text, text_of
from visma_sync.systems.vismanet.answers.server import SYSTEM, changed_at

_SAME_NAMES = (
    "inventoryNumber",
    "status",
    "type",
    "description",
    "body",
    "defaultPrice",
    "baseUnit",
    "salesUnit",
    "purchaseUnit",
    "packaging",
    "intrastat",
    "kitItem",
    "note",
)
_BY_ID = (
    "itemClass",
    "postingClass",
    "vatCode",
    "defaultWarehouse",
    "defaultIssueFrom",
    "defaultReceiptTo",
)
_ACCOUNTS = (
    "expenseAccrualAccount",
    "inventoryAccount",
    "expenseAccount",
    "cogsAccount",
    "expenseNonTaxableAccount",
    "expenseEuAccount",
    "expenseImportAccount",
    "salesAccount",
    "salesNonTaxableAccount",
    "salesEuAccount",
    "salesExportAccount",
)


@dataclass(frozen=True, slots=True)
class TargetItem:
    """A product; `status` is Active, NoSales, NoPurchases, NoRequest, Inactive or MarkedForDeletion.

    A list leaves parts of the body out that were not asked for; a single answer has all of them.
    """

    number: str
    status: str
    type: str
    changed_at: datetime | None
    body: dict[str, Any]

    @classmethod
    def of(cls, body: dict[str, Any]) -> "TargetItem":
        """Read a product of a list or of a single answer."""
        return cls(
            number=essential_text(body, SYSTEM, "an item", "inventoryNumber"),
            status=text_of(body, "status"),
            type=text_of(body, "type"),
            changed_at=changed_at(body, "an item"),
            body=body,
        )

    @property
    def is_stock(self) -> bool:
        """Whether it is kept in stock."""
        return self.body.get("stockItem") is True

    @property
    def item_class(self) -> str:
        """The item class that the product belongs to."""
        return text_of(self.body, "itemClass", "id")

    @property
    def attributes(self) -> Mapping[str, str]:
        """The values of the product's attributes, by attribute."""
        return {text_of(row, "id"): text_of(row, "value") for row in self.body.get("attributes") or []}

    @property
    def barcodes(self) -> frozenset[str]:
        """The barcodes by which the product is known."""
        rows = self.body.get("crossReferences") or []
        return frozenset(text_of(row, "alternateID") for row in rows if text_of(row, "alternateType") == "Barcode")

    @property
    def attachments(self) -> Mapping[str, str]:
        """The files attached to the product, by name: the key of each."""
        return {text_of(row, "name"): text_of(row, "id") for row in self.body.get("attachments") or []}

    def as_written(self) -> dict[str, Any]:
        """The product in the shape in which one is written, to compare field by field."""
        return item_as_written(self.body)


def item_as_written(body: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the answer about a product into the plain shape of `wire.InventoryUpdate`, without empty fields.

    Subaccounts and suppliers are left out: they are read in another shape than they are written.
    """
    accounts = body.get("accountInformation") or {}
    written: dict[str, Any] = {name: body.get(name) for name in _SAME_NAMES}
    written |= {name: text_of(body, name, "id") for name in _BY_ID}
    written |= {name: text_of(accounts, name, "number") for name in _ACCOUNTS}
    written["attributeLines"] = [
        {"attributeId": row.get("id"), "attributeValue": row.get("value")} for row in body.get("attributes") or []
    ]
    written["crossReferences"] = [_reference_as_written(row) for row in body.get("crossReferences") or []]
    return _filled(written)


def _reference_as_written(row: Mapping[str, Any]) -> dict[str, Any]:
    same = {name: row.get(name) for name in ("alternateType", "alternateID", "description", "uom")}
    return _filled({**same, "bAccount": text_of(row, "bAccount", "number")})


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", {}, [])}
