"""The booking flow: which invoices are booked, and which of them together."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from visma_sync.domain.invoice import Invoice
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import HeldRecord
from visma_sync.sync.bookings.batch import batches_of, plan_journal
from visma_sync.sync.bookings.entry import Entry, entry_of
from visma_sync.sync.bookings.journals import JournalFlow, standing_of
from visma_sync.sync.bookings.members import (
    INVOICES,
    JOURNALS,
    Member,
    held_journal,
    journals_run,
    needs_of,
    reference_to,
)
from visma_sync.sync.bookings.surroundings import read_customers, read_surroundings
from visma_sync.sync.flow import ECHO, Standing
from visma_sync.sync.invoices.credits import paths_of_credits, sales_of_invoices
from visma_sync.sync.reference import Reference, amount_text
from visma_sync.sync.run import hash_of, source_lists
from visma_sync.sync.sales.marks import OUR_MARK, carries_our_mark
from visma_sync.sync.sales.paths import SalePaths
from visma_sync.sync.settle import Settling

# What changes of an invoice when it is paid or credited; what is booked of it does not.
_MOVES = {
    "created_at",
    "changed_at",
    "payment_status",
    "paid_on",
    "remaining",
    "set_off",
    "credited_by",
    "is_sold",
}


class BookingFlow(JournalFlow):
    """Invoices and credit invoices of the source are booked in journal transactions of the target."""

    kind = INVOICES

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
        return {
            "date": reference["date"],
            "currency": record.currency,
            "total": reference["total"],
            "vat": reference["vat"],
            "sales": sales_of(record),
            "direct": not record.order_keys,
            "takes_back": record.refers_to if record.is_credit else "",
            "customer": record.customer_key,
            "content": hash_of(record.model_dump(mode="json", exclude=_MOVES)),
        }

    def needs_of(self, record: Invoice) -> Mapping[str, Collection[str]]:
        """The customer decides the VAT; it need not exist in the target."""
        return {"customer": {record.customer_key}}

    def why_not_yet(self, record: Invoice) -> str:
        if carries_our_mark(self.run, record):
            return OUR_MARK
        has_amount = record.total or any(share.net or share.vat for share in record.vat_shares)
        return "" if has_amount else "nothing_to_book"

    # Which are booked

    def unwanted(self, reference: Reference, record: HeldRecord) -> str:
        cut_off = self.run.settings.cut_off_date
        return "before_cut_off" if cut_off and date.fromisoformat(reference["date"]) < cut_off else ""

    async def refused(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, str]:
        credits = {ref["key"]: records[ref["key"]] for ref in wanted if records[ref["key"]].facts.get("takes_back")}
        sales = [reference for reference in wanted if reference["key"] not in credits]
        refused = await SalePaths(self.run, self.source).refusals(self.path, sales, records)
        return refused | (await self._refused_credits(credits) if credits else {})

    async def _refused_credits(self, credits: Mapping[str, HeldRecord]) -> dict[str, str]:
        """A credit goes the way of the sale that it takes back; one of a sale sent as an order is parked further on."""
        paths = await paths_of_credits(self, self.path, credits)
        taken_back = {str(record.facts["takes_back"]) for record in credits.values()}
        sales = await sales_of_invoices(self, taken_back)
        went = self.run.ledger.sale_paths({sale for keys in sales.values() for sale in keys})

        def went_as_order(key: str) -> bool:
            invoice = str(credits[key].facts["takes_back"])
            return any(went.get(sale) == "order" for sale in sales.get(invoice, ()))

        return {
            key: path if path == ECHO else f"sent_as_{path}"
            for key, path in paths.items()
            if path != self.path and not went_as_order(key)
        }

    async def existing(self, wanted: Sequence[Reference], records: Mapping[str, HeldRecord]) -> Mapping[str, Standing]:
        by_number = {reference["number"]: reference["key"] for reference in wanted}
        since = min(records[reference["key"]].created_at for reference in wanted)
        found = await self.find_invoices(by_number.keys(), since)
        return {by_number[number]: _standing_in(row, number) for number, row in found.items()}

    # Which are booked together

    def documents(self) -> "BookingFlow":
        return BookingFlow(journals_run(self.run), self.source, self.target)

    async def group(self, references: Sequence[Reference]) -> list[Reference]:
        """The journals of these invoices.

        Invoices of a journal that was begun stay in it, with all others that it has: it is looked for, and made again
        as it was. What cannot be booked gets its outcome, alone.
        """
        journals, ledger = journals_run(self.run), self.run.ledger
        # A run that a person cleared settles its journals anew.
        before = ledger.outcomes(journals.flow, self.run.run_id)
        for step in {str(outcome.facts["step"]) for outcome in before if outcome.facts.get("step")}:
            ledger.withdraw_outcomes(journals.flow, self.run.run_id, step)
        begun = self._begun([reference["key"] for reference in references])
        old = ledger.held(replace(journals, dry_run=False).flow, set(begun.values())).values()
        new = await self._new_journals([reference for reference in references if reference["key"] not in begun])
        needs = {journal.key: needs_of(journal) for journal in (*old, *new)}
        ledger.hold(journals.flow, self.run.run_id, [*old, *new], needs)
        made = ledger.links(JOURNALS, [journal.key for journal in old])
        return [reference_to(journal, "made" if journal.key in made else "new") for journal in (*old, *new)]

    def _begun(self, keys: Collection[str]) -> dict[str, str]:
        """By invoice, the journal that may be in the target with it already."""
        intents = self.run.ledger.intents(self.run.flow, INVOICES, keys, "create")
        links = self.run.ledger.links(INVOICES, keys)
        begun = {key: intent.marker for key, intent in intents.items() if intent.state == "open"}
        return begun | {key: str(link.detail["journal"]) for key, link in links.items()}

    async def _new_journals(self, references: Sequence[Reference]) -> list[HeldRecord]:
        """The journals of invoices that are in none, ready to be made."""
        if not references:
            return []
        run, settings = self.run, self.run.settings
        records = run.ledger.held(run.flow, [reference["key"] for reference in references])
        invoices = await self._read(records)
        sales = await self._sales(invoices)
        entries = await self._entries(references, invoices, sales)
        journals: list[HeldRecord] = []
        for batch in batches_of(entries, settings, self._refused_together(records)):
            members = [Member.of(entry, records[entry.key], sales[entry.key]) for entry in batch]
            journals.append(held_journal(plan_journal(batch, settings), members))
        return journals

    def _refused_together(self, keys: Collection[str]) -> set[str]:
        """Invoices that the target refused together with others: which of them is wrong shows when each is alone."""
        intents = self.run.ledger.intents(self.run.flow, INVOICES, keys, "create")
        markers = {intent.marker for intent in intents.values() if intent.state == "refused"}
        journals = self.run.ledger.held(journals_run(self.run).flow, markers, with_source=False)
        return {
            key
            for key, intent in intents.items()
            if intent.state == "refused" and intent.marker in journals and journals[intent.marker].state == "rejected"
        }

    async def _read(self, records: Mapping[str, HeldRecord]) -> dict[str, Invoice]:
        lists, mapping = await source_lists(self.run, INVOICES, self.source), self.run.mapping(INVOICES)
        return {
            key: cast(Invoice, mapping.read(record.source or {}, lists=lists, settings=self.run.settings))
            for key, record in records.items()
        }

    async def _entries(
        self, references: Sequence[Reference], invoices: Mapping[str, Invoice], sales: Mapping[str, Sequence[str]]
    ) -> list[Entry]:
        """What the invoices add to journals; those that cannot be booked get their outcome."""
        run = self.run
        buyers = await read_customers(run, self.source, list(invoices.values()))
        around = await read_surroundings(run, self.source, self.target, invoices.values())
        paths = run.ledger.sale_paths({sale for keys in sales.values() for sale in keys})
        entries: list[Entry] = []

        async def enter(reference: Reference) -> Reference:
            invoice = invoices[reference["key"]]
            _refuse_credit_of_other_path(invoice, [paths.get(sale, self.path) for sale in sales[invoice.key]])
            entries.append(entry_of(invoice, buyers.of(invoice), around, run.settings))
            return reference

        settling = Settling(run, "group_bookings")
        await settling.each(references, enter)
        settling.save()
        settling.raise_if_needed()
        return entries

    async def _sales(self, invoices: Mapping[str, Invoice]) -> dict[str, Sequence[str]]:
        """By invoice, the sales that it books; a credit invoice takes back those of the invoice that it refers to."""
        sales: dict[str, Sequence[str]] = {key: sales_of(invoice) for key, invoice in invoices.items()}
        referred = {invoice.refers_to for invoice in invoices.values() if invoice.is_credit and invoice.refers_to}
        held = self.run.ledger.held(self.run.flow, referred, with_source=False)
        known = {key: record.facts["sales"] for key, record in held.items() if record.facts.get("sales")}
        known |= {key: sales[key] for key in referred & sales.keys()}
        unknown = referred - known.keys()
        others = {record.key: record for record in await self.source.invoices_by_key(unknown)} if unknown else {}
        lists, mapping = await source_lists(self.run, INVOICES, self.source), self.run.mapping(INVOICES)
        for key, record in others.items():
            with suppress(RecordRejectedError):
                read = mapping.read(record.body, lists=lists, settings=self.run.settings)
                known[key] = sales_of(cast(Invoice, read))
        return {
            key: known.get(invoices[key].refers_to, own) if invoices[key].is_credit else own
            for key, own in sales.items()
        }


def sales_of(invoice: Invoice) -> list[str]:
    """The sales of an invoice: the orders that it charges, or itself where it has none."""
    return list(invoice.order_keys) or [invoice.key]


def _refuse_credit_of_other_path(invoice: Invoice, paths: Iterable[str]) -> None:
    other = next((path for path in paths if path != "booking"), None)
    if invoice.is_credit and other is not None:
        raise RecordParkedError(
            [Reason(f"credit_of_{other}", f"the sale that it takes back was sent as {other}")],
            resolution=f"Credit the sale in the target, where it is an {other}.",
        )


def _standing_in(row: Any, number: str) -> Standing:
    """An invoice as it stands in a journal of the target."""
    standing = standing_of(row)
    return replace(standing, key=f"{standing.key}#{number}")
