"""Visma.net ERP imitated: the core API, SalesOrders v3 and Visma Connect, as their specifications say.

Sources: the OpenAPI documents of "Visma.net ERP API" (December 2025) and "Visma.net.ERP.SalesOrders.Api" v3,
and the Visma.net API documentation. What they leave open is decided here on the strict side, so that a client
that is right here is right there.
"""

from typing import Any

from fastapi import APIRouter

from sandbox.vismanet.access import Api, Tokens, Window
from sandbox.vismanet.adjustments import add_adjustments, adjustment_view
from sandbox.vismanet.answers import Record
from sandbox.vismanet.attachments import attachment_facts
from sandbox.vismanet.availability import add_availability
from sandbox.vismanet.company import Company, Stored, utc_text
from sandbox.vismanet.contacts import add_contacts, contact_view
from sandbox.vismanet.control import control_router
from sandbox.vismanet.customer_view import customer_view
from sandbox.vismanet.customers import add_customers
from sandbox.vismanet.identity import identity_router
from sandbox.vismanet.inventory import add_inventory
from sandbox.vismanet.inventory_view import inventory_view
from sandbox.vismanet.invoice_view import credit_note_view, invoice_view
from sandbox.vismanet.journal_vat import vat_report
from sandbox.vismanet.journal_view import journal_view
from sandbox.vismanet.journals import add_journals
from sandbox.vismanet.lookups import add_lookups
from sandbox.vismanet.masterdata import MasterData, build_master_data
from sandbox.vismanet.order_view import line_view, order_view, tax_view
from sandbox.vismanet.orders import add_orders
from sandbox.vismanet.payments import add_payments, payment_view
from sandbox.vismanet.receivables import add_receivables
from sandbox.vismanet.seed import fill_company
from sandbox.vismanet.shipment_view import shipment_view
from sandbox.vismanet.shipments import add_shipments
from sandbox.vismanet.stock import Balances, stock_rows
from sandbox.vismanet.stock_summary import add_stock_summary
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
        """Give everything stored, in the shapes of the APIs' answers.

        Orders come with their lines and VAT, journal transactions with `vatReported`: the base and the amount of each
        VAT code that they report since they are posted.
        """
        company, balances = self.company, Balances(self.company)
        return {
            "customers": [customer_view(company, customer) for customer in company.customers.values()],
            "contacts": [contact_view(company, contact) for contact in company.contacts.values()],
            "items": [inventory_view(company, item, balances=balances) for item in company.items.values()],
            "attachments": attachment_facts(company),
            "orders": [self._order(key) for key in company.orders],
            "invoices": [invoice_view(company, invoice) for invoice in company.invoices.values()],
            "credit_notes": [credit_note_view(company, note) for note in company.credit_notes.values()],
            "payments": [payment_view(company, payment) for payment in company.payments.values()],
            "adjustments": [adjustment_view(company, kept) for kept in company.adjustments.values()],
            "journals": [self._journal(kept) for kept in company.journals.values()],
            "shipments": [shipment_view(company, kept) for kept in company.shipments.values()],
            "stock": stock_rows(company),
            "mailed": list(company.mailed),
        }

    def reset(self) -> None:
        """Forget everything that was done since the start; access tokens stay good."""
        fresh = Company(build_master_data(self._options.numbering), self._options.numbering)
        fill_company(fresh, self._world, self._options.today)
        # The routes hold on to the company, so it is refilled in place.
        self.company.__dict__.update(fresh.__dict__)
        for api in self._apis.values():
            api.window.used, api.window.started = 0, 0.0

    def _journal(self, journal: Stored) -> Record:
        lines = journal.values["lines"]
        reported = journal.values["createVatTransaction"] and journal.values["status"] == "Posted"
        view = journal_view(self.company, journal, lines)
        return {**view, "vatReported": vat_report(lines) if reported else []}

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
        for add in (
            add_lookups,
            add_customers,
            add_contacts,
            add_inventory,
            add_receivables,
            add_payments,
            add_adjustments,
            add_stock_summary,
            add_journals,
            add_shipments,
        ):
            add(core, self._apis["core"])
        identity = identity_router(self._tokens, self._options.access_token_seconds)
        return [sales_orders, core, identity, control_router(self.company)]


def build_vismanet(world: World, options: Options) -> VismanetSandbox:
    """Set up an imitated Visma.net ERP that already knows part of a shop's world."""
    return VismanetSandbox(world, options)
