"""Sales orders in the imitated SalesOrders API: closed bodies, published codes, versions, states and lines."""

import time
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.sandbox.vismanet_caller import ORDERS, Caller, codes, read

ONE = {"inventoryId": "ORD-1", "quantity": 2, "unitPrice": Decimal("50.00"), "hasManualPrice": True}


@pytest.fixture
def customer(vismanet: Caller) -> str:
    if vismanet.core("GET", "inventory/ORD-1").status_code == 404:
        vismanet.new_item("ORD-1")
        vismanet.new_item("ORD-SERVICE", itemClass="NONSTOCK")
    address = {"addressLine1": "Havenweg 1", "postalCode": "1000 AA", "city": "Delft", "countryId": "NL"}
    return vismanet.new_customer(mainAddress=address, mainContact={"email": "post@fiets.nl"})


def refused(vismanet: Caller, debtor: str, **fields: Any) -> dict[str, str]:
    body = {"type": "SO", "customer": {"id": debtor}, **fields}
    return codes(vismanet.orders("POST", "", body))


def line_refused(vismanet: Caller, customer: str, **fields: Any) -> dict[str, str]:
    return refused(vismanet, customer, orderLines=[{**ONE, **fields}])


def test_a_new_order_is_answered_with_its_address_and_version(vismanet: Caller, customer: str) -> None:
    body = {"type": "SO", "customer": {"id": customer, "refNo": "1042"}, "status": "Hold", "orderLines": [ONE]}
    answer = vismanet.orders("POST", "", body)
    assert (answer.status_code, answer.content) == (201, b"")
    path = urlsplit(answer.headers["Location"]).path
    assert path.startswith(f"{ORDERS}/SO/")
    assert vismanet.call("GET", path).headers["ETag"] == answer.headers["ETag"]


def test_an_order_reads_back_in_other_shapes_than_it_was_written(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(
        customer,
        [ONE],
        customer={"id": customer, "refNo": "1042", "order": "PO 7", "termsId": "10"},
        status="Hold",
        shipping={"shipViaId": "PARCEL"},
        freight={"premiumAmount": Decimal("6.95"), "taxCategoryId": "NL21"},
    )
    order = vismanet.order(path)
    assert order["status"] == {"description": "Hold", "hold": True, "cancelled": False}
    assert (order["customer"]["refNo"], order["customer"]["order"]) == ("1042", "PO 7")
    assert order["financialInformation"]["terms"]["id"] == "10"
    assert order["shipping"]["shipVia"] == {"id": "PARCEL", "description": "Pakketdienst"}
    assert order["customer"]["taxZone"]["id"] == "DOMESTIC"
    # 100.00 + 21.00 + 6.95 + 1.46: the freight shares the code NL21 with the line, 21 % of 106.95 is 22.4595.
    assert (order["totals"]["orderTotal"], order["totals"]["taxTotal"]) == (Decimal("129.41"), Decimal("22.46"))
    line = read(vismanet.orders("GET", f"{path}/lines"))["value"][0]
    assert (line["inventory"]["id"], line["unitOfMeasure"], line["warehouseId"]) == ("ORD-1", "STK", "1")


def test_sections_are_only_shown_when_they_are_asked_for(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE])
    assert "customer" not in vismanet.orders("GET", path).json()
    shown = vismanet.orders("GET", path, params={"expand": "customer,payment"}).json()
    assert {"customer", "paymentSettings"} <= set(shown)
    assert "billing" not in shown
    assert vismanet.orders("GET", path, params={"expand": "lines"}).status_code == 400


def test_a_row_of_a_list_shows_the_references_and_the_total(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE], customer={"id": customer, "refNo": "1042", "order": "PO 7"})
    row = read(vismanet.orders("GET", "", params={"customerId": customer}))["value"][0]
    assert (row["type"], row["orderId"]) == tuple(path.strip("/").split("/"))
    assert (row["customerRefNo"], row["customerOrder"], row["orderTotal"]) == ("1042", "PO 7", Decimal("121.00"))
    assert (row["customerId"], row["status"], row["currency"]) == (customer, "Open", "EUR")


def test_orders_cannot_be_searched_by_the_customers_reference(vismanet: Caller, customer: str) -> None:
    vismanet.new_order(customer, [ONE], customer={"id": customer, "refNo": "ZOEK-MIJ"})
    assert vismanet.orders("GET", "", params={"filter": "ZOEK-MIJ"}).json()["totalCount"] == 0


def test_pages_start_at_nought_and_are_capped_at_a_hundred(vismanet: Caller, customer: str) -> None:
    for _ in range(102):
        vismanet.new_order(customer, [])
    asked = {"customerId": customer, "pageSize": 500, "orderBy": "orderId"}
    first = vismanet.orders("GET", "", params=asked).json()
    assert (len(first["value"]), first["totalCount"]) == (100, 102)
    second = vismanet.call("GET", first["nextPage"]).json()
    assert (len(second["value"]), second["nextPage"]) == (2, None)
    numbers = [row["orderId"] for row in first["value"] + second["value"]]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("asked", [{"pageSize": 0}, {"pageIndex": -1}, {"orderBy": "total"}, {"modifiedSince": "ooit"}])
def test_a_list_asked_for_wrongly_is_refused(vismanet: Caller, asked: dict[str, Any]) -> None:
    assert vismanet.orders("GET", "", params=asked).status_code == 400


def test_orders_changed_since_a_moment_are_listed(vismanet: Caller, customer: str) -> None:
    first = vismanet.new_order(customer, [ONE])
    time.sleep(0.005)  # the API shows milliseconds
    since = vismanet.order(vismanet.new_order(customer, [ONE]))["lastModified"]
    asked = {"customerId": customer, "modifiedSince": since}
    assert vismanet.orders("GET", "/SO", params=asked).json()["totalCount"] == 1
    vismanet.orders("PATCH", first, {"description": "toch nog"}, headers=vismanet.version(first))
    assert vismanet.orders("GET", "/SO", params=asked).json()["totalCount"] == 2


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"colour": "red"}, {"colour": "0003-InvalidValue"}),
        ({"type": "XX"}, {"type": "0003-InvalidValue"}),
        ({"type": "QT"}, {"type": "0003-InvalidValue"}),
        ({"type": None}, {"type": "0001-NullNotAllowed"}),
        ({"customer": {"refNo": "1"}}, {"customer.id": "0001-NullNotAllowed"}),
        ({"customer": {"id": "99999"}}, {"customer.id": "0003-InvalidValue"}),
        ({"orderId": "WEB-1"}, {"orderId": "0004-ValueNotAllowed"}),
        ({"status": "Completed"}, {"status": "0003-InvalidValue"}),
        ({"branchId": "9"}, {"branchId": "0003-InvalidValue"}),
        ({"currencyId": "XXX"}, {"currencyId": "0003-InvalidValue"}),
        ({"taxZoneId": "MARS"}, {"taxZoneId": "0003-InvalidValue"}),
        ({"description": "x" * 256}, {"description": "0002-InvalidLength"}),
        ({"note": "x" * 2049}, {"note": "0002-InvalidLength"}),
        ({"date": "morgen"}, {"date": "0003-InvalidValue"}),
        ({"shipping": {"shipViaId": "ROCKET"}}, {"shipping.shipViaId": "0003-InvalidValue"}),
        ({"shipping": {"preferredWarehouseId": "9"}}, {"shipping.preferredWarehouseId": "1802-InvalidWarehouseId"}),
        (
            {"shipping": {"address": {"line1": "x" * 51, "countryId": "NL"}}},
            {"shipping.address.line1": "0002-InvalidLength"},
        ),
        ({"billing": {"address": {"line1": "Havenweg 1"}}}, {"billing.address.countryId": "0001-EmptyNotAllowed"}),
        ({"billing": {"contact": {"email": "geen adres"}}}, {"billing.contact.email": "0003-InvalidValue"}),
        ({"freight": {"taxCategoryId": "NL99"}}, {"freight.taxCategoryId": "1805-InvalidTaxCategoryId"}),
        ({"freight": {"cost": 5}}, {"freight.cost": "1310-FreightCostCanNotBeSetManually"}),
        (
            {"paymentSettings": {"paymentMethodId": "GOLD"}},
            {"paymentSettings.paymentMethodId": "1402-PaymentMethodIdNotFound"},
        ),
        (
            {"paymentSettings": {"paymentMethodId": "CHEQUE"}},
            {"paymentSettings.paymentMethodId": "1403-InactivePaymentMethodId"},
        ),
        ({"paymentSettings": {"cashAccountId": "9999"}}, {"paymentSettings.cashAccountId": "1502-CashAccountNotFound"}),
        (
            {"paymentSettings": {"paymentMethodId": "CARD", "cashAccountId": "1010"}},
            {"paymentSettings.cashAccountId": "1503-CashAccountInvalidForPaymentMethod"},
        ),
    ],
)
def test_a_wrong_head_is_refused_with_the_published_code(
    vismanet: Caller, customer: str, fields: dict[str, Any], expected: dict[str, str]
) -> None:
    assert refused(vismanet, customer, **fields) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"inventoryId": ""}, {"inventoryId": "0001-EmptyNotAllowed"}),
        ({"inventoryId": "NOPE"}, {"inventoryId": "1804-InventoryIdNotFound"}),
        ({"quantity": "2"}, {"quantity": "0003-InvalidValue"}),
        ({"quantity": None}, {"quantity": "0003-InvalidValue"}),
        ({"quantity": -1}, {"quantity": "1809-InvalidQuantityForType"}),
        ({"unitOfMeasure": "BAG"}, {"unitOfMeasure": "1808-InvalidUnitOfMeasure"}),
        ({"unitOfMeasure": "KG"}, {"unitOfMeasure": "1808-InvalidUnitOfMeasure"}),
        ({"warehouseId": "9"}, {"warehouseId": "1802-InvalidWarehouseId"}),
        ({"taxCategoryId": "NL99"}, {"taxCategoryId": "1805-InvalidTaxCategoryId"}),
        ({"salesAccountId": "1"}, {"salesAccountId": "1806-InvalidSalesAccountId"}),
        ({"salesAccountId": "8999"}, {"salesAccountId": "1806-InvalidSalesAccountId"}),
        ({"subaccount": {"1": "ZZ"}}, {"subaccount": "1202-SegmentValueNotFound"}),
        ({"discountPercent": 101}, {"discountPercent": "0100-OutsideValidRange"}),
        ({"discountAmount": 101}, {"discountAmount": "1101-DiscountAmountMoreThanExtPrice"}),
        ({"discountCode": "SPRING"}, {"discountCode": "1105-InvalidDiscountCode"}),
        ({"description": "x" * 257}, {"description": "0002-InvalidLength"}),
        ({"amount": 5}, {"amount": "0003-InvalidValue"}),
    ],
)
def test_a_wrong_line_is_refused_with_the_published_code(
    vismanet: Caller, customer: str, fields: dict[str, Any], expected: dict[str, str]
) -> None:
    assert line_refused(vismanet, customer, **fields) == {
        f"orderLines[0].{name}": code for name, code in expected.items()
    }


def test_every_wrong_value_is_named_and_nothing_is_kept(vismanet: Caller, customer: str) -> None:
    lines = [ONE, {**ONE, "inventoryId": "NOPE"}, {**ONE, "warehouseId": "9"}]
    found = refused(vismanet, customer, branchId="9", orderLines=lines)
    assert set(found) == {"branchId", "orderLines[1].inventoryId", "orderLines[2].warehouseId"}
    assert vismanet.orders("GET", "", params={"customerId": customer}).json()["totalCount"] == 0


@pytest.mark.parametrize("status", ["Inactive", "NoSales", "MarkedForDeletion"])
def test_an_item_that_is_no_longer_sold_is_refused(vismanet: Caller, customer: str, status: str) -> None:
    number = vismanet.new_item(f"GONE-{status}")
    vismanet.by_hand(f"items/{number}", {"status": status})
    found = line_refused(vismanet, customer, inventoryId=number)
    assert found == {"orderLines[0].inventoryId": "1804-InventoryIdNotFound"}


def test_a_charge_may_be_negative(vismanet: Caller, customer: str) -> None:
    line = {"inventoryId": "ORD-SERVICE", "quantity": -1, "unitPrice": Decimal("10.00"), "taxCategoryId": "NL21"}
    assert vismanet.order(vismanet.new_order(customer, [ONE, line]))["totals"]["orderTotal"] == Decimal("108.90")


def test_without_terms_an_order_is_refused(vismanet: Caller, customer: str) -> None:
    vismanet.by_hand(f"customers/{customer}", {"creditTermsId": None})
    assert refused(vismanet, customer) == {"customer.termsId": "1401-MissingTermsId"}


@pytest.mark.parametrize("status", ["OnHold", "Inactive"])
def test_a_debtor_that_may_not_buy_is_refused(vismanet: Caller, customer: str, status: str) -> None:
    vismanet.by_hand(f"customers/{customer}", {"status": status})
    assert refused(vismanet, customer) == {"customer.id": "1407-InvalidCustomerStatus"}


def test_the_currency_of_a_debtor_may_be_fixed(vismanet: Caller, customer: str) -> None:
    assert vismanet.order(vismanet.new_order(customer, [ONE], currencyId="SEK"))["currencyId"] == "SEK"
    vismanet.by_hand(f"customers/{customer}", {"allowOverrideCurrency": False})
    assert refused(vismanet, customer, currencyId="SEK") == {"currencyId": "1408-OverrideCurrencyIdProhibited"}


def test_a_change_needs_the_current_version(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE], status="Hold")
    stale = vismanet.version(path)
    vismanet.by_hand(f"orders{path}", {"description": "door een mens"})
    assert vismanet.orders("PATCH", path, {"status": "Open"}).status_code == 428
    assert vismanet.orders("PATCH", path, {"status": "Open"}, headers=stale).status_code == 412
    answer = vismanet.orders("PATCH", path, {"status": "Open"}, headers=vismanet.version(path))
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["ETag"] == vismanet.version(path)["If-Match"]
    assert vismanet.order(path)["status"]["description"] == "Open"


def test_a_debtor_on_credit_hold_turns_an_opened_order_into_a_credit_hold(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE], status="Hold")
    vismanet.by_hand(f"customers/{customer}", {"status": "CreditHold"})
    answer = vismanet.orders("PATCH", path, {"status": "Open"}, headers=vismanet.version(path))
    assert answer.status_code == 202
    assert vismanet.order(path)["status"] == {"description": "Credit Hold", "hold": False, "cancelled": False}


def test_given_addresses_replace_the_debtors_completely(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE], shipping={"address": {"line1": "Elders 2", "countryId": "BE"}})
    order = vismanet.order(path)
    assert (order["shipping"]["address"]["line1"], order["shipping"]["address"]["city"]) == ("Elders 2", None)
    assert order["shipping"]["address"]["overridesDefault"] is True
    assert (order["billing"]["address"]["line1"], order["billing"]["address"]["city"]) == ("Havenweg 1", "Delft")


def test_a_patched_address_changes_only_what_is_sent(vismanet: Caller, customer: str) -> None:
    address = {"line1": "Elders 2", "city": "Gent", "countryId": "BE"}
    path = vismanet.new_order(customer, [ONE], shipping={"address": address})
    change = {"shipping": {"address": {"city": "Brugge"}}}
    assert vismanet.orders("PATCH", path, change, headers=vismanet.version(path)).status_code == 202
    shown = vismanet.order(path)["shipping"]["address"]
    assert (shown["line1"], shown["city"]) == ("Elders 2", "Brugge")


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("2026-11-20", "2026-11-20"),
        ("2026-11-20T00:00:00", "2026-11-20"),
        ("2026-11-20T23:59:59Z", "2026-11-20"),
        ("2026-11-20T00:00:00+01:00", "2026-11-19"),
        ("2026-10-25T00:30:00+02:00", "2026-10-24"),
    ],
)
def test_a_date_is_the_day_in_utc(vismanet: Caller, customer: str, sent: str, day: str) -> None:
    assert vismanet.order(vismanet.new_order(customer, [ONE], date=sent))["date"] == f"{day}T00:00:00Z"


def test_a_price_that_is_not_manual_is_the_items_own(vismanet: Caller, customer: str) -> None:
    lines = [{**ONE, "hasManualPrice": False}, {"inventoryId": "ORD-1", "quantity": 1}]
    path = vismanet.new_order(customer, lines)
    prices = [line["unitPrice"] for line in read(vismanet.orders("GET", f"{path}/lines"))["value"]]
    assert prices == [Decimal("10.00"), Decimal("10.00")]


def test_discounts_are_taken_off_the_rounded_line(vismanet: Caller, customer: str) -> None:
    price = {**ONE, "quantity": 3, "unitPrice": Decimal("3.335")}
    lines = [
        {**price, "discountAmount": Decimal("0.50"), "hasManualDiscount": True},
        {**price, "discountPercent": 10, "hasManualDiscount": True},
        {**price, "discountAmount": Decimal("0.50"), "hasManualDiscount": False},
    ]
    path = vismanet.new_order(customer, lines)
    amounts = [line["extendedPrice"] for line in read(vismanet.orders("GET", f"{path}/lines"))["value"]]
    # 3 x 3.335 = 10.005, rounded 10.01; less 0.50; less 10 % = 1.001, rounded 1.00; no discount without the flag.
    assert amounts == [Decimal("9.51"), Decimal("9.01"), Decimal("10.01")]


def test_lines_are_added_changed_and_deleted(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE])
    added = vismanet.orders(
        "POST", f"{path}/lines", {"lines": [{**ONE, "quantity": 1}]}, headers=vismanet.version(path)
    )
    assert added.status_code == 202
    changed = {"lines": [{"lineId": 1, "quantity": 3}]}
    assert vismanet.orders("PATCH", f"{path}/lines", changed, headers=vismanet.version(path)).status_code == 202
    assert vismanet.order(path)["totals"]["orderTotal"] == Decimal("242.00")
    deleted = vismanet.orders("DELETE", f"{path}/lines", params={"ids": 2}, headers=vismanet.version(path))
    assert deleted.status_code == 202
    assert [row["lineId"] for row in vismanet.orders("GET", f"{path}/lines").json()["value"]] == [1]
    assert vismanet.orders("GET", f"{path}/lines/2").status_code == 404
    wrong = vismanet.orders("PATCH", f"{path}/lines", {"lines": [{"lineId": 9}]}, headers=vismanet.version(path))
    assert codes(wrong) == {"lines[0].lineId": "0200-LineIdDoesNotExist"}


def test_lines_too_need_the_current_version(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE])
    for method in ("POST", "PATCH", "DELETE"):
        assert vismanet.orders(method, f"{path}/lines", {"lines": []}).status_code == 428


def test_the_vat_of_an_order_is_listed_by_code(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [{**ONE, "taxCategoryId": "NL21I"}, {**ONE, "taxCategoryId": "NL9"}])
    rows = {
        row["taxId"]: (row["taxableAmount"], row["taxAmount"]) for row in read(vismanet.orders("GET", f"{path}/tax"))
    }
    assert rows == {"NL21I": (Decimal("82.64"), Decimal("17.36")), "NL9": (Decimal("100.00"), Decimal("9.00"))}
    assert vismanet.order(path)["totals"]["orderTotal"] == Decimal("209.00")


@pytest.mark.parametrize("part", ["shipment", "discounts", "commissions"])
def test_an_order_has_no_shipments_discounts_or_commissions(vismanet: Caller, customer: str, part: str) -> None:
    assert vismanet.orders("GET", f"{vismanet.new_order(customer, [ONE])}/{part}").json() == []


def test_a_deleted_order_is_gone(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE])
    assert vismanet.orders("DELETE", path).status_code == 428
    assert vismanet.orders("DELETE", path, headers=vismanet.version(path)).status_code == 202
    assert vismanet.orders("GET", path).status_code == 404


def test_a_completed_order_cannot_be_changed(vismanet: Caller, customer: str) -> None:
    path = vismanet.new_order(customer, [ONE])
    vismanet.by_hand(f"orders{path}", {"status": "Completed"})
    answer = vismanet.orders("PATCH", path, {"status": "Hold"}, headers=vismanet.version(path))
    assert answer.status_code == 405


def test_a_sum_in_a_foreign_currency_is_shown_in_euros_too(vismanet: Caller, customer: str) -> None:
    totals = vismanet.order(vismanet.new_order(customer, [ONE], currencyId="SEK"))["totals"]
    assert (totals["orderTotal"], totals["orderTotalInBaseCurrency"]) == (Decimal("121.00"), Decimal("10.81"))


def test_an_opened_order_of_a_debtor_that_is_mailed_counts_as_mailed(vismanet: Caller, customer: str) -> None:
    loud = vismanet.new_customer(sendInvoicesByEmail=True)
    quiet_order, loud_order = (vismanet.new_order(number, [ONE], status="Hold") for number in (customer, loud))
    for path in (quiet_order, loud_order):
        vismanet.orders("PATCH", path, {"status": "Open"}, headers=vismanet.version(path))
    mailed = {row["number"] for row in vismanet.state("mailed") if row["document"] == "order"}
    assert loud_order.rpartition("/")[2] in mailed
    assert quiet_order.rpartition("/")[2] not in mailed


def test_debtors_are_searched_by_name_and_number_but_not_by_e_mail(vismanet: Caller, customer: str) -> None:
    path = "/salesorder/api/v3/Customers"
    assert vismanet.call("GET", path, params={"filter": customer}).json()["value"][0]["id"] == customer
    assert vismanet.call("GET", path, params={"filter": "post@fiets.nl"}).json()["totalCount"] == 0
    location = vismanet.call("GET", f"{path}/{customer}/locations").json()[0]
    assert (location["id"], location["address"]["city"]) == ("MAIN", "Delft")
