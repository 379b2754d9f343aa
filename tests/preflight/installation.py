"""What Airflow holds of a link with the companies behind it, and mistakes that can be made in its set-up."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.flows.running import KEY, SCOPES, TENANT, Company
from tests.flows.shop import SCREENS, Shop
from visma_sync.flows import INCLUDE
from visma_sync.operators.preflight import look
from visma_sync.settings.load import merged
from visma_sync.sync.preflight.finding import Finding, Verdict
from visma_sync.sync.preflight.link import next_quarter

TODAY = datetime.now(UTC).date()
LATER = next_quarter(TODAY)
DEFAULTS = yaml.safe_load((INCLUDE / "settings" / "default.yaml").read_text(encoding="utf-8"))
DEMO = yaml.safe_load((INCLUDE / "settings" / "demo.yaml").read_text(encoding="utf-8"))
OFF: list[str] = DEFAULTS["flows_off"]


@dataclass
class Installation(Shop):
    """What Airflow holds of a link (Connections, Variable, keys), and both companies behind it."""

    url: str
    environment: pytest.MonkeyPatch
    ledger_file: Path
    settings: dict[str, Any] = field(default_factory=dict)
    key: str = KEY
    source: dict[str, Any] = field(default_factory=dict)
    target: dict[str, Any] = field(default_factory=dict)
    without: str = ""

    def look(self) -> Verdict:
        """Run preflight with what Airflow holds now."""
        extra = {"refresh_token": "sandbox-refresh-token-1", "scopes": SCOPES}
        extra |= {"api_url": f"{self.url}/eaccounting", "identity_url": f"{self.url}/eaccounting-identity"}
        addresses = {"api_url": f"{self.url}/vismanet", "salesorder_url": f"{self.url}/salesorder"}
        addresses |= {"identity_url": f"{self.url}/connect", "tenant_id": TENANT, "company_id": "1"}
        connections = {
            "eaccounting_default": ("eaccounting", "demo-eaccounting", extra | self.source),
            "vismanet_default": ("vismanet", "demo-vismanet", addresses | self.target),
        }
        for name, (kind, login, more) in connections.items():
            secret = more.pop("password", "demo-secret")
            connection = {"conn_type": kind, "login": login, "password": secret, "extra": more}
            self.environment.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))
        if self.without:
            self.environment.delenv(f"AIRFLOW_CONN_{self.without.upper()}")
        ledger = {"conn_type": "sqlite", "host": str(self.ledger_file)}
        self.environment.setenv("AIRFLOW_CONN_VISMA_SYNC_LEDGER", json.dumps(ledger))
        self.environment.setenv("VISMA_SYNC_LEDGER_KEY", self.key)
        self.environment.setenv("AIRFLOW_VAR_VISMA_SYNC_SETTINGS", json.dumps(merged(DEMO, self.settings), default=str))
        return look()

    def decide(self, **changes: Any) -> None:
        """Change the settings, as somebody does in the Airflow Variable."""
        self.settings = merged(self.settings, changes)

    def set_up(self, system: str, path: str, **fields: Any) -> None:
        """Change the set-up of a company at its own screens."""
        self._by_hand(f"{system}/set_up/{path}", fields)

    def remove(self, system: str, path: str) -> None:
        """Take a row out of a list of a company."""
        SCREENS.delete(f"{self.url}/_sandbox/{system}/set_up/{path}").raise_for_status()

    def switch(self, name: str) -> None:
        """Let something be wrong with the company's subscription of eAccounting."""
        self._by_hand("eaccounting/switch", {name: True})

    def sign_in(self, scopes: str) -> str:
        """Let a person allow the application these scopes only; gives the refresh token."""
        return Company(self.url, self.ledger_file).sign_in(scopes)


@dataclass(frozen=True)
class Mistake:
    """A mistake in the set-up: how it is made, and what preflight must say of it: about what, and parts of the cure.

    `brings` are parts of what else must be said because of it.
    """

    name: str
    make: Callable[[Installation], Any]
    about: str
    says: str
    cure: str
    brings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name

    def is_named_by(self, finding: Finding) -> bool:
        """Whether a finding is about this mistake, and says how to cure it."""
        return self.about in finding.about and self.says in finding.sentence and self.cure in finding.cure


def settings(**changes: Any) -> Callable[[Installation], None]:
    """Settings are changed."""
    return lambda link: link.decide(**changes)


def edit(system: str, path: str, **fields: Any) -> Callable[[Installation], None]:
    """The set-up of a company is changed."""
    return lambda link: link.set_up(system, path, **fields)


def remove(path: str) -> Callable[[Installation], None]:
    """A row of a list of Visma.net is taken away."""
    return lambda link: link.remove("vismanet", path)


def steps(*makes: Callable[[Installation], Any]) -> Callable[[Installation], None]:
    """All of these are done."""

    def make(link: Installation) -> None:
        for one in makes:
            one(link)

    return make


def treatments(**categories: str) -> list[dict[str, Any]]:
    """The rows of the demo company, some with another category."""
    rows: list[dict[str, Any]] = DEMO["vat"]["treatments"]
    return [row | {"category": categories.get(row["category"], row["category"])} for row in rows]
