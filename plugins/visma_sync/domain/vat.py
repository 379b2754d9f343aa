"""VAT treatment: from where the buyer is, who he is, what is sold and at which rate, to zone, category and account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from visma_sync.domain.customer import Customer
from visma_sync.domain.sale import Sale

EU_COUNTRIES = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI".split()  # noqa: SIM905
)


class Buyer(StrEnum):
    """Who buys, as far as VAT is concerned."""

    PRIVATE = "private"
    BUSINESS_WITH_VAT_NUMBER = "business_with_vat_number"
    BUSINESS_WITHOUT_VAT_NUMBER = "business_without_vat_number"


class Supply(StrEnum):
    """What is sold."""

    GOODS = "goods"
    SERVICE = "service"


@dataclass(frozen=True)
class Treatment:
    """One row of the VAT treatment table.

    `country` is a VAT country, `EU` (any member state but the home country) or `*`; `buyer` and `supply` are None
    for any. `rate` is a fraction; the row holds from `valid_from` on. `category_inclusive` names the category
    for prices that contain VAT, where there is one.
    """

    country: str
    buyer: Buyer | None
    supply: Supply | None
    rate: Decimal
    valid_from: date
    zone: str
    category: str
    category_inclusive: str
    account: str

    @property
    def specificity(self) -> tuple[int, int, int, date]:
        """More exact rows win; of equally exact ones, the latest that holds."""
        country = {"*": 0, "EU": 1}.get(self.country, 2)
        return country, int(self.buyer is not None), int(self.supply is not None), self.valid_from


@dataclass(frozen=True)
class VatQuestion:
    """What a treatment depends on; its text names the missing table row without personal data."""

    country: str
    buyer: Buyer
    supply: Supply
    rate: Decimal
    on: date

    def __str__(self) -> str:
        percent = f"{self.rate * 100:f}"
        percent = percent.rstrip("0").rstrip(".") if "." in percent else percent
        return (
            f"country {self.country or 'unknown'}, {self.buyer.value}, {self.supply.value}, "
            f"{percent} %, {self.on.isoformat()}"
        )


def vat_country(sale: Sale, customer: Customer, home_country: str) -> str:
    """The country whose VAT applies: delivery country by choice of the customer, `XI` for Northern Ireland."""
    if customer.is_northern_ireland:
        return "XI"
    if customer.delivery_based_vat and sale.delivery_address.country:
        return sale.delivery_address.country
    return sale.invoice_address.country or customer.invoice_address.country or home_country


def buyer_of(customer: Customer) -> Buyer:
    """Private person, or a business with or without a VAT number."""
    if not customer.is_company:
        return Buyer.PRIVATE
    return Buyer.BUSINESS_WITH_VAT_NUMBER if customer.vat_number else Buyer.BUSINESS_WITHOUT_VAT_NUMBER


def country_holds(of_row: str, country: str, home_country: str) -> bool:
    """Whether a row for this country, `EU` (any member state but the home country) or `*` holds for a country."""
    abroad_in_eu = country in EU_COUNTRIES and country != home_country
    return of_row in {"*", country} or (of_row == "EU" and abroad_in_eu)


def find_treatment(table: Sequence[Treatment], question: VatQuestion, home_country: str) -> Treatment | None:
    """The most exact row of the table that answers the question, None where there is none."""
    rows = (
        row
        for row in table
        if row.rate == question.rate
        and row.valid_from <= question.on
        and country_holds(row.country, question.country, home_country)
        and row.buyer in {None, question.buyer}
        and row.supply in {None, question.supply}
    )
    return max(rows, key=lambda row: row.specificity, default=None)
