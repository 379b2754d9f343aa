"""Signs in at eAccounting once: opens the page, receives the code, keeps the refresh token in the ledger.

`make authorize` listens on a loopback address; `make authorize PASTE=1` asks for the address that the browser ends on,
for servers without a browser. The application must be registered with exactly this redirect address.
"""

import argparse
import asyncio
import getpass
import http.server
import json
import os
import secrets
import sys
import urllib.parse
import webbrowser
from collections.abc import Mapping
from typing import Any

from local.place import Place
from visma_sync.errors import ConfigurationError, VismaSyncError
from visma_sync.hooks.ledger import LEDGER_KEY, ledger_url
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.systems.eaccounting.auth import authorize_url, exchange_code, token_key
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.eaccounting.settings import EAccountingSettings
from visma_sync.systems.tokens import Grant, GrantRefusedError

DEFAULT_PORT = 44300
CONNECTION = "AIRFLOW_CONN_EACCOUNTING_DEFAULT"


def main(arguments: list[str] | None = None) -> int:
    """Run the sign-in; gives the exit code."""
    parser = argparse.ArgumentParser(prog="make authorize", description=__doc__)
    parser.add_argument("--redirect-uri", default=os.environ.get("REDIRECT_URI", ""))
    parser.add_argument("--paste", action="store_true", default=bool(os.environ.get("PASTE")))
    parser.add_argument("--yes", action="store_true", help="do not ask whether this is the right company")
    options = parser.parse_args(arguments)
    redirect_uri = options.redirect_uri or f"http://localhost:{DEFAULT_PORT}/callback"
    try:
        settings = connection_settings(os.environ)
        ledger = _ledger()
        code = receive_code(settings, redirect_uri, paste=options.paste)
        return keep_sign_in(settings, ledger, code, redirect_uri, sure=options.yes)
    except VismaSyncError as error:
        print(error, file=sys.stderr)
        return 1


def _ledger() -> Ledger:
    """The ledger of the environment where it names one, else that of `make up SANDBOX=0`."""
    key = os.environ.get(LEDGER_KEY, "")
    if key:
        return open_ledger(ledger_url(), key)
    place = Place("own", 0, None)
    place.prepare()
    return open_ledger(f"sqlite:///{place.ledger}", place.secrets()["ledger_key"])


def connection_settings(environment: Mapping[str, str]) -> EAccountingSettings:
    """The Connection `eaccounting_default` from the environment, or asked for; the secret is not echoed."""
    text = environment.get(CONNECTION, "")
    if text and not text.startswith("{"):
        raise ConfigurationError(
            f"{CONNECTION} is not in JSON form",
            resolution='Write it as {"conn_type": "eaccounting", "login": …, "password": …, "extra": {…}}.',
        )
    connection: dict[str, Any] = json.loads(text) if text else {}
    extra = connection.get("extra") or {}
    known = {name: extra[name] for name in ("api_url", "identity_url", "scopes") if extra.get(name)}
    return EAccountingSettings(
        client_id=connection.get("login") or input("Client id: ").strip(),
        client_secret=connection.get("password") or getpass.getpass("Client secret: ").strip(),
        refresh_token=str(extra.get("refresh_token", "")),
        **known,
    )


def receive_code(settings: EAccountingSettings, redirect_uri: str, *, paste: bool) -> str:
    """Have the person sign in and give the code; an answer with another state is refused."""
    state = secrets.token_urlsafe(24)
    page = authorize_url(settings, redirect_uri, state)
    print(f"Open this page, sign in and choose the company:\n\n  {page}\n")
    if paste:
        answered = input("Paste the whole address that the browser ends on: ").strip()
    else:
        webbrowser.open(page)
        answered = _listen(redirect_uri)
    return code_in(answered, state)


def code_in(address: str, state: str) -> str:
    """The code in the address that the sign-in page sent the browser to."""
    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(address).query))
    if not secrets.compare_digest(answer.get("state", ""), state):
        raise ConfigurationError(
            "the answer does not belong to this sign-in (its state differs)",
            resolution="Run make authorize again and use the page that it prints.",
        )
    if not answer.get("code"):
        raise ConfigurationError(
            f"the sign-in page gave no code: {answer.get('error', 'no reason given')}",
            resolution="Sign in again and give consent.",
        )
    return answer["code"]


def _listen(redirect_uri: str) -> str:
    """Wait on the loopback address of the redirect for one answer of the browser."""
    where = urllib.parse.urlsplit(redirect_uri)
    received: list[str] = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if urllib.parse.urlsplit(self.path).path != where.path:
                self.send_error(404)
                return
            received.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"Received. You can close this page and go back to the terminal.")

        def log_message(self, *_: Any) -> None:
            """The address holds the code: nothing of it is logged."""

    if where.hostname not in {"localhost", "127.0.0.1"}:
        raise ConfigurationError(
            f"the redirect address {redirect_uri} is not on this machine",
            resolution="Use PASTE=1 with it, or register a loopback address.",
        )
    try:
        server = http.server.HTTPServer(("127.0.0.1", where.port or 80), Receiver)
    except OSError as error:
        raise ConfigurationError(
            f"port {where.port} is taken or not allowed",
            resolution="Free it, register another redirect address and give it as REDIRECT_URI=…, or use PASTE=1.",
        ) from error
    with server:
        while not received:
            server.handle_request()
    return received[0]


def keep_sign_in(
    settings: EAccountingSettings, ledger: Ledger, code: str, redirect_uri: str, *, sure: bool = False
) -> int:
    """Turn the code into tokens, ask whether the company is right, and keep them for all processes."""
    try:
        grant = exchange_code(settings, code, redirect_uri)
    except GrantRefusedError as error:
        raise ConfigurationError(
            "the sign-in server refused the code", resolution="Run make authorize again; a code works once."
        ) from error
    _keep(settings, ledger, grant)
    company = asyncio.run(_company(settings, ledger))
    known = ledger.company(f"{ledger.pair} source")
    if known is not None and known.identifier != company.identifier:
        _forget(settings, ledger)
        raise ConfigurationError(
            f"this is {company.name}, but the links of this ledger belong to {known.name}",
            resolution="Sign in for that company, or use a ledger of its own for this one.",
        )
    print(f"Signed in for {company.name} ({company.identifier}).")
    if not sure and input("Is this the right company? [y/N] ").strip().lower() not in {"y", "yes", "j", "ja"}:
        _forget(settings, ledger)
        print("Nothing was kept. Run make authorize again and choose the company on the page.")
        return 1
    ledger.save_company(f"{ledger.pair} source", company.identifier, company.name)
    print("The sign-in is kept, encrypted, in the ledger; every flow uses it from now on.")
    return 0


def _keep(settings: EAccountingSettings, ledger: Ledger, grant: Grant) -> None:
    key = token_key(settings)
    new = {"refresh_token": grant.refresh_token or "", "seed": settings.refresh_token}
    claim = ledger.start_over(key, **new, claimed_by="make authorize")
    ledger.save_token(
        key,
        claim,
        access_token=grant.access_token,
        refresh_token=grant.refresh_token,
        expires_at=grant.expires_at,
    )


def _forget(settings: EAccountingSettings, ledger: Ledger) -> None:
    """Give the sign-in up: the next question for a token asks the person to sign in again."""
    key = token_key(settings)
    claim = ledger.start_over(key, refresh_token="", seed=settings.refresh_token, claimed_by="make authorize")
    ledger.fail_token(key, claim, lost=False)


async def _company(settings: EAccountingSettings, ledger: Ledger) -> Any:
    async with EAccountingClient(settings, tokens=ledger) as client:
        return await client.company()


if __name__ == "__main__":
    raise SystemExit(main())
