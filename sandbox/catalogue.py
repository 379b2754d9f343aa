"""What the web shop has settled: its company settings, its lists to choose from, and the articles it sells."""

import random
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from stdnum import ean

from sandbox.eaccounting.pricing import EU_COUNTRIES, cents
from sandbox.eaccounting.schema import filled
from sandbox.world import Record

COMPANY_IDENTIFIER = "5f0f5dc2-6a38-4a5e-9f4e-3b7c0c3c9d11"
COMPANY_NAME = "Noorderlicht Handel"

# Dutch name, English name, days, kind (eAccounting: 0 normal, 1 current month, 2 cash, 3 card, 4 digital wallet)
TERMS = (
    ("30 dagen", "30 days", 30, 0),
    ("14 dagen", "14 days", 14, 0),
    ("10 dagen", "10 days", 10, 0),
    ("Contant", "Cash", 0, 2),
    ("Kaartbetaling", "Card payment", 0, 3),
    ("Digitale portemonnee", "Digital wallet", 0, 4),
    ("60 dagen einde maand", "60 days end of month", 60, 1),
)
UNKNOWN_TERMS = "60 dagen einde maand"
"""Terms of payment that nothing on the other side answers to."""

TERM_KINDS = ("Normal", "CurrentMonth", "Cash", "CardPayment", "DigitalWallet", "PaymentServiceProvider")

# Name, English name, kind, rate in percent, account of domestic sales
CODINGS = (
    ("Handelsgoederen hoog", "Merchandise", "Goods", 21, 8000),
    ("Levensmiddelen laag", "Food", "Goods", 9, 8001),
    ("Boeken laag", "Books", "Goods", 9, 8001),
    ("Diensten hoog", "Services", "Service", 21, 8000),
    ("Diensten laag", "Services, reduced rate", "Service", 9, 8001),
    ("Goederen nul", "Goods, no VAT", "Goods", 0, 8030),
    ("Diensten nul", "Services, no VAT", "Service", 0, 8030),
)
UNITS = (
    ("Stuk", "PCE", "st", "pcs"),
    ("Kilogram", "KGM", "kg", "kg"),
    ("Uur", "HUR", "uur", "h"),
    ("Meter", "MTR", "m", "m"),
)
DELIVERY_METHODS = (
    ("Afhalen", "Pick-up", "PICKUP"),
    ("Pakketpost", "Parcel post", "PARCEL"),
    ("Vracht", "Freight", "FREIGHT"),
)
DELIVERY_TERMS = (("Af fabriek", "Ex works", "EXW"), ("Geleverd ter plaatse", "Delivered at place", "DAP"))
COUNTRIES = (
    ("NL", "Nederland", "Netherlands"),
    ("SE", "Zweden", "Sweden"),
    ("DE", "Duitsland", "Germany"),
    ("BE", "België", "Belgium"),
    ("NO", "Noorwegen", "Norway"),
    ("GB", "Verenigd Koninkrijk", "United Kingdom"),
    ("FR", "Frankrijk", "France"),
    ("DK", "Denemarken", "Denmark"),
    ("FI", "Finland", "Finland"),
    ("CH", "Zwitserland", "Switzerland"),
)
VAT_CODES = (
    ("1a", "Leveringen hoog tarief", 21),
    ("1b", "Leveringen laag tarief", 9),
    ("1e", "Leveringen 0%", 0),
    ("3b", "Leveringen EU", 0),
)
PRODUCTS = (
    "Lantaarn",
    "Rugzak",
    "Slaapzak",
    "Tent",
    "Kompas",
    "Thermosfles",
    "Regenjas",
    "Wandelstok",
    "Kookstel",
    "Hoofdlamp",
    "Hangmat",
)
FOODS = ("Havermout", "Trailmix", "Knäckebröd", "Gedroogde vis", "Bosbessenjam", "Koffie", "Chocolade")
BOOKS = ("Wandelgids", "Vogelgids", "Sterrenkaart", "Kookboek buiten")
STYLES = ("Noord", "Aurora", "Fjord", "Tundra", "Poolster", "Wad", "Drenthe", "Eiland", "Zomer", "Winter")
PRICE_ENDINGS = (Decimal("0.95"), Decimal("0.99"), Decimal("0.50"), Decimal("0.00"), Decimal("0.49"))

SPECIAL_ARTICLES = (
    # number, name, English name of the coding, unit, price including VAT
    ("FREIGHT", "Verzendkosten", "Services", 0, "6.95"),
    ("FREIGHT-9", "Verzendkosten laag tarief", "Services, reduced rate", 0, "2.49"),
    ("1e5", "Touw per honderd meter", "Merchandise", 3, "24.95"),
    ("007", "Kijker met nachtzicht", "Merchandise", 0, "189.00"),
    ("A/B #1", 'Set "A/B" & toebehoren', "Merchandise", 0, "32.50"),
    ("ÅÄÖ-1", "Fjällräv muts ❄", "Merchandise", 0, "27.99"),
    ("KG-1", "Gedroogde appel, los", "Food", 1, "11.90"),
    ("HOUR-1", "Kampeeradvies per uur", "Services", 2, "75.00"),
    ("GIFT-0", "Cadeaubon", "Services, no VAT", 0, "25.00"),
    ("OLD-1", "Oude brander (uit assortiment)", "Merchandise", 0, "44.95"),
    ("SHOW-1", "Demonstratietent (niet te koop)", "Merchandise", 0, "349.00"),
)
FREIGHT, REDUCED_FREIGHT = "FREIGHT", "FREIGHT-9"
INACTIVE_IN_TARGET, NOT_SOLD_IN_TARGET = "OLD-1", "SHOW-1"
UNSOLD = frozenset({FREIGHT, REDUCED_FREIGHT, "GIFT-0", INACTIVE_IN_TARGET, NOT_SOLD_IN_TARGET})
"""Articles that no ordinary row of an order names."""


def new_id(chance: random.Random) -> str:
    """Give a new id that is the same each time for the same seed."""
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def fixed_lists(chance: random.Random) -> dict[str, list[Record]]:
    """Make the lists that a shop settles once, each by the name it has in the World."""
    return {
        "terms_of_payment": [terms(chance, *row) for row in TERMS],
        "codings": [coding(chance, *row) for row in CODINGS],
        "units": named(chance, "UnitApi", ("Name", "Code", "Abbreviation", "AbbreviationEnglish"), UNITS),
        "delivery_methods": named(chance, "DeliveryMethodApi", ("Name", "NameEnglish", "Code"), DELIVERY_METHODS),
        "delivery_terms": named(chance, "DeliveryTermApi", ("Name", "NameEnglish", "Code"), DELIVERY_TERMS),
        "article_labels": named(
            chance,
            "ArticleLabelApi",
            ("Name", "Description"),
            (("Buiten", "Alles voor buiten"), ("Eten", None), ("Lezen", None)),
        ),
        "customer_labels": named(
            chance,
            "CustomerLabelApi",
            ("Name", "Description"),
            (("Groothandel", "Wederverkopers"), ("Nieuwsbrief", None)),
        ),
        "countries": [
            filled("CountryApi", Code=code, Name=name, NameEnglish=english, IsEuMember=code in EU_COUNTRIES)
            for code, name, english in COUNTRIES
        ],
        "currencies": [filled("CurrencyApi", Code=code) for code in ("EUR", "SEK", "NOK", "USD")],
        "vat_codes": [
            filled("VatCodeApi", Id=new_id(chance), Code=code, Description=text, VatRate=Decimal(rate))
            for code, text, rate in VAT_CODES
        ],
        "bank_accounts": [
            bank_account(chance, "Zakelijke rekening", 1010, "NL91ABNA0417164300"),
            bank_account(chance, "Kaartbetalingen", 1020, None),
        ],
    }


def named(chance: random.Random, schema: str, fields: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Record]:
    """Make one record per row, its values under these fields."""
    return [filled(schema, Id=new_id(chance), **dict(zip(fields, row, strict=True))) for row in rows]


def terms(chance: random.Random, name: str, english: str, days: int, kind: int) -> Record:
    """Make terms of payment."""
    return filled(
        "TermsOfPaymentApi",
        Id=new_id(chance),
        Name=name,
        NameEnglish=english,
        NumberOfDays=days,
        TermsOfPaymentTypeId=kind,
        TermsOfPaymentTypeText=TERM_KINDS[kind],
        AvailableForSales=True,
        AvailableForPurchase=kind == 0,
    )


def coding(chance: random.Random, name: str, english: str, kind: str, rate: int, account: int) -> Record:
    """Make an article account coding, which decides the VAT and the accounts of an article."""
    return filled(
        "ArticleAccountCodingApi",
        Id=new_id(chance),
        Name=name,
        NameEnglish=english,
        Type=kind,
        VatRate=f"NL{rate}",
        IsActive=True,
        VatRatePercent=Decimal(rate),
        DomesticSalesSubjectToVatAccountNumber=account,
        ForeignSalesSubjectToMossAccountNumber=8010,
        ForeignSalesVatExemptWithinEuAccountNumber=8020,
        ForeignSalesVatExemptOutsideEuAccountNumber=8030,
        ChangedUtc="2026-01-02T08:00:00Z",
    )


def bank_account(chance: random.Random, name: str, account: int, iban: str | None) -> Record:
    """Make a bank account of the company."""
    return filled(
        "BankAccountApi",
        Id=new_id(chance),
        Name=name,
        Iban=iban,
        BankAccountType=2,
        BankAccountTypeDescription="Bank account",
        LedgerAccountNumber=account,
        CurrencyCode="EUR",
        IsActive=True,
        ModifiedUtc="2026-01-02T08:00:00Z",
    )


def company_settings(terms_id: str, *, name: str = COMPANY_NAME, identifier: str = COMPANY_IDENTIFIER) -> Record:
    """Make the company settings; `CompanyIdentifier` is what tells two companies apart."""
    return filled(
        "CompanySettingsApi",
        Name=name,
        Email="administratie@noorderlicht.example",
        Address1="Poelestraat 12",
        PostalCode="9711PJ",
        City="Groningen",
        CountryCode="NL",
        CurrencyCode="EUR",
        TermsOfPaymentId=terms_id,
        CorporateIdentityNumber="02043921",
        VatCode="NL001234567B01",
        ProductVariant=5,
        CompanyStatus=1,
        TypeOfBusiness=1,
        VatPeriod=3,
        AccountNumberDigits=4,
        AccountingLockedTo="2025-12-31T00:00:00Z",
        ActivatedModules=["api_standard"],
        DomesticCurrencyRounding=1,
        UsesMoss=True,
        CompanyIdentifier=identifier,
    )


def articles(chance: random.Random, count: int, lists: dict[str, list[Record]], changed: Sequence[str]) -> list[Record]:
    """Make the articles of the shop: the special ones, then as many ordinary ones as asked.

    Args:
        chance: where the random choices come from.
        count: how many articles there are in all.
        lists: the shop's fixed lists.
        changed: instants (UTC) from which the articles take their stamps.
    """
    codings = {row["NameEnglish"]: row for row in lists["codings"]}
    made = [
        article(chance, number, name, codings[kind], lists["units"][unit], Decimal(price), changed)
        for number, name, kind, unit, price in SPECIAL_ARTICLES
    ]
    for position in range(count - len(made)):
        kind = chance.choices(("Merchandise", "Food", "Books", "Services"), (70, 15, 10, 5))[0]
        noun = chance.choice({"Food": FOODS, "Books": BOOKS, "Services": ("Reparatie", "Montage")}.get(kind, PRODUCTS))
        gross = chance.randint(2, 250) + chance.choice(PRICE_ENDINGS)
        name = f"{noun} {chance.choice(STYLES)} {position + 1}"
        made.append(article(chance, f"A-{1001 + position}", name, codings[kind], lists["units"][0], gross, changed))
    add_details(chance, made, lists)
    return made


def article(
    chance: random.Random,
    number: str,
    name: str,
    its_coding: Record,
    unit: Record,
    gross: Decimal,
    changed: Sequence[str],
) -> Record:
    """Make one article from its price including Dutch VAT."""
    rate = its_coding["VatRatePercent"]
    net = cents(gross * 100 / (100 + rate))
    stock = Decimal(chance.randint(0, 400)) if its_coding["Type"] == "Goods" else Decimal(0)
    created, last = sorted((chance.choice(changed), chance.choice(changed)))
    return filled(
        "ArticleApi",
        Id=new_id(chance),
        IsActive=True,
        Number=number,
        Name=name,
        NetPrice=net,
        NetPriceWithDiscount=net,
        GrossPrice=cents(gross),
        CodingId=its_coding["Id"],
        CodingName=its_coding["Name"],
        UnitId=unit["Id"],
        UnitName=unit["Name"],
        UnitAbbreviation=unit["Abbreviation"],
        StockBalance=stock,
        StockBalanceAvailable=stock,
        PurchasePrice=cents(net * Decimal("0.6")),
        SendToWebshop=True,
        IsServiceArticle=its_coding["Type"] == "Service",
        ShowStockInformation=its_coding["Type"] != "Service",
        CreatedUtc=created,
        ChangedUtc=last if chance.random() < 0.5 else created,
        CurrencyCode="EUR",
    )


def add_details(chance: random.Random, made: list[Record], lists: dict[str, list[Record]]) -> None:
    """Give barcodes to most goods, and a note, an English name or a label to a few articles."""
    for record in made:
        if not record["IsServiceArticle"] and chance.random() < 0.7:
            digits = f"871{chance.randrange(10**9):09d}"
            record["Barcodes"] = [{"Barcode": digits + ean.calc_check_digit(digits), "BarcodeType": 0}]
        if chance.random() < 0.1:
            record["Note"] = "Los te bestellen; levertijd twee weken."
        if chance.random() < 0.2:
            record["NameEnglish"] = f"{record['Name']} (EN)"[:50]
        if chance.random() < 0.3:
            record["ArticleLabels"] = [chance.choice(lists["article_labels"])]
