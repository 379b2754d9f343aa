"""Sales that are booked: the invoices of eAccounting, and what the journals of Visma.net say of them."""

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from tests.flows.running import EVERYTHING, IMPATIENT, Company, Ran
from visma_sync.sync.fetch import Window

FLOW = "bookings_eaccounting_to_vismanet"
EVERY_SALE: dict[str, Any] = {"default": "booking", "rows": []}
CLEARING = "1390"
WRITES = {
    "journal": {"method": "POST", "path": "/v2/journaltransaction$"},
    "release": {"method": "POST", "path": "/v2/journaltransaction/[^/]+/action/release$"},
}
"""The writes of the flow, in their order, as a failure on order names them."""

Stored = dict[str, Any]
Report = dict[str, tuple[Decimal, Decimal]]


def decide(company: Company, **bookings: object) -> None:
    """Decide how sales are booked."""
    company.decide(send_sales_as=EVERY_SALE, bookings=bookings, **IMPATIENT)


def book(company: Company, window: Window = EVERYTHING, **how: Any) -> Ran:
    """One run of the booking flow."""
    return company.run(window, flow=FLOW, **how)


def invoices(company: Company) -> dict[str, Stored]:
    """The invoices of eAccounting by number."""
    return {str(one["InvoiceNumber"]): one for one in company.state("eaccounting", "customerinvoices")}


def journals(company: Company) -> list[Stored]:
    """The journal transactions of Visma.net."""
    return company.state("vismanet", "journals")


def lines(journal: Stored) -> list[tuple[str, Decimal, str, str, str]]:
    """Account, amount (credit positive), VAT category, VAT code and reference of each row."""
    return [
        (
            line["accountNumber"],
            line["creditAmountInCurrency"] - line["debitAmountInCurrency"],
            (line.get("vatCode") or {}).get("id", ""),
            (line.get("vat") or {}).get("id", ""),
            line["referenceNumber"],
        )
        for line in journal["journalTransactionLines"]
    ]


def booked(company: Company) -> dict[str, tuple[str, Decimal]]:
    """By invoice, currency and amount that journals book on the clearing account; each invoice once."""
    rows = [
        (reference, journal["currencyId"], -amount)
        for journal in journals(company)
        for account, amount, _, _, reference in lines(journal)
        if account == CLEARING
    ]
    twice = [number for number, count in Counter(row[0] for row in rows).items() if count > 1]
    assert not twice, f"invoices are booked twice: {twice}"
    return {number: (currency, amount) for number, currency, amount in rows}


def owed(company: Company) -> dict[str, tuple[str, Decimal]]:
    """The same as the invoices of eAccounting say it."""
    return {
        number: (one["CurrencyCode"], one["TotalAmountInvoiceCurrency"])
        for number, one in invoices(company).items()
        if one["TotalAmountInvoiceCurrency"]
    }


def vat_reported(company: Company) -> Report:
    """By currency and VAT code, what posted journals report: the base and the VAT on it."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for journal in journals(company):
        for row in journal["vatReported"]:
            found = sums[f"{journal['currencyId']} {row['vatId']}"]
            found[0] += row["base"]
            found[1] += row["amount"]
    return {code: (base, vat) for code, (base, vat) in sums.items() if base or vat}


def vat_stated(company: Company) -> Report:
    """The same as the VAT specifications of the invoices say it; sales without VAT by country, goods and services."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    customers = {one["Id"]: one for one in company.state("eaccounting", "customers")}
    for one in invoices(company).values():
        for share in one["VatSpecification"]:
            for code, part in _parts(one, share, _vat_country(one, customers[one["CustomerId"]])):
                found = sums[f"{one['CurrencyCode']} {code}"]
                found[0] += part
                found[1] += share["VatAmountInvoiceCurrency"]
    return {code: (base, vat) for code, (base, vat) in sums.items() if base or vat}


def _vat_country(invoice: Stored, customer: Stored) -> str:
    if customer["IsNorthernIreland"]:
        return "XI"
    delivered_in = invoice["DeliveryCountryCode"] if customer["DeliveryBasedVat"] else None
    return str(delivered_in or invoice["InvoiceCountryCode"])


def _parts(invoice: Stored, share: Stored, country: str) -> list[tuple[str, Decimal]]:
    if share["VatPercent"]:
        return [(f"{country}{int(share['VatPercent'])}", share["AmountInvoiceCurrency"])]
    if country in ("GB", "CH"):
        return [("EXPORT0", share["AmountInvoiceCurrency"])]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in invoice["Rows"]:
        if not row["IsTextRow"] and not row["PercentVat"]:
            sums["EUSERV0" if row["IsServiceArticle"] else "EUGOODS0"] += row["AmountNoVat"]
    return list(sums.items()) if country != "NL" else []


def dutch_business(company: Company) -> str:
    """The number of a business that pays Dutch VAT."""
    return next(
        str(one["CustomerNumber"])
        for one in company.state("eaccounting", "customers")
        if one["InvoiceCountryCode"] == "NL" and not one["IsPrivatePerson"] and one["CurrencyCode"] == "EUR"
    )
