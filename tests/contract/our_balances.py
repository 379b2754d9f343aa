"""The stock of Visma.net and the balances of eAccounting's articles, read and written in every way there is."""

from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient


async def use_balances(source: EAccountingClient, target: VismaNetClient) -> None:
    """Read the stock of all items and of some, and write the balance of an article."""
    items = [one.number async for page in target.availability.all() for one in page]
    assert len(await target.availability.of([*items[:2], "Ø/7 #8's & more"])) == 2
    article = next(one for page in [page async for page in source.balances.all()] for one in page if one.balance)
    assert await source.balances.of([article.sku]) == [article] == [await source.balances.read(article.key)]
    assert article.balance is not None
    more = await source.balances.write(article, {"StockBalance": article.balance + 1})
    assert more.balance == article.balance + 1
