"""The least number of calls of the payments flow; its terms are those of docs/flows/payments.md.

A released payment takes three calls that cannot be batched: it is made, read with its version, and released. What is
still open of an invoice is only true of one that is read alone.
"""

from bench.least.terms import DOCUMENT_PAGE, LOOKS, SETTINGS_LISTS, SOURCE_PAGE, Measured, pages

PAID = 0
TOKENS = 2
CALLS_PER_PAYMENT = 3


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name; where invoices were sent before with the same ledger, tokens and lists are known."""
    before = measured.before
    invoices = before.source["customerinvoices"]
    may_be_paid = [one for one in invoices if one["PaymentStatus"] == PAID or one["PaymentDate"]]
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "target_lists": measured.once(len(SETTINGS_LISTS)),
        "invoice_pages": pages(len(invoices), SOURCE_PAGE),
        "invoices_read_alone": len([one for one in may_be_paid if not one["IsCreditInvoice"]]),
        "target_invoice_pages": pages(len(before.target["invoices"]), DOCUMENT_PAGE),
        "existing_payment_pages": pages(len(before.target["payments"]), DOCUMENT_PAGE),
        "payments_made_read_and_released": CALLS_PER_PAYMENT * len(measured.of("created")),
        "read_back_pages": pages(len(measured.of("created")), DOCUMENT_PAGE),
    }
