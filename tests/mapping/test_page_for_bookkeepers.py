"""What include/mappings/README.md shows works as it is shown."""

import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from visma_sync.mapping.catalog import FlowMapping, load_mapping

FLOW = "orders_eaccounting_to_vismanet"
PAGE = (Path(__file__).parents[2] / "include/mappings/README.md").read_text(encoding="utf-8")
MAPPING, CHANGES, FREE_READ_AND_WRITE, FILTERS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Customer(Part):
    name: str


class Line(Part):
    sku: str


class Order(Part):
    number: str
    currency: str
    customer: Customer
    lines: list[Line]
    free: dict[str, Any] = {}


class SentLine(Part):
    inventoryId: str  # noqa: N815  as the page has it
    note: str | None = None


class SentOrder(Part):
    customer: dict[str, str]
    description: str | None = None
    orderLines: list[SentLine]  # noqa: N815  as the page has it
    salesPersonId: str | None = None  # noqa: N815  as the page has it


def shown(folder: Path, *overlays: str) -> FlowMapping:
    (folder / f"{FLOW}.yaml").write_text(MAPPING, encoding="utf-8")
    files = [folder / f"{place}.yaml" for place, _ in enumerate(overlays)]
    for file, text in zip(files, overlays, strict=True):
        file.write_text(text, encoding="utf-8")
    return load_mapping(FLOW, folder, record=Order, documents={"order": SentOrder}, overlays=files)


def written(mapping: FlowMapping, source: dict[str, Any]) -> dict[str, Any]:
    record = mapping.read(source, lists={}, settings={})
    return mapping.write("order", record, links={"customer": "10007"}, settings={}, plan={}).payload


SOURCE = {"Number": 1, "CustomerName": "Acme", "Rows": [{"IsTextRow": False, "ArticleNumber": "A1"}], "Campaign": "May"}


def test_the_mapping_on_the_page_does_what_its_example_says(tmp_path: Path) -> None:
    mapping = shown(tmp_path)
    (example,) = mapping.examples()
    mapping.check_example(example)


def test_the_changes_on_the_page_change_the_mapping(tmp_path: Path) -> None:
    assert written(shown(tmp_path, CHANGES), SOURCE) == {
        "customer": {"id": "10007"},
        "orderLines": [{"inventoryId": "A1", "note": "a1"}],
        "salesPersonId": "12",
    }


def test_the_free_field_on_the_page_reaches_the_target(tmp_path: Path) -> None:
    assert written(shown(tmp_path, FREE_READ_AND_WRITE), SOURCE)["description"] == "May"


def test_the_filters_on_the_page_choose_orders(tmp_path: Path) -> None:
    mapping = shown(tmp_path)
    filters = mapping.record_filter(yaml.safe_load(FILTERS)["filters"][FLOW])
    order = mapping.read(SOURCE, lists={}, settings={})
    assert filters.why_not(order, {}) is None
    assert filters.why_not(order.model_copy(update={"currency": "SEK"}), {}) == "=order.currency == 'EUR'"
    assert filters.why_not(order.model_copy(update={"lines": []}), {}) == "=order.lines | length > 0"
