"""Payments of debtors in the imitated core API: what they settle, and what the ERP refuses."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.vismanet_caller import Caller, wrapped
from tests.sandbox.vismanet_documents import (
    DAY,
    INVOICES,
    PAYMENTS,
    enter,
    refusal,
    release_payment,
    released_invoice,
    revenue,
    row,
    send_payment,
    shown,
    take_payment,
)


@pytest.fixture
def debtor(vismanet: Caller) -> str:
    return vismanet.new_customer()


@pytest.fixture
def company(vismanet: Caller) -> Iterator[Caller]:
    """A company whose periods may be closed: afterwards everything is as at the start."""
    yield vismanet
    vismanet.call("POST", "/_sandbox/reset")


def standing(vismanet: Caller, number: str) -> tuple[str, str]:
    invoice = shown(vismanet, f"{INVOICES}/{number}")
    return str(invoice["balance"]), invoice["status"]


def test_a_payment_settles_its_invoices_when_it_is_released(vismanet: Caller, debtor: str) -> None:
    first, second = released_invoice(vismanet, debtor, 100), released_invoice(vismanet, debtor, 50)
    path = take_payment(vismanet, debtor, 120, {first: 100, second: 20})
    assert (standing(vismanet, first), shown(vismanet, path)["status"]) == (("100.00", "Open"), "Balanced")
    answer = release_payment(vismanet, path)
    assert (answer.status_code, answer.json()["actionResult"]) == (200, "Done")
    assert (standing(vismanet, first), standing(vismanet, second)) == (("0.00", "Closed"), ("30.00", "Open"))
    payment = shown(vismanet, path)
    assert (payment["status"], str(payment["appliedToDocuments"])) == ("Closed", "120.00")
    assert [(line["refNbr"], str(line["amountPaid"])) for line in payment["paymentLines"]] == [
        (first, "100.00"),
        (second, "20.00"),
    ]


def test_what_no_invoice_takes_stays_open_on_the_payment(vismanet: Caller, debtor: str) -> None:
    path = take_payment(vismanet, debtor, Decimal("80.50"), {released_invoice(vismanet, debtor, 80): 80})
    release_payment(vismanet, path)
    payment = shown(vismanet, path)
    assert (str(payment["availableBalance"]), payment["status"]) == ("0.50", "Open")


def test_a_payment_shows_who_paid_what_when_and_how(vismanet: Caller, debtor: str) -> None:
    payment = shown(vismanet, take_payment(vismanet, debtor, 10, {}, paymentRef="OCR 12", invoiceText="aanbetaling"))
    said = {name: payment[name] for name in ("type", "paymentRef", "cashAccount", "currency", "applicationPeriod")}
    assert said == {
        "type": "Payment",
        "paymentRef": "OCR 12",
        "cashAccount": "1010",
        "currency": "EUR",
        "applicationPeriod": "202611",
    }
    assert (payment["customer"]["number"], payment["paymentMethod"]["id"]) == (debtor, "BANK")
    assert (payment["applicationDate"], payment["branch"]) == (f"{DAY}T00:00:00", "1")


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"customer": None}, 400, "'Customer' cannot be empty."),
        ({"customer": "99999"}, 500, "'Customer' cannot be found"),
        ({"paymentRef": ""}, 400, "'Payment Ref.' cannot be empty."),
        ({"paymentAmount": 0}, 400, "'Payment Amount' must be greater than 0."),
        ({"paymentMethod": "GOLD"}, 500, "'Payment Method' cannot be found"),
        ({"paymentMethod": "CHEQUE", "cashAccount": "1010"}, 400, "payment method 'CHEQUE' is inactive"),
        ({"cashAccount": "1999"}, 500, "'Cash Account' cannot be found"),
        ({"cashAccount": "1020"}, 400, "cash account '1020' cannot be used with the payment method 'BANK'"),
        ({"currency": "SEK"}, 400, "cash account '1010' is in another currency"),
        ({"currency": "XXX"}, 500, "'Currency' cannot be found"),
        ({"branch": "9"}, 500, "'Branch' cannot be found"),
        ({"type": "Refund"}, 400, "type Refund"),
        ({"applicationDate": "2025-06-30"}, 400, "Financial Period '06-2025' is closed in Customer Ledger."),
        ({"paymentRef": "x" * 41}, 400, "longer than 40"),
        ({"referenceNumber": "P-1"}, 400, "numbers automatically"),
    ],
)
def test_a_payment_that_the_erp_would_not_have_is_refused_and_not_kept(
    vismanet: Caller, debtor: str, fields: dict[str, Any], status: int, sentence: str
) -> None:
    before = len(vismanet.state("payments"))
    assert sentence in refusal(send_payment(vismanet, debtor, 10, {}, **fields), status)
    assert len(vismanet.state("payments")) == before


def test_a_payment_is_not_applied_where_it_does_not_belong(vismanet: Caller, debtor: str) -> None:
    number, stranger = released_invoice(vismanet, debtor, 100), vismanet.new_customer()
    unreleased = enter(vismanet, INVOICES, debtor, [revenue(10)]).rpartition("/")[2]
    kronor = released_invoice(vismanet, debtor, 100, currencyId="SEK")
    refused = [
        (send_payment(vismanet, debtor, 10, {"NOPE": 10}), "'Reference Nbr.' 'NOPE' cannot be found"),
        (send_payment(vismanet, debtor, 10, {unreleased: 10}), "is not released"),
        (send_payment(vismanet, debtor, 10, {kronor: 10}), "is in another currency"),
        (send_payment(vismanet, debtor, 10, {number: 11}), "The total applied cannot be greater than"),
        (send_payment(vismanet, debtor, 101, {number: 101}), "cannot be greater than its balance 100.00"),
        (send_payment(vismanet, stranger, 10, {number: 10}), "belongs to another customer"),
    ]
    assert [sentence in refusal(answer) for answer, sentence in refused] == [True] * len(refused)


def test_an_invoice_in_kronor_is_paid_into_the_account_in_kronor(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100, currencyId="SEK")
    path = take_payment(vismanet, debtor, 100, {number: 100}, cashAccount="1030")
    release_payment(vismanet, path)
    assert (standing(vismanet, number), shown(vismanet, path)["currency"]) == (("0.00", "Closed"), "SEK")


def test_two_payments_for_the_whole_invoice_cannot_both_be_released(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    paths = [take_payment(vismanet, debtor, 100, {number: 100}) for _ in range(2)]
    assert release_payment(vismanet, paths[0]).status_code == 200
    assert "cannot be greater than its balance 0.00" in refusal(release_payment(vismanet, paths[1]))
    assert standing(vismanet, number) == ("0.00", "Closed")


def test_a_payment_on_hold_is_not_released(vismanet: Caller, debtor: str) -> None:
    path = take_payment(vismanet, debtor, 10, {}, hold=True)
    assert "cannot be released in status Hold" in refusal(release_payment(vismanet, path))
    assert vismanet.core("PUT", path, wrapped({"hold": False})).status_code == 204
    assert release_payment(vismanet, path).status_code == 200


def test_the_release_names_the_type_of_the_document(vismanet: Caller, debtor: str) -> None:
    path = take_payment(vismanet, debtor, 10, {})
    wrong = [wrapped({"type": "Refund"}), {}, {"type": "Payment"}]
    assert [vismanet.core("POST", f"{path}/action/release", body).status_code for body in wrong] == [400] * 3
    assert shown(vismanet, path)["status"] == "Balanced"


def test_a_released_payment_is_neither_released_again_nor_changed(vismanet: Caller, debtor: str) -> None:
    path = take_payment(vismanet, debtor, 10, {})
    release_payment(vismanet, path)
    assert "is already released" in refusal(release_payment(vismanet, path))
    answer = vismanet.core("PUT", path, wrapped({"paymentRef": "anders"}))
    assert "Payment can't be updated because it is already released." in refusal(answer)


def test_an_unreleased_payment_can_be_applied_otherwise(vismanet: Caller, debtor: str) -> None:
    first, second = released_invoice(vismanet, debtor, 100), released_invoice(vismanet, debtor, 50)
    path = take_payment(vismanet, debtor, 100, {first: 100})
    rows = [row(operation="Update", refNbr=first, amountPaid=60), row(refNbr=second, amountPaid=40)]
    assert vismanet.core("PUT", path, {"paymentLines": rows}).status_code == 204
    release_payment(vismanet, path)
    assert (standing(vismanet, first)[0], standing(vismanet, second)[0]) == ("40.00", "10.00")


def test_a_voided_payment_gives_the_invoice_its_balance_back(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    path = take_payment(vismanet, debtor, 100, {number: 100})
    void = {"type": "Payment", "returnVoidPayment": True}
    assert "cannot be voided in status Balanced" in refusal(vismanet.core("POST", f"{path}/action/void", void))
    release_payment(vismanet, path)
    answer = vismanet.core("POST", f"{path}/action/void", void)
    assert (answer.status_code, answer.json()["voidPayment"]["status"]) == (200, "Voided")
    assert standing(vismanet, number) == ("100.00", "Open")
    assert "cannot be voided in status Voided" in refusal(vismanet.core("POST", f"{path}/action/void", void))


def test_payments_are_found_by_number_debtor_invoice_date_and_state(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    first = take_payment(vismanet, debtor, 40, {number: 40}, applicationDate="2026-10-02")
    second = take_payment(vismanet, debtor, 10, {})
    release_payment(vismanet, first)

    def found(**asked: str) -> list[str]:
        rows = vismanet.core("GET", PAYMENTS, params={"customer": debtor, **asked}).json()
        return [f"{PAYMENTS}/{row['refNbr']}" for row in rows]

    assert found() == [first, second]
    assert found(invoiceRefNbr=number) == [first]
    assert found(paymentNbr=second.rpartition("/")[2]) == [second]
    assert (found(status="Closed"), found(status="Balanced")) == ([first], [second])
    assert found(docDate=DAY, docDateCondition=">=") == [second]
    assert found(paymentType="Refund") == []


def test_a_payment_is_refused_in_a_period_that_was_closed(company: Caller) -> None:
    debtor = company.new_customer()
    path = take_payment(company, debtor, 10, {}, applicationDate="2026-08-31")
    company.by_hand("periods/202608", {"closedInCustomerLedger": True})
    closed = "Financial Period '08-2026' is closed in Customer Ledger."
    assert closed in refusal(release_payment(company, path))
    assert closed in refusal(send_payment(company, debtor, 10, {}, applicationDate="2026-08-31"))


def test_a_person_pays_an_invoice_by_hand(vismanet: Caller, debtor: str) -> None:
    number = released_invoice(vismanet, debtor, 100)
    part = vismanet.by_hand(f"invoices/{number}/pay", {"paymentAmount": Decimal("40"), "applicationDate": DAY})
    assert (part["status"], standing(vismanet, number)) == ("Closed", ("60.00", "Open"))
    vismanet.by_hand(f"invoices/{number}/pay", {"applicationDate": DAY})
    assert standing(vismanet, number) == ("0.00", "Closed")
    applications = shown(vismanet, f"{INVOICES}/{number}")["applications"]
    assert [(row["docType"], str(row["amountPaid"])) for row in applications] == [
        ("Payment", "40.00"),
        ("Payment", "60.00"),
    ]
