"""A small business for the mapping tests: an order, and the documents that are written from it."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

from visma_sync.mapping.catalog import FlowMapping, load_mapping


class Buyer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    name: str = ""
    country: str | None = None


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    sku: str
    quantity: Decimal | int
    price: Decimal | int = 0
    remark: str | None = None


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    number: str
    ordered_on: date | None = None
    buyer: Buyer | None = None
    total: Decimal = Decimal(0)
    lines: tuple[Line, ...] = ()
    free: dict[str, Any] = {}

    @property
    def has_lines(self) -> bool:
        return bool(self.lines)


class Address(BaseModel):
    model_config = ConfigDict(extra="forbid")

    street: str | None = Field(default=None, max_length=20)
    city: str | None = None


class SentLine(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    article: str
    amount: Decimal | int | None = None
    note: str | None = None


class SentOrder(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    type: str = Field(alias="orderType")
    reference: str | None = Field(default=None, alias="refNo", max_length=12)
    day: str | None = None
    total: Decimal | int | None = None
    address: Address | None = None
    rows: list[SentLine] | None = None
    tags: list[str] | None = None
    extra: dict[str, Any] | None = None
    note: str | None = None


class SentCustomer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    city: str | None = None
    contact: Address | None = None
    groups: list[Address] | None = None


DOCUMENTS: dict[str, type[BaseModel]] = {"order": SentOrder, "customer": SentCustomer}
FLOW = "orders_here_to_there"
EXAMPLE: dict[str, Any] = {
    "title": "an order",
    "source": {"Number": 1},
    "gives_part": {"order": {"orderType": "SO"}},
}

Load = Callable[..., FlowMapping]


def mapping_file(folder: Path, **parts: Any) -> Path:
    """Writes a mapping that works, with the given parts in the place of its own."""
    written: dict[str, Any] = {
        "flow": FLOW,
        "title": "Orders from here go there",
        "record": "order",
        "read": {"number": "=source.Number | text"},
        "write": {"order": {"orderType": "SO"}, "customer": {}},
        "examples": [EXAMPLE],
        **parts,
    }
    file = folder / f"{FLOW}.yaml"
    file.write_text(yaml.safe_dump(written, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return file


def load(folder: Path, *overlays: Path) -> FlowMapping:
    """Loads the mapping of that folder."""
    return load_mapping(FLOW, folder, record=Order, documents=DOCUMENTS, overlays=overlays)


def made(folder: Path, **parts: Any) -> FlowMapping:
    """Writes and loads a mapping with the given parts."""
    mapping_file(folder, **parts)
    return load(folder)
