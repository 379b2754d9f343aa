"""Visma.net ERP imitated: the core API, SalesOrders v3 and Visma Connect, as their specifications say.

Sources: the OpenAPI documents of "Visma.net ERP API" (December 2025) and "Visma.net.ERP.SalesOrders.Api" v3,
and the Visma.net API documentation. What they leave open is decided here on the strict side, so that a client
that is right here is right there.
"""

from typing import Any

from fastapi import APIRouter

from sandbox.vismanet.access import Api, Tokens, Window
from sandbox.vismanet.answers import Record
from sandbox.vismanet.availability import add_availability
from sandbox.vismanet.company import Company, utc_text
from sandbox.vismanet.contacts import add_contacts, contact_view
from sandbox.vismanet.control import control_router
from sandbox.vismanet.customer_view import customer_view
from sandbox.vismanet.customers import add_customers
from sandbox.vismanet.identity import identity_router
from sandbox.vismanet.inventory import add_inventory
from sandbox.vismanet.inventory_view import inventory_view
from sandbox.vismanet.lookups import add_lookups
from sandbox.vismanet.masterdata import MasterData, build_master_data
from sandbox.vismanet.order_view import line_view, order_view, tax_view
from sandbox.vismanet.orders import add_orders
from sandbox.vismanet.seed import fill_company
from sandbox.world import Options, World

__all__ = ["VismanetSandbox", "build_vismanet"]


class VismanetSandbox:
    """The imitated Visma.net ERP: its addresses, and what is stored in it."""

    def __init__(self, world: World, options: Options) -> None:
        self._world = world
        self._options = options
        self._tokens = Tokens()
        self.company = Company(build_master_data(options.numbering), options.numbering)
        self._elsewhere = Company(MasterData(), options.numbering)
        # Each API counts its own calls: they are separate services on separate hosts.
        self._apis = {
            name: Api(
                name, self._tokens, Window(options.hour_quota), self.company, self._elsewhere, options.wrong_company
            )
            for name in ("core", "salesorder")
        }
        fill_company(self.company, world, options.today)
        self.routers = self._build_routers()

    def snapshot(self) -> dict[str, Any]:
        """Give everything stored, in the shapes of the APIs' answers; orders with their lines and VAT."""
        company = self.company
        return {
            "customers": [customer_view(company, customer) for customer in company.customers.values()],
            "contacts": [contact_view(company, contact) for contact in company.contacts.values()],
            "items": [inventory_view(item) for item in company.items.values()],
            "orders": [self._order(key) for key in company.orders],
            "mailed": list(company.mailed),
        }

    def reset(self) -> None:
        """Forget everything that was done since the start; access tokens stay good."""
        fresh = Company(self.company.master, self._options.numbering)
        fill_company(fresh, self._world, self._options.today)
        # The routes hold on to the company, so it is refilled in place.
        self.company.__dict__.update(fresh.__dict__)
        for api in self._apis.values():
            api.window.used, api.window.started = 0, 0.0

    def _order(self, key: tuple[str, str]) -> Record:
        order = self.company.orders[key]
        lines = [line_view(self.company, order, line) for line in order.lines]
        view = order_view(self.company, order)
        return {**view, "created": utc_text(order.created), "lines": lines, "taxes": tax_view(order.totals)}

    def _build_routers(self) -> list[APIRouter]:
        sales_orders = APIRouter(prefix="/salesorder/api/v3")
        add_orders(sales_orders, self._apis["salesorder"])
        add_availability(sales_orders, self._apis["salesorder"])
        core = APIRouter(prefix="/vismanet")
        for add in (add_lookups, add_customers, add_contacts, add_inventory):
            add(core, self._apis["core"])
        identity = identity_router(self._tokens, self._options.access_token_seconds)
        return [sales_orders, core, identity, control_router(self.company)]


def build_vismanet(world: World, options: Options) -> VismanetSandbox:
    """Set up an imitated Visma.net ERP that already knows part of a shop's world."""
    return VismanetSandbox(world, options)
