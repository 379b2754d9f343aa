"""The order flow: which orders are sent, and how one is made, found, read and opened in the target."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.order import Order
from visma_sync.domain.taxing import Category
from visma_sync.domain.totals import Totals
from visma_sync.ledger.rows import HeldRecord, Intent, Link
from visma_sync.sync.categories import vat_categories
from visma_sync.sync.exist import CLOCK_SLACK
from visma_sync.sync.flow import Built, DocumentFlow, Standing
from visma_sync.sync.orders.build import build_order
from visma_sync.sync.orders.levels import Fulfilling
from visma_sync.sync.orders.plan import Surroundings, freight_lines, marker_of
from visma_sync.sync.orders.ports import FulfilmentTarget
from visma_sync.sync.ports import OrderRow, OrderSource, TargetOrder
from visma_sync.sync.reference import Reference, amount_text
from visma_sync.sync.run import hash_of, source_lists
from visma_sync.sync.sales.buyers import Buyers, read_buyers, read_rates
from visma_sync.sync.sales.kept_vat import kept_vat, shares_of
from visma_sync.sync.sales.marks import OUR_MARK, carries_our_mark
from visma_sync.sync.sales.paths import SalePaths


class OrderFlow(DocumentFlow[Order]):
    """Orders of the source become sales orders of the target."""

    source: OrderSource
    target: FulfilmentTarget

    kind = "order"
    verb = "open"
    path = "order"

    _orders: Mapping[str, Order]
    _buyers: Buyers
    _rates: Mapping[str, Decimal]
    _categories: Mapping[str, Category]

    # Reading

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self.source.orders_changed(since, until)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.orders_by_number(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.orders_by_key(keys)

    async def also_wanted(self, since: datetime) -> AsyncIterator[list[Any]]:
        """An old order whose invoice was paid inside the window is a candidate too."""
        if self.run.settings.send_when.paid == "paid":
            async for keys in self.source.orders_invoiced(since):
                yield await self.source.orders_by_key(keys)

    def reference_of(self, record: Order) -> Reference:
        return Reference(
            key=record.key,
            number=record.number,
            date=record.ordered_on.isoformat(),
            currency=record.currency,
            total=amount_text(record.amount),
            vat=amount_text(record.vat_amount),
            state="fetched",
        )

    def facts_of(self, record: Order) -> Mapping[str, Any]:
        reference = self.reference_of(record)
        return {
            "date": reference["date"],
            "currency": record.currency,
            "total": reference["total"],
            "vat": reference["vat"],
            "status": record.status.value,
            "sales": [record.key],
            "customer": record.customer_key,
            "content": content_of(record),
        }

    def needs_of(self, record: Order) -> Mapping[str, Collection[str]]:
        """The customer and the products that must exist before this order is written."""
        as_freight = self._sent_as_freight(record)
        goods: Iterable[Any] = (line for line in record.goods if line.position not in as_freight)
        return {
            "customer": {record.customer_key},
            "product": {line.product_number for line in goods if line.product_number},
            "rate": {line.product_number for line in record.goods if line.vat_rate is None and line.product_number},
        }

    def _sent_as_freight(self, order: Order) -> set[int]:
        """Positions of the rows that surely become the order's freight amount: known rates, and only one."""
        rows = freight_lines(order, self.run.settings)
        rates = {line.vat_rate for line in rows}
        sure = len(rates) == 1 and None not in rates and len(rows) < len(order.goods)
        return {line.position for line in rows} if sure else set()

    def why_not_yet(self, record: Order) -> str:
        if carries_our_mark(self.run, record):
            return OUR_MARK
        return "" if record.number else "draft"

    # Which are sent

    def unwanted(self, reference: Reference, record: HeldRecord) -> str:
        settings = self.run.settings
        if str(record.facts.get("status", "")) not in {wanted.value for wanted in settings.send_when.status}:
            return "status_not_wanted"
        cut_off = settings.cut_off_date
        return "before_cut_off" if cut_off and date.fromisoformat(reference["date"]) < cut_off else ""

    async def refused(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, str]:
        refused = await SalePaths(self.run, self.source).refusals(self.path, wanted, records)
        if self.run.settings.send_when.paid == "paid":
            paid = await self.source.paid_orders([reference["key"] for reference in wanted])
            refused |= {reference["key"]: "not_paid" for reference in wanted if reference["key"] not in paid}
        return refused

    async def existing(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, Standing]:
        """With manual numbering the target itself refuses the double, and no list is read."""
        if self.run.settings.order.numbering == "manual":
            return {}
        by_marker = {marker_of(reference["number"], self.run.settings): reference["key"] for reference in wanted}
        since = min(records[reference["key"]].created_at for reference in wanted) - CLOCK_SLACK
        found = await self._rows_with(by_marker.keys(), since)
        return {by_marker[marker]: standing for marker, standing in found.items()}

    async def _rows_with(self, markers: Collection[str], since: datetime) -> dict[str, Standing]:
        found: dict[str, Standing] = {}
        # Of every type: the setting may have changed since the order was made.
        async for page in self.target.orders_modified(since):
            found.update({row.reference: _standing(row) for row in page if row.reference in markers})
        return found

    # Making one

    async def prepare(self, records: Mapping[str, HeldRecord]) -> None:
        run = self.run
        lists = await source_lists(run, "order", self.source)
        mapping = run.mapping("order")
        self._orders = {
            key: cast(Order, mapping.read(record.source or {}, lists=lists, settings=run.settings))
            for key, record in records.items()
        }
        self._buyers = await read_buyers(run, self.source, {order.customer_key for order in self._orders.values()})
        self._rates = await read_rates(run, self.source, records)
        self._categories = await vat_categories(run, self.target)

    def build(self, key: str) -> Built:
        order = self._orders[key]
        customer = self._buyers.of(order)
        around = Surroundings(
            customer=customer,
            customer_number=self._buyers.number_of(customer),
            categories=self._categories,
            rates_of_products=self._rates,
            default_branch=self.run.default_branch,
        )
        built = build_order(order, around, self.run.mapping("order"), self.run.settings)
        plan = built.plan
        rows = [(line.amount, line.vat_category) for line in plan.lines]
        rows += [(plan.freight.amount, plan.freight.vat_category)] if plan.freight else []
        return Built(
            marker=plan.marker,
            payload=built.payload,
            customer=plan.customer_number,
            expected=plan.expected,
            rounding=plan.rounding,
            cuts=built.cuts,
            own_key=f"{plan.order_type}/{plan.order_id}" if plan.order_id else "",
            detail=kept_vat(order, customer, self.run.settings, shares_of(rows, self._categories)),
        )

    async def send(self, built: Built) -> str:
        order_type, order_id = await self.target.create_order(built.payload)
        return f"{order_type}/{order_id}"

    async def find(self, intents: Sequence[Intent]) -> Mapping[str, Standing]:
        since = min(intent.started_at for intent in intents) - CLOCK_SLACK
        return await self._rows_with({intent.marker for intent in intents}, since)

    # Confirming one

    @property
    def goes_further(self) -> bool:
        return self.run.settings.confirm != "hold"

    async def read(self, key: str) -> Standing | None:
        order: TargetOrder | None = await self.target.order(*key.split("/", 1))
        return None if order is None else _whole(order)

    async def take_off_hold(self, standing: Standing) -> None:
        order_type, order_id = standing.key.split("/", 1)
        await self.target.open_order(order_type, order_id, standing.version)

    async def read_back(self, keys: Collection[str], since: datetime) -> AsyncIterator[list[Standing]]:
        async for page in self.target.orders_modified(since):
            yield [_standing(row) for row in page]

    async def take_further(self, link: Link) -> None:
        """Ship the order, and invoice what was shipped, as far as the settings want."""
        settings = self.run.settings
        if settings.confirm not in {"shipment", "invoice"}:
            return
        order_type, order_id = link.target_key.split("/", 1)
        fulfilling = Fulfilling(self.target, settings.fulfilment, (order_type, order_id))
        await fulfilling.ship()
        if settings.confirm == "invoice":
            total, vat = str(link.detail["total"]), str(link.detail["vat"])
            await fulfilling.invoice(Totals(Decimal(total), Decimal(vat)))


def content_of(order: Order) -> str:
    """A text that changes when what is sent of an order may change, not when it is shipped or invoiced."""
    return hash_of(order.model_dump(mode="json", exclude={"status", "created_at", "changed_at"}))


def _standing(row: OrderRow) -> Standing:
    return Standing(
        key=f"{row.order_type}/{row.order_id}",
        name=row.order_id,
        customer=row.customer,
        marker=row.reference,
        state=row.state,
        total=row.total,
    )


def _whole(order: TargetOrder) -> Standing:
    return Standing(
        key=f"{order.order_type}/{order.order_id}",
        name=order.order_id,
        customer=order.customer,
        marker=order.reference,
        state=order.state,
        total=order.total,
        vat=order.vat,
        version=order.version,
        content=order.content,
    )
