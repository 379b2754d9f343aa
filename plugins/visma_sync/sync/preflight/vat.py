"""Whether the VAT treatments say what both systems charge: today, and from the first day of the next quarter."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal

from visma_sync.settings.model import TreatmentRow
from visma_sync.sync.preflight.finding import Finding, Weight
from visma_sync.sync.preflight.link import Link

_TABLE = "vat.treatments"
_INSIDE = "inside"
_ANYWHERE = "*"


def treatments(link: Link) -> Iterator[Finding]:
    """There are treatments at all: a sale that finds no row parks."""
    if not link.settings.vat.treatments:
        yield Finding("no_vat_treatments", _TABLE, "There is no row, so every sale parks.", "Write the table.")


def rates_of_target(link: Link) -> Iterator[Finding]:
    """The VAT categories of every row charge the row's rate on both days; the rounding row's charges none."""
    settings, rates = link.settings, link.get("target", "rates")
    known = {row.id for row in link.get("target", "vat_categories")}
    told: set[tuple[str, str, Decimal]] = set()
    for day in link.days:
        rows = in_effect(settings.vat.treatments, day)
        for row in rows:
            for category in sorted({row.category, row.category_inclusive} & known):
                charged = rates[day].get(category, Decimal(0))
                if charged in {row.rate, *(one.rate for one in _after(row, rows))}:
                    continue
                if (_row(row), category, charged) not in told:
                    told.add((_row(row), category, charged))
                    yield _other_rate(link, row, day, category, charged)
    rounding = settings.rounding.category
    begins = next((day for day in link.days if rates[day].get(rounding)), None)
    if begins is not None:
        charged = rates[begins][rounding]
        sentence = f"The VAT category {rounding} charges {_percent(charged)} {_on(link, begins)}."
        yield Finding("rounding_has_vat", "rounding.category", sentence, "Name a category without VAT.")


def _other_rate(link: Link, row: TreatmentRow, day: date, category: str, charged: Decimal) -> Finding:
    there = link.names["target"]
    return Finding(
        "vat_rate_differs",
        _row(row),
        f"The VAT category {category} of {there} charges {_percent(charged)} {_on(link, day)}.",
        f"Correct the rate of {category} in {there}, or add a row for {_percent(charged)}"
        f" with valid_from: {day.isoformat()}.",
    )


def rates_of_source(link: Link) -> Iterator[Finding]:
    """The rows of the home country are rates that the source charges on both days.

    Rates of other countries are not listed by the source.
    """
    there = link.names["source"]
    codings, codes = link.get("source", "rates"), link.get("source", "vat_codes")
    told: set[str] = set()
    for day in link.days:
        charged = {*codings[day].values(), *codes[day].values(), Decimal(0)}
        rows = _home_rows(link, day)
        without_row = set(codings[day].values()) - {row.rate for row in rows}
        for row in _rows_of_home_alone(link, rows):
            later = [one.rate for one in _after(row, rows) if one.rate in charged]
            if row.rate not in charged and not _is_past(row, later, without_row) and _row(row) not in told:
                told.add(_row(row))
                sentence = f"{there} charges no VAT of {_percent(row.rate)} {_on(link, day)}."
                cure = f"Correct the rate of the row, or give it a successor with valid_from: {day.isoformat()}."
                yield Finding("vat_rate_differs", _row(row), sentence, cure)
    yield from _rates_abroad(link, {*codings[link.today].values(), *codes[link.today].values()})


def _is_past(row: TreatmentRow, later: Collection[Decimal], without_row: Collection[Decimal]) -> bool:
    """Whether a row whose rate is not charged stays only for what was sold in its days.

    Then a later row has its place; a mistyped rate is told by one that is charged, has no row, and is nearer.
    """
    by_distance = [(abs(rate - row.rate), rate in later) for rate in (*later, *without_row)]
    return bool(later) and min(by_distance)[1]


def _rates_abroad(link: Link, at_home: Collection[Decimal]) -> Iterator[Finding]:
    """Rates of other countries that nobody but a person can compare; those of `*` that are charged at home are not."""
    vat, there = link.settings.vat, link.names["source"]
    rows = [row for row in vat.treatments if row.rate and not (row.country == _ANYWHERE and row.rate in at_home)]
    named = sorted({row.country for row in rows} - {vat.home_country})
    if named:
        countries = ", ".join("other countries (*)" if country == _ANYWHERE else country for country in named)
        sentence = f"{there} does not list the rates that it charges in {countries}."
        cure = "Compare them by hand when a country changes its rates."
        yield Finding("foreign_rates", _TABLE, sentence, cure, "declared")


def rates_without_row(link: Link) -> Iterator[Finding]:
    """What the source charges at home has a row; a rate that only begins later has one from then on."""
    there, country = link.names["source"], link.settings.vat.home_country
    codings = link.get("source", "rates")
    before: dict[str, Decimal] = {}
    for day in link.days:
        rows = {row.rate for row in _home_rows(link, day)}
        new = {name: rate for name, rate in codings[day].items() if before.get(name) != rate}
        for rate in sorted(set(new.values()) - rows):
            named = ", ".join(sorted(name for name, of_coding in new.items() if of_coding == rate))
            sentence = f"{there} charges {_percent(rate)} {_on(link, day)} ({named}), and no row has this rate."
            cure = f"Add a row for {country} with rate {rate.normalize():f}, its category and its account."
            weight: Weight = "miss" if before else "warning"
            yield Finding("vat_rate_without_row", _TABLE, sentence, cure, weight)
        before = codings[day]


def _home_rows(link: Link, day: date) -> list[TreatmentRow]:
    """The rows that can answer a sale at home."""
    vat = link.settings.vat
    return [row for row in in_effect(vat.treatments, day) if row.country in {vat.home_country, _ANYWHERE}]


def _rows_of_home_alone(link: Link, rows: Sequence[TreatmentRow]) -> list[TreatmentRow]:
    """Of the rows for home those that are meant for it: where it has rows of its own, `*` is for other countries."""
    own = [row for row in rows if row.country == link.settings.vat.home_country]
    return own or list(rows)


def bases(link: Link) -> Iterator[Finding]:
    """The categories for prices that contain VAT take it out of the price."""
    known = {row.id: row for row in link.get("target", "vat_categories")}
    for category in sorted({row.category_inclusive for row in link.settings.vat.treatments} & known.keys()):
        if any(tax["basis"] != _INSIDE for tax in known[category].facts["taxes"]):
            yield Finding(
                "vat_not_inside",
                f"{_TABLE} category_inclusive",
                f"The VAT category {category} adds VAT to prices that contain it already.",
                "Name a category that is calculated as 'extract from item amount', or leave it empty.",
            )


def in_effect(rows: Sequence[TreatmentRow], day: date) -> list[TreatmentRow]:
    """The rows that count on a day: begun, and not followed by a later one for the same case and category or rate."""
    begun = [row for row in rows if row.valid_from <= day]
    return [
        row
        for row in begun
        if not any(row.category == one.category or row.rate == one.rate for one in _after(row, begun))
    ]


def _after(row: TreatmentRow, rows: Sequence[TreatmentRow]) -> list[TreatmentRow]:
    """The later ones of these rows that are for the same case: country, buyer and what is sold."""
    case = (row.country, row.buyer, row.supply)
    return [one for one in rows if (one.country, one.buyer, one.supply) == case and row.valid_from < one.valid_from]


def _row(row: TreatmentRow) -> str:
    parts = [row.country, row.buyer or "", row.supply or "", f"{row.rate.normalize():f} %"]
    return f"{_TABLE} {' '.join(part for part in parts if part)}"


def _percent(rate: Decimal) -> str:
    return f"{rate.normalize():f} %"


def _on(link: Link, day: date) -> str:
    return "today" if day == link.today else f"on {day.isoformat()}"
