"""What the settings decide about an invoice."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.orders import a_customer
from visma_sync.domain.invoice import Invoice, VatShare
from visma_sync.domain.record import Address
from visma_sync.domain.sale import SaleLine, TaxForm
from visma_sync.domain.taxing import Basis, Category
from visma_sync.errors import ConfigurationError, RecordParkedError, RecordRejectedError
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.invoices.plan import ClosedPeriod, InvoicePlan, Surroundings, plan_invoice

D = Decimal
DEFAULTS = Path(__file__).parents[2] / "include" / "settings" / "default.yaml"
TREATMENTS = [
    {"country": "NL", "rate": 21, "zone": "DOMESTIC", "category": "NL21", "account": "8000"},
    {"country": "NL", "rate": 9, "zone": "DOMESTIC", "category": "NL9", "account": "8001"},
    {"country": "NL", "rate": 0, "zone": "DOMESTIC", "category": "NOVAT", "account": "8050"},
]
CATEGORIES = {
    category.id: category
    for category in (
        Category("NL21", D("0.21"), Basis.DOCUMENT, "21"),
        Category("NL21I", D("0.21"), Basis.INSIDE, "21I"),
        Category("NL9", D("0.09"), Basis.DOCUMENT, "9"),
        Category("NOVAT", D(0), Basis.DOCUMENT),
    )
}


def settings(**changes: Any) -> Settings:
    changes.setdefault("vat", {"home_country": "NL", "treatments": TREATMENTS})
    return load_settings(DEFAULTS, changes, changes_from="a test")


def row(amount: str, net: str | None = None, *, rate: str = "0.21", sku: str = "A-1", **more: Any) -> SaleLine:
    fields: dict[str, Any] = {
        "position": 0,
        "product_number": sku,
        "text": "Bolt",
        "quantity": D(1),
        "unit_price": abs(D(amount)),
        "amount": D(amount),
        "net_amount": D(net or amount),
        "vat_rate": D(rate),
    }
    return SaleLine(**{**fields, **more})


def an_invoice(*lines: SaleLine, shares: list[tuple[str, str, str]], total: str = "", **more: Any) -> Invoice:
    """A Dutch invoice; `shares` are rate, net and VAT, and make the total unless that is given."""
    vat_shares = [VatShare(rate=D(rate), net=D(net), vat=D(vat)) for rate, net, vat in shares]
    vat = sum((share.vat for share in vat_shares), D(0))
    address = Address(name="Acme B.V.", city="Amsterdam", country="NL")
    fields: dict[str, Any] = {
        "key": "invoice-key-1",
        "number": "20001",
        "created_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "invoiced_on": date(2026, 11, 2),
        "currency": "EUR",
        "total": D(total) if total else sum((share.net for share in vat_shares), vat),
        "vat": vat,
        "vat_shares": tuple(vat_shares),
        "customer_key": "customer-key-1",
        "invoice_address": address,
        "delivery_address": address,
        "lines": tuple(line.model_copy(update={"position": at}) for at, line in enumerate(lines, start=1)),
    }
    return Invoice(**{**fields, **more})


def plan(invoice: Invoice, with_settings: Settings | None = None, **more: Any) -> InvoicePlan:
    fields: dict[str, Any] = {
        "customer": a_customer(),
        "customer_number": "10007",
        "categories": CATEGORIES,
        "item_products": {"A-1"},
        "base_currency": "EUR",
        "closed_periods": (),
    }
    return plan_invoice(invoice, Surroundings(**{**fields, **more}), with_settings or settings())


def refused(invoice: Invoice, with_settings: Settings | None = None, **more: Any) -> RecordRejectedError:
    with pytest.raises(RecordRejectedError) as error:
        plan(invoice, with_settings, **more)
    return error.value


# Money


def test_an_invoice_keeps_its_net_amounts_and_the_target_computes_the_vat() -> None:
    invoice = an_invoice(
        row("100.00"), row("50.00", rate="0.09"), shares=[("0.21", "100.00", "21.00"), ("0.09", "50.00", "4.50")]
    )
    planned = plan(invoice)
    assert [(line.amount, line.vat_category, line.account) for line in planned.lines] == [
        (D("100.00"), "NL21", "8000"),
        (D("50.00"), "NL9", "8001"),
    ]
    assert not planned.taxes
    assert planned.rounding == 0
    assert (planned.expected.total, planned.expected.vat) == (D("175.50"), D("25.50"))


def test_prices_with_vat_become_net_rows_and_the_cent_that_the_target_computes_otherwise_is_set() -> None:
    invoice = an_invoice(row("0.29", "0.24"), shares=[("0.21", "0.24", "0.05")], includes_vat=True)
    assert plan(invoice).taxes == ()
    invoice = an_invoice(row("1.00", "0.83"), shares=[("0.21", "0.82", "0.18")], includes_vat=True)
    planned = plan(invoice)
    assert [line.amount for line in planned.lines] == [D("0.82")]
    assert [(tax.vat_id, tax.vat) for tax in planned.taxes] == [("21", D("0.18"))]
    assert (planned.expected.total, planned.expected.vat) == (D("1.00"), D("0.18"))


def test_cents_that_rounded_rows_miss_go_to_the_largest_row() -> None:
    rows = [row("1.00", "0.83"), row("2.00", "1.65"), row("1.00", "0.83")]
    invoice = an_invoice(*rows, shares=[("0.21", "3.30", "0.69")], total="3.99", includes_vat=True)
    assert [line.amount for line in plan(invoice).lines] == [D("0.83"), D("1.64"), D("0.83")]


def test_where_the_source_does_not_say_the_net_amounts_they_follow_from_prices_and_rates() -> None:
    invoice = an_invoice(row("1.21", net_amount=None), shares=[("0.21", "1.00", "0.21")], includes_vat=True)
    assert [line.amount for line in plan(invoice).lines] == [D("1.00")]


def test_more_vat_beside_what_the_target_computes_than_max_rounding_parks() -> None:
    invoice = an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.06")])
    parked = refused(invoice)
    assert (parked.code, isinstance(parked, RecordParkedError)) == ("vat_differs", True)
    assert "21.06" in parked.message
    assert plan(invoice, settings(max_rounding="0.06")).taxes[0].vat == D("21.06")


def test_vat_at_a_rate_without_a_tax_in_the_target_cannot_be_set() -> None:
    invoice = an_invoice(row("100.00", rate="0"), shares=[("0", "100.00", "0.01")])
    assert refused(invoice).code == "vat_differs"


@pytest.mark.parametrize(
    ("net", "vat", "code"), [("100.00", "21.00", "vat_differs"), ("0.10", "0.02", "total_mismatch")]
)
def test_a_category_that_computes_inside_the_amount_parks(net: str, vat: str, code: str) -> None:
    inside = [{**TREATMENTS[0], "category": "NL21I"}]
    invoice = an_invoice(row(net), shares=[("0.21", net, vat)])
    assert refused(invoice, settings(vat={"home_country": "NL", "treatments": inside})).code == code


def test_whole_unit_rounding_becomes_a_row_without_vat() -> None:
    planned = plan(an_invoice(row("99.60"), shares=[("0.21", "99.60", "20.92")], total="121.00"))
    assert (planned.lines[-1].product_number, planned.lines[-1].amount) == ("ROUNDING", D("0.48"))
    assert (planned.expected.total, planned.expected.vat, planned.rounding) == (D("121.00"), D("20.92"), D("0.48"))


def test_more_whole_unit_rounding_than_the_settings_allow_parks() -> None:
    invoice = an_invoice(row("99.60"), shares=[("0.21", "99.60", "20.92")], total="121.00")
    assert refused(invoice, settings(max_whole_unit_rounding="0.10")).code == "rounding_too_large"


@pytest.mark.parametrize(
    ("shares", "total", "vat", "code"),
    [
        ([("0.21", "100.00", "21.00")], "121.00", "20.00", "vat_does_not_add_up"),
        ([("0.21", "100.00", "21.00")], "122.00", "21.00", "vat_does_not_add_up"),
        ([("0.21", "90.00", "21.00")], "111.00", "21.00", "rows_do_not_add_up"),
        ([("0.09", "100.00", "9.00")], "109.00", "9.00", "rows_do_not_add_up"),
        ([("0.21", "90.00", "18.90"), ("0.09", "10.00", "0.90")], "119.80", "19.80", "rows_do_not_add_up"),
    ],
)
def test_an_invoice_that_contradicts_itself_is_rejected(
    shares: list[tuple[str, str, str]], total: str, vat: str, code: str
) -> None:
    rejected = refused(an_invoice(row("100.00"), shares=shares, total=total, vat=D(vat)))
    assert (rejected.code, isinstance(rejected, RecordParkedError)) == (code, False)


def test_a_row_without_a_rate_is_rejected() -> None:
    invoice = an_invoice(row("100.00", vat_rate=None), shares=[("0.21", "100.00", "21.00")])
    assert refused(invoice).code == "vat_rate_unknown"


# Credit invoices


def test_a_credit_invoice_is_planned_with_positive_amounts_and_quantities() -> None:
    credit = an_invoice(
        row("-20.00", quantity=D(-2), unit_price=D("10.00")), shares=[("0.21", "-20.00", "-4.20")], is_credit=True
    )
    planned = plan(credit)
    (line,) = planned.lines
    assert (line.quantity, line.unit_price, line.amount) == (D(2), D("10.00"), D("20.00"))
    assert (planned.expected.total, planned.expected.vat) == (D("24.20"), D("4.20"))


@pytest.mark.parametrize("is_credit", [False, True])
def test_an_amount_on_the_wrong_side_parks(is_credit: bool) -> None:
    sign = "" if is_credit else "-"
    quantity = D(1) if is_credit else D(-1)
    invoice = an_invoice(
        row(f"{sign}20.00", quantity=quantity), shares=[("0.21", f"{sign}20.00", f"{sign}4.20")], is_credit=is_credit
    )
    assert refused(invoice).code == "negative_total"


# Rows


def test_a_row_whose_product_the_target_takes_on_no_invoice_names_its_account_and_says_its_sku() -> None:
    invoice = an_invoice(
        row("10.00"),
        row("20.00", sku="S-2"),
        row("5.00", sku=""),
        row("1.00", sku="", text=""),
        shares=[("0.21", "36.00", "7.56")],
    )
    planned = plan(invoice)
    assert [(line.product_number, line.text, line.unit) for line in planned.lines] == [
        ("A-1", "Bolt", "STK"),
        ("", "S-2 Bolt", ""),
        ("", "Bolt", ""),
        ("", "-", ""),
    ]


def test_an_unknown_unit_parks_the_invoice() -> None:
    invoice = an_invoice(row("10.00", unit="plt"), shares=[("0.21", "10.00", "2.10")])
    assert refused(invoice, settings(units={"default": None})).code == "no_units"


def test_text_rows_become_notes() -> None:
    texts = [SaleLine(position=0, is_text=True, text=text) for text in ("Above", "Below")]
    planned = plan(an_invoice(texts[0], row("10.00"), texts[1], shares=[("0.21", "10.00", "2.10")]))
    assert (planned.note, planned.lines[0].note) == ("Above", "Below")


# What waits


def test_an_invoice_of_a_closed_period_waits() -> None:
    invoice = an_invoice(row("10.00"), shares=[("0.21", "10.00", "2.10")])
    november = ClosedPeriod("202611", date(2026, 11, 1), date(2026, 11, 30))
    october = ClosedPeriod("202610", date(2026, 10, 1), date(2026, 10, 31))
    assert refused(invoice, closed_periods=[november]).code == "closed_period"
    assert plan(invoice, closed_periods=[october]).expected.total == D("12.10")


def test_a_rate_is_sent_of_another_currency_than_the_books_only() -> None:
    shares = [("0.21", "10.00", "2.10")]
    assert plan(an_invoice(row("10.00"), shares=shares)).exchange_rate is None
    foreign = an_invoice(row("10.00"), shares=shares, currency="SEK", currency_rate=D("0.0889"))
    assert plan(foreign).exchange_rate == D("0.0889")


@pytest.mark.parametrize(("currency", "rate"), [("EUR", "1.1"), ("SEK", "1")])
def test_an_invoice_of_books_in_another_currency_than_the_target_s_waits(currency: str, rate: str) -> None:
    invoice = an_invoice(row("10.00"), shares=[("0.21", "10.00", "2.10")], currency=currency, currency_rate=D(rate))
    assert refused(invoice).code == "currency_rate_differs"


def test_a_tax_form_with_rules_of_its_own_waits() -> None:
    invoice = an_invoice(row("10.00"), shares=[("0.21", "10.00", "2.10")], tax_form=TaxForm.CONSTRUCTION_REVERSE_CHARGE)
    assert refused(invoice).code == "unsupported_tax_form"


def test_every_missing_entry_of_the_settings_is_named_at_once() -> None:
    invoice = an_invoice(row("10.00"), shares=[("0.21", "10.00", "2.10")])
    parked = refused(invoice, settings(credit_terms={"default": None}, branch={"default": None}))
    assert {reason.code for reason in parked.reasons} == {"no_credit_terms", "no_branch"}


def test_our_number_needs_room_in_the_target() -> None:
    invoice = an_invoice(row("10.00"), shares=[("0.21", "10.00", "2.10")])
    assert (plan(invoice).number, plan(invoice).marker) == ("20001", "20001")
    theirs = plan(invoice, settings(invoices={"keep_number": False}, marker_prefix="north-holland-"))
    assert (theirs.number, theirs.marker) == ("", "north-holland-20001")
    with pytest.raises(ConfigurationError, match="15"):
        plan(invoice, settings(marker_prefix="north-holland-"))
