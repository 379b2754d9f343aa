"""The order flow and both clients, led through all that makes them ask or write something else.

`people` use both systems at their screens; `ours` is the same pair of companies as the flow reaches it.
"""

import asyncio
from datetime import timedelta

from tests.contract.our_other_records import use_other_records
from tests.flows.product_flow import FLOW as PRODUCTS
from tests.flows.running import EVERYTHING, MIDNIGHT, NOTHING_NEW, Company, Ran, only
from visma_sync.systems.vismanet.master_lists import MASTER_LISTS

AWKWARD = "Ä/2 #9's"
"""An article number that a path, a filter and a key have to quote."""


def lead_through(people: Company, ours: Company) -> None:
    """Send orders in every way that the flow knows, and then use what it leaves unused of the clients."""
    numbering = {"numbering": ours.settings.order.numbering}
    assert ours.run().numbers("created")
    assert "updated" in _states_of_customers(ours.run(only(*_order_after_moving(people))))
    people.in_source("articles/A-1010", Number=AWKWARD)
    number = _ordered(people, _anybody(people), AWKWARD)
    assert ours.run(only(number)).products[AWKWARD].state == "created"
    _lose_an_answer(people, ours)
    ours.decide(order=numbering)
    _keep_products(people, ours)
    ours.decide(order=numbering, send_when={"paid": "paid"})
    assert ours.run(EVERYTHING).numbers("skipped(not_paid)")
    asyncio.run(_use_the_rest(ours))


def _states_of_customers(ran: Ran) -> set[str]:
    return {outcome.state for outcome in ran.customers.values()}


def _order_after_moving(people: Company) -> list[str]:
    """Some customers move house and order again; gives the numbers of the orders."""
    numbers = []
    for customer in people.state("eaccounting", "customers")[:10]:
        moved = {"InvoiceAddress1": "Nieuwe Kade 2", "InvoiceCity": "Assen", "Telephone": "+31 592 000000"}
        people.in_source(f"customers/{customer['CustomerNumber']}", **moved)
        numbers.append(_ordered(people, customer["CustomerNumber"], "A-1001"))
    return numbers


def _anybody(people: Company) -> str:
    """The number of a customer whose orders can be sent."""
    return next(
        str(customer["CustomerNumber"])
        for customer in people.state("eaccounting", "customers")
        if customer["InvoiceCountryCode"] == "NL" and customer["IsPrivatePerson"] and not customer["DeliveryBasedVat"]
    )


def _ordered(people: Company, customer: str, *articles: str) -> str:
    rows = [{"ArticleNumber": number, "Quantity": 2} for number in articles]
    return str(people.in_source("orders", CustomerNumber=customer, Rows=rows)["Number"])


def _lose_an_answer(people: Company, ours: Company) -> None:
    """An order arrives, the answer does not: it is looked up before anything else is done; a stale version is too."""
    number = _ordered(people, _anybody(people), "A-1001")
    people.fault("cut", method="POST", path="/SalesOrders$")
    people.fault("stale_etag", method="PATCH", path="/SalesOrders/")
    ours.decide(order={"numbering": ours.settings.order.numbering}, uncertain_wait_seconds=1)
    ours.run(only(number))
    assert people.faults_fired() == [1, 1]
    assert number in people.by_marker()
    people.no_more_faults()
    ours.run(NOTHING_NEW)


def _keep_products(people: Company, ours: Company) -> None:
    """Products are made, and one gets another price and a barcode."""
    assert ours.run(flow=PRODUCTS).numbers("created")
    people.in_source("articles/1e5", NetPrice=12, Barcodes=[{"Barcode": "8712345678906", "BarcodeType": 0}])
    assert ours.run(only("1e5"), flow=PRODUCTS).ended("1e5") == "updated"


async def _use_the_rest(ours: Company) -> None:
    source, target = ours.clients(ours.ledger())
    async with source, target:
        await source.company()
        for name in MASTER_LISTS:
            await target.master_data(name)
        assert await target.item_count()
        await target.update_item(AWKWARD, {"description": "Ander artikel", "status": "NoSales"})
        rows = [row async for page in target.orders_modified(MIDNIGHT - timedelta(days=60)) for row in page]
        order = await target.order(rows[-1].order_type, rows[-1].order_id)
        assert order is not None
        changes = {"note": "Bel eerst", "freight": {"premiumAmount": 5, "taxCategoryId": "NL21"}}
        await target.change_order(order.order_type, order.order_id, changes, order.version)
        await use_other_records(source, target)
