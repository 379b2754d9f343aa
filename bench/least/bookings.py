"""The least number of calls of the bookings flow; its terms are those of docs/flows/bookings.md.

A released journal takes three calls that cannot be batched: it is made, read with its version, and released.
"""

from bench.least.sold import customers_of, sent_invoices, source_reads
from bench.least.terms import DOCUMENT_PAGE, LOOKS, SETTINGS_LISTS, SOURCE_PAGE, Measured, Rows, pages

TOKENS = 2
CALLS_PER_JOURNAL = 3
SOURCE_LISTS = ("terms of payment",)
TARGET_LISTS = (*SETTINGS_LISTS, "currencies")
# Whether the books are kept by invoicing, and which of the target's periods are open.
YEARS_AND_PERIODS = 2


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name, where each invoice has a journal of its own."""
    before, invoices = measured.before, sent_invoices(measured)
    currencies = {one["CurrencyCode"] for one in invoices}
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "invoice_pages": pages(len(before.source["customerinvoices"]), SOURCE_PAGE),
        "source_customers": source_reads(measured, "customers", customers_of(invoices)),
        "master_data_lists": measured.once(len((*SOURCE_LISTS, *TARGET_LISTS))),
        "fiscal_years_and_periods": YEARS_AND_PERIODS,
        "company_for_its_currency": 1 if len(currencies) > 1 else 0,
        "existing_journal_pages": pages(_lines(before.target["journals"]), DOCUMENT_PAGE),
        "journals_made_read_and_released": CALLS_PER_JOURNAL * len(invoices),
        "read_back_pages": pages(_lines(measured.after.target["journals"]), DOCUMENT_PAGE),
    }


def _lines(journals: Rows) -> int:
    return sum(len(journal["journalTransactionLines"]) for journal in journals)
