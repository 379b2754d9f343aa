"""Items of Visma.net become articles of eAccounting, once, and follow them as far as each field's right allows."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.flows.product_back_flow import article_of, barcode, entered, item, made, products, run
from tests.flows.product_flow import articles, items
from tests.flows.running import IMPATIENT, NOTHING_NEW, Company, only
from tests.flows.shop import Stored
from visma_sync.sync.fetch import Window


@pytest.fixture
def company(untroubled: Company) -> Company:
    """A pair of companies that is quick to give up."""
    return untroubled


def coding(company: Company, number: str = "ITEM-1") -> str:
    """The name of an article's coding."""
    return str(article_of(company, number)["CodingName"])


# Making them


def test_a_new_item_becomes_an_article_with_all_that_the_mapping_gives(company: Company) -> None:
    made(company, defaultPrice=Decimal("12.50"), crossReferences=[barcode("8712345678906")])
    article = article_of(company)
    assert (article["Name"], article["NetPrice"], article["GrossPrice"]) == ("Lamp", Decimal("12.50"), Decimal("15.13"))
    assert (article["UnitAbbreviation"], article["CodingName"]) == ("st", "Handelsgoederen hoog")
    assert article["Barcodes"] == [{"Barcode": "8712345678906", "BarcodeType": 0}]
    assert article["IsActive"]
    assert article["StockBalance"] == 0


def test_all_items_of_the_window_are_there_after_the_first_run_and_a_second_run_writes_nothing(
    company: Company,
) -> None:
    ran = run(company)
    assert set(ran.all_ended().values()) <= {"created", "unchanged"}
    sold = {number for number, one in items(company).items() if one["status"] == "Active"}
    assert sold <= articles(company).keys()
    company.forget_requests()
    assert set(run(company).all_ended().values()) == {"unchanged"}
    assert not company.writes()


def test_a_dry_run_says_what_would_be_made_and_changed_and_writes_nothing(company: Company) -> None:
    made(company)
    item(company, description="Lantaarn")
    entered(company, "ITEM-2")
    company.forget_requests()
    ran = run(company, dry_run=True)
    assert not company.writes()
    assert ran.ended("ITEM-2") == ran.ended("ITEM-1") == "skipped(dry_run)"
    assert "would be created" in ran.outcomes["ITEM-2"].detail
    assert "would be updated: Name" in ran.outcomes["ITEM-1"].detail
    assert run(company).ended("ITEM-2") == "created"


def test_a_window_takes_what_was_changed_in_it_and_nothing_else(company: Company) -> None:
    entered(company)
    local = datetime.fromisoformat(items(company)["ITEM-1"]["lastModifiedDateTime"])
    changed = local.replace(tzinfo=ZoneInfo("Europe/Oslo")).astimezone(UTC)
    long_before, just_after = changed - timedelta(hours=5), changed + timedelta(milliseconds=1)
    for since, until in ((long_before, changed), (just_after, just_after + timedelta(days=1))):
        assert "ITEM-1" not in run(company, Window("scheduled", since, until)).all_ended()
    assert run(company, Window("scheduled", changed, just_after)).all_ended() == {"ITEM-1": "created"}


def test_single_items_are_taken_by_number_and_an_unknown_one_is_told(company: Company) -> None:
    entered(company)
    entered(company, "ITEM-2")
    ran = run(company, only("ITEM-2", "NOWHERE"))
    assert ran.all_ended() == {"ITEM-2": "created", "NOWHERE": "skipped(not_in_source)"}
    assert "ITEM-1" not in articles(company)


def test_where_the_settings_say_so_no_article_is_made(company: Company) -> None:
    company.decide(**products(create=False))
    entered(company)
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "skipped(not_in_target)"


def test_an_item_that_is_not_sold_is_not_made_and_one_that_is_no_longer_sold_is_made_inactive(
    company: Company,
) -> None:
    entered(company, "ITEM-2", status="Inactive")
    assert run(company, only("ITEM-2")).ended("ITEM-2") == "skipped(not_sold)"
    made(company)
    for status, is_active in (("NoSales", False), ("Active", True), ("MarkedForDeletion", False)):
        item(company, status=status)
        assert run(company, only("ITEM-1")).ended("ITEM-1") == "updated"
        assert article_of(company)["IsActive"] is is_active


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"itemClass": "STOCK", "vatCode": "NL21"}, "Handelsgoederen hoog"),
        ({"itemClass": "STOCK", "vatCode": "NL9"}, "Levensmiddelen laag"),
        ({"itemClass": "SERVICE", "vatCode": "NL21"}, "Diensten hoog"),
        ({"itemClass": "SERVICE", "vatCode": "NOVAT"}, "Diensten nul"),
    ],
)
def test_the_coding_follows_vat_category_and_kind(fields: Stored, name: str, company: Company) -> None:
    made(company, **fields)
    assert coding(company) == name


def test_gross_prices_of_visma_net_are_taken_as_such(company: Company) -> None:
    company.decide(**products(price_basis="gross"))
    made(company, defaultPrice=Decimal("17.40"))
    article = article_of(company)
    assert (article["NetPrice"], article["GrossPrice"]) == (Decimal("14.38"), Decimal("17.40"))


def test_a_long_description_is_cut_and_told(company: Company) -> None:
    entered(company, description="x" * 60)
    ran = run(company, only("ITEM-1"))
    assert article_of(company)["Name"] == "x" * 50
    assert "cut from 60 to 50" in ran.outcomes["ITEM-1"].detail


# Keeping them


def test_what_changed_in_the_source_is_sent_and_everything_else_of_the_article_stays(company: Company) -> None:
    made(company)
    company.in_source("articles/ITEM-1", Note="Los gewogen", StockLocationReference="A-7", FreightCosts=Decimal("0.5"))
    company.in_source("articles/ITEM-1/stock", balance=12, reserved=3)
    before = article_of(company)
    item(company, description="Lantaarn", defaultPrice=Decimal(20))
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "updated"
    after = article_of(company)
    moved = {"Name", "NetPrice", "GrossPrice", "NetPriceWithDiscount", "ChangedUtc"}
    assert {name for name in after if after[name] != before[name]} == moved
    assert (after["Name"], after["NetPrice"], after["GrossPrice"]) == ("Lantaarn", 20, Decimal("24.20"))
    assert (after["StockBalance"], after["Note"]) == (12, "Los gewogen")


def test_a_field_that_people_changed_in_eaccounting_survives_and_is_told(company: Company) -> None:
    made(company)
    company.in_source("articles/ITEM-1", Name="Lamp, met de hand geblazen")
    item(company, description="Lantaarn", defaultPrice=Decimal(20))
    ran = run(company, only("ITEM-1"))
    assert ran.ended("ITEM-1") == "updated"
    assert (article_of(company)["Name"], article_of(company)["NetPrice"]) == ("Lamp, met de hand geblazen", 20)
    assert any("ITEM-1" in note and "Name" in note for note in ran.report.notes)


def test_net_and_gross_price_are_one_decision(company: Company) -> None:
    made(company)
    company.in_source("articles/ITEM-1", GrossPrice=Decimal("12.11"))
    item(company, defaultPrice=Decimal(20), description="Lantaarn")
    ran = run(company, only("ITEM-1"))
    article = article_of(company)
    assert (article["NetPrice"], article["GrossPrice"], article["Name"]) == (10, Decimal("12.11"), "Lantaarn")
    assert "GrossPrice, NetPrice" in ran.outcomes["ITEM-1"].detail


def test_another_coding_of_the_same_rate_stays_and_one_of_another_rate_follows_the_item(company: Company) -> None:
    made(company, vatCode="NL9")
    books = next(one for one in company.state("eaccounting", "articleaccountcodings") if one["Name"] == "Boeken laag")
    company.in_source("articles/ITEM-1", CodingId=books["Id"], CodingName=books["Name"])
    item(company, description="Wandelgids")
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "updated"
    assert coding(company) == "Boeken laag"
    made(company, "ITEM-2", vatCode="NL9")
    item(company, "ITEM-2", vatCode="NL21")
    assert run(company, only("ITEM-2")).ended("ITEM-2") == "updated"
    article = article_of(company, "ITEM-2")
    assert (article["CodingName"], article["GrossPrice"]) == ("Handelsgoederen hoog", Decimal("12.10"))


def test_barcodes_come_and_go_with_the_item_unless_people_changed_them(company: Company) -> None:
    made(company, crossReferences=[barcode("8712345678906")])
    item(company, crossReferences=[barcode("8712345678913")])
    run(company, only("ITEM-1"))
    assert {row["Barcode"] for row in article_of(company)["Barcodes"]} == {"8712345678906", "8712345678913"}
    gone = [{**barcode(code), "operation": "Delete"} for code in ("8712345678906", "8712345678913")]
    item(company, crossReferences=gone)
    run(company, only("ITEM-1"))
    assert not article_of(company)["Barcodes"]


# A field that people changed in both systems


@pytest.mark.parametrize(
    ("policy", "ended", "name"),
    [
        ("keep_target", "updated", "Fakkel"),
        ("source_wins", "updated", "Lantaarn"),
        ("park", "parked(changed_in_both)", "Fakkel"),
    ],
)
def test_a_field_changed_in_both_systems_is_settled_as_the_settings_say_and_both_versions_are_kept(
    policy: str, ended: str, name: str, company: Company
) -> None:
    company.decide(**products(on_conflict=policy))
    made(company)
    company.in_source("articles/ITEM-1", Name="Fakkel")
    item(company, description="Lantaarn", defaultPrice=Decimal(20))
    ran = run(company, only("ITEM-1"))
    assert ran.ended("ITEM-1") == ended
    assert article_of(company)["Name"] == name
    assert "Name" in ran.outcomes["ITEM-1"].detail
    assert "Lantaarn" not in ran.outcomes["ITEM-1"].detail
    attempts = company.ledger().mirrored().attempts("products_vismanet_to_eaccounting", "product", "ITEM-1")
    both = [(one.request, one.answer) for one in attempts if one.action == "conflict"]
    assert both == [({"Name": "Lantaarn"}, {"Name": "Fakkel"})]


def test_a_parked_conflict_goes_on_by_itself_once_people_made_both_alike(company: Company) -> None:
    company.decide(**products(on_conflict="park"))
    made(company)
    company.in_source("articles/ITEM-1", Name="Fakkel")
    item(company, description="Lantaarn", defaultPrice=Decimal(20))
    assert run(company).ended("ITEM-1") == "parked(changed_in_both)"
    company.in_source("articles/ITEM-1", Name="Lantaarn")
    assert run(company, NOTHING_NEW).ended("ITEM-1") == "updated"
    assert article_of(company)["NetPrice"] == 20


# Articles that were there before


@pytest.mark.parametrize(("found", "names"), [("keep", ("Getypt", "Fakkel")), ("update", ("Lamp", "Fakkel"))])
def test_an_article_that_was_there_before_is_linked_and_follows_as_the_settings_say(
    found: str, names: tuple[str, str], company: Company
) -> None:
    company.decide(**products(found=found))
    company.in_source("articles", Number="ITEM-1", Name="Getypt")
    entered(company)
    ran = run(company, only("ITEM-1"))
    assert ran.ended("ITEM-1") == ("unchanged" if found == "keep" else "updated")
    assert article_of(company)["Name"] == names[0]
    item(company, defaultPrice=Decimal(30))
    run(company, only("ITEM-1"))
    assert (article_of(company)["Name"], article_of(company)["NetPrice"]) == (names[0], 30)
    item(company, description="Fakkel")
    run(company, only("ITEM-1"))
    assert article_of(company)["Name"] == names[1]


def test_an_article_is_known_by_its_number_however_it_is_spelled(company: Company) -> None:
    company.in_source("articles", Number="item-1", Name="Lamp")
    entered(company)
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "unchanged"
    item(company, description="Lantaarn")
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "updated"
    assert article_of(company, "item-1")["Name"] == "Lantaarn"
    assert "ITEM-1" not in articles(company)


def test_a_price_and_a_vat_category_follow_each_time_they_change(untroubled: Company) -> None:
    made(untroubled)
    for price in (20, 30, 20):
        item(untroubled, defaultPrice=Decimal(price))
        assert run(untroubled, only("ITEM-1")).ended("ITEM-1") == "updated"
        assert article_of(untroubled)["NetPrice"] == price
    for category, coding in (("NL9", "Levensmiddelen laag"), ("NL21", "Handelsgoederen hoog")):
        item(untroubled, vatCode=category)
        assert run(untroubled, only("ITEM-1")).ended("ITEM-1") == "updated"
        assert article_of(untroubled)["CodingName"] == coding


def test_where_the_source_wins_a_conflict_it_wins_that_field_alone(untroubled: Company) -> None:
    untroubled.decide(**IMPATIENT, **products(found="keep", on_conflict="source_wins"))
    untroubled.in_source("articles", Number="ITEM-1", Name="Getypt", NetPrice=Decimal(99), GrossPrice=Decimal("119.79"))
    entered(untroubled)
    run(untroubled, only("ITEM-1"))
    untroubled.in_source("articles/ITEM-1", Name="Fakkel")
    item(untroubled, description="Lantaarn")
    assert run(untroubled, only("ITEM-1")).ended("ITEM-1") == "updated"
    assert (article_of(untroubled)["Name"], article_of(untroubled)["NetPrice"]) == ("Lantaarn", 99)
