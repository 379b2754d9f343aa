"""Sales orders of Visma.net arrive in eAccounting once, whole, and to the cent."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_back_flow import (
    DRAFT,
    FLOW,
    FORWARD,
    KAPSALON,
    ONGOING,
    OTHER_SKU,
    REDUCED,
    SKU,
    back,
    debtor,
    in_vismanet,
    line,
    marker,
    refuse_difference,
    run,
    sales,
    sell,
    selling,
)
from tests.flows.running import EVERYTHING, IMPATIENT, MIDNIGHT, NOTHING_NEW, TODAY, demo_settings, only
from visma_sync.errors import ConfigurationError
from visma_sync.sync.fetch import Window

D = Decimal


def test_a_first_run_makes_every_order_and_a_second_one_writes_nothing(company_with: CompanyWith) -> None:
    company = selling(company_with)
    numbers = sales(company, 3)
    assert run(company).all_ended() == dict.fromkeys(numbers, "created")
    refuse_difference(company, *numbers)
    company.forget_requests()
    assert run(company).all_ended() == dict.fromkeys(numbers, "skipped(exists)")
    assert company.requests() == {"GET /salesorder/api/v3/SalesOrders": 1}


def test_an_order_is_made_with_a_draft_first_and_then_gets_its_number(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    run(company)
    assert company.writes()["POST /eaccounting/v2/orders"] == 1
    assert company.writes()["POST /eaccounting/v2/orders/{id}/converteddrafttoorder"] == 1
    assert back(company)[number]["Number"] is not None


def test_with_confirm_draft_the_order_is_compared_and_stays_a_draft(company_with: CompanyWith) -> None:
    company = selling(company_with, orders={"confirm": "draft"})
    (number,) = sales(company, 1)
    assert run(company).ended(number) == "created"
    assert back(company)[number]["Status"] == DRAFT
    assert run(company).ended(number) == "skipped(exists)"


def test_an_order_carries_its_texts_addresses_days_and_terms(company_with: CompanyWith) -> None:
    company = selling(company_with)
    number = sell(
        company,
        debtor(company),
        line(description="Hangmat, rood"),
        customer={"order": "PO 4711"},
        requestOn=(TODAY + timedelta(days=7)).isoformat(),
        shipping={
            "shipViaId": "PARCEL",
            "address": {"line1": "Havenkade 9", "postalCode": "3011 AA", "city": "Rotterdam", "countryId": "NL"},
            "contact": {"name": "Magazijn"},
        },
        billing={"contact": {"name": KAPSALON, "attention": "Anna Bos"}},
    )
    run(company)
    order = back(company)[number]
    assert order["OurReference"] == marker(number)
    assert (order["YourReference"], order["BuyersOrderReference"]) == ("Anna Bos", "PO 4711")
    assert (order["OrderDate"], order["DeliveryDate"]) == (TODAY.isoformat(), (TODAY + timedelta(days=7)).isoformat())
    assert (order["DeliveryCustomerName"], order["DeliveryAddress1"]) == ("Magazijn", "Havenkade 9")
    assert (order["InvoiceCustomerName"], order["InvoiceCity"]) == (KAPSALON, "Groningen")
    assert order["DeliveryMethodName"] == "Pakketpost"
    terms = {one["Id"]: one["Name"] for one in company.state("eaccounting", "termsofpayments")}
    assert terms[order["TermsOfPaymentId"]] == "30 dagen"
    assert order["Rows"][0]["Text"] == "Hangmat, rood"


@pytest.mark.parametrize(
    ("notes", "printed", "texts"),
    [
        ("printed", True, ["Bel aan", "Voorzichtig"]),
        ("printed", False, []),
        ("always", False, ["Bel aan", "Voorzichtig"]),
        ("never", True, []),
    ],
)
def test_notes_become_text_rows_only_where_the_customer_may_read_them(
    notes: str, printed: bool, texts: list[str], company_with: CompanyWith
) -> None:
    company = selling(company_with, orders={"notes": notes})
    noted = {"note": "Bel aan", "print": {"noteOnExternalDocuments": printed}}
    number = sell(company, debtor(company), line(note="Voorzichtig"), line(OTHER_SKU), **noted)
    run(company)
    rows = back(company)[number]["Rows"]
    assert [row["Text"] for row in rows if row["IsTextRow"]] == texts
    if texts:
        assert [row["IsTextRow"] for row in rows] == [True, False, True, False]
    refuse_difference(company, number)


# Which orders


def test_orders_of_other_types_and_states_are_left_alone(company_with: CompanyWith) -> None:
    company = selling(company_with)
    customer = debtor(company)
    sell(company, customer, type="SO")
    held = sell(company, customer, status="Hold")
    company.forget_requests()
    assert run(company).all_ended() == {held: "skipped(status_not_wanted)"}
    assert not company.writes()
    assert company.requests()["GET /salesorder/api/v3/SalesOrders/{type}/{order_id}"] == 0
    company.in_target(f"orders/WB/{held}", status="Open")
    assert run(company).all_ended() == {held: "created"}


def test_an_order_that_leaves_the_wanted_state_after_it_was_sent_is_told_and_left(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    run(company)
    company.in_target(f"orders/WB/{number}", status="Completed")
    ran = run(company)
    assert ran.ended(number) == "skipped(exists_unwanted)"
    assert back(company)[number]["Status"] == ONGOING


def test_an_order_that_changed_after_it_was_sent_is_told_and_never_sent_again(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    run(company)
    company.in_target(f"orders/WB/{number}", lines=[line(OTHER_SKU)])
    company.forget_requests()
    assert run(company).ended(number) == "skipped(exists_changed)"
    assert not company.writes()


def test_a_window_takes_what_changed_from_its_begin_until_before_its_end(company_with: CompanyWith) -> None:
    company = selling(company_with)
    customer = debtor(company)
    before = [sell(company, customer, date=(TODAY - timedelta(days=30)).isoformat()) for _ in range(2)]
    stamps = sorted(in_vismanet(company, number)["lastModified"] for number in before)
    first, second = (datetime.fromisoformat(stamp.replace("Z", "+00:00")) for stamp in stamps)
    assert run(company, Window("backfill", first, second)).all_ended() == {before[0]: "created"}
    assert run(company, Window("backfill", second, second + timedelta(days=1))).all_ended() == {before[1]: "created"}


def test_a_run_for_single_numbers_takes_these_alone(company_with: CompanyWith) -> None:
    company = selling(company_with)
    first, second, third = sales(company, 3)
    assert run(company, only(second, "999999")).all_ended() == {second: "created", "999999": "skipped(not_in_source)"}
    assert back(company).keys() == {second}
    assert run(company).all_ended() == {first: "created", second: "skipped(exists)", third: "created"}


def test_nothing_from_before_the_cut_off_date_is_sent(company_with: CompanyWith) -> None:
    company = selling(company_with, cut_off_date=TODAY.isoformat())
    customer = debtor(company)
    old = sell(company, customer, date=(TODAY - timedelta(days=1)).isoformat())
    new = sell(company, customer)
    assert run(company).all_ended() == {old: "skipped(before_cut_off)", new: "created"}


def test_a_dry_run_says_what_would_happen_and_sends_nothing(company_with: CompanyWith) -> None:
    company = selling(company_with)
    fits = sell(company, debtor(company), line(REDUCED, "5.00", "4", taxCategoryId="NL9"))
    wide = sell(company, debtor(company, "Wijd B.V."), line(price="1.3377", quantity="3000"))
    ran = run(company, dry_run=True)
    assert set(ran.all_ended().values()) == {"skipped(dry_run)"}
    assert ran.outcomes[fits].detail == "would be sent with total 21.80 and VAT 1.80"
    assert "stays a draft" in ran.outcomes[wide].detail
    assert not company.writes()
    assert back(company) == {}
    assert run(company).ended(fits) == "created"


# Customers and products first


def test_a_customer_that_eaccounting_does_not_have_is_made_first(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    ran = run(company)
    assert [outcome.state for outcome in ran.customers.values()] == ["created"]
    names = {one["Id"]: one["Name"] for one in company.state("eaccounting", "customers")}
    assert names[back(company)[number]["CustomerId"]] == KAPSALON


def test_a_customer_that_the_other_direction_made_is_the_one_it_came_from(company_with: CompanyWith) -> None:
    company = selling(company_with)
    company.run()
    made = company.by_marker()["10002"]["customer"]["id"]
    number = sell(company, made)
    company.forget_requests()
    assert run(company).ended(number) == "created"
    assert "POST /eaccounting/v2/customers" not in company.writes()
    assert back(company)[number]["CustomerId"] == company.source_orders()["10002"]["CustomerId"]


def test_an_order_waits_for_an_article_and_goes_on_when_somebody_made_it(company_with: CompanyWith) -> None:
    company = selling(company_with)
    company.in_target("items", inventoryNumber="VLAG", description="Vlag", itemClass="STOCK", defaultPrice=D(9))
    waits = sell(company, debtor(company), line("VLAG"))
    goes_on = sell(company, debtor(company, "Ander B.V."))
    ran = run(company)
    assert ran.all_ended() == {waits: "parked(product_unknown)", goes_on: "created"}
    assert "VLAG" in ran.outcomes[waits].detail
    assert "Make the article" in ran.outcomes[waits].cure
    assert back(company).keys() == {goes_on}
    company.in_source("articles", Number="VLAG", Name="Vlag")
    assert run(company, NOTHING_NEW).all_ended() == {waits: "created"}
    refuse_difference(company, waits, goes_on)


def test_missing_articles_are_made_where_the_settings_want_it_once_for_all_orders(company_with: CompanyWith) -> None:
    company = selling(company_with, orders={"create_products": True})
    flag = {
        "description": "Vlag",
        "itemClass": "STOCK",
        "baseUnit": "STK",
        "vatCode": "NL21",
        "defaultPrice": D("9.00"),
    }
    company.in_target("items", inventoryNumber="VLAG", **flag)
    company.in_target("items", inventoryNumber="WIMPEL", **flag | {"defaultPrice": D("9.999")})
    customer = debtor(company)
    numbers = [sell(company, customer, line("VLAG", quantity=quantity)) for quantity in ("1", "2")]
    waits = sell(company, customer, line("WIMPEL"))
    dry = run(company, dry_run=True)
    assert dry.outcomes[numbers[0]].detail == "would be sent with total 12.09 and VAT 2.10"
    assert not company.writes()
    ran = run(company)
    assert ran.all_ended() == {**dict.fromkeys(numbers, "created"), waits: "parked(price_does_not_fit)"}
    assert company.writes()["POST /eaccounting/v2/articles"] == 1
    assert run(company, NOTHING_NEW).all_ended() == {waits: "parked(price_does_not_fit)"}
    refuse_difference(company, *numbers)


def test_an_order_with_an_archived_article_waits(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    company.in_source(f"articles/{SKU}", IsActive=False)
    assert run(company).ended(number) == "parked(product_not_sellable)"
    assert back(company) == {}


# What the settings must say


def test_freight_waits_until_an_article_is_named_for_it(company_with: CompanyWith) -> None:
    company = selling(company_with, orders={"freight_sku": ""})
    number = sell(company, debtor(company), freight={"premiumAmount": D("6.95"), "taxCategoryId": "NL21"})
    ran = run(company)
    assert ran.ended(number) == "parked(no_freight_article)"
    assert "freight_sku" in ran.outcomes[number].cure
    company.settings = demo_settings(mirror={"orders": {"freight_sku": "FREIGHT"}}, uncertain_wait_seconds=1)
    assert run(company, NOTHING_NEW).ended(number) == "created"
    assert [row["ArticleNumber"] for row in back(company)[number]["Rows"]] == [SKU, "FREIGHT"]
    refuse_difference(company, number)


def test_terms_without_an_entry_park_the_order_and_name_the_setting(company_with: CompanyWith) -> None:
    company = selling(company_with, orders={"terms_of_payment": {"default": None, "table": {"14": "14 dagen"}}})
    (number,) = sales(company, 1)
    ran = run(company)
    assert ran.ended(number) == "parked(no_mirror.orders.terms_of_payment)"
    assert "'30'" in ran.outcomes[number].cure


@pytest.mark.parametrize(
    "wrong",
    [
        {"orders": {"delivery_method": {"default": "Postduif"}}},
        {"orders": {"delivery_term": {"default": "Postduif"}}},
        {"orders": {"terms_of_payment": {"default": "Postduif"}}},
        {"customers": {"terms_of_payment": {"default": "Postduif"}}},
        {"orders": {"create_products": True}, "products": {"units": {"default": "Postduif"}}},
        {"orders": {"create_products": True}, "products": {"codings": [{"coding": "Postduif"}]}},
    ],
    ids=lambda wrong: "-".join(f"{group}.{name}" for group in wrong for name in wrong[group]),
)
def test_a_name_that_eaccounting_does_not_have_stops_the_flow_before_anything_is_written(
    wrong: dict[str, Any], company_with: CompanyWith
) -> None:
    company = selling(company_with)
    company.decide(mirror=wrong, **IMPATIENT)
    sales(company, 1)
    company.forget_requests()
    group, setting = next((group, name) for group in reversed(wrong) for name in wrong[group])
    with pytest.raises(ConfigurationError, match=rf"mirror\.{group}\.{setting}: 'Postduif'"):
        run(company)
    assert not company.writes()


@pytest.mark.parametrize(
    ("orders", "complaint"),
    [
        ({"send_when": {"types": ["WB", "SO"]}}, "order.type SO is in mirror.orders.send_when.types"),
        ({"marker_prefix": ""}, "marker_prefix is empty"),
    ],
)
def test_both_directions_are_refused_unless_their_orders_are_apart(orders: dict[str, object], complaint: str) -> None:
    off = ["stock_vismanet_to_eaccounting"]
    assert demo_settings(flows_off=off)
    assert demo_settings(flows_off=[*off, FLOW], mirror={"orders": orders})
    assert demo_settings(flows_off=[*off, FORWARD], mirror={"orders": orders})
    with pytest.raises(ConfigurationError, match=complaint):
        demo_settings(flows_off=off, mirror={"orders": orders})


# Going round


@pytest.mark.parametrize(
    "wanted", [{"status": ["Open"]}, {"status": ["opened"]}, {"status": []}, {"types": []}], ids=str
)
def test_states_and_types_of_which_no_order_can_be_are_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match=f"send_when.{next(iter(wanted))}"):
        demo_settings(mirror={"orders": {"send_when": wanted}})


def test_types_in_small_letters_mean_the_same(company_with: CompanyWith) -> None:
    company = selling(company_with, orders={"send_when": {"types": ["wb"]}})
    (number,) = sales(company, 1)
    assert run(company, only(number)).ended(number) == "created"
    with pytest.raises(ConfigurationError, match=r"order\.type SO is in mirror"):
        demo_settings(flows_off=["stock_vismanet_to_eaccounting"], mirror={"orders": {"send_when": {"types": ["so"]}}})


def test_ten_alternating_runs_of_both_directions_send_nothing_round(company_with: CompanyWith) -> None:
    company = selling(company_with)
    numbers = sales(company, 2)
    company.run()
    run(company)
    before = company.holdings(), back(company)
    company.forget_requests()
    for _ in range(5):
        assert set(company.run().all_ended().values()) <= {
            "skipped(exists)",
            "skipped(draft)",
            "skipped(written_by_us)",
        }
        assert set(run(company).all_ended().values()) == {"skipped(exists)"}
    assert not company.writes()
    assert (company.holdings(), back(company)) == before
    refuse_difference(company, *numbers)


def test_orders_that_came_from_eaccounting_never_go_back_whatever_their_type(company_with: CompanyWith) -> None:
    company = selling(company_with, orders={"send_when": {"types": ["SO", "WB"]}})
    company.run()
    changed = company.by_marker()["10002"]["orderId"]
    company.in_target(f"orders/SO/{changed}", customer={"refNo": "PO 1"}, lines=[line()])
    company.forget_requests()
    assert set(run(company).all_ended().values()) == {"skipped(written_by_us)"}
    assert not company.writes()


def test_the_whole_window_and_single_numbers_say_the_same_of_an_order(company_with: CompanyWith) -> None:
    company = selling(company_with)
    (number,) = sales(company, 1)
    run(company, only(number))
    window = Window("backfill", MIDNIGHT, MIDNIGHT + timedelta(days=1))
    assert [run(company, asked).ended(number) for asked in (only(number), window, EVERYTHING)] == [
        "skipped(exists)"
    ] * 3
