"""Products of the orders exist in Visma.net before the orders do: to the letter, once, and only where wanted."""

from collections import Counter

import pytest

from tests.flows.running import NOTHING_NEW, Company, only
from tests.flows.shop import Stored

AWKWARD = ("1e5", "007", "A/B #1", "ÅÄÖ-1")


def items(company: Company) -> dict[str, Stored]:
    """The items of the target by number."""
    return {item["inventoryNumber"]: item for item in company.state("vismanet", "items")}


def order_of(company: Company, *skus: str) -> str:
    """Enter an order of these articles and give its number."""
    buyer = next(
        one["CustomerNumber"]
        for one in company.state("eaccounting", "customers")
        if one["InvoiceCountryCode"] == "NL" and one["IsPrivatePerson"] and not one["DeliveryBasedVat"]
    )
    rows = [{"ArticleNumber": sku, "Quantity": 1} for sku in skus]
    return str(company.in_source("orders", CustomerNumber=buyer, Rows=rows)["Number"])


def missing_articles(company: Company) -> list[str]:
    """Articles of the source that the target does not have."""
    known = items(company)
    return [one["Number"] for one in company.state("eaccounting", "articles") if one["Number"] not in known]


def test_awkward_article_numbers_arrive_to_the_letter(company: Company) -> None:
    number = order_of(company, *AWKWARD)
    missing = set(missing_articles(company))
    ran = company.run(only(number))
    assert ran.ended(number) == "created"
    assert set(AWKWARD) <= set(items(company))
    assert {sku: ran.products[sku].state for sku in AWKWARD} == {
        sku: "created" if sku in missing else "unchanged" for sku in AWKWARD
    }
    assert missing & set(AWKWARD)
    sent = [line["inventory"]["id"] for line in company.by_marker()[number]["lines"]]
    assert sent[: len(AWKWARD)] == list(AWKWARD)


def test_missing_products_are_made_once_for_the_whole_run(company: Company) -> None:
    first, second = missing_articles(company)[:2]
    numbers = [order_of(company, first), order_of(company, first, second), order_of(company, second)]
    company.decide(records_per_lane=1)
    company.forget_requests()
    company.run(only(*numbers))
    assert company.writes()["POST /vismanet/v1/inventory"] == 2
    company.forget_requests()
    company.run(only(order_of(company, first, second)))
    assert company.writes()["POST /vismanet/v1/inventory"] == 0


def test_a_made_product_has_the_class_unit_and_vat_of_its_article(company: Company) -> None:
    articles = {one["Number"]: one for one in company.state("eaccounting", "articles")}
    skus = [sku for sku in missing_articles(company) if not sku.startswith("FREIGHT")][:6]
    company.run(only(order_of(company, *skus)))
    rates = {one["Id"]: one["VatRatePercent"] for one in company.state("eaccounting", "articleaccountcodings")}
    for sku in skus:
        item, article = items(company)[sku], articles[sku]
        assert item["description"] == article["Name"]
        assert item["vatCode"]["id"] == {21: "NL21", 9: "NL9", 0: "NOVAT"}[rates[article["CodingId"]]]
        assert (item["itemClass"]["id"] == "SERVICE") == bool(article["IsServiceArticle"])
        assert item["defaultPrice"] == article["NetPrice"]


def test_where_products_are_not_made_the_order_waits_until_somebody_has_made_it(company: Company) -> None:
    sku = missing_articles(company)[0]
    number = order_of(company, sku)
    company.decide(create_products=False)
    ran = company.run(only(number))
    assert ran.ended(number) == "parked(product_missing)"
    assert sku in ran.outcomes[number].detail
    assert sku not in items(company)
    company.in_target("items", inventoryNumber=sku, description="Met de hand", itemClass="STOCK", vatCode="NL21")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_goes_on_when_products_are_made_after_all(company: Company) -> None:
    number = order_of(company, missing_articles(company)[0])
    company.decide(create_products=False)
    company.run(only(number))
    company.decide(create_products=True)
    assert company.run(NOTHING_NEW).ended(number) == "created"


@pytest.mark.parametrize("status", ["Inactive", "NoSales", "ToDelete"])
def test_a_product_that_may_not_be_sold_parks_the_order_until_it_may(status: str, company: Company) -> None:
    number = order_of(company, "A-1001")
    company.run(only(order_of(company, "A-1001")))
    company.in_target("items/A-1001", status=status)
    ran = company.run(only(number))
    assert ran.ended(number) == "parked(product_not_sellable)"
    assert "A-1001" in ran.outcomes[number].detail
    company.in_target("items/A-1001", status="Active")
    assert company.run(NOTHING_NEW).ended(number) == "created"


def test_an_order_that_lacks_one_product_does_not_stop_the_others(company: Company) -> None:
    fine, stopped = order_of(company, "A-1001"), order_of(company, "A-1001", "OLD-1")
    ran = company.run(only(fine, stopped))
    assert (ran.ended(fine), ran.ended(stopped)) == ("created", "parked(product_not_sellable)")


def test_one_unknown_product_is_asked_for_alone_and_several_by_the_page(company: Company) -> None:
    first, second, third = missing_articles(company)[:3]
    company.run(only(order_of(company, "A-1001")))
    company.forget_requests()
    company.run(only(order_of(company, first)))
    assert company.requests() & Counter({"GET /vismanet/v1/inventory/{number}": 9}) == Counter(
        {"GET /vismanet/v1/inventory/{number}": 1}
    )
    company.forget_requests()
    company.run(only(order_of(company, second, third)))
    assert company.requests()["GET /vismanet/v1/inventory/{number}"] == 0
