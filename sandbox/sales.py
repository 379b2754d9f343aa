"""The orders of the shop's last ten days, as the people and the web shop behind eAccounting entered them."""

import datetime
import itertools
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sandbox import catalogue
from sandbox.eaccounting.documents import INVOICED, SHIPPED, Ledgers, Line, add_up, article_row, from_customer, text_row
from sandbox.eaccounting.pricing import HUNDRED, OSS_RATES, cents, vat_country, vat_percent
from sandbox.eaccounting.schema import filled
from sandbox.people import COUNTRIES
from sandbox.world import Record

LOCAL = ZoneInfo("Europe/Amsterdam")
DAYS_BACK = 10
FIRST_NUMBER = 10001
DRAFT, ONGOING = 1, 2
SHARE_OF_STATUSES = {DRAFT: 6, ONGOING: 48, SHIPPED: 26, INVOICED: 20}
KRONA_PER_EURO = Decimal("11.2487")
FOUR_DECIMALS = Decimal("0.0001")

RateForm = Literal["fraction", "percent", "missing"]
"""How the rows of an order state their VAT rate: 0.21 and 21 both occur in the wild, and it may be null."""

LONG_TEXT = "Let op: alle onderdelen zijn voor verzending nagekeken en opnieuw verpakt. "


def utc_text(moment: datetime.datetime) -> str:
    """Write an instant the way eAccounting does: UTC, with a fraction of a second only where there is one."""
    text = moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}Z"


def moments(chance: random.Random, today: datetime.date, count: int) -> list[datetime.datetime]:
    """Draw instants of the ten days before today (local days), earliest first; shops sell around midnight too."""
    start = datetime.datetime.combine(today - datetime.timedelta(days=DAYS_BACK), datetime.time(), LOCAL)
    seconds = DAYS_BACK * 86_400 - 3600
    return sorted(start + datetime.timedelta(milliseconds=10 * chance.randrange(seconds * 100)) for _ in range(count))


@dataclass(frozen=True)
class Shelf:
    """The articles by what the orders need them for."""

    by_number: dict[str, Record]
    sold: list[Record]
    goods: list[Record]

    @classmethod
    def of(cls, articles: Sequence[Record]) -> "Shelf":
        """Put the articles on the shelf."""
        sold = [article for article in articles if article["Number"] not in catalogue.UNSOLD]
        goods = [article for article in sold if not article["IsServiceArticle"]]
        return cls({article["Number"]: article for article in articles}, sold, goods)


class OrderBook:
    """Enters orders one after the other and numbers them; a draft gets no number."""

    def __init__(
        self,
        chance: random.Random,
        shelf: Shelf,
        lists: dict[str, list[Record]],
        today: datetime.date,
        amount_means: str,
    ) -> None:
        self.chance = chance
        self.shelf = shelf
        self.lists = lists
        self.end = datetime.datetime.combine(today, datetime.time(), LOCAL)
        self.new_id: Callable[[], str] = lambda: catalogue.new_id(chance)
        self.ledgers = Ledgers({row["Id"]: row for row in lists["codings"]}, amount_means, self.new_id)
        self.orders: list[Record] = []
        self._numbers = itertools.count(FIRST_NUMBER)

    def price(self, customer: Record, article: Record) -> Decimal:
        """Give the unit price for this customer: with VAT for private persons, in kronor for those who pay in them.

        Two decimals where customer and currency are domestic, up to four otherwise ("eAccounting OpenAPI 2026-02").
        """
        rate = KRONA_PER_EURO if customer["CurrencyCode"] == "SEK" else Decimal(1)
        net = Decimal(article["NetPrice"]) * rate
        if customer["IsPrivatePerson"]:
            if vat_country(customer) == "NL":
                return Decimal(article["GrossPrice"])
            percent = vat_percent(customer, self.ledgers.codings[article["CodingId"]])
            return cents(net * (HUNDRED + percent) / HUNDRED)
        if rate != 1 or (vat_country(customer) != "NL" and self.chance.random() < 0.3):
            return (net * Decimal("0.9735")).quantize(FOUR_DECIMALS)
        return cents(net)

    def line(self, customer: Record, number: str, quantity: str = "1", discount: str = "0") -> Line:
        """Make a row of the article with this number at the customer's price."""
        article = self.shelf.by_number[number]
        return Line(article, Decimal(quantity), self.price(customer, article), Decimal(discount))

    def enter(
        self, customer: Record, rows: Sequence[Line | str], created: datetime.datetime, status: int, **given: Any
    ) -> Record:
        """Enter an order of these rows, a text being a text row; `given` decides over everything else.

        The rows state their VAT rate as a fraction until `state_rates` is asked to write it otherwise.
        """
        order = filled(
            "OrderApi",
            **from_customer(customer),
            Id=self.new_id(),
            Number=None if status == DRAFT else next(self._numbers),
            Status=status,
            CurrencyCode=customer["CurrencyCode"],
            OrderDate=created.astimezone(LOCAL).date().isoformat(),
            CreatedUtc=utc_text(created),
            ModifiedUtc=self._modified(created),
        )
        order.update(given)
        order["Rows"] = [self._row(customer, row, line, status) for line, row in enumerate(rows, 1)]
        order = add_up(self.ledgers, order)
        self.orders.append(order)
        return order

    def _row(self, customer: Record, row: Line | str, line: int, status: int) -> Record:
        if isinstance(row, str):
            return text_row(self.ledgers, row, line)
        delivered = row.quantity.quantize(Decimal("0.01")) if status >= SHIPPED else Decimal(0)
        return article_row(self.ledgers, customer, row, line, DeliveredQuantity=delivered)

    def _modified(self, created: datetime.datetime) -> str | None:
        """Draw the last change, always before today; half of the orders were never changed."""
        if self.chance.random() < 0.5:
            return None
        return utc_text(created + (self.end - created) * self.chance.random() ** 2)


def state_rates(order: Record, form: RateForm) -> None:
    """Write the VAT rates of an order's rows in another way."""
    for row in order["Rows"]:
        if row["VatRate"] is not None and form != "fraction":
            row["VatRate"] = row["VatRate"] * HUNDRED if form == "percent" else None


def ordinary_order(book: OrderBook, customer: Record, created: datetime.datetime) -> Record:
    """Enter an order as they come in every day; all of it can be sent."""
    chance = book.chance
    status = chance.choices(list(SHARE_OF_STATUSES), list(SHARE_OF_STATUSES.values()))[0]
    rows = with_texts(chance, with_freight(book, customer, ordinary_rows(book, customer)))
    order = book.enter(customer, rows, created, status, **particulars(book, customer, created))
    forms: tuple[RateForm, ...] = ("fraction", "percent", "missing")
    # Without a stated rate only the article's coding tells it, and that is the Dutch one.
    state_rates(order, chance.choices(forms, (50, 40, 10 if vat_country(customer) == "NL" else 0))[0])
    return order


def ordinary_rows(book: OrderBook, customer: Record) -> list[Line]:
    """Draw the articles of an order; a Northern Irish business only buys goods."""
    chance = book.chance
    stock = book.shelf.goods if customer["IsNorthernIreland"] else book.shelf.sold
    lines = []
    for article in chance.sample(stock, chance.choices((1, 2, 3, 4, 6), (35, 25, 20, 12, 8))[0]):
        quantity = Decimal(chance.choices((1, 2, 3, 4, 6, 12), (50, 20, 10, 8, 7, 5))[0])
        if article["UnitAbbreviation"] in ("kg", "m"):
            quantity = Decimal(chance.randrange(1, 90_000)) / 10_000
        elif article["UnitAbbreviation"] == "uur":
            quantity = Decimal(chance.randrange(1, 20)) / 4
        discount = Decimal(chance.choice(("0.05", "0.1", "0.125", "0.3333"))) if chance.random() < 0.15 else Decimal(0)
        lines.append(Line(article, quantity, book.price(customer, article), discount))
    return lines


def with_freight(book: OrderBook, customer: Record, lines: list[Line]) -> list[Line]:
    """Add freight to most orders: one row, or one per VAT rate where the goods have two."""
    if customer["IsNorthernIreland"] or book.chance.random() > 0.6:
        return lines
    rates = {book.ledgers.codings[line.article["CodingId"]]["VatRatePercent"] for line in lines}
    freight = [book.line(customer, catalogue.FREIGHT)]
    if len(rates) > 1 and book.chance.random() < 0.5:
        freight.append(book.line(customer, catalogue.REDUCED_FREIGHT))
    return lines + freight


def with_texts(chance: random.Random, lines: list[Line]) -> list[Line | str]:
    """Put text rows between the rows of some orders: after a row, before the first, or two very long ones."""
    rows: list[Line | str] = list(lines)
    drawn = chance.random()
    if drawn < 0.12:
        rows.insert(1, "Graag inpakken als cadeau 🎁 <i>met strik</i>")
    elif drawn < 0.17:
        rows.insert(0, "Telefonisch besteld; {{ let op }} levering na 18:00 uur")
    elif drawn < 0.19:
        rows[1:1] = [(LONG_TEXT * 20)[:1500], (LONG_TEXT * 20)[:1500]]
    return rows


def particulars(book: OrderBook, customer: Record, created: datetime.datetime) -> Record:
    """Draw references, delivery and a delivery address of its own for an order."""
    chance = book.chance
    given: Record = {"OurReference": chance.choice(("Marit", "Joost", None))}
    if not customer["IsPrivatePerson"]:
        given["YourReference"] = customer["ContactPersonName"]
        if chance.random() < 0.5:
            given["BuyersOrderReference"] = f"PO-{created.year}-{chance.randint(100, 9999)}"
    if chance.random() < 0.7:
        method = chance.choice(book.lists["delivery_methods"])
        given |= {
            "DeliveryMethodId": method["Id"],
            "DeliveryMethodName": method["Name"],
            "DeliveryMethodCode": method["Code"],
        }
    if chance.random() < 0.2:
        term = chance.choice(book.lists["delivery_terms"])
        given |= {"DeliveryTermId": term["Id"], "DeliveryTermName": term["Name"], "DeliveryTermCode": term["Code"]}
    if chance.random() < 0.5:
        given["DeliveryDate"] = (created.date() + datetime.timedelta(days=chance.randint(1, 7))).isoformat()
    country = customer["InvoiceCountryCode"]
    if country in OSS_RATES and not customer["DeliveryAddress1"] and chance.random() < 0.2:
        postal_code, city = chance.choice(COUNTRIES[country].towns)
        given |= {
            "DeliveryCustomerName": f"t.a.v. {customer['Name']}",
            "DeliveryAddress1": f"{chance.choice(COUNTRIES[country].streets)} {chance.randint(1, 99)}",
            "DeliveryPostalCode": postal_code,
            "DeliveryCity": city,
            "DeliveryCountryCode": country,
        }
    return given
