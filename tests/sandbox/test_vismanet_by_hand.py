"""What people do at the ERP's screens while a program is at work."""

from tests.sandbox.vismanet_caller import Caller


def test_a_person_changes_an_order_and_moves_its_version(vismanet: Caller) -> None:
    item = vismanet.by_hand("items", {"inventoryNumber": "HAND-1", "description": "Ding", "itemClass": "STOCK"})
    path = vismanet.new_order(vismanet.new_customer(), [])
    before = vismanet.version(path)
    line = {"inventoryId": item["inventoryNumber"], "quantity": 1, "unitPrice": 5}
    vismanet.by_hand(f"orders{path}", {"description": "gebeld", "lines": [line], "status": "Shipping"})
    order = vismanet.order(path)
    assert vismanet.version(path) != before
    assert (order["description"], order["status"]["description"], order["orderQty"]) == ("gebeld", "Shipping", 1)


def test_a_person_types_an_order_in(vismanet: Caller) -> None:
    customer = vismanet.by_hand("customers", {"name": "Balie", "customerClassId": "OTHER"})["number"]
    order = vismanet.by_hand("orders", {"type": "SO", "customer": {"id": customer, "refNo": "1042"}})
    assert (order["createdBy"], order["customer"]["refNo"]) == ("boekhouder", "1042")
    assert [row for row in vismanet.state("mailed") if row["number"] in (customer, order["orderId"])] == []


def test_a_person_deletes_an_order(vismanet: Caller) -> None:
    path = vismanet.new_order(vismanet.new_customer(), [])
    assert vismanet.call("DELETE", f"/_sandbox/vismanet/orders{path}").status_code == 200
    assert vismanet.orders("GET", path).status_code == 404


def test_a_person_enters_a_contact(vismanet: Caller) -> None:
    customer = vismanet.new_customer()
    contact = vismanet.by_hand("contacts", {"lastName": "Smit", "businessAccount": customer})
    assert vismanet.core("GET", f"customer/{customer}/contact").json()[0]["contactId"] == contact["contactId"]


def test_what_a_person_cannot_do_is_refused_too(vismanet: Caller) -> None:
    refusals = {
        "customers/99999": {"name": "X"},
        "items/NOPE": {"status": "Inactive"},
        "orders/SO/NOPE": {"description": "X"},
        "customers": {"name": "X"},
    }
    statuses = [
        vismanet.call("POST", f"/_sandbox/vismanet/{path}", body).status_code for path, body in refusals.items()
    ]
    assert statuses == [404, 404, 404, 400]
