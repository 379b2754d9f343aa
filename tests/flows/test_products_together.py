"""Products of one spelling, and flows that handle the same products at the same time: nothing is lost or shared."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.flows.product_flow import TODAYS, article, codes, entered, items, made, run
from tests.flows.running import FLOW, NOTHING_NEW, Company, only
from tests.flows.test_products import order_of
from visma_sync.systems.vismanet.answers.items import TargetItem
from visma_sync.systems.vismanet.client import VismaNetClient


class Meanwhile(VismaNetClient):
    """Lets something happen once, right after a list of products was read."""

    happens: Callable[[], object] | None = None

    async def items_changed(self, *asked: Any, **how: Any) -> AsyncIterator[list[TargetItem]]:
        """The list, and then what happens."""
        async for page in super().items_changed(*asked, **how):
            yield page
        happens, type(self).happens = type(self).happens, None
        if happens is not None:
            await asyncio.to_thread(happens)


def with_run_in_between(company: Company) -> Company:
    """The company, in whose next run of orders a run of products comes in between."""
    beside = replace(company, runs=100)
    happens = staticmethod(lambda: run(beside, TODAYS))
    company.target_client = type("InBetween", (Meanwhile,), {"happens": happens})
    return company


def order_run(company: Company, *skus: str) -> None:
    """A run of the order flow for an order of these products, which is sent."""
    number = order_of(company, *skus)
    assert company.run(only(number)).ended(number) == "created"


# Two flows side by side


def test_what_the_product_flow_wrote_meanwhile_is_not_forgotten_by_an_order(company: Company) -> None:
    made(company, NetPrice=10)
    order_run(company, "NEW-1")
    article(company, "NEW-1", NetPrice=12, Barcodes=codes("8712345678906"))
    company.in_target("items/NEW-1", status="NoPurchases")
    order_run(with_run_in_between(company), "NEW-1")
    link = company.ledger().links("product", ["NEW-1"])["NEW-1"]
    assert (link.detail["status"], link.detail["barcodes"]) == ("nopurchases", ["8712345678906"])
    article(company, "NEW-1", NetPrice=14)
    assert run(company, TODAYS).ended("NEW-1") == "updated"
    assert items(company)["NEW-1"]["defaultPrice"] == 14


def test_an_item_that_an_order_found_stays_linked_as_the_product_flow_linked_it_meanwhile(company: Company) -> None:
    company.in_target("items", inventoryNumber="NEW-1", description="Lamp", itemClass="STOCK", vatCode="NL21")
    entered(company, "NEW-1", NetPrice=10)
    order_run(with_run_in_between(company), "NEW-1", "1e5")
    written = company.ledger().links("product", ["NEW-1"])["NEW-1"].written
    assert "defaultPrice" in written
    assert items(company)["NEW-1"]["defaultPrice"] == 10


def test_a_dry_run_of_orders_notes_nothing_of_products(company: Company) -> None:
    made(company)
    order_run(company, "NEW-1")
    company.in_target("items/NEW-1", status="NoPurchases")
    before, since = company.links(), company.ledger().cursor("target.items")
    company.run(only(order_of(company, "NEW-1", "A-1001")), dry_run=True)
    assert company.links() == before
    assert company.ledger().cursor("target.items") == since


def test_changes_of_items_count_as_noticed_only_when_they_were_read(company: Company) -> None:
    company.decide(rounding={"sku": ""})
    company.run(only(order_of(company, "1e5", "007")))
    assert company.ledger().links("product", ["1e5", "007"]).keys() == {"1e5", "007"}
    assert company.ledger().cursor("target.items") is None
    company.run(only(order_of(company, "1e5", "MAAT 42")))
    assert company.ledger().cursor("target.items") is not None


# Numbers of one spelling


def test_an_order_of_an_article_whose_item_belongs_to_another_waits_alone(company: Company) -> None:
    made(company, "xyz-1")
    entered(company, "XYZ-1")
    taken, fine = order_of(company, "XYZ-1"), order_of(company, "A-1001", "1e5")
    ran = company.run(only(taken, fine))
    assert (ran.ended(taken), ran.ended(fine)) == ("parked(link_taken)", "created")
    assert "xyz-1" in ran.outcomes[taken].detail


@pytest.mark.parametrize("flow", ["products", "orders"])
def test_of_two_new_articles_of_one_spelling_the_first_becomes_the_item(flow: str, company: Company) -> None:
    entered(company, "Xyz-1", Name="Klein")
    entered(company, "XYZ-1", Name="Groot")
    if flow == "products":
        outcomes = run(company, only("XYZ-1", "Xyz-1")).outcomes
    else:
        outcomes = company.run(only(order_of(company, "XYZ-1", "Xyz-1", "1e5"))).products
    assert {number: outcomes[number].state for number in ("XYZ-1", "Xyz-1")} == {"XYZ-1": "created", "Xyz-1": "parked"}
    assert outcomes["Xyz-1"].reason == "link_taken"
    assert items(company)["XYZ-1"]["description"] == "Groot"
    assert run(company, NOTHING_NEW).outcomes.keys() <= {"Xyz-1"}


@pytest.mark.parametrize("flow", ["products", "orders"])
def test_an_item_is_linked_by_its_own_spelling_and_kept_by_the_article_spelled_like_it(
    flow: str, company: Company
) -> None:
    company.in_target("items", inventoryNumber="xyz-1", description="Lamp", itemClass="STOCK", vatCode="NL21")
    for number in ("XYZ-1", "xyz-1"):
        entered(company, number, Name="Lamp")
    if flow == "products":
        outcomes = run(company, only("XYZ-1", "xyz-1")).outcomes
    else:
        outcomes = company.run(only(order_of(company, "XYZ-1", "xyz-1"))).products
    assert outcomes["XYZ-1"].reason == "link_taken"
    links = company.ledger().links("product", ["XYZ-1", "xyz-1"])
    assert {number: link.target_key for number, link in links.items()} == {"xyz-1": "xyz-1"}


def test_an_article_spelled_otherwise_than_its_item_is_noticed_to_be_out_of_sale(company: Company) -> None:
    company.in_target("items", inventoryNumber="xyz-1", description="Lamp", itemClass="STOCK", vatCode="NL21")
    entered(company, "XYZ-1")
    order_run(company, "XYZ-1")
    company.in_target("items/xyz-1", status="NoSales")
    number = order_of(company, "XYZ-1")
    assert company.run(only(number), flow=FLOW).ended(number) == "parked(product_not_sellable)"
    assert company.ledger().links("product", ["XYZ-1"])["XYZ-1"].target_key == "xyz-1"
