"""The invoice flow: which invoices are sent, and how one is made, found, read and released in the target."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from visma_sync.domain.invoice import Invoice
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Intent, Link
from visma_sync.sync.categories import vat_categories
from visma_sync.sync.exist import CLOCK_SLACK
from visma_sync.sync.flow import ECHO, Built, DocumentFlow, Standing
from visma_sync.sync.invoices.books import base_currency, closed_periods
from visma_sync.sync.invoices.credits import credit_of_order, paths_of_credits, sales_of, settled_by_credits
from visma_sync.sync.invoices.plan import Surroundings, closed_period, marker_of, plan_invoice
from visma_sync.sync.invoices.ports import InvoiceSource, InvoiceTarget, TargetDocument
from visma_sync.sync.invoices.release import Releasing
from visma_sync.sync.invoices.standing import (
    CREDIT_NOTE,
    INVOICE,
    documents_of,
    key_of,
    kind_of,
    number_of,
    standing_of,
)
from visma_sync.sync.products.supply import without_stock
from visma_sync.sync.reference import Reference, amount_text
from visma_sync.sync.run import Run, hash_of, source_lists
from visma_sync.sync.sales.buyers import Buyers, read_buyers
from visma_sync.sync.sales.kept_vat import kept_vat, shares_of
from visma_sync.sync.sales.marks import OUR_MARK, carries_our_mark
from visma_sync.sync.sales.paths import SalePaths

# What happens to an invoice after it was made; it changes nothing of what is sent.
_LATER = frozenset(
    {
        "created_at",
        "changed_at",
        "credited_by",
        "payment_status",
        "paid_on",
        "remaining",
        "set_off",
        "is_sold",
    }
)


class InvoiceFlow(DocumentFlow[Invoice]):
    """Customer invoices of the source become customer invoices of the target, credit invoices its credit notes."""

    source: InvoiceSource
    target: InvoiceTarget

    kind = "invoice"
    verb = "release"
    path = "invoice"

    _invoices: Mapping[str, Invoice]
    _buyers: Buyers
    _around: Mapping[str, Any]
    _credit_paths: Mapping[str, str]
    _settled: Mapping[str, Decimal]

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        super().__init__(run, source, target)
        self._releasing = Releasing(run, target)
        self._documents: dict[str, TargetDocument] = {}

    # Reading

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self.source.invoices_changed(since, until)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return await self.source.invoices_by_number(numbers)

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return await self.source.invoices_by_key(keys)

    def reference_of(self, record: Invoice) -> Reference:
        return Reference(
            key=record.key,
            number=record.number,
            date=record.invoiced_on.isoformat(),
            currency=record.currency,
            total=amount_text(record.total),
            vat=amount_text(record.vat),
            state="fetched",
        )

    def facts_of(self, record: Invoice) -> Mapping[str, Any]:
        reference = self.reference_of(record)
        takes_back = record.refers_to if record.is_credit else ""
        return {
            "date": reference["date"],
            "currency": record.currency,
            "total": reference["total"],
            "vat": reference["vat"],
            "document": CREDIT_NOTE if record.is_credit else INVOICE,
            "customer": record.customer_key,
            "sales": sales_of(record),
            "direct": not record.order_keys,
            "takes_back": takes_back,
            "content": content_of(record),
        }

    def needs_of(self, record: Invoice) -> Mapping[str, Collection[str]]:
        """The customer and the products that must exist before this invoice is written."""
        products = {line.product_number for line in record.goods if line.product_number}
        return {"customer": {record.customer_key}, "product": products}

    def why_not_yet(self, record: Invoice) -> str:
        return OUR_MARK if carries_our_mark(self.run, record) else ""

    # Which are sent

    def unwanted(self, reference: Reference, record: HeldRecord) -> str:
        cut_off = self.run.settings.cut_off_date
        return "before_cut_off" if cut_off and date.fromisoformat(reference["date"]) < cut_off else ""

    async def refused(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, str]:
        """Sales that go another path; a credit of an order goes on, because a person has to see to it."""
        sales = [reference for reference in wanted if not records[reference["key"]].facts.get("takes_back")]
        refused = await SalePaths(self.run, self.source).refusals(self.path, sales, records)
        credits = await self._paths_of_credits({one["key"]: records[one["key"]] for one in wanted})
        said = {"no_order": "no_order", "booking": "sent_as_booking", "nothing": "sent_as_nothing", ECHO: ECHO}
        return refused | {key: said[path] for key, path in credits.items() if path in said}

    async def _paths_of_credits(self, records: Mapping[str, HeldRecord]) -> dict[str, str]:
        credits = {key: record for key, record in records.items() if record.facts.get("takes_back")}
        return await paths_of_credits(self, self.path, credits) if credits else {}

    async def existing(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, Standing]:
        """With our own numbers the target itself refuses the double, and no list is read."""
        if self.run.settings.invoices.keep_number:
            return {}
        found: dict[str, Standing] = {}
        for kind in (INVOICE, CREDIT_NOTE):
            of_kind = [reference for reference in wanted if records[reference["key"]].facts["document"] == kind]
            by_marker = {marker_of(one["number"], self.run.settings): one["key"] for one in of_kind}
            if by_marker:
                since = min(records[key].created_at for key in by_marker.values()) - CLOCK_SLACK
                rows = await self._with_markers(kind, by_marker.keys(), since)
                found |= {by_marker[marker]: standing for marker, standing in rows.items()}
        return found

    async def _with_markers(self, kind: str, markers: Collection[str], since: datetime) -> dict[str, Standing]:
        found: dict[str, Standing] = {}
        async for page in documents_of(self.target, kind).changed(since):
            # An invoice that the target made of a sales order carries the reference of the order.
            ours = (row for row in page if row.reference in markers and not row.orders)
            found.update({row.reference: standing_of(kind, row) for row in ours})
        return found

    # Making one

    async def prepare(self, records: Mapping[str, HeldRecord]) -> None:
        run = self.run
        lists = await source_lists(run, "invoice", self.source)
        mapping = run.mapping("invoice")
        self._invoices = {
            key: cast(Invoice, mapping.read(record.source or {}, lists=lists, settings=run.settings))
            for key, record in records.items()
        }
        self._buyers = await read_buyers(run, self.source, {one.customer_key for one in self._invoices.values()})
        self._credit_paths = await self._paths_of_credits(records)
        self._settled = await settled_by_credits(self, records)
        days = {invoice.invoiced_on for invoice in self._invoices.values()}
        self._around = {
            "categories": await vat_categories(run, self.target),
            "item_products": await self._item_products(records),
            "base_currency": await base_currency(run, self.target),
            "closed_periods": await closed_periods(run, self.target, days),
            "default_branch": run.default_branch,
        }

    async def _item_products(self, keys: Collection[str]) -> set[str]:
        """The products of these records that the target takes on an invoice: none that it keeps in stock."""
        needed = set(self.run.ledger.needed(self.run.flow, keys, "product"))
        if self.run.settings.invoices.stock_rows == "item":
            return needed
        return await without_stock(self.run, self.target, needed)

    def build(self, key: str) -> Built:
        invoice = self._invoices[key]
        if self._credit_paths.get(key) == "order":
            raise credit_of_order(invoice.number)
        customer = self._buyers.of(invoice)
        number = self._buyers.number_of(customer)
        around = Surroundings(customer=customer, customer_number=number, **self._around)
        plan = plan_invoice(invoice, around, self.run.settings)
        kind = CREDIT_NOTE if invoice.is_credit else INVOICE
        written = self.run.mapping("invoice").write(
            kind, invoice, links={"customer": number}, settings=self.run.settings, plan=plan
        )
        rows, taxes = [(line.amount, line.vat_category) for line in plan.lines], {t.vat_id: t.vat for t in plan.taxes}
        vat = kept_vat(invoice, customer, self.run.settings, shares_of(rows, around.categories, taxes))
        return Built(
            marker=plan.marker,
            payload=written.payload,
            customer=number,
            expected=plan.expected,
            rounding=plan.rounding,
            cuts=tuple(str(cut) for cut in written.cuts),
            own_key=key_of(kind, plan.number) if plan.number else "",
            detail={"document": kind, **vat, **(self._takes_back(invoice) if kind == CREDIT_NOTE else {})},
        )

    def _takes_back(self, credit: Invoice) -> dict[str, str]:
        """Which invoice a credit invoice takes back, and how much of it it settles in the source."""
        settles = self._settled.get(credit.key)
        return {"takes_back": credit.refers_to, **({} if settles is None else {"settles": amount_text(settles)})}

    async def send(self, built: Built) -> str:
        kind = str(built.detail["document"])
        try:
            return key_of(kind, await documents_of(self.target, kind).create(built.payload))
        except RecordRejectedError as refusal:
            if refusal.code == "period_closed":
                raise closed_period() from refusal
            raise

    async def find(self, intents: Sequence[Intent]) -> Mapping[str, Standing]:
        since = min(intent.started_at for intent in intents) - CLOCK_SLACK
        found: dict[str, Standing] = {}
        for kind in (INVOICE, CREDIT_NOTE):
            credit = kind == CREDIT_NOTE
            markers = {intent.marker for intent in intents if self._invoices[intent.key].is_credit is credit}
            if markers:
                found |= await self._with_markers(kind, markers, since)
        return found

    # Confirming one

    @property
    def goes_further(self) -> bool:
        return self.run.settings.invoices.confirm == "release"

    async def read(self, key: str) -> Standing | None:
        document: TargetDocument | None = await documents_of(self.target, kind_of(key)).get(number_of(key))
        if document is None:
            return None
        self._documents[key] = document
        return standing_of(kind_of(key), document)

    async def take_off_hold(self, standing: Standing) -> None:
        await self._releasing.release(self._documents[standing.key], kind_of(standing.key))

    def turn_of(self, link: Link) -> int:
        """Credit notes after the invoices that they settle."""
        return int(kind_of(link.target_key) == CREDIT_NOTE)

    def remarks(self, link: Link) -> Sequence[str]:
        return self._releasing.remarks(link)

    async def read_back(self, keys: Collection[str], since: datetime) -> AsyncIterator[list[Standing]]:
        for kind in sorted({kind_of(key) for key in keys}):
            async for page in documents_of(self.target, kind).changed(since):
                yield [standing_of(kind, row) for row in page]


def content_of(invoice: Invoice) -> str:
    """A text that changes when what is sent of an invoice may change, not when it is paid or credited."""
    return hash_of(invoice.model_dump(mode="json", exclude=set(_LATER)))
