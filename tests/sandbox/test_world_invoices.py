"""The invoices that the sandbox's shop made: believable, right in their sums, with everything that befalls invoices."""

from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any

import pytest
from stdnum import luhn

from sandbox.invoice_trouble import INVOICE_TROUBLES
from sandbox.seed import build_world
from sandbox.world import Options, World

Record = dict[str, Any]
PAID, UNPAID, OVERDUE = 0, 1, 2


@pytest.fixture(scope="module")
def world() -> World:
    """The usual shop."""
    return build_world(Options())


@pytest.fixture(scope="module")
def direct(world: World) -> list[Record]:
    """The invoices that have no order and no trouble, credit invoices aside."""
    return [
        one
        for one in world.customer_invoices
        if not one["CreatedFromOrderId"]
        and not one["IsCollectiveInvoice"]
        and not one["IsCreditInvoice"]
        and str(one["InvoiceNumber"]) not in world.planted_invoices
    ]


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def sound(world: World) -> Iterator[Record]:
    """All invoices but the one whose sums do not fit."""
    for invoice in world.customer_invoices:
        if world.planted_invoices.get(str(invoice["InvoiceNumber"])) != "malformed":
            yield invoice


def planted(world: World, reason: str) -> Record:
    number = next(number for number, word in world.planted_invoices.items() if word == reason)
    return next(one for one in world.customer_invoices if str(one["InvoiceNumber"]) == number)


def test_there_are_as_many_direct_invoices_as_asked(direct: list[Record]) -> None:
    assert len(direct) == 60
    few = build_world(Options(invoices=9, trouble=False))
    assert len(few.customer_invoices) - len(build_world(Options(invoices=0, trouble=False)).customer_invoices) == 13
    assert build_world(Options(invoices=0)).planted_invoices == {}


def test_the_number_series_goes_on_without_a_gap_or_a_double(world: World) -> None:
    numbers = [one["InvoiceNumber"] for one in world.customer_invoices if one["InvoiceDate"] > "2026"]
    assert numbers == list(range(20001, 20001 + len(numbers)))


def test_direct_invoices_are_of_businesses_and_persons_of_all_countries_in_two_currencies(
    world: World, direct: list[Record]
) -> None:
    buyers = Counter((one["InvoiceCountryCode"], one["CustomerIsPrivatePerson"]) for one in direct)
    assert {(country, private) for country in ("NL", "SE", "DE", "BE") for private in (True, False)} <= set(buyers)
    assert {one["CurrencyCode"] for one in direct} == {"EUR", "SEK"}
    currency_of = {one["Id"]: one["CurrencyCode"] for one in world.customers}
    assert all(one["CurrencyCode"] == currency_of[one["CustomerId"]] for one in direct)


def test_direct_invoices_hold_mixed_rates_freight_discounts_and_text_rows(direct: list[Record]) -> None:
    rows = [row for one in direct for row in one["Rows"]]
    assert any(len(one["VatSpecification"]) > 1 for one in direct)
    assert any(row["ArticleNumber"] == "FREIGHT" for row in rows)
    assert any(row["DiscountPercentage"] for row in rows)
    assert any(row["IsTextRow"] for row in rows)
    assert {row["PercentVat"] for row in rows} >= {0, 6, 7, 9, 19, 21, 25}


def test_the_vat_specification_adds_up_to_the_totals_and_to_the_rows(world: World) -> None:
    for invoice in sound(world):
        specification = invoice["VatSpecification"]
        net = sum(line["AmountInvoiceCurrency"] for line in specification)
        vat = sum(line["VatAmountInvoiceCurrency"] for line in specification)
        total, rate = invoice["TotalAmountInvoiceCurrency"], invoice["CurrencyRate"]
        rounding = total - net - vat
        assert (invoice["TotalVatAmountInvoiceCurrency"], invoice["TotalAmount"]) == (vat, cents(total * rate))
        assert invoice["TotalRoundings"] == cents(rounding * rate)
        assert abs(rounding) <= (Decimal("0.5") if invoice["CurrencyCode"] == "SEK" else 0)
        per_rate: Counter[Decimal] = Counter()
        for row in invoice["Rows"]:
            if not row["IsTextRow"]:
                per_rate[row["PercentVat"]] += row["Amount"]
        for line in specification:
            both = line["AmountInvoiceCurrency"] + line["VatAmountInvoiceCurrency"]
            assert per_rate[line["VatPercent"]] == (both if invoice["IncludesVat"] else line["AmountInvoiceCurrency"])


def test_a_row_comes_to_its_quantity_in_hundredths_times_its_price(direct: list[Record]) -> None:
    for row in (row for one in direct for row in one["Rows"] if not row["IsTextRow"]):
        assert row["Quantity"] == cents(row["Quantity"]) > 0
        assert row["Amount"] == cents(row["Quantity"] * row["UnitPrice"] * (1 - row["DiscountPercentage"]))


def test_swedish_invoices_are_in_whole_kronor_with_an_ocr_number(direct: list[Record]) -> None:
    swedish = [one for one in direct if one["InvoiceCountryCode"] == "SE"]
    assert all(luhn.is_valid(one["PaymentReferenceNumber"]) for one in swedish)
    assert all(one["PaymentReferenceNumber"].startswith(str(one["InvoiceNumber"])) for one in swedish)
    assert {int(one["PaymentReferenceNumber"][-2]) for one in swedish} == {7}  # the length of the whole
    assert {one["PaymentReferenceNumber"] for one in direct if one["InvoiceCountryCode"] != "SE"} == {None}
    kronor = [one["TotalAmountInvoiceCurrency"] for one in direct if one["CurrencyCode"] == "SEK"]
    assert kronor
    assert all(total == int(total) for total in kronor)


def test_businesses_abroad_with_a_vat_number_pay_no_vat(direct: list[Record]) -> None:
    abroad = [one for one in direct if one["InvoiceCountryCode"] in ("SE", "DE", "BE") and not one["IncludesVat"]]
    at_home = [one for one in abroad if one["DeliveryCountryCode"] != "NL"]
    assert at_home
    assert {one["TotalVatAmount"] for one in at_home} == {0}


@pytest.mark.parametrize("seed", [1, 2])
def test_what_remains_goes_with_what_was_paid_and_credited(seed: int) -> None:
    for invoice in build_world(Options(seed=seed)).customer_invoices:
        remaining = invoice["RemainingAmountInvoiceCurrency"]
        assert (invoice["PaymentStatus"] == PAID) == (remaining == 0)
        assert invoice["RemainingAmount"] == cents(remaining * invoice["CurrencyRate"])
        credited = invoice["SetOffAmountInvoiceCurrency"]
        if credited and not remaining:
            cash = invoice["TotalAmountInvoiceCurrency"] - credited
            assert bool(cash) == (invoice["PaymentDate"] is not None)
        if invoice["PaymentDate"]:
            assert invoice["InvoiceDate"] <= invoice["PaymentDate"] < "2026-11-20"


def test_direct_invoices_are_paid_unpaid_and_overdue(direct: list[Record]) -> None:
    by_status = Counter(one["PaymentStatus"] for one in direct)
    assert min(by_status[PAID], by_status[UNPAID], by_status[OVERDUE]) > 1
    for one in direct:
        if one["PaymentStatus"] != PAID:
            assert (one["DueDate"] < "2026-11-20") == (one["PaymentStatus"] == OVERDUE)


def test_one_is_paid_in_part_and_has_a_payment_date_all_the_same(direct: list[Record]) -> None:
    (partly,) = [one for one in direct if one["PaymentStatus"] != PAID and one["PaymentDate"]]
    assert partly["PaymentStatus"] == UNPAID
    assert 0 < partly["RemainingAmountInvoiceCurrency"] < partly["TotalAmountInvoiceCurrency"]


def test_one_is_sold_to_a_factor(direct: list[Record]) -> None:
    (bought,) = [one for one in direct if one["IsSold"]]
    assert bought["FactoringInvoiceStatus"] == 4


def test_credit_invoices_are_negative_and_name_what_they_take_back(world: World) -> None:
    by_id = {one["Id"]: one for one in world.customer_invoices}
    credits = [one for one in world.customer_invoices if one["IsCreditInvoice"]]
    for credit in credits:
        referred = by_id[credit["ReferringInvoiceId"]]
        assert {"CreditInvoiceId": credit["Id"]} in referred["CreditedBy"]
        assert 0 < -credit["TotalAmountInvoiceCurrency"] <= referred["TotalAmountInvoiceCurrency"]
        assert all(row["Amount"] <= 0 and row["Quantity"] <= 0 for row in credit["Rows"])
        assert all(line["AmountInvoiceCurrency"] < 0 for line in credit["VatSpecification"])
        assert (credit["CreatedFromOrderId"], credit["CustomerId"]) == (None, referred["CustomerId"])
    ends = Counter(
        (
            -credit["TotalAmount"] == by_id[credit["ReferringInvoiceId"]]["TotalAmount"],
            by_id[credit["ReferringInvoiceId"]]["PaymentStatus"] == PAID,
            by_id[credit["ReferringInvoiceId"]]["PaymentDate"] is not None,
            credit["RemainingAmount"] < 0,
        )
        for credit in credits
    )
    assert ends == {
        (True, True, False, False): 2,  # taken back before anybody paid: one of an order, one direct
        (True, True, True, True): 1,  # paid, then taken back: the money is owed to the customer
        (False, False, False, False): 1,  # its freight taken back, the rest open
        (False, True, True, False): 1,  # its freight taken back, the rest paid
    }


def test_each_trouble_of_an_invoice_is_planted_once(world: World) -> None:
    assert sorted(world.planted_invoices.values()) == sorted(INVOICE_TROUBLES)
    assert build_world(Options(trouble=False)).planted_invoices == {}


def test_the_planted_invoices_are_what_their_reason_says(world: World) -> None:
    rot = planted(world, "rot_invoice")
    assert (rot["RotReducedInvoicingType"], len(rot["Persons"]), rot["Rows"][1]["IsWorkCost"]) == (1, 1, True)
    assert planted(world, "no_vat_treatment")["InvoiceCountryCode"] == "NO"
    without = planted(world, "missing_vat_number")
    customer = next(one for one in world.customers if one["Id"] == without["CustomerId"])
    assert (customer["InvoiceCountryCode"], customer["VatNumber"], without["TotalVatAmount"]) == ("DE", None, 0)
    malformed = planted(world, "malformed")
    vat = sum(line["VatAmountInvoiceCurrency"] for line in malformed["VatSpecification"])
    assert vat - malformed["TotalVatAmountInvoiceCurrency"] == 1
    free = planted(world, "row_without_article")["Rows"][-1]
    assert (free["ArticleId"], free["IsTextRow"], free["Amount"], free["PercentVat"]) == (None, False, 35, 21)
    old = planted(world, "closed_period")
    year = next(one for one in world.fiscal_years if one["StartDate"] <= old["InvoiceDate"] <= one["EndDate"])
    assert (year["IsLockedForAccounting"], old["ModifiedUtc"][:10]) == (True, "2026-11-19")


def test_the_fiscal_years_follow_each_other_up_to_today(world: World) -> None:
    assert [year["IsLockedForAccounting"] for year in world.fiscal_years] == [True, False]
    assert {year["BookkeepingMethod"] for year in world.fiscal_years} == {0}
    for before, after in pairwise(world.fiscal_years):
        assert int(before["EndDate"][:4]) + 1 == int(after["StartDate"][:4])
    assert world.company["AccountingLockedTo"][:10] == world.fiscal_years[0]["EndDate"][:10]
