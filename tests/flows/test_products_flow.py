"""The product flow makes each article once, with the fields of the source, and says why it did not make the others."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.flows.product_flow import (
    FLOW,
    TODAYS,
    VAT,
    article,
    articles,
    barcodes,
    codes,
    entered,
    items,
    made,
    overlay,
    run,
)
from tests.flows.running import IMPATIENT, MIDNIGHT, NOTHING_NEW, Company, only
from tests.flows.shop import WRITES, Stored
from visma_sync.errors import ConfigurationError
from visma_sync.sync.fetch import Window

PLANTED_END = {
    "unknown_unit": "parked(no_units)",
    "unknown_rate": "parked(no_products.vat_category)",
    "number_too_long": "rejected(string_too_long)",
    "barcode_taken": "parked(barcode_taken)",
}


def planted(company: Company) -> dict[str, str]:
    """The articles that cannot be sent: the trouble by number."""
    troubles: dict[str, str] = company.everything()["eaccounting"]["planted_articles"]
    return troubles


# All of them, and nothing twice


def test_every_article_is_in_the_target_once_with_the_data_of_the_source(company: Company) -> None:
    rates = {one["Id"]: one["VatRatePercent"] for one in company.state("eaccounting", "articleaccountcodings")}
    ran = run(company)
    assert set(ran.outcomes) == set(articles(company))
    created = ran.numbers("created")
    assert len(created) >= 20
    there, sources = items(company), articles(company)
    for number in created:
        item, source = there[number], sources[number]
        assert item["description"] == source["Name"]
        assert item["defaultPrice"] == source["NetPrice"]
        assert barcodes(item) == {row["Barcode"] for row in source["Barcodes"] or ()}
        assert item["vatCode"]["id"] == VAT[int(rates[source["CodingId"]])]
        expected = "STOCK" if source["IsStock"] else "SERVICE" if source["IsServiceArticle"] else "NONSTOCK"
        assert item["itemClass"]["id"] == expected
        assert item["baseUnit"] == {"st": "STK", "kg": "KG", "uur": "HOUR", "m": "STK"}[source["UnitAbbreviation"]]
        assert item["status"] == "Active"
        assert "body" not in item
        assert not [row for row in item["warehouseDetails"] if row["quantityOnHand"]]


def test_what_cannot_be_sent_ends_alone_with_its_reason_and_cure(company: Company) -> None:
    ran = run(company)
    assert planted(company)
    for number, trouble in planted(company).items():
        assert ran.ended(number) == PLANTED_END[trouble]
        assert ran.outcomes[number].cure
        assert number not in items(company)


def test_the_second_run_of_the_same_window_writes_nothing(company: Company) -> None:
    run(company)
    before = company.state("vismanet", "items")
    company.forget_requests()
    second = run(company)
    assert not company.writes()
    assert company.state("vismanet", "items") == before
    assert not second.numbers("created") + second.numbers("updated")


def test_an_unchanged_product_costs_no_call_to_the_target(company: Company) -> None:
    made(company)
    company.forget_requests()
    assert run(company, only("NEW-1")).ended("NEW-1") == "unchanged"
    assert set(company.requests()) == {"GET /eaccounting/v2/articles"}


def test_after_a_lost_ledger_products_are_found_by_their_number(company: Company) -> None:
    first = run(company)
    before = company.state("vismanet", "items")
    company.lose_ledger()
    company.forget_requests()
    second = run(company)
    assert not company.writes()
    assert company.state("vismanet", "items") == before
    assert {second.ended(number) for number in first.numbers("created")} == {"unchanged"}
    article(company, "1e5", NetPrice=99)
    assert run(company, TODAYS).ended("1e5") == "updated"
    assert items(company)["1e5"]["defaultPrice"] == 99


@pytest.mark.parametrize("number", ["1e5", "007", "A/B #1", "ÅÄÖ-1", "C&A?=50%+", 'O\'RING "5"', "MAAT 42"])
def test_an_awkward_number_arrives_to_the_letter_and_is_found_again(number: str, company: Company) -> None:
    if number not in items(company):
        assert run(company, only(number)).ended(number) == "created"
    article(company, number, Name="Anders")
    assert run(company, only(number)).ended(number) == "updated"
    assert items(company)[number]["description"] == "Anders"


def test_a_product_that_the_order_flow_made_is_kept_by_the_product_flow(company: Company) -> None:
    sku = next(number for number in articles(company) if number.startswith("A-") and number not in items(company))
    buyer = next(
        one["CustomerNumber"]
        for one in company.state("eaccounting", "customers")
        if one["InvoiceCountryCode"] == "NL" and one["IsPrivatePerson"] and not one["DeliveryBasedVat"]
    )
    order = company.in_source("orders", CustomerNumber=buyer, Rows=[{"ArticleNumber": sku}])
    company.run(only(str(order["Number"])))
    company.forget_requests()
    assert run(company, only(sku)).ended(sku) == "unchanged"
    assert not company.writes()
    article(company, sku, NetPrice=55)
    assert run(company, only(sku)).ended(sku) == "updated"
    assert items(company)[sku]["defaultPrice"] == 55


# Which of them


def test_single_numbers_are_sent_and_an_unknown_one_is_told(company: Company) -> None:
    before = set(items(company))
    ran = run(company, only("1e5", "NOBODY"))
    assert ran.all_ended() == {"1e5": "created", "NOBODY": "skipped(not_in_source)"}
    assert set(items(company)) - before == {"1e5"}


def test_the_window_takes_what_was_made_or_changed_in_it_and_not_its_end(company: Company) -> None:
    start, end = MIDNIGHT - timedelta(days=3), MIDNIGHT - timedelta(days=2)
    long_ago, second = datetime(2020, 1, 1, tzinfo=UTC), timedelta(seconds=1)
    stamps = {
        "IN-1": (start, start),
        "IN-2": (long_ago, start),
        "IN-3": (end - second, end),
        "OUT-A": (start - second, start - second),
        "OUT-B": (end, end),
    }
    for number, (created, changed) in stamps.items():
        entered(company, number)
        article(company, number, CreatedUtc=_utc(created), ChangedUtc=_utc(changed))
    ran = run(company, Window("manual", start, end))
    assert {number for number in stamps if number in ran.outcomes} == {"IN-1", "IN-2", "IN-3"}
    assert {ran.ended(number) for number in ("IN-1", "IN-2", "IN-3")} == {"created"}


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_what_is_not_sold_any_more_and_was_never_in_the_target_is_not_made(company: Company) -> None:
    ran = run(company, only("OUT-1", "OUT-2"))
    assert set(ran.all_ended().values()) == {"skipped(not_sold)"}
    assert not {"OUT-1", "OUT-2"} & set(items(company))


def test_where_products_are_not_made_only_those_of_the_target_are_kept(company: Company) -> None:
    known = next(number for number in items(company) if number.startswith("A-"))
    company.decide(create_products=False)
    article(company, known, NetPrice=7)
    ran = run(company, only("1e5", known))
    assert ran.all_ended() == {"1e5": "skipped(not_in_target)", known: "updated"}


def test_where_products_are_not_made_their_vat_is_checked_and_the_classes_of_new_ones_are_not(company: Company) -> None:
    nowhere = {
        "item_class": {"stock": "NO-CLASS"},
        "posting_class": "NO-POSTING",
        "vat_category": {"default": "NO-VAT"},
    }
    company.decide(create_products=False, products=nowhere)
    with pytest.raises(ConfigurationError, match="NO-VAT") as told:
        run(company, only("1e5"))
    assert "NO-CLASS" not in str(told.value)
    assert "NO-POSTING" not in str(told.value)


# A dry run


def test_a_dry_run_changes_nothing_and_says_what_would_be_sent_and_why_not_the_others(company: Company) -> None:
    known = next(number for number in items(company) if number.startswith("A-"))
    article(company, known, NetPrice=7)
    before, links = company.everything(), company.links()
    ran = run(company, dry_run=True)
    assert company.everything() == before
    assert company.links() == links
    would = ran.numbers("skipped(dry_run)")
    total = len(articles(company))
    assert f"  would send {len(would):,} of {total:,}" in ran.report.lines
    assert "would be updated: defaultPrice" in ran.outcomes[known].detail
    told = "\n".join(ran.report.notes + ran.report.waiting + ran.report.problems)
    assert all(f"{number} " in told for number in ran.outcomes)
    sent = run(company)
    assert set(sent.numbers("created") + sent.numbers("updated")) == set(would)


# Filters


def test_filters_leave_products_out_and_the_report_names_the_filter(company: Company) -> None:
    company.decide(filters={FLOW: ["=product.labels | length > 0", "=product.net_price > 50"]})
    ran, sources = run(company), articles(company)
    for number, source in sources.items():
        if not source["ArticleLabels"]:
            assert ran.ended(number) == "skipped(filtered)"
            assert ran.outcomes[number].detail == "=product.labels | length > 0"
        elif source["NetPrice"] <= 50:
            assert ran.outcomes[number].detail == "=product.net_price > 50"
    sent = ran.numbers("created") + ran.numbers("unchanged")
    assert sent
    assert all(sources[number]["ArticleLabels"] for number in sent)
    assert all(sources[number]["NetPrice"] > 50 for number in sent)


def test_a_product_that_a_filter_leaves_out_is_not_updated_any_more(company: Company) -> None:
    made(company, NetPrice=10)
    article(company, "NEW-1", NetPrice=12)
    company.decide(filters={FLOW: ["='Webshop' in product.labels"]})
    assert run(company, only("NEW-1")).ended("NEW-1") == "skipped(filtered)"
    assert items(company)["NEW-1"]["defaultPrice"] == 10


@pytest.mark.parametrize(
    ("fault", "ended"), [("timeout_after", "created"), ("timeout_before", "skipped(not_wanted_any_more)")]
)
def test_a_product_whose_answer_was_lost_is_looked_for_although_a_filter_leaves_it_out_by_now(
    fault: str, ended: str, company: Company
) -> None:
    entered(company, "NEW-1")
    company.decide(**IMPATIENT)
    company.tries = 1
    company.fault(fault, **WRITES["product"])
    assert run(company, only("NEW-1")).ended("NEW-1") == "uncertain(answer_lost)"
    company.tries = 5
    company.decide(filters={FLOW: ["='Webshop' in product.labels"]}, **IMPATIENT)
    assert run(company, NOTHING_NEW).ended("NEW-1") == ended
    assert ("NEW-1" in items(company)) == (ended == "created")


def test_a_dry_run_counts_what_the_filters_let_through(company: Company) -> None:
    company.decide(filters={FLOW: ["=product.number == '1e5'"]})
    ran = run(company, dry_run=True)
    assert f"  would send 1 of {len(articles(company))}" in ran.report.lines
    assert any(note.startswith("007 skipped(filtered): =product.number == '1e5'") for note in ran.report.notes)


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ({FLOW: ["=product.labels | length > 0", "=product.colour == 'red'"]}, rf"filters\.{FLOW}\[2\].*colour"),
        ({FLOW: ["product.is_active"]}, rf"filters\.{FLOW}\[1\]"),
        ({"product_eaccounting_to_vismanet": []}, "product_eaccounting_to_vismanet"),
    ],
)
def test_a_wrong_filter_stops_the_flow_before_anything_is_read(
    filters: dict[str, list[str]], said: str, company: Company
) -> None:
    company.decide(filters=filters)
    company.forget_requests()
    with pytest.raises(ConfigurationError, match=said):
        run(company)
    assert not company.requests()


# Bad input


@pytest.mark.parametrize(
    "wrong", [{"Name": None}, {"Name": "  "}, {"CodingId": "no-such-coding"}, {"NetPrice": "cheap"}, {"IsActive": 7}]
)
def test_a_malformed_article_is_rejected_alone(wrong: dict[str, object], company: Company) -> None:
    article(company, "1e5", **wrong)
    ran = run(company, only("1e5", "007"))
    assert ran.outcomes["1e5"].state == "rejected"
    assert ran.outcomes["1e5"].cure
    assert ran.ended("007") == "created"


def test_a_class_that_the_settings_do_not_name_parks_until_they_do(company: Company) -> None:
    number = entered(company, "NEW-1")
    some = company.settings.products.model_copy(update={"item_class": {"stock": "STOCK", "service": "SERVICE"}})
    company.settings = company.settings.model_copy(update={"products": some})
    assert run(company, only(number)).ended(number) == "parked(no_item_class)"
    company.decide()
    assert run(company, NOTHING_NEW).ended(number) == "created"


@pytest.mark.parametrize(
    "wrong",
    [
        {"item_class": {"stock": "NO-SUCH"}},
        {"item_class_by_label": [{"label": "Eten", "item_class": "NO-SUCH"}]},
        {"vat_category": {"default": "NO-SUCH"}},
    ],
)
def test_a_value_that_the_target_does_not_have_stops_the_flow_before_anything_is_written(
    wrong: dict[str, object], company: Company
) -> None:
    company.decide(products=wrong)
    company.forget_requests()
    with pytest.raises(ConfigurationError, match="NO-SUCH"):
        run(company)
    assert not company.writes()


def test_a_barcode_that_another_product_has_parks_until_it_is_free(company: Company) -> None:
    made(company, "NEW-1", Barcodes=codes("8712345678906"))
    entered(company, "NEW-2", Barcodes=codes("8712345678906"))
    company.forget_requests()
    ran = run(company, only("NEW-2"))
    assert ran.ended("NEW-2") == "parked(barcode_taken)"
    assert "NEW-1" in ran.outcomes["NEW-2"].detail
    assert not company.writes()
    article(company, "NEW-1", Barcodes=None)
    run(company, TODAYS)
    run(company, TODAYS)
    assert barcodes(items(company)["NEW-2"]) == {"8712345678906"}
    assert not barcodes(items(company)["NEW-1"])


def test_what_is_not_sent_keeps_no_barcode_from_others(company: Company) -> None:
    entered(company, "NEW-1", Barcodes=codes("8712345678906"), IsActive=False)
    entered(company, "NEW-2", Barcodes=codes("8712345678906"))
    ran = run(company, only("NEW-1", "NEW-2"))
    assert ran.all_ended() == {"NEW-1": "skipped(not_sold)", "NEW-2": "created"}


def test_numbers_that_differ_only_in_letter_case_do_not_share_an_item(company: Company) -> None:
    made(company, "Case-1", Name="Groot")
    entered(company, "CASE-1", Name="Klein")
    ran = run(company, only("CASE-1"))
    assert ran.ended("CASE-1") == "parked(link_taken)"
    assert items(company)["Case-1"]["description"] == "Groot"


@pytest.mark.parametrize(
    "field",
    [
        pytest.param({"type": "='FinishedGoodItem' if product.number == 'NEW-1' else none"}, id="with 400"),
        pytest.param({"salesAccount": "='9999' if product.number == 'NEW-1' else none"}, id="with 500"),
    ],
)
def test_a_product_that_the_target_refuses_is_rejected_alone(field: Stored, company: Company, tmp_path: Path) -> None:
    entered(company, "NEW-1")
    company.decide(**overlay(tmp_path, {"write": {"product": field}}))
    ran = run(company, only("NEW-1", "1e5"))
    assert (ran.outcomes["NEW-1"].state, ran.ended("1e5")) == ("rejected", "created")
    assert ran.outcomes["NEW-1"].cure
    assert "NEW-1" not in items(company)
    company.decide()
    assert run(company, only("NEW-1")).ended("NEW-1") == "created"


def test_a_change_that_the_target_refuses_is_rejected_alone(company: Company, tmp_path: Path) -> None:
    account = {"on": "update", "value": "='9999' if product.net_price == 12 else '8000'"}
    company.decide(**overlay(tmp_path, {"write": {"product": {"salesAccount": account}}}))
    made(company, "NEW-1", NetPrice=10)
    made(company, "NEW-2", NetPrice=10)
    article(company, "NEW-1", NetPrice=12)
    article(company, "NEW-2", NetPrice=13)
    ran = run(company, only("NEW-1", "NEW-2"))
    assert (ran.outcomes["NEW-1"].state, ran.ended("NEW-2")) == ("rejected", "updated")
    assert (items(company)["NEW-1"]["defaultPrice"], items(company)["NEW-2"]["defaultPrice"]) == (10, 13)
