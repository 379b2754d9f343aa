"""The shop's customers: businesses and private persons of four countries, as real address books hold them."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import stdnum.be.vat
import stdnum.de.vat
import stdnum.gb.vat
import stdnum.nl.btw
import stdnum.se.orgnr
import stdnum.se.personnummer

from sandbox.catalogue import UNKNOWN_TERMS, new_id
from sandbox.eaccounting.schema import filled
from sandbox.world import Record


@dataclass(frozen=True)
class Country:
    """What names and addresses look like in one country."""

    first_names: Sequence[str]
    family_names: Sequence[str]
    trades: Sequence[str]
    legal_form: str
    streets: Sequence[str]
    towns: Sequence[tuple[str, str]]
    calling_code: str
    language: str


COUNTRIES = {
    "NL": Country(
        ("Anna", "Jan", "Sanne", "Pieter", "Fleur", "Daan", "Geertje", "Willem", "Noor", "Bram"),
        ("de Vries", "Jansen", "van den Berg", "Bakker", "Visser", "Smit", "Hoekstra", "Postma", "Dijkstra"),
        ("Bouw", "Handel", "Groen", "Reizen", "Techniek", "Schilders", "Tuinen", "Advies"),
        "B.V.",
        ("Dorpsstraat", "Kerkstraat", "Stationsweg", "Zuiderdiep", "Oude Gracht", "Molenlaan"),
        (
            ("9711AB", "Groningen"),
            ("1012LG", "Amsterdam"),
            ("3511CE", "Utrecht"),
            ("8911KS", "Leeuwarden"),
            ("6211AX", "Maastricht"),
        ),
        "+31",
        "nl",
    ),
    "SE": Country(
        ("Åsa", "Björn", "Linnéa", "Göran", "Märta", "Östen"),
        ("Öberg", "Åkesson", "Lindström", "Sjögren", "Nyström"),
        ("Bygg", "Friluft", "Handel", "Konsult", "Teknik"),
        "AB",
        ("Storgatan", "Drottninggatan", "Ängsvägen", "Kyrkogatan"),
        (("111 22", "Stockholm"), ("411 03", "Göteborg"), ("211 20", "Malmö"), ("903 26", "Umeå")),
        "+46",
        "sv",
    ),
    "DE": Country(
        ("Jürgen", "Käthe", "Lukas", "Sabine", "Heiko"),
        ("Müller", "Großmann", "Schäfer", "Weiß", "Brandt"),
        ("Bau", "Handels", "Technik", "Reisen", "Garten"),
        "GmbH",
        ("Hauptstraße", "Bahnhofstraße", "Lange Straße", "Schloßallee"),
        (("26122", "Oldenburg"), ("10115", "Berlin"), ("50667", "Köln"), ("26721", "Emden")),
        "+49",
        "de",
    ),
    "BE": Country(
        ("Lotte", "Thijs", "Maëlle", "Joris", "Élise"),
        ("Peeters", "Janssens", "D'Hondt", "Van Damme", "Lefèvre"),
        ("Bouwwerken", "Tuinaanleg", "Import", "Techniek"),
        "BV",
        ("Meir", "Veldstraat", "Rue Neuve", "Bondgenotenlaan"),
        (("2000", "Antwerpen"), ("9000", "Gent"), ("1000", "Brussel"), ("3000", "Leuven")),
        "+32",
        "nl",
    ),
}
SHARE_OF_COUNTRIES = {"NL": 60, "SE": 15, "DE": 15, "BE": 10}
BUSINESS_TERMS = ("30 dagen", "14 dagen", "10 dagen")
PRIVATE_TERMS = ("Contant", "Kaartbetaling", "Digitale portemonnee", "14 dagen")

AWKWARD_NAMES = (
    "Stichting tot Behoud van het Noordelijk Waddenland",
    'Café "De Gouden Leeuw" 🦁',
    "{{ customer.name }} & Zonen",
    "<b>Vet</b> Reclame",
    "'t Hoekje; DROP TABLE klanten--",
    "Ofer \u200f\u05e2\u05d5\u05e4\u05e8\u200e Import",
    "{% raw %} Zeefdruk",
    "Tab\u00a0en  dubbele  spaties",
)
"""Names that a careless program cuts, runs or garbles; the first is exactly as long as the API allows."""


def new_number(
    chance: random.Random, digits: int, valid: Callable[[str], bool], prefix: str = "", suffix: str = ""
) -> str:
    """Draw numbers until one passes its own check digit."""
    while True:
        number = f"{prefix}{chance.randrange(10**digits):0{digits}d}{suffix}"
        if valid(number):
            return number


def vat_number(chance: random.Random, country: str, company_number: str | None = None) -> str:
    """Make a VAT number of the country whose check digits are right."""
    if country == "NL":
        return "NL" + new_number(chance, 9, stdnum.nl.btw.is_valid, suffix="B01")
    if country == "DE":
        return "DE" + new_number(chance, 9, stdnum.de.vat.is_valid)
    if country == "BE":
        return "BE" + new_number(chance, 9, stdnum.be.vat.is_valid, prefix="0")
    if country == "XI":
        return "XI" + new_number(chance, 9, stdnum.gb.vat.is_valid)
    return f"SE{company_number or swedish_company_number(chance)}01"


def swedish_company_number(chance: random.Random) -> str:
    """Make a Swedish organisation number."""
    return new_number(chance, 7, stdnum.se.orgnr.is_valid, prefix="556")


def swedish_personal_number(chance: random.Random) -> str:
    """Make a Swedish personal number."""
    born = f"{chance.randint(50, 99)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}-"
    return new_number(chance, 4, stdnum.se.personnummer.is_valid, prefix=born)


class AddressBook:
    """Makes customers, numbers them and keeps them in order."""

    def __init__(self, chance: random.Random, lists: dict[str, list[Record]], changed: Sequence[str]) -> None:
        self.chance = chance
        self.lists = lists
        self.changed = changed
        self.terms = {row["Name"]: row for row in lists["terms_of_payment"]}
        self.customers: list[Record] = []

    def business(self, country: str, **given: Any) -> Record:
        """Add a business with a contact person, an organisation number and a VAT number."""
        place = COUNTRIES[country]
        first, family = self.chance.choice(place.first_names), self.chance.choice(place.family_names)
        name = f"{family} {self.chance.choice(place.trades)} {place.legal_form}"
        number = swedish_company_number(self.chance) if country == "SE" else None
        vat = vat_number(self.chance, country, number)
        organisation = {"NL": f"{self.chance.randrange(10**8):08d}", "BE": vat[2:], "SE": number}
        usual = {
            "IsPrivatePerson": False,
            "VatNumber": vat,
            "CorporateIdentityNumber": organisation.get(country) or f"HRB {self.chance.randint(1000, 99999)}",
            "ContactPersonName": f"{first} {family}",
            "ContactPersonPhone": self.phone(country),
        }
        return self.add(country, name, self.chance.choice(BUSINESS_TERMS), **usual | given)

    def person(self, country: str, **given: Any) -> Record:
        """Add a private person."""
        place = COUNTRIES[country]
        name = f"{self.chance.choice(place.first_names)} {self.chance.choice(place.family_names)}"
        if country == "SE" and self.chance.random() < 0.3:
            given.setdefault("CorporateIdentityNumber", swedish_personal_number(self.chance))
        return self.add(country, name, self.chance.choice(PRIVATE_TERMS), IsPrivatePerson=True, **given)

    def add(self, country: str, name: str, terms: str, **given: Any) -> Record:
        """Add a customer of the country; `given` decides over everything made up here."""
        place = COUNTRIES[country]
        number = str(1001 + len(self.customers))
        postal_code, city = self.chance.choice(place.towns)
        foreign = country == "SE" and self.chance.random() < 0.7
        record = filled(
            "CustomerApi",
            Id=new_id(self.chance),
            CustomerNumber=number,
            Name=name[:50],
            EmailAddress=f"{mailbox(name)}.{number}@klant{self.chance.randint(1, 9)}.example",
            InvoiceAddress1=f"{self.chance.choice(place.streets)} {self.chance.randint(1, 180)}",
            InvoicePostalCode=postal_code,
            InvoiceCity=city,
            InvoiceCountryCode=country,
            Telephone=self.phone(country),
            CurrencyCode="SEK" if foreign else "EUR",
            SalesDocumentLanguage=place.language,
            TermsOfPaymentId=self.terms[terms]["Id"],
            TermsOfPayment=self.terms[terms],
            DiscountPercentage=Decimal(0),
            IsNorthernIreland=False,
            IsActive=True,
            ChangedUtc=self.chance.choice(self.changed) if self.chance.random() < 0.5 else None,
        )
        record.update(given)
        self.customers.append(record)
        return record

    def phone(self, country: str) -> str:
        """Make a telephone number."""
        return (
            f"{COUNTRIES[country].calling_code} {self.chance.randint(10, 99)} {self.chance.randint(1000000, 9999999)}"
        )


def mailbox(name: str) -> str:
    """Turn a name into what stands before the @ of an address."""
    kept = "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
    return kept[:20] or "info"


@dataclass(frozen=True)
class Troubled:
    """The customers that only appear on the orders with planted trouble."""

    norwegian: Record
    without_vat_number: Record
    on_credit_hold: Record
    twice_in_target: Record
    with_unknown_terms: Record
    swedish_person: Record


@dataclass(frozen=True)
class People:
    """All customers; `buyers` are those of the ordinary orders, the rest belongs to planted trouble or buys nothing."""

    customers: list[Record]
    buyers: list[Record]
    same_email_other_class: Record
    troubled: Troubled


def people(chance: random.Random, count: int, lists: dict[str, list[Record]], changed: Sequence[str]) -> People:
    """Make the customers of the shop: the notable ones first, then as many ordinary ones as asked."""
    book = AddressBook(chance, lists, changed)
    notable_customers(book)
    idle = idle_namesake(book)
    other_class = book.person("NL")
    troubled = troubled_customers(book)
    apart = {record["Id"] for record in vars(troubled).values()} | {idle["Id"]}
    while len(book.customers) < count:
        country = chance.choices(list(SHARE_OF_COUNTRIES), list(SHARE_OF_COUNTRIES.values()))[0]
        record = book.business(country) if chance.random() < 0.5 else book.person(country)
        add_details(book, record)
    buyers = [record for record in book.customers if record["Id"] not in apart]
    return People(book.customers, buyers, other_class, troubled)


def notable_customers(book: AddressBook) -> None:
    """Add the customers whose data is awkward but right: everything of theirs can be sent."""
    for name in AWKWARD_NAMES:
        book.business("NL", Name=name[:50])
    book.business("NL", EmailAddress="samen@gedeeld.example", Name="Atelier Samen B.V.")
    book.person("NL", EmailAddress="samen@gedeeld.example", Name="Sam Samen")
    book.person("NL", EmailAddress=None)
    book.person("SE", EmailAddress=None)
    book.business("NL", EmailAddress=None, EmailAddressOrder="inkoop@alleen-orders.example")
    book.business("BE", EmailAddress=None, ContactPersonEmail="contact@alleen-contact.example")
    book.person("NL", EmailAddress="Hoofd.Letters@Klant1.Example")
    book.person("NL", DeliveryBasedVat=True, **delivery("DE", "Ferienhaus Müller"))
    northern_irish = {"InvoiceCountryCode": "GB", "InvoicePostalCode": "BT1 5GS", "InvoiceCity": "Belfast"}
    book.business(
        "NL",
        Name="Lough Neagh Outdoors Ltd",
        IsNorthernIreland=True,
        VatNumber=vat_number(book.chance, "XI"),
        CorporateIdentityNumber="NI612345",
        SalesDocumentLanguage="en",
        **northern_irish,
    )
    for country in COUNTRIES:
        book.business(country)
        book.person(country)
    book.person("NL", **delivery("BE", "Vakantiehuis Peeters"))
    book.business("DE", **delivery("NL", "Lager Groningen"))


def delivery(country: str, name: str) -> Record:
    """Give a delivery address in the country."""
    postal_code, city = COUNTRIES[country].towns[0]
    return {
        "DeliveryCustomerName": name,
        "DeliveryAddress1": f"{COUNTRIES[country].streets[0]} 7",
        "DeliveryPostalCode": postal_code,
        "DeliveryCity": city,
        "DeliveryCountryCode": country,
    }


def idle_namesake(book: AddressBook) -> Record:
    """Add a private person with the e-mail address of another one; this one has never bought anything."""
    other = next(record for record in reversed(book.customers) if record["IsPrivatePerson"])
    return book.person("NL", EmailAddress=other["EmailAddress"])


def troubled_customers(book: AddressBook) -> Troubled:
    """Add the customers that the planted troubles need."""
    norway = {"InvoiceCountryCode": "NO", "InvoicePostalCode": "0150", "InvoiceCity": "Oslo"}
    unknown = book.terms[UNKNOWN_TERMS]
    return Troubled(
        norwegian=book.business(
            "NL", Name="Fjelltur AS", VatNumber=None, CorporateIdentityNumber="923609016", **norway
        ),
        without_vat_number=book.business("DE", Name="Ohne Nummer GmbH", VatNumber=None),
        on_credit_hold=book.business("NL", Name="Trage Betaler B.V."),
        twice_in_target=book.person("NL", Name="Dubbel Bekend", EmailAddress="dubbel@bekend.example"),
        with_unknown_terms=book.business("NL", TermsOfPaymentId=unknown["Id"], TermsOfPayment=unknown),
        swedish_person=book.person(
            "SE", CorporateIdentityNumber=swedish_personal_number(book.chance), CurrencyCode="EUR"
        ),
    )


def add_details(book: AddressBook, record: Record) -> None:
    """Give some of the ordinary customers an address line more, a mobile number, a note, a label, or no e-mail."""
    chance = book.chance
    if chance.random() < 0.15:
        record["InvoiceAddress2"] = "2e verdieping"
    if chance.random() < 0.3:
        record["MobilePhone"] = book.phone(record["InvoiceCountryCode"])
    if chance.random() < 0.1:
        record["Note"] = "Belt graag voor de levering."
    if chance.random() < 0.1:
        record["CustomerLabels"] = [chance.choice(book.lists["customer_labels"])]
    if chance.random() < 0.05:
        record["EmailAddress"] = None
    elif chance.random() < 0.3 and not record["IsPrivatePerson"]:
        record["ContactPersonEmail"] = f"persoonlijk.{record['EmailAddress']}"
    if chance.random() < 0.03:
        record.update(delivery("BE", "Afleveradres"))
