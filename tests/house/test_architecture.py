"""The rules of the house: who may import whom, what files are called, and which words stay where."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "plugins" / "visma_sync"
ROOMS = {
    "errors": set(),
    "domain": {"errors"},
    "mapping": {"errors"},
    "settings": {"errors", "domain"},
    "ledger": {"errors"},
    "sync": {"errors", "domain", "mapping", "settings", "ledger"},
    "systems": {"errors"},
    "flows": {"errors", "domain", "mapping", "settings", "systems"},
    "hooks": {"errors", "systems", "ledger"},
    "operators": {"errors", "hooks", "sync", "ledger", "settings", "flows", "systems", "retry"},
    "retry": {"errors"},
    "provider_info": set(),
    "web": {"errors", "ledger", "hooks", "settings", "flows"},
}
WITH_AIRFLOW = {"hooks", "operators", "retry", "web"}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc", "manager", "base"}


def modules(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*.py")) if "__pycache__" not in path.parts]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(PACKAGE), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_the_rooms_below_it(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        return
    here = room(path)
    for name in imports(path):
        if name.startswith("visma_sync."):
            there = name.split(".")[1]
            assert there == here or there in ROOMS[here], f"{here} may not import {name}"
        elif name == "airflow" or name.startswith("airflow."):
            assert here in WITH_AIRFLOW, f"{here} must run without Airflow, but imports {name}"
        assert not name.startswith("sandbox"), "production code never knows the sandbox"


def test_neither_system_knows_the_other() -> None:
    for system, other in (("eaccounting", "vismanet"), ("vismanet", "eaccounting")):
        for path in modules(PACKAGE / "systems" / system):
            assert not any(other in name for name in imports(path)), path


def test_the_sandbox_is_an_independent_witness() -> None:
    for path in modules(ROOT / "sandbox"):
        assert not any(name.startswith("visma_sync") for name in imports(path)), path


def test_dags_are_wiring_only() -> None:
    for path in modules(ROOT / "dags"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 80, f"{path.name} is a program"
        allowed = ("typing", "airflow.sdk", "airflow.providers.standard", "visma_sync.operators")
        assert all(name.startswith(allowed) for name in imports(path)), path
        logic = (ast.If, ast.For, ast.While, ast.Try, ast.With, ast.Lambda, ast.ListComp)
        assert not [node for node in ast.walk(tree) if isinstance(node, logic)], path


def test_no_module_has_a_name_that_says_nothing() -> None:
    for folder in (PACKAGE, ROOT / "sandbox", ROOT / "local", ROOT / "bench", ROOT / "dags"):
        for path in modules(folder):
            assert not FORBIDDEN_NAMES & {path.stem, *path.relative_to(ROOT).parts[:-1]}, path


def test_nobody_catches_everything_or_leaves_work_for_later() -> None:
    for folder in (PACKAGE, ROOT / "sandbox", ROOT / "local", ROOT / "dags", ROOT / "bench"):
        for path in modules(folder):
            text = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ExceptHandler):
                    assert node.type is not None, f"{path}: bare except"
                    assert "Exception" not in {getattr(node.type, "id", "")}, f"{path}:{node.lineno}"
            assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), path


def test_money_is_never_a_float_below_the_systems() -> None:
    for name in ("domain", "settings", "sync", "mapping"):
        for path in modules(PACKAGE / name):
            calls = [
                node.lineno
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.Name) and node.id == "float" and isinstance(node.ctx, ast.Load)
            ]
            text = path.read_text(encoding="utf-8").splitlines()
            assert not [line for line in calls if "float(" in text[line - 1]], path


VENDOR_WORDS = re.compile(
    r"\b(CustomerNumber|IsPrivatePerson|TermsOfPaymentId|VatRatePercent|refNo|customerRefNo|orderLines|taxCategoryId"
    r"|inventoryId|inventoryNumber|premiumAmount|mainContact|orderTotal|taxTotal|ArticleNumber|InvoiceCity)\b"
)


def test_vendor_words_stay_in_the_systems_and_the_mappings() -> None:
    for path in modules(PACKAGE):
        if room(path) != "systems":
            found = VENDOR_WORDS.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path}: {found.group() if found else ''}"


def test_production_code_never_mentions_the_sandbox() -> None:
    for path in modules(PACKAGE):
        text = re.sub("jinja2.sandbox|SandboxedEnvironment", "", path.read_text(encoding="utf-8"))
        assert "sandbox" not in text.lower(), path
