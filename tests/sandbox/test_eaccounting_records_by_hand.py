"""What people do with articles and customers in the imitated eAccounting: enter, count, archive, delete."""

from decimal import Decimal
from urllib.parse import quote

import pytest

from tests.sandbox.shop_caller import Shop


def test_an_article_is_entered_with_as_much_as_is_said(shop: Shop) -> None:
    plain = shop.control("POST", "eaccounting/articles")
    said = shop.control("POST", "eaccounting/articles", {"Number": "X-1", "GrossPrice": 121, "IsStock": True})
    assert (said["NetPrice"], said["GrossPrice"], said["IsStock"]) == (100, 121, True)
    assert {row["Number"] for row in shop.rows("articles", pagesize=1000)} >= {plain["Number"], "X-1"}
    assert plain["CreatedUtc"] > "2026-11-20"
    assert shop.http.post("/_sandbox/eaccounting/articles", json={"Number": "X-1"}).status_code == 409


@pytest.mark.parametrize("number", ["STOCK-1", "A/B #1", "C&A?=50%+"])
def test_the_stock_of_an_article_is_counted(shop: Shop, number: str) -> None:
    before = next(row for row in shop.rows("articles", pagesize=1000) if row["Number"] == number)
    counted = shop.control(
        "POST", f"eaccounting/articles/{quote(number, safe='')}/stock", {"balance": 3, "reserved": 1}
    )
    assert (counted["StockBalance"], counted["StockBalanceAvailable"]) == (3, 2)
    assert counted["StockValue"] == 3 * before["PurchasePrice"]
    assert counted["StockBalanceManuallyChangedUtc"] > before["ChangedUtc"] == counted["ChangedUtc"]
    assert shop.get(f"articles/{before['Id']}") == counted


def test_a_change_over_the_api_keeps_what_is_reserved(shop: Shop) -> None:
    article = shop.first("articles", "Number eq 'STOCK-1'")
    changed = shop.call("PUT", f"articles/{article['Id']}", article | {"StockBalance": 50})
    assert changed.status_code == 200, changed.text
    after = shop.get(f"articles/{article['Id']}")
    assert (after["StockBalanceReserved"], after["StockBalanceAvailable"]) == (15, 35)
    assert after["StockValue"] == 50 * after["PurchasePrice"]


def test_a_balance_may_be_negative_or_a_fraction(shop: Shop) -> None:
    for balance in (Decimal("-2"), Decimal("1.25")):
        counted = shop.control("POST", "eaccounting/articles/KG-2/stock", {"balance": str(balance), "reserved": 0})
        assert counted["StockBalanceAvailable"] == balance


def test_an_article_is_edited_and_deleted_whatever_its_number(shop: Shop) -> None:
    address = f"eaccounting/articles/{quote('A/B #1', safe='')}"
    assert shop.control("POST", address, {"Name": "Anders"})["Name"] == "Anders"
    shop.control("DELETE", address)
    assert "A/B #1" not in {row["Number"] for row in shop.rows("articles", pagesize=1000)}
    assert shop.http.delete(f"/_sandbox/{address}").status_code == 404


def test_a_customer_is_entered_archived_and_deleted(shop: Shop) -> None:
    customer = shop.control("POST", "eaccounting/customers", {"Name": "Nieuw B.V."})
    path = f"eaccounting/customers/{customer['CustomerNumber']}"
    shop.control("POST", path, {"ChangedUtc": "2026-01-05T12:00:00Z"})
    archived = shop.control("POST", f"{path}/archive")
    assert (archived["IsActive"], archived["ChangedUtc"] >= customer["ChangedUtc"]) == (False, True)
    assert shop.get(f"customers/{customer['Id']}")["IsActive"] is False
    shop.control("DELETE", path)
    assert shop.call("GET", f"customers/{customer['Id']}").status_code == 400
    refused = shop.http.post("/_sandbox/eaccounting/customers", json={"VatNumber": "NL12.34B"})
    assert (refused.status_code, refused.json()["ErrorCode"]) == (400, 4025)


def test_an_order_is_deleted_by_hand_and_an_invoice_is_not(shop: Shop) -> None:
    shop.control("DELETE", "eaccounting/orders/10001")
    assert shop.rows("orders", filter="Number eq 10001") == []
    assert shop.http.delete("/_sandbox/eaccounting/customerinvoices/20001").status_code == 404


def test_a_partial_list_has_three_pages_and_its_second_lacks_rows(shop: Shop) -> None:
    shop.control("POST", "eaccounting/switch", {"partial_lists": ["articles"]})
    pages = [shop.get("articles", page=number, pagesize=1000) for number in (1, 2, 3)]
    sizes = [len(page["Data"]) for page in pages]
    meta = pages[0]["Meta"]
    assert {page["Meta"]["TotalNumberOfPages"] for page in pages} == {3}
    assert sizes[1] < meta["PageSize"] == sizes[0]
    assert sum(sizes) < meta["TotalNumberOfResults"] == len(shop.state("articles"))
    assert len(shop.rows("customers", pagesize=1000)) == len(shop.state("customers"))
    shop.control("POST", "eaccounting/switch", {"partial_lists": []})
    assert len(shop.rows("articles", pagesize=1000)) == len(shop.state("articles"))
