"""What a sale comes to in eAccounting: the amounts of rows, VAT per document and rate, and whole-unit rounding.

All amounts are Decimal in the document's currency; every rounding is half up (away from zero) to cents.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sandbox.world import Record

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)

WHOLE_UNIT_CURRENCIES = frozenset({"SEK"})
"""Currencies without coins below one unit: the total is rounded to a whole krona."""

OSS_RATES = {
    "SE": {21: Decimal(25), 9: Decimal(12)},
    "DE": {21: Decimal(19), 9: Decimal(7)},
    "BE": {21: Decimal(21), 9: Decimal(6)},
}
"""What private persons of another EU country pay, by the Dutch rate of the article's coding (percent)."""

SWEDISH_BOOK_RATE = Decimal(6)
EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()  # noqa: SIM905
)
"""The countries of the EU; XI stands for Northern Ireland, which is treated as one for goods."""


def cents(amount: Decimal) -> Decimal:
    """Round to cents, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def row_amount(row: Record) -> Decimal:
    """Give the amount of a row: quantity x unit price, less its discount (a fraction)."""
    return cents(Decimal(row["UnitPrice"]) * Decimal(row["Quantity"]) * (1 - Decimal(row["DiscountPercentage"])))


def vat_country(customer: Record) -> str:
    """Give the country whose VAT holds for the customer's purchases."""
    if customer["IsNorthernIreland"]:
        return "XI"
    if customer["DeliveryBasedVat"]:
        return str(customer["DeliveryCountryCode"])
    return str(customer["InvoiceCountryCode"] or "NL")


def vat_percent(customer: Record, coding: Record) -> Decimal:
    """Give the VAT rate in percent: the coding's own in the Netherlands, that of the country for other EU consumers.

    A business elsewhere in the EU with a VAT number, and everybody outside the EU, pays none.
    """
    country = vat_country(customer)
    domestic = Decimal(coding["VatRatePercent"])
    if country == "NL":
        return domestic
    if country not in EU_COUNTRIES or (customer["VatNumber"] and not customer["IsPrivatePerson"]):
        return Decimal(0)
    if country == "SE" and coding["NameEnglish"] == "Books":
        return SWEDISH_BOOK_RATE
    return OSS_RATES.get(country, {}).get(int(domestic), domestic)


@dataclass(frozen=True)
class Totals:
    """The sums of a document: row amounts, VAT, the total including VAT, and what rounding to whole units adds."""

    rows: Decimal
    vat: Decimal
    including_vat: Decimal
    rounding: Decimal


def totals(rows: Iterable[tuple[Decimal, Decimal]], *, includes_vat: bool, currency: str) -> Totals:
    """Add up a document from (row amount, VAT percent): VAT is rounded once per rate over the document."""
    per_rate: defaultdict[Decimal, Decimal] = defaultdict(Decimal)
    for amount, percent in rows:
        per_rate[percent] += amount
    total = sum(per_rate.values(), ZERO)
    vat = sum((vat_in(amount, percent, includes_vat) for percent, amount in per_rate.items()), ZERO)
    including = total if includes_vat else total + vat
    rounding = ZERO
    if currency in WHOLE_UNIT_CURRENCIES:
        rounding = including.quantize(Decimal(1), ROUND_HALF_UP) - including
    return Totals(rows=total, vat=vat, including_vat=including, rounding=rounding)


def vat_in(amount: Decimal, percent: Decimal, includes_vat: bool) -> Decimal:
    """Give the VAT on, or inside, the summed rows of one rate."""
    return cents(amount * percent / (HUNDRED + percent if includes_vat else HUNDRED))


def order_amount(sums: Totals, meaning: str) -> Decimal:
    """Give what an order shows as its Amount: the sum of its rows (`net`), or always including VAT (`gross`).

    The published description does not say which of the two it is.
    """
    return sums.including_vat if meaning == "gross" else sums.rows
