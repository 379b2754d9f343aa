"""Places that start at once on a machine where none has started before."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import local.place
import local.stack
from local.environment import environment
from local.place import Place


def test_two_first_starts_at_once_each_get_a_whole_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local.place, "LOCAL", tmp_path)
    monkeypatch.setattr(local.stack, "LOCAL", tmp_path)
    places = [Place("one", 18_180, 18_170), Place("other", 18_280, 18_270)]
    for place in places:
        place.begin()

    def prepare(place: Place) -> None:
        local.stack._prepare_database(place, environment(place))

    with ThreadPoolExecutor(2) as both:
        list(both.map(prepare, places))
    for place in places:
        with sqlite3.connect(place.database) as database:
            assert database.execute("SELECT count(*) FROM dag_run").fetchone() == (0,)
    assert [path.suffix for path in (tmp_path / "cache").iterdir()] == [".sqlite"]
