"""The status of orders, read in every way there is, and taken through every step."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient


async def follow_orders(source: EAccountingClient, target: VismaNetClient, since: datetime, until: datetime) -> None:
    """Read the states of both systems; take an order of eAccounting to its invoice and back in between."""
    changed = [one async for page in target.order_states.changed(since, until) for one in page]
    charged = await target.order_states.with_departures(changed, charges=True)
    assert any(one.body["charges"] for one in charged)
    assert len(await target.order_states.single({changed[0].key, changed[-1].key})) == 2
    key = await _entered(source)
    states = source.order_states
    steps = ("draft", "ongoing", "shipped", "ongoing", "shipped", "invoiced")
    for before, after in pairwise(steps):
        await states.take(key, before, after)
        read = await states.read(key)
        assert read is not None
        assert read.stage == after
    await states.note({"AttachedTo": key, "DocumentType": 6, "Text": "Æ 1"})
    assert await states.notes(key) == ["Æ 1"]
    orders = [one.key async for page in source.orders_changed(since, until) for one in page]
    assert (await states.read_all(orders[:25])).keys() == set(orders[:25])


async def _entered(source: EAccountingClient) -> str:
    """A draft of one article for a usual customer; gives its key."""
    customer = next(
        one for one in await source.mapping_rows("customers") if not one["IsPrivatePerson"] and one["IsActive"]
    )
    article = (await source.articles(["A-1001"]))[0]
    needed: dict[str, Any] = {"EligibleForReverseChargeOnVat": False, "IsTextRow": False, "IsWorkCost": False}
    made = await source.order_records.create(
        {
            "CustomerId": customer["Id"],
            "CurrencyCode": customer["CurrencyCode"],
            "EuThirdParty": False,
            "ReverseChargeOnConstructionServices": False,
            "RotReducedInvoicingType": 0,
            "Status": 1,
            "Rows": [{**needed, "LineNumber": 1, "ArticleId": article.key, "Quantity": 1, "UnitPrice": 10}],
        }
    )
    return made.key
