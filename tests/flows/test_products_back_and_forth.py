"""Products go both ways: what a person changes arrives once on the other side, and nothing goes round and round."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.flows.product_back_flow import FLOW as BACK
from tests.flows.product_back_flow import article_of, barcode, entered, item, made, products
from tests.flows.product_back_flow import run as back
from tests.flows.product_flow import FLOW as FORTH
from tests.flows.product_flow import TODAYS, articles, items
from tests.flows.product_flow import entered as entered_article
from tests.flows.product_flow import run as forth
from tests.flows.running import IMPATIENT, Company, Ran, only
from tests.flows.shop import Stored

LONG = "Lantaarn van gegalvaniseerd staal met rieten handvat, groot"
Story = Callable[[Company], None]


@pytest.fixture
def company(untroubled: Company) -> Company:
    """A pair of companies whose products are on both sides, quick to give up."""
    untroubled.run(only("007", "OLD-1"), flow=FORTH)
    untroubled.run(only("007", "OLD-1"), flow=BACK)
    return untroubled


def both(company: Company, number: str = "ITEM-1") -> tuple[Stored, Stored]:
    """An item, and its article."""
    return items(company)[number], article_of(company, number)


def alternate(company: Company, runs: int = 10) -> list[int]:
    """Run both directions in turns over what was changed today; gives the number of writes of each run."""
    writes = []
    for number in range(runs):
        company.forget_requests()
        ran = (forth if number % 2 == 0 else back)(company, TODAYS)
        assert not {one.state for one in ran.outcomes.values()} & {"rejected", "uncertain"}, ran.all_ended()
        writes.append(company.writes().total())
    return writes


# Ten runs in turns, after what people did


def nothing(company: Company) -> None:
    """Nobody does anything."""


def long_description(company: Company) -> None:
    """An item whose description eAccounting cannot hold."""
    entered(company, description=LONG)


def fine_price(company: Company) -> None:
    """An item whose price eAccounting cannot hold any more."""
    made(company)
    item(company, defaultPrice=Decimal("12.3456"))


def gross_cent(company: Company) -> None:
    """An article whose gross price is a cent off."""
    entered_article(company, "NEW-1", Name="Lamp", NetPrice=Decimal("12.50"), GrossPrice=Decimal("15.12"))


def on_one_side(company: Company) -> None:
    """A person changes an item."""
    item(company, "007", description="Verrekijker", defaultPrice=Decimal(150))


def on_the_other(company: Company) -> None:
    """A person changes an article."""
    company.in_source("articles/007", Name="Nachtkijker", NetPrice=Decimal(150), GrossPrice=Decimal("181.50"))


def on_both(company: Company) -> None:
    """Two people change the same product."""
    on_one_side(company)
    on_the_other(company)
    company.in_source("articles/007", Name="Nachtkijker", NetPrice=Decimal(140), GrossPrice=Decimal("169.40"))


def barcodes(company: Company) -> None:
    """An item with several barcodes."""
    entered(company, crossReferences=[barcode("8712345678913"), barcode("8712345678906")])


STORIES: list[tuple[Story, str]] = [
    (nothing, "keep_target"),
    (long_description, "keep_target"),
    (fine_price, "keep_target"),
    (gross_cent, "keep_target"),
    (on_one_side, "keep_target"),
    (on_the_other, "keep_target"),
    (on_both, "keep_target"),
    (on_both, "source_wins"),
    (on_both, "park"),
    (barcodes, "keep_target"),
]


@pytest.mark.parametrize(("story", "policy"), STORIES)
def test_ten_runs_in_turns_come_to_rest_after_the_first_two(story: Story, policy: str, company: Company) -> None:
    company.decide(**IMPATIENT, **products(on_conflict=policy))
    story(company)
    writes = alternate(company)
    assert writes[2:] == [0] * 8
    assert sum(writes) <= 2


def test_of_two_people_who_change_the_same_neither_is_overwritten_and_both_reports_tell(company: Company) -> None:
    on_both(company)
    told = [run(company).outcomes["007"].detail for run in (forth, back)]
    alternate(company, 4)
    there, here = both(company, "007")
    assert (there["description"], there["defaultPrice"]) == ("Verrekijker", 150)
    assert (here["Name"], here["NetPrice"]) == ("Nachtkijker", 140)
    assert "description" in told[0]
    assert "Name" in told[1]


# What people change arrives, whoever changed it last


def test_edits_in_turn_arrive_each_on_the_other_side(company: Company) -> None:
    for name in ("Een", "Drie"):
        item(company, "007", description=name)
        assert back(company).ended("007") == "updated"
        forth(company)
        assert article_of(company, "007")["Name"] == name
        company.in_source("articles/007", Name=f"{name} en een half")
        assert forth(company).ended("007") == "updated"
        back(company)
        assert items(company)["007"]["description"] == f"{name} en een half"


def test_edits_in_turn_arrive_where_the_product_was_made_in_visma_net(company: Company) -> None:
    made(company)
    assert forth(company).ended("ITEM-1") == "skipped(written_by_us)"
    company.in_source("articles/ITEM-1", Name="Lantaarn")
    assert forth(company).ended("ITEM-1") == "updated"
    back(company)
    item(company, description="Fakkel", defaultPrice=Decimal(20))
    assert back(company).ended("ITEM-1") == "updated"
    there, here = both(company)
    assert there["description"] == here["Name"] == "Fakkel"
    assert there["defaultPrice"] == here["NetPrice"] == 20
    company.in_source("articles/ITEM-1", Name="Lantaarn")
    assert forth(company).ended("ITEM-1") == "updated"
    assert items(company)["ITEM-1"]["description"] == "Lantaarn"


def test_a_change_beside_a_long_description_leaves_it_whole(company: Company) -> None:
    made(company, description=LONG)
    forth(company)
    company.in_source("articles/ITEM-1", NetPrice=Decimal(20), GrossPrice=Decimal("24.20"))
    assert forth(company).ended("ITEM-1") == "updated"
    back(company)
    there, here = both(company)
    assert (there["description"], there["defaultPrice"], here["Name"]) == (LONG, 20, LONG[:50])


def test_a_new_name_in_eaccounting_replaces_a_long_description(company: Company) -> None:
    made(company, description=LONG)
    forth(company)
    company.in_source("articles/ITEM-1", Name="Lantaarn")
    assert forth(company).ended("ITEM-1") == "updated"
    assert items(company)["ITEM-1"]["description"] == "Lantaarn"


def test_a_price_that_waits_in_visma_net_is_not_overwritten_from_eaccounting(company: Company) -> None:
    made(company)
    forth(company)
    item(company, defaultPrice=Decimal("12.3456"))
    assert back(company).ended("ITEM-1") == "parked(price_does_not_fit)"
    company.in_source("articles/ITEM-1", Name="Lantaarn")
    forth(company)
    assert items(company)["ITEM-1"]["defaultPrice"] == Decimal("12.3456")
    assert items(company)["ITEM-1"]["description"] == "Lantaarn"


def test_a_persons_edit_beside_our_change_still_reaches_the_other_side(company: Company) -> None:
    made(company)
    forth(company)
    company.in_source("articles/ITEM-1", Name="Lantaarn")
    item(company, defaultPrice=Decimal(20))
    assert back(company).ended("ITEM-1") == "updated"
    assert forth(company).ended("ITEM-1") == "updated"
    there, here = both(company)
    assert (there["description"], there["defaultPrice"]) == (here["Name"], here["NetPrice"]) == ("Lantaarn", 20)


def test_what_people_change_in_visma_net_right_after_a_product_was_brought_over_arrives(company: Company) -> None:
    entered_article(company, "NEW-1", Name="Lamp", NetPrice=Decimal(10))
    forth(company)
    item(company, "NEW-1", description="Lantaarn")
    assert back(company).ended("NEW-1") == "updated"
    assert article_of(company, "NEW-1")["Name"] == "Lantaarn"


def test_a_gross_price_that_is_a_cent_off_stays_as_long_as_the_net_price_does(company: Company) -> None:
    company.decide(**IMPATIENT, **products(found="update"))
    gross_cent(company)
    forth(company)
    assert back(company).ended("NEW-1") == "unchanged"
    item(company, "NEW-1", description="Lantaarn")
    assert back(company).ended("NEW-1") == "updated"
    assert article_of(company, "NEW-1")["GrossPrice"] == Decimal("15.12")


def test_a_product_that_was_out_of_sale_in_visma_net_before_stays_in_eaccounting_as_it_is(company: Company) -> None:
    assert items(company)["OLD-1"]["status"] == "Inactive"
    assert article_of(company, "OLD-1")["IsActive"]


def test_a_conflict_ends_when_people_make_both_alike(company: Company) -> None:
    on_both(company)
    kept: Ran = back(company)
    assert "kept what was changed in the target" in kept.outcomes["007"].detail
    company.in_source("articles/007", Name="Verrekijker", NetPrice=Decimal(150), GrossPrice=Decimal("181.50"))
    alternate(company, 4)
    company.in_source("articles/007", Name="Kijker")
    alternate(company, 2)
    assert items(company)["007"]["description"] == articles(company)["007"]["Name"] == "Kijker"


def test_where_a_product_was_made_is_remembered(company: Company) -> None:
    made(company)
    links = company.ledger().mirrored().links("product", ["ITEM-1", "007"])
    assert {number: link.detail["origin"] for number, link in links.items()} == {"ITEM-1": "source", "007": "target"}
