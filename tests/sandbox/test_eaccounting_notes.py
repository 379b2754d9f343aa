"""Notes of the imitated eAccounting: entered on an order, and read by the keys that the order names."""

from tests.sandbox.shop_caller import Record, Shop, order_body, refusal

ORDER = 6


def noted(shop: Shop, order: Record, text: str) -> Record:
    answer = shop.call("POST", "notes", {"AttachedTo": order["Id"], "DocumentType": ORDER, "Text": text})
    assert answer.status_code == 200, answer.text
    note: Record = answer.json()
    return note


def test_an_order_names_its_notes_and_each_is_read_by_its_key(shop: Shop) -> None:
    order = shop.rows("orders")[0]
    notes = [noted(shop, order, text) for text in ("Verzonden", "Nagezonden")]
    assert shop.get(f"orders/{order['Id']}")["Notes"] == [note["Id"] for note in notes]
    assert [shop.get(f"notes/{note['Id']}")["Text"] for note in notes] == ["Verzonden", "Nagezonden"]
    assert [note["Text"] for note in shop.rows("notes")] == ["Verzonden", "Nagezonden"]


def test_an_order_keeps_its_notes_when_it_is_replaced(shop: Shop) -> None:
    customer = shop.new_customer()
    order = shop.new_order(customer, [{"ArticleNumber": "A-1001", "Quantity": 1, "UnitPrice": 10}]).json()
    note = noted(shop, order, "Verzonden")
    body = order_body(customer, [{"ArticleNumber": "A-1001", "Quantity": 2, "UnitPrice": 10}])
    assert shop.call("PUT", f"orders/{order['Id']}", body).status_code == 200
    assert shop.get(f"orders/{order['Id']}")["Notes"] == [note["Id"]]


def test_a_note_that_is_too_long_or_on_no_order_is_refused(shop: Shop) -> None:
    order = shop.rows("orders")[0]
    long = {"AttachedTo": order["Id"], "DocumentType": ORDER, "Text": "x" * 257}
    nowhere = {"AttachedTo": "c0ffee00-0000-4000-8000-000000000001", "DocumentType": ORDER, "Text": "Verzonden"}
    assert refusal(shop.call("POST", "notes", long)) == (400, 2000)
    assert refusal(shop.call("POST", "notes", nowhere)) == (400, 3000)
    assert shop.state("notes") == []
