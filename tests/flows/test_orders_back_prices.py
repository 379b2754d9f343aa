"""What orders of Visma.net come to in eAccounting: prices, discounts and VAT, and what stays a draft."""

from decimal import Decimal
from typing import Any

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.order_back_flow import (
    DRAFT,
    ONGOING,
    OTHER_SKU,
    REDUCED,
    SKU,
    back,
    comes_to,
    costs,
    debtor,
    line,
    refuse_difference,
    run,
    sell,
    selling,
)
from tests.flows.running import NOTHING_NEW
from tests.flows.shop import Stored

D = Decimal
SWEDEN = {"countryId": "SE", "city": "Umeå", "postalCode": "90326"}
BRITAIN = {"countryId": "GB", "city": "Leeds", "postalCode": "LS1 4AP"}
BUYERS: dict[str, tuple[dict[str, Any], str]] = {
    "a Dutch business": ({}, "NL21"),
    "a Dutch person": ({"private": True}, "NL21"),
    "a Frisian business": ({"currencyId": "SEK"}, "NL21"),
    "a Zeeuwse person": ({"private": True, "currencyId": "SEK"}, "NL21"),
    "a Swedish business": (
        {"address": SWEDEN, "vatZoneId": "EUBUSINESS", "vatRegistrationId": "SE556036079301"},
        "EUGOODS0",
    ),
    "a Swedish person": ({"private": True, "address": SWEDEN, "vatZoneId": "EUPRIVATE", "currencyId": "SEK"}, "SE25"),
    "a British business": ({"address": BRITAIN, "vatZoneId": "EXPORT"}, "EXPORT0"),
}
# Price, quantity and discount of lines that take some thought.
LINES: dict[str, Stored] = {
    "a plain price": {"price": "9.99", "quantity": "3"},
    "a discount": {"price": "19.95", "quantity": "7", "discountPercent": D("12.5"), "hasManualDiscount": True},
    "an amount off": {"price": "19.95", "quantity": "7", "discountAmount": D("3.33"), "hasManualDiscount": True},
    "a price of four decimals": {"price": "1.2345", "quantity": "10"},
    "a part of a piece": {"price": "12.50", "quantity": "0.3333"},
    "a third": {"price": "3.3333", "quantity": "3"},
    "nothing": {"price": "0", "quantity": "2"},
}


@pytest.mark.parametrize("meaning", ["net", "gross"])
def test_every_buyer_and_every_price_come_to_the_same_in_both_systems(company_with: CompanyWith, meaning: str) -> None:
    company = selling(company_with, "--order-amount", meaning)
    sold = {}
    for buyer, (fields, category) in BUYERS.items():
        customer = debtor(company, f"{buyer.split()[1]} {buyer.split()[2]}", **fields)
        for what, values in LINES.items():
            small = line(OTHER_SKU, "0.05", "1", taxCategoryId=category)
            sold[sell(company, customer, line(taxCategoryId=category, **values), small)] = f"{what} for {buyer}"
    ran = run(company)
    waits = {sold[number]: ended for number, ended in ran.all_ended().items() if ended != "created"}
    assert waits == {}
    refuse_difference(company, *sold)


def test_a_private_person_is_shown_prices_with_vat_and_a_business_prices_without(company_with: CompanyWith) -> None:
    company = selling(company_with)
    business = sell(company, debtor(company), line(price="10.00", quantity="1"))
    person = sell(company, debtor(company, "Anna Bos", private=True), line(price="10.00", quantity="1"))
    run(company)
    prices = {number: order["Rows"][0]["UnitPrice"] for number, order in back(company).items()}
    assert prices == {business: D("10.00"), person: D("12.10")}


def test_prices_that_contain_vat_in_visma_net_are_taken_out_of_it_for_a_business(company_with: CompanyWith) -> None:
    company = selling(company_with)
    business = sell(company, debtor(company), line(price="121.00", quantity="1", taxCategoryId="NL21I"))
    person = sell(company, debtor(company, "Anna Bos", private=True), line(price="12.10", taxCategoryId="NL21I"))
    run(company)
    assert {number: order["Rows"][0]["UnitPrice"] for number, order in back(company).items()} == {
        business: D("100.00"),
        person: D("12.10"),
    }
    refuse_difference(company, business, person)


def test_an_order_of_two_rates_and_freight_has_the_vat_of_each(company_with: CompanyWith) -> None:
    company = selling(company_with)
    lines = line(SKU, "33.33", "1"), line(REDUCED, "7.77", "3", taxCategoryId="NL9")
    freight = {"premiumAmount": D("6.95"), "taxCategoryId": "NL21"}
    numbers = [
        sell(company, debtor(company), *lines, freight=freight),
        sell(company, debtor(company, "Anna Bos", private=True), *lines, freight=freight),
    ]
    run(company)
    for number in numbers:
        assert [row["ArticleNumber"] for row in back(company)[number]["Rows"]] == [SKU, REDUCED, "FREIGHT"]
    refuse_difference(company, *numbers)


# What stays a draft


def test_a_price_that_eaccounting_cannot_hold_stays_a_draft_until_somebody_corrected_it(
    company_with: CompanyWith,
) -> None:
    company = selling(company_with)
    customer = debtor(company)
    number = sell(company, customer, line(price="1.3377", quantity="3000"))
    other = sell(company, customer)
    ran = run(company)
    assert ran.all_ended() == {number: "parked(price_does_not_fit)", other: "created"}
    assert "4855.85" in ran.outcomes[number].detail
    assert "Correct the rows of the draft" in ran.outcomes[number].cure
    draft = back(company)[number]
    assert draft["Status"] == DRAFT
    company.forget_requests()
    assert run(company).ended(number) == "parked(price_does_not_fit)"
    assert not company.writes()
    rows = [{"ArticleNumber": SKU, "Quantity": 1, "UnitPrice": D("4013.10")}]
    company.in_source(f"orders/{draft['Id']}", Rows=rows)
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number, other)


def test_prices_that_do_not_fit_stay_a_draft_although_their_sums_agree(company_with: CompanyWith) -> None:
    company = selling(company_with)
    lines = line(price="1.3377", quantity="3000"), line(OTHER_SKU, price="1.3323", quantity="3000")
    number = sell(company, debtor(company), *lines)
    ran = run(company)
    assert comes_to(back(company)[number]) == costs(company, number)
    assert ran.ended(number) == "parked(price_does_not_fit)"
    assert "row 1: 4020.00 instead of 4013.10" in ran.outcomes[number].detail
    assert "row 2: 3990.00 instead of 3996.90" in ran.outcomes[number].detail
    draft = back(company)[number]
    assert draft["Status"] == DRAFT
    rows = [
        {"ArticleNumber": SKU, "Quantity": 1, "UnitPrice": D("4013.10")},
        {"ArticleNumber": OTHER_SKU, "Quantity": 1, "UnitPrice": D("3996.90")},
    ]
    company.in_source(f"orders/{draft['Id']}", Rows=rows)
    assert run(company, NOTHING_NEW).ended(number) == "created"
    refuse_difference(company, number)


def test_a_draft_of_such_prices_that_a_person_makes_an_order_counts_as_sent(company_with: CompanyWith) -> None:
    company = selling(company_with)
    lines = line(price="1.3377", quantity="3000"), line(OTHER_SKU, price="1.3323", quantity="3000")
    number = sell(company, debtor(company), *lines)
    run(company)
    company.in_source(f"orders/{back(company)[number]['Id']}", Status=ONGOING)
    assert run(company, NOTHING_NEW).ended(number) == "created"


def test_vat_that_is_rounded_otherwise_stays_a_draft_with_both_sums(company_with: CompanyWith) -> None:
    company = selling(company_with)
    per_line = [line(price="0.12", quantity="1", taxCategoryId="NL21L") for _ in range(3)]
    number = sell(company, debtor(company), *per_line)
    dry = run(company, dry_run=True).outcomes[number]
    assert "the target would show total 0.44 with VAT 0.08" in dry.detail
    ran = run(company)
    assert ran.ended(number) == "parked(total_mismatch)"
    assert "0.44 with VAT 0.08" in ran.outcomes[number].detail
    assert "0.45 with VAT 0.09" in ran.outcomes[number].detail
    assert back(company)[number]["Status"] == DRAFT


def test_another_rate_in_eaccounting_stays_a_draft_and_no_rounding_is_invented(company_with: CompanyWith) -> None:
    company = selling(company_with)
    number = sell(company, debtor(company), line(REDUCED, "100.00", "1"))
    ran = run(company)
    assert ran.ended(number) == "parked(total_mismatch)"
    assert len(back(company)[number]["Rows"]) == 1
    assert comes_to(back(company)[number]) == (D("109.00"), D("9.00"))
    assert costs(company, number) == (D("121.00"), D("21.00"))


def test_a_discount_that_brings_a_price_back_is_at_most_one_percent(company_with: CompanyWith) -> None:
    company = selling(company_with)
    number = sell(company, debtor(company), line(price="3.3333", quantity="3"))
    cheap = sell(company, debtor(company, "Klein B.V."), line(price="0.0155", quantity="200"))
    ran = run(company)
    assert ran.all_ended() == {number: "created", cheap: "parked(price_does_not_fit)"}
    assert 0 < back(company)[number]["Rows"][0]["DiscountPercentage"] <= D("0.01")
    assert back(company)[cheap]["Rows"][0]["DiscountPercentage"] == 0


def test_a_draft_that_somebody_deleted_is_told_and_not_made_again(company_with: CompanyWith) -> None:
    company = selling(company_with)
    number = sell(company, debtor(company), line(price="1.3377", quantity="3000"))
    run(company)
    company.delete_in_source(f"orders/{back(company)[number]['Id']}")
    assert run(company).ended(number) == "parked(gone_from_target)"
    assert back(company) == {}


# Orders that contradict themselves, or that nobody can send


def test_a_credit_and_an_order_without_lines_wait_while_others_go_on(company_with: CompanyWith) -> None:
    company = selling(company_with)
    customer = debtor(company)
    good = sell(company, customer)
    empty = sell(company, customer, orderLines=[])
    assert run(company).all_ended() == {good: "created", empty: "parked(no_rows)"}
    assert back(company)[good]["Status"] == ONGOING
