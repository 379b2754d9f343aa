"""The order status flow and its orders, for the tests of that flow."""

import asyncio
from abc import abstractmethod
from datetime import timedelta
from typing import Any

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.fulfilment import AT_FIRST, goods_of, in_stock
from tests.flows.running import EVERYTHING, IMPATIENT, MIDNIGHT, Company, Ran
from tests.flows.shop import Stored
from visma_sync.sync.fetch import Window
from visma_sync.systems.eaccounting.client import EAccountingClient, EAccountingSettings

FLOW = "order_status_vismanet_to_eaccounting"
DRAFT, ONGOING, SHIPPED, INVOICED = 1, 2, 3, 4
# Orders that are ongoing in eAccounting: two with goods, two with services alone.
GOODS, MORE_GOODS, SERVICES, MORE_SERVICES = "10002", "10001", "10004", "10011"
EVERYTHING_ON = {"invoice_in_eaccounting": True, "note": True}
WITH_GOODS, ALL = (GOODS, MORE_GOODS), (GOODS, MORE_GOODS, SERVICES, MORE_SERVICES)
TODAYS = Window("scheduled", MIDNIGHT, MIDNIGHT + timedelta(days=2))
ACTIONS = {
    "opening": {"method": "POST", "path": "/orders/[^/]+/converteddrafttoorder$"},
    "shipping": {"method": "POST", "path": "/orders/[^/]+/completed$"},
    "invoicing": {"method": "POST", "path": "/orders/[^/]+/convert$"},
    "taking back": {"method": "POST", "path": "/orders/[^/]+/voided$"},
    "note": {"method": "POST", "path": "/v2/notes$"},
}


def followed(company_with: CompanyWith, **decided: Any) -> Company:
    """A pair whose orders were sent; with plenty in stock, and these decisions about the status of orders.

    All of them are open in Visma.net.
    """
    company = company_with(*TWELVE, mirror={"order_status": decided}, **IMPATIENT)
    for item in company.state("vismanet", "items"):
        if item.get("warehouseDetails"):
            in_stock(company, item["inventoryNumber"], AT_FIRST)
    company.run()
    company.forget_requests()
    return company


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the order status flow once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def path_of(company: Company, number: str) -> str:
    """The order of Visma.net that an order of eAccounting became, as an address at the screens."""
    return f"orders/SO/{company.by_marker()[number]['orderId']}"


def ship(company: Company, number: str, **fields: Any) -> str:
    """Somebody sends the goods of an order; gives the shipment's number."""
    return str(company.in_target(f"{path_of(company, number)}/ship", **fields)["shipmentNumber"])


def set_state(company: Company, number: str, state: str) -> None:
    """Somebody gives an order of Visma.net a state, whatever it takes."""
    company.in_target(path_of(company, number), status=state)


def status(company: Company, number: str) -> int:
    """The status of an order in eAccounting."""
    return int(company.source_orders()[number]["Status"])


def statuses(company: Company) -> dict[str, int]:
    """The statuses of all numbered orders of eAccounting."""
    return {number: int(order["Status"]) for number, order in company.source_orders().items()}


def some_goods(company: Company, number: str) -> str:
    """The SKU of a product of an order that has to leave."""
    return next(iter(goods_of(company.by_marker()[number])))


def notes(company: Company) -> list[Stored]:
    """All notes of eAccounting."""
    return company.state("eaccounting", "notes")


def charge(company: Company, number: str, *, released: bool = True) -> str:
    """Somebody invoices in Visma.net what has left of an order; gives the invoice's number."""
    order = company.by_marker()[number]
    invoice = asyncio.run(_prepared(company, order["orderId"]))
    if released:
        company.in_target(f"invoices/{invoice}/release")
    return invoice


async def _prepared(company: Company, order: str) -> str:
    source, target = company.clients(company.ledger())
    async with source, target:
        return await target.shipments.prepare_invoice("SO", order)


def invoices_of(company: Company, number: str) -> list[Stored]:
    """The invoices of eAccounting that were made of an order."""
    order = company.source_orders()[number]["Id"]
    return [one for one in company.state("eaccounting", "customerinvoices") if one["CreatedFromOrderId"] == order]


def charged(company_with: CompanyWith, *numbers: str) -> Company:
    """A pair in which these orders were shipped and invoiced in Visma.net, and are drafts in eAccounting.

    They are to be invoiced there too, and to get a note.
    """
    company = followed(company_with, **EVERYTHING_ON)
    for number in numbers:
        company.in_source(f"orders/{number}", Status=DRAFT)
        if number in WITH_GOODS:
            ship(company, number)
        charge(company, number)
    return company


def refuse_anything_twice_or_missing(company: Company, *numbers: str) -> None:
    """These orders are invoiced, each by one invoice, and each shipment has one note."""
    for number in numbers:
        assert status(company, number) == INVOICED
        assert len(invoices_of(company, number)) == 1
    assert len(notes(company)) == len({note["Text"] for note in notes(company)}) == len({*numbers} & {*WITH_GOODS})
    assert company.mailed() == []


class PersonInBetween(EAccountingClient):
    """Has a person act in eAccounting after orders were read and before one is taken further."""

    def __init__(self, settings: EAccountingSettings, **more: Any) -> None:
        super().__init__(settings, **more)
        take = self.order_states.take

        async def after_the_person(key: str, before: str, after: str) -> None:
            self.act()
            await take(key, before, after)

        self.order_states.take = after_the_person  # type: ignore[method-assign]  # the person comes first

    @abstractmethod
    def act(self) -> None:
        """What the person does."""
