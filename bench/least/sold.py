"""What invoices need of customers and articles, for the flows that send them."""

from bench.least.terms import SOURCE_PAGE, Measured, Rows, pages


def sent_invoices(measured: Measured) -> Rows:
    """The invoices of the source that the run sent."""
    sent = measured.of("created")
    return [row for row in measured.before.source["customerinvoices"] if str(row["InvoiceNumber"]) in sent]


def customers_of(invoices: Rows) -> set[str]:
    """The keys of their customers."""
    return {str(invoice["CustomerId"]) for invoice in invoices}


def articles_of(invoices: Rows) -> set[str]:
    """The SKUs that their rows name."""
    return {str(row["ArticleNumber"]) for one in invoices for row in one["Rows"] if row["ArticleNumber"]}


def source_reads(measured: Measured, collection: str, wanted: set[str]) -> int:
    """The calls that read these records of the source: one by one, or the whole list, whichever is fewer."""
    return min(len(wanted), pages(len(measured.before.source[collection]), SOURCE_PAGE))
