"""A pair of imitated companies with a ledger of its own between them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from local.environment import sandbox_connections
from local.place import Place, new_fernet_key
from visma_sync.flows import INCLUDE
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.settings.load import load_settings, merged
from visma_sync.settings.model import Settings
from visma_sync.systems.eaccounting.client import EAccountingSettings
from visma_sync.systems.vismanet.client import VismaNetSettings


def decided_settings(besides: Mapping[str, Any]) -> Settings:
    """What the imitated business decided, and what a measurement decides besides."""
    demo = yaml.safe_load((INCLUDE / "settings" / "demo.yaml").read_text(encoding="utf-8"))
    return load_settings(INCLUDE / "settings" / "default.yaml", merged(demo, besides), changes_from="demo.yaml")


def demo_settings() -> Settings:
    """What the imitated business decided."""
    return decided_settings({})


@dataclass(frozen=True)
class Pair:
    """Where both companies are, and how to sign in; the ledger is made in `folder`."""

    address: str
    folder: Path
    settings: Settings = field(default_factory=demo_settings)
    ledger_key: str = field(default_factory=new_fernet_key, repr=False)

    def ledger(self) -> Ledger:
        """The ledger, made on first use."""
        return open_ledger(f"sqlite:///{self.folder / 'ledger.sqlite'}", self.ledger_key)

    def source(self, *, max_concurrency: int) -> EAccountingSettings:
        """How to reach the source."""
        connection = self._connection("eaccounting_default")
        return EAccountingSettings(
            connection["login"], connection["password"], max_concurrency=max_concurrency, **connection["extra"]
        )

    def target(self, *, max_concurrency: int) -> VismaNetSettings:
        """How to reach the target."""
        connection = self._connection("vismanet_default")
        return VismaNetSettings(
            connection["login"], connection["password"], max_concurrency=max_concurrency, **connection["extra"]
        )

    def _connection(self, name: str) -> dict[str, Any]:
        port = int(self.address.rpartition(":")[2])
        return sandbox_connections(Place("bench", 0, port))[name]
