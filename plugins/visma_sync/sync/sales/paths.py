"""Which path a sale goes: as an order, an invoice, a booking, or not at all; decided by the customer's group."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import cast

from visma_sync.domain.customer import Customer
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord
from visma_sync.sync.flow import ECHO, PARTLY_ECHO
from visma_sync.sync.ports import Source
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, held_record, source_lists


@dataclass(frozen=True)
class SalePaths:
    """Decides by `send_sales_as`; the customers are read only where their groups decide."""

    run: Run
    source: Source

    async def refusals(
        self, path: str, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]
    ) -> dict[str, str]:
        """By key, the reason of those records that go another path than this one (sent_as_booking ..., no_order).

        Those of a sale that came from the target go none.

        A record names its customer in the fact `customer`; one whose customer cannot be read is not refused here. The
        fact `direct` is true of one whose sale has no order, which goes as `without_order` says instead.
        """
        instead = self.run.settings.send_sales_as.without_order
        refused: dict[str, str] = {}
        for key, decided in (await self.decide(wanted, records)).items():
            without_order = decided == "order" and records[key].facts.get("direct") is True
            goes = instead if without_order else decided
            if goes != path:
                refused[key] = "no_order" if without_order and goes == "nothing" else f"sent_as_{goes}"
        return refused | self._began_in_target(wanted, records)

    def _began_in_target(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> dict[str, str]:
        """By key, the records whose orders this pair wrote into the source: the target has these sales already.

        One that charges such orders and others as well is for a person: the report names it.
        """
        sales_of = {one["key"]: set(records[one["key"]].facts.get("sales", ())) for one in wanted}
        sales = {str(sale) for sales in sales_of.values() for sale in sales}
        ours = self.run.ledger.mirrored().links_by_target("order", sales).keys()
        return {key: ECHO if sales <= ours else PARTLY_ECHO for key, sales in sales_of.items() if sales & ours}

    async def decide(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> dict[str, str]:
        """By key, the path of each record's sale."""
        choice = self.run.settings.send_sales_as
        if not choice.rows:
            return {reference["key"]: choice.default for reference in wanted}
        customer_of = {reference["key"]: str(records[reference["key"]].facts["customer"]) for reference in wanted}
        groups = await self._groups(set(customer_of.values()))
        days = self._days(wanted, records)
        return {
            key: choice.path(groups[customer], days[key]) for key, customer in customer_of.items() if customer in groups
        }

    def _days(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> dict[str, date]:
        """By key, the day of each record's sale: that of its first order, as it was last read, else its own.

        An order and its invoice are one sale, so that a day between them cannot part them.
        """
        days = {reference["key"]: reference["date"] for reference in wanted}
        facts = {key: records[key].facts for key in days}
        orders_of = {key: one["sales"] for key, one in facts.items() if one.get("direct") is False}
        orders = {order for keys in orders_of.values() for order in keys}
        if orders:
            held = self.run.ledger.held(self.run.writer_of("order"), orders, with_source=False)
            ordered_on = {key: str(order.facts["date"]) for key, order in held.items() if "date" in order.facts}
            for key, keys in orders_of.items():
                days[key] = min((ordered_on[order] for order in keys if order in ordered_on), default=days[key])
        return {key: date.fromisoformat(day) for key, day in days.items()}

    async def _groups(self, keys: Collection[str]) -> dict[str, tuple[str, ...]]:
        run = self.run
        lists = await source_lists(run, "customer", self.source)
        groups: dict[str, tuple[str, ...]] = {}
        records = await self.source.customers(keys)
        # Held, so that a step that needs them need not read them again.
        held = [held_record(run, "customer", record, record.key) for record in records]
        run.ledger.hold(run.flow_of("customer"), run.run_id, held, {})
        for record in records:
            with suppress(RecordRejectedError):
                read = run.mapping("customer").read(record.body, lists=lists, settings=run.settings)
                groups[record.key] = cast(Customer, read).groups
        return groups
