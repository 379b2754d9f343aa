"""Every mapping gives what its own examples say, and every flow has one name in all its places."""

from pathlib import Path

import pytest

from visma_sync.flows import FLOWS, INCLUDE, flow_mapping
from visma_sync.mapping.catalog import FlowMapping
from visma_sync.mapping.document import Example
from visma_sync.settings.load import load_settings

SETTINGS = load_settings(INCLUDE / "settings" / "default.yaml", {}, changes_from="nothing")
LOADED = {name: flow_mapping(name, SETTINGS) for name in FLOWS}
EXAMPLES = [(mapping, example) for mapping in LOADED.values() for example in mapping.examples()]


@pytest.mark.parametrize(("mapping", "example"), EXAMPLES, ids=lambda value: getattr(value, "title", ""))
def test_an_example_gives_what_it_says(mapping: FlowMapping, example: Example) -> None:
    mapping.check_example(example)


def test_every_mapping_file_belongs_to_a_flow() -> None:
    assert {path.stem for path in (INCLUDE / "mappings").glob("*.yaml")} == set(FLOWS)


def test_every_dag_is_called_as_its_file() -> None:
    for path in (Path(__file__).parents[2] / "dags").glob("*_to_*.py"):
        assert f"def {path.stem}()" in path.read_text(encoding="utf-8")
        assert path.stem in FLOWS
