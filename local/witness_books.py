"""Reads invoices, bookings, payments, stock, products and customers of both systems over their APIs, by itself.

Nothing of the flows' own code is used, so that what it says can bear witness for what they did. Amounts are Decimal, in
the document's currency; those of credit invoices and credit notes are negative. Sources: eAccounting OpenAPI 2026-02;
Visma.net ERP OpenAPI 2025-12.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from local.signed_in import SignedIn
from local.witness import SourceSale, TargetSale

PAID = 0
PAYMENT_STATUSES = {0: "paid", 1: "unpaid", 2: "overdue"}
# The journal's list wants a period or a moment of change.
LONG_AGO = "2000-01-01 00:00:00"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Vat:
    """What is sold at a VAT rate, without VAT, and the VAT on it."""

    base: Decimal = ZERO
    amount: Decimal = ZERO

    def __add__(self, other: "Vat") -> "Vat":
        return Vat(self.base + other.base, self.amount + other.amount)


VatByRate = Mapping[Decimal, Vat]
"""By rate in percent; 0 holds what is sold without VAT."""


@dataclass(frozen=True)
class SourceInvoice(SourceSale):
    """An invoice of eAccounting; `paid` is the money that came in for it, `orders` are the keys of those it charges.

    A credit invoice has those of the invoice that it takes back, `takes_back`.
    """

    key: str
    customer: str
    orders: tuple[str, ...]
    is_credit: bool
    takes_back: str
    is_credited: bool
    is_sold: bool
    paid: Decimal
    vat_by_rate: VatByRate

    @property
    def sales(self) -> tuple[str, ...]:
        """The keys of the sales that it charges or takes back: orders, or itself."""
        return self.orders or (self.key,)


@dataclass(frozen=True)
class TargetInvoice(TargetSale):
    """A customer invoice or credit note of Visma.net ERP."""

    vat_by_rate: VatByRate


@dataclass(frozen=True)
class Booked:
    """What the journal of Visma.net ERP holds of invoices.

    `owed` has, by invoice number, each batch with it, the currency and what the customer owes; `vat` is by currency and
    rate in percent.
    """

    owed: Mapping[str, list[tuple[str, str, Decimal]]]
    vat: Mapping[tuple[str, Decimal], Vat]
    unposted: list[str]


class BooksWitness:
    """Says what both systems hold besides orders."""

    def __init__(self, systems: SignedIn) -> None:
        self._systems = systems

    def labels(self) -> dict[str, list[str]]:
        """The labels of every customer of eAccounting, by its key."""
        rows = self._systems.source_rows("customers")
        return {row["Id"]: [label["Name"] for label in row["CustomerLabels"] or []] for row in rows}

    def source_invoices(self) -> dict[str, SourceInvoice]:
        """Every invoice and credit invoice of eAccounting by number, each read alone: only then its payment is true."""
        keys = [row["Id"] for row in self._systems.source_rows("customerinvoices")]
        read = [_source_invoice(self._systems.source_record(f"customerinvoices/{key}")) for key in keys]
        orders = {invoice.key: invoice.orders for invoice in read}
        followed = (replace(one, orders=orders[one.takes_back]) if one.takes_back else one for one in read)
        return {invoice.number: invoice for invoice in followed}

    def target_invoices(self) -> list[TargetInvoice]:
        """Every customer invoice and credit note of Visma.net ERP."""
        asked = {"expandTaxDetails": "true"}
        invoices = self._systems.target_rows("v1/customerinvoice", **asked)
        notes = self._systems.target_rows("v1/customerCreditNote", **asked)
        return [*(_target_invoice(row, 1) for row in invoices), *(_target_invoice(row, -1) for row in notes)]

    def payments(self) -> dict[str, Decimal]:
        """What released payments settled of each invoice of Visma.net ERP, by its number."""
        settled: dict[str, Decimal] = defaultdict(Decimal)
        for payment in self._systems.target_rows("v1/customerPayment"):
            if payment["status"] not in ("Hold", "Balanced", "Voided"):
                for line in payment["paymentLines"]:
                    settled[line["refNbr"]] += Decimal(line["amountPaid"])
        return dict(settled)

    def payment_references(self) -> list[str]:
        """The reference of every payment of Visma.net ERP, as often as it occurs."""
        return [row.get("paymentRef") or "" for row in self._systems.target_rows("v1/customerPayment")]

    def booked(self) -> Booked:
        """What the journal holds of invoices: the rows without VAT say who owes, the others VAT base and amount."""
        rates = self._rates()
        owed: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        vat: dict[tuple[str, Decimal], Vat] = defaultdict(Vat)
        journal = self._journal()
        for (batch, currency, _), lines in journal.items():
            for line in lines:
                earned = Decimal(line["creditAmountInCurrency"]) - Decimal(line["debitAmountInCurrency"])
                category, code = line.get("vatCode"), line.get("vat")
                if category:
                    vat[currency, rates.get((code or category)["id"], ZERO)] += Vat(base=earned)
                elif code:
                    vat[currency, rates[code["id"]]] += Vat(amount=earned)
                else:
                    owed[line["referenceNumber"], batch, currency] -= earned
        by_invoice: dict[str, list[tuple[str, str, Decimal]]] = defaultdict(list)
        for (number, batch, currency), amount in owed.items():
            by_invoice[number].append((batch, currency, amount))
        return Booked(by_invoice, vat, [batch for batch, _, status in journal if status != "Posted"])

    def _journal(self) -> dict[tuple[str, str, str], list[dict[str, Any]]]:
        """The rows of every batch, by its number, currency and status; a batch may come in several parts."""
        batches: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for part in self._systems.target_rows("v2/journaltransaction", lastModifiedDateTime=LONG_AGO, module="GL"):
            batches[part["batchNumber"], part["currencyId"], part["status"]] += part["journalTransactionLines"]
        return batches

    def _rates(self) -> dict[str, Decimal]:
        """The rate of each VAT code in percent."""
        return {row["vatId"]: Decimal(row["schedules"][-1]["vatRate"]) for row in self._systems.target_list("v1/vat")}

    def source_stock(self) -> dict[str, Decimal]:
        """The balance of every stock article of eAccounting, by SKU."""
        rows = self._systems.source_rows("articles")
        return {row["Number"]: Decimal(row["StockBalance"] or 0) for row in rows if row["IsStock"]}

    def source_balances(self) -> dict[str, Decimal]:
        """The balance of every article of eAccounting, by SKU."""
        return {row["Number"]: Decimal(row["StockBalance"] or 0) for row in self._systems.source_rows("articles")}

    def target_stock(self, warehouse: str) -> dict[str, Decimal]:
        """What a warehouse of Visma.net ERP has on hand, by SKU; 0 of an item that it never had."""
        found: dict[str, Decimal] = {}
        for row in self._systems.target_rows("v1/inventory"):
            details = {detail["warehouse"]: detail for detail in row.get("warehouseDetails") or []}
            found[row["inventoryNumber"]] = Decimal(details.get(warehouse, {}).get("quantityOnHand", 0))
        return found

    def customer_references(self) -> Counter[str]:
        """The account reference of every customer of Visma.net ERP, as often as it occurs."""
        return Counter(row.get("accountReference") or "" for row in self._systems.target_rows("v1/customer"))


def _source_invoice(row: Mapping[str, Any]) -> SourceInvoice:
    total, set_off = Decimal(row["TotalAmountInvoiceCurrency"]), Decimal(row["SetOffAmountInvoiceCurrency"] or 0)
    still_open = ZERO if row["PaymentStatus"] == PAID else Decimal(row["RemainingAmountInvoiceCurrency"])
    shares = {
        Decimal(share["VatPercent"]): Vat(
            Decimal(share["AmountInvoiceCurrency"]), Decimal(share["VatAmountInvoiceCurrency"])
        )
        for share in row["VatSpecification"]
    }
    return SourceInvoice(
        number=str(row["InvoiceNumber"]),
        status=PAYMENT_STATUSES[row["PaymentStatus"]],
        currency=row["CurrencyCode"],
        total=total,
        vat=Decimal(row["TotalVatAmountInvoiceCurrency"]),
        key=row["Id"],
        customer=row["CustomerId"],
        orders=tuple(dict.fromkeys(_orders(row))),
        is_credit=row["IsCreditInvoice"],
        takes_back=row["ReferringInvoiceId"] or "",
        is_credited=bool(row["CreditedBy"]),
        is_sold=row["IsSold"],
        paid=total - set_off - still_open,
        vat_by_rate=shares,
    )


def _orders(row: Mapping[str, Any]) -> Iterator[str]:
    if row["CreatedFromOrderId"]:
        yield row["CreatedFromOrderId"]
    yield from (one["OrderId"] for one in row["CollectiveCustomerInvoiceRowsRelationToOrders"] or [])


def _target_invoice(row: Mapping[str, Any], sign: int) -> TargetInvoice:
    vat: dict[Decimal, Vat] = defaultdict(Vat)
    for detail in row.get("taxDetails") or []:
        vat[Decimal(detail["vatRate"])] += Vat(
            sign * Decimal(detail["taxableAmount"]), sign * Decimal(detail["vatAmount"])
        )
    return TargetInvoice(
        number=row["referenceNumber"],
        reference=row.get("externalReference") or "",
        state=row["status"],
        currency=row["currencyId"],
        total=sign * Decimal(row["amountInCurrency"]),
        vat=sign * Decimal(row["vatTotalInCurrency"]),
        vat_by_rate=vat,
    )
