"""The stock module of the imitated eAccounting, and lists of stock in the imitated Visma.net that are not whole."""

from typing import Any

from tests.sandbox.shop_caller import Shop


def article(shop: Shop, number: str = "STOCK-1") -> dict[str, Any]:
    return shop.first("articles", f"Number eq '{number}'")


def test_with_the_stock_module_a_balance_is_read_only(shop: Shop) -> None:
    before = article(shop)
    written = shop.call("PUT", f"articles/{before['Id']}", before | {"StockBalance": 50, "Name": "Anders"})
    assert (written.json()["StockBalance"], written.json()["Name"]) == (50, "Anders")
    shop.control("POST", "eaccounting/switch", {"stock_module": True})
    ignored = shop.call("PUT", f"articles/{before['Id']}", before | {"StockBalance": 70, "Name": "Weer anders"})
    assert (ignored.json()["StockBalance"], ignored.json()["Name"]) == (50, "Weer anders")


def test_with_the_stock_module_only_stock_articles_show_their_stock(shop: Shop) -> None:
    goods = [row for row in shop.rows("articles", pagesize=1000) if not row["IsServiceArticle"]]
    assert all(row["ShowStockInformation"] for row in goods)
    shop.control("POST", "eaccounting/switch", {"stock_module": True})
    rows = shop.rows("articles", pagesize=1000)
    assert all(row["ShowStockInformation"] == (row["IsStock"] and not row["IsServiceArticle"]) for row in rows)
    assert "stock" in shop.get("companysettings")["ActivatedModules"]
    shop.control("POST", "eaccounting/switch", {"stock_module": False})
    assert article(shop)["ShowStockInformation"]
    assert "stock" not in shop.get("companysettings")["ActivatedModules"]


def test_the_labels_of_an_article_survive_a_change(shop: Shop) -> None:
    labelled = next(row for row in shop.rows("articles", pagesize=1000) if row["ArticleLabels"])
    changed = shop.call("PUT", f"articles/{labelled['Id']}", labelled | {"Note": "By hand"})
    assert changed.json()["ArticleLabels"] == labelled["ArticleLabels"]
