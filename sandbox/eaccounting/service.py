"""eAccounting imitated: the API, its identity server, and the person who works in it."""

from typing import Any

from fastapi import APIRouter

from sandbox.catalogue import COMPANY_IDENTIFIER
from sandbox.eaccounting.access import Api, Quota, Switches, Tokens
from sandbox.eaccounting.accounting import add_accounting
from sandbox.eaccounting.articles import add_articles
from sandbox.eaccounting.books import OTHER_COMPANY_IDENTIFIER, Books, other_books, own_books
from sandbox.eaccounting.control import Desk
from sandbox.eaccounting.customers import add_customers
from sandbox.eaccounting.identity import Identity
from sandbox.eaccounting.lookups import add_lookups
from sandbox.eaccounting.notes import add_notes
from sandbox.eaccounting.orders import add_orders
from sandbox.world import Options, World

PREFIX = "/eaccounting/v2"


class EaccountingSandbox:
    """The imitated eAccounting: its addresses, and what is stored in it."""

    def __init__(self, world: World, options: Options) -> None:
        self._world = world
        self._options = options
        self.companies: dict[str, Books] = {
            COMPANY_IDENTIFIER: own_books(world, options.order_amount),
            OTHER_COMPANY_IDENTIFIER: other_books(world, options.order_amount),
        }
        self.switches = Switches()
        self.quota = Quota(options.minute_quota)
        self.identity = Identity(Tokens(options.access_token_seconds), self.companies)
        self.identity.restart()
        api = Api(APIRouter(prefix=PREFIX), self.identity.tokens, self.quota, self.switches, self.companies)
        for add in (add_lookups, add_accounting, add_orders, add_customers, add_articles, add_notes):
            add(api)
        self.routers = [api.router, self.identity.router(), Desk(self.books, self.switches).router()]

    @property
    def books(self) -> Books:
        """The books of the shop."""
        return self.companies[COMPANY_IDENTIFIER]

    def snapshot(self) -> dict[str, Any]:
        """Give everything stored in the shop's books, who was written to in any company, and the planted troubles."""
        kept: dict[str, Any] = {
            path: list(collection.records.values()) for path, collection in self.books.collections.items()
        }
        mailed = [attempt for books in self.companies.values() for attempt in books.mailed]
        world = self._world
        return kept | {
            "mailed": mailed,
            "planted": world.planted,
            "planted_invoices": world.planted_invoices,
            "planted_articles": world.planted_articles,
            "planted_customers": world.planted_customers,
        }

    def reset(self) -> None:
        """Forget everything that was done since the start, tokens included: the first refresh token is good again."""
        # The handlers hold on to the books, so these are refilled in place.
        self.companies[COMPANY_IDENTIFIER].__dict__.update(vars(own_books(self._world, self._options.order_amount)))
        self.companies[OTHER_COMPANY_IDENTIFIER].__dict__.update(
            vars(other_books(self._world, self._options.order_amount))
        )
        self.switches.on.clear()
        self.switches.unfilterable = self.switches.partial_lists = frozenset()
        self.quota.windows.clear()
        self.identity.restart()


def build_eaccounting(world: World, options: Options) -> EaccountingSandbox:
    """Set up an imitated eAccounting that holds the shop of this world."""
    return EaccountingSandbox(world, options)
