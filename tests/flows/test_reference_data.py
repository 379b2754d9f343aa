"""The lists of both systems are read daily; a value that a setting uses and that vanished or changed is told."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.running import TODAY, Company
from tests.flows.shop import SCREENS
from visma_sync.errors import RetryableError
from visma_sync.ledger.reference import ReferenceChange
from visma_sync.operators.preflight import NAMES
from visma_sync.sync.reference_data.alerts import Alert, News, alerts
from visma_sync.sync.reference_data.reading import SOURCE_LISTS, TARGET_LISTS, Read, read_lists
from visma_sync.sync.run import Run
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.master_value import MasterValue
from visma_sync.systems.vismanet.client import VismaNetClient

NEXT_YEAR = f"{TODAY.year + 1}-01-01"


@pytest.fixture
def company(company_with: CompanyWith) -> Company:
    """A pair of companies whose lists have been read once, without anything to tell."""
    company = company_with(*TWELVE, timeout_seconds=1)
    assert told(company) == {}
    return company


def read(company: Company, *, last_try: bool = True) -> Read:
    """Read the lists as the DAG does."""
    run = Run("day", "", company.ledger(), company.settings, {}, {}, {}, last_try=last_try)
    source, target = company.clients(run.ledger)

    async def both() -> Read:
        async with source, target:
            return await read_lists(run, source, target)

    return asyncio.run(both())


def morning(company: Company, *, mirrored: bool = False) -> list[Alert]:
    """Read the lists, and tell of them."""
    news = unsaid_morning(company, mirrored=mirrored)
    company.ledger().note_told(news.changes)
    return news.alerts


def unsaid_morning(company: Company, *, mirrored: bool = False, since: datetime | None = None) -> News:
    """Read the lists, and find what is to tell, in a run that began then; killed before anybody was told."""
    return alerts(company.ledger(), company.settings, read(company).unread, NAMES, mirrored=mirrored, since=since)


def told(company: Company) -> dict[str, str]:
    """What the next morning tells: the code by what it is about."""
    return {alert.about: alert.code for alert in morning(company)}


def set_up(company: Company, system: str, path: str, **fields: Any) -> None:
    company._by_hand(f"{system}/set_up/{path}", fields)


def remove(company: Company, system: str, path: str) -> None:
    SCREENS.delete(f"{company.url}/_sandbox/{system}/set_up/{path}").raise_for_status()


def key_of(company: Company, path: str, field: str, value: Any) -> str:
    """The key of a row of a list of eAccounting."""
    return next(str(row["Id"]) for row in company.state("eaccounting", path) if row[field] == value)


def changes(company: Company, side: str, name: str) -> list[ReferenceChange]:
    return company.ledger().reference_changes(side, name)


def plan_in_target(company: Company, name: str, *rates: tuple[str, int]) -> None:
    """Let a VAT category of Visma.net have these rates, by the day from which they are valid."""
    dated = [
        {"revisionID": str(place), "vatRate": rate, "groupType": "Output", "startDate": f"{day}T00:00:00"}
        for place, (day, rate) in enumerate(rates, start=1)
    ]
    (line,) = company._by_hand(f"vismanet/set_up/vatCategory/{name}", {})["vatCategoryLines"]
    set_up(company, "vismanet", f"vatCategory/{name}", vatCategoryLines=[{**line, "vatRates": dated}])


def test_every_list_of_both_systems_is_in_the_ledger(company: Company) -> None:
    ledger = company.ledger()
    for side, names in (("source", SOURCE_LISTS), ("target", TARGET_LISTS)):
        assert [name for name in names if not ledger.reference(side, name)] == []
    rates = {
        one.content["facts"]["code"]: one.content["facts"]["rates"] for one in ledger.reference("source", "vat_rates")
    }
    assert rates["1a"] == [{"from": "2012-01-01", "rate": "21"}]
    (account,) = [one for one in ledger.reference("source", "accounts") if one.value_id == "8999"]
    assert account.content["active"] is False


def test_unchanged_lists_are_no_news(company: Company) -> None:
    assert read(company).changes == 0
    assert told(company) == {}


def test_reading_the_lists_writes_nothing_in_either_system(company: Company) -> None:
    company.forget_requests()
    read(company)
    assert company.writes() == {}


def test_a_value_that_vanished_is_told_every_morning_until_it_is_cured(company: Company) -> None:
    remove(company, "vismanet", "vatCategory/NL9")
    for _ in range(2):
        found = {alert.about: alert for alert in morning(company) if alert.code == "value_vanished"}
        alert = found["vat.treatments category"]
        assert "'NL9' is no longer in Visma.net (vat categories), seen since" in alert.sentence
        assert "Correct vat.treatments category in the settings" in alert.cure
        assert "products.vat_category" in found
    settings = company.settings.model_dump(mode="json")
    rows = [{**row, "category": "NL21"} if row["category"] == "NL9" else row for row in settings["vat"]["treatments"]]
    company.decide(vat={"treatments": rows}, products={"vat_category": {"default": "NL21", "table": {}}})
    assert told(company) == {}


def test_a_value_made_inactive_is_told_with_the_setting_that_names_it(company: Company) -> None:
    set_up(company, "vismanet", "account/8001", active=False)
    (alert,) = morning(company)
    assert (alert.code, alert.about) == ("value_inactive", "vat.treatments account")
    assert "'8001' is inactive in Visma.net (accounts), seen since" in alert.sentence


def test_a_value_that_no_setting_uses_may_go(company: Company) -> None:
    remove(company, "vismanet", "carrier/FREIGHT")
    company.decide(ship_via={"table": {}})
    assert told(company) == {}
    (change,) = changes(company, "target", "carriers")
    assert (change.value_id, change.after) == ("FREIGHT", None)


def test_a_rate_planned_in_the_target_is_told_once_and_kept(company: Company) -> None:
    plan_in_target(company, "NL9", ("2012-01-01", 9), (NEXT_YEAR, 21))
    found = {alert.about: alert for alert in morning(company)}
    sentence = found["vat.treatments category"].sentence
    assert f"'NL9' of Visma.net charges 9 % from 2012-01-01, 21 % from {NEXT_YEAR}; before it was 9 %" in sentence
    assert {alert.code for alert in found.values()} == {"rate_changed"}
    assert told(company) == {}
    (change,) = changes(company, "target", "vat_rates")
    assert change.before is not None
    assert change.before["facts"]["rates"] == [{"vat_id": "NL9", "from": "2012-01-01", "rate": "9"}]


def test_a_rate_planned_in_the_source_is_told_before_it_begins(company: Company) -> None:
    company._by_hand("eaccounting/set_up/rates", {"old": "9", "new": "21", "begins": NEXT_YEAR})
    (alert,) = morning(company)
    assert (alert.code, alert.about) == ("rate_changed", "vat.treatments NL 9 %")
    assert f"'1b' of eAccounting charges 9 % from 2012-01-01, 21 % from {NEXT_YEAR}" in alert.sentence
    assert told(company) == {}


def test_a_rate_corrected_without_a_date_is_told(company: Company) -> None:
    set_up(company, "eaccounting", f"vatcodes/{key_of(company, 'vatcodes', 'Code', '1b')}", VatRate=10)
    assert told(company) == {"vat.treatments NL 9 %": "rate_changed"}


def test_what_a_killed_run_found_is_told_by_the_next_one(company: Company) -> None:
    plan_in_target(company, "NL9", ("2012-01-01", 10))
    assert unsaid_morning(company).alerts
    assert set(told(company).values()) == {"rate_changed"}
    assert told(company) == {}


def test_the_next_try_of_a_run_tells_again_what_the_lost_one_noted(company: Company) -> None:
    began = datetime.now(UTC) - timedelta(minutes=1)
    plan_in_target(company, "NL9", ("2012-01-01", 10))
    assert morning(company)
    assert {alert.code for alert in unsaid_morning(company, since=began).alerts} == {"rate_changed"}
    assert unsaid_morning(company, since=datetime.now(UTC) + timedelta(minutes=1)).alerts == []


class WithoutLowRate(VismaNetClient):
    """A company that took its category for 9 % out of use."""

    async def master_data(self, name: str) -> list[MasterValue]:
        return [value for value in await super().master_data(name) if value.id != "NL9"]


class WithoutLowRateAtHome(EAccountingClient):
    """A company that took its VAT code for 9 % out of its list."""

    async def master_data(self, name: str) -> list[MasterValue]:
        return [value for value in await super().master_data(name) if value.facts.get("code") != "1b"]


class WithCodesMadeAnew(EAccountingClient):
    """A company that made its VAT code for 9 % a second time, under another key."""

    async def master_data(self, name: str) -> list[MasterValue]:
        values = await super().master_data(name)
        return [replace(value, id="anew") if value.facts.get("code") == "1b" else value for value in values]


def test_a_value_that_comes_back_with_another_rate_is_told(company: Company) -> None:
    company.target_client = WithoutLowRate
    assert told(company)["vat.treatments category"] == "value_vanished"
    company.target_client = VismaNetClient
    plan_in_target(company, "NL9", ("2012-01-01", 10))
    found = {alert.about: alert for alert in morning(company)}
    assert found["vat.treatments category"].code == "rate_changed"
    assert "'NL9' of Visma.net charges 10 %" in found["vat.treatments category"].sentence
    assert told(company) == {}


def test_a_vat_code_at_home_that_vanishes_is_told_once(company: Company) -> None:
    key = key_of(company, "vatcodes", "Code", "1b")
    company.source_client = WithoutLowRateAtHome
    (alert,) = morning(company)
    assert (alert.code, alert.about) == ("vat_code_vanished", "vat.treatments NL 9 %")
    assert "'1b' is no longer in eAccounting (vat rates), seen since" in alert.sentence
    assert "run preflight" in alert.cure
    assert told(company) == {}
    company.source_client = WithCodesMadeAnew
    set_up(company, "eaccounting", f"vatcodes/{key}", VatRate=10)
    assert told(company) == {"vat.treatments NL 9 %": "rate_changed"}


def test_a_list_without_any_value_is_told_where_a_setting_needs_one(company_with: CompanyWith) -> None:
    company = company_with(*TWELVE, timeout_seconds=1)
    for carrier in ("PICKUP", "PARCEL", "FREIGHT"):
        remove(company, "vismanet", f"carrier/{carrier}")
    for _ in range(2):
        (alert,) = morning(company)
        assert (alert.code, alert.about) == ("list_is_empty", "ship_via")
        assert alert.sentence == "Visma.net has no carriers at all, so not 'FREIGHT', 'PARCEL', 'PICKUP' either."
    company.decide(ship_via={"table": {}})
    assert told(company) == {}


def test_a_name_that_a_table_knows_and_the_source_changed_is_told(company: Company) -> None:
    terms = key_of(company, "termsofpayments", "Name", "14 dagen")
    set_up(company, "eaccounting", f"termsofpayments/{terms}", Name="Twee weken")
    (alert,) = morning(company)
    assert (alert.code, alert.about) == ("value_renamed", "credit_terms")
    assert "'14 dagen' is called 'Twee weken' in eAccounting (terms of payment), seen since" in alert.sentence
    assert alert.cure == "Give credit_terms an entry for 'Twee weken'."
    assert told(company) == {"credit_terms": "value_renamed"}


def test_what_only_the_other_direction_uses_matters_only_while_it_is_on(company: Company) -> None:
    unknown = {"default": "Nergens bekend"}
    company.decide(mirror={"customers": {"terms_of_payment": unknown}, "products": {"units": unknown, "codings": []}})
    assert morning(company) == []
    found = [alert for alert in morning(company, mirrored=True) if "Nergens bekend" in alert.sentence]
    assert {(alert.code, alert.about) for alert in found} == {
        ("value_unknown", "mirror.customers.terms_of_payment"),
        ("value_unknown", "mirror.products.units"),
    }


def test_a_coding_that_charges_another_rate_is_told_where_products_go_back(company: Company) -> None:
    (coding, *_) = [row for row in company.state("eaccounting", "articleaccountcodings") if row["VatRatePercent"] == 9]
    company.decide(mirror={"products": {"codings": [{"coding": coding["Name"]}]}})
    set_up(company, "eaccounting", f"articleaccountcodings/{coding['Id']}", VatRatePercent=12)
    (alert,) = [one for one in morning(company, mirrored=True) if one.about == "mirror.products.codings"]
    assert alert.code == "rate_changed"
    assert f"'{coding['Name']}' of eAccounting charges 12 %; before it was 9 %" in alert.sentence


def test_a_list_that_comes_back_empty_is_not_believed(company: Company) -> None:
    for carrier in ("PICKUP", "PARCEL", "FREIGHT"):
        remove(company, "vismanet", f"carrier/{carrier}")
    found = morning(company)
    assert [(alert.code, alert.about) for alert in found] == [("list_came_back_empty", "carriers of Visma.net")]
    assert [one.gone_at for one in company.ledger().reference("target", "carriers")] == [None] * 3
    assert changes(company, "target", "carriers") == []


def test_a_list_that_comes_back_in_part_is_not_believed(company: Company) -> None:
    before = company.ledger().reference("source", "terms_of_payment")
    company._by_hand("eaccounting/switch", {"partial_lists": ["termsofpayments"]})
    found = morning(company)
    assert {alert.code for alert in found} == {"list_not_read"}
    after = company.ledger().reference("source", "terms_of_payment")
    assert [one.content for one in after if one.gone_at is None] == [one.content for one in before]


class OnceInPart(VismaNetClient):
    """A client whose first reading of the warehouses lacks one, as a list that moves while it is read does."""

    async def master_data(self, name: str) -> list[MasterValue]:
        values = await super().master_data(name)
        return values[:1] if name == "warehouses" and self.calls["GET /v1/warehouse"] == 1 else values


def test_a_value_missing_in_one_reading_only_has_not_vanished(company: Company) -> None:
    company.target_client = OnceInPart
    assert read(company).changes == 0
    assert [one.gone_at for one in company.ledger().reference("target", "warehouses")] == [None, None]


def test_a_list_that_cannot_be_read_does_not_hide_the_others(company: Company) -> None:
    remove(company, "vismanet", "warehouse/2")
    company.fault("500", method="GET", path="/v2/units", times=50)
    with pytest.raises(RetryableError):
        read(company, last_try=False)
    found = morning(company)
    assert [(alert.code, alert.about) for alert in found] == [("list_not_read", "units of eAccounting")]
    assert [change.value_id for change in changes(company, "target", "warehouses")] == ["2"]


def test_a_malformed_answer_changes_nothing_that_is_known(company: Company) -> None:
    company.fault("malformed", method="GET", path="/v1/carrier", times=50)
    found = morning(company)
    assert [alert.about for alert in found] == ["carriers of Visma.net"]
    assert [one.gone_at for one in company.ledger().reference("target", "carriers")] == [None] * 3


def test_the_flows_see_a_change_in_their_next_run(company: Company) -> None:
    company.run()
    known = company.ledger().master_data("target", "vat_categories")
    assert known is not None
    plan_in_target(company, "NL9", ("2012-01-01", 10))
    read(company)
    assert company.ledger().master_data("target", "vat_categories") is None
    assert company.ledger().master_data("target", "settings_checked") is None


def test_what_the_flows_remember_stays_where_nothing_changed(company: Company) -> None:
    company.run()
    read(company)
    assert company.ledger().master_data("target", "vat_categories") is not None
    assert company.ledger().master_data("source", "units") is not None
