"""Products follow the source field by field as far as each field's right allows; what people enriched stays."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.flows.product_flow import article, barcodes, codes, entered, items, made, overlay, run
from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.shop import Stored

COLOUR = {
    "read": {
        "attributes": {
            "COLOUR": "=source.NameEnglish | default(none)",
            "MATERIAL": "=source.SupplierArticleNumber | default('')",
        }
    }
}
"""Attributes out of two fields that articles have for something else."""


def attributes(item: Stored) -> dict[str, str]:
    """The attributes of an item of the target, by attribute."""
    return {row["id"]: row["value"] for row in item["attributes"]}


# Rights


def test_what_changed_in_the_source_is_sent_and_nothing_else(company: Company) -> None:
    made(company, Name="Lamp", NetPrice=10)
    before = items(company)["NEW-1"]
    article(company, "NEW-1", Name="Lantaarn", NetPrice=12)
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    after = items(company)["NEW-1"]
    assert (after["description"], after["defaultPrice"]) == ("Lantaarn", 12)
    moved = {"description", "defaultPrice", "lastModifiedDateTime", "timestamp"}
    assert {name for name in after if after[name] != before.get(name)} == moved


def test_a_text_that_people_enriched_survives_a_change_in_the_source_and_is_told(company: Company) -> None:
    made(company, Name="Lamp", NetPrice=10)
    company.in_target("items/NEW-1", description="Lamp, met de hand geblazen")
    article(company, "NEW-1", Name="Lantaarn", NetPrice=12)
    ran = run(company, only("NEW-1"))
    assert ran.ended("NEW-1") == "updated"
    assert items(company)["NEW-1"]["description"] == "Lamp, met de hand geblazen"
    assert items(company)["NEW-1"]["defaultPrice"] == 12
    assert any("NEW-1" in note and "description" in note for note in ran.report.notes)


@pytest.mark.parametrize(
    ("right", "in_target", "after"),
    [
        ("create", "Rijk", "Rijk"),
        ("create", "", "Oud"),
        ("update", "", "Nieuw"),
        ("if_empty", "Rijk", "Rijk"),
        ("if_empty", "", "Oud"),
        ("never", "", None),
    ],
)
def test_each_right_of_a_field_is_kept(
    right: str, in_target: str, after: str | None, company: Company, tmp_path: Path
) -> None:
    rule = {"value": "=product.free.text | default(none)", "on": right}
    changes = {"read": {"free": {"text": "=source.NameEnglish"}}, "write": {"product": {"body": rule}}}
    company.decide(**overlay(tmp_path, changes))
    made(company, NameEnglish="Oud")
    if in_target:
        company.in_target("items/NEW-1", body=in_target)
    article(company, "NEW-1", NameEnglish="Nieuw")
    run(company, only("NEW-1"))
    assert items(company)["NEW-1"].get("body") == after


def test_what_people_emptied_is_filled_again_where_the_right_says_so(company: Company) -> None:
    company.decide(products={"public_notes": True})
    made(company, Note="Verzinkt")
    assert items(company)["NEW-1"]["body"] == "Verzinkt"
    company.in_target("items/NEW-1", body="")
    article(company, "NEW-1", NetPrice=3)
    run(company, only("NEW-1"))
    assert items(company)["NEW-1"]["body"] == "Verzinkt"


def test_a_note_stays_inside_unless_the_settings_say_that_notes_are_public(company: Company) -> None:
    note = "Los gewogen; <b>let op</b> {{ settings.branch }} ${7*7}"
    made(company, "NEW-1", Note=note)
    assert note not in str(items(company)["NEW-1"])
    company.decide(products={"public_notes": True})
    made(company, "NEW-2", Note=note)
    assert items(company)["NEW-2"]["body"] == note


def test_a_field_added_by_an_overlay_reaches_products_that_are_there_when_they_are_read_again(
    company: Company, tmp_path: Path
) -> None:
    made(company, NameEnglish="Lantern")
    free = {"read": {"free": {"english": "=source.NameEnglish | default(none)"}}}
    write = {"write": {"product": {"body": {"on": "update", "value": "=product.free.english"}}}}
    company.decide(**overlay(tmp_path, free | write))
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    assert items(company)["NEW-1"]["body"] == "Lantern"


# In and out of sale


def test_a_product_follows_the_source_in_and_out_of_sale(company: Company) -> None:
    made(company)
    for active, status in ((False, "Inactive"), (True, "Active")):
        article(company, "NEW-1", IsActive=active)
        assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
        assert items(company)["NEW-1"]["status"] == status


def test_that_people_took_a_product_out_of_sale_stands(company: Company) -> None:
    made(company)
    company.in_target("items/NEW-1", status="NoSales")
    article(company, "NEW-1", NetPrice=3)
    run(company, only("NEW-1"))
    assert (items(company)["NEW-1"]["status"], items(company)["NEW-1"]["defaultPrice"]) == ("NoSales", 3)
    ran = run(company, only("OLD-1"))
    assert "status" in ran.outcomes["OLD-1"].detail
    assert items(company)["OLD-1"]["status"] == "Inactive"


# Items that were there before


def test_an_item_that_was_there_before_is_brought_in_line_with_the_source(company: Company) -> None:
    company.in_target("items", inventoryNumber="NEW-1", description="Getypt", itemClass="STOCK", defaultPrice=1)
    entered(company, "NEW-1", Name="Lamp", NetPrice=10)
    ran = run(company, only("NEW-1"))
    assert ran.ended("NEW-1") == "updated"
    item = items(company)["NEW-1"]
    assert (item["description"], item["defaultPrice"], item["itemClass"]["id"]) == ("Lamp", 10, "STOCK")


def test_where_the_settings_say_so_an_item_that_was_there_before_waits_for_a_change_in_the_source(
    company: Company,
) -> None:
    company.decide(products={"found": "keep"})
    company.in_target("items", inventoryNumber="NEW-1", description="Getypt", itemClass="STOCK", defaultPrice=1)
    entered(company, "NEW-1", Name="Lamp", NetPrice=10, Barcodes=codes("8712345678906"))
    company.forget_requests()
    assert run(company, only("NEW-1")).ended("NEW-1") == "unchanged"
    assert not company.writes()
    article(company, "NEW-1", NetPrice=12)
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    item = items(company)["NEW-1"]
    assert (item["description"], item["defaultPrice"], barcodes(item)) == ("Lamp", 12, {"8712345678906"})


def test_a_product_that_was_renamed_in_the_target_parks(company: Company) -> None:
    made(company)
    ledger = company.ledger()
    link = ledger.links("product", ["NEW-1"])["NEW-1"]
    entered(company, "NEW-2")
    ledger.save_links([type(link)("product", "NEW-2", "RENAMED", written={"description": "x"})])
    assert run(company, only("NEW-2")).ended("NEW-2") == "parked(gone_from_target)"


# Prices and classes


def test_the_price_is_sent_on_the_basis_that_the_settings_declare(company: Company) -> None:
    made(company, "NEW-1", GrossPrice=121)
    assert items(company)["NEW-1"]["defaultPrice"] == 100
    company.decide(products={"price_basis": "including_vat"})
    made(company, "NEW-2", GrossPrice=121)
    assert items(company)["NEW-2"]["defaultPrice"] == 121


def test_a_price_that_only_lost_its_last_zero_is_the_same_price(company: Company) -> None:
    made(company, NetPrice=Decimal("12.50"))
    article(company, "NEW-1", NetPrice=Decimal("12.5"), Note="anders")
    company.forget_requests()
    assert run(company, only("NEW-1")).ended("NEW-1") == "unchanged"
    assert not company.writes()
    article(company, "NEW-1", NetPrice=13)
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    assert items(company)["NEW-1"]["defaultPrice"] == 13


def test_the_currency_of_the_purchase_price_means_nothing(company: Company) -> None:
    made(company, NetPrice=10, CurrencyCode="USD")
    assert items(company)["NEW-1"]["defaultPrice"] == 10
    assert "USD" not in str(items(company)["NEW-1"])


def test_a_label_gives_the_class_when_the_product_is_made_and_never_again(company: Company) -> None:
    labels = {one["Name"]: one for one in company.state("eaccounting", "articlelabels")}
    rows = [{"label": "Eten", "item_class": "SERVICE"}, {"label": "Lezen", "item_class": "STOCK"}]
    company.decide(products={"item_class_by_label": rows})
    made(company, "NEW-1", ArticleLabels=[labels["Lezen"]])
    made(company, "NEW-2", ArticleLabels=[labels["Lezen"], labels["Eten"]])
    made(company, "NEW-3", ArticleLabels=[labels["Buiten"]])
    classes = [items(company)[number]["itemClass"]["id"] for number in ("NEW-1", "NEW-2", "NEW-3")]
    assert classes == ["STOCK", "SERVICE", "NONSTOCK"]
    article(company, "NEW-1", ArticleLabels=[labels["Eten"]], Name="Anders")
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    assert items(company)["NEW-1"]["itemClass"]["id"] == "STOCK"


# Barcodes


def test_barcodes_come_and_go_and_those_of_people_stay(company: Company) -> None:
    ours, other, theirs = "8712345678906", "8712345678913", "8712345678920"
    made(company, Barcodes=codes(ours))
    company.in_target("items/NEW-1", crossReferences=[{"alternateType": "Barcode", "alternateID": theirs}])
    article(company, "NEW-1", Barcodes=codes(other, other))
    run(company, only("NEW-1"))
    assert barcodes(items(company)["NEW-1"]) == {other, theirs}
    article(company, "NEW-1", Barcodes=None)
    run(company, only("NEW-1"))
    assert barcodes(items(company)["NEW-1"]) == {theirs}


def test_a_barcode_that_people_took_away_is_not_put_back(company: Company) -> None:
    made(company, Barcodes=codes("8712345678906"))
    gone = {"operation": "Delete", "alternateType": "Barcode", "alternateID": "8712345678906"}
    company.in_target("items/NEW-1", crossReferences=[gone])
    article(company, "NEW-1", NetPrice=3)
    run(company, only("NEW-1"))
    assert not barcodes(items(company)["NEW-1"])


def test_where_barcodes_are_given_once_a_new_one_is_not_added(company: Company, tmp_path: Path) -> None:
    company.decide(**overlay(tmp_path, {"write": {"barcodes": {"crossReferences": {"on": "create"}}}}))
    made(company, Barcodes=codes("8712345678906"))
    article(company, "NEW-1", Barcodes=codes("8712345678913"), NetPrice=3)
    assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
    assert barcodes(items(company)["NEW-1"]) == {"8712345678906"}


# Attributes


def test_mapped_fields_become_attributes_and_follow_the_source(company: Company, tmp_path: Path) -> None:
    company.decide(**overlay(tmp_path, COLOUR))
    made(company, IsStock=True, NameEnglish="ROOD", SupplierArticleNumber="glas")
    assert attributes(items(company)["NEW-1"]) == {"COLOUR": "ROOD", "MATERIAL": "glas"}
    article(company, "NEW-1", NameEnglish="BLAUW")
    run(company, only("NEW-1"))
    assert attributes(items(company)["NEW-1"]) == {"COLOUR": "BLAUW", "MATERIAL": "glas"}
    company.in_target("items/NEW-1", attributeLines=[{"attributeId": "FRAGILE", "attributeValue": "1"}])
    article(company, "NEW-1", SupplierArticleNumber=None)
    run(company, only("NEW-1"))
    assert attributes(items(company)["NEW-1"]) == {"COLOUR": "BLAUW", "FRAGILE": "1"}


def test_an_attribute_whose_id_has_a_dot_follows_the_source(company: Company, tmp_path: Path) -> None:
    company.decide(**overlay(tmp_path, {"read": {"attributes": {"EU.CODE": "=source.NameEnglish | default('')"}}}))
    entered(company, "NEW-1", IsStock=True, NameEnglish="ROOD")
    assert run(company, only("NEW-1")).ended("NEW-1") == "created"
    for name, after in (("BLAUW", {"EU.CODE": "BLAUW"}), (None, {})):
        article(company, "NEW-1", NameEnglish=name)
        assert run(company, only("NEW-1")).ended("NEW-1") == "updated"
        assert attributes(items(company)["NEW-1"]) == after


def test_an_attribute_that_people_changed_stays(company: Company, tmp_path: Path) -> None:
    company.decide(**overlay(tmp_path, COLOUR))
    made(company, IsStock=True, NameEnglish="ROOD", SupplierArticleNumber="glas")
    company.in_target("items/NEW-1", attributeLines=[{"attributeId": "COLOUR", "attributeValue": "GROEN"}])
    article(company, "NEW-1", NameEnglish="BLAUW", SupplierArticleNumber="staal")
    ran = run(company, only("NEW-1"))
    assert attributes(items(company)["NEW-1"]) == {"COLOUR": "GROEN", "MATERIAL": "staal"}
    assert "COLOUR" in ran.outcomes["NEW-1"].detail


def test_yes_numbers_and_several_values_are_written_as_attributes_want_them(company: Company, tmp_path: Path) -> None:
    given = {"FRAGILE": "=true", "SEASON": "=['LENTE', 'ZOMER']", "MATERIAL": "=source.NetPrice"}
    company.decide(**overlay(tmp_path, {"read": {"attributes": given}}))
    made(company, IsStock=True, NetPrice=Decimal("12.50"))
    assert attributes(items(company)["NEW-1"]) == {"FRAGILE": "1", "SEASON": "LENTE,ZOMER", "MATERIAL": "12.5"}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"IsStock": True, "NameEnglish": "PAARS"}, "attribute_value_unknown"),
        ({"IsStock": True, "NameEnglish": "GRIJS"}, "attribute_value_unknown"),
        ({"IsStock": False, "NameEnglish": "ROOD"}, "attribute_not_of_class"),
    ],
)
def test_an_attribute_that_the_item_class_does_not_allow_parks_before_anything_is_sent(
    fields: dict[str, object], reason: str, company: Company, tmp_path: Path
) -> None:
    company.decide(**overlay(tmp_path, COLOUR))
    entered(company, "NEW-1", **fields)
    company.forget_requests()
    ran = run(company, only("NEW-1", "1e5"))
    assert ran.ended("NEW-1") == f"parked({reason})"
    assert "PAARS" not in ran.outcomes["NEW-1"].detail
    assert ran.ended("1e5") == "created"
    assert company.writes()["POST /vismanet/v1/inventory"] == 1
    article(company, "NEW-1", IsStock=True, NameEnglish="ROOD")
    assert run(company, NOTHING_NEW).ended("NEW-1") == "created"


def test_a_value_that_was_added_to_an_attribute_today_is_known_at_once(company: Company, tmp_path: Path) -> None:
    company.decide(**overlay(tmp_path, COLOUR))
    made(company, "NEW-1", IsStock=True, NameEnglish="ROOD")
    ledger = company.ledger()
    read_this_morning = ledger.master_data("target", "attributes")
    assert read_this_morning is not None
    for row in read_this_morning[0]:
        row["facts"]["values"] = [value for value in row["facts"]["values"] if value != "BLAUW"]
    ledger.save_master_data("target", "attributes", read_this_morning[0])
    made(company, "NEW-2", IsStock=True, NameEnglish="BLAUW")
    assert attributes(items(company)["NEW-2"]) == {"COLOUR": "BLAUW"}
