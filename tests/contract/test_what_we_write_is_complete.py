"""Every body that this project can write has exactly the fields of the vendor's document, wrapped as it wants them."""

from collections.abc import Iterator
from decimal import Decimal
from types import UnionType
from typing import Any, Literal, get_args, get_origin

import pytest
import simplejson
from pydantic import BaseModel

from tests.contract.documents import core_api
from tests.contract.specifications import FOLDER
from visma_sync.systems.vismanet.wire import (
    ContactUpdate,
    CorePayload,
    CustomerCreditNoteUpdate,
    CustomerInvoiceUpdate,
    CustomerUpdate,
    InventoryAdjustmentUpdate,
    InventoryUpdate,
    JournalTransactionUpdate,
    NewShipment,
    Payload,
    PaymentRelease,
    PaymentUpdate,
)

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the vendors' documents are not beside the project")

BODIES: dict[str, type[Payload]] = {
    "CustomerUpdateDto": CustomerUpdate,
    "ContactUpdateDto": ContactUpdate,
    "InventoryUpdateDto": InventoryUpdate,
    "CustomerInvoiceUpdateDto": CustomerInvoiceUpdate,
    "CustomerCreditNoteUpdateDto": CustomerCreditNoteUpdate,
    "PaymentUpdateDto": PaymentUpdate,
    "ReleasePaymentActionDto": PaymentRelease,
    "JournalTransactionUpdateDto": JournalTransactionUpdate,
    "InventoryAdjustmentUpdateDto": InventoryAdjustmentUpdate,
    "CreateShipmentActionDto": NewShipment,
}
SCALARS: dict[object, Any] = {str: "x", int: 1, bool: True, Decimal: Decimal("1.10")}
UUID, DAY = "c0ffee00-0000-4000-8000-000000000001", "2026-11-20"
UUIDS = {"id", "direct_debit_mandate_id"}
"""The texts that are UUIDs, all of direct debit mandates."""


def filled(model: type[BaseModel]) -> dict[str, Any]:
    """Give a value to every field, by the vendor's names."""
    return {
        field.alias or name: _value(name, field.annotation, str(field.metadata))
        for name, field in model.model_fields.items()
    }


def _value(name: str, annotation: Any, constraints: str = "") -> Any:
    if get_origin(annotation) is Literal:
        return get_args(annotation)[-1]
    if get_origin(annotation) is list:
        return [_value(name, get_args(annotation)[0])]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return filled(annotation)
    if isinstance(annotation, UnionType) or get_args(annotation):
        return _value(name, get_args(annotation)[0], constraints + str(get_args(annotation)[1:]))
    if annotation is str:
        return DAY if "pattern" in constraints else UUID if name in UUIDS else "x"
    return SCALARS[annotation]


def written(model: type[Payload], body: dict[str, Any]) -> Any:
    """Give the JSON that is sent for a body."""
    payload = model.model_validate(body)
    sent = payload.wrapped() if isinstance(payload, CorePayload) else payload.model_dump(by_alias=True)
    return simplejson.loads(simplejson.dumps(sent, use_decimal=True))


def left_out(value: Any, fields: Any) -> Iterator[str]:
    """Name the fields that a document has and a value has not, at every depth."""
    if isinstance(value, list):
        yield from left_out(value[0], fields["items"])
    elif isinstance(value, dict):
        declared = core_api().resolved(fields).get("properties", {})
        yield from sorted(declared.keys() - value.keys())
        for name, part in value.items():
            yield from (f"{name}/{missing}" for missing in left_out(part, declared[name]))


@pytest.mark.parametrize("name", BODIES)
def test_a_body_with_every_field_is_one_of_the_document(name: str) -> None:
    assert list(core_api().body_faults(name, written(BODIES[name], filled(BODIES[name])))) == []


@pytest.mark.parametrize("name", BODIES)
def test_no_field_of_the_document_is_left_out(name: str) -> None:
    schema = {"$ref": f"#/components/schemas/{name}"}
    assert list(left_out(written(BODIES[name], filled(BODIES[name])), schema)) == []


def test_a_field_that_is_wrong_or_missing_is_noticed() -> None:
    name = "CustomerInvoiceUpdateDto"
    whole = written(CustomerInvoiceUpdate, filled(CustomerInvoiceUpdate))
    bare = {**whole, "billingAddress": whole["billingAddress"]["value"]}
    assert list(core_api().body_faults(name, bare))
    assert list(core_api().body_faults(name, {**whole, "colour": "red"}))
    line = {field: value for field, value in whole["invoiceLines"][0].items() if field != "vatCodeId"}
    schema = {"$ref": f"#/components/schemas/{name}"}
    assert list(left_out({**whole, "invoiceLines": [line]}, schema)) == ["invoiceLines/vatCodeId"]
