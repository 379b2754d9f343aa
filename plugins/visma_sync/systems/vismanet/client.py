"""The client of Visma.net ERP: what is read from it and written to it. It mails, prints and deletes nothing.

Sources: "Visma.net ERP OpenAPI 2025-12" (core API), "SalesOrders OpenAPI v3", "Visma.net API docs".
"""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from visma_sync.systems.budget import CallBudget, Quota, RateBudget
from visma_sync.systems.call import Call, File
from visma_sync.systems.http import Endpoint, HttpClient
from visma_sync.systems.master_value import MasterValue
from visma_sync.systems.reading import surprising
from visma_sync.systems.tokens import TokenStore
from visma_sync.systems.vismanet.adjustments import Adjustments
from visma_sync.systems.vismanet.answers import (
    SYSTEM,
    Branch,
    OrderRow,
    TargetContact,
    TargetCustomer,
    TargetItem,
    TargetOrder,
)
from visma_sync.systems.vismanet.auth import CORE_SCOPES, ORDER_SCOPES, token_keeper
from visma_sync.systems.vismanet.availability import Availability
from visma_sync.systems.vismanet.complete import CompleteLists
from visma_sync.systems.vismanet.core import (
    Core,
    Row,
    at,
    changed_since,
    changing,
    created,
    found,
    metadata,
    version_of,
)
from visma_sync.systems.vismanet.customer_records import CustomerRecords
from visma_sync.systems.vismanet.documents import CREDIT_NOTES, INVOICES, CustomerDocuments
from visma_sync.systems.vismanet.item_records import ItemRecords
from visma_sync.systems.vismanet.items import ITEM_PAGE, ITEMS, expanded
from visma_sync.systems.vismanet.journals import Journals
from visma_sync.systems.vismanet.master_lists import MASTER_LISTS
from visma_sync.systems.vismanet.order_states import OrderStates
from visma_sync.systems.vismanet.payments import Payments
from visma_sync.systems.vismanet.sales_orders import SalesOrders
from visma_sync.systems.vismanet.set_up import SetUp
from visma_sync.systems.vismanet.settings import VismaNetSettings
from visma_sync.systems.vismanet.shipments import Shipments
from visma_sync.systems.vismanet.stock import Stock
from visma_sync.systems.vismanet.verdict import verdict
from visma_sync.systems.vismanet.wire import ContactUpdate, CustomerUpdate, InventoryUpdate

__all__ = ["VismaNetClient", "VismaNetSettings"]

HOUR = 3600.0
# Larger pages are silently cut; each row says how many a page may hold.
CUSTOMER_PAGE, ORDER_PAGE = 1000, 100

CUSTOMERS, CONTACTS, ORDERS = "/v1/customer", "/v1/contact", "/api/v3/SalesOrders"


class VismaNetClient:
    """Reads and writes one company of Visma.net ERP; to be used as an async context manager.

    Customers, items, orders and lists are here; other records have each their own place below it.
    """

    def __init__(
        self,
        settings: VismaNetSettings,
        *,
        tokens: TokenStore,
        budget: CallBudget | None = None,
    ) -> None:
        self.calls: Counter[str] = Counter()
        company = {"ipp-company-id": settings.company_id} if settings.company_id else {}

        def api(name: str, url: str, scopes: str, headers: Mapping[str, str]) -> HttpClient:
            quota = Quota(f"{SYSTEM} {name} {settings.client_id} {settings.tenant_id}", HOUR)
            return HttpClient(
                Endpoint(SYSTEM, url, settings.max_concurrency, settings.timeout_seconds, headers),
                tokens=token_keeper(settings, tokens, scopes),
                verdict=verdict,
                budget=RateBudget(budget, quota) if budget is not None else None,
                calls=self.calls,
            )

        core = api("core", settings.api_url, CORE_SCOPES, company)
        orders = api("orders", settings.salesorder_url, ORDER_SCOPES, {})
        self._clients = (core, orders)
        self._core, self._orders = Core(core), orders
        self.customer_records = CustomerRecords(self._core)
        self.item_records = ItemRecords(self._core)
        self.invoices = CustomerDocuments(self._core, INVOICES)
        self.credit_notes = CustomerDocuments(self._core, CREDIT_NOTES)
        self.payments = Payments(self._core)
        self.journals = Journals(self._core)
        self.adjustments = Adjustments(self._core)
        self.shipments = Shipments(self._core, orders)
        self.stock = Stock(self._core)
        self.availability = Availability(orders)
        self.complete = CompleteLists(self._core, orders)
        self.set_up = SetUp(self._core)
        self.order_states = OrderStates(self)
        self.sales_orders = SalesOrders(orders)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in self._clients:
            await client.close()

    async def branches(self) -> list[Branch]:
        """The branches of the company; an empty list means a wrong company, which is not answered with an error."""
        return [Branch(row.id, row.description, row.active) for row in await self.master_data("branches")]

    async def customers_changed(self, since: datetime | None) -> AsyncIterator[list[TargetCustomer]]:
        """Customers changed since then (UTC), or all of them, a page at a time.

        The server compares its own local time: let the times overlap by hours.
        """
        async for rows in self._core.pages(CUSTOMERS, *changed_since(since), size=CUSTOMER_PAGE):
            yield [TargetCustomer.of(row) for row in rows]

    async def customer(self, number: str) -> TargetCustomer | None:
        """One customer, None where there is none."""
        answer = await self._core.one(at(f"{CUSTOMERS}/{{number}}", number))
        return None if answer is None else TargetCustomer.of(answer.record, version_of(answer))

    async def create_customer(self, body: Row) -> str:
        """Create a customer from a plain `wire.CustomerUpdate`; gives its number."""
        return await self._core.create(CUSTOMERS, CustomerUpdate.model_validate(body).wrapped())

    async def update_customer(self, number: str, body: Row, version: str) -> None:
        """Change the given fields of a customer. Raises StaleVersionError where somebody else changed it."""
        change = CustomerUpdate.model_validate(body).wrapped()
        await self._core.change(at(f"{CUSTOMERS}/{{number}}", number), change, version)

    async def contacts(self, customer_number: str) -> list[TargetContact]:
        """The contact persons of a customer."""
        rows = await self._core.rows(at(f"{CUSTOMERS}/{{number}}/contact", customer_number))
        return [TargetContact.of(row) for row in rows]

    async def create_contact(self, body: Row) -> str:
        """Create a contact person from a plain `wire.ContactUpdate`; gives its id."""
        return await self._core.create(CONTACTS, ContactUpdate.model_validate(body).wrapped())

    async def items_changed(
        self, since: datetime | None, *, expand: Collection[str] = ()
    ) -> AsyncIterator[list[TargetItem]]:
        """Products changed since then (UTC), or all of them, a page at a time; overlap as for customers.

        They are bare but for the parts in `expand`, such as barcodes, attributes or accounts.
        """
        async for rows in self._core.pages(ITEMS, *expanded(*expand), *changed_since(since), size=ITEM_PAGE):
            yield [TargetItem.of(row) for row in rows]

    async def item(self, number: str) -> TargetItem | None:
        """One product by its number (SKU) with all its parts, None where there is none.

        Raises RecordRejectedError where the answer is about another one: nothing may be concluded from it.
        """
        answer = await self._core.one(at(f"{ITEMS}/{{number}}", number))
        if answer is None:
            return None
        item = TargetItem.of(answer.record)
        if item.number.casefold() != number.strip().casefold():
            raise surprising(SYSTEM, f"item {number}", "inventoryNumber")
        return item

    async def items_with_barcode(self, barcode: str) -> list[TargetItem]:
        """The products that have this barcode: none or one, where nobody entered it twice."""
        rows = await self._core.rows(Call("GET", ITEMS, query=(*expanded("barcodes"), ("alternateID", barcode))))
        return [item for item in map(TargetItem.of, rows) if barcode in item.barcodes]

    async def item_count(self) -> int:
        """How many products there are."""
        one = (*expanded(), ("pageNumber", "1"), ("pageSize", "1"))
        rows = await self._core.rows(Call("GET", ITEMS, query=one))
        return metadata(rows, "totalCount") or len(rows)

    async def create_item(self, body: Row) -> str:
        """Create a product from a plain `wire.InventoryUpdate`; gives its number."""
        return await self._core.create(ITEMS, InventoryUpdate.model_validate(body).wrapped())

    async def update_item(self, number: str, body: Row) -> None:
        """Change the given fields of a product; the last change wins, items have no versions."""
        change = InventoryUpdate.model_validate(body).wrapped()
        await self._core.change(at(f"{ITEMS}/{{number}}", number), change)

    async def attach(self, number: str, file_name: str, content: bytes, media_type: str) -> None:
        """Attach a file to a product; another one of this name becomes its newest revision, so it can be repeated."""
        call = at(f"{ITEMS}/{{number}}/attachment", number)
        await self._core.act(replace(call, file=File(file_name, content, media_type)))

    async def attached(self, number: str, file_name: str) -> bytes | None:
        """The newest revision of the file of this name that is attached to a product, None where there is none."""
        item = await self.item(number)
        file = item.attachments.get(file_name) if item is not None else None
        answer = await self._core.one(replace(at("/v1/attachment/{number}", file), gives_file=True)) if file else None
        return answer.body if answer is not None else None

    async def orders_modified(self, since: datetime, order_type: str | None = None) -> AsyncIterator[list[OrderRow]]:
        """Orders changed since then (UTC), of one type or all, a page at a time.

        In the order of their creation, which changes made meanwhile do not upset.
        """
        route = f"{ORDERS}/{{type}}" if order_type else ORDERS
        values = {"type": order_type} if order_type else {}
        stamp = since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        query = (("modifiedSince", stamp), ("orderBy", "created asc"), ("pageSize", str(ORDER_PAGE)))
        index, more = 0, True
        while more:
            paged = (*query, ("pageIndex", str(index)))
            answer = await self._orders.send(Call("GET", route, values, paged))
            rows = answer.record.get("value")
            if not isinstance(rows, list):
                raise surprising(SYSTEM, "the list of orders", "value")
            yield [OrderRow.of(row) for row in rows]
            index, more = index + 1, bool(answer.record.get("nextPage"))

    async def order(self, order_type: str, order_id: str) -> TargetOrder | None:
        """One order with its totals and version, None where there is none."""
        answer = await found(self._orders, _order_call("GET", order_type, order_id, (("expand", "All"),)))
        return None if answer is None else TargetOrder.of(answer.record, version_of(answer))

    async def create_order(self, body: Row) -> tuple[str, str]:
        """Create an order from a `wire.NewSalesOrder`; gives its type and number."""
        marker = str((body.get("customer") or {}).get("refNo") or "")
        order_type, order_id = await created(self._orders, Call("POST", ORDERS, body=body, key=marker), 2)
        return order_type, order_id

    async def open_order(self, order_type: str, order_id: str, version: str) -> None:
        """Take an order off Hold. Raises StaleVersionError where somebody changed it since it was read."""
        await self.change_order(order_type, order_id, {"status": "Open"}, version)

    async def change_order(self, order_type: str, order_id: str, body: Row, version: str) -> None:
        """Change the given fields of an order, a `wire.PatchSalesOrder`; raises as `open_order` does."""
        await self._orders.send(changing("PATCH", _order_call("PATCH", order_type, order_id), body, version))

    async def master_data(self, name: str) -> list[MasterValue]:
        """A whole list of the company, by the names in `MASTER_LISTS`; every id once."""
        master = MASTER_LISTS[name]
        if master.paged:
            rows = [row async for page in self._core.pages(master.route) for row in page]
        else:
            rows = await self._core.rows(Call("GET", master.route))
        values = [master.value_of(row) for row in master.flat(rows)]
        return list({value.id: value for value in reversed(values)}.values())[::-1]

    async def mapping_rows(self, name: str) -> list[Row]:
        """A list of the company as mappings read it: rows with id, description, active and facts."""
        return [asdict(value) for value in await self.master_data(name)]


def _order_call(method: str, order_type: str, order_id: str, query: tuple[tuple[str, str], ...] = ()) -> Call:
    values = {"type": order_type, "order_id": order_id}
    return Call(method, f"{ORDERS}/{{type}}/{{order_id}}", values, query, key=order_id)
