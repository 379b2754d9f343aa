"""Articles of eAccounting with all that we send of one, made of items of Visma.net, changed and partly emptied."""

from datetime import datetime
from decimal import Decimal

from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

SKU = "Æ/1 #2"
"""A number that a filter and a path have to quote."""


async def keep_articles(source: EAccountingClient, target: VismaNetClient, since: datetime, until: datetime) -> None:
    """Read the items in every way there is, then make and change an article."""
    numbers = [one.number async for page in target.item_records.changed(since, until) for one in page]
    assert len(await target.item_records.read(numbers[:2])) == 2
    assert [one.number for one in await target.item_records.read(numbers[:1])] == numbers[:1]
    lists = {name: (await source.master_data(name))[0] for name in ("codings", "units", "article_labels")}
    label = {"Id": lists["article_labels"].id, "Name": lists["article_labels"].description}
    priced = {"NetPrice": Decimal("12.50"), "GrossPrice": Decimal("15.13"), "PurchasePrice": Decimal("4.10")}
    known = {"CodingId": lists["codings"].id, "UnitId": lists["units"].id, "ArticleLabels": [label]}
    barcode = {"Barcode": "8712345678906", "BarcodeType": 0}
    new = {"Number": SKU, "Name": "Ding", "IsActive": True, "Barcodes": [barcode], **known, **priced}
    made = await source.article_records.create(new, marker=SKU)
    change = {"Name": "Dingen", "Barcodes": None, "IsActive": False}
    changed = await source.article_records.change(made.key, change, unless_changed_since=made.changed_at)
    assert changed.body == {**made.body, **change, "ChangedUtc": changed.body["ChangedUtc"]}
    assert [one.number for one in await source.known_articles.numbered([SKU])] == [SKU]
    assert SKU in {one.number for one in await source.known_articles.everything()}
