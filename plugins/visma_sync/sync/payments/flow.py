"""The payments flow: what of the source's invoices was paid, and how a payment is made, found and released."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.domain.money import ZERO
from visma_sync.domain.payment import Payment
from visma_sync.domain.totals import Totals
from visma_sync.errors import RecordRejectedError
from visma_sync.ledger.rows import HeldRecord, Intent, Link
from visma_sync.sync.exist import CLOCK_SLACK
from visma_sync.sync.flow import ECHO, Built, DocumentFlow, Standing
from visma_sync.sync.lists import target_list
from visma_sync.sync.payments.invoices import PaidInvoices, booked_link, content_of, day_of
from visma_sync.sync.payments.look import read_accounts
from visma_sync.sync.payments.money import nothing_to_book
from visma_sync.sync.payments.plan import Part, Surroundings, closed_period, is_closed, plan_payment, settled_since
from visma_sync.sync.payments.ports import InvoiceSource, PaymentTarget, TargetPayment
from visma_sync.sync.payments.standing import Account
from visma_sync.sync.reference import Reference, amount_text
from visma_sync.sync.run import Run
from visma_sync.sync.sales.paths import SalePaths

_STATES = {"balanced": "hold", "voided": "cancelled"}
# Why a sale has no open item in the target.
_NO_OPEN_ITEM = frozenset({"sent_as_booking", "sent_as_nothing", "no_order", ECHO})


class PaymentFlow(DocumentFlow[Payment]):
    """The money that came in for invoices of the source becomes payments on the invoices of the target."""

    source: InvoiceSource
    target: PaymentTarget

    kind = "payment"
    verb = "release"

    _around: Surroundings
    _on_their_way: Mapping[str, str]
    _planned: dict[str, tuple[Part, ...]]

    def __init__(self, run: Run, source: Any, target: Any) -> None:
        super().__init__(run, source, target)
        self._invoices = PaidInvoices(run, source)
        self._payments: Mapping[str, Payment] = {}
        self._accounts: Mapping[str, Account] = {}

    # Reading

    def changed(self, since: datetime, until: datetime) -> AsyncIterator[list[Any]]:
        return self._invoices.changed(since, until)

    async def by_number(self, numbers: Collection[str]) -> list[Any]:
        return list(await self._invoices.by_number(numbers))

    async def by_key(self, keys: Collection[str]) -> list[Any]:
        return list(await self._invoices.by_key(keys))

    def reference_of(self, record: Payment) -> Reference:
        return Reference(
            key=self._invoices.key_of(record),
            number=record.number,
            date=day_of(record).isoformat(),
            currency=record.currency,
            total=amount_text(record.amount_paid),
            vat=amount_text(ZERO),
            state="fetched",
        )

    def facts_of(self, record: Payment) -> Mapping[str, Any]:
        reference, taken_back = self.reference_of(record), self._invoices.is_taken_back(record)
        return {
            "date": reference["date"],
            "currency": record.currency,
            "total": reference["total"],
            "vat": reference["vat"],
            "invoice": record.key,
            "invoiced_on": record.invoiced_on.isoformat(),
            "sales": list(record.sale_keys),
            "direct": not record.order_keys,
            "customer": record.customer_key,
            "nothing": "" if taken_back else nothing_to_book(record),
            "content": content_of(record),
        }

    def needs_of(self, record: Payment) -> Mapping[str, Collection[str]]:
        """Whose payment it is; the customer need not exist in the target under that key."""
        return {"customer": {record.customer_key}}

    # Which are sent

    def unwanted(self, reference: Reference, record: HeldRecord) -> str:
        cut_off = self.run.settings.cut_off_date
        before = cut_off is not None and str(record.facts["invoiced_on"]) < cut_off.isoformat()
        return str(record.facts["nothing"]) or ("before_cut_off" if before else "")

    async def refused(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, str]:
        """Sales that went as bookings have no open item; what people booked already is not booked again."""
        refused = await self._without_open_item(wanted, records)
        keys = [reference["key"] for reference in wanted if reference["key"] not in refused]
        await self._look(self.run.ledger.held(self.run.flow, keys))
        return refused | {
            key: nothing_to_book(self._payments[key]) or "already_booked"
            for key, account in self._accounts.items()
            if account.landed is None and account.booked == self._payments[key].amount_paid
        }

    async def _without_open_item(
        self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]
    ) -> dict[str, str]:
        """By key, why a sale has no open item: by the path on which it went, else by that on which it would go."""
        sales = {sale for reference in wanted for sale in records[reference["key"]].facts["sales"]}
        went = self.run.ledger.sale_paths(sales)
        linked = {*self.run.ledger.links("order", sales), *self.run.ledger.links("invoice", _invoices_of(records))}
        refused: dict[str, str] = {}
        undecided: list[Reference] = []
        for reference in wanted:
            facts = records[reference["key"]].facts
            paths = {went[sale] for sale in facts["sales"] if sale in went}
            if paths == {"booking"}:
                refused[reference["key"]] = "sent_as_booking"
            elif not paths and linked.isdisjoint({facts["invoice"], *facts["sales"]}):
                undecided.append(Reference(**{**reference, "date": str(facts["invoiced_on"])}))
        decided = await SalePaths(self.run, self.source).refusals("invoice", undecided, records)
        return refused | {key: reason for key, reason in decided.items() if reason in _NO_OPEN_ITEM}

    async def existing(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, Standing]:
        landed = {key: self._accounts[key].landed for key in records.keys() & self._accounts.keys()}
        keys = {reference["key"] for reference in wanted}
        return {key: _standing(payment) for key, payment in landed.items() if payment is not None and key in keys}

    async def _look(self, records: Mapping[str, HeldRecord]) -> None:
        """Read these records, and how their invoices stand in the target now."""
        self._payments = await self._invoices.payments({key: held.source or {} for key, held in records.items()})
        self._accounts = await read_accounts(self.run, self.target, self._payments)

    # Making one

    async def prepare(self, records: Mapping[str, HeldRecord]) -> None:
        await self._look(records)
        accounts = await target_list(self.run, self.target, "cash_accounts")
        currencies = {row["id"]: row["facts"]["currency"] for row in accounts if row["facts"]["currency"]}
        self._around = Surroundings(None, currencies, await self._periods())
        self._on_their_way = self._uncertain()
        self._planned = {}

    async def _periods(self) -> list[Mapping[str, Any]]:
        """The target's periods; read anew when a payment is of a closed one, which may have been opened since."""
        periods = [row["facts"] for row in await target_list(self.run, self.target, "periods")]
        if any(is_closed(payment.paid_on, periods) for payment in self._payments.values()):
            periods = [row["facts"] for row in await target_list(self.run, self.target, "periods", fresh=True)]
        return periods

    def _uncertain(self) -> dict[str, str]:
        """By key, the invoices of payments of which nobody knows whether they have arrived."""
        invoices = {held.key: str(held.facts.get("invoice")) for held in self.run.ledger.waiting(self.run.flow)}
        intents = self.run.ledger.intents(self.run.flow, self.kind, invoices, "create")
        return {key: invoices[key] for key, intent in intents.items() if intent.state == "open"}

    def build(self, key: str) -> Built:
        payment = self._payments[key]
        another = any(invoice == payment.key and other != key for other, invoice in self._on_their_way.items())
        account = self._accounts.get(key)
        around = replace(
            self._around, account=account, another_on_its_way=another, promised=self._promised_to_others(key)
        )
        plan = plan_payment(payment, around, self.run.settings)
        if account is not None and account.landed is None:
            self._planned[key] = plan.parts
        written = self.run.mapping(self.kind).write("payment", payment, links={}, settings=self.run.settings, plan=plan)
        return Built(
            marker=plan.marker, payload=written.payload, customer=plan.customer, expected=Totals(plan.amount, ZERO)
        )

    def _promised_to_others(self, key: str) -> dict[str, Decimal]:
        """By invoice of the target, what payments planned since the accounts were read will take of it.

        Invoices of the source that charge parts of one order are settled on the same invoices of the target.
        """
        promised: dict[str, Decimal] = {}
        for part in (part for other, parts in self._planned.items() if other != key for part in parts):
            promised[part.invoice] = promised.get(part.invoice, ZERO) + part.amount
        return promised

    async def send(self, built: Built) -> str:
        try:
            return await self.target.payments.create(built.payload)
        except RecordRejectedError as refusal:
            raise _parked_where_closed(refusal, built.marker) from refusal

    async def find(self, intents: Sequence[Intent]) -> Mapping[str, Standing]:
        markers = {intent.marker for intent in intents}
        found: dict[str, Standing] = {}
        async for page in self.target.payments.changed(min(intent.started_at for intent in intents) - CLOCK_SLACK):
            found.update({one.reference: _standing(one) for one in page if one.reference in markers})
        return found

    # Confirming one

    @property
    def goes_further(self) -> bool:
        return self.run.settings.payments.confirm == "release"

    async def read(self, key: str) -> Standing | None:
        payment: TargetPayment | None = await self.target.payments.get(key)
        return None if payment is None else _standing(payment)

    async def take_off_hold(self, standing: Standing) -> None:
        try:
            await self.target.payments.release(standing.key, standing.version)
        except RecordRejectedError as refusal:
            if refusal.code == "period_closed":
                raise closed_period(standing.marker) from refusal
            raise await self._unreleased(standing, refusal) from refusal

    async def _unreleased(self, standing: Standing, refusal: RecordRejectedError) -> RecordRejectedError:
        """Why a payment was not released: the usual cause is that something else settled its invoices since."""
        for number, amount in standing.content["applied"]:
            invoice = await self.target.invoices.get(number)
            if invoice is not None and invoice.balance < amount:
                return settled_since(standing.name, number, amount, invoice.balance)
        return refusal

    async def read_back(self, keys: Collection[str], since: datetime) -> AsyncIterator[list[Standing]]:
        async for page in self.target.payments.changed(since):
            yield [_standing(payment) for payment in page]

    async def take_further(self, link: Link) -> None:
        self.run.ledger.save_links([booked_link(link)])


def _invoices_of(records: Mapping[str, HeldRecord]) -> set[str]:
    return {str(record.facts["invoice"]) for record in records.values() if "invoice" in record.facts}


def _standing(payment: TargetPayment) -> Standing:
    """A payment has no VAT. One that waits for its release counts as on hold."""
    content = {
        "reference": payment.reference,
        "amount": payment.amount,
        "currency": payment.currency,
        "dated_on": payment.dated_on,
        "applied": [(line.number, line.amount) for line in payment.applied],
    }
    return Standing(
        key=payment.number,
        name=payment.number,
        customer=payment.customer,
        marker=payment.reference,
        state=_STATES.get(payment.state, payment.state),
        total=payment.amount,
        vat=ZERO,
        version=payment.version,
        content=content,
    )


def _parked_where_closed(refusal: RecordRejectedError, marker: str) -> RecordRejectedError:
    return closed_period(marker) if refusal.code == "period_closed" else refusal
