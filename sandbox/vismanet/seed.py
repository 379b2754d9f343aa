"""What the target company knows of the shop at the start: some debtors, items and hand-typed orders."""

import datetime
import random
from decimal import Decimal

from sandbox.vismanet import taxes
from sandbox.vismanet.answers import Record
from sandbox.vismanet.by_hand import PERSON
from sandbox.vismanet.company import Company, Level, Stored, item_key
from sandbox.vismanet.contacts import create_contact
from sandbox.vismanet.customer_rules import create_customer
from sandbox.vismanet.inventory_rules import create_item, is_stock
from sandbox.vismanet.order_rules import place_order
from sandbox.vismanet.tables import CREDIT_TERMS
from sandbox.vismanet.tax import HUNDRED, cents
from sandbox.world import World

COUNTED_UNITS = ("STK", "PCS")
COUNTED_SHARE, SECOND_WAREHOUSE_SHARE, COST_SHARE = 0.5, 0.25, Decimal("0.6")
KNOWN_FOR = datetime.timedelta(days=60)
TYPED_AFTER = datetime.timedelta(hours=2)
HOME = "NL"
EUROPEAN_UNION = (
    "AT",
    "BE",
    "BG",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
)
UNITS = {"kg": "KG", "kilogram": "KG", "uur": "HOUR", "hour": "HOUR", "tim": "HOUR", "h": "HOUR"}
"""The units of the shop under the ERP's names; everything else is sold by the piece."""

OWN_ITEMS: tuple[Record, ...] = (
    {"inventoryNumber": "ROUNDING", "description": "Afrondingsverschil", "itemClass": "ROUND"},
    {
        "inventoryNumber": "FREIGHT",
        "description": "Vrachtkosten",
        "itemClass": "NONSTOCK",
        "baseUnit": "STK",
        "salesAccount": "8040",
    },
)


def fill_company(company: Company, world: World, today: datetime.date) -> None:
    """Enter what the company knows of the shop's world."""
    known_since = datetime.datetime.combine(today, datetime.time(8), datetime.UTC) - KNOWN_FOR
    _enter_items(company, world, known_since)
    _count_stock(company, world, known_since)
    customers = _enter_customers(company, world, known_since)
    for order in world.orders:
        if str(order.get("Number")) in world.in_target.orders:
            _type_order(company, world, order, customers)


def _enter_items(company: Company, world: World, moment: datetime.datetime) -> None:
    known = {article["Number"]: article for article in world.articles if article["Number"] in world.in_target.articles}
    items = [create_item(company, _item(world, article)) for article in known.values()]
    items += [create_item(company, item) for item in OWN_ITEMS if company.item(item["inventoryNumber"]) is None]
    for item in items:
        item.created = item.modified = moment
        if item.key in world.in_target.inactive_articles:
            item.values["status"] = "Inactive"
        if item.key in world.in_target.no_sales_articles:
            item.values["status"] = "NoSales"


def _count_stock(company: Company, world: World, moment: datetime.datetime) -> None:
    """Give every stock item a quantity and a cost; about half were counted lately and agree with the shop."""
    balances = {article["Number"]: article.get("StockBalance") for article in world.articles}
    for item in company.items.values():
        if not is_stock(item.values):
            continue
        chance = random.Random(f"stock of {item.key}")
        finest = 1 if item.values["baseUnit"] in COUNTED_UNITS else 10
        quantity = Decimal(chance.randint(0, 120 * finest)) / finest
        counted = balances.get(item.key)
        if chance.random() < COUNTED_SHARE and counted is not None and counted >= 0:
            quantity = Decimal(counted)
        company.stock[item_key(item.key), "1"] = Level(quantity, moment)
        if chance.random() < SECOND_WAREHOUSE_SHARE:
            company.stock[item_key(item.key), "2"] = Level(Decimal(chance.randint(1, 30)), moment)
        company.costs[item_key(item.key)] = cents(item.values["defaultPrice"] * COST_SHARE)


def _item(world: World, article: Record) -> Record:
    unit = UNITS.get((article.get("UnitAbbreviation") or article.get("UnitName") or "").lower(), "STK")
    coding = next(row for row in world.codings if row["Id"] == article["CodingId"])
    category = f"{HOME}{int(coding['VatRatePercent'])}"
    barcodes = [
        {"alternateType": "Barcode", "alternateID": row["Barcode"], "uom": unit}
        for row in article.get("Barcodes") or []
    ]
    freight = article["Number"] == "FREIGHT"
    return {
        "inventoryNumber": article["Number"],
        "description": article["Name"],
        "itemClass": "NONSTOCK" if freight else "SERVICE" if article.get("IsServiceArticle") else "STOCK",
        "baseUnit": unit,
        "vatCode": category if category in taxes.CATEGORIES else "NOVAT",
        "salesAccount": "8040" if freight else "8001" if category == "NL9" else "8000",
        "defaultPrice": Decimal(article.get("NetPrice") or 0),
        "crossReferences": barcodes,
    }


def _enter_customers(company: Company, world: World, moment: datetime.datetime) -> dict[str, Stored]:
    """Enter the debtors and give them by the shop's customer id."""
    known, target = {}, world.in_target
    for customer in world.customers:
        number = str(customer["CustomerNumber"])
        if number in target.customers:
            known[customer["Id"]] = _enter(company, world, customer, {}, moment)
            if number in target.on_credit_hold:
                known[customer["Id"]].values["status"] = "CreditHold"
            if number in target.twice_by_email:
                _enter(company, world, customer, {"name": f"{customer['Name'][:46]} (2)"}, moment)
        if number in target.other_class_by_email:
            _enter(company, world, customer, {"name": "Balieverkoop", "customerClassId": "OTHER"}, moment)
    return known


def _enter(company: Company, world: World, customer: Record, own: Record, moment: datetime.datetime) -> Stored:
    debtor = create_customer(company, {**_debtor(world, customer), **own})
    debtor.created = debtor.modified = moment
    person = customer.get("ContactPersonName")
    if person and not customer["IsPrivatePerson"] and not own:
        first, _, last = person.rpartition(" ")
        contact = create_contact(
            company,
            {
                "firstName": first or None,
                "lastName": last,
                "email": customer.get("ContactPersonEmail"),
                "phone1": customer.get("ContactPersonPhone"),
                "businessAccount": debtor.key,
            },
        )
        contact.created = contact.modified = moment
    return debtor


def _debtor(world: World, customer: Record) -> Record:
    email = customer.get("EmailAddress") or customer.get("EmailAddressOrder") or customer.get("ContactPersonEmail")
    delivery = {
        "addressLine1": customer.get("DeliveryAddress1"),
        "addressLine2": customer.get("DeliveryAddress2"),
        "postalCode": customer.get("DeliveryPostalCode"),
        "city": customer.get("DeliveryCity"),
        "countryId": customer.get("DeliveryCountryCode") or customer.get("InvoiceCountryCode") or HOME,
    }
    country = customer.get("InvoiceCountryCode") or HOME
    debtor: Record = {
        "name": customer["Name"],
        "customerClassId": "PERSON" if customer["IsPrivatePerson"] else "COMPANY",
        "currencyId": customer.get("CurrencyCode") or "EUR",
        "creditTermsId": _terms(world, customer),
        "vatRegistrationId": customer.get("VatNumber"),
        "corporateId": customer.get("CorporateIdentityNumber"),
        "vatZoneId": _zone(country, customer),
        "mainAddress": {
            "addressLine1": customer.get("InvoiceAddress1"),
            "addressLine2": customer.get("InvoiceAddress2"),
            "postalCode": customer.get("InvoicePostalCode"),
            "city": customer.get("InvoiceCity"),
            "countryId": country,
        },
        "mainContact": {
            "name": customer["Name"],
            "email": email,
            "phone1": customer.get("Telephone") or customer.get("MobilePhone"),
        },
    }
    return {**debtor, "deliveryAddress": delivery} if customer.get("DeliveryAddress1") else debtor


def _terms(world: World, customer: Record) -> str:
    days = next(
        (row.get("NumberOfDays") for row in world.terms_of_payment if row["Id"] == customer.get("TermsOfPaymentId")),
        None,
    )
    return next((key for key, (_, term) in CREDIT_TERMS.items() if term == days), "30")


def _zone(country: str, customer: Record) -> str:
    if country == HOME:
        return taxes.DOMESTIC
    if country not in EUROPEAN_UNION:
        return taxes.EXPORT
    return taxes.EU_PRIVATE if customer["IsPrivatePerson"] or not customer.get("VatNumber") else taxes.EU_BUSINESS


def _type_order(company: Company, world: World, order: Record, customers: dict[str, Stored]) -> None:
    """Type an order over by hand: with its number as the customer's reference."""
    number = str(order["Number"])
    customer = next(row for row in world.customers if row["Id"] == order["CustomerId"])
    country = order.get("InvoiceCountryCode") or customer.get("InvoiceCountryCode") or HOME
    if customer.get("DeliveryBasedVat"):
        country = order.get("DeliveryCountryCode") or country
    zone = _zone(country, customer)
    rows = [row for row in order["Rows"] if not row.get("IsTextRow")]
    lines = [_line(world, order, row, country, zone) for row in rows]
    body: Record = {
        "type": "SO",
        "customer": {
            "id": customers[order["CustomerId"]].key,
            "refNo": number,
            "order": order.get("BuyersOrderReference"),
        },
        "currencyId": order["CurrencyCode"],
        "date": _moment(order["OrderDate"]),
        "taxZoneId": zone,
        "orderLines": lines,
        **({"orderId": number} if company.numbering == "manual" else {}),
    }
    body["customer"] = {name: value for name, value in body["customer"].items() if value is not None}
    place_order(company, body, created_by=PERSON, moment=_moment(order["CreatedUtc"]) + TYPED_AFTER)


def _line(world: World, order: Record, row: Record, country: str, zone: str) -> Record:
    before = cents(row["Quantity"] * row["UnitPrice"])
    return {
        "inventoryId": row["ArticleNumber"],
        "description": (row.get("Text") or "")[:256] or None,
        "quantity": row["Quantity"],
        "unitPrice": row["UnitPrice"],
        "hasManualPrice": True,
        "hasManualDiscount": True,
        "discountAmount": before - row["Amount"],
        "taxCategoryId": _category(world, order, row, country, zone),
    }


def _category(world: World, order: Record, row: Record, country: str, zone: str) -> str:
    if zone == taxes.EU_BUSINESS:
        return "EUSERV0" if row.get("IsServiceArticle") else "EUGOODS0"
    if zone == taxes.EXPORT:
        return "EXPORT0"
    rate = row.get("VatRate")
    if rate is None:
        article = next(article for article in world.articles if article["Id"] == row["ArticleId"])
        coding = next(coding for coding in world.codings if coding["Id"] == article["CodingId"])
        rate = coding["VatRatePercent"] if country == HOME else taxes.RATES[country][0]
    percent = int(rate * HUNDRED if 0 < rate < 1 else rate)
    category = f"{country}{percent}" + ("I" if order.get("IncludesVat") else "")
    return category if category in taxes.CATEGORIES else "NOVAT"


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    return moment.replace(tzinfo=datetime.UTC) if moment.tzinfo is None else moment.astimezone(datetime.UTC)
