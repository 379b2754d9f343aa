"""The least number of calls of the invoices flow; its terms are those of docs/flows/invoices.md.

A released document takes four calls that cannot be batched: it is made, read with its totals and version, taken off
hold, and released. For a credit note the credit invoice alone and its invoice are read as well: what of it is open is
settled. Invoices keep the source's number, so that the target itself refuses one that exists.
"""

from bench.least.sold import articles_of, customers_of, sent_invoices, source_reads
from bench.least.terms import (
    CUSTOMER_PAGE,
    DOCUMENT_PAGE,
    ITEM_PAGE,
    LOOKS,
    SETTINGS_LISTS,
    SOURCE_PAGE,
    Measured,
    pages,
)

TOKENS = 2
CALLS_PER_DOCUMENT = 4
SOURCE_LISTS = ("codings", "terms of payment", "units")
TARGET_LISTS = (*SETTINGS_LISTS, "countries", "currencies", "periods")


def least_calls(measured: Measured) -> dict[str, int]:
    """Every term by name."""
    before, invoices = measured.before, sent_invoices(measured)
    customers, articles = customers_of(invoices), articles_of(invoices)
    credits = [one for one in invoices if one["IsCreditInvoice"]]
    return {
        "looks_whether_systems_answer": LOOKS,
        "tokens": measured.once(TOKENS),
        "company": measured.once(1),
        "invoice_pages": pages(len(before.source["customerinvoices"]), SOURCE_PAGE),
        "source_customers": source_reads(measured, "customers", customers),
        "source_articles": source_reads(measured, "articles", articles),
        "master_data_lists": measured.once(len((*SOURCE_LISTS, *TARGET_LISTS))),
        "target_customers": min(len(customers), pages(len(before.target["customers"]), CUSTOMER_PAGE)),
        "target_products": min(len(articles), pages(len(before.target["items"]), ITEM_PAGE)),
        "items_seen_on_invoices_for_the_first_time": min(1, len(articles)),
        "customers_made": measured.made("customers"),
        "contacts_made": measured.made("contacts"),
        "products_made": measured.made("items"),
        "documents_made_read_taken_off_hold_and_released": CALLS_PER_DOCUMENT * len(invoices),
        "credits_and_their_invoices_read": 2 * len(credits),
        "read_back_pages": pages(len(invoices) - len(credits), DOCUMENT_PAGE)
        + (pages(len(credits), DOCUMENT_PAGE) if credits else 0),
    }
