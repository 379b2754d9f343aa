"""The VAT treatments are held against what both companies charge, today and from the next quarter on."""

from typing import Any

import pytest

from tests.preflight.installation import DEMO, LATER, Installation, treatments

ABROAD = [row for row in treatments() if row["country"] != "NL"]
ANYWHERE = [row | {"country": "*"} for row in treatments() if row["country"] == "NL"]


def test_rows_for_any_country_are_those_of_home_where_it_has_none_of_its_own(link: Installation) -> None:
    link.decide(vat={"treatments": [*ABROAD, *ANYWHERE]})
    verdict = link.look()
    assert verdict.ready, verdict.lines
    (without_row,) = [finding for finding in verdict.findings if finding.code == "vat_rate_without_row"]
    assert "eAccounting charges 6 % today (Boeken oud tarief)" in without_row.sentence, "no row of any country has 6 %"
    (declared,) = [finding for finding in verdict.of("declared") if finding.code == "foreign_rates"]
    assert declared.sentence == "eAccounting does not list the rates that it charges in BE, DE, SE."


def test_a_rate_for_any_country_that_is_not_charged_at_home_is_a_miss(link: Installation) -> None:
    link.set_up("eaccounting", "rates", old=9, new=10, begins=LATER.isoformat())
    link.decide(vat={"treatments": [*ABROAD, *ANYWHERE]})
    told = {(one.about, one.sentence) for one in link.look().of("miss")}
    assert ("vat.treatments * 9 %", f"eAccounting charges no VAT of 9 % on {LATER}.") in told


def test_a_rate_for_all_other_countries_is_declared(link: Installation) -> None:
    link.decide(vat={"treatments": [*treatments(), {**ABROAD[0], "country": "*"}]})
    verdict = link.look()
    assert verdict.ready, verdict.lines
    (declared,) = [finding for finding in verdict.of("declared") if finding.code == "foreign_rates"]
    assert "in other countries (*), BE, DE, SE." in declared.sentence


def test_a_row_for_a_country_that_does_not_exist_is_a_miss(link: Installation) -> None:
    link.decide(vat={"treatments": [*treatments(), ABROAD[-1] | {"country": "UK"}, ABROAD[-1] | {"country": "XI"}]})
    (found,) = link.look().of("miss")
    assert (found.about, found.sentence) == (
        "vat.treatments country",
        "It names 'UK', and eAccounting does not know it (countries).",
    )


def _charges(link: Installation, category: str, rate: int) -> None:
    """Let a VAT category of Visma.net charge another rate from the next quarter on."""
    (line,) = link._by_hand(f"vismanet/set_up/vatCategory/{category}", {})["vatCategoryLines"]
    planned = {"revisionID": "9", "vatRate": rate, "groupType": "Output", "startDate": f"{LATER}T00:00:00"}
    lines = [{**line, "vatRates": [*line["vatRates"], planned]}]
    link.set_up("vismanet", f"vatCategory/{category}", vatCategoryLines=lines)


def _successor(country: str, of_rate: int, **fields: Any) -> dict[str, Any]:
    """A row that follows that of a country and rate from the next quarter on."""
    (before,) = [row for row in DEMO["vat"]["treatments"] if (row["country"], row["rate"]) == (country, of_rate)]
    return {**before, "valid_from": LATER.isoformat(), **fields}


def test_a_row_ends_where_its_rate_gets_another_category(link: Installation) -> None:
    _charges(link, "NL21", 0)
    link.decide(vat={"treatments": [*treatments(), _successor("NL", 21, category="BE21")]})
    verdict = link.look()
    assert verdict.ready, verdict.lines


@pytest.mark.parametrize("of_old_category", [22, 21])
def test_a_row_ends_where_its_country_gets_another_rate_in_another_category(
    of_old_category: int, link: Installation
) -> None:
    _charges(link, "NL21", of_old_category)
    _charges(link, "BE21", 22)
    link.set_up("eaccounting", "rates", old=21, new=22, begins=LATER.isoformat())
    rows = [row for row in treatments() if row["country"] != "BE"]
    link.decide(vat={"treatments": [*rows, _successor("NL", 21, rate=22, category="BE21")]})
    verdict = link.look()
    assert verdict.ready, verdict.lines


def test_a_later_row_of_another_rate_does_not_hide_a_wrong_one(link: Installation) -> None:
    rows = [{**row, "rate": 20} if (row["country"], row["rate"]) == ("NL", 21) else row for row in treatments()]
    link.decide(vat={"treatments": [*rows, {**_successor("NL", 9), "valid_from": "2019-01-01"}]})
    told = {(one.about, one.sentence) for one in link.look().of("miss")}
    assert ("vat.treatments NL 20 %", "eAccounting charges no VAT of 20 % today.") in told
    assert ("vat.treatments NL 20 %", "The VAT category NL21 of Visma.net charges 21 % today.") in told
