"""What the tests of the invoice flow look at: documents of Visma.net, and the invoices that they stand for."""

from decimal import Decimal
from typing import Any

from tests.flows.running import EVERYTHING, Company, Ran
from tests.flows.shop import Stored
from visma_sync.sync.fetch import Window

FLOW = "invoices_eaccounting_to_vismanet"
AS_INVOICES: dict[str, Any] = {"send_sales_as": {"default": "invoice"}}
THEIR_NUMBERS: dict[str, Any] = {"invoices": {"keep_number": False}}
NUMBERS: dict[str, dict[str, Any]] = {"ours": {}, "theirs": THEIR_NUMBERS}
Standings = dict[str, tuple[str, str, Decimal, Decimal, Decimal]]
INVOICE_WRITES = {
    "invoice": {"method": "POST", "path": "/v2/customerinvoice$"},
    "credit note": {"method": "POST", "path": "/v2/customerCreditNote$"},
    "taking off hold": {"method": "PUT", "path": "/v1/customerinvoice/"},
    "applying": {"method": "PUT", "path": "/v1/customerCreditNote/"},
    "release": {"method": "POST", "path": "/v1/customerinvoice/[^/]+/action/release$"},
    "release of a credit note": {"method": "POST", "path": "/v1/customerCreditNote/[^/]+/action/release$"},
}
"""The writes of the flow, in their order, as a failure on order names them."""


def run(company: Company, window: Window = EVERYTHING, **how: Any) -> Ran:
    """Run the invoice flow once."""
    return company.run(window, flow=FLOW, **how)


def source_invoices(company: Company) -> dict[str, Stored]:
    """The invoices and credit invoices of eAccounting, by number."""
    return {str(one["InvoiceNumber"]): one for one in company.state("eaccounting", "customerinvoices")}


def planted(company: Company) -> dict[str, str]:
    """The number of the invoice that carries a trouble, by the trouble."""
    troubles: Any = company.everything()["eaccounting"]["planted_invoices"]
    return {trouble: number for number, trouble in troubles.items()}


def documents(company: Company) -> dict[str, Stored]:
    """The invoices and credit notes of Visma.net by the number of eAccounting that they carry; each number once."""
    found: dict[str, Stored] = {}
    for document in [*company.state("vismanet", "invoices"), *company.state("vismanet", "credit_notes")]:
        number = str(document.get("externalReference", ""))
        assert number not in found, f"{number} is in Visma.net twice"
        found[number] = document
    return found


def standings(company: Company) -> Standings:
    """Kind, state, total, VAT and balance of each document, by the number of eAccounting that it carries."""
    return {
        number: (
            document["documentType"],
            document["status"],
            document["amountInCurrency"],
            document["vatTotalInCurrency"],
            document["balanceInCurrency"],
        )
        for number, document in documents(company).items()
    }


def sums(invoice: Stored) -> tuple[Decimal, Decimal]:
    """Total and VAT of an invoice of eAccounting, positive for a credit invoice too."""
    sign = -1 if invoice["IsCreditInvoice"] else 1
    return sign * invoice["TotalAmountInvoiceCurrency"], sign * invoice["TotalVatAmountInvoiceCurrency"]


def vat_by_rate(invoice: Stored) -> dict[Decimal, Decimal]:
    """The VAT of an invoice of eAccounting by its rate in percent, positive for a credit invoice too."""
    sign = -1 if invoice["IsCreditInvoice"] else 1
    shares = {Decimal(one["VatPercent"]): sign * one["VatAmountInvoiceCurrency"] for one in invoice["VatSpecification"]}
    return {rate: vat for rate, vat in shares.items() if rate}


def shown_vat_by_rate(document: Stored) -> dict[Decimal, Decimal]:
    """The VAT of a document of Visma.net by its rate in percent."""
    rates = {Decimal(line["vatRate"]): line["vatAmount"] for line in document["taxDetails"]}
    return {rate: vat for rate, vat in rates.items() if rate}


def enter(company: Company, *, like: str = "", **fields: Any) -> Stored:
    """Make an invoice without an order by hand: a piece of an article to the customer of the invoice `like`."""
    if like:
        fields.setdefault("CustomerNumber", source_invoices(company)[like]["CustomerNumber"])
    fields.setdefault("Rows", [{"ArticleNumber": "A-1001", "Quantity": 1, "UnitPrice": "10.00"}])
    return company.in_source("invoices", **fields)


def number_of(invoice: Stored) -> str:
    """The number of an invoice of eAccounting, as people write it."""
    return str(invoice["InvoiceNumber"])


def dutch(company: Company) -> str:
    """The number of an invoice, neither paid nor credited, of a Dutch business that is not in trouble."""
    credited = {one["ReferringInvoiceId"] for one in source_invoices(company).values()}
    troubled = set(planted(company).values())
    return next(
        number
        for number, one in source_invoices(company).items()
        if one["InvoiceCountryCode"] == "NL"
        and one["Id"] not in credited
        and number not in troubled
        and not one["CustomerIsPrivatePerson"]
        and not one["IsCreditInvoice"]
        and not one["CreatedFromOrderId"]
        and one["RemainingAmountInvoiceCurrency"] == one["TotalAmountInvoiceCurrency"]
    )
