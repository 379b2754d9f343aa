"""The client of Visma.net ERP: what is read from it and written to it. It mails, prints and deletes nothing.

Sources: "Visma.net ERP OpenAPI 2025-12" (core API), "SalesOrders OpenAPI v3", "Visma.net API docs".
"""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from visma_sync.errors import NotFoundError, UncertainWriteError
from visma_sync.systems.budget import CallBudget, Quota, RateBudget
from visma_sync.systems.call import Answer, Call, key_segment, keys_in
from visma_sync.systems.http import Endpoint, HttpClient
from visma_sync.systems.reading import surprising
from visma_sync.systems.tokens import TokenStore
from visma_sync.systems.vismanet.answers import (
    SERVER_ZONE,
    SYSTEM,
    Branch,
    MasterValue,
    OrderRow,
    TargetContact,
    TargetCustomer,
    TargetItem,
    TargetOrder,
)
from visma_sync.systems.vismanet.auth import CORE_SCOPES, ORDER_SCOPES, token_keeper
from visma_sync.systems.vismanet.master_lists import MASTER_LISTS, MasterList
from visma_sync.systems.vismanet.settings import VismaNetSettings
from visma_sync.systems.vismanet.verdict import verdict
from visma_sync.systems.vismanet.wire import ContactUpdate, CustomerUpdate, InventoryUpdate

__all__ = ["VismaNetClient", "VismaNetSettings"]

HOUR = 3600.0
# Larger pages are silently cut; each row says how many a page may hold.
CUSTOMER_PAGE, ITEM_PAGE, OTHER_PAGE = 1000, 5000, 500
ORDER_PAGE = 100

CUSTOMERS, CONTACTS, ITEMS, ORDERS = "/v1/customer", "/v1/contact", "/v1/inventory", "/api/v3/SalesOrders"
# On today, "will change": said explicitly.
_BARE_ITEMS = tuple(
    (f"expand{part}", "false")
    for part in (
        "CrossReference",
        "Attachment",
        "Attribute",
        "WarehouseDetail",
        "AccountInformation",
        "InventoryUnits",
        "SupplierDetails",
        "SalesCategories",
        "Note",
    )
)

Row = dict[str, Any]


class VismaNetClient:
    """Reads and writes one company of Visma.net ERP; to be used as an async context manager."""

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

        self._core = api("core", settings.api_url, CORE_SCOPES, company)
        self._orders = api("orders", settings.salesorder_url, ORDER_SCOPES, {})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._core.close()
        await self._orders.close()

    async def branches(self) -> list[Branch]:
        """The branches of the company; an empty list means a wrong company, which is not answered with an error."""
        return [Branch(row.id, row.description, row.active) for row in await self.master_data("branches")]

    async def customers_changed(self, since: datetime | None) -> AsyncIterator[list[TargetCustomer]]:
        """Customers changed since then (UTC), or all of them, a page at a time.

        The server compares its own local time: let the times overlap by hours.
        """
        async for rows in self._core_pages(CUSTOMERS, CUSTOMER_PAGE, *_changed_since(since)):
            yield [TargetCustomer.of(row) for row in rows]

    async def customer(self, number: str) -> TargetCustomer | None:
        """One customer, None where there is none."""
        answer = await self._one(self._core, _at(f"{CUSTOMERS}/{{number}}", number))
        return None if answer is None else TargetCustomer.of(answer.record, _version(answer))

    async def create_customer(self, body: Row) -> str:
        """Create a customer from a plain `wire.CustomerUpdate`; gives its number."""
        call = Call("POST", CUSTOMERS, body=CustomerUpdate.model_validate(body).wrapped())
        return (await _created(self._core, call, 1))[0]

    async def update_customer(self, number: str, body: Row, version: str) -> None:
        """Change the given fields of a customer. Raises StaleVersionError where somebody else changed it."""
        change = CustomerUpdate.model_validate(body).wrapped()
        await self._core.send(_change("PUT", _at(f"{CUSTOMERS}/{{number}}", number), change, version))

    async def contacts(self, customer_number: str) -> list[TargetContact]:
        """The contact persons of a customer."""
        rows = await self._core_rows(_at(f"{CUSTOMERS}/{{number}}/contact", customer_number))
        return [TargetContact.of(row) for row in rows]

    async def create_contact(self, body: Row) -> str:
        """Create a contact person from a plain `wire.ContactUpdate`; gives its id."""
        call = Call("POST", CONTACTS, body=ContactUpdate.model_validate(body).wrapped())
        return (await _created(self._core, call, 1))[0]

    async def items_changed(self, since: datetime | None) -> AsyncIterator[list[TargetItem]]:
        """Products changed since then (UTC), or all of them, a page at a time; overlap as for customers."""
        async for rows in self._core_pages(ITEMS, ITEM_PAGE, *_BARE_ITEMS, *_changed_since(since)):
            yield [TargetItem.of(row) for row in rows]

    async def item(self, number: str) -> TargetItem | None:
        """One product by its number (SKU), None where there is none.

        Raises RecordRejectedError where the answer is about another one: nothing may be concluded from it.
        """
        call = _at(f"{ITEMS}/{{number}}", number)
        answer = await self._one(self._core, call)
        if answer is None:
            return None
        item = TargetItem.of(answer.record)
        if item.number.casefold() != number.strip().casefold():
            raise surprising(SYSTEM, f"item {number}", "inventoryNumber")
        return item

    async def item_count(self) -> int:
        """How many products there are."""
        one = (*_BARE_ITEMS, ("pageNumber", "1"), ("pageSize", "1"))
        rows = await self._core_rows(Call("GET", ITEMS, query=one))
        return _metadata(rows, "totalCount") or len(rows)

    async def create_item(self, body: Row) -> str:
        """Create a product from a plain `wire.InventoryUpdate`; gives its number."""
        call = Call("POST", ITEMS, body=InventoryUpdate.model_validate(body).wrapped())
        return (await _created(self._core, call, 1))[0]

    async def update_item(self, number: str, body: Row) -> None:
        """Change the given fields of a product; the last change wins, items have no versions."""
        change = InventoryUpdate.model_validate(body).wrapped()
        await self._core.send(_change("PUT", _at(f"{ITEMS}/{{number}}", number), change, ""))

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
        answer = await self._one(self._orders, _order_call("GET", order_type, order_id, (("expand", "All"),)))
        return None if answer is None else TargetOrder.of(answer.record, _version(answer))

    async def create_order(self, body: Row) -> tuple[str, str]:
        """Create an order from a `wire.NewSalesOrder`; gives its type and number."""
        marker = str((body.get("customer") or {}).get("refNo") or "")
        order_type, order_id = await _created(self._orders, Call("POST", ORDERS, body=body, key=marker), 2)
        return order_type, order_id

    async def open_order(self, order_type: str, order_id: str, version: str) -> None:
        """Take an order off Hold. Raises StaleVersionError where somebody changed it since it was read."""
        await self.change_order(order_type, order_id, {"status": "Open"}, version)

    async def change_order(self, order_type: str, order_id: str, body: Row, version: str) -> None:
        """Change the given fields of an order, a `wire.PatchSalesOrder`; raises as `open_order` does."""
        await self._orders.send(_change("PATCH", _order_call("PATCH", order_type, order_id), body, version))

    async def master_data(self, name: str) -> list[MasterValue]:
        """A whole list of the company, by the names in `MASTER_LISTS`; every id once."""
        master = MASTER_LISTS[name]
        values = [master.value_of(row) for row in await self._master_rows(master)]
        return list({value.id: value for value in reversed(values)}.values())[::-1]

    async def _master_rows(self, master: MasterList) -> list[Row]:
        if not master.paged:
            return await self._core_rows(Call("GET", master.route))
        return [row async for rows in self._core_pages(master.route, OTHER_PAGE) for row in rows]

    async def _one(self, http: HttpClient, call: Call) -> Answer | None:
        try:
            return await http.send(call)
        except NotFoundError:
            return None

    async def _core_pages(self, route: str, size: int, *query: tuple[str, str]) -> AsyncIterator[list[Row]]:
        number = read = 0
        more = True
        while more:
            number += 1
            paging = (("pageNumber", str(number)), ("pageSize", str(size)))
            rows = await self._core_rows(Call("GET", route, query=(*query, *paging)))
            if rows:
                yield rows
            read += len(rows)
            # Some lists do not say how many there are; a short page then is the last one.
            total, largest = _metadata(rows, "totalCount"), _metadata(rows, "maxPageSize") or size
            more = read < total if total else len(rows) >= min(size, largest)
            more = more and bool(rows)

    async def _core_rows(self, call: Call) -> list[Row]:
        """The rows of a list, bare or in an envelope; some lists answer "not found" where they are empty."""
        answer = await self._one(self._core, call)
        if answer is None:
            return []
        rows = answer.record.get("records") if isinstance(answer.body, dict) else answer.body
        if not isinstance(rows, list):
            raise surprising(SYSTEM, f"the list {call.route}", "records")
        return rows


def _at(route: str, number: str, *query: tuple[str, str]) -> Call:
    """A call to a record of the core API."""
    return Call("GET", route, {"number": key_segment(number)}, query, key=number)


def _order_call(method: str, order_type: str, order_id: str, query: tuple[tuple[str, str], ...] = ()) -> Call:
    values = {"type": order_type, "order_id": order_id}
    return Call(method, f"{ORDERS}/{{type}}/{{order_id}}", values, query, key=order_id)


def _change(method: str, call: Call, body: Row, version: str) -> Call:
    """The call that changes what `call` addresses, where the version is still the one given."""
    headers = {"If-Match": version if version.startswith(('"', "W/")) else f'"{version}"'} if version else {}
    return Call(method, call.route, call.values, call.query, body, headers, call.key)


async def _created(http: HttpClient, call: Call, count: int) -> tuple[str, ...]:
    """The key of a new record, which is in the Location header alone: the answer has no body."""
    answer = await http.send(call)
    keys = keys_in(answer.headers.get("Location", ""), count)
    if keys is None:
        raise UncertainWriteError(
            "the answer does not say what was created", system=SYSTEM, operation=call.operation, key=call.key
        )
    return keys


def _version(answer: Answer) -> str:
    return answer.headers.get("ETag", "")


def _changed_since(since: datetime | None) -> tuple[tuple[str, str], ...]:
    """The filter for changes; without the condition the date is ignored, and a zone is not accepted."""
    if since is None:
        return ()
    local = since.astimezone(SERVER_ZONE).replace(tzinfo=None).isoformat(timespec="milliseconds")
    return (("lastModifiedDateTime", local), ("lastModifiedDateTimeCondition", ">="))


def _metadata(rows: list[Row], name: str) -> int:
    value = (rows[0].get("metadata") or {}).get(name) if rows else None
    return value if isinstance(value, int) else 0
