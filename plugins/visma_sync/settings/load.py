"""Reading settings: the defaults of include/settings, and over them what the business set."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from visma_sync.errors import ConfigurationError
from visma_sync.settings.model import Settings


def load_settings(defaults: Path, changes: Mapping[str, Any], *, changes_from: str) -> Settings:
    """The defaults file with the business's changes over it.

    `changes_from` names where the changes come from (the Airflow Variable). Groups are merged name by name;
    lists and tables are replaced whole. ConfigurationError names the path and the reason.
    """
    try:
        base = yaml.safe_load(defaults.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"the default settings {defaults} cannot be read: {error.__class__.__name__}",
            resolution="Restore the file from the project, or mend its YAML.",
        ) from error
    try:
        return Settings.model_validate(merged(base, changes))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
        )
        raise ConfigurationError(
            f"the settings in {changes_from} over {defaults.name} are not valid: {problems}",
            resolution=f"Correct these names or values in {changes_from}; {defaults.name} explains each.",
        ) from error


def merged(base: Any, changes: Any) -> Any:
    """`changes` over `base`, group by group; a `table` is replaced whole, so that entries can be removed."""
    if not isinstance(base, dict) or not isinstance(changes, Mapping):
        return changes
    result = dict(base)
    for name, value in changes.items():
        result[name] = value if name == "table" or name not in base else merged(base[name], value)
    return result


def fingerprint(settings: Settings) -> str:
    """A short text that changes exactly when a setting does."""
    return hashlib.sha256(settings.model_dump_json().encode()).hexdigest()[:16]
