"""The accountant's files: readable in Excel, safe in it, for their owner alone, and free of personal data."""

import csv
import os
import stat
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.flows.reconciled import compare, delete_order, raise_price, with_dutch_vat_only
from tests.flows.running import FLOW, TODAY, Company, demo_settings
from visma_sync.errors import ConfigurationError
from visma_sync.ledger.differences import Difference
from visma_sync.operators.reconcile import lines_of, period_of
from visma_sync.sync.reconcile.documents import Due, Found, Owner, Period
from visma_sync.sync.reconcile.files import write_files
from visma_sync.sync.reconcile.reconcile import Reconciled
from visma_sync.sync.reconcile.sums import Sums

SHIFTY: dict[str, Any] = {
    "detail": "=cmd|' /C calc'!A0",
    "number": "+1001",
    "target_key": "@SUM(A1)",
    "cure": "-2+3",
    "country": "\t1",
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def one_difference() -> Reconciled:
    difference = Difference(
        "amount", "k", "1", "2026-11-12", "EUR", total=Decimal("-12.50"), found_total=Decimal("1E+2")
    )
    difference = replace(difference, **SHIFTY)
    return Reconciled(FLOW, Period(TODAY, TODAY), differences=[difference])


def test_no_cell_is_a_formula_and_amounts_are_plain_numbers(tmp_path: Path) -> None:
    _, path = write_files(tmp_path, "x", [one_difference()], [], 30)
    (row,) = rows_of(path)
    assert {row["reason"], row["number"], row["target_key"], row["cure"], row["country"]} == {
        f"'{text}" for text in SHIFTY.values()
    }
    assert (row["source_total"], row["target_total"], row["target_vat"]) == ("-12.50", "100", "")


def test_the_files_are_for_their_owner_alone_and_say_their_encoding(tmp_path: Path) -> None:
    for path in write_files(tmp_path / "reports", "x", [one_difference()], [], 30):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_file_that_others_could_read_is_replaced(tmp_path: Path) -> None:
    old = tmp_path / "reconcile_x_sums.csv"
    old.write_text("old", encoding="utf-8")
    old.chmod(0o644)
    path, _ = write_files(tmp_path, "x", [], [], 30)
    assert path == old
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "old" not in path.read_text(encoding="utf-8")


def test_files_older_than_the_retention_are_deleted_and_no_others(tmp_path: Path) -> None:
    long_ago = (datetime.now(tz=UTC) - timedelta(days=31)).timestamp()
    for name in ("reconcile_1_sums.csv", "reconcile_1_differences.csv", "theirs.csv"):
        (tmp_path / name).write_text("x", encoding="utf-8")
        os.utime(tmp_path / name, (long_ago, long_ago))
    (tmp_path / "reconcile_2_sums.csv").write_text("x", encoding="utf-8")
    write_files(tmp_path, "3", [], [], 30)
    assert {path.name for path in tmp_path.iterdir()} == {
        "theirs.csv",
        "reconcile_2_sums.csv",
        "reconcile_3_sums.csv",
        "reconcile_3_differences.csv",
    }


def test_a_folder_that_cannot_be_written_is_named_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"reconcile\.folder"):
        write_files(tmp_path / "taken", "x", [], [], 30)


def test_both_files_say_what_was_compared_and_hold_no_personal_data(untroubled: Company, tmp_path: Path) -> None:
    untroubled.run()
    deleted, raised = with_dutch_vat_only(untroubled)[:2]
    delete_order(untroubled, deleted)
    raise_price(untroubled, raised)
    result = compare(untroubled)
    sums, differences = write_files(tmp_path, "x", [result], [], 30)
    assert {(row["number"], row["kind"]) for row in rows_of(differences)} == {(deleted, "deleted"), (raised, "amount")}
    gap = sum(Decimal(row["difference"]) for row in rows_of(sums) if row["currency"] == "EUR")
    lost = next(one.total for one in result.differences if one.number == deleted)
    assert lost is not None
    assert gap == 5 - lost
    texts = sums.read_text(encoding="utf-8") + differences.read_text(encoding="utf-8") + "\n".join(lines_of(result))
    for customer in untroubled.state("eaccounting", "customers"):
        for field in ("Name", "EmailAddress", "InvoiceAddress1"):
            assert not customer[field] or customer[field] not in texts


def test_records_that_wait_stand_in_the_file_with_their_reason(company: Company, tmp_path: Path) -> None:
    company.run()
    result = compare(company)
    _, differences = write_files(tmp_path, "x", [result], [], 30)
    rows = rows_of(differences)
    assert len(rows) == len(result.waiting) > 0
    assert {row["kind"] for row in rows} == {"waits"}
    assert "parked(product_missing)" in {row["reason"] for row in rows}
    assert all(row["cure"] for row in rows)


# The pure sums


def test_a_document_counts_under_each_of_its_vat_codes_and_a_missing_one_on_one_side_only() -> None:
    sums, owner = Sums(), Owner("k", "1", "2026-11-12", "EUR", "NL")
    shares = {"NL21": (Decimal(100), Decimal(21)), "NL9": (Decimal(10), Decimal("0.90"))}
    due = Due(owner, "SO/1", Decimal("131.90"), Decimal("21.90"), shares)
    found = Found("SO/1", "order 1", (), "open", "EUR", Decimal("131.90"), Decimal("21.90"), shares, None)
    sums.add(due, found)
    sums.add(due, None)
    group = ("2026-11-12", "NL", "NL9", "EUR")
    assert (sums.due[group].count, sums.due[group].vat) == (2, Decimal("1.80"))
    assert (sums.found[group].count, sums.found[group].base) == (1, Decimal(10))
    assert sums.groups == [("2026-11-12", "NL", "NL21", "EUR"), group]


# The trigger form


def test_without_days_the_nights_up_to_yesterday_are_compared() -> None:
    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    period = period_of({}, None, demo_settings(reconcile={"days": 7}))
    assert (period.first, period.last) == (yesterday - timedelta(days=6), yesterday)


def test_the_days_of_the_form_are_compared() -> None:
    period = period_of({"from_day": "2026-11-01", "to_day": "2026-11-03"}, {}, demo_settings())
    assert (period.first, period.last) == (date(2026, 11, 1), date(2026, 11, 3))


@pytest.mark.parametrize(
    "form", [{"from_day": "2026-11-03", "to_day": "2026-11-01"}, {"from_day": "3 November"}, {"form_day": "2026-11-01"}]
)
def test_a_form_that_makes_no_sense_stops_the_run(form: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        period_of(form, form, demo_settings())


def test_a_flow_that_could_not_be_compared_is_named_in_both_files(tmp_path: Path) -> None:
    for path in write_files(tmp_path, "x", [], ["bookings_eaccounting_to_vismanet"], 30):
        assert "bookings_eaccounting_to_vismanet,not_concluded" in path.read_text(encoding="utf-8-sig")
