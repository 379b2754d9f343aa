"""What a person changes in the set-up of both companies, and what the APIs say of it then."""

import pytest

from tests.sandbox.shop_caller import Shop
from tests.sandbox.vismanet_caller import Caller


def test_a_planned_vat_rate_is_charged_from_its_day_on(shop: Shop) -> None:
    def rates(path: str, field: str, **query: str) -> set[int]:
        return {int(row[field]) for row in shop.rows(path, **query)}

    shop.control("POST", "eaccounting/set_up/rates", {"old": 21, "new": 22, "begins": "2031-01-01"})
    for path, field in (("articleaccountcodings", "VatRatePercent"), ("vatcodes", "VatRate")):
        assert 21 in rates(path, field)
        assert 21 in rates(path, field, vatRateDate="2030-12-31")
        assert 22 in rates(path, field, vatRateDate="2031-01-01")
        assert 21 not in rates(path, field, vatRateDate="2031-01-01")
    one = next(row for row in shop.rows("articleaccountcodings") if row["VatRatePercent"] == 21)
    assert shop.get(f"articleaccountcodings/{one['Id']}", vatRateDate="2031-04-01")["VatRatePercent"] == 22
    assert shop.call("GET", "vatcodes", vatRateDate="tomorrow").status_code == 400


def test_a_row_of_a_list_and_the_company_are_changed(shop: Shop) -> None:
    year = shop.rows("fiscalyears")[0]
    shop.control("POST", f"eaccounting/set_up/fiscalyears/{year['Id']}", {"IsLockedForAccounting": True})
    assert shop.get(f"fiscalyears/{year['Id']}")["IsLockedForAccounting"] is True
    shop.control("POST", "eaccounting/set_up/company", {"CountryCode": "SE"})
    assert shop.get("companysettings")["CountryCode"] == "SE"
    unit = shop.rows("units")[0]
    shop.control("DELETE", f"eaccounting/set_up/units/{unit['Id']}")
    assert unit["Id"] not in {row["Id"] for row in shop.rows("units")}


@pytest.mark.parametrize(
    ("switch", "code"), [("edition_too_small", 4009), ("user_without_access", 4011), ("licence_not_accepted", 4012)]
)
def test_a_company_that_lets_nobody_in_says_why(shop: Shop, switch: str, code: int) -> None:
    shop.control("POST", "eaccounting/switch", {switch: True})
    answer = shop.call("GET", "companysettings")
    assert (answer.status_code, answer.json()["ErrorCode"]) == (403, code)


def test_a_row_of_the_master_data_is_changed_and_taken_away(shop: Shop, vismanet: Caller) -> None:
    vismanet.by_hand("set_up/account/8090", {"active": False})
    assert vismanet.core("GET", "account/8090").json()["active"] is False
    assert vismanet.call("DELETE", "/_sandbox/vismanet/set_up/creditTerm/30").status_code == 200
    assert "30" not in {row["termsId"] for row in vismanet.core("GET", "creditTerm").json()["records"]}
    assert vismanet.call("POST", "/_sandbox/vismanet/set_up/account/1", {"active": False}).status_code == 404
    assert vismanet.call("POST", "/_sandbox/vismanet/set_up/account/8090", {"colour": 1}).status_code == 400
    shop.control("POST", "reset")
    assert vismanet.core("GET", "account/8090").json()["active"] is True
