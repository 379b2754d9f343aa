"""An order that Visma.net has invoiced is invoiced in eAccounting only where somebody decided so, once, to the cent."""

import pytest

from tests.flows.conftest import CompanyWith
from tests.flows.fulfilment import AT_FIRST, in_stock
from tests.flows.invoice_flow import run as run_invoices
from tests.flows.order_status_flow import (
    GOODS,
    INVOICED,
    MORE_GOODS,
    SERVICES,
    SHIPPED,
    charge,
    followed,
    invoices_of,
    notes,
    path_of,
    run,
    ship,
    some_goods,
    status,
)
from tests.flows.running import NOTHING_NEW
from tests.flows.shop import total_of
from visma_sync.ledger.rows import SaleClaim

CONVERTED = "POST /eaccounting/v2/orders/{id}/convert"


def test_nothing_is_invoiced_by_default(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    charge(company, GOODS)
    charge(company, SERVICES)
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(SERVICES)) == ("updated", "updated")
    assert (status(company, GOODS), status(company, SERVICES)) == (SHIPPED, SHIPPED)
    assert CONVERTED not in company.writes()


def test_an_order_is_invoiced_once_with_the_same_total_and_nobody_is_mailed(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    ship(company, GOODS)
    charge(company, GOODS)
    charge(company, SERVICES)
    ran = run(company)
    assert ran.outcomes[GOODS].detail == "ongoing to shipped; shipped to invoiced"
    assert ran.ended(SERVICES) == "updated"
    for number in (GOODS, SERVICES):
        assert status(company, number) == INVOICED
        (invoice,) = invoices_of(company, number)
        assert invoice["TotalAmountInvoiceCurrency"] == total_of(company.source_orders()[number])
    assert company.mailed() == []
    company.forget_requests()
    assert run(company).ended(GOODS) == "unchanged"
    assert not company.writes()


def test_the_invoice_that_eaccounting_made_is_not_sent_back(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    ship(company, GOODS)
    charge(company, GOODS)
    run(company)
    (invoice,) = invoices_of(company, GOODS)
    sent = run_invoices(company)
    assert sent.ended(str(invoice["InvoiceNumber"])) == "skipped(sent_as_order)"
    company.forget_requests()
    for _ in range(5):
        company.run()
        run_invoices(company)
        run(company)
    assert not company.writes()
    assert len(invoices_of(company, GOODS)) == 1


def test_an_order_waits_until_its_invoice_is_released(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    ship(company, GOODS)
    invoice = charge(company, GOODS, released=False)
    ran = run(company)
    assert ran.ended(GOODS) == "parked(invoice_not_released)"
    assert status(company, GOODS) == SHIPPED
    company.in_target(f"invoices/{invoice}/release")
    assert run(company, NOTHING_NEW).all_ended() == {GOODS: "updated"}
    assert status(company, GOODS) == INVOICED


def test_an_order_that_has_left_and_is_not_charged_is_shipped(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    ship(company, GOODS)
    assert run(company).ended(GOODS) == "updated"
    assert status(company, GOODS) == SHIPPED
    charge(company, GOODS)
    assert run(company).ended(GOODS) == "updated"
    assert status(company, GOODS) == INVOICED


def test_an_order_of_which_only_a_part_is_charged_is_not_invoiced(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    scarce = some_goods(company, GOODS)
    in_stock(company, scarce, 0)
    ship(company, GOODS)
    charge(company, GOODS)
    assert run(company).ended(GOODS) == "unchanged"
    in_stock(company, scarce, AT_FIRST)
    ship(company, GOODS)
    assert run(company).ended(GOODS) == "parked(invoice_not_released)"
    assert (status(company, GOODS), invoices_of(company, GOODS)) == (SHIPPED, [])
    charge(company, GOODS)
    assert run(company).ended(GOODS) == "updated"
    assert status(company, GOODS) == INVOICED


def test_an_order_that_is_another_amount_by_now_is_not_invoiced(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    for number in (GOODS, MORE_GOODS):
        ship(company, number)
        charge(company, number)
    company.in_source(f"orders/{GOODS}", Rows=[{"ArticleNumber": "A-1001", "Quantity": 3}])
    ran = run(company)
    assert (ran.ended(GOODS), ran.ended(MORE_GOODS)) == ("parked(total_mismatch)", "updated")
    assert (status(company, GOODS), invoices_of(company, GOODS)) == (SHIPPED, [])


@pytest.mark.parametrize("path", ["invoice", "booking"])
def test_a_sale_that_is_charged_on_another_path_is_not_invoiced(path: str, company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True)
    ship(company, GOODS)
    charge(company, GOODS)
    key = company.source_orders()[GOODS]["Id"]
    ledger = company.ledger()
    ledger.commit(SaleClaim(key, "order", key, given_up=True))
    ledger.commit(SaleClaim(key, path, "another"))
    assert run(company).ended(GOODS) == "updated"
    assert (status(company, GOODS), invoices_of(company, GOODS)) == (SHIPPED, [])


def test_an_order_that_we_invoiced_is_not_invoiced_again(company_with: CompanyWith) -> None:
    company = followed(company_with, invoice_in_eaccounting=True, note=True)
    ship(company, GOODS)
    charge(company, GOODS)
    run(company)
    company.in_source(f"orders/{GOODS}", Status=SHIPPED)
    company.decide(mirror={"order_status": {"invoice_in_eaccounting": True, "partial": "shipped"}})
    assert run(company).ended(GOODS) == "parked(invoiced_before)"
    assert len(invoices_of(company, GOODS)) == 1


# Notes


def test_each_shipment_that_has_left_gets_one_note(company_with: CompanyWith) -> None:
    company = followed(company_with, note=True)
    scarce = some_goods(company, GOODS)
    in_stock(company, scarce, 0)
    shipments = [ship(company, GOODS)]
    assert run(company).outcomes[GOODS].detail == f"note of shipment {shipments[0]}"
    in_stock(company, scarce, AT_FIRST)
    shipments.append(ship(company, GOODS))
    assert run(company).ended(GOODS) == "updated"
    run(company)
    order, document = company.source_orders()[GOODS], path_of(company, GOODS).removeprefix("orders/")
    assert [note["Text"] for note in notes(company)] == [f"Visma.net {document}, shipment {one}" for one in shipments]
    assert {(note["AttachedTo"], note["DocumentType"]) for note in notes(company)} == {(order["Id"], 6)}


def test_without_the_setting_no_note_is_written(company_with: CompanyWith) -> None:
    company = followed(company_with)
    ship(company, GOODS)
    run(company)
    assert notes(company) == []
