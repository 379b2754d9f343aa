"""Invoices of eAccounting that charge orders which came from Visma.net."""

from tests.flows.conftest import CompanyWith
from tests.flows.invoice_flow import AS_INVOICES, documents, run, source_invoices
from tests.flows.running import IMPATIENT, only
from visma_sync.ledger.rows import Link


def test_a_collective_invoice_of_orders_of_both_sides_tells_a_bookkeeper_what_to_do(company_with: CompanyWith) -> None:
    company = company_with(**IMPATIENT, **AS_INVOICES)
    number, invoice = next(
        (number, one)
        for number, one in source_invoices(company).items()
        if len(one["CollectiveCustomerInvoiceRowsRelationToOrders"] or ()) > 1
    )
    came, *_ = (row["OrderId"] for row in invoice["CollectiveCustomerInvoiceRowsRelationToOrders"])
    company.ledger().mirrored().save_links([Link("order", "WB/000900", str(came), how="created")])
    ran = run(company, only(number))
    assert ran.ended(number) == "skipped(partly_written_by_us)"
    assert "orders that came from the target together with others" in ran.outcomes[number].detail
    assert "Enter an invoice of the other orders in the target by hand" in ran.outcomes[number].cure
    (note,) = ran.report.notes
    assert ran.outcomes[number].cure in note
    assert documents(company) == {}
