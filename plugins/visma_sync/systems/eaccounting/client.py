"""The client of eAccounting: what is read from it, in as few calls as it takes, and the records that are written.

Nothing of it mails, prints, invoices or reminds.

Source: "eAccounting OpenAPI 2026-02"; paging and filters: "eAccounting docs".
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from visma_sync.errors import PartialReadError
from visma_sync.systems.budget import CallBudget, Quota, RateBudget
from visma_sync.systems.call import Call
from visma_sync.systems.eaccounting.answers import (
    SYSTEM,
    Company,
    FiscalYear,
    SourceInvoice,
    article_of,
    customer_of,
    invoice_of,
    order_of,
)
from visma_sync.systems.eaccounting.auth import token_keeper
from visma_sync.systems.eaccounting.balances import Balances
from visma_sync.systems.eaccounting.complete import CompleteLists
from visma_sync.systems.eaccounting.known_articles import KnownArticles
from visma_sync.systems.eaccounting.known_customers import KnownCustomers
from visma_sync.systems.eaccounting.lists import Lists, Row, quoted, stamp
from visma_sync.systems.eaccounting.master_lists import MASTER_LISTS
from visma_sync.systems.eaccounting.order_documents import OrderDocuments
from visma_sync.systems.eaccounting.order_states import OrderStates
from visma_sync.systems.eaccounting.records import Records
from visma_sync.systems.eaccounting.set_up import SetUp
from visma_sync.systems.eaccounting.settings import EAccountingSettings
from visma_sync.systems.eaccounting.sold import Sold
from visma_sync.systems.eaccounting.verdict import verdict
from visma_sync.systems.eaccounting.wire import ArticleUpdate, CustomerUpdate, OrderUpdate
from visma_sync.systems.http import Endpoint, HttpClient
from visma_sync.systems.master_value import MasterValue
from visma_sync.systems.reading import text_of
from visma_sync.systems.source_record import SourceRecord
from visma_sync.systems.together import together
from visma_sync.systems.tokens import TokenStore

__all__ = ["EAccountingClient", "EAccountingSettings"]

# "eAccounting docs, rate limits": calls a minute for each client and endpoint.
CALLS_A_MINUTE = 600

ORDERS, CUSTOMERS, ARTICLES, INVOICES = "/v2/orders", "/v2/customers", "/v2/articles", "/v2/customerinvoices"

Reader = Callable[[Row], SourceRecord]


class EAccountingClient:
    """Reads and writes one company of eAccounting; to be used as an async context manager.

    Lists and look-ups are here; single records are written through `article_records` and the like.
    """

    def __init__(
        self,
        settings: EAccountingSettings,
        *,
        tokens: TokenStore,
        budget: CallBudget | None = None,
    ) -> None:
        quota = Quota(f"{SYSTEM} {settings.client_id}", 60.0, CALLS_A_MINUTE, per_route=True)
        self._http = HttpClient(
            Endpoint(SYSTEM, settings.api_url, settings.max_concurrency, settings.timeout_seconds),
            tokens=token_keeper(settings, tokens),
            verdict=verdict,
            budget=RateBudget(budget, quota) if budget is not None else None,
        )
        self._lists = Lists(self._http)
        self.complete = CompleteLists(self._lists)
        self.set_up = SetUp(self._http)
        self.article_records = Records(self._http, ARTICLES, article_of, ArticleUpdate)
        self.known_articles = KnownArticles(self.articles, self.all_articles)
        self.balances = Balances(self)
        self.customer_records = Records(self._http, CUSTOMERS, customer_of, CustomerUpdate)
        self.known_customers = KnownCustomers(self._lists)
        self.order_records = Records(self._http, ORDERS, order_of, OrderUpdate)
        self.order_states = OrderStates(self._http, self.order_records)
        self.order_documents = OrderDocuments(self._http, self.order_records)
        self.sold = Sold(self._http, self.customers, self.articles)

    @property
    def calls(self) -> Counter[str]:
        """How many calls were made, by method and route."""
        return self._http.calls

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def company(self) -> Company:
        """The company behind the sign-in."""
        answer = await self._http.send(Call("GET", "/v2/companysettings"))
        return Company.of(answer.record)

    async def fiscal_years(self) -> list[FiscalYear]:
        """The fiscal years of the company, and how each is kept."""
        return [FiscalYear.of(row) for row in await self._lists.rows("/v2/fiscalyears")]

    async def mapping_rows(self, name: str) -> list[dict[str, Any]]:
        """A whole list that rarely changes, such as units or termsofpayments, as mappings read it."""
        return await self._lists.rows(f"/v2/{name}")

    async def master_data(self, name: str) -> list[MasterValue]:
        """A whole list of the company, by the names in `MASTER_LISTS`; PartialReadError where a part of it is missing.

        What every fiscal year has of its own is that of the latest one that has begun.
        """
        master = MASTER_LISTS[name]
        year = await self._fiscal_year() if master.of_fiscal_year else {}
        if year is None:
            return []
        return [master.value_of(row) for row in await self._lists.whole(master.route, **year)]

    async def _fiscal_year(self) -> dict[str, str] | None:
        rows = await self._lists.rows("/v2/fiscalyears")
        today = datetime.now(UTC).date()
        begun = {FiscalYear.of(row).start: text_of(row, "Id") for row in rows}
        started = [start for start in begun if start <= today]
        return {"fiscal_year": begun[max(started)]} if started else None

    # Orders

    def orders_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Orders created or changed in [since, until), UTC, a page at a time.

        Where eAccounting refuses the filter, the whole list is read once, with a warning.
        """
        return self._changed(ORDERS, order_of, _changed_in("ModifiedUtc", since, until), since, until)

    async def orders_by_number(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The orders with these numbers; missing ones are left out."""
        return await self._with_whole_numbers(ORDERS, order_of, "Number", numbers)

    async def orders_by_key(self, keys: Collection[str]) -> list[SourceRecord]:
        """The orders with these keys; missing ones are left out."""
        return await self._single(ORDERS, order_of, keys)

    async def orders_invoiced(self, since: datetime) -> AsyncIterator[list[str]]:
        """Keys of orders of which an invoice was changed since then (UTC) and is paid now."""
        async for page in self._lists.pages(INVOICES, ("modifiedSinceUtc", stamp(since))):
            invoices = map(SourceInvoice.of, page.rows)
            if keys := sorted({key for invoice in invoices if invoice.paid for key in invoice.order_keys}):
                yield keys

    async def paid_orders(self, order_keys: Collection[str]) -> set[str]:
        """Those of the orders that have invoices, all of them paid and none settled by a credit note."""
        conditions = [f"CreatedFromOrderId eq {key}" for key in sorted(order_keys)]
        rows = await self._lists.rows_where(INVOICES, [*conditions, "IsCollectiveInvoice eq true"])
        paid: set[str] = set()
        unpaid: set[str] = set()
        for invoice in map(SourceInvoice.of, rows):
            (paid if invoice.paid and not invoice.credited else unpaid).update(invoice.order_keys)
        return (paid - unpaid).intersection(order_keys)

    # Customer invoices

    def invoices_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Invoices and credit invoices created or changed in [since, until), UTC, a page at a time.

        What a list says of the amount that remains is not reliable; `invoice` tells.
        """
        return self._changed(INVOICES, invoice_of, ("modifiedSinceUtc", stamp(since)), since, until)

    async def invoices_by_number(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The invoices with these numbers; missing ones are left out."""
        return await self._with_whole_numbers(INVOICES, invoice_of, "InvoiceNumber", numbers)

    async def invoices_by_key(self, keys: Collection[str]) -> list[SourceRecord]:
        """The invoices with these keys; missing ones are left out."""
        return await self._single(INVOICES, invoice_of, keys)

    async def invoice(self, key: str) -> SourceRecord | None:
        """One invoice with everything that eAccounting says of it, None where there is none."""
        row = await self._lists.one(f"{INVOICES}/{{id}}", key)
        return None if row is None else invoice_of(row)

    # Customers

    def customers_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Customers changed in [since, until), UTC, a page at a time.

        A customer without a stamp does not say when it was made, and comes every time. Where eAccounting refuses the
        filter, the whole list is read once, with a warning.
        """
        condition = f"ChangedUtc ge {stamp(since)} or ChangedUtc eq null"
        return self._changed(CUSTOMERS, customer_of, ("$filter", condition), since, until)

    async def customers_by_number(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The customers with these numbers; missing ones are left out."""
        return await self._with_texts(CUSTOMERS, customer_of, "CustomerNumber", numbers)

    async def customers(self, keys: Collection[str]) -> list[SourceRecord]:
        """The customers with these keys, one by one or from the list, whichever takes fewer calls."""
        wanted = set(keys)
        found: dict[str, SourceRecord] = {}
        if len(wanted) > 1:
            async for page in self._lists.pages(CUSTOMERS):
                records = map(customer_of, page.rows)
                found.update({record.key: record for record in records if record.key in wanted})
                if len(wanted) - len(found) <= page.last - page.number:
                    break
        return [*found.values(), *await self._single(CUSTOMERS, customer_of, sorted(wanted - found.keys()))]

    # Articles

    def articles_changed(self, since: datetime, until: datetime) -> AsyncIterator[list[SourceRecord]]:
        """Articles created or changed in [since, until), UTC, a page at a time; filters as for orders."""
        return self._changed(ARTICLES, article_of, _changed_in("ChangedUtc", since, until), since, until)

    async def articles(self, numbers: Collection[str]) -> list[SourceRecord]:
        """The articles with these numbers (SKUs); missing ones are left out."""
        return await self._with_texts(ARTICLES, article_of, "Number", numbers)

    async def all_articles(self) -> AsyncIterator[list[SourceRecord]]:
        """All articles, a page at a time.

        Raises PartialReadError where some were missed or came twice: nothing may be concluded from what was given.
        """
        seen: set[str] = set()
        totals: set[int] = set()
        rows_read = 0
        async for page in self._lists.pages(ARTICLES, ("$orderby", "Id")):
            records = list(map(article_of, page.rows))
            rows_read += len(records)
            seen.update(record.key for record in records)
            totals.add(page.total)
            yield records
        if totals != {rows_read} or len(seen) != rows_read:
            raise PartialReadError("the list of articles is partial: it moved while it was read", system=SYSTEM)

    # What all kinds of records have in common

    async def _changed(
        self, route: str, read: Reader, narrowing: tuple[str, str], since: datetime, until: datetime
    ) -> AsyncIterator[list[SourceRecord]]:
        seen: set[str] = set()
        async for rows in self._lists.narrowed(route, narrowing):
            records = [record for record in map(read, rows) if record.key not in seen]
            seen.update(record.key for record in records)
            if wanted := [record for record in records if record.lies_in(since, until)]:
                yield wanted

    async def _with_whole_numbers(
        self, route: str, read: Reader, name: str, numbers: Collection[str]
    ) -> list[SourceRecord]:
        wanted = {str(int(number)) for number in numbers if number.isascii() and number.isdigit()}
        rows = await self._lists.rows_where(route, [f"{name} eq {number}" for number in sorted(wanted)])
        return _numbered(map(read, rows), wanted)

    async def _with_texts(self, route: str, read: Reader, name: str, numbers: Collection[str]) -> list[SourceRecord]:
        wanted = set(numbers)
        rows = await self._lists.rows_where(route, [f"{name} eq {quoted(number)}" for number in sorted(wanted)])
        return _numbered(map(read, rows), wanted)

    async def _single(self, route: str, read: Reader, keys: Collection[str]) -> list[SourceRecord]:
        found = await together(self._lists.one(f"{route}/{{id}}", key) for key in keys)
        return [read(row) for row in found if row is not None]


def _numbered(records: Iterable[SourceRecord], numbers: Collection[str]) -> list[SourceRecord]:
    """Each of the records that has one of the numbers, once."""
    return list({record.key: record for record in records if record.number in numbers}.values())


def _changed_in(stamp_name: str, since: datetime, until: datetime) -> tuple[str, str]:
    """The filter for what was created or changed in [since, until), and perhaps more.

    No upper bound on the change: what is changed meanwhile would leave the list and move the pages.
    """
    made = f"CreatedUtc lt {stamp(until)} and (CreatedUtc ge {stamp(since)} or {stamp_name} ge {stamp(since)})"
    return "$filter", made
