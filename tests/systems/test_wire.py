"""What is written to Visma.net ERP: wrapped where the core API wants it, plain and checked in orders."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from visma_sync.systems.vismanet.wire import (
    ContactUpdate,
    CustomerInvoiceUpdate,
    CustomerUpdate,
    InventoryUpdate,
    NewSalesOrder,
    PatchSalesOrder,
)

ORDER: dict[str, Any] = {
    "type": "SO",
    "status": "Hold",
    "customer": {"id": "10001", "refNo": "V100", "order": "PO 7"},
    "date": "2026-11-20",
    "orderLines": [
        {
            "inventoryId": "1e5",
            "quantity": Decimal("1.5000"),
            "unitPrice": Decimal("9.99"),
            "discountAmount": 2,
            "subaccount": {"1": "00"},
        }
    ],
}


def test_scalars_and_nested_objects_are_wrapped_and_lists_are_not() -> None:
    customer = CustomerUpdate.model_validate(
        {
            "name": "Åsa",
            "overrideWithClassValues": True,
            "sendInvoicesByEmail": False,
            "mainAddress": {"addressLine1": "Havenweg 12", "countryId": "NL"},
            "attributeLines": [{"attributeId": "EXTID", "attributeValue": "1e5"}],
            "eInvoiceContract": {"fInvoiceContractID": "1"},
            "glAccounts": {"salesAccount": "8000", "salesSubaccount": [{"segmentId": 1, "segmentValue": "00"}]},
        }
    )
    assert customer.wrapped() == {
        "name": {"value": "Åsa"},
        "overrideWithClassValues": True,
        "sendInvoicesByEmail": {"value": False},
        "mainAddress": {"value": {"addressLine1": {"value": "Havenweg 12"}, "countryId": {"value": "NL"}}},
        "attributeLines": [{"attributeId": {"value": "EXTID"}, "attributeValue": {"value": "1e5"}}],
        "eInvoiceContract": {"value": {"fInvoiceContractID": {"value": "1"}}},
        "glAccounts": {
            "value": {
                "salesAccount": {"value": "8000"},
                "salesSubaccount": [{"segmentId": 1, "segmentValue": "00"}],
            }
        },
    }


def test_what_is_not_given_is_not_sent_and_none_clears() -> None:
    assert CustomerUpdate.model_validate({"note": None}).wrapped() == {"note": {"value": None}}
    assert ContactUpdate.model_validate({}).wrapped() == {}


def test_parts_of_an_item_that_are_bare_stay_bare() -> None:
    item = InventoryUpdate.model_validate(
        {
            "inventoryNumber": "007",
            "defaultPrice": Decimal("1.10"),
            "packaging": {"baseItemWeight": Decimal("0.5"), "weightUOM": "KG"},
            "intrastat": {"cN8": "6109"},
            "crossReferences": [{"operation": "Insert", "alternateType": "Barcode", "alternateID": "871"}],
        }
    )
    assert item.wrapped() == {
        "inventoryNumber": {"value": "007"},
        "defaultPrice": {"value": Decimal("1.10")},
        "packaging": {"baseItemWeight": {"value": Decimal("0.5")}, "weightUOM": {"value": "KG"}},
        "intrastat": {"cN8": {"value": "6109"}},
        "crossReferences": [
            {"operation": "Insert", "alternateType": {"value": "Barcode"}, "alternateID": {"value": "871"}}
        ],
    }


def test_an_invoice_wraps_its_addresses_and_leaves_rows_and_operations_bare() -> None:
    line = {"operation": "Insert", "quantity": 1, "subaccount": [{"segmentId": 1, "segmentValue": "00"}]}
    invoice = CustomerInvoiceUpdate.model_validate(
        {
            "billingAddress": {"overrideAddress": True, "city": "Assen"},
            "invoiceLines": [line],
            "taxDetailLines": [{"taxId": "NL21", "vatAmount": Decimal("0.01")}],
            "rotRutDetails": {"type": "Rot", "distribution": [{"operation": "Insert", "amount": 1}]},
            "salesPersonID": 7,
        }
    )
    assert invoice.wrapped() == {
        "billingAddress": {"value": {"overrideAddress": {"value": True}, "city": {"value": "Assen"}}},
        "invoiceLines": [{**line, "quantity": {"value": 1}}],
        "taxDetailLines": [{"taxId": {"value": "NL21"}, "vatAmount": {"value": Decimal("0.01")}}],
        "rotRutDetails": {
            "type": {"value": "Rot"},
            "distribution": [{"operation": "Insert", "amount": {"value": 1}}],
        },
        "salesPersonID": {"value": 7},
    }


def test_an_order_is_sent_exactly_as_it_was_built() -> None:
    order = NewSalesOrder.model_validate(ORDER)
    assert order.model_dump(by_alias=True, exclude_unset=True) == ORDER


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("colour", "red"),
        ("customer", None),
        ("status", "Cancelled"),
        ("date", "20-11-2026"),
        ("note", "x" * 2049),
        ("currencyId", "EURO-S"),
        ("orderLines", [{"inventoryId": ""}]),
        ("orderLines", [{"inventoryId": "A", "quantity": 1.5}]),
        ("orderLines", [{"inventoryId": "A", "quantity": "1"}]),
        ("orderLines", [{"inventoryId": "A", "discountPercent": 101}]),
        ("orderLines", [{"inventoryId": 5}]),
        ("shipping", {"address": {"countryId": "NLD"}}),
        ("freight", {"premiumAmount": 1.1}),
    ],
)
def test_an_order_that_the_target_could_not_take_is_not_built(field: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        NewSalesOrder.model_validate({**ORDER, field: value})


@pytest.mark.parametrize("moment", ["2026-11-20", "2026-11-20T00:00:00Z", "2026-11-20T10:00:00.000+01:00"])
def test_dates_come_with_or_without_time_and_offset(moment: str) -> None:
    NewSalesOrder.model_validate({**ORDER, "date": moment})


def test_a_change_of_an_order_takes_neither_type_nor_rows() -> None:
    assert PatchSalesOrder.model_validate({"status": "Open"}).status == "Open"
    refusals: tuple[dict[str, Any], ...] = ({"type": "SO"}, {"orderLines": []}, {"status": "Completed"})
    for refused in refusals:
        with pytest.raises(ValidationError):
            PatchSalesOrder.model_validate(refused)


def test_refusals_do_not_show_what_was_refused() -> None:
    with pytest.raises(ValidationError) as refusal:
        CustomerUpdate.model_validate({"name": 5, "nickname": "Anna Marker"})
    assert "Anna" not in str(refusal.value)
