"""What a task opens before its step: settings, ledger, mappings, clients."""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

from airflow.sdk import Variable

from visma_sync.errors import ConfigurationError
from visma_sync.flows import FLOWS, INCLUDE, flow_filter, flow_mapping, flows_by_kind, is_mirrored, refuse_flow_off
from visma_sync.hooks.ledger import airflow_ledger
from visma_sync.hooks.vismanet import VismaNetHook
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.run import Run

SETTINGS_VARIABLE = "visma_sync_settings"
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)


def airflow_settings() -> Settings:
    """The settings: the Airflow Variable `visma_sync_settings` over the defaults of include/settings."""
    text = Variable.get(SETTINGS_VARIABLE, default="{}")
    try:
        changes = json.loads(text) if isinstance(text, str) else text
    except ValueError as error:
        raise ConfigurationError(
            f"the Airflow Variable {SETTINGS_VARIABLE} is not JSON",
            resolution="Correct it under Admin, Variables; include/settings/default.yaml shows the names.",
        ) from error
    if not isinstance(changes, Mapping):
        raise ConfigurationError(
            f"the Airflow Variable {SETTINGS_VARIABLE} is not a JSON object",
            resolution='Give it the form {"confirm": "hold"}.',
        )
    return load_settings(
        INCLUDE / "settings" / "default.yaml",
        changes,
        changes_from=f"the Airflow Variable {SETTINGS_VARIABLE}",
    )


def open_run(flow: str, uses_mappings: bool, context: Mapping[str, Any]) -> Run:
    """What a step works with, from the task's context.

    Mappings are loaded only where the step uses them: compiling one takes time. A try after which Airflow would give
    up is the last one. ConfigurationError where there is no such flow, or where it is off.
    """
    settings = airflow_settings()
    refuse_flow_off(flow, settings)
    flows = flows_by_kind(flow)
    task_instance, dag_run = context["ti"], context["dag_run"]
    ledger, target = airflow_ledger(), VismaNetHook().settings()
    mappings = {kind: flow_mapping(name, settings) for kind, name in flows.items()} if uses_mappings else {}
    kind = FLOWS[flow].kind
    return Run(
        run_id=dag_run.run_id,
        kind=kind,
        ledger=ledger.mirrored() if is_mirrored(flow) else ledger,
        settings=settings,
        flows=flows,
        mappings=mappings,
        lists={kind: FLOWS[name].lists for kind, name in flows.items()},
        filter=flow_filter(flow, mappings[kind], settings) if uses_mappings else None,
        dry_run=bool(context["params"].get("dry_run")),
        last_try=task_instance.try_number > task_instance.max_tries,
        default_branch=target.branch,
        named_company=ledger.fingerprint(f"{target.tenant_id} {target.company_id}"),
        mirrored=is_mirrored(flow),
    )


def die_with_parent() -> None:
    """A writing task must not go on beside its own retry: end it when the process that watches it is killed.

    Linux only; elsewhere the intents in the ledger remain the line of defence.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() == 1:
            os.kill(os.getpid(), signal.SIGKILL)
