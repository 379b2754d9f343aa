"""Items that eAccounting cannot hold as they are wait alone, with reason and cure, and go on once it is gone."""

from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from tests.flows.product_back_flow import ARTICLE_WRITES, FLOW, article_of, entered, item, made, products, run
from tests.flows.product_flow import articles
from tests.flows.running import IMPATIENT, NOTHING_NEW, Company, only
from tests.flows.shop import Stored
from visma_sync.errors import RetryableError
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.source_record import SourceRecord


@pytest.fixture
def company(untroubled: Company) -> Company:
    """A pair of companies that is quick to give up."""
    return untroubled


@pytest.mark.parametrize(
    ("fields", "reason", "cure", "mended"),
    [
        ({"defaultPrice": Decimal("12.345")}, "price_does_not_fit", "Correct the price", {"defaultPrice": 12}),
        ({"defaultPrice": Decimal("99000001")}, "price_does_not_fit", "Correct the price", {"defaultPrice": 12}),
        ({"vatCode": "EUGOODS0"}, "no_coding", "Add a row", {"vatCode": "NL21"}),
        ({"baseUnit": "HOUR", "salesUnit": "HOUR"}, "no_mirror.products.units", "Add 'HOUR'", None),
    ],
)
def test_what_does_not_fit_waits_alone_and_goes_on_once_it_is_mended(
    fields: Stored, reason: str, cure: str, mended: Stored | None, company: Company
) -> None:
    company.decide(**products(units={"default": None, "table": {"STK": "st"}}))
    entered(company, **fields)
    entered(company, "ITEM-2")
    ran = run(company, only("ITEM-1", "ITEM-2"))
    assert (ran.ended("ITEM-1"), ran.ended("ITEM-2")) == (f"parked({reason})", "created")
    assert cure in ran.outcomes["ITEM-1"].cure
    assert "ITEM-1" not in articles(company)
    if mended is None:
        company.decide()
    else:
        item(company, **mended)
    assert run(company, NOTHING_NEW).ended("ITEM-1") == "created"


@pytest.mark.parametrize(
    ("coding", "reason"),
    [
        ("Levensmiddelen laag", "price_does_not_fit"),
        ("Diensten hoog", "price_does_not_fit"),
        ("Bestaat niet", "coding_unknown"),
    ],
)
def test_a_coding_of_another_rate_or_kind_or_of_no_company_parks_the_item(
    coding: str, reason: str, company: Company
) -> None:
    company.decide(**products(codings=[{"coding": coding}]))
    entered(company)
    assert run(company, only("ITEM-1")).ended("ITEM-1") == f"parked({reason})"
    company.decide(**products(codings=[{"coding": "Handelsgoederen hoog"}]))
    assert run(company, NOTHING_NEW).ended("ITEM-1") == "created"


def test_a_unit_that_eaccounting_does_not_have_parks_the_item(company: Company) -> None:
    company.decide(**products(units={"table": {"STK": "doos"}}))
    entered(company)
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "parked(unit_unknown)"


def test_a_price_does_not_follow_into_a_coding_of_another_rate_that_people_chose(company: Company) -> None:
    made(company)
    low = next(row for row in company.state("eaccounting", "articleaccountcodings") if row["VatRatePercent"] == 9)
    company.in_source("articles/ITEM-1", CodingId=low["Id"])
    item(company, defaultPrice=Decimal(20))
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "parked(price_does_not_fit)"
    assert article_of(company)["NetPrice"] == 10


def test_a_vat_category_of_another_rate_waits_where_people_set_the_prices(company: Company) -> None:
    made(company)
    company.in_source("articles/ITEM-1", NetPrice=Decimal(11), GrossPrice=Decimal("13.31"))
    item(company, vatCode="NL9", defaultPrice=Decimal(20))
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "parked(price_does_not_fit)"
    assert article_of(company)["GrossPrice"] == Decimal("13.31")


def test_several_articles_that_are_spelled_alike_park_the_item(company: Company) -> None:
    for number in ("item-1", "Item-1"):
        company.in_source("articles", Number=number)
    entered(company)
    ran = run(company, only("ITEM-1"))
    assert ran.ended("ITEM-1") == "parked(several_matches)"
    assert (
        "'Item-1', 'item-1'" in ran.outcomes["ITEM-1"].detail or "'item-1', 'Item-1'" in ran.outcomes["ITEM-1"].detail
    )


def test_an_article_that_is_gone_is_not_made_again_by_itself(company: Company) -> None:
    made(company)
    company.delete_in_source("articles/ITEM-1")
    item(company, description="Lantaarn")
    assert run(company, only("ITEM-1")).ended("ITEM-1") == "parked(gone_from_target)"
    assert "ITEM-1" not in articles(company)


@pytest.mark.parametrize("write", ARTICLE_WRITES)
def test_a_refusal_rejects_the_item_alone(write: str, company: Company, tmp_path: Path) -> None:
    unfit = "=plan.net_price if product.number == 'ITEM-1' else plan.gross_price"
    changes = {"write": {"prices": {"GrossPrice": {"on": "update", "value": unfit}}}}
    for number in ("ITEM-1", "ITEM-2"):
        if write == "change":
            item(company, made(company, number), defaultPrice=Decimal(20))
        else:
            entered(company, number)
    file = tmp_path / "our_fields.yaml"
    file.write_text(yaml.safe_dump(changes), encoding="utf-8")
    company.decide(**IMPATIENT, mapping_overlays={FLOW: [str(file)]})
    ran = run(company, only("ITEM-1", "ITEM-2"))
    assert ran.ended("ITEM-1") == "rejected(not_allowed)"
    assert "eAccounting" in ran.outcomes["ITEM-1"].cure
    assert ran.ended("ITEM-2") == ("updated" if write == "change" else "created")
    assert run(company).ended("ITEM-1") == "skipped(rejected_before)"


@pytest.mark.parametrize("write", ARTICLE_WRITES)
def test_an_eaccounting_that_only_fails_loses_nothing(write: str, company: Company) -> None:
    entered(company)
    if write == "change":
        run(company, only("ITEM-1"))
        item(company, description="Lantaarn")
    company.fault("500", **ARTICLE_WRITES[write], times=20)
    company.tries = 1
    assert run(company, only("ITEM-1")).outcomes["ITEM-1"].state in ("parked", "uncertain")
    company.no_more_faults()
    company.tries = 5
    assert run(company).ended("ITEM-1") == ("updated" if write == "change" else "created")
    assert article_of(company)["Name"] == ("Lantaarn" if write == "change" else "Lamp")


def test_a_partial_list_of_articles_proves_nothing_and_nothing_is_made(company: Company) -> None:
    entered(company)
    company.in_source("switch", partial_lists=["articles"])
    company.tries = 1
    ran = company.try_run(only("ITEM-1"), flow=FLOW)
    assert isinstance(ran.broke, RetryableError)
    assert "ITEM-1" not in articles(company)


# Somebody else at the same time


class SomebodyElse(EAccountingClient):
    """Somebody does something in eAccounting right after we have read its articles, once."""

    people: ClassVar[Company]
    path: ClassVar[str]
    fields: ClassVar[dict[str, Any]]
    done: ClassVar[list[str]]

    async def articles(self, numbers: Any) -> list[SourceRecord]:
        found = await super().articles(numbers)
        self._meanwhile()
        return found

    async def all_articles(self) -> AsyncIterator[list[SourceRecord]]:
        async for page in super().all_articles():
            yield page
        self._meanwhile()

    def _meanwhile(self) -> None:
        if not self.done:
            self.done.append(self.path)
            self.people.in_source(self.path, **self.fields)


def somebody(company: Company, path: str, **fields: Any) -> type[EAccountingClient]:
    """The client of a company in which somebody else does this."""
    meanwhile = {"people": company, "path": path, "fields": fields, "done": []}
    return type("SomebodyElse", (SomebodyElse,), meanwhile)


def test_an_edit_between_our_read_and_our_write_is_not_overwritten(company: Company) -> None:
    made(company)
    item(company, description="Lantaarn", defaultPrice=Decimal(20))
    company.source_client = somebody(company, "articles/ITEM-1", Name="Met de hand", Note="Let op")
    ran = run(company, only("ITEM-1"))
    article = article_of(company)
    assert ran.ended("ITEM-1") == "updated"
    assert (article["Name"], article["Note"], article["NetPrice"]) == ("Met de hand", "Let op", 20)
    assert "Name" in ran.outcomes["ITEM-1"].detail


def test_an_article_that_somebody_makes_between_our_look_and_our_write_is_not_doubled(company: Company) -> None:
    entered(company)
    company.source_client = somebody(company, "articles", Number="ITEM-1", Name="Getypt")
    assert run(company).ended("ITEM-1") == "parked(made_meanwhile)"
    assert run(company, NOTHING_NEW).ended("ITEM-1") == "unchanged"
    names = [one["Name"] for one in company.state("eaccounting", "articles") if one["Number"] == "ITEM-1"]
    assert names == ["Getypt"]
