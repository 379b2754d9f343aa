"""Gross totals are reached to the cent, whatever the target computes its VAT on."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visma_sync.domain.money import to_cents, vat_inside
from visma_sync.domain.taxing import Basis, Category, TaxedAmount, expected_totals, net_of

CENTS = st.integers(min_value=1, max_value=500_000).map(lambda cents: Decimal(cents) / 100)
RATES = st.sampled_from([Decimal("0.06"), Decimal("0.09"), Decimal("0.19"), Decimal("0.21"), Decimal("0.25")])


def test_about_a_sixth_of_gross_totals_at_21_percent_cannot_be_reached_from_net_cents() -> None:
    reachable = {net + to_cents(net * Decimal("0.21")) for net in (Decimal(c) / 100 for c in range(100_000))}
    gross = [Decimal(cents) / 100 for cents in range(1, 100_001)]
    missed = sum(amount not in reachable for amount in gross) / len(gross)
    assert 0.172 < missed < 0.176


@pytest.mark.parametrize("basis", [Basis.LINE, Basis.DOCUMENT])
@given(gross=st.lists(CENTS, min_size=1, max_size=6), rate=RATES)
def test_net_amounts_give_exactly_the_vat_of_the_source(basis: Basis, gross: list[Decimal], rate: Decimal) -> None:
    category = Category("NL", rate, basis)
    vat = vat_inside(sum(gross, Decimal(0)), rate)
    nets = net_of(gross, category, vat)
    totals = expected_totals(TaxedAmount(net, category) for net in nets)
    assert totals.vat == vat
    # A line that must move by a cent of VAT moves by at most 1/rate cents.
    assert abs(sum(gross, Decimal(0)) - totals.total) <= Decimal("0.01") * (len(gross) / Decimal(1) / rate + 2)


@given(gross=CENTS, rate=RATES)
def test_a_single_line_misses_its_gross_total_by_a_cent_or_two_at_most(gross: Decimal, rate: Decimal) -> None:
    category = Category("NL", rate, Basis.DOCUMENT)
    vat = vat_inside(gross, rate)
    (net,) = net_of([gross], category, vat)
    assert abs(gross - vat - net) <= Decimal("0.02")


def test_vat_inside_the_price_leaves_the_total_as_it_is() -> None:
    category = Category("NL21I", Decimal("0.21"), Basis.INSIDE)
    totals = expected_totals([TaxedAmount(Decimal("758.00"), category)])
    assert (totals.total, totals.vat) == (Decimal("758.00"), Decimal("131.55"))


def test_vat_per_line_and_per_document_differ_by_rounding() -> None:
    lines = [Decimal("0.02")] * 3
    per_line = expected_totals(TaxedAmount(a, Category("L", Decimal("0.21"), Basis.LINE)) for a in lines)
    per_document = expected_totals(TaxedAmount(a, Category("D", Decimal("0.21"), Basis.DOCUMENT)) for a in lines)
    assert (per_line.vat, per_document.vat) == (Decimal("0.00"), Decimal("0.01"))
