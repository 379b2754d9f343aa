"""Which VAT rules a sale falls under: the treatment of each of its rows, and the target's categories for them."""

from collections.abc import Mapping
from decimal import Decimal

from visma_sync.domain.customer import Customer
from visma_sync.domain.sale import Sale, TaxForm
from visma_sync.domain.taxing import Category
from visma_sync.domain.vat import (
    EU_COUNTRIES,
    Buyer,
    Supply,
    Treatment,
    VatQuestion,
    buyer_of,
    find_treatment,
    vat_country,
)
from visma_sync.errors import Reason, RecordParkedError
from visma_sync.settings.model import Settings


def parked(code: str, sentence: str, resolution: str) -> RecordParkedError:
    """A sale that waits for one reason."""
    return RecordParkedError([Reason(code, sentence)], resolution=resolution)


def word_for(sale: Sale) -> str:
    """How people call it: order or invoice."""
    return type(sale).__name__.lower()


def refuse_unsupported(sale: Sale) -> None:
    """Park a sale whose tax arrangement has rules of its own, or that has no row with an amount."""
    word = word_for(sale)
    if sale.tax_form is not TaxForm.ORDINARY:
        raise parked(
            "unsupported_tax_form",
            f"the {word} is a case of {sale.tax_form.value.replace('_', ' ')}",
            f"Enter this {word} by hand in the target; such {word}s are not sent.",
        )
    if not sale.goods:
        raise parked("no_rows", f"the {word} has no row with an amount", f"Add a row, or delete the {word}.")


def treatments_of(
    sale: Sale, customer: Customer, rates: Mapping[int, Decimal], settings: Settings
) -> dict[int, Treatment]:
    """The VAT treatment of every row by its position, all of one zone; `rates` are the rows' rates (fractions)."""
    home = settings.vat.home_country
    country = vat_country(sale, customer, home)
    buyer = buyer_of(customer)
    found: dict[int, Treatment] = {}
    missing: dict[str, None] = {}
    for line in sale.goods:
        supply = Supply.SERVICE if line.is_service else Supply.GOODS
        question = VatQuestion(country, buyer, supply, rates[line.position], sale.dated_on)
        _refuse_zero_rate_without_vat_number(question, home)
        treatment = find_treatment(settings.treatments, question, home)
        if treatment is None:
            missing[str(question)] = None
        else:
            found[line.position] = treatment
    if missing:
        raise parked(
            "no_vat_treatment",
            f"no VAT treatment for {'; '.join(missing)}",
            "Add a row for it to vat.treatments in the settings.",
        )
    _refuse_several_zones(sale, found)
    return found


def _refuse_several_zones(sale: Sale, found: Mapping[int, Treatment]) -> None:
    zones = {treatment.zone for treatment in found.values()}
    if len(zones) > 1:
        word = word_for(sale)
        raise parked(
            "several_vat_zones",
            f"the rows need the VAT zones {', '.join(sorted(zones))}, an {word} has one",
            f"Give these treatments one zone, or split the {word}.",
        )


def _refuse_zero_rate_without_vat_number(question: VatQuestion, home_country: str) -> None:
    abroad_in_eu = question.country in EU_COUNTRIES and question.country != home_country
    if abroad_in_eu and question.rate == 0 and question.buyer is Buyer.BUSINESS_WITHOUT_VAT_NUMBER:
        raise parked(
            "vat_number_missing",
            f"a business in {question.country} is charged 0 % VAT but has no VAT number",
            "Add the VAT number to the customer in the source, or charge VAT.",
        )


def category_of(sale: Sale, category_id: str, rate: Decimal, categories: Mapping[str, Category]) -> Category:
    """The target's VAT category, where it is there and has the rate (a fraction) that the sale charges."""
    category = categories.get(category_id)
    if category is None:
        raise parked(
            "unknown_vat_category",
            f"the target has no active VAT category '{category_id}'",
            "Correct vat.treatments in the settings, or make the category in the target.",
        )
    if category.rate != rate:
        raise parked(
            "vat_rate_differs",
            f"VAT category '{category_id}' has {category.rate * 100:f} %, the {word_for(sale)} {rate * 100:f} %",
            "Correct vat.treatments in the settings, or the category in the target.",
        )
    return category
