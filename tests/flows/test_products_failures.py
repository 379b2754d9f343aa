"""Whatever fails, and wherever the process dies: no product twice, none lost, none older than its article."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.product_flow import (
    FLOW,
    TODAYS,
    article,
    articles,
    barcodes,
    codes,
    entered,
    items,
    made,
    overlay,
    run,
)
from tests.flows.running import IMPATIENT, Company, only
from tests.flows.shop import WRITES, Stored
from tests.flows.test_faults import FAULTS_OF_WRITES
from tests.flows.test_kills import finished, killed_when
from visma_sync.sync.catalog import master_flow
from visma_sync.sync.keep import write_records
from visma_sync.sync.reference import plain_reference

BUILT = ("--orders", "12", "--no-trouble", "--existing-orders", "0")
COLOUR = "=source.NameEnglish | default('')"
READS = {
    "articles": "/eaccounting/v2/articles$",
    "items": "/vismanet/v1/inventory$",
}


@pytest.fixture
def company(untroubled: Company) -> Company:
    """A pair of companies that is quick to give up; all its articles can be sent."""
    return untroubled


@pytest.fixture
def changed(company: Company) -> Company:
    """The same, sent once; two articles have changed since."""
    run(company)
    for number in ("1e5", "007"):
        article(company, number, Name="Anders", NetPrice=77)
    return company


def assert_all_are_as_their_articles(company: Company) -> None:
    """Every article that is sold is in the target once, as the source has it."""
    sold = {number: one for number, one in articles(company).items() if one["IsActive"]}
    numbers = Counter(one["inventoryNumber"] for one in company.state("vismanet", "items"))
    assert {numbers[number] for number in sold} == {1}
    there = items(company)
    for number, source in sold.items():
        item = there[number]
        assert (item["description"], item["defaultPrice"]) == (source["Name"], source["NetPrice"])
        assert barcodes(item) == {row["Barcode"] for row in source["Barcodes"] or ()}


def test_each_kind_of_failure_at_the_making_leaves_nothing_twice_and_nothing_behind(company: Company) -> None:
    for kind in FAULTS_OF_WRITES:
        company.fault(kind, **WRITES["product"], retry_after=1)
    ran = run(company)
    assert company.faults_fired() == [1] * len(FAULTS_OF_WRITES)
    assert set(ran.all_ended().values()) == {"created", "unchanged", "skipped(not_sold)"}
    assert_all_are_as_their_articles(company)
    company.forget_requests()
    run(company)
    assert not company.writes()


@pytest.mark.parametrize("kind", FAULTS_OF_WRITES)
def test_each_kind_of_failure_at_a_change_leaves_the_product_as_its_article(kind: str, changed: Company) -> None:
    changed.fault(kind, **WRITES["change of a product"], retry_after=1)
    ran = run(changed, TODAYS)
    assert changed.faults_fired() == [1]
    assert ran.ended("1e5") == ran.ended("007") == "updated"
    assert_all_are_as_their_articles(changed)
    changed.forget_requests()
    run(changed, TODAYS)
    assert not changed.writes()


def test_a_request_that_lands_late_is_adopted(company: Company) -> None:
    company.fault("land_late", **WRITES["product"], seconds=0.5)
    ran = run(company)
    assert set(ran.all_ended().values()) == {"created", "unchanged", "skipped(not_sold)"}
    assert_all_are_as_their_articles(company)


@pytest.mark.parametrize("read", READS)
def test_failures_at_a_read_are_waited_out(read: str, changed: Company) -> None:
    for kind in ("refuse", "timeout_before", "503", "cut"):
        changed.fault(kind, method="GET", path=READS[read], retry_after=1)
    ran = run(changed, TODAYS)
    assert changed.faults_fired() == [1] * 4
    assert ran.ended("1e5") == "updated"


def lost(company: Company, write: str) -> None:
    """A try in which the answer to a write of this article is lost, though it was done."""
    company.no_more_faults()
    company.fault("timeout_after", **WRITES[write])
    company.tries = 1
    assert run(company, only("NEW-1")).ended("NEW-1") == "uncertain(answer_lost)"


FIRST: Stored = {"Name": "Lamp", "NetPrice": 10, "Barcodes": codes("8712345678906"), "NameEnglish": "ROOD"}
THEN: Stored = {"Name": "Lantaarn", "NetPrice": 12, "Barcodes": codes("8712345678913"), "NameEnglish": "BLAUW"}
LAST: Stored = {"Name": "Fakkel", "NetPrice": 14, "Barcodes": codes("8712345678920"), "NameEnglish": "GROEN"}


@pytest.mark.parametrize("found", ["update", "keep"])
@pytest.mark.parametrize(
    ("write", "lost_ones", "last"),
    [
        pytest.param("product", [FIRST], FIRST, id="created"),
        pytest.param("product", [FIRST], LAST, id="created, then changed"),
        pytest.param("change of a product", [THEN], LAST, id="changed twice"),
        pytest.param("change of a product", [THEN, LAST], FIRST, id="changed twice, both lost, then changed back"),
        pytest.param("change of a product", [THEN], FIRST, id="changed, then changed back"),
        pytest.param("change of a product", [{**THEN, "NameEnglish": None}], FIRST, id="emptied, then filled again"),
    ],
)
def test_a_change_in_the_source_while_the_answer_was_lost_arrives_too(
    write: str, lost_ones: list[Stored], last: Stored, found: str, company: Company, tmp_path: Path
) -> None:
    company.decide(
        **IMPATIENT, products={"found": found}, **overlay(tmp_path, {"read": {"attributes": {"COLOUR": COLOUR}}})
    )
    entered(company, "NEW-1", IsStock=True, **FIRST)
    if write != "product":
        run(company, only("NEW-1"))
    for fields in lost_ones:
        article(company, "NEW-1", **fields)
        lost(company, write)
    company.no_more_faults()
    article(company, "NEW-1", **last)
    assert run(company, TODAYS).ended("NEW-1") == ("created" if write == "product" else "updated")
    item = items(company)["NEW-1"]
    assert (item["description"], item["defaultPrice"]) == (last["Name"], last["NetPrice"])
    assert barcodes(item) == {row["Barcode"] for row in last["Barcodes"]}
    assert [row["value"] for row in item["attributes"]] == [last["NameEnglish"]]
    company.forget_requests()
    assert run(company, TODAYS).ended("NEW-1") == "unchanged"
    assert not company.writes()


def test_a_setting_that_was_changed_back_while_the_answer_was_lost_holds_again(company: Company) -> None:
    company.decide(**IMPATIENT)
    made(company, NetPrice=100, GrossPrice=121)
    company.decide(**IMPATIENT, products={"price_basis": "including_vat"})
    lost(company, "change of a product")
    assert items(company)["NEW-1"]["defaultPrice"] == 121
    company.decide(**IMPATIENT)
    assert run(company, TODAYS).ended("NEW-1") == "updated"
    assert items(company)["NEW-1"]["defaultPrice"] == 100


def test_what_people_changed_while_the_answer_was_lost_stays(company: Company) -> None:
    company.decide(**IMPATIENT)
    made(company, NetPrice=10, Name="Lamp")
    article(company, "NEW-1", NetPrice=12, Name="Lantaarn")
    lost(company, "change of a product")
    company.in_target("items/NEW-1", defaultPrice=99)
    article(company, "NEW-1", NetPrice=14, Name="Fakkel")
    assert run(company, TODAYS).ended("NEW-1") == "updated"
    assert (items(company)["NEW-1"]["defaultPrice"], items(company)["NEW-1"]["description"]) == (99, "Fakkel")


# Killed


@pytest.mark.parametrize("write", ["product", "change of a product"])
def test_a_process_killed_before_and_after_the_effect_of_a_write_leaves_nothing_twice_and_nothing_behind(
    write: str, company: Company
) -> None:
    if write == "change of a product":
        run(company)
        article(company, "1e5", Name="Anders", NetPrice=77)
    for name, kind in (("first", "timeout_before"), ("second", "timeout_after")):
        company.no_more_faults()
        company.fault(kind, **WRITES[write])
        killed_when(company, name, "automatic", lambda: company.faults_fired() == [1], FLOW)
    ended = finished(company, "third", "automatic", FLOW)
    assert set(ended.values()) <= {"created", "updated", "unchanged", "skipped(not_sold)"}
    assert_all_are_as_their_articles(company)
    company.forget_requests()
    finished(company, "fourth", "automatic", FLOW)
    assert not company.writes()


async def tried_again(company: Company, name: str, *numbers: str) -> dict[str, str]:
    """How these products ended once the writing task of this run has had another try."""
    again = company.open_run(name, flow=FLOW)
    source, target = company.clients(again.ledger)
    async with source, target:
        references = [plain_reference(number, number) for number in numbers]
        await write_records(master_flow(again, source, target), references)
    return {one.number: one.state for one in again.ledger.outcomes(again.flow, name)}


def test_what_a_killed_process_has_written_is_told_as_written_by_the_next_try(company: Company) -> None:
    run(company)
    before = company.ledger().links("product", ["1e5"])
    article(company, "1e5", Name="Anders")
    for number in ("NEW-1", "NEW-2"):
        entered(company, number)
    company.fault("timeout_before", **WRITES["product"], after=1)

    def all_but_one_are_written() -> bool:
        links = company.ledger().links("product", ["NEW-1", "NEW-2", "1e5"])
        return company.faults_fired() == [1] and len(links) == 2 and links["1e5"] != before["1e5"]

    killed_when(company, "only", "automatic", all_but_one_are_written, FLOW)
    company.no_more_faults()
    ended = asyncio.run(tried_again(company, "only", "NEW-1", "NEW-2", "1e5"))
    assert {ended["NEW-1"], ended["NEW-2"]} == {"created", "uncertain"}
    assert ended["1e5"] == "updated"


def test_a_process_killed_with_many_writes_on_their_way_leaves_nothing_twice_and_nothing_behind(
    company_with: CompanyWith,
) -> None:
    company = company_with(*BUILT, "--latency-ms", "20")
    before = len(items(company))
    killed_when(company, "first", "automatic", lambda: len(items(company)) >= before + 3, FLOW)
    killed_when(company, "second", "automatic", lambda: len(items(company)) >= before + 9, FLOW)
    finished(company, "third", "automatic", FLOW)
    assert_all_are_as_their_articles(company)
