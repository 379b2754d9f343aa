"""Who bought, and at which VAT rates: read once for all sales of a lane."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from visma_sync.domain.customer import Customer
from visma_sync.domain.product import Product
from visma_sync.domain.sale import Sale
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import Link
from visma_sync.sync.customers.plan import default_debtor_of
from visma_sync.sync.ports import Source
from visma_sync.sync.run import Run, source_lists


@dataclass(frozen=True)
class Buyers:
    """The customers of some sales as the source has them, and their links, both by the customer's key."""

    run: Run
    customers: Mapping[str, Customer]
    links: Mapping[str, Link]

    def of(self, sale: Sale) -> Customer:
        """The customer of a sale; RecordParkedError where the source has none to read."""
        customer = self.customers.get(sale.customer_key)
        if customer is None:
            raise RecordParkedError(
                [Reason("customer_unknown", f"the source has no customer {sale.customer_number} to read")],
                resolution=f"Restore the customer in the source; the {self.run.kind} goes on by itself.",
            )
        return customer

    def number_of(self, customer: Customer) -> str:
        """The customer's number in the target, or that of the default debtor; RecordParkedError without either."""
        link = self.links.get(customer.key)
        number = default_debtor_of(self.run.settings, customer, linked=link is not None)
        if number:
            return number
        if link is not None:
            return link.target_key
        if self.run.dry_run:
            return "(new)"
        raise RecordParkedError(
            [Reason("customer_not_linked", f"customer {customer.number} is not in the target yet")],
            resolution="Run the flow again; if it stays so, look at the outcome of this customer.",
        )


async def read_buyers(run: Run, source: Source, keys: Collection[str]) -> Buyers:
    """The customers that the step before held; those that cannot be read have parked their sales before."""
    lists = await source_lists(run, "customer", source)
    customers: dict[str, Customer] = {}
    for key, record in run.ledger.held(run.flow_of("customer"), keys).items():
        with suppress(RecordRejectedError):
            customer = run.mapping("customer").read(record.source or {}, lists=lists, settings=run.settings)
            customers[key] = cast(Customer, customer)
    return Buyers(run, customers, run.ledger.links("customer", keys))


async def read_rates(run: Run, source: Source, keys: Collection[str]) -> dict[str, Decimal]:
    """VAT rates (fractions) by SKU of the products whose rows in these sales do not say one."""
    numbers = run.ledger.needed(run.flow, keys, "rate")
    if not numbers:
        return {}
    lists = await source_lists(run, "product", source)
    held = run.ledger.held(run.flow_of("product"), numbers)
    mapping = run.mapping("product")
    products = (
        cast(Product, mapping.read(record.source, lists=lists, settings=run.settings))
        for record in held.values()
        if record.source is not None and record.state != "rejected"
    )
    return {product.number: product.vat_rate for product in products if product.vat_rate is not None}
