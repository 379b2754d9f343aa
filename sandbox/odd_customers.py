"""Labels that part the customers, and the customers who make a customer list hard."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.people import AddressBook
from sandbox.world import Record

SHARES = {False: (("Groothandel", 0.4), ("Balie", 0.2)), True: (("Webshop", 0.5), ("Balie", 0.2))}
"""How many of the businesses (False) and private persons (True) carry which label, by which a shop parts its sales."""


def label_customers(chance: random.Random, customers: Sequence[Record], lists: dict[str, list[Record]]) -> None:
    """Put a label on most of the customers who have none."""
    labels = {row["Name"]: row for row in lists["customer_labels"]}
    for customer in customers:
        drawn = chance.random()
        for name, share in SHARES[customer["IsPrivatePerson"]]:
            if customer["CustomerLabels"] is None and drawn < share:
                customer["CustomerLabels"] = [labels[name]]
            drawn -= share


@dataclass(frozen=True)
class OddCustomers:
    """Customers who bought nothing lately; `planted` are those who cannot be sent, by their reason word."""

    archived: Record
    without_country: Record
    planted: dict[str, Record]


def odd_customers(
    chance: random.Random, lists: dict[str, list[Record]], changed: Sequence[str], others: Sequence[Record]
) -> OddCustomers:
    """Add these customers after the others."""
    book = AddressBook(chance, lists, changed)
    book.customers = list(others)
    stamp = {"ChangedUtc": max(changed)}
    return OddCustomers(
        archived=book.business("NL", Name="Opgeheven Handel B.V.", IsActive=False, **stamp),
        without_country=book.person("NL", Name="Nergens Thuis", InvoiceCountryCode=None, **stamp),
        planted={
            "malformed_vat_number": book.business("NL", Name="Verschreven B.V.", VatNumber="NL12.34B", **stamp),
            "unknown_country": book.business(
                "NL", Name="Onbekend Land Ltd", InvoiceCountryCode="ZZ", VatNumber=None, **stamp
            ),
        },
    )
