"""Customer invoices and credit notes in the imitated core API: amounts, numbers, periods, release, refusals."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.vismanet_caller import Caller, read, wrapped
from tests.sandbox.vismanet_documents import (
    CREDIT_NOTES,
    DAY,
    INVOICES,
    body,
    enter,
    refusal,
    released_invoice,
    revenue,
    row,
    send,
    shown,
)

BICYCLE = revenue(Decimal("33.33"), vatCodeId="NL21", quantity=3)


@pytest.fixture
def debtor(vismanet: Caller) -> str:
    return vismanet.new_customer()


@pytest.fixture
def company(vismanet: Caller) -> Iterator[Caller]:
    """A company whose set-up may be changed: afterwards everything is as at the start."""
    yield vismanet
    vismanet.call("POST", "/_sandbox/reset")


def release(vismanet: Caller, path: str, **options: Any) -> Any:
    return vismanet.core("POST", f"{path}/action/release", **options)


def amounts(document: dict[str, Any], *names: str) -> list[str]:
    return [str(document[name]) for name in names]


def test_an_invoice_adds_up_with_the_vat_of_its_lines_and_zone(vismanet: Caller, debtor: str) -> None:
    lines = [BICYCLE, revenue(Decimal("100"), vatCodeId="NL9", description="Boek"), revenue(5, vatCodeId="NOVAT")]
    invoice = shown(vismanet, enter(vismanet, INVOICES, debtor, lines))
    names = ("detailTotal", "vatTaxableTotal", "vatExemptTotal", "vatTotal", "amount", "balance")
    assert amounts(invoice, *names) == ["204.99", "199.99", "5.00", "30.00", "234.99", "234.99"]
    details = [(row["taxId"], str(row["taxableAmount"]), str(row["vatAmount"])) for row in invoice["taxDetails"]]
    assert details == [("NL21", "99.99", "21.00"), ("NL9", "100.00", "9.00")]


def test_vat_inside_the_prices_does_not_come_on_top(vismanet: Caller, debtor: str) -> None:
    invoice = shown(vismanet, enter(vismanet, INVOICES, debtor, [revenue(121, vatCodeId="NL21I")]))
    assert amounts(invoice, "detailTotal", "vatTaxableTotal", "vatTotal", "amount") == [
        "121.00",
        "100.00",
        "21.00",
        "121.00",
    ]


def test_the_zone_of_the_invoice_comes_before_the_debtors(vismanet: Caller, debtor: str) -> None:
    lines = [revenue(100, vatCodeId="SE25")]
    home = shown(vismanet, enter(vismanet, INVOICES, debtor, lines))
    abroad = shown(vismanet, enter(vismanet, INVOICES, debtor, lines, customerVatZoneId="EUPRIVATE"))
    assert amounts(home, "vatTotal") + amounts(abroad, "vatTotal") == ["0.00", "25.00"]


def test_amounts_in_another_currency_have_a_twin_in_the_companys_own(vismanet: Caller) -> None:
    debtor = vismanet.new_customer(currencyId="SEK", vatZoneId="EUPRIVATE")
    lines = [revenue(Decimal("99.99"), vatCodeId="SE25")]
    invoice = shown(vismanet, enter(vismanet, INVOICES, debtor, lines, exchangeRate=Decimal("0.0912")))
    assert amounts(invoice, "amountInCurrency", "amount", "exchangeRate") == ["124.99", "11.40", "0.0912"]
    assert amounts(invoice["invoiceLines"][0], "amountInCurrency", "amount") == ["99.99", "9.12"]


def test_dates_terms_and_period_follow_from_debtor_and_date(vismanet: Caller, debtor: str) -> None:
    invoice = shown(vismanet, enter(vismanet, INVOICES, debtor, [BICYCLE], documentDate="2026-10-31T23:30:00"))
    assert (invoice["documentDate"], invoice["documentDueDate"]) == ("2026-10-31T00:00:00", "2026-11-30T00:00:00")
    assert (invoice["postPeriod"], invoice["financialPeriod"]) == ("202610", "202610")
    assert (invoice["creditTerms"]["id"], invoice["status"], invoice["hold"]) == ("30", "Balanced", False)


def test_a_line_takes_price_unit_account_and_vat_from_its_item(vismanet: Caller, debtor: str) -> None:
    number = vismanet.new_item("AR-1", itemClass="NONSTOCK", defaultPrice=Decimal("12.50"), vatCode="NL9")
    line = row(inventoryNumber=number, quantity=2)
    shown_line = shown(vismanet, enter(vismanet, INVOICES, debtor, [line]))["invoiceLines"][0]
    assert (shown_line["uom"], shown_line["account"]["number"], shown_line["vatCode"]["id"]) == ("STK", "8000", "NL9")
    assert amounts(shown_line, "unitPriceInCurrency", "amountInCurrency") == ["12.50", "25.00"]


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({"discountPercent": Decimal("12.5")}, "87.49"),
        ({"discountAmountInCurrency": Decimal("0.99")}, "99.00"),
        ({"discountAmountInCurrency": Decimal("0.99"), "manualDiscount": False}, "99.99"),
        ({"manualAmountInCurrency": Decimal("95.01")}, "95.01"),
    ],
)
def test_discounts_and_amounts_given_by_hand(vismanet: Caller, debtor: str, given: dict[str, Any], amount: str) -> None:
    line = revenue(Decimal("33.33"), quantity=3, vatCodeId="NOVAT", **given)
    assert amounts(shown(vismanet, enter(vismanet, INVOICES, debtor, [line])), "amountInCurrency") == [amount]


def test_the_vat_of_a_tax_can_be_given_by_hand(vismanet: Caller, debtor: str) -> None:
    by_hand = [wrapped({"taxId": "NL21", "vatAmount": Decimal("20.99")})]
    path = enter(vismanet, INVOICES, debtor, [BICYCLE], taxDetailLines=by_hand)
    assert amounts(shown(vismanet, path), "vatTotal", "amount") == ["20.99", "120.98"]
    assert vismanet.core("PUT", path, wrapped({"invoiceText": "nog eens"})).status_code == 204
    assert amounts(shown(vismanet, path), "vatTotal") == ["20.99"]
    assert vismanet.core("PUT", path, {"invoiceLines": [BICYCLE]}).status_code == 204
    assert amounts(shown(vismanet, path), "vatTotal") == ["42.00"]


def test_vat_inside_the_prices_given_by_hand_leaves_the_total(vismanet: Caller, debtor: str) -> None:
    by_hand = [wrapped({"taxId": "NL21I", "vatAmount": Decimal("20.99")})]
    path = enter(vismanet, INVOICES, debtor, [revenue(121, vatCodeId="NL21I")], taxDetailLines=by_hand)
    assert amounts(shown(vismanet, path), "vatTaxableTotal", "vatTotal", "amount") == ["100.01", "20.99", "121.00"]


def test_an_invoice_gets_its_own_number_when_the_series_allows_it(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, INVOICES, debtor, [BICYCLE], referenceNumber="f-501", overrideNumberSeries=True)
    assert (path, shown(vismanet, path)["referenceNumber"]) == ("customerinvoice/F-501", "F-501")
    again = send(vismanet, INVOICES, debtor, [BICYCLE], referenceNumber="F-501", overrideNumberSeries=True)
    assert "'F-501' already exists in the system" in refusal(again)


def test_a_number_of_ones_own_needs_the_override_and_version_two(vismanet: Caller, debtor: str) -> None:
    unasked = send(vismanet, INVOICES, debtor, [BICYCLE], referenceNumber="F-502")
    asked = body(INVOICES, debtor, [BICYCLE], referenceNumber="F-502", overrideNumberSeries=True)
    old = vismanet.core("POST", INVOICES, asked)
    assert ["numbers automatically" in refusal(answer) for answer in (unasked, old)] == [True, True]


def test_a_series_that_allows_no_numbers_of_ones_own_refuses_them(company: Caller) -> None:
    debtor = company.new_customer()
    company.by_hand("invoice_set_up", {"own_numbers": False})
    answer = send(company, INVOICES, debtor, [BICYCLE], referenceNumber="F-503", overrideNumberSeries=True)
    assert "does not allow manual numbering" in refusal(answer)
    assert "/F-503" not in enter(company, INVOICES, debtor, [BICYCLE])


@pytest.mark.parametrize(
    ("line", "status", "sentence"),
    [
        (row(inventoryNumber="NOPE"), 500, "'Inventory ID' cannot be found"),
        (revenue(1, accountNumber="1234"), 500, "'Account' cannot be found"),
        (revenue(1, vatCodeId="NL99"), 500, "'Tax Category' cannot be found"),
        (revenue(1, uom="BAG"), 500, "'UOM' cannot be found"),
        (revenue(1, discountCode="ZOMER"), 500, "'Discount Code' cannot be found"),
        (revenue(1, accountNumber="8999"), 400, "Account '8999' is inactive."),
        (revenue(1, accountNumber="1300"), 400, "is a control account"),
        (revenue(1, description=" "), 400, "'Transaction Descr.' cannot be empty."),
        (revenue(1, description="x" * 257), 400, "longer than 256"),
        (revenue(-1), 400, "'Amount' must be greater than or equal to 0."),
        (revenue(1, discountAmountInCurrency=2), 400, "cannot be greater than 'Ext. Price'"),
        (revenue(1, operation="Update"), 400, "'Operation' of a line must be one of Insert."),
        ({"description": {"value": "Omzet"}}, 400, "'Operation' of a line must be one of Insert."),
        ({"operation": {"value": "Insert"}}, 400, "Data received not recognized as CustomerInvoiceUpdateDto"),
    ],
)
def test_a_line_that_the_erp_would_not_have_is_refused(
    vismanet: Caller, debtor: str, line: dict[str, Any], status: int, sentence: str
) -> None:
    assert sentence in refusal(send(vismanet, INVOICES, debtor, [line]), status)


def test_stock_items_are_only_invoiced_through_orders_unless_the_company_decides_otherwise(company: Caller) -> None:
    debtor, item = company.new_customer(), company.new_item("AR-2")
    line = row(inventoryNumber=item, quantity=1)
    assert "only a non-stock item can be selected" in refusal(send(company, INVOICES, debtor, [line]))
    from_order = company.by_hand(
        "invoices",
        {"customerNumber": debtor, "invoiceLines": [{"inventoryNumber": item, "quantity": 1, "soOrderNbr": "000101"}]},
    )
    assert from_order["invoiceLines"][0]["soOrderNbr"] == "000101"
    company.by_hand("invoice_set_up", {"stock_items": True})
    assert send(company, INVOICES, debtor, [line]).status_code == 201


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"customerNumber": ""}, 400, "'Customer' cannot be empty."),
        ({"customerNumber": "99999"}, 500, "'Customer' cannot be found"),
        ({"currencyId": "XXX"}, 500, "'Currency ID' cannot be found"),
        ({"creditTermsId": "99"}, 500, "'Terms' cannot be found"),
        ({"customerVatZoneId": "MARS"}, 500, "'Customer Tax Zone' cannot be found"),
        ({"branchNumber": "9"}, 500, "'Branch' cannot be found"),
        ({"project": "P1"}, 500, "'Project' cannot be found"),
        ({"paymentMethodId": "CHEQUE"}, 400, "payment method 'CHEQUE' is inactive"),
        ({"exchangeRate": Decimal("1.1")}, 400, "must be 1 for the base currency"),
        ({"currencyId": "SEK", "exchangeRate": 0}, 400, "'Exchange Rate' must be greater than 0."),
        ({"externalReference": "x" * 41}, 400, "longer than 40"),
        ({"documentDate": "05-11-2026"}, 400, "not recognized as a valid DateTime"),
        ({"documentDate": "2031-01-05"}, 400, "Financial Period '01-2031' cannot be found"),
        ({"documentDate": "2025-12-31"}, 400, "Financial Period '12-2025' is closed in Customer Ledger."),
        ({"postPeriod": "202512"}, 400, "Financial Period '12-2025' is closed in Customer Ledger."),
        ({"referenceNumber": "x" * 16, "overrideNumberSeries": True}, 400, "longer than 15"),
        ({"taxDetailLines": [wrapped({"taxId": "NL99", "vatAmount": 1})]}, 400, "'NL99' cannot be found"),
        ({"taxDetailLines": [wrapped({"taxId": "NL9", "vatAmount": 1})]}, 400, "'NL9' is not calculated for the lines"),
    ],
)
def test_an_invoice_that_the_erp_would_not_have_is_refused_and_not_kept(
    vismanet: Caller, debtor: str, fields: dict[str, Any], status: int, sentence: str
) -> None:
    before = len(vismanet.state("invoices"))
    assert sentence in refusal(send(vismanet, INVOICES, debtor, [BICYCLE], **fields), status)
    assert len(vismanet.state("invoices")) == before


def test_a_debtor_on_hold_gets_no_invoices(vismanet: Caller) -> None:
    debtor = vismanet.new_customer(status="OnHold")
    assert "The customer status is 'OnHold'." in refusal(send(vismanet, INVOICES, debtor, [BICYCLE]))


def test_an_invoice_is_released_after_it_is_taken_off_hold(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, INVOICES, debtor, [BICYCLE], hold=True)
    assert shown(vismanet, path)["status"] == "Hold"
    assert "cannot be released in status Hold" in refusal(release(vismanet, path))
    assert vismanet.core("PUT", path, wrapped({"hold": False})).status_code == 204
    answer = release(vismanet, path)
    assert (answer.status_code, answer.json()["actionResult"]) == (200, "Done")
    assert shown(vismanet, path)["status"] == "Open"


def test_a_released_invoice_is_neither_released_again_nor_changed_nor_deleted(vismanet: Caller, debtor: str) -> None:
    path = f"{INVOICES}/{released_invoice(vismanet, debtor, 10)}"
    assert "is already released" in refusal(release(vismanet, path))
    assert "can't be updated because it is already released" in refusal(vismanet.core("PUT", path, {}))
    assert "cannot be deleted" in refusal(vismanet.core("DELETE", path))
    assert shown(vismanet, path)["status"] == "Open"


def test_an_invoice_that_comes_to_nothing_is_closed_at_once(vismanet: Caller, debtor: str) -> None:
    assert shown(vismanet, f"{INVOICES}/{released_invoice(vismanet, debtor, 0)}")["status"] == "Closed"


def test_an_unreleased_invoice_can_be_deleted(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, INVOICES, debtor, [BICYCLE])
    assert (vismanet.core("DELETE", path).status_code, vismanet.core("GET", path).status_code) == (204, 404)


def test_an_invoice_for_a_debtor_on_credit_hold_waits_until_the_hold_is_lifted(vismanet: Caller) -> None:
    debtor = vismanet.new_customer(status="CreditHold")
    path = enter(vismanet, INVOICES, debtor, [BICYCLE])
    assert shown(vismanet, path)["status"] == "CreditHold"
    assert "cannot be released in status CreditHold" in refusal(release(vismanet, path))
    vismanet.by_hand(f"customers/{debtor}", {"status": "Active"})
    assert (shown(vismanet, path)["status"], release(vismanet, path).status_code) == ("Balanced", 200)


def test_nothing_is_released_into_a_period_that_has_been_closed_meanwhile(company: Caller) -> None:
    debtor = company.new_customer()
    path = enter(company, INVOICES, debtor, [BICYCLE], documentDate="2026-09-30")
    company.by_hand("periods/202609", {"closedInCustomerLedger": True})
    assert company.core("GET", "financialPeriod/202609").json()["closedInCustomerLedger"] is True
    closed = "Financial Period '09-2026' is closed in Customer Ledger."
    assert closed in refusal(release(company, path))
    assert closed in refusal(send(company, INVOICES, debtor, [BICYCLE], documentDate="2026-09-30"))
    company.call("POST", "/_sandbox/reset")
    assert company.core("GET", "financialPeriod/202609").json()["closedInCustomerLedger"] is False


def test_a_change_meant_for_another_version_is_refused(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, INVOICES, debtor, [BICYCLE])
    seen = {"If-Match": vismanet.core("GET", path).headers["ETag"]}
    assert vismanet.core("PUT", path, wrapped({"note": "a"}), headers=seen).status_code == 204
    assert vismanet.core("PUT", path, wrapped({"note": "b"}), headers=seen).status_code == 412
    assert release(vismanet, path, headers=seen).status_code == 412
    assert (shown(vismanet, path)["note"], shown(vismanet, path)["status"]) == ("a", "Balanced")


def test_lines_are_inserted_changed_and_deleted_by_their_numbers(vismanet: Caller, debtor: str) -> None:
    lines = [revenue(10, vatCodeId="NOVAT"), revenue(20, vatCodeId="NOVAT", discountPercent=10)]
    path = enter(vismanet, INVOICES, debtor, lines)
    changes = [
        row(operation="Delete", lineNumber=1),
        row(operation="Update", lineNumber=2, unitPriceInCurrency=30),
        revenue(5, vatCodeId="NOVAT"),
    ]
    assert vismanet.core("PUT", path, {"invoiceLines": changes}).status_code == 204
    invoice = shown(vismanet, path)
    assert [(line["lineNumber"], str(line["amount"])) for line in invoice["invoiceLines"]] == [
        (2, "27.00"),
        (3, "5.00"),
    ]
    unknown = vismanet.core("PUT", path, {"invoiceLines": [row(operation="Update", lineNumber=9)]})
    assert "'Line Nbr.' '9' cannot be found" in refusal(unknown)


def test_a_change_leaves_the_rest_and_a_new_date_moves_period_and_due_date(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, INVOICES, debtor, [BICYCLE], externalReference="E-1", creditTermsId="10")
    assert vismanet.core("PUT", path, wrapped({"documentDate": "2026-10-01"})).status_code == 204
    invoice = shown(vismanet, path)
    assert (invoice["externalReference"], invoice["creditTerms"]["id"]) == ("E-1", "10")
    assert (invoice["postPeriod"], invoice["documentDueDate"]) == ("202610", "2026-10-11T00:00:00")


def test_what_a_program_releases_goes_out_unless_that_is_switched_off(vismanet: Caller) -> None:
    loud = vismanet.new_customer(sendInvoicesByEmail=True, printInvoices=True, acceptAutoInvoices=True)
    silent = {"dontEmail": True, "dontPrint": True, "sendToAutoInvoice": False}
    quiet_number, number = released_invoice(vismanet, loud, 10, **silent), released_invoice(vismanet, loud, 10)
    mailed = [(row["number"], row["because"]) for row in vismanet.state("mailed") if row["document"] == "invoice"]
    assert quiet_number not in dict(mailed)
    assert [because for of, because in mailed if of == number] == [
        "sendToAutoInvoice",
        "sendInvoicesByEmail",
        "printInvoices",
    ]


def test_autoinvoice_asked_for_is_sent_also_to_a_quiet_debtor(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 10, sendToAutoInvoice=True)
    assert {"document": "invoice", "number": number, "because": "sendToAutoInvoice"} in vismanet.state("mailed")


@pytest.mark.parametrize("resource", [INVOICES, CREDIT_NOTES])
def test_documents_are_found_by_their_references(vismanet: Caller, debtor: str, resource: str) -> None:
    path = enter(vismanet, resource, debtor, [BICYCLE], externalReference="Ref-7", customerRefNumber="PO-7")
    for asked in ({"externalReference": "ref-7"}, {"customerRefNumber": "PO-7", "customer": debtor}):
        found = vismanet.core("GET", resource, params=asked).json()
        assert [f"{resource}/{row['referenceNumber']}" for row in found] == [path]
    assert vismanet.core("GET", resource, params={"externalReference": "Ref-8"}).json() == []


def test_invoices_are_filtered_by_payment_reference_state_and_date(vismanet: Caller, debtor: str) -> None:
    first = enter(vismanet, INVOICES, debtor, [BICYCLE], paymentReference="12344", documentDate="2026-10-02")
    second = f"{INVOICES}/{released_invoice(vismanet, debtor, 10)}"

    def found(**asked: str) -> list[str]:
        rows = vismanet.core("GET", INVOICES, params={"customer": debtor, **asked}).json()
        return [f"{INVOICES}/{row['referenceNumber']}" for row in rows]

    assert found(paymentReference="12344") == [first]
    assert (found(released="1"), found(released="0")) == ([second], [first])
    assert (found(status="Open"), found(status="Balanced")) == ([second], [first])
    assert found(documentDate=DAY, documentDateCondition=">=") == [second]
    assert found(documentDueDate="2026-11-30", documentDueDateCondition="<") == [first]
    assert found(documentDate=DAY) == [first, second]
    assert found(financialPeriod="202610") == [first]


def test_a_list_shows_its_details_only_when_they_are_asked_for(vismanet: Caller, debtor: str) -> None:
    enter(vismanet, INVOICES, debtor, [BICYCLE])
    flags = {"expandTaxDetails": "true", "expandApplications": "true", "expandInvoiceAddress": "true"}
    short, full = (
        vismanet.core("GET", INVOICES, params={"customer": debtor, **asked}).json()[0] for asked in ({}, flags)
    )
    assert set(full) - set(short) == {"taxDetails", "applications", "invoiceAddress"}
    assert full["metadata"] == {"totalCount": 1, "maxPageSize": 500}


def test_a_payment_moves_the_invoice_into_the_list_of_changes(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 10)
    before = shown(vismanet, f"{INVOICES}/{number}")["lastModifiedDateTime"]
    vismanet.by_hand(f"invoices/{number}/pay", {"applicationDate": DAY})
    asked = {"customer": debtor, "lastModifiedDateTime": before, "lastModifiedDateTimeCondition": ">"}
    assert [row["status"] for row in vismanet.core("GET", INVOICES, params=asked).json()] == ["Closed"]


def credited(vismanet: Caller, debtor: str, number: str, amount: Any, applied: Any) -> str:
    rows = [row(documentType="Invoice", refNbr=number, amountPaid=applied)]
    lines = [revenue(amount, vatCodeId="NOVAT")]
    return enter(vismanet, CREDIT_NOTES, debtor, lines, applicationLines=rows)


def test_a_credit_note_settles_its_invoice_when_it_is_released(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    note = credited(vismanet, debtor, number, 30, 30)
    assert amounts(shown(vismanet, f"{INVOICES}/{number}"), "balance") == ["100.00"]
    assert release(vismanet, note).status_code == 200
    invoice, shown_note = shown(vismanet, f"{INVOICES}/{number}"), shown(vismanet, note)
    assert [*amounts(invoice, "balance", "amount"), invoice["status"]] == ["70.00", "100.00", "Open"]
    assert [*amounts(shown_note, "balance", "amount"), shown_note["status"]] == ["0.00", "30.00", "Closed"]
    assert [(row["docType"], row["amountPaid"]) for row in invoice["applications"]] == [("CreditNote", 30)]
    assert [(row["docType"], row["refNbr"]) for row in shown_note["applications"]] == [("Invoice", number)]


def test_a_credit_note_keeps_what_no_invoice_takes(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    note = credited(vismanet, debtor, number, 150, 100)
    release(vismanet, note)
    assert shown(vismanet, f"{INVOICES}/{number}")["status"] == "Closed"
    assert (str(shown(vismanet, note)["balance"]), shown(vismanet, note)["status"]) == ("50.00", "Open")


def test_a_credit_note_is_not_applied_where_it_does_not_belong(vismanet: Caller, debtor: str) -> None:
    number, unreleased = released_invoice(vismanet, debtor, 100), enter(vismanet, INVOICES, debtor, [BICYCLE])
    refused = {
        ("NOPE", "1", "200"): "'Reference Nbr.' 'NOPE' cannot be found",
        (number, "100.01", "200"): "cannot be greater than its balance 100.00",
        (number, "0", "200"): "must be greater than 0",
        (number, "60", "50"): "The total applied cannot be greater than the document amount 50.00",
        (unreleased.rpartition("/")[2], "1", "200"): "is not released",
    }
    for (of, applied, amount), sentence in refused.items():
        rows = [row(documentType="Invoice", refNbr=of, amountPaid=Decimal(applied))]
        lines = [revenue(Decimal(amount), vatCodeId="NOVAT")]
        assert sentence in refusal(send(vismanet, CREDIT_NOTES, debtor, lines, applicationLines=rows))
    rows = [row(documentType="Invoice", refNbr=number, amountPaid=1)]
    stranger = send(vismanet, CREDIT_NOTES, vismanet.new_customer(), [revenue(10)], applicationLines=rows)
    assert "belongs to another customer" in refusal(stranger)


def test_a_credit_note_for_an_invoice_that_was_paid_meanwhile_is_not_released(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    note = credited(vismanet, debtor, number, 30, 30)
    vismanet.by_hand(f"invoices/{number}/pay", {"applicationDate": DAY})
    assert "cannot be greater than its balance 0.00" in refusal(release(vismanet, note))
    assert shown(vismanet, note)["status"] == "Balanced"


def test_a_credit_note_has_numbers_of_its_own_and_vat_by_hand(vismanet: Caller, debtor: str) -> None:
    by_hand = [wrapped({"taxId": "NL21", "vatAmount": Decimal("20.98")})]
    own = {"referenceNumber": "C-1", "overrideNumberSeries": True}
    path = enter(vismanet, CREDIT_NOTES, debtor, [BICYCLE], taxDetails=by_hand, **own)
    note = shown(vismanet, path)
    assert (path, note["documentType"], str(note["amount"])) == ("customerCreditNote/C-1", "CreditNote", "120.97")


def test_a_released_credit_note_is_not_changed(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, CREDIT_NOTES, debtor, [BICYCLE])
    assert release(vismanet, path).status_code == 200
    assert "Credit Note can't be updated" in refusal(vismanet.core("PUT", path, {}))


def test_people_enter_change_release_and_delete_invoices_too(vismanet: Caller, debtor: str) -> None:
    lines = [{"description": "Balie", "accountNumber": "8000", "quantity": 1, "unitPriceInCurrency": 10}]
    head = {"customerNumber": debtor, "documentDate": DAY, "invoiceLines": lines}
    number = vismanet.by_hand("invoices", head)["referenceNumber"]
    changed = vismanet.by_hand(f"invoices/{number}", {"externalReference": "gebeld"})
    assert (changed["externalReference"], changed["amount"]) == ("gebeld", Decimal("12.10"))
    assert vismanet.by_hand(f"invoices/{number}/release", {})["status"] == "Open"
    other = vismanet.by_hand("invoices", head)["referenceNumber"]
    assert vismanet.call("DELETE", f"/_sandbox/vismanet/invoices/{other}").status_code == 200
    assert vismanet.core("GET", f"{INVOICES}/{other}").status_code == 404


def test_another_company_shows_no_invoices(vismanet: Caller, debtor: str) -> None:
    path = enter(vismanet, INVOICES, debtor, [BICYCLE])
    elsewhere = {"headers": {"ipp-company-id": "2"}}
    assert read(vismanet.core("GET", INVOICES, **elsewhere)) == []
    assert vismanet.core("GET", path, **elsewhere).status_code == 404
