"""Attributes of items in the imitated core API: what an item class has, what is refused, and what is read back."""

from typing import Any

import pytest

from tests.sandbox.vismanet_caller import Caller, wrapped


def lines(**values: str) -> dict[str, Any]:
    """Write attribute lines for a body."""
    return {"attributeLines": [wrapped({"attributeId": key, "attributeValue": value}) for key, value in values.items()]}


def attributes(vismanet: Caller, number: str) -> dict[str, str]:
    """Read the attributes of an item."""
    found = vismanet.core("GET", f"inventory/{number}").json()["attributes"]
    return {row["id"]: row["value"] for row in found}


def test_the_attributes_and_their_values_are_listed(vismanet: Caller) -> None:
    listed = {row["attributeID"]: row for row in vismanet.core("GET", "attribute").json()}
    kinds = {key: row["controlType"] for key, row in listed.items()}
    assert kinds == {
        "COLOUR": "Combo",
        "MATERIAL": "Text",
        "FRAGILE": "Checkbox",
        "SEASON": "MultiSelectCombo",
        "EU.CODE": "Text",
        "EXTID": "Text",
    }
    colours = {row["valueId"]: row["disabled"] for row in listed["COLOUR"]["details"]}
    assert colours == {"ROOD": False, "BLAUW": False, "GROEN": False, "GRIJS": True}
    assert vismanet.core("GET", "attribute/SEASON").json()["description"] == "Seizoen"


def test_each_item_class_has_its_own_attributes(vismanet: Caller) -> None:
    classes = vismanet.core("GET", "inventory/itemClass").json()
    of_class = {row["id"]: [one["attributeId"] for one in row["attributes"]] for row in classes}
    assert of_class["STOCK"] == ["COLOUR", "MATERIAL", "FRAGILE", "SEASON", "EU.CODE"]
    assert (of_class["NONSTOCK"], of_class["SERVICE"]) == (["MATERIAL"], [])
    colour = next(row for row in classes if row["id"] == "STOCK")["attributes"][0]
    assert (colour["attributeType"], colour["required"], len(colour["details"])) == ("Combo", False, 4)


def test_attributes_are_given_at_first_changed_one_by_one_and_taken_away(vismanet: Caller) -> None:
    values = {"inventoryNumber": "AT-1", "description": "Ding", "itemClass": "STOCK"}
    body = wrapped(values) | lines(COLOUR="ROOD", SEASON="ZOMER,WINTER")
    assert vismanet.core("POST", "inventory", body).status_code == 201
    assert attributes(vismanet, "AT-1") == {"COLOUR": "ROOD", "SEASON": "ZOMER,WINTER"}
    assert vismanet.core("PUT", "inventory/AT-1", lines(COLOUR="BLAUW", MATERIAL="wol")).status_code == 204
    assert attributes(vismanet, "AT-1") == {"COLOUR": "BLAUW", "SEASON": "ZOMER,WINTER", "MATERIAL": "wol"}
    assert vismanet.core("PUT", "inventory/AT-1", lines(SEASON="")).status_code == 204
    assert attributes(vismanet, "AT-1") == {"COLOUR": "BLAUW", "MATERIAL": "wol"}
    assert vismanet.core("PUT", "inventory/AT-1", wrapped({"description": "Anders"})).status_code == 204
    assert attributes(vismanet, "AT-1") == {"COLOUR": "BLAUW", "MATERIAL": "wol"}


@pytest.mark.parametrize(("sent", "kept"), [("1", "1"), ("True", "1"), ("false", "0"), ("0", "0")])
def test_a_check_box_is_kept_as_one_or_zero(vismanet: Caller, sent: str, kept: str) -> None:
    number = vismanet.new_item(f"AT-box-{sent}")
    assert vismanet.core("PUT", f"inventory/{number}", lines(FRAGILE=sent)).status_code == 204
    assert attributes(vismanet, number) == {"FRAGILE": kept}


@pytest.mark.parametrize(
    ("item_class", "key", "value", "sentence"),
    [
        ("STOCK", "COLOUR", "PAARS", "'PAARS' is not a value of the attribute 'COLOUR'"),
        ("STOCK", "COLOUR", "GRIJS", "'GRIJS' is not a value"),
        ("STOCK", "COLOUR", "Rood", "'Rood' is not a value"),
        ("STOCK", "SEASON", "ZOMER,NOOIT", "'NOOIT' is not a value"),
        ("STOCK", "FRAGILE", "misschien", "'misschien' is not a value"),
        ("STOCK", "MATERIAL", "w" * 256, "longer than 255"),
        ("STOCK", "EXTID", "7", "does not belong to the item class"),
        ("SERVICE", "COLOUR", "ROOD", "does not belong to the item class"),
        ("NONSTOCK", "SMELL", "roos", "does not belong to the item class"),
    ],
)
def test_an_attribute_that_the_item_cannot_have_is_refused_and_nothing_is_kept(
    vismanet: Caller, item_class: str, key: str, value: str, sentence: str
) -> None:
    number = f"AT-no-{item_class}-{key}"
    if number not in {row["inventoryNumber"] for row in vismanet.state("items")}:
        vismanet.new_item(number, itemClass=item_class)
    refused = vismanet.core("PUT", f"inventory/{number}", lines(**{key: value}) | wrapped({"description": "Anders"}))
    assert (refused.status_code, sentence in refused.json()["message"]) == (400, True), refused.text
    kept = vismanet.core("GET", f"inventory/{number}").json()
    assert (kept["attributes"], kept["description"]) == ([], "Ding")
