"""How customers are made and kept."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from visma_sync.domain.vat import Buyer, country_holds
from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class CustomerRow(Part):
    """What the customers of a country and kind get; an empty text leaves it to the VAT treatments or the class.

    `country` is an ISO code, `EU` (any member state but the home country) or `*`; `buyer` is None for any. The accounts
    are those of domestic, VAT-free, EU and export sales.
    """

    country: Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")]
    buyer: Buyer | None = None
    vat_zone: str = ""
    sales_account: str = ""
    sales_non_taxable_account: str = ""
    sales_eu_account: str = ""
    sales_export_account: str = ""

    @property
    def accounts(self) -> frozenset[str]:
        """The ledger accounts that it names."""
        named = {
            self.sales_account,
            self.sales_non_taxable_account,
            self.sales_eu_account,
            self.sales_export_account,
        }
        return frozenset(named - {""})


class CustomerSettings(Part):
    """What customers get by country and kind, how they pay by their terms of payment, and where their language goes."""

    by_country: tuple[CustomerRow, ...]
    payment_method: Choice
    language_attribute: str
    vat_number_check: Literal["reject", "send"]

    def row(self, country: str, buyer: Buyer, home_country: str) -> CustomerRow | None:
        """The most exact row for a customer: by country first, then by who buys; None where there is none."""
        rows = (
            row
            for row in self.by_country
            if row.buyer in {None, buyer} and country_holds(row.country, country, home_country)
        )
        return max(
            rows,
            key=lambda row: ({"*": 0, "EU": 1}.get(row.country, 2), row.buyer is not None),
            default=None,
        )

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """VAT zones, accounts, payment methods and the attribute of the language."""
        zones = frozenset(row.vat_zone for row in self.by_country if row.vat_zone)
        yield "vat_zones", "customers.by_country vat_zone", zones
        accounts: frozenset[str] = frozenset().union(*(row.accounts for row in self.by_country))
        yield "accounts", "customers.by_country accounts", accounts
        yield "payment_methods", "customers.payment_method", self.payment_method.values
        yield "attributes", "customers.language_attribute", frozenset({self.language_attribute} - {""})
