"""The accountant's files: sums and differences as CSV, for Excel and for programs.

Separated by commas, amounts with a point, UTF-8 with a byte order mark: Excel takes it for another encoding without.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from visma_sync.errors import ConfigurationError
from visma_sync.ledger.differences import Difference
from visma_sync.sync.reconcile.documents import Waiting
from visma_sync.sync.reconcile.reconcile import Reconciled
from visma_sync.sync.reconcile.sums import Sum
from visma_sync.sync.run import now

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NAMES = ("sums", "differences")
SUMS = (
    "flow",
    "day",
    "country",
    "vat_code",
    "currency",
    "source_documents",
    "source_without_vat",
    "source_vat",
    "target_documents",
    "target_without_vat",
    "target_vat",
    "difference",
)
DIFFERENCES = (
    "flow",
    "kind",
    "number",
    "day",
    "country",
    "currency",
    "source_total",
    "source_vat",
    "source_vat_codes",
    "target_total",
    "target_vat",
    "target_vat_codes",
    "target_key",
    "reason",
    "cure",
)

Cell = str | int | Decimal | None


def write_files(
    folder: Path, name: str, results: Sequence[Reconciled], not_concluded: Sequence[str], retention_days: int
) -> list[Path]:
    """Write what comparing led to into two files, readable by their owner alone; gives their paths.

    Both name the flows that were `not_concluded`.
    Files of these names that are older than the retention are deleted. Raises ConfigurationError where the folder
    cannot be written.
    """
    open_rows = [[flow, "not_concluded"] for flow in not_concluded]
    sums: list[Sequence[Cell]] = [SUMS, *(row for result in results for row in _sums(result)), *open_rows]
    differences: list[Sequence[Cell]] = [
        DIFFERENCES,
        *(row for result in results for row in _differences(result)),
        *open_rows,
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _delete_old(folder, retention_days)
        paths = [folder / f"reconcile_{name}_{kind}.csv" for kind in _NAMES]
        for path, rows in zip(paths, (sums, differences), strict=True):
            _write(path, rows)
    except OSError as error:
        raise ConfigurationError(
            f"the files of the comparison cannot be written to {folder}: {error.__class__.__name__}",
            resolution="Correct reconcile.folder in the settings, or the rights of that folder.",
        ) from error
    return paths


def safe(cell: Cell) -> str:
    """A cell that no spreadsheet takes for a formula; amounts are numbers, and stay as they are."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    text = str(cell)
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text


def _write(path: Path, rows: Iterable[Sequence[Cell]]) -> None:
    # A file of this name may be open to others: a new one takes its place.
    path.unlink(missing_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([safe(cell) for cell in row] for row in rows)


def _delete_old(folder: Path, retention_days: int) -> None:
    oldest = (now() - timedelta(days=retention_days)).timestamp()
    for kind in _NAMES:
        for path in folder.glob(f"reconcile_*_{kind}.csv"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _sums(result: Reconciled) -> Iterable[list[Cell]]:
    for group in result.sums.groups:
        due, found = result.sums.due.get(group, Sum()), result.sums.found.get(group, Sum())
        difference = found.base + found.vat - due.base - due.vat
        yield [result.flow, *group, due.count, due.base, due.vat, found.count, found.base, found.vat, difference]


def _differences(result: Reconciled) -> Iterable[list[Cell]]:
    yield from (_difference(result.flow, one) for one in result.differences)
    yield from (_waiting(result.flow, one) for one in result.waiting)


def _difference(flow: str, one: Difference) -> list[Cell]:
    due: list[Cell] = [one.total, one.vat, one.vat_codes]
    found: list[Cell] = [one.found_total, one.found_vat, one.found_vat_codes]
    said: list[Cell] = [one.target_key, one.detail, one.cure]
    return [flow, one.kind, one.number, one.day, one.country, one.currency, *due, *found, *said]


def _waiting(flow: str, one: Waiting) -> list[Cell]:
    owner = one.owner
    reason = f"{one.state}({one.reason})" if one.reason else one.state
    nothing: list[Cell] = [None] * 7
    return [flow, "waits", owner.number, owner.day, owner.country, owner.currency, *nothing, reason, one.cure]
