"""What a PUT leaves out is gone in eAccounting, so our bodies have each field that may be written there."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from tests.contract.documents import eaccounting_api
from tests.contract.specifications import FOLDER
from visma_sync.systems.eaccounting.wire import ArticleUpdate, CustomerUpdate, OrderUpdate
from visma_sync.systems.eaccounting.wire.payload import Payload

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vendors' documents are not beside the project")

BODIES: dict[str, type[Payload]] = {"ArticleApi": ArticleUpdate, "CustomerApi": CustomerUpdate, "OrderApi": OrderUpdate}


SUMS = {"Amount", "VatAmount", "RoundingsAmount", "ContributionMargin"}
NEVER_SENT = {
    "OrderApi": SUMS | {"DeliveredAmount", "DeliveredVatAmount", "DeliveredRoundingsAmount"},
    "CustomerApi": {"TermsOfPayment"},
}
"""What eAccounting adds up from the rows, and what it shows of terms that are written by their id."""


def fields_of(name: str) -> dict[str, Any]:
    """The fields of a body in the vendor's document that may be written."""
    properties: dict[str, Any] = eaccounting_api().resolved({"$ref": f"#/components/schemas/{name}"})["properties"]
    never = NEVER_SENT.get(name, set())
    return {field: schema for field, schema in properties.items() if not schema.get("readOnly") and field not in never}


def parts_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """A body, and the bodies of the rows in it."""
    yield model
    for field in model.model_fields.values():
        inner = [each for one in get_args(field.annotation) for each in (one, *get_args(one))]
        for one in inner:
            if isinstance(one, type) and issubclass(one, BaseModel):
                yield from parts_of(one)


def names_of(model: type[BaseModel]) -> set[str]:
    """The fields of a body, as the vendor calls them."""
    return {field.alias or name for name, field in model.model_fields.items()}


ROWS = {"OrderRow": "OrderRowApi", "ArticleBarcode": "ArticleBarcodeApi"}
PARTS = {
    **{ROWS.get(part.__name__, name): part for name, model in BODIES.items() for part in parts_of(model)},
    **BODIES,
}


def different(name: str, model: type[BaseModel]) -> set[str]:
    """The fields that only the document, or only our body, has."""
    return names_of(model) ^ fields_of(name).keys()


@pytest.mark.parametrize("name", PARTS)
def test_a_body_has_exactly_the_fields_that_may_be_written(name: str) -> None:
    assert different(name, PARTS[name]) == set()


@pytest.mark.parametrize("name", PARTS)
def test_no_text_may_be_longer_than_the_document_says(name: str) -> None:
    allowed = {field: schema.get("maxLength") for field, schema in fields_of(name).items() if schema.get("maxLength")}
    ours = {field.alias: longest(field) for field in PARTS[name].model_fields.values()}
    assert {field: ours[field] for field in allowed} == allowed


def longest(field: Any) -> int | None:
    """How long a text of a field may be."""
    return next((one.max_length for one in field.metadata if hasattr(one, "max_length")), None)


def test_a_missing_field_is_noticed() -> None:
    class Poor(Payload):
        number: str

    assert "Name" in different("ArticleApi", Poor)
