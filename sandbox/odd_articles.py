"""The articles that make a stock list hard: odd balances, awkward numbers, and a few that cannot be sent."""

import random
from collections.abc import Sequence
from decimal import Decimal

from stdnum import ean

from sandbox.catalogue import article
from sandbox.eaccounting.articles import in_stock
from sandbox.eaccounting.pricing import ZERO
from sandbox.settled_later import CODING_WITHOUT_MATCH, UNIT_WITHOUT_MATCH
from sandbox.world import Record

Row = tuple[str, str, str, str, str, str, str]
STOCKED: tuple[Row, ...] = (
    # number, name, English name of the coding, unit, price including VAT, stock balance, reserved of it
    ("STOCK-1", "Waterzak tien liter", "Merchandise", "st", "19.95", "40", "15"),
    ("EMPTY-1", "Klimtouw vijftig meter", "Merchandise", "st", "129.00", "0", "0"),
    ("SHORT-1", "Tentharing titanium", "Merchandise", "st", "4.50", "-3", "0"),
    ("KG-2", "Gedroogde peer, los", "Food", "kg", "13.90", "12.75", "2.25"),
    ("FREE-1", "Monster zonnebrand", "Merchandise", "st", "2.95", "7", "0"),
    ("EAN-3", "Mueslireep", "Food", "st", "1.99", "240", "24"),
    ("NOTE-1", "Vouwkano Noord", "Merchandise", "st", "899.00", "2", "0"),
    ("C&A?=50%+", "Kaart & atlas", "Books", "st", "32.50", "18", "0"),
    ('O\'RING "5"', "O-ring voor brander", "Merchandise", "st", "0.95", "500", "40"),
    ("MAAT 42", "Bergschoen maat 42", "Merchandise", "st", "179.00", "6", "1"),
    ("OUT-1", "Olielamp (vervallen)", "Merchandise", "st", "24.95", "0", "0"),
    ("OUT-2", "Veldfles (vervallen)", "Merchandise", "st", "14.95", "11", "0"),
)
NOT_SOLD_ANY_MORE = ("OUT-1", "OUT-2")
WITHOUT_COST = "FREE-1"
BARCODES_OF = {"EAN-3": ("871000000001", "871000000002", "1871000000003")}
"""The barcodes of an article, each without its check digit; the last is that of a carton."""

NOTES_OF = {
    "NOTE-1": "Intern: marge bespreken met Joost.\n" + "Opgevouwen negentig bij zestig centimeter. " * 30,
    "KG-2": "Los gewogen; <b>let op</b> {{ allergenen }}.",
}

PLANTED: dict[str, Row] = {
    "unknown_unit": ("PALLET-1", "Brandhout per pallet", "Merchandise", UNIT_WITHOUT_MATCH, "349.00", "3", "0"),
    "unknown_rate": ("RATE-6", "Reisgids eerste druk", CODING_WITHOUT_MATCH, "st", "12.50", "9", "0"),
    "number_too_long": (
        "RUGZAK-FJORD-65-LITER-DONKERGROEN-LINKS",
        "Rugzak Fjord donkergroen",
        "Merchandise",
        "st",
        "219.00",
        "4",
        "0",
    ),
    "barcode_taken": ("EAN-TWICE", "Lantaarn met verkeerde streepjescode", "Merchandise", "st", "39.95", "5", "0"),
}
"""Each article that the target refuses or the settings do not know, by its reason word."""


class OddArticles:
    """Makes these articles: goods whose stock is kept, each with its own oddity."""

    def __init__(
        self,
        chance: random.Random,
        lists: dict[str, list[Record]],
        changed: Sequence[str],
        others: Sequence[Record],
    ) -> None:
        self.chance = chance
        self.codings = {row["NameEnglish"]: row for row in lists["codings"]}
        self.units = {row["Abbreviation"]: row for row in lists["units"]}
        self.labels = lists["article_labels"]
        self.changed = changed
        self.taken = next((one["Barcodes"] for one in others if one["Barcodes"]), None)

    def stocked(self) -> list[Record]:
        """Make the articles that can be sent."""
        return [self.make(row) for row in STOCKED]

    def planted(self) -> dict[str, Record]:
        """Make the articles that cannot be sent, by their reason word."""
        made = {reason: self.make(row) for reason, row in PLANTED.items()}
        made["barcode_taken"]["Barcodes"] = self.taken
        return made

    def make(self, row: Row) -> Record:
        """Make one of them; its stock value is at purchase price."""
        number, name, its_coding, unit, gross, balance, reserved = row
        made = article(
            self.chance, number, name, self.codings[its_coding], self.units[unit], Decimal(gross), self.changed
        )
        own = {
            "IsActive": number not in NOT_SOLD_ANY_MORE,
            "IsStock": True,
            "ShowStockInformation": True,
            "PurchasePrice": ZERO if number == WITHOUT_COST else made["PurchasePrice"],
            "Note": NOTES_OF.get(number),
            "ArticleLabels": self.labels[:2] if its_coding == "Food" else None,
            "Barcodes": [
                {"Barcode": code + ean.calc_check_digit(code), "BarcodeType": 0} for code in BARCODES_OF.get(number, ())
            ]
            or None,
        }
        return made | own | in_stock(made | own, Decimal(balance), Decimal(reserved))
