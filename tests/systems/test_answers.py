"""Answers of both systems, turned into what the flows know by name."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from visma_sync.errors import RecordRejectedError
from visma_sync.systems.call import key_segment, keys_in
from visma_sync.systems.eaccounting.answers import Company, SourceInvoice, customer_of, order_of
from visma_sync.systems.vismanet.answers import (
    OrderRow,
    TargetContact,
    TargetCustomer,
    TargetItem,
    TargetOrder,
    state_of,
)
from visma_sync.systems.vismanet.master_lists import rate_on
from visma_sync.systems.vismanet.wire import CustomerUpdate

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

CUSTOMER: dict[str, Any] = {
    "number": "10001",
    "name": "Åsa AB",
    "status": "Active",
    "mainAddress": {"addressLine1": "Storgatan 1", "country": {"id": "SE", "name": "Zweden"}},
    "mainContact": {"contactId": 3, "name": "Åsa", "email": " Asa@Example.SE ", "phone1": "+46 1"},
    "invoiceContact": {"email": "FAKTURA@example.se"},
    "customerClass": {"id": "COMPANY", "description": "x"},
    "creditTerms": {"id": "30"},
    "vatZone": {"id": "EUBUSINESS"},
    "vatRegistrationId": "SE556036079301",
    "glAccounts": {"salesAccount": {"type": "Income", "number": "8000"}},
    "attributes": [{"id": "EXTID", "value": "7"}],
    "lastModifiedDateTime": "2026-07-01T14:00:00",
    "timeStamp": "AAAB",
    "printInvoices": False,
}
ORDER: dict[str, Any] = {
    "type": "SO",
    "orderId": "000123",
    "customer": {"id": "10001", "refNo": "V100"},
    "status": {"description": "Hold", "hold": True, "cancelled": False},
    "totals": {"orderTotal": Decimal("121.00"), "taxTotal": Decimal("21.00")},
    "currencyId": "EUR",
}


def test_a_customers_emails_are_trimmed_and_case_folded() -> None:
    customer = TargetCustomer.of(CUSTOMER)
    assert customer.emails == {"asa@example.se", "faktura@example.se"}
    assert (customer.country, customer.customer_class, customer.version) == ("SE", "COMPANY", "AAAB")


def test_the_core_api_writes_the_local_time_of_oslo() -> None:
    summer, winter = (
        TargetCustomer.of(CUSTOMER),
        TargetItem.of({"inventoryNumber": "A", "lastModifiedDateTime": "2026-12-01T14:00:00.5"}),
    )
    assert summer.changed_at == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    assert winter.changed_at == datetime(2026, 12, 1, 13, 0, 0, 500_000, tzinfo=UTC)


def test_a_customer_can_be_compared_in_the_shape_in_which_one_is_written() -> None:
    written = TargetCustomer.of(CUSTOMER).as_written()
    assert written == {
        "number": "10001",
        "name": "Åsa AB",
        "status": "Active",
        "mainAddress": {"addressLine1": "Storgatan 1", "countryId": "SE"},
        "mainContact": {"name": "Åsa", "email": " Asa@Example.SE ", "phone1": "+46 1"},
        "invoiceContact": {"email": "FAKTURA@example.se"},
        "customerClassId": "COMPANY",
        "creditTermsId": "30",
        "vatZoneId": "EUBUSINESS",
        "vatRegistrationId": "SE556036079301",
        "glAccounts": {"salesAccount": "8000"},
        "attributeLines": [{"attributeId": "EXTID", "attributeValue": "7"}],
        "printInvoices": False,
    }
    CustomerUpdate.model_validate(written)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Hold", "hold"),
        ("On Hold", "hold"),
        ("Credit Hold", "credit_hold"),
        ("CreditHold", "credit_hold"),
        ("Open", "open"),
        ("Completed", "completed"),
        ("Canceled", "cancelled"),
        ("Back Order", "back_order"),
        ("Shipping", "shipping"),
        ("", ""),
    ],
)
def test_states_have_one_spelling(status: str, state: str) -> None:
    assert state_of(status) == state


@pytest.mark.parametrize(
    ("description", "hold", "cancelled", "state"),
    [
        ("Hold", True, False, "hold"),
        ("Credit Hold", True, False, "credit_hold"),
        ("Credit Hold", False, False, "credit_hold"),
        ("Open", False, False, "open"),
        ("Open", True, False, "hold"),
        ("Open", False, True, "cancelled"),
    ],
)
def test_an_orders_state_is_read_from_its_switches_and_its_description(
    description: str, hold: bool, cancelled: bool, state: str
) -> None:
    status = {"description": description, "hold": hold, "cancelled": cancelled}
    order = TargetOrder.of({**ORDER, "status": status}, '"5"')
    assert (order.state, order.version, order.total, order.vat) == (state, '"5"', Decimal("121.00"), Decimal("21.00"))


def test_a_row_of_the_list_of_orders_shows_reference_and_total() -> None:
    row = OrderRow.of(
        {
            "type": "SO",
            "orderId": "000123",
            "customerId": "10001",
            "customerRefNo": "V100",
            "orderTotal": Decimal("121.00"),
            "status": "Open",
            "lastModified": "2026-11-20T12:00:00Z",
        }
    )
    assert (row.reference, row.total, row.state, row.changed_at) == ("V100", Decimal("121.00"), "open", AT)


@pytest.mark.parametrize(
    "body",
    [
        {**ORDER, "totals": {}},
        {**ORDER, "totals": {"orderTotal": "121", "taxTotal": 21}},
        {**ORDER, "orderId": None},
    ],
)
def test_an_answer_without_what_matters_is_named_and_no_crash(body: dict[str, Any]) -> None:
    with pytest.raises(RecordRejectedError) as error:
        TargetOrder.of(body, "")
    assert error.value.code == "surprising_answer"


def test_a_contact_has_the_name_that_people_see() -> None:
    contact = {"contactId": 7, "firstName": "Anna", "lastName": "Berg", "email": "A@x.nl", "businessAccount": "10001"}
    assert TargetContact.of(contact).name == "Anna Berg"
    assert (TargetContact.of(contact).email, TargetContact.of(contact).id) == ("a@x.nl", "7")


def test_an_orders_stamps_are_utc_and_a_draft_has_no_number() -> None:
    draft = order_of({"Id": "a", "Number": None, "CreatedUtc": "2026-11-20T12:00:00", "ModifiedUtc": None})
    assert (draft.number, draft.created_at, draft.changed_at) == ("", AT, None)
    assert order_of({"Id": "a", "Number": 7, "CreatedUtc": "2026-11-20T12:00:00Z"}).number == "7"


@pytest.mark.parametrize(
    ("created", "changed", "inside"),
    [
        ("2026-11-20T12:00:00Z", None, True),
        ("2026-11-21T12:00:00Z", None, False),
        ("2026-11-01T12:00:00Z", None, False),
        ("2026-11-01T12:00:00Z", "2026-11-20T12:00:00Z", True),
        ("2026-11-20T12:00:00Z", "2026-11-30T12:00:00Z", True),
        ("2026-11-01T12:00:00Z", "2026-11-21T12:00:00Z", False),
    ],
)
def test_a_record_belongs_to_the_window_in_which_it_was_created_or_changed(
    created: str, changed: str | None, inside: bool
) -> None:
    assert order_of({"Id": "a", "CreatedUtc": created, "ModifiedUtc": changed}).lies_in(AT, LATER) is inside


def test_a_customer_that_was_never_changed_is_older_than_anything() -> None:
    assert customer_of({"Id": "a", "CustomerNumber": "7"}).created_at.year == 1970


def test_an_order_whose_stamps_cannot_be_read_is_in_every_window_and_does_not_stop_the_others() -> None:
    assert order_of({"Id": "a", "CreatedUtc": "yesterday"}).lies_in(AT, LATER)
    assert order_of({"Id": "a"}).lies_in(AT, LATER)


def test_only_the_payment_status_says_that_an_invoice_is_paid() -> None:
    order = {"CreatedFromOrderId": "a", "RemainingAmount": 0}
    assert not SourceInvoice.of({**order, "PaymentStatus": 1}).paid
    assert not SourceInvoice.of(order).paid
    assert SourceInvoice.of({**order, "PaymentStatus": 0}).paid
    assert SourceInvoice.of({**order, "PaymentStatus": 0, "CreditedBy": [{"Id": "b"}]}).credited


def test_a_collective_invoice_belongs_to_all_its_orders() -> None:
    relations = [{"OrderId": "a"}, {"OrderId": "b"}, {"OrderId": "a"}]
    assert SourceInvoice.of({"CollectiveCustomerInvoiceRowsRelationToOrders": relations}).order_keys == {"a", "b"}


def test_the_company_says_whether_it_may_be_read() -> None:
    company = Company.of({"CompanyIdentifier": "5", "Name": "N", "CurrencyCode": "EUR", "CompanyStatus": 2})
    assert (company.identifier, company.status) == ("5", "read_only")
    with pytest.raises(RecordRejectedError):
        Company.of({"Name": "N"})


def test_the_vat_rate_is_the_latest_that_has_begun() -> None:
    rates = [
        {"startDate": "2012-10-01T00:00:00", "vatRate": Decimal(21), "groupType": "Output"},
        {"startDate": "2027-01-01T00:00:00", "vatRate": Decimal(22), "groupType": "Output"},
        {"startDate": "2001-01-01T00:00:00", "vatRate": Decimal(19), "groupType": "Output"},
        {"startDate": "2020-01-01T00:00:00", "vatRate": Decimal(5), "groupType": "Input"},
    ]
    assert rate_on(date(2026, 12, 31), rates) == 21
    assert rate_on(date(2027, 1, 1), rates) == 22
    assert rate_on(date(1999, 1, 1), rates) == 0


@pytest.mark.parametrize(
    ("key", "segment"),
    [
        ("A-1001", "A-1001"),
        ("1e5", "1e5"),
        ("ÅÄÖ-1", "ÅÄÖ-1"),
        ("two words", "two words"),
        (":/?#[]@&*+;", "b64(Oi8_I1tdQCYqKzs)"),
        ("A/B #1", "b64(QS9CICMx)"),
        ("..", "b64(Li4)"),
    ],
)
def test_keys_with_reserved_characters_travel_encoded(key: str, segment: str) -> None:
    assert key_segment(key) == segment
    assert keys_in(f"https://x.example/v1/inventory/{segment}", 1) == (key,)


def test_only_the_path_of_a_server_given_address_is_used() -> None:
    assert keys_in("https://elsewhere.example/api/v3/SalesOrders/SO/000%20123?x=1", 2) == ("SO", "000 123")
    assert keys_in("", 1) is None
