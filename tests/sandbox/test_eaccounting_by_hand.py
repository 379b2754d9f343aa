"""What a test can do as a person at the shop's eAccounting."""

from decimal import Decimal

from tests.sandbox.shop_caller import Shop


def test_an_edited_order_shows_the_edit_and_moves_its_stamp(shop: Shop) -> None:
    before = shop.first("orders", "Number eq 10001")
    shop.control("POST", "eaccounting/orders/10001", {"YourReference": "Iemand anders"})
    after = shop.get(f"orders/{before['Id']}")
    assert after["YourReference"] == "Iemand anders"
    assert after["ModifiedUtc"] > (before["ModifiedUtc"] or before["CreatedUtc"])
    assert (after["Rows"], after["Amount"]) == (before["Rows"], before["Amount"])


def test_other_rows_make_other_sums(shop: Shop) -> None:
    rows = [{"ArticleNumber": "007", "Quantity": 2, "UnitPrice": 50}, {"IsTextRow": True, "Text": "Voorzichtig"}]
    order = shop.control("POST", "eaccounting/orders/10001", {"Rows": rows})
    assert [row["Amount"] for row in order["Rows"]] == [Decimal("100.00"), 0]
    assert order["Amount"] == Decimal("100.00")


def test_an_order_can_be_entered_with_nothing_said(shop: Shop) -> None:
    order = shop.control("POST", "eaccounting/orders")
    said = shop.control("POST", "eaccounting/orders", {"CustomerNumber": "1010", "Status": 3})
    assert (order["Number"], order["Status"], order["Rows"][0]["ArticleNumber"]) == (10185, 2, "A-1001")
    assert (said["Number"], said["Status"], said["CustomerNumber"]) == (10186, 3, "1010")
    assert shop.get(f"orders/{order['Id']}")["Amount"] == order["Amount"] > 0


def test_an_order_is_invoiced_paid_or_unpaid(shop: Shop) -> None:
    order = shop.control("POST", "eaccounting/orders")
    invoice = shop.control("POST", f"eaccounting/orders/{order['Number']}/invoice", {"paid": True})
    assert (invoice["CreatedFromOrderId"], invoice["PaymentStatus"]) == (order["Id"], 0)
    assert invoice["TotalAmountInvoiceCurrency"] == order["Amount"] + order["VatAmount"]
    assert shop.get(f"orders/{order['Id']}")["Status"] == 4
    unpaid = shop.control(
        "POST", f"eaccounting/orders/{shop.control('POST', 'eaccounting/orders')['Number']}/invoice", {}
    )
    shop.control("POST", f"eaccounting/customerinvoices/{unpaid['InvoiceNumber']}", {"PaymentStatus": 0})
    assert (unpaid["PaymentStatus"], shop.get(f"customerinvoices/{unpaid['Id']}")["PaymentStatus"]) == (1, 0)


def test_customers_and_articles_are_edited_by_number(shop: Shop) -> None:
    customer = shop.control("POST", "eaccounting/customers/1001", {"Telephone": "050 1"})
    article = shop.control("POST", "eaccounting/articles/1e5", {"IsActive": False})
    assert shop.get(f"customers/{customer['Id']}")["Telephone"] == "050 1"
    assert shop.first("articles", "Number eq '1e5'")["IsActive"] is False
    assert article["ChangedUtc"] > "2026-11-20"
