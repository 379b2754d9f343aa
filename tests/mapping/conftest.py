"""What the mapping tests share: a mapping made of a few parts, reading and writing with little ceremony."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mapping.shop import Order, made

Reading = Callable[..., Order]
Writing = Callable[..., dict[str, Any]]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    """Reads source data with a `read` half: `reading(tree, source, lists=…, settings=…)`."""

    def read(tree: dict[str, Any], source: dict[str, Any], lists: Any = None, settings: Any = None) -> Order:
        mapping = made(tmp_path, read={"number": "1", **tree})
        found = mapping.read(source, lists=lists or {}, settings=settings or {})
        assert isinstance(found, Order)
        return found

    return read


@pytest.fixture
def writing(tmp_path: Path) -> Writing:
    """Writes a record as the order document: `writing(tree, record, links=…, settings=…, plan=…, on=…)`."""

    def write(tree: dict[str, Any], record: Any = None, *, on: Any = "create", **scope: Any) -> dict[str, Any]:
        mapping = made(tmp_path, write={"order": {"orderType": "SO", **tree}, "customer": {}})
        names = {"links": {}, "settings": {}, "plan": {}, **scope}
        payload = mapping.write("order", record or Order(number="1"), **names, on=on).payload
        assert payload.pop("orderType") == "SO"
        return payload

    return write
