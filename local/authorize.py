"""`make authorize`: sign in at eAccounting once, as a person, and give the Connection its refresh token.

Needs Airflow running (`make up`, or `make up SANDBOX=0` for your own company) and the Connection
`eaccounting_default` with client id and secret. VISMA_SYNC_REDIRECT_URI is the return address that is registered for
the application at Visma, letter by letter; without it http://localhost:8099/callback.
"""

import os
import secrets
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from airflow.sdk import BaseHook

from local.airflow_api import AirflowApi
from local.environment import environment
from local.place import LOCAL, NotStartedError, Place, started_place
from local.supervised import supervisor_of
from visma_sync.errors import VismaSyncError
from visma_sync.hooks.eaccounting import EAccountingHook
from visma_sync.systems.eaccounting.auth import authorize_url, exchange_code
from visma_sync.systems.tokens import AnswerLostError, GrantRefusedError

CONNECTION = EAccountingHook.default_conn_name
IN_ENVIRONMENT = f"AIRFLOW_CONN_{CONNECTION.upper()}"
USUAL_RETURN_ADDRESS = "http://localhost:8099/callback"
INSIDE = "--inside-airflow"


def main() -> None:
    """Sign in, in the environment of the Airflow that runs."""
    try:
        place = _running_place()
        if INSIDE not in sys.argv:
            # Airflow reads its set-up when it is imported, so the rest is done by a program that starts in it.
            command = [sys.executable, "-m", "local.authorize", INSIDE]
            os.execve(sys.executable, command, {**environment(place), "_AIRFLOW_PROCESS_CONTEXT": "server"})
        authorize(place)
    except (NotStartedError, VismaSyncError) as reason:
        sys.exit(str(reason))
    except GrantRefusedError:
        sys.exit("The sign-in server refused the code. Codes live for minutes: run make authorize again.")
    except AnswerLostError:
        sys.exit("The sign-in server's answer was lost. Run make authorize again.")
    except KeyboardInterrupt:
        sys.exit("\nNothing was changed.")


def authorize(place: Place) -> None:
    """Show the sign-in page's address, wait for the person, and keep the refresh token."""
    settings = EAccountingHook().settings()
    return_address = os.environ.get("VISMA_SYNC_REDIRECT_URI") or USUAL_RETURN_ADDRESS
    state = secrets.token_urlsafe(16)
    print("Open this address, sign in, and choose the company:\n")
    print(f"  {authorize_url(settings, return_address, state)}\n", flush=True)
    answer = _answer_at(return_address)
    if answer.get("state") != state:
        raise NotStartedError("That answer belongs to another sign-in. Run make authorize again.")
    if "code" not in answer:
        raise NotStartedError(f"Visma gave no code: {answer.get('error', 'no reason given')}.")
    _keep(place, exchange_code(settings, answer["code"], return_address).refresh_token or "")


def _keep(place: Place, refresh_token: str) -> None:
    if not refresh_token:
        raise NotStartedError("Visma gave no refresh token: the scope offline_access is missing.")
    if IN_ENVIRONMENT in os.environ:
        print(f"Signed in. {IN_ENVIRONMENT} is yours: put this into its extra field refresh_token,")
        print(f"then make down and make up:\n\n  {refresh_token}")
        return
    extra = {**BaseHook.get_connection(CONNECTION).extra_dejson, "refresh_token": refresh_token}
    with AirflowApi(place) as airflow:
        airflow.save_extra(CONNECTION, EAccountingHook.conn_type, extra)
    print(f"Signed in; the Connection {CONNECTION} has its new refresh token. The next run uses it.")


def _running_place() -> Place:
    for name in ("own", "sandbox"):
        if supervisor_of(LOCAL / name):
            return started_place(name)
    raise NotStartedError("Airflow does not run. Start it first: make up SANDBOX=0")


def _answer_at(return_address: str) -> Mapping[str, str]:
    """What the sign-in page sends back: to this machine's browser, or pasted by a person."""
    address = urlsplit(return_address)
    if address.hostname in ("localhost", "127.0.0.1"):
        query = _listen(address.port or 80, address.path)
    else:
        query = urlsplit(input("Paste the address at which the browser ended: ").strip()).query
    return {name: values[0] for name, values in parse_qs(query).items()}


def _listen(port: int, path: str) -> str:
    """Wait for one visit to `path`; gives its query."""
    queries: list[str] = []

    class Visit(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            found = asked.path == path
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            if found:
                queries.append(asked.query)
                self.wfile.write(b"Signed in. You can close this page and go back to the terminal.")

        def log_message(self, *_: object) -> None:
            """The query holds the code: nothing of it is printed."""

    try:
        server = HTTPServer(("127.0.0.1", port), Visit)
    except OSError as taken:
        raise NotStartedError(f"Port {port}, to which the sign-in page returns, is taken.") from taken
    with server:
        while not queries:
            server.handle_request()
    return queries[0]


if __name__ == "__main__":
    main()
