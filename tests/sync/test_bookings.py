"""What an invoice adds to a journal, and which invoices share one."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.orders import a_customer, row
from visma_sync.domain.invoice import Invoice, VatShare
from visma_sync.domain.record import Address
from visma_sync.domain.sale import SaleLine
from visma_sync.domain.taxing import Basis, Category
from visma_sync.errors import RecordParkedError, RecordRejectedError
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.bookings.batch import PlannedJournal, batches_of, name_of, plan_journal
from visma_sync.sync.bookings.calendar import Period, PostingCalendar
from visma_sync.sync.bookings.entry import Entry, Surroundings, entry_of

D = Decimal
DEFAULTS = Path(__file__).parents[2] / "include" / "settings" / "default.yaml"
NL21 = {"country": "NL", "rate": 21, "zone": "DOMESTIC", "category": "NL21", "account": "8000"}
NL9 = {"country": "NL", "rate": 9, "zone": "DOMESTIC", "category": "NL9", "account": "8001"}
SERVICES = {**NL21, "supply": "service", "category": "NL21S", "account": "8005"}
CATEGORIES = {
    category.id: category
    for category in (
        Category("NL21", D("0.21"), Basis.DOCUMENT, "NL21"),
        Category("NL21S", D("0.21"), Basis.DOCUMENT, "NL21S"),
        Category("NL9", D("0.09"), Basis.DOCUMENT, "NL9"),
    )
}
JANUARY_CLOSED = (
    Period(date(2026, 1, 1), date(2026, 1, 31), is_open=False),
    Period(date(2026, 2, 1), date(2026, 12, 31), is_open=True),
)


def settings(*treatments: dict[str, Any], **bookings: Any) -> Settings:
    accounts = {"debit_account": {"default": "1390"}, "vat_account": {"default": "1500"}}
    changes = {
        "vat": {"home_country": "NL", "treatments": list(treatments or (NL21, NL9))},
        "rounding": {"account": "8090"},
        "bookings": {**accounts, **bookings},
    }
    return load_settings(DEFAULTS, changes, changes_from="a test")


def an_invoice(*rows: SaleLine, shares: list[tuple[str, str, str]], total: str = "", **more: Any) -> Invoice:
    """An invoice of these rows; `shares` are rate, net and VAT."""
    found = tuple(VatShare(rate=D(rate), net=D(net), vat=D(vat)) for rate, net, vat in shares)
    vat = sum((share.vat for share in found), D(0))
    fields: dict[str, Any] = {
        "key": f"key-{more.get('number', '20001')}",
        "number": "20001",
        "created_at": datetime(2026, 11, 2, 9, tzinfo=UTC),
        "invoiced_on": date(2026, 11, 2),
        "currency": "EUR",
        "customer_key": "customer-key-1",
        "invoice_address": Address(country="NL"),
        "delivery_address": Address(country="NL"),
        "total": D(total) if total else vat + sum((share.net for share in found), D(0)),
        "vat": vat,
        "vat_shares": found,
        "lines": tuple(line.model_copy(update={"position": at}) for at, line in enumerate(rows, start=1)),
    }
    return Invoice(**{**fields, **more})


def entry(invoice: Invoice, decided: Settings | None = None, **more: Any) -> Entry:
    decided = decided or settings()
    around: dict[str, Any] = {
        "categories": CATEGORIES,
        "product_accounts": {},
        "calendar": PostingCalendar(JANUARY_CLOSED, decided.bookings.closed_period),
        "base_currency": "EUR",
        "exchange_rates": True,
    }
    return entry_of(invoice, a_customer(), Surroundings(**{**around, **more}), decided)


def rows_of(plan: PlannedJournal) -> list[tuple[str, Decimal, str, str]]:
    return [(one.account, one.credit - one.debit, one.vat_category, one.vat_code) for one in plan.rows]


def test_the_vat_of_a_rate_is_shared_over_its_categories_and_not_computed_anew() -> None:
    goods, service = row("10.05"), row("10.05", is_service=True)
    found = entry(an_invoice(goods, service, shares=[("0.21", "20.10", "4.23")]), settings(NL21, SERVICES))
    assert {part.category.id: part.net for part in found.vat_parts} == {"NL21": D("10.05"), "NL21S": D("10.05")}
    assert sum(part.vat for part in found.vat_parts) == D("4.23")


def test_vat_that_differs_from_its_base_by_more_than_rounding_waits() -> None:
    with pytest.raises(RecordParkedError) as caught:
        entry(an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.06")]))
    assert caught.value.code == "vat_differs"
    assert entry(an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.05")])).vat == D("21.05")


def test_the_check_of_the_target_is_skipped_only_where_vat_differs_from_what_it_computes() -> None:
    exact = entry(an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")]))
    rounded = entry(an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.01")], number="20002"))
    assert not plan_journal([exact], settings()).skip_vat_check
    assert plan_journal([exact, rounded], settings()).skip_vat_check


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (an_invoice(row("100.00"), shares=[("0.21", "90.00", "18.90")]), "rows_do_not_add_up"),
        (an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00"), ("0.09", "1", "0.09")]), "rows_do_not_add_up"),
        (an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], vat=D(20)), "vat_does_not_add_up"),
    ],
)
def test_an_invoice_that_contradicts_itself_is_rejected(invoice: Invoice, code: str) -> None:
    with pytest.raises(RecordRejectedError) as caught:
        entry(invoice)
    assert (caught.value.code, type(caught.value)) == (code, RecordRejectedError)


@pytest.mark.parametrize(
    ("invoice", "code"),
    [
        (an_invoice(row("10.001"), shares=[("0.21", "10.004", "2.10")], total="12.10"), "unbalanced"),
        (an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], total="122.00"), "rounding_too_large"),
        (
            an_invoice(
                row("10.00"),
                row("-11.10", rate="0.09"),
                shares=[("0.21", "10.00", "2.10"), ("0.09", "-11.10", "-1.00")],
            ),
            "total_is_zero",
        ),
        (
            an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], invoiced_on=date(2026, 1, 5)),
            "closed_period",
        ),
        (
            an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], invoiced_on=date(2027, 1, 5)),
            "closed_period",
        ),
    ],
)
def test_what_would_not_balance_or_has_no_period_waits(invoice: Invoice, code: str) -> None:
    with pytest.raises(RecordParkedError) as caught:
        entry(invoice)
    assert caught.value.code == code


def test_whole_unit_rounding_has_a_row_without_vat() -> None:
    found = entry(an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], total="121.40"))
    assert rows_of(plan_journal([found], settings()))[-1] == ("8090", D("0.40"), "NOVAT", "")
    assert plan_journal([found], settings()).control_total == D("121.40")


def test_the_rate_of_the_source_is_sent_only_where_it_is_one_of_the_targets_currency() -> None:
    foreign = an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], currency="SEK", currency_rate=D("0.0889"))
    assert entry(foreign).exchange_rate == D("0.0889")
    assert entry(foreign, exchange_rates=False).exchange_rate is None
    assert entry(foreign, base_currency="SEK").exchange_rate is None


def test_a_foreign_invoice_that_states_no_rate_waits_instead_of_being_booked_at_one() -> None:
    foreign = an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], currency="SEK")
    with pytest.raises(RecordParkedError) as caught:
        entry(foreign)
    assert caught.value.code == "currency_rate_differs"


def test_a_rate_that_the_source_states_in_several_rows_is_one() -> None:
    shares = [("0.21", "40.00", "8.40"), ("0.09", "10.00", "0.90"), ("0.21", "60.00", "12.60")]
    found = entry(an_invoice(row("100.00"), row("10.00", rate="0.09"), shares=shares))
    assert [(part.category.id, part.net, part.vat) for part in found.vat_parts] == [
        ("NL21", D("100.00"), D("21.00")),
        ("NL9", D("10.00"), D("0.90")),
    ]


def test_a_closed_day_is_booked_on_the_first_open_one_where_the_settings_say_so() -> None:
    january = an_invoice(row("100.00"), shares=[("0.21", "100.00", "21.00")], invoiced_on=date(2026, 1, 5))
    assert entry(january, settings(closed_period="first_open_day")).posted_on == date(2026, 2, 1)


def test_invoices_of_one_day_currency_and_rate_share_a_journal_unless_they_are_to_be_alone() -> None:
    shares = [("0.21", "100.00", "21.00")]
    one, two, three = (entry(an_invoice(row("100.00"), shares=shares, number=str(n))) for n in (20009, 20010, 20011))
    kronor = an_invoice(row("100.00"), shares=shares, number="20012", currency="SEK", currency_rate=D("0.09"))
    later = entry(an_invoice(row("100.00"), shares=shares, number="20013", invoiced_on=date(2026, 11, 3)))
    everything = [later, entry(kronor), three, two, one]

    def numbers(batches: list[list[Entry]]) -> list[list[str]]:
        return [[one.number for one in batch] for batch in batches]

    together = batches_of(everything, settings(), alone={two.key})
    assert numbers(together) == [["20009", "20011"], ["20010"], ["20012"], ["20013"]]
    assert numbers(batches_of(everything, settings(per="invoice"))) == [[str(n)] for n in range(20009, 20014)]


def test_a_journal_is_called_by_its_first_invoice_and_how_many_more_it_has() -> None:
    assert name_of(["20001"]) == "20001"
    assert name_of(["10000", "9999", "20001"]) == "9999+2"


def test_the_rows_of_a_day_are_added_up_by_vat_code_with_credits_apart() -> None:
    shares, back = [("0.21", "100.00", "21.00")], [("0.21", "-40.00", "-8.40")]
    invoice = entry(an_invoice(row("100.00"), shares=shares))
    second = entry(an_invoice(row("100.00"), shares=shares, number="20002"))
    credit = entry(an_invoice(row("-40.00"), shares=back, number="20003", is_credit=True))
    plan = plan_journal([invoice, second, credit], settings())
    assert rows_of(plan) == [
        ("1390", D("-121.00"), "", ""),
        ("1390", D("-121.00"), "", ""),
        ("1390", D("48.40"), "", ""),
        ("8000", D("200.00"), "NL21", "NL21"),
        ("8000", D("-40.00"), "NL21", "NL21"),
        ("1500", D("33.60"), "", "NL21"),
    ]
    assert [one.reference for one in plan.rows] == ["20001", "20002", "20003", "20001+2", "20001+2", "20001+2"]
    assert (plan.total, plan.vat) == (D("193.60"), D("33.60"))
