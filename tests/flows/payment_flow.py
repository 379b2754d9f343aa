"""The payments flow, and invoices that both systems have, for the tests of that flow."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.flows.running import EVERYTHING, Company, Ran
from tests.flows.shop import Stored
from visma_sync.ledger.rows import Link
from visma_sync.sync.fetch import Window

FLOW = "payments_eaccounting_to_vismanet"
NO_VAT = {"accountNumber": "8050", "vatCodeId": "NOVAT"}
NO_INVOICES = ("--orders", "0", "--invoices", "0", "--no-trouble", "--existing-orders", "0")
WRITES = {
    "payment": {"method": "POST", "path": "/v1/customerPayment$"},
    "release": {"method": "POST", "path": "/customerPayment/[^/]+/action/release$"},
}


@dataclass(frozen=True)
class Billed:
    """An invoice that both systems have: its number and key in eAccounting, its number in Visma.net, its total."""

    number: str
    key: str
    in_target: str
    total: Decimal


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the payments flow once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def invoiced(company: Company, **fields: Any) -> Stored:
    """Enter an invoice without an order in eAccounting; on the same day in both systems."""
    return company.in_source("invoices", **fields)


def billed(company: Company, *, release: bool = True, **fields: Any) -> Billed:
    """An invoice that was entered in eAccounting and sent to Visma.net."""
    source = invoiced(company, **fields)
    total = Decimal(source["TotalAmountInvoiceCurrency"])
    one = Billed(str(source["InvoiceNumber"]), source["Id"], in_target(company, total, release=release), total)
    link(company, one)
    return one


def in_target(company: Company, total: Decimal, *, release: bool = True, **fields: Any) -> str:
    """Enter an invoice of this total in Visma.net; gives its number."""
    customer = next(one for one in company.state("vismanet", "customers") if one["status"] == "Active")
    line = {"description": "Sale", "quantity": 1, "unitPriceInCurrency": total} | NO_VAT
    made = company.in_target("invoices", customerNumber=customer["number"], invoiceLines=[line], **fields)
    number = str(made["referenceNumber"])
    if release:
        company.in_target(f"invoices/{number}/release")
    return number


def link(company: Company, invoice: Billed) -> None:
    """Remember that our flow sent the invoice."""
    company.ledger().save_links([Link("invoice", invoice.key, f"invoice/{invoice.in_target}")])


def pay(company: Company, invoice: Billed | str, **how: Any) -> None:
    """A payment is entered in eAccounting: `amount`, else all that is open; `date`."""
    number = invoice if isinstance(invoice, str) else invoice.number
    company.in_source(f"invoices/{number}/pay", **how)


def paid(company: Company, count: int) -> list[Billed]:
    """So many invoices that both systems have, some paid whole and some in part."""
    invoices = [billed(company) for _ in range(count)]
    for position, invoice in enumerate(invoices):
        pay(company, invoice, **({"amount": Decimal(10)} if position % 3 == 2 else {}))
    return invoices


def payments(company: Company) -> list[Stored]:
    """The payments of Visma.net that were not voided."""
    return [one for one in company.state("vismanet", "payments") if one["status"] != "Voided"]


def booked(company: Company) -> dict[str, tuple[Decimal, str]]:
    """By reference, the amount of each payment of Visma.net and its state; each reference once."""
    found = payments(company)
    references = [one["paymentRef"] for one in found]
    assert len(references) == len(set(references)), f"payments are in Visma.net twice: {references}"
    return {one["paymentRef"]: (one["paymentAmount"], one["status"]) for one in found}


def balance(company: Company, invoice: Billed | str) -> Decimal:
    """What is still open of an invoice in Visma.net."""
    number = invoice if isinstance(invoice, str) else invoice.in_target
    (found,) = (one for one in company.state("vismanet", "invoices") if one["referenceNumber"] == number)
    return Decimal(found["balanceInCurrency"])


def refuse_differences(company: Company, *invoices: Billed) -> None:
    """What is still open of each invoice is the same in both systems, and every payment is booked."""
    source = {str(one["InvoiceNumber"]): one for one in company.state("eaccounting", "customerinvoices")}
    for invoice in invoices:
        assert balance(company, invoice) == source[invoice.number]["RemainingAmountInvoiceCurrency"]
    assert {state for _, state in booked(company).values()} <= {"Closed"}
