"""Articles of eAccounting: what may be written about them; they are made inactive, never deleted."""

from decimal import Decimal

from sandbox.answers import Answer
from sandbox.eaccounting.access import SALES_WRITE, Api, Call, ok
from sandbox.eaccounting.books import Books, utc_now
from sandbox.eaccounting.documents import random_id
from sandbox.eaccounting.pricing import CENT, HUNDRED, ZERO, cents
from sandbox.eaccounting.refusals import DUPLICATE, NOT_ALLOWED_HERE, RefusalError, not_found
from sandbox.eaccounting.schema import filled
from sandbox.world import Record

OWN = (
    "Id",
    "CreatedUtc",
    "StockBalanceManuallyChangedUtc",
    "PurchasePriceManuallyChangedUtc",
    "FreightCostsManuallyChangedUtc",
)
"""What stays of an article that is replaced: eAccounting keeps it itself."""


def add_articles(api: Api) -> None:
    """Open the addresses that change articles; reading them is opened with the other lists."""
    api.add("POST", "/articles", create, SALES_WRITE)
    api.add("PUT", "/articles/{articleId}", replace, SALES_WRITE)


async def create(call: Call) -> Answer:
    """Add an article."""
    body = await call.body("ArticleApi")
    refuse_double(call.books, body["Number"], None)
    now = utc_now()
    return ok(
        call.books["articles"].save(
            composed(call.books, body) | {"Id": random_id(), "CreatedUtc": now, "ChangedUtc": now}
        ),
        201,
    )


async def replace(call: Call) -> Answer:
    """Replace an article; what the body leaves out is gone afterwards."""
    before = call.books["articles"].get(call.key("articleId"))
    if before is None:
        raise not_found("Article")
    body = await call.body("ArticleApi")
    refuse_double(call.books, body["Number"], before["Id"])
    now = utc_now()
    article = composed(call.books, body) | {name: before[name] for name in OWN} | {"ChangedUtc": now}
    # With the stock module only documents and people change a balance.
    balance = before["StockBalance"] if call.books.has_stock_module else article["StockBalance"]
    article |= in_stock(article, Decimal(balance), Decimal(before["StockBalanceReserved"]))
    if article["StockBalance"] != before["StockBalance"]:
        article["StockBalanceManuallyChangedUtc"] = now
    return ok(call.books["articles"].save(article))


def refuse_double(books: Books, number: str, own_id: str | None) -> None:
    """Refuse a number that another article has."""
    if books["articles"].find(lambda other: bool(other["Number"] == number) and other["Id"] != own_id):
        raise RefusalError(DUPLICATE, f"ConflictException - An article with number {number} already exists")


def composed(books: Books, body: Record) -> Record:
    """Make an article of a request body; coding and unit decide what may not be written."""
    coding, unit = books["articleaccountcodings"].get(body["CodingId"]), books["units"].get(body["UnitId"])
    if coding is None or unit is None:
        raise not_found("Coding" if coding is None else "Unit")
    net, gross = prices(body, Decimal(coding["VatRatePercent"]))
    given = {name: value for name, value in body.items() if value is not None}
    computed = {
        "NetPrice": net,
        "NetPriceWithDiscount": net,
        "GrossPrice": gross,
        "CodingName": coding["Name"],
        "UnitName": unit["Name"],
        "UnitAbbreviation": unit["Abbreviation"],
        "IsServiceArticle": coding["Type"] == "Service",
        "ArticleLabels": labels(books, given.get("ArticleLabels")),
    }
    article = filled(
        "ArticleApi", **{"SendToWebshop": True, "CurrencyCode": books.settings["CurrencyCode"]} | given | computed
    )
    balance = ZERO if books.has_stock_module else Decimal(body.get("StockBalance") or 0)
    return article | in_stock(article, balance) | {"ShowStockInformation": shows_stock(article, books)}


def labels(books: Books, named: list[Record] | None) -> list[Record] | None:
    """Give the labels of these names as they are kept; their ids are the server's own ("readOnly")."""
    kept = {label["Name"]: label for label in books["articlelabels"].records.values()}
    return None if named is None else [kept.get(label["Name"], label) for label in named]


def shows_stock(article: Record, books: Books) -> bool:
    """Say whether an article shows its stock: goods do, with the stock module only those marked as stock articles."""
    return not article["IsServiceArticle"] and (bool(article["IsStock"]) or not books.has_stock_module)


def in_stock(article: Record, balance: Decimal, reserved: Decimal = ZERO) -> Record:
    """Give what an article says of its stock: the balance, what is reserved of it, and its value at purchase price."""
    return {
        "StockBalance": balance,
        "StockBalanceReserved": reserved,
        "StockBalanceAvailable": balance - reserved,
        "StockValue": cents(balance * article["PurchasePrice"]),
    }


def prices(body: Record, percent: Decimal) -> tuple[Decimal, Decimal]:
    """Give the net and the gross price; the two must agree at the coding's VAT rate, and one alone gives the other."""
    net, gross = body.get("NetPrice"), body.get("GrossPrice")
    factor = (HUNDRED + percent) / HUNDRED
    if net is None:
        net = cents(Decimal(gross or 0) / factor)
    if gross is None:
        gross = cents(Decimal(net) * factor)
    if abs(cents(Decimal(net) * factor) - Decimal(gross)) > CENT:
        raise RefusalError(NOT_ALLOWED_HERE, f"NetPrice and GrossPrice do not agree at {percent} % VAT")
    return Decimal(net), Decimal(gross)
