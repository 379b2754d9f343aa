"""docker-compose.yaml and Dockerfile say the same as the rest of the project: lock, option names, paths, secrets."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import airflow
import pytest
import yaml
from airflow.providers.celery.get_provider_info import get_provider_info as celery_provider_info

from local.container_secrets import make_secrets
from visma_sync.flows import INCLUDE
from visma_sync.hooks.ledger import LEDGER_CONNECTION, LEDGER_KEY, ledger_url

PROJECT = Path(__file__).parents[2]
IN_IMAGE = "/opt/visma-sync"
AIRFLOW_SERVICES = ["migration", "api-server", "scheduler", "dag-processor", "triggerer", "worker"]


@cache
def compose() -> dict[str, Any]:
    return yaml.safe_load((PROJECT / "docker-compose.yaml").read_text())  # type: ignore[no-any-return]  # YAML


@cache
def airflow_options() -> dict[str, dict[str, Any]]:
    """Every option of Airflow and its Celery provider, by the name of its environment variable."""
    core = yaml.safe_load((Path(airflow.__file__).parent / "config_templates" / "config.yml").read_text())
    celery = celery_provider_info()  # type: ignore[no-untyped-call]  # Airflow generates it without types
    sections = {**core, **celery["config"]}
    return {
        f"AIRFLOW__{section}__{name}".upper(): option
        for section, content in sections.items()
        for name, option in content["options"].items()
    }


def service(name: str) -> dict[str, Any]:
    found: dict[str, Any] = compose()["services"][name]
    return found


def entrypoint() -> str:
    return (PROJECT / "docker-entrypoint.sh").read_text()


def image_files() -> dict[str, str]:
    """What the Dockerfile copies: path in the project by path in the image."""
    copied: dict[str, str] = {}
    for line in re.findall(r"^COPY (.+)$", (PROJECT / "Dockerfile").read_text(), re.MULTILINE):
        *sources, target = [word for word in line.split() if not word.startswith("--")]
        for source in sources:
            into_folder = target.endswith("/")
            copied[str(Path(IN_IMAGE, target, Path(source).name if into_folder else ""))] = source
    return copied


def test_the_image_installs_the_same_lock_with_the_same_program() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text()

    assert "RUN python -m local.install runtime" in dockerfile
    assert {"requirements.txt", "requirements-installer.txt", "local/install.py"} <= set(image_files().values())


def test_the_image_has_a_python_that_the_project_runs_on() -> None:
    oldest, newest = re.findall(
        r"3\.(\d+)", tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["requires-python"]
    )
    image = re.search(r"^FROM python:3\.(\d+)-", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)

    assert image is not None
    assert int(oldest) <= int(image[1]) < int(newest)


@pytest.mark.parametrize("package", ["apache-airflow-providers-celery", "redis", "psycopg", "psycopg2-binary"])
def test_what_the_services_speak_with_is_in_the_lock(package: str) -> None:
    assert re.search(rf"^{package}==", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", AIRFLOW_SERVICES)
def test_every_airflow_variable_is_an_option_of_this_airflow(name: str) -> None:
    for variable in service(name)["environment"]:
        option = airflow_options().get(variable.removesuffix("_CMD"))
        assert option is not None, f"{variable} is no option of Airflow"
        assert option.get("sensitive") or not variable.endswith("_CMD"), f"{variable}: only secrets have _CMD"


@pytest.mark.parametrize("name", AIRFLOW_SERVICES)
def test_every_secret_that_is_read_is_given_and_made(name: str, tmp_path: Path) -> None:
    read = set(re.findall(r"/run/secrets/(\w+)", str(service(name)["environment"]) + entrypoint()))

    assert read == set(service(name)["secrets"])
    assert set(compose()["secrets"]) == set(make_secrets(tmp_path / "secrets"))
    assert all(secret["file"] == f"secrets/{key}" for key, secret in compose()["secrets"].items())


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make_secrets(folder)
    key = (folder / "ledger_key").read_text()
    (folder / "celery_results").unlink()

    assert make_secrets(folder) == ["celery_results"]
    assert (folder / "postgres_password").read_text() in (folder / "celery_results").read_text()
    assert (folder / "ledger_key").read_text() == key
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_the_ledger_gets_its_own_database_in_the_same_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_secrets(tmp_path / "secrets")
    connection = (tmp_path / "secrets" / "ledger_connection").read_text()
    monkeypatch.setenv(f"AIRFLOW_CONN_{LEDGER_CONNECTION.upper()}", connection)

    assert re.fullmatch(r"postgresql\+psycopg://airflow:[^@]+@postgres(:5432)?/visma_sync", ledger_url())
    assert compose()["configs"]["create_ledger"]["content"] == "CREATE DATABASE visma_sync;"
    assert f"{LEDGER_KEY}=" in entrypoint()
    assert f"AIRFLOW_CONN_{LEDGER_CONNECTION.upper()}=" in entrypoint()


@pytest.mark.parametrize("name", AIRFLOW_SERVICES)
def test_every_component_finds_dags_plugins_and_mappings_where_the_image_has_them(name: str) -> None:
    environment, mounts = service(name)["environment"], [mount.split(":") for mount in service(name)["volumes"]]

    assert image_files()[environment["AIRFLOW__CORE__DAGS_FOLDER"]] == "dags"
    assert image_files()[environment["AIRFLOW__CORE__PLUGINS_FOLDER"]] == "plugins"
    assert ["./include", f"{IN_IMAGE}/{INCLUDE.relative_to(PROJECT)}", "ro"] in mounts
    assert all((PROJECT / source).exists() for source in image_files().values())


@pytest.mark.parametrize("name", [name for name in AIRFLOW_SERVICES if name != "migration"])
def test_every_component_starts_after_the_migration_and_is_looked_after(name: str) -> None:
    assert service(name)["depends_on"]["migration"] == {"condition": "service_completed_successfully"}
    assert service(name)["healthcheck"]["test"]
    assert service(name)["restart"] == "unless-stopped"


def test_celery_and_redis_come_only_when_asked_for() -> None:
    in_profile = {name for name, each in compose()["services"].items() if each.get("profiles") == ["celery"]}

    assert in_profile == {"redis", "worker"}
    assert service("scheduler")["environment"]["AIRFLOW__CORE__EXECUTOR"] == "${VISMA_SYNC_EXECUTOR:-LocalExecutor}"


def test_only_this_machine_reaches_a_port() -> None:
    published = [port for each in compose()["services"].values() for port in each.get("ports", [])]

    assert published == ["127.0.0.1:${VISMA_SYNC_PORT:-8080}:8080"]
