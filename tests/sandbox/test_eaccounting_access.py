"""Who gets in at the imitated eAccounting: consent, tokens that work once, scopes, and a company that is stopped."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.running_sandbox import running_sandbox
from tests.sandbox.shop_caller import CLIENT, Shop, refusal

CALLBACK = "http://127.0.0.1:8899/callback"
ASKED = {
    "client_id": "demo-eaccounting",
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "ea:api offline_access ea:sales",
    "state": "from-the-client",
}


def ask(shop: Shop, **changed: str) -> httpx.Response:
    return shop.http.get("/eaccounting-identity/connect/authorize", params=ASKED | changed)


def consent(shop: Shop, company: str) -> dict[str, Any]:
    """Pick a company on the consent page, and give what the client is told."""
    links = re.findall(r'<a href="([^"]+)">([^<]+)</a>', ask(shop).text)
    link = next(href for href, name in links if name == company)
    answer = shop.http.get(link.replace("&amp;", "&"))
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def exchange(shop: Shop, code: str, redirect_uri: str = CALLBACK) -> httpx.Response:
    return shop.identity("token", grant_type="authorization_code", code=code, redirect_uri=redirect_uri)


def test_a_person_lets_the_client_into_the_company_that_they_pick(shop: Shop) -> None:
    told = consent(shop, "Noorderlicht Handel")
    tokens = exchange(shop, told["code"]).json()
    shop.use(tokens["access_token"])
    assert told["state"] == "from-the-client"
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert shop.get("companysettings")["Name"] == "Noorderlicht Handel"


def test_the_token_of_another_company_shows_that_company(shop: Shop) -> None:
    own = shop.get("companysettings")["CompanyIdentifier"]
    shop.use(exchange(shop, consent(shop, "Zuiderzon Advies")["code"]).json()["access_token"])
    assert shop.get("companysettings")["CompanyIdentifier"] != own
    assert shop.rows("orders") == []


def test_a_code_works_once_and_only_for_the_address_it_was_sent_to(shop: Shop) -> None:
    code = consent(shop, "Noorderlicht Handel")["code"]
    other = consent(shop, "Noorderlicht Handel")["code"]
    assert exchange(shop, code).status_code == 200
    assert exchange(shop, code).json() == {"error": "invalid_grant"}
    assert exchange(shop, other, "http://127.0.0.1:1/callback").json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    "address", ["http://elsewhere.example/callback", "http://localhost:8899/other", "https://127.0.0.1:8899/callback"]
)
def test_an_address_that_was_never_registered_gets_no_code(shop: Shop, address: str) -> None:
    answer = ask(shop, redirect_uri=address)
    assert (answer.status_code, "redirect_uri" in answer.text) == (400, True)


def test_a_refresh_token_works_once_and_gives_the_next_one(shop: Shop) -> None:
    shop.control("POST", "reset")
    tokens = shop.refresh().json()
    assert shop.refresh().json() == {"error": "invalid_grant"}
    assert shop.refresh(tokens["refresh_token"]).status_code == 200


def test_a_revoked_token_is_good_for_nothing(shop: Shop) -> None:
    shop.control("POST", "reset")
    tokens = shop.refresh().json()
    assert shop.identity("revocation", token=tokens["refresh_token"]).status_code == 200
    assert shop.refresh(tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_the_client_proves_itself_in_the_form_or_in_the_header(shop: Shop) -> None:
    path, form = "/eaccounting-identity/connect/token", {"grant_type": "refresh_token", "refresh_token": "x"}
    named = form | {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert shop.http.post(path, data=named).json() == {"error": "invalid_grant"}
    assert shop.http.post(path, data=form, auth=(CLIENT[0], "wrong")).json() == {"error": "invalid_client"}
    assert shop.http.post(path, json=named, auth=CLIENT).json() == {"error": "invalid_request"}
    assert shop.identity("token", grant_type="client_credentials").json() == {"error": "unsupported_grant_type"}


def test_nobody_gets_in_without_a_token(shop: Shop) -> None:
    shop.use("invented")
    assert refusal(shop.call("GET", "orders")) == (401, 4005)


def test_a_scope_that_was_not_asked_for_opens_nothing(shop: Shop) -> None:
    assert shop.call("GET", "bankaccounts").status_code == 200
    shop.use(exchange(shop, consent(shop, "Noorderlicht Handel")["code"]).json()["access_token"])
    assert shop.call("GET", "orders").status_code == 200
    assert refusal(shop.call("GET", "bankaccounts")) == (403, 4006)
    assert refusal(shop.call("GET", "vatcodes")) == (403, 4006)


@pytest.mark.parametrize(
    ("switch", "code", "words"),
    [
        ("module_inactive", 4002, "No access to module: api_standard"),
        ("guide_unfinished", 4003, "start-up guide"),
        ("company_inactive", 4004, "not active"),
        ("scope_missing", 4006, "scope"),
    ],
)
def test_a_stopped_company_refuses_everything(shop: Shop, switch: str, code: int, words: str) -> None:
    shop.control("POST", "eaccounting/switch", {switch: True})
    answer = shop.call("GET", "orders")
    shop.control("POST", "eaccounting/switch", {switch: False})
    assert refusal(answer) == (403, code)
    assert words in answer.json()["DeveloperErrorMessage"]
    assert shop.call("GET", "orders").status_code == 200


def test_the_quota_counts_each_endpoint_by_itself_and_tells_the_wait_in_words_only() -> None:
    with (
        running_sandbox("--orders", "3", "--minute-quota", "2", "--access-token-seconds", "900") as url,
        Shop(url) as shop,
    ):
        assert shop.refresh().json()["expires_in"] == 900
        shop.control("POST", "reset")
        shop.sign_in()
        statuses = [shop.call("GET", "orders").status_code for _ in range(2)]
        late = shop.call("GET", "orders")
        assert (statuses, refusal(late), shop.call("GET", "units").status_code) == ([200, 200], (429, 4010), 200)
    assert re.search(
        r"maximum admitted 2 per Minute\. Try again in \d+ seconds\.", late.json()["DeveloperErrorMessage"]
    )
    assert "Retry-After" not in late.headers


def test_an_access_token_runs_out() -> None:
    with running_sandbox("--orders", "3", "--access-token-seconds", "0") as url, Shop(url) as shop:
        shop.sign_in()
        assert refusal(shop.call("GET", "orders")) == (401, 4005)
