"""Where one Airflow of this machine lives: its folder, ports and secrets. Nothing leaves 127.0.0.1."""

import json
import os
import secrets
import shutil
import socket
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
LOCAL = PROJECT / ".local"
ADDRESS = "127.0.0.1"
PORTS = range(1024, 65_536)


class NotStartedError(Exception):
    """Something on this machine is in the way; the text says what, and what a person can do."""


@dataclass(frozen=True)
class Place:
    """One Airflow with everything it keeps; `orders` is how many the imitated company has.

    `demo` and `sandbox` begin anew at each start, because the imitated companies do. `own` is for real
    credentials: its ledger knows what was sent, so nothing here ever deletes it.
    """

    name: str
    port: int
    sandbox_port: int | None
    orders: int = 200

    @property
    def folder(self) -> Path:
        """Everything of this place; only its owner may look inside."""
        return LOCAL / self.name

    @property
    def ledger(self) -> Path:
        """The project's own database."""
        return self.folder / "ledger.sqlite"

    @property
    def database(self) -> Path:
        """Airflow's database."""
        return self.folder / "airflow.sqlite"

    @property
    def ready(self) -> Path:
        """A file that is there once Airflow answers; what is not needed before then waits for it."""
        return self.folder / "ready"

    @property
    def address(self) -> str:
        """Where Airflow's pages are."""
        return f"http://{ADDRESS}:{self.port}"

    @property
    def sandbox_address(self) -> str:
        """Where both imitated systems are; empty where the real ones are used."""
        return f"http://{ADDRESS}:{self.sandbox_port}" if self.sandbox_port else ""

    def prepare(self) -> None:
        """Make the folder (mode 700) and its secrets (mode 600), where they are not there yet."""
        for folder in (LOCAL, self.folder, self.folder / "logs"):
            folder.mkdir(mode=0o700, exist_ok=True)
        if not self._secrets.exists():
            write_private(self._secrets, json.dumps(_new_secrets(), indent=2))
        write_private(self.passwords, json.dumps({"admin": self.secrets()["admin_password"]}))

    def begin(self) -> None:
        """Make everything ready for a start; a ledger between imitated companies begins anew with them."""
        if self.sandbox_port:
            for entry in self.folder.glob("*"):
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry not in (self._secrets, self.folder / "lock"):
                    entry.unlink()
        self.prepare()
        write_private(self.folder / "place.json", json.dumps(asdict(self)))
        self.ready.unlink(missing_ok=True)

    def secrets(self) -> Mapping[str, str]:
        """The generated secrets by name; they stay the same as long as the folder does."""
        found: dict[str, str] = json.loads(self._secrets.read_text())
        return found

    @property
    def passwords(self) -> Path:
        """The file from which Airflow's simple auth manager takes its users' passwords."""
        return self.folder / "passwords.json"

    @property
    def _secrets(self) -> Path:
        return self.folder / "secrets.json"

    def check_ports(self) -> None:
        """Raise NotStartedError for a port that somebody else uses already."""
        _check_port(self.port, "VISMA_SYNC_PORT")
        if self.sandbox_port:
            _check_port(self.sandbox_port, "VISMA_SYNC_SANDBOX_PORT")


def started_place(name: str) -> Place:
    """The place of this name as it was last started, whatever the ports are called for now."""
    return Place(**json.loads((LOCAL / name / "place.json").read_text()))


def demo_place() -> Place:
    """The place of `make demo`."""
    return _sandbox_place("demo")


def stack_place() -> Place:
    """The place of `make up`: with the imitated systems, or with your own Connections when SANDBOX=0."""
    if os.environ.get("SANDBOX", "1") == "0":
        return Place("own", _number("VISMA_SYNC_PORT", 8080, PORTS), None)
    return _sandbox_place("sandbox")


def _sandbox_place(name: str) -> Place:
    return Place(
        name,
        port=_number("VISMA_SYNC_PORT", 8080, PORTS),
        sandbox_port=_number("VISMA_SYNC_SANDBOX_PORT", 8700, PORTS),
        orders=_number("VISMA_SYNC_ORDERS", 200, range(1, 100_001)),
    )


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text)


def _new_secrets() -> dict[str, str]:
    return {
        "admin_password": secrets.token_urlsafe(12),
        "airflow_fernet_key": new_fernet_key(),
        "airflow_token_secret": secrets.token_urlsafe(64),
        "airflow_session_secret": secrets.token_urlsafe(32),
        "ledger_key": new_fernet_key(),
    }


def new_fernet_key() -> str:
    """A key for cryptography's Fernet."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _number(variable: str, usual: int, allowed: range) -> int:
    text = os.environ.get(variable, "") or str(usual)
    if not text.isdigit() or int(text) not in allowed:
        raise NotStartedError(f"{variable} is {text!r}; it must be between {allowed[0]} and {allowed[-1]}.")
    return int(text)


def _check_port(port: int, variable: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as taken:
            raise NotStartedError(
                f"Port {port} is taken. Stop what uses it (`make down` if that is ours), "
                f"or choose another one: {variable}={port + 1} make ..."
            ) from taken
