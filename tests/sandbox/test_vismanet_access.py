"""Who gets in at the imitated Visma.net ERP, what it shows of its master data, and how orders are numbered."""

import httpx
import pytest

from tests.sandbox.vismanet_caller import CORE_SCOPES, ORDER_SCOPES, Caller, ask_for_token

LISTS = (
    "account",
    "branch",
    "carrier",
    "cashaccount",
    "country",
    "currency",
    "customer/customerClass",
    "financialPeriod",
    "inventory/itemClass",
    "inventory/itemPostClass",
    "numberSequence",
    "organization",
    "paymentmethod",
    "salescategory",
    "salesordertype",
    "subaccount",
    "unitofmeasure",
    "vat",
    "vatCategory",
    "vatZone",
    "warehouse",
)


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "somebody"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"tenant_id": ""}, "invalid_request"),
    ],
)
def test_a_wrong_request_gets_no_token(vismanet: Caller, changed: dict[str, str], error: str) -> None:
    answer = ask_for_token(vismanet.url, **changed)
    assert (answer.status_code, answer.json()) == (400, {"error": error})


def test_a_token_for_another_tenant_is_given_but_opens_nothing(vismanet: Caller) -> None:
    stranger = Caller(vismanet.url, tenant_id="99999999-2222-3333-4444-555555555555")
    assert stranger.core("GET", "branch").status_code == 401
    assert stranger.orders("GET").status_code == 401


def test_nothing_is_shown_without_a_token(vismanet: Caller) -> None:
    answer = httpx.get(f"{vismanet.url}/vismanet/v1/branch")
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_each_api_and_each_action_has_its_own_scope(vismanet: Caller) -> None:
    reader = Caller(vismanet.url, scope=CORE_SCOPES[1])
    assert reader.core("GET", "branch").status_code == 200
    assert reader.core("POST", "customer", {}).status_code == 403
    assert reader.orders("GET").status_code == 403
    writer = Caller(vismanet.url, scope=ORDER_SCOPES[1])
    assert writer.orders("GET").status_code == 403


def test_every_answer_tells_what_is_left_of_the_hour(vismanet: Caller) -> None:
    before, after = (vismanet.core("GET", path).headers for path in ("branch", "customer/99999"))
    assert int(after["X-RateLimit-Remaining"]) == int(before["X-RateLimit-Remaining"]) - 1
    assert 0 < int(after["X-RateLimit-Reset"]) <= 3600
    assert after["X-RateLimit-Policy"] == "4-fixed-window"


def test_another_company_shows_empty_lists_and_no_error(vismanet: Caller) -> None:
    for path in ("customer", "inventory", *LISTS):
        answer = vismanet.core("GET", path, headers={"ipp-company-id": "2"})
        assert (answer.status_code, answer.json()) == (200, []), path
    assert vismanet.core("GET", "branch", headers={"ipp-company-id": "1"}).json() != []


@pytest.mark.parametrize("path", LISTS)
def test_every_list_of_master_data_has_rows(vismanet: Caller, path: str) -> None:
    rows = vismanet.core("GET", path).json()
    assert len(rows) > 0
    paged = vismanet.core("GET", path, params={"pageSize": 100_000}).json()[0].get("metadata")
    assert paged is None or paged["maxPageSize"] == 500


def test_credit_terms_come_in_an_envelope(vismanet: Caller) -> None:
    answer = vismanet.core("GET", "creditTerm").json()
    assert answer["totalCount"] == len(answer["records"]) == 4
    assert {row["termsId"]: row["dueDay1"] for row in answer["records"]} == {"00": 0, "10": 10, "14": 14, "30": 30}


def test_a_vat_category_says_how_its_vat_is_calculated(vismanet: Caller) -> None:
    ways = {}
    for key in ("NL21", "NL21I", "NL21L"):
        (line,) = vismanet.core("GET", f"vatCategory/{key}").json()["vatCategoryLines"]
        ways[key] = (line["calculateOn"], line["vatRates"][0]["vatRate"])
    assert ways == {"NL21": ("DocumentAmount", 21), "NL21I": ("ExtractFromItemAmount", 21), "NL21L": ("ItemAmount", 21)}
    assert vismanet.core("GET", "vatCategory/NOVAT").json()["vatCategoryLines"] == []


def test_a_vat_code_names_its_zone(vismanet: Caller) -> None:
    zones = {row["vatId"]: [zone["id"] for zone in row["zones"]] for row in vismanet.core("GET", "vat").json()}
    assert (zones["NL9"], zones["DE19I"], zones["EXPORT0"]) == (["DOMESTIC"], ["EUPRIVATE"], ["EXPORT"])


def test_unknown_master_data_is_not_found(vismanet: Caller) -> None:
    assert vismanet.core("GET", "vatZone/MARS").status_code == 404
    assert vismanet.core("GET", "customer/customerClass/NONE").status_code == 404
