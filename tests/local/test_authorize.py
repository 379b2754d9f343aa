"""Signing in: the state is checked, the tokens are kept, and another company is refused."""

import re
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from local import authorize
from tests.flows.running import KEY
from visma_sync.errors import ConfigurationError
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.systems.eaccounting.auth import authorize_url, token_key
from visma_sync.systems.eaccounting.settings import EAccountingSettings

REDIRECT = "http://127.0.0.1:18417/callback"


@pytest.fixture
def settings(sandbox_url: str) -> EAccountingSettings:
    return EAccountingSettings(
        client_id="demo-eaccounting",
        client_secret="demo-secret",
        api_url=f"{sandbox_url}/eaccounting",
        identity_url=f"{sandbox_url}/eaccounting-identity",
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite", KEY)


def consent(page: str) -> str:
    """Do what a person does in the browser: choose the first company; gives where the browser is sent."""
    html = httpx.get(page).raise_for_status().text
    link = re.findall(r'href="([^"]+)"', html)[0].replace("&amp;", "&")
    answer = httpx.get(httpx.URL(page).join(link), follow_redirects=False)
    return answer.headers["Location"]


def test_the_browser_brings_the_code_to_the_loopback_address(
    settings: EAccountingSettings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def browse(page: str) -> bool:
        def visit() -> None:
            time.sleep(0.3)
            httpx.get(consent(page))

        threading.Thread(target=visit, daemon=True).start()
        return True

    monkeypatch.setattr("webbrowser.open", browse)
    code = authorize.receive_code(settings, REDIRECT, paste=False)
    assert authorize.keep_sign_in(settings, ledger, code, REDIRECT, sure=True) == 0
    assert "Noorderlicht" in capsys.readouterr().out
    state = ledger.token_state(token_key(settings))
    assert state is not None
    assert state.expires_at is not None


def test_the_address_can_be_pasted_on_a_server_without_a_browser(
    settings: EAccountingSettings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: consent(re.findall(r"http\S+", capsys.readouterr().out)[0]))
    assert authorize.receive_code(settings, REDIRECT, paste=True)


def test_an_answer_with_another_state_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="state"):
        authorize.code_in(f"{REDIRECT}?code=c&state=other", "expected")


def test_a_refusal_on_the_page_is_told(settings: EAccountingSettings) -> None:
    with pytest.raises(ConfigurationError, match="access_denied"):
        authorize.code_in(f"{REDIRECT}?error=access_denied&state=s", "s")


def test_another_company_than_the_links_belong_to_is_refused(settings: EAccountingSettings, ledger: Ledger) -> None:
    ledger.save_company("default source", "another-company", "Zuiderzon B.V.")
    page = authorize_url(settings, REDIRECT, "s")
    code = parse_qs(urlsplit(consent(page)).query)["code"][0]
    with pytest.raises(ConfigurationError, match="Zuiderzon"):
        authorize.keep_sign_in(settings, ledger, code, REDIRECT, sure=True)


def test_whoever_says_no_keeps_nothing(
    settings: EAccountingSettings, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = authorize_url(settings, REDIRECT, "s")
    code = parse_qs(urlsplit(consent(page)).query)["code"][0]
    monkeypatch.setattr("builtins.input", lambda _: "n")
    assert authorize.keep_sign_in(settings, ledger, code, REDIRECT) == 1
    claim = ledger.claim_token(token_key(settings), lease_seconds=30, claimed_by="test")
    assert (claim.access_token, claim.refresh_token) == ("", "")
