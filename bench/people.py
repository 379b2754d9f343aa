"""What people did in both imitated companies before a run is measured, by hand at their screens."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.company import Company

Done = Callable[[Company], None]
"""What people do in both companies."""

STOCK_ARTICLES = 1000
ROWS_OF_AN_ORDER = 3
# The goods of a large company; so many of them differ when the flow to eAccounting first runs, and so many later.
MANY_GOODS, DIFFERENT_AT_FIRST, DIFFERENT_LATER = 10_000, 500, 100
# By the VAT rate of an article of eAccounting, what Visma.net calls it.
VAT_CODES = {21: "NL21", 9: "NL9", 0: "NOVAT"}


def nobody(_company: Company) -> None:
    """Nobody did anything."""


def stock_articles(company: Company) -> None:
    """Articles with a balance, which Visma.net does not have yet."""
    for number in range(STOCK_ARTICLES):
        company.by_hand(
            "eaccounting/articles",
            Number=f"STOCK-{number:04d}",
            IsStock=True,
            StockBalance=1 + number % 40,
            PurchasePrice=3,
        )


def changed_in_eaccounting(collection: str, field: str) -> Done:
    """Every record of a collection gets another text in this field."""

    def change(company: Company) -> None:
        for record in company.holdings((collection,), ()).source[collection]:
            company.by_hand(f"eaccounting/{collection}/{record['Id']}", **{field: "Changed"})

    return change


def changed_in_vismanet(collection: str, number: str, **fields: Any) -> Done:
    """Every record of a collection, which its `number` names, gets other contents in these fields."""

    def change(company: Company) -> None:
        for record in company.holdings((), (collection,)).target[collection]:
            company.by_hand(f"vismanet/{collection}/{record[number]}", **fields)

    return change


def items(count: int) -> Done:
    """Items of Visma.net that eAccounting does not have yet."""

    def enter(company: Company) -> None:
        for number in range(count):
            _item(company, f"ITEM-{number:04d}", "NL21")

    return enter


def debtors(count: int) -> Done:
    """Customers of Visma.net that eAccounting does not have yet, every fifth of them a private person."""

    def enter(company: Company) -> None:
        for number in range(count):
            _debtor(company, number)

    return enter


def web_orders(count: int, buyers: int) -> Done:
    """Orders of Visma.net, of the type that goes to eAccounting; their articles are in both systems, no buyer is."""

    def enter(company: Company) -> None:
        goods = _goods_in_both(company)
        numbers = [_debtor(company, number) for number in range(buyers)]
        for number in range(count):
            sold = [goods[(number * ROWS_OF_AN_ORDER + row) % len(goods)] for row in range(ROWS_OF_AN_ORDER)]
            _web_order(company, numbers[number % buyers], sold, number)

    return enter


def completed_orders(company: Company) -> None:
    """All orders of Visma.net are done."""
    for order in company.holdings((), ("orders",)).target["orders"]:
        company.by_hand(f"vismanet/orders/{order['type']}/{order['orderId']}", status="Completed")


def counted_goods(company: Company) -> None:
    """All goods of eAccounting are in Visma.net too; some were counted there, and are more."""
    for place, article in enumerate(_goods_in_both(company)):
        _count(company, article, article.balance + (place < DIFFERENT_AT_FIRST))


def some_counted_again(company: Company) -> None:
    """Some goods were counted in Visma.net, and are more."""
    for article in _goods(company)[-DIFFERENT_LATER:]:
        _count(company, article, article.balance + 1)


@dataclass(frozen=True)
class _Goods:
    """Goods of eAccounting that are sold by the piece, in the words of Visma.net."""

    sku: str
    vat_code: str
    balance: float


def _goods(company: Company) -> list[_Goods]:
    articles = company.holdings(("articles", "articleaccountcodings"), ())
    rates = {coding["Id"]: coding["VatRatePercent"] for coding in articles.source["articleaccountcodings"]}
    return [
        _Goods(
            article["Number"],
            VAT_CODES[int(rates[article["CodingId"]])],
            article["StockBalance"],
        )
        for article in articles.source["articles"]
        if _is_sold_by_the_piece(article)
    ][:MANY_GOODS]


def _is_sold_by_the_piece(article: Mapping[str, Any]) -> bool:
    is_goods = article["IsActive"] and not article["IsServiceArticle"]
    return bool(is_goods and article["UnitAbbreviation"] == "st" and article["StockBalance"] >= 0)


def _goods_in_both(company: Company) -> list[_Goods]:
    goods = _goods(company)
    for article in goods:
        _item(company, article.sku, article.vat_code)
    return goods


def _item(company: Company, sku: str, vat_code: str) -> None:
    company.by_hand(
        "vismanet/items",
        inventoryNumber=sku,
        description=f"Product {sku}",
        itemClass="STOCK",
        vatCode=vat_code,
        baseUnit="STK",
        defaultPrice=10,
    )


def _count(company: Company, article: _Goods, quantity: float) -> None:
    company.by_hand("vismanet/stock", inventoryNumber=article.sku, quantityOnHand=str(quantity))


def _web_order(company: Company, buyer: str, sold: Sequence[_Goods], number: int) -> None:
    company.by_hand(
        "vismanet/orders",
        type="WB",
        date=datetime.now(tz=UTC).date().isoformat(),
        customer={"id": buyer},
        orderLines=[
            {
                "inventoryId": article.sku,
                "quantity": 1 + number % 7,
                "unitPrice": 10 + number % 90,
                "hasManualPrice": True,
                "taxCategoryId": article.vat_code,
            }
            for article in sold
        ],
    )


def _debtor(company: Company, number: int) -> str:
    address: Mapping[str, str] = {
        "addressLine1": f"Kade {number + 1}",
        "postalCode": "9711 AB",
        "city": "Groningen",
        "countryId": "NL",
    }
    entered = company.by_hand(
        "vismanet/customers",
        name=f"Afnemer {number}",
        customerClassId="PERSON" if number % 5 == 0 else "COMPANY",
        creditTermsId="30",
        currencyId="EUR",
        vatZoneId="DOMESTIC",
        mainAddress=address,
        mainContact={"name": f"Afnemer {number}", "email": f"afnemer{number}@example.org", "phone1": "+31 50 1234567"},
    )
    return str(entered["number"])
