"""The VAT set-up of the target company: codes, the categories of items and the zones of customers.

A category without suffix adds VAT over the document, suffix I means VAT is contained in the item amount,
suffix L adds it per line ("Visma.net ERP API", VatInformationDto.calculateOn). Both have the same id.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DOCUMENT = "DocumentAmount"
EXTRACT = "ExtractFromItemAmount"
ITEM = "ItemAmount"

DOMESTIC = "DOMESTIC"
EU_BUSINESS = "EUBUSINESS"
EU_PRIVATE = "EUPRIVATE"
EXPORT = "EXPORT"
NO_VAT = "NOVAT"

ZONES = {
    DOMESTIC: "Nederland",
    EU_BUSINESS: "EU, ondernemers met btw-nummer",
    EU_PRIVATE: "EU, particulieren (éénloketsysteem)",
    EXPORT: "Buiten de EU",
    NO_VAT: "Geen btw",
}
ZONE_DEFAULT_CATEGORY = {
    DOMESTIC: "NL21",
    EU_BUSINESS: "EUGOODS0",
    EU_PRIVATE: None,
    EXPORT: "EXPORT0",
    NO_VAT: "NOVAT",
}

RATES = {"NL": (21, 9), "SE": (25, 12, 6), "DE": (19, 7), "BE": (21, 6)}
PER_LINE = ("NL21", "SE25")


@dataclass(frozen=True)
class Tax:
    """One VAT code: its rate in percent, how it is calculated and the zones in which it applies."""

    id: str
    rate: Decimal
    calculate_on: str
    zone: str
    description: str
    reverse: bool = False

    @property
    def contained(self) -> bool:
        """Say whether the VAT is inside the item amount."""
        return self.calculate_on == EXTRACT

    @property
    def exempt(self) -> bool:
        """Say whether the taxable amount counts as exempt."""
        return self.rate == 0


def _rated() -> Iterator[Tax]:
    for country, rates in RATES.items():
        zone = DOMESTIC if country == "NL" else EU_PRIVATE
        for rate in rates:
            name = f"{country}{rate}"
            text = f"Btw {country} {rate} %"
            yield Tax(name, Decimal(rate), DOCUMENT, zone, text)
            yield Tax(f"{name}I", Decimal(rate), EXTRACT, zone, f"{text} inbegrepen")
            if name in PER_LINE:
                yield Tax(f"{name}L", Decimal(rate), ITEM, zone, f"{text} per regel")


def _unrated() -> Iterator[Tax]:
    zero = Decimal(0)
    yield Tax("EUGOODS0", zero, DOCUMENT, EU_BUSINESS, "Intracommunautaire levering van goederen", reverse=True)
    yield Tax("EUSERV0", zero, DOCUMENT, EU_BUSINESS, "Intracommunautaire dienst", reverse=True)
    yield Tax("EXPORT0", zero, DOCUMENT, EXPORT, "Uitvoer")


TAXES: dict[str, Tax] = {tax.id: tax for tax in (*_rated(), *_unrated())}

CATEGORIES: dict[str, tuple[str, ...]] = {**{name: (name,) for name in TAXES}, "NOVAT": ()}
"""The VAT codes of each VAT category; NOVAT has none."""


def taxes_of(category: str | None, zone: str | None) -> list[Tax]:
    """Give the VAT codes of a line: those of its category that also belong to the order's zone."""
    codes = CATEGORIES.get(category or "", ())
    return [TAXES[code] for code in codes if TAXES[code].zone == zone]
