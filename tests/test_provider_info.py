"""Airflow's connection forms offer exactly what the hooks read."""

import ast
import inspect
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

import pytest

from visma_sync.provider_info import get_provider_info

CONNECTIONS = {each["connection-type"]: each for each in get_provider_info()["connection-types"]}


def hook_of(connection: dict[str, Any]) -> type:
    module, _, name = connection["hook-class-name"].rpartition(".")
    found: type = getattr(import_module(module), name)
    return found


def words_of(hook: type) -> set[str]:
    """Every text in the hook's module: among them the names of the fields that it reads."""
    tree = ast.parse(inspect.getsource(inspect.getmodule(hook) or hook))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_airflow_finds_both_connection_types_through_the_installed_package() -> None:
    found = entry_points(group="apache_airflow_provider", name="provider_info")

    assert get_provider_info in [each.load() for each in found if each.dist and each.dist.name == "visma-sync"]


@pytest.mark.parametrize("kind", ["eaccounting", "vismanet"])
def test_every_field_of_the_form_is_read_by_its_hook(kind: str) -> None:
    hook = hook_of(CONNECTIONS[kind])

    assert hook.conn_type == kind  # type: ignore[attr-defined]  # every Airflow hook has it
    assert set(CONNECTIONS[kind]["conn-fields"]) <= words_of(hook)


def test_the_refresh_token_is_hidden_while_it_is_typed() -> None:
    assert CONNECTIONS["eaccounting"]["conn-fields"]["refresh_token"]["schema"]["format"] == "password"
