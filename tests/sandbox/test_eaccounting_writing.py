"""Writing to the imitated eAccounting: what the server fills in, what it nulls, and what it refuses."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.shop_caller import Record, Shop, order_body, refusal


def article(shop: Shop, number: str) -> Record:
    return shop.first("articles", f"Number eq '{number}'")


def row(one: Record, price: str, quantity: str = "1", **more: Any) -> Record:
    return {"ArticleId": one["Id"], "UnitPrice": Decimal(price), "Quantity": Decimal(quantity), **more}


def test_an_order_gets_its_number_its_rows_and_its_sums_from_the_server(shop: Shop) -> None:
    rope, apple = article(shop, "1e5"), article(shop, "KG-1")
    rows = [row(rope, "10.00", "3", DiscountPercentage=Decimal("0.1")), row(apple, "4.50", "1.2345")]
    answer = shop.new_order(shop.new_customer(), rows, Amount=Decimal("1.00"))
    order = shop.get(f"orders/{answer.json()['Id']}")
    assert answer.status_code == 201
    assert [line["Amount"] for line in order["Rows"]] == [Decimal("27.00"), Decimal("5.56")]
    assert [line["VatRate"] for line in order["Rows"]] == [Decimal("0.21"), Decimal("0.09")]
    assert (order["Amount"], order["VatAmount"]) == (Decimal("32.56"), Decimal("6.17"))
    assert (order["Number"], order["Rows"][0]["Text"], order["InvoiceCity"]) == (10185, rope["Name"], "Zwolle")
    assert order["ModifiedUtc"] is None


def test_a_private_person_is_charged_prices_with_vat_in_them(shop: Shop) -> None:
    customer = shop.new_customer(IsPrivatePerson=True, InvoiceCountryCode="SE")
    order = shop.new_order(customer, [row(article(shop, "1e5"), "100.00")], CurrencyCode="SEK").json()
    assert (order["IncludesVat"], order["Amount"], order["VatAmount"]) == (True, 100, 20)


def test_a_business_abroad_pays_no_vat_only_with_a_vat_number(shop: Shop) -> None:
    rows = [row(article(shop, "1e5"), "100.00")]
    with_number = shop.new_customer(InvoiceCountryCode="DE", VatNumber="DE491118611")
    without = shop.new_customer(InvoiceCountryCode="DE")
    assert [shop.new_order(one, rows).json()["VatAmount"] for one in (with_number, without)] == [0, 19]


def test_a_total_in_kronor_is_rounded_to_whole_ones_beside_the_amount(shop: Shop) -> None:
    customer = shop.new_customer(InvoiceCountryCode="SE", VatNumber="SE556091769101", CurrencyCode="SEK")
    answer = shop.new_order(customer, [row(article(shop, "1e5"), "99.4567")], CurrencyCode="SEK")
    order = shop.get(f"orders/{answer.json()['Id']}")
    assert (order["Amount"], order["VatAmount"], order["RoundingsAmount"]) == (Decimal("99.46"), 0, Decimal("-0.46"))


def test_a_draft_has_no_number_until_it_is_an_order(shop: Shop) -> None:
    draft = shop.new_order(shop.new_customer(), [row(article(shop, "007"), "5.00")], Status=1).json()
    order = shop.call("POST", f"orders/{draft['Id']}/converteddrafttoorder").json()
    assert (draft["Number"], draft["Status"]) == (None, 1)
    assert (order["Number"], order["Status"], order["ModifiedUtc"] is None) == (10185, 2, False)


def test_an_order_goes_from_ongoing_over_shipped_to_invoiced_and_back_only_once(shop: Shop) -> None:
    order = shop.new_order(shop.new_customer(), [row(article(shop, "007"), "5.00", "2")]).json()
    path = f"orders/{order['Id']}"
    statuses = [shop.call("POST", f"{path}/{step}").json()["Status"] for step in ("completed", "voided", "completed")]
    refused = shop.call("POST", f"{path}/completed")
    invoice = shop.call("POST", f"{path}/convert", {}).json()
    assert (statuses, refusal(refused)) == ([3, 2, 3], (400, 4002))
    assert (invoice["CreatedFromOrderId"], invoice["TotalAmount"], invoice["PaymentStatus"]) == (order["Id"], 12.1, 1)
    assert shop.get(path)["Status"] == 4
    assert refusal(shop.call("PUT", path, order_body({"Id": order["CustomerId"]}, []))) == (400, 4002)
    assert refusal(shop.call("DELETE", path)) == (400, 4001)


def test_an_ongoing_order_can_be_deleted_and_leaves_no_trace(shop: Shop) -> None:
    order = shop.new_order(shop.new_customer(), [row(article(shop, "007"), "5.00")]).json()
    assert shop.call("DELETE", f"orders/{order['Id']}").status_code == 200
    assert refusal(shop.call("GET", f"orders/{order['Id']}")) == (400, 3000)


def test_replacing_an_order_nulls_what_is_left_out_and_keeps_what_is_the_servers(shop: Shop) -> None:
    customer = shop.new_customer()
    rows = [row(article(shop, "007"), "5.00")]
    before = shop.new_order(customer, rows, BuyersOrderReference="PO-1", YourReference="Anna").json()
    body = order_body(customer, rows, YourReference="Bram", Number=5, Id="x")
    after = shop.call("PUT", f"orders/{before['Id']}", body).json()
    assert (after["BuyersOrderReference"], after["YourReference"]) == (None, "Bram")
    assert (after["Id"], after["Number"], after["CreatedUtc"]) == (before["Id"], before["Number"], before["CreatedUtc"])
    assert (before["ModifiedUtc"], after["ModifiedUtc"] is None) == (None, False)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"OrderNumber": 1}, 2000),
        ({"EuThirdParty": None}, 2000),
        ({"YourReference": "x" * 101}, 2000),
        ({"Status": 5}, 2000),
        ({"Status": 4}, 4002),
        ({"CustomerId": "375d5cf7-0000-47e5-a10e-1a45ad36ddee"}, 3000),
        ({"TermsOfPaymentId": "375d5cf7-0000-47e5-a10e-1a45ad36ddee"}, 3000),
    ],
)
def test_an_order_that_cannot_be_is_refused(shop: Shop, changed: Record, code: int) -> None:
    rows = [row(article(shop, "007"), "5.00")]
    assert refusal(shop.new_order(shop.new_customer(), rows, **changed)) == (400, code)
    assert len(shop.state("orders")) == 200


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"UnitPrice": Decimal("1.234")}, 2000),
        ({"Quantity": Decimal("1.23456")}, 2000),
        ({"DiscountPercentage": Decimal("10")}, 2000),
        ({"IsTextRow": True, "Text": "An article and a text at once"}, 2000),
        ({"ArticleId": "375d5cf7-0000-47e5-a10e-1a45ad36ddee"}, 3000),
        ({"VatPercent": 21}, 2000),
    ],
)
def test_a_row_that_cannot_be_is_refused(shop: Shop, changed: Record, code: int) -> None:
    wrong = row(article(shop, "007"), "5.00") | changed
    assert refusal(shop.new_order(shop.new_customer(), [wrong])) == (400, code)


def test_replacing_a_customer_nulls_what_is_left_out(shop: Shop) -> None:
    before = shop.new_customer(EmailAddress="a@b.example", Telephone="050", Note="Belt graag")
    needed = ("Name", "InvoiceCity", "InvoicePostalCode", "IsActive", "IsPrivatePerson", "TermsOfPaymentId")
    answer = shop.call("PUT", f"customers/{before['Id']}", {name: before[name] for name in needed})
    after = answer.json()
    assert (answer.status_code, after["EmailAddress"], after["Telephone"], after["Note"]) == (200, None, None, None)
    assert (after["CustomerNumber"], after["TermsOfPayment"]["Name"]) == (before["CustomerNumber"], "30 dagen")
    assert (before["ChangedUtc"], after["ChangedUtc"] is None) == (None, False)
    assert refusal(shop.call("PUT", f"customers/{before['Id']}", {"Name": "Alleen een naam"})) == (400, 2000)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"VatNumber": "123"}, 4025),
        ({"VatNumber": "DE123456789", "InvoiceCountryCode": None}, 4025),
        ({"ForceBookkeepVat": True}, 4035),
        ({"DeliveryBasedVat": True}, 4002),
        ({"EmailAddresses": ["kopie@b.example"]}, 4002),
        ({"CustomerNumber": "1001"}, 4000),
        ({"Name": "x" * 51}, 2000),
    ],
)
def test_a_customer_that_cannot_be_is_refused(shop: Shop, changed: Record, code: int) -> None:
    good = shop.new_customer()
    wanted = {
        name: good[name] for name in ("Name", "InvoiceCity", "InvoicePostalCode", "IsActive", "InvoiceCountryCode")
    }
    body = wanted | {"IsPrivatePerson": False, "TermsOfPaymentId": good["TermsOfPaymentId"]} | changed
    assert refusal(shop.call("POST", "customers", body)) == (400, code)


def test_only_a_customer_without_documents_can_be_deleted(shop: Shop) -> None:
    buyer = shop.state("orders")[0]["CustomerId"]
    assert refusal(shop.call("DELETE", f"customers/{buyer}")) == (400, 4001)
    assert shop.call("DELETE", f"customers/{shop.new_customer()['Id']}").status_code == 200


def test_an_article_is_made_of_its_coding_and_its_unit(shop: Shop) -> None:
    model = article(shop, "KG-1")
    body = {
        "Number": "NEW-1",
        "Name": "Nieuw",
        "IsActive": True,
        "CodingId": model["CodingId"],
        "UnitId": model["UnitId"],
    }
    made = shop.call("POST", "articles", body | {"NetPrice": Decimal("10.00")}).json()
    assert (made["GrossPrice"], made["UnitAbbreviation"], made["CodingName"]) == (10.9, "kg", "Levensmiddelen laag")
    assert refusal(shop.call("POST", "articles", body)) == (400, 4000)
    unequal = body | {"Number": "NEW-2", "NetPrice": Decimal("10.00"), "GrossPrice": Decimal("12.10")}
    assert refusal(shop.call("POST", "articles", unequal)) == (400, 4002)
    assert shop.call("DELETE", f"articles/{made['Id']}").status_code == 405


def test_stock_is_set_by_replacing_the_article(shop: Shop) -> None:
    before = article(shop, "007")
    names = ("Number", "Name", "IsActive", "CodingId", "UnitId", "NetPrice", "GrossPrice")
    body = {name: before[name] for name in names} | {"StockBalance": Decimal("12.50")}
    assert shop.call("PUT", f"articles/{before['Id']}", body).status_code == 200
    after = article(shop, "007")
    assert (after["StockBalance"], after["StockBalanceAvailable"]) == (Decimal("12.5"), Decimal("12.5"))
    assert after["ChangedUtc"] > before["ChangedUtc"]


@pytest.mark.parametrize("operation", ["orders/{}/email", "customerinvoices/{}/email", "customerinvoices/{}/einvoice"])
def test_nobody_is_written_to_and_an_attempt_is_remembered(shop: Shop, operation: str) -> None:
    assert shop.state("mailed") == []
    record = shop.state(operation.partition("/")[0])[0]["Id"]
    assert refusal(shop.call("POST", operation.format(record))) == (500, 5000)
    assert [attempt["id"] for attempt in shop.state("mailed")] == [record]
