"""Orders of Visma.net read in every way there is, and an order of eAccounting with all that we send of one."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

MARKER = "Visma.net SO Æ-1"
PLACE = {"CustomerName": "Æ 1", "Address1": "Kade 1", "Address2": "2", "PostalCode": "9711 AB", "City": "Groningen"}


async def make_orders(source: EAccountingClient, target: VismaNetClient, since: datetime, until: datetime) -> None:
    """Read orders from lists and whole, then make a draft, find it again and turn it into an order."""
    listed = [one.record async for page in target.sales_orders.changed(since, until, {"SO"}) for one in page]
    assert len(await target.sales_orders.whole({one.key for one in listed[:2]})) == 2
    assert (await target.sales_orders.numbered([listed[0].number], ["SO"]))[0].body["lines"]
    body = await _order(source)
    key = await source.order_documents.create(body, MARKER)
    assert key in {one.key async for page in source.order_documents.made_since(since) for one in page}
    await source.order_documents.make_order(key)
    made = await source.order_documents.read(key)
    assert made is not None
    assert (made.reference, made.state, made.total) == (MARKER, "open", Decimal("13.55"))
    assert key in {one.key async for page in source.order_documents.moved_since(since) for one in page}
    assert await source.order_documents.totals([made.number]) == {made.number: {made.total}}


async def _order(source: EAccountingClient) -> dict[str, Any]:
    rows = await source.mapping_rows("customers")
    usual = (one for one in rows if (one["CurrencyCode"], one["InvoiceCountryCode"]) == ("EUR", "NL"))
    customer = next(one["Id"] for one in usual if one["IsActive"] and not one["IsPrivatePerson"])
    assert (await source.sold.buyers([customer]))[customer].country == "NL"
    assert (await source.sold.price_rules()).currency == "EUR"
    article = (await source.sold.articles(["A-1005"]))["A-1005"]
    needed = {"IsWorkCost": False, "EligibleForReverseChargeOnVat": False}
    price = {"Quantity": Decimal("2.5"), "UnitPrice": Decimal("4.98"), "DiscountPercentage": Decimal("0.1005")}
    return {
        "Status": 1,
        "CustomerId": customer,
        "CurrencyCode": "EUR",
        "OrderDate": "2026-11-20",
        "DeliveryDate": "2026-11-27",
        "OurReference": MARKER,
        "YourReference": "Anna",
        "BuyersOrderReference": "PO 1",
        "TermsOfPaymentId": (await source.master_data("terms_of_payment"))[0].id,
        "DeliveryMethodName": (await source.master_data("delivery_methods"))[0].description,
        "DeliveryTermName": (await source.master_data("delivery_terms"))[0].description,
        **{f"{whose}{name}": value for whose in ("Invoice", "Delivery") for name, value in PLACE.items()},
        "InvoiceCountryCode": "NL",
        "DeliveryCountryCode": "NL",
        "EuThirdParty": False,
        "ReverseChargeOnConstructionServices": False,
        "RotReducedInvoicingType": 0,
        "Rows": [
            {**needed, "LineNumber": 1, "IsTextRow": False, "ArticleId": article.key, "Text": "Hangmat", **price},
            {**needed, "LineNumber": 2, "IsTextRow": True, "Text": "Bel aan"},
        ],
    }
