"""The README promises nothing that no test shows."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = [line for line in README.splitlines() if line.startswith("| ") and not line.endswith(("shown by |", "test |"))]
SHOWN_BY = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip()[:40])
def test_each_row_names_a_test_that_exists(row: str) -> None:
    named = SHOWN_BY.findall(row)
    assert named, "no test is named"
    for file, test in named:
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {test or 'test_'}" in text, f"{file} has no {test}"


def test_each_flow_has_its_dag_its_mapping_its_page_and_its_row() -> None:
    flows = {path.stem for path in (ROOT / "dags").glob("*_to_*.py")}
    assert flows == {path.stem for path in (ROOT / "include" / "mappings").glob("*.yaml")}
    for flow in flows:
        page = flow if flow.endswith("_to_eaccounting") else flow.removesuffix("_eaccounting_to_vismanet")
        assert (ROOT / "docs" / "flows" / f"{page}.md").exists(), f"{flow} has no page"
        assert f"docs/flows/{page}.md" in README, f"{flow} is not in the README"
