"""What building orders of a mirrored run takes, read once for all orders of a lane."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.customer import Customer
from visma_sync.domain.sales_order import SalesOrder
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import HeldRecord
from visma_sync.sync.lists import target_list
from visma_sync.sync.mirror.orders.names import terms_by_name
from visma_sync.sync.mirror.orders.plan import SoldArticle, Surroundings
from visma_sync.sync.mirror.orders.ports import Buyer, OrderTarget, PriceRules, SalesOrderSource
from visma_sync.sync.mirror.orders.products import ARTICLE, CODING
from visma_sync.sync.run import Run, source_lists


@dataclass(frozen=True)
class _NewBuyer:
    """The customer that a run would make, as a dry run sees it."""

    key: str
    is_private: bool
    country: str


@dataclass(frozen=True)
class Around:
    """The orders of a lane, and what surrounds them; `buyers` are customers of the target by their source number."""

    orders: Mapping[str, SalesOrder]
    buyers: Mapping[str, Buyer]
    rules: PriceRules
    articles: Mapping[str, SoldArticle]
    vat_ids: Mapping[str, Collection[str]]
    terms: Mapping[str, str]

    def of(self, order: SalesOrder) -> Surroundings:
        """What surrounds an order; RecordParkedError where its customer is not in the target."""
        buyer = self.buyers.get(order.customer_key)
        if buyer is None:
            raise RecordParkedError(
                [Reason("customer_not_linked", f"customer {order.customer_key} is not in the target yet")],
                resolution="Run the flow again; if it stays so, look at the outcome of this customer.",
            )
        return Surroundings(buyer, self.rules, self.articles, self.vat_ids, self.terms)


async def look_around(
    run: Run, source: SalesOrderSource, target: OrderTarget, records: Mapping[str, HeldRecord]
) -> Around:
    """Read what these orders need."""
    lists = await source_lists(run, "order", source)
    mapping = run.mapping("order")
    orders = {
        key: cast(SalesOrder, mapping.read(record.source or {}, lists=lists, settings=run.settings))
        for key, record in records.items()
    }
    return Around(
        orders=orders,
        buyers=await _buyers(run, source, target, {order.customer_key for order in orders.values()}),
        rules=await target.sold.price_rules(),
        articles=await _articles(run, target, records),
        vat_ids={
            category: frozenset(str(tax.get("vat_id", "")) for tax in row["facts"].get("taxes", ()))
            for category, row in lists["vat_categories"].items()
        },
        terms=await terms_by_name(run, target),
    )


def customer_keys(run: Run, numbers: Collection[str]) -> dict[str, str]:
    """The keys in the target of customers that either direction linked, by their number in the source."""
    links = {number: link.target_key for number, link in run.ledger.links("customer", numbers).items()}
    others = run.ledger.mirrored().links_by_target("customer", numbers)
    return {number: link.source_key for number, link in others.items()} | links


async def _buyers(
    run: Run, source: SalesOrderSource, target: OrderTarget, numbers: Collection[str]
) -> dict[str, Buyer]:
    keys = customer_keys(run, numbers)
    known = await target.sold.buyers(set(keys.values())) if keys else {}
    found: dict[str, Buyer] = {number: known[key] for number, key in keys.items() if key in known}
    return (await _new_buyers(run, source, set(numbers) - keys.keys()) if run.dry_run else {}) | found


async def _new_buyers(run: Run, source: SalesOrderSource, numbers: Collection[str]) -> dict[str, Buyer]:
    """Customers that a dry run did not make, as the source has them."""
    lists = await source_lists(run, "customer", source)
    found: dict[str, Buyer] = {}
    for number, record in run.ledger.held(run.flow_of("customer"), numbers).items():
        with suppress(RecordRejectedError):
            read = run.mapping("customer").read(record.source or {}, lists=lists, settings=run.settings)
            customer = cast(Customer, read)
            found[number] = _NewBuyer("(new)", not customer.is_company, customer.invoice_address.country)
    return found


async def _articles(run: Run, target: OrderTarget, keys: Collection[str]) -> dict[str, SoldArticle]:
    """The articles that the step before looked up, with the rates of their codings."""
    held = run.ledger.held(run.flow_of("product"), run.ledger.needed(run.flow, keys, "product"), with_source=False)
    codings = {row["id"]: row["facts"] for row in await target_list(run, target, "codings")}
    return {
        number: SoldArticle(str(record.facts[ARTICLE]), _rate(codings.get(str(record.facts[CODING]))))
        for number, record in held.items()
        if ARTICLE in record.facts
    }


def _rate(coding: Mapping[str, Any] | None) -> Decimal | None:
    return None if coding is None else Decimal(str(coding["rate"] or 0)) / 100
