"""Which VAT a document was sent with: kept with its link, for whoever compares both systems later."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.domain.money import ZERO
from visma_sync.domain.sale import Sale
from visma_sync.domain.taxing import Basis, Category, TaxedAmount, expected_totals
from visma_sync.domain.vat import vat_country
from visma_sync.settings.model import Settings

# In the detail of a link: the country whose VAT applies, and by VAT category the sum without VAT and the VAT on it.
COUNTRY, SHARES = "country", "vat_shares"
_NONE: Mapping[str, Decimal] = MappingProxyType({})


def kept_vat(sale: Sale, customer: Customer, settings: Settings, shares: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a sale's VAT."""
    return {COUNTRY: vat_country(sale, customer, settings.vat.home_country), SHARES: shares}


def shares_of(
    rows: Iterable[tuple[Decimal, str]],
    categories: Mapping[str, Category],
    vat_set: Mapping[str, Decimal] = _NONE,
) -> dict[str, list[str]]:
    """By VAT category, the sum without VAT and the VAT on it, as text; `rows` are amounts with the category of each.

    `vat_set` is the VAT that is set by the id of its tax, instead of what the target computes.
    """
    amounts: dict[str, list[TaxedAmount]] = defaultdict(list)
    for amount, name in rows:
        amounts[name].append(TaxedAmount(amount, categories.get(name, Category(name, ZERO, Basis.DOCUMENT))))
    totals = {name: expected_totals(taxed) for name, taxed in amounts.items()}
    shares = {name: (one.total - one.vat, one.vat) for name, one in totals.items()}
    for vat_id, vat in vat_set.items():
        of_tax = [name for name in shares if amounts[name][0].category.tax_id == vat_id]
        if of_tax:
            base, computed = shares[of_tax[0]]
            shares[of_tax[0]] = base, computed + vat - sum((shares[name][1] for name in of_tax), ZERO)
    return {name: [str(base), str(vat)] for name, (base, vat) in shares.items()}
