"""The order flow of the other direction: which sales orders are sent, and how one becomes an order of the target."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from visma_sync.domain.sales_order import SalesOrder
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Intent, Link
from visma_sync.sync.exist import CLOCK_SLACK
from visma_sync.sync.flow import ECHO, Built, DocumentFlow, Standing
from visma_sync.sync.mirror.orders.drafts import (
    AMOUNTS,
    GONE,
    MISFITS,
    compared_later,
    content_of,
    judge,
    stays_a_draft,
)
from visma_sync.sync.mirror.orders.names import check_names
from visma_sync.sync.mirror.orders.plan import plan_order
from visma_sync.sync.mirror.orders.ports import ListedOrder, OrderDocument, OrderTarget, SalesOrderSource
from visma_sync.sync.mirror.orders.surroundings import Around, customer_keys, look_around
from visma_sync.sync.ports import SourceRecord
from visma_sync.sync.reference import Reference, amount_text
from visma_sync.sync.run import Run, now

# The day of an order stands for when it was made; people date orders ahead.
DATED_AHEAD = timedelta(days=31)
# In the facts of a record: that a person named its number.
_ASKED_FOR = "asked_for"


class MirroredOrderFlow(DocumentFlow[SalesOrder]):
    """Sales orders of the source become orders of the target; drafts there are what other flows have on hold."""

    source: SalesOrderSource
    target: OrderTarget

    kind = "order"
    verb = "confirm"
    cure_of_deleted = (
        "Find out who deleted it. To have it made again, trigger the flow with its number; that also gives up an order "
        "that is cancelled in the source."
    )

    _around: Around

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        super().__init__(run, source, target)
        self._settings = self.run.settings.mirror.orders
        self._confirmed: dict[str, Standing] = {}
        self._seen: dict[str, Standing] = {}
        self._documents: dict[str, OrderDocument] = {}
        self._gone: set[str] = set()
        self._asked_for = False

    # Reading

    async def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        """Read whole are only the orders that may be sent: a list does not show lines."""
        async for page in self.source.sales_orders.changed(since, until, self._settings.send_when.types):
            yield await self._with_lines({listed.record.key: listed for listed in page})

    async def _with_lines(self, page: Mapping[str, ListedOrder]) -> list[SourceRecord]:
        links = self.run.ledger.links(self.kind, page)
        intents = self.run.ledger.intents(self.run.writer_of(self.kind), self.kind, page, "create")
        settled = {key for key, link in links.items() if link.detail.get("confirmed")}
        settled.update(self.echoes({key: listed.record for key, listed in page.items()}))
        wanted = {key for key, listed in page.items() if listed.state in self._settings.send_when.status}
        # What is half done is judged by all that the source says.
        wanted |= links.keys() | {key for key, intent in intents.items() if intent.state == "open"}
        whole = {record.key: record for record in await self.source.sales_orders.whole(wanted - settled)}
        return [whole.get(key, listed.record) for key, listed in page.items()]

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        self._asked_for = True
        return await self.source.sales_orders.numbered(numbers, self._settings.send_when.types)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        found = await self.source.sales_orders.whole(keys)
        self._gone.update(set(keys) - {record.key for record in found})
        return found

    def reference_of(self, record: SalesOrder) -> Reference:
        return Reference(
            key=record.key,
            number=record.number,
            date=record.ordered_on.isoformat(),
            currency=record.currency,
            total=amount_text(record.total),
            vat=amount_text(record.vat_amount),
            state="fetched",
        )

    def facts_of(self, record: SalesOrder) -> Mapping[str, Any]:
        return {
            "date": record.ordered_on.isoformat(),
            "currency": record.currency,
            "total": amount_text(record.total),
            "vat": amount_text(record.vat_amount),
            "type": record.type,
            "status": record.state,
            "sale": self._sale_named(record.reference),
            "content": content_of(record),
            "customer": record.customer_key,
            "delivery": record.delivery_on.isoformat() if record.delivery_on else "",
            GONE: record.key in self._gone,
            _ASKED_FOR: self._asked_for,
            **compared_later(record, self._settings.freight_sku),
        }

    def _sale_named(self, reference: str) -> str:
        """The number of the other direction's order of which a source order carries the marker, as far as it looks so.

        Only those are kept: what people write there may be anything.
        """
        prefix = self.run.settings.marker_prefix
        number = reference.removeprefix(prefix)
        return number if reference.startswith(prefix) and number.isascii() and number.isdigit() else ""

    def needs_of(self, record: SalesOrder) -> Mapping[str, Collection[str]]:
        """The customer and the products that must be in the target before this order is written."""
        freight = {self._settings.freight_sku} - {""} if record.freight else set()
        return {
            "customer": {record.customer_key},
            "product": {line.product_number for line in record.lines if line.product_number} | freight,
        }

    # Which are sent

    def unwanted(self, reference: Reference, record: HeldRecord) -> str:
        if record.facts.get(GONE):
            return "gone_from_source"
        if record.facts.get("type") not in self._settings.send_when.types:
            return "type_not_wanted"
        if not self._is_in_wanted_state(record):
            return "status_not_wanted"
        cut_off = self.run.settings.cut_off_date
        return "before_cut_off" if cut_off and date.fromisoformat(reference["date"]) < cut_off else ""

    def _is_in_wanted_state(self, record: HeldRecord) -> bool:
        return record.facts.get("status") in self._settings.send_when.status

    async def refused(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, str]:
        """Orders that the other direction made before the ledger was lost: marker and total are those of a sale."""
        sales = {ref["key"]: str(records[ref["key"]].facts.get("sale", "")) for ref in wanted}
        numbers = {number for number in sales.values() if number}
        totals = await self.target.order_documents.totals(numbers) if numbers else {}
        marked = bool(self.run.settings.marker_prefix)
        return {
            ref["key"]: ECHO
            for ref in wanted
            if (of_sale := totals.get(sales[ref["key"]])) and (marked or Decimal(ref["total"]) in of_sale)
        }

    async def check_settings(self) -> None:
        await check_names(self.run, self.target)

    async def deleted(self, half_done: Mapping[str, Link], records: Mapping[str, HeldRecord]) -> Collection[str]:
        """Nothing is made again by itself: only what a person names, and what the source has no more is given up."""
        told = {key for key in half_done if records[key].facts[GONE] or records[key].facts[_ASKED_FOR]}
        return {key for key in told if await self.target.order_documents.read(half_done[key].target_key) is None}

    async def existing(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, Standing]:
        by_marker = {self._marker_of(reference["key"]): reference["key"] for reference in wanted}
        since = min(records[reference["key"]].created_at for reference in wanted) - DATED_AHEAD
        found = await self._marked(by_marker.keys(), min(since, now() - DATED_AHEAD))
        return {by_marker[marker]: standing for marker, standing in found.items()}

    def _marker_of(self, key: str) -> str:
        order_type, _, number = key.partition("/")
        return self._settings.marker_of(order_type, number)

    async def _marked(self, markers: Collection[str], since: datetime) -> dict[str, Standing]:
        found: dict[str, Standing] = {}
        async for page in self.target.order_documents.made_since(since):
            found.update({one.reference: _standing(one) for one in page if one.reference in markers})
        return found

    # Making one

    async def prepare(self, records: Mapping[str, HeldRecord]) -> None:
        self._around = await look_around(self.run, self.source, self.target, records)

    def build(self, key: str) -> Built:
        order = self._around.orders[key]
        plan = plan_order(order, self._around.of(order), self.run.settings)
        written = self.run.mapping(self.kind).write("order", order, links={}, settings=self.run.settings, plan=plan)
        return Built(
            marker=plan.marker,
            payload=written.payload,
            customer=plan.customer,
            expected=plan.expected,
            cuts=(*plan.misfits, *stays_a_draft(plan), *map(str, written.cuts)),
            # What it must come to before it is more than a draft.
            detail={
                "total": str(plan.wanted.total),
                "vat": str(plan.wanted.vat),
                MISFITS: list(plan.misfits),
                AMOUNTS: [str(amount) for amount in plan.amounts],
                **compared_later(order, self._settings.freight_sku),
            },
        )

    async def send(self, built: Built) -> str:
        return await self.target.order_documents.create(built.payload, built.marker)

    async def find(self, intents: Sequence[Intent]) -> Mapping[str, Standing]:
        since = min(intent.started_at for intent in intents) - CLOCK_SLACK
        return await self._marked({intent.marker for intent in intents}, since)

    # Confirming one

    @property
    def goes_further(self) -> bool:
        return self._settings.confirm == "order"

    async def read(self, key: str) -> Standing | None:
        document = await self.target.order_documents.read(key)
        if document is None:
            return None
        self._documents[key] = document
        standing = self._seen[key] = _standing(document)
        return standing

    def judged(self, standing: Standing, link: Link) -> Link:
        """What a person corrected or changed meanwhile, on either side, counts: not what was sent."""
        record = self.run.ledger.held(self.run.flow, [link.source_key], with_source=False)[link.source_key]
        number = str(record.facts["customer"])
        return judge(
            self._documents[standing.key],
            link,
            record,
            is_wanted=self._is_in_wanted_state(record),
            customer=customer_keys(self.run, [number]).get(number, ""),
        )

    async def take_off_hold(self, standing: Standing) -> None:
        """The step carries nothing, so it overwrites nothing; whether somebody changed the draft is seen afterwards."""
        self._confirmed[standing.key] = standing
        try:
            await self.target.order_documents.make_order(standing.key)
        except RecordRejectedError:
            # An earlier request, or a person, was first.
            again = await self.target.order_documents.read(standing.key)
            if again is None or again.state == "hold":
                raise

    async def read_back(self, keys: Collection[str], since: datetime) -> AsyncIterator[list[Standing]]:
        async for page in self.target.order_documents.moved_since(since):
            standings = [_standing(one) for one in page if one.key in keys]
            self._seen.update({standing.key: standing for standing in standings})
            yield standings

    async def take_further(self, link: Link) -> None:
        """An order that was changed between our look at the draft and the step is looked at by a person."""
        before, after = self._confirmed.get(link.target_key), self._seen[link.target_key]
        if before is not None and replace(after, state=before.state, name=before.name) != before:
            raise RecordParkedError(
                [Reason("edited_in_target", f"somebody changed order {after.name} while it became an order")],
                resolution="Check it in the target; it counts as sent as soon as total and VAT agree.",
            )


def _standing(document: OrderDocument) -> Standing:
    return Standing(
        key=document.key,
        name=document.number or document.reference,
        customer=document.customer,
        marker=document.reference,
        state=document.state,
        total=document.total,
        vat=document.vat,
        content=document.content,
    )
