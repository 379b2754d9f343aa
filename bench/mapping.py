"""How fast the mapping of orders is, beside plain Python that gives the same.

Both halves: an order of 64 fields and three rows, as the source sends it, becomes a checked record, and the record
a checked payload. Prints `name: value` lines; exit code 1 below the goal. Run: `python -m bench.mapping`.
"""

import cProfile
import pstats
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import simplejson

from visma_sync.domain.order import Order
from visma_sync.domain.totals import Totals
from visma_sync.mapping.catalog import load_mapping
from visma_sync.mapping.examples import differences
from visma_sync.sync.orders.plan import OrderPlan, PlannedFreight
from visma_sync.sync.sales.lines import PlannedLine
from visma_sync.systems.vismanet.wire import NewSalesOrder

FOLDER = Path(__file__).parents[1] / "include/mappings"
FLOW = "orders_eaccounting_to_vismanet"
ORDERS_PER_SECOND = 2500
SHARE_OF_PLAIN_PYTHON = 0.12
ORDERS, ROUNDS = 1000, 5

SOURCE: dict[str, Any] = simplejson.loads(
    """{
  "Id": "6f1c2f0e-0000-4000-8000-000000001042", "Number": 1042, "Status": 2, "CurrencyCode": "EUR",
  "Amount": 1049.00, "VatAmount": 220.29, "RoundingsAmount": 0.00, "DeliveredAmount": 0.00,
  "DeliveredVatAmount": 0.00, "DeliveredRoundingsAmount": 0.00, "CreatedUtc": "2026-01-02T09:30:00.123Z",
  "ModifiedUtc": "2026-01-02T10:30:00.123Z", "OrderDate": "2026-01-02T00:00:00", "DeliveryDate": "2026-01-09T00:00:00",
  "ShippedDateTime": null, "CustomerId": "6f1c2f0e-0000-4000-8000-000000000007", "CustomerNumber": "007",
  "CustomerName": "Acme B.V.", "CustomerIsPrivatePerson": false, "IncludesVat": false, "EuThirdParty": false,
  "InvoiceCustomerName": "Acme B.V.", "InvoiceAddress1": "Kade 1", "InvoiceAddress2": "2 hoog",
  "InvoicePostalCode": "1011 AB", "InvoiceCity": "Amsterdam", "InvoiceCountryCode": "NL",
  "DeliveryCustomerName": "Acme Magazijn", "DeliveryAddress1": "Haven 12", "DeliveryAddress2": null,
  "DeliveryPostalCode": "3011 CD", "DeliveryCity": "Rotterdam", "DeliveryCountryCode": "NL",
  "YourReference": "Anna de Vries", "OurReference": "Bo", "BuyersOrderReference": "PO-2026-9",
  "DeliveryMethodName": "Parcel", "DeliveryMethodCode": "P", "DeliveryMethodId": "d-1",
  "DeliveryTermName": "Carriage paid", "DeliveryTermCode": "CPT", "DeliveryTermId": "e-1",
  "TermsOfPaymentId": "t-30", "HouseWorkAmount": 0.00, "HouseWorkAutomaticDistribution": false,
  "HouseWorkCorporateIdentityNumber": null, "HouseWorkPropertyName": null, "RotReducedInvoicingType": 0,
  "MaxAllowedTaxReductionAmount": 0.00, "RotReducedInvoicingPercent": 0.00, "RotPropertyType": null, "Persons": [],
  "ReverseChargeOnConstructionServices": false, "UsesGreenTechnology": false, "IsNotDelivered": true,
  "ContributionMargin": null, "CreatedFromQuoteId": null, "BackgroundId": null, "SalesDocumentAttachments": [],
  "MessageThreads": [], "Notes": [], "Version": 3, "Origin": "shop",
  "Rows": [
    {"LineNumber": 1, "IsTextRow": false, "ArticleNumber": "1e5", "Text": "Bolt", "Quantity": 2.0,
     "UnitPrice": 500.00, "DiscountPercentage": 0.05, "Amount": 950.00, "VatRate": 0.21,
     "UnitId": "u-1", "IsServiceArticle": false},
    {"LineNumber": 2, "IsTextRow": false, "ArticleNumber": "007", "Text": "Nut", "Quantity": 10.0,
     "UnitPrice": 9.00, "DiscountPercentage": 0.00, "Amount": 90.00, "VatRate": 0.21,
     "UnitId": "u-1", "IsServiceArticle": false},
    {"LineNumber": 3, "IsTextRow": false, "ArticleNumber": "W-1", "Text": "Work", "Quantity": 0.5,
     "UnitPrice": 18.00, "DiscountPercentage": 0.00, "Amount": 9.00, "VatRate": 0.21,
     "UnitId": "u-2", "IsServiceArticle": true}]
}""",
    use_decimal=True,
)
LISTS: dict[str, Any] = {
    "termsofpayments": {"t-30": {"Name": "30 days"}},
    "units": {"u-1": {"Abbreviation": "st"}, "u-2": {"Abbreviation": "h"}},
}
SETTINGS: Any = SimpleNamespace(vat=SimpleNamespace(home_country="NL"))
LINKS = {"customer": "10007"}
PLAN = OrderPlan(
    marker="1042",
    order_type="SO",
    order_id="",
    customer_number="10007",
    branch="1",
    vat_zone="DOMESTIC",
    credit_terms="30",
    payment_method="",
    cash_account="",
    ship_via="PARCEL",
    shipping_terms="CPT",
    warehouse="1",
    note="Ring the bell",
    lines=tuple(
        PlannedLine(
            position=row["LineNumber"],
            product_number=row["ArticleNumber"],
            text=row["Text"],
            note="",
            quantity=row["Quantity"],
            unit="STK",
            unit_price=row["UnitPrice"],
            discount_amount=Decimal(0),
            amount=row["Amount"],
            vat_category="NL21",
            account="8000",
        )
        for row in SOURCE["Rows"]
    ),
    freight=PlannedFreight(Decimal("9.50"), "NL21"),
    expected=Totals(Decimal("1269.29"), Decimal("220.29")),
    rounding=Decimal(0),
)


def plain_read(source: dict[str, Any]) -> Order:
    """Reads the order in plain Python."""
    get = source.get
    invoice_name = get("InvoiceCustomerName") or get("CustomerName") or ""
    is_delivered_elsewhere = get("DeliveryCity") or get("DeliveryAddress1")
    side = "Delivery" if is_delivered_elsewhere else "Invoice"
    terms = get("TermsOfPaymentId")
    return Order.model_validate(
        {
            "key": source["Id"],
            "number": str(source["Number"]),
            "status": {1: "draft", 2: "ongoing", 3: "shipped", 4: "invoiced"}[source["Status"]],
            "created_at": source["CreatedUtc"],
            "changed_at": get("ModifiedUtc"),
            "ordered_on": source["OrderDate"][:10],
            "delivery_on": (get("DeliveryDate") or "")[:10] or None,
            "currency": source["CurrencyCode"],
            "includes_vat": get("IncludesVat") or False,
            "amount": source["Amount"],
            "vat_amount": get("VatAmount") or 0,
            "rounding_amount": get("RoundingsAmount") or 0,
            "customer_key": source["CustomerId"],
            "customer_number": str(get("CustomerNumber") or ""),
            "customer_name": invoice_name,
            "is_private": get("CustomerIsPrivatePerson") or False,
            "invoice_address": {"name": invoice_name, **plain_address(source, "Invoice")},
            "delivery_address": {
                "name": get("DeliveryCustomerName") or get("InvoiceCustomerName") or "",
                **plain_address(source, side),
            },
            "buyer_reference": get("BuyersOrderReference") or "",
            "your_reference": get("YourReference") or "",
            "our_reference": get("OurReference") or "",
            "delivery_method": get("DeliveryMethodName") or get("DeliveryMethodCode") or "",
            "delivery_term": get("DeliveryTermName") or get("DeliveryTermCode") or "",
            "payment_terms": LISTS["termsofpayments"][terms]["Name"] if terms else "",
            "tax_form": plain_tax_form(source),
            "lines": [plain_line(row) for row in get("Rows") or []],
        }
    )


def plain_address(source: dict[str, Any], side: str) -> dict[str, Any]:
    return {
        "line1": source.get(f"{side}Address1") or "",
        "line2": source.get(f"{side}Address2") or "",
        "postal_code": source.get(f"{side}PostalCode") or "",
        "city": source.get(f"{side}City") or "",
        "country": (source.get(f"{side}CountryCode") or "").upper(),
    }


def plain_tax_form(source: dict[str, Any]) -> str:
    if source.get("RotReducedInvoicingType"):
        return "house_work"
    if source.get("UsesGreenTechnology"):
        return "green_technology"
    if source.get("ReverseChargeOnConstructionServices"):
        return "construction_reverse_charge"
    return "triangular_trade" if source.get("EuThirdParty") else "ordinary"


def plain_line(row: dict[str, Any]) -> dict[str, Any]:
    rate, unit = row.get("VatRate"), row.get("UnitId")
    return {
        "position": row["LineNumber"],
        "is_text": row["IsTextRow"],
        "product_number": row.get("ArticleNumber") or "",
        "text": row.get("Text") or "",
        "quantity": row.get("Quantity") or 0,
        "unit": LISTS["units"][unit]["Abbreviation"] if unit else "",
        "unit_price": row.get("UnitPrice") or 0,
        "discount_rate": row.get("DiscountPercentage") or 0,
        "amount": row.get("Amount") or 0,
        "vat_rate": rate if rate is None or rate < 1 else rate / 100,
        "is_service": row.get("IsServiceArticle") or False,
    }


def plain_write(order: Order) -> dict[str, Any]:
    """Writes the payload in plain Python."""
    invoice, delivery = order.invoice_address, order.delivery_address
    reference, delivery_on, freight = order.your_reference or None, order.delivery_on, PLAN.freight
    billing_contact = filled(name=shorter(invoice.name, 255), attention=shorter(reference, 255))
    payload = filled(
        type=PLAN.order_type,
        orderId=PLAN.order_id or None,
        status="Hold",
        customer=filled(
            id=LINKS["customer"],
            refNo=PLAN.marker,
            order=shorter(order.buyer_reference, 40),
            termsId=PLAN.credit_terms or None,
        ),
        currencyId=order.currency,
        date=order.ordered_on.isoformat(),
        requestOn=delivery_on.isoformat() if delivery_on else None,
        description=shorter(reference, 255),
        note=shorter(PLAN.note, 2048),
        branchId=PLAN.branch or None,
        taxZoneId=PLAN.vat_zone or None,
        billing=filled(address=plain_sent_address(invoice), contact=billing_contact),
        shipping=filled(
            address=plain_sent_address(delivery),
            contact=filled(name=shorter(delivery.name, 255)),
            shipViaId=PLAN.ship_via or None,
            termsId=PLAN.shipping_terms or None,
            preferredWarehouseId=PLAN.warehouse or None,
        ),
        freight=filled(premiumAmount=freight.amount, taxCategoryId=freight.vat_category) if freight else None,
        paymentSettings=filled(paymentMethodId=PLAN.payment_method or None, cashAccountId=PLAN.cash_account or None),
        orderLines=[plain_sent_line(line) for line in PLAN.lines],
    )
    return NewSalesOrder.model_validate(payload).model_dump(exclude_unset=True, by_alias=True)


def plain_sent_address(address: Any) -> dict[str, Any] | None:
    return filled(
        line1=shorter(address.line1, 50),
        line2=shorter(address.line2, 50),
        postalCode=shorter(address.postal_code, 20),
        city=shorter(address.city, 50),
        countryId=address.country or SETTINGS.vat.home_country,
    )


def plain_sent_line(line: PlannedLine) -> dict[str, Any] | None:
    return filled(
        inventoryId=line.product_number,
        quantity=line.quantity,
        unitOfMeasure=line.unit or None,
        unitPrice=line.unit_price,
        hasManualPrice=True,
        discountAmount=line.discount_amount,
        hasManualDiscount=True,
        description=shorter(line.text, 256),
        note=shorter(line.note, 2048),
        warehouseId=PLAN.warehouse or None,
        taxCategoryId=line.vat_category or None,
        salesAccountId=line.account or None,
    )


def filled(**fields: Any) -> dict[str, Any] | None:
    return {name: value for name, value in fields.items() if value is not None} or None


def shorter(text: str | None, limit: int) -> str | None:
    return text[:limit] if text else None


def seconds_each(work: Callable[[], object]) -> float:
    """Measures CPU seconds for one call: the best of some rounds, since other work shares the machine."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for _ in range(ORDERS):
            work()
        best = min(best, time.process_time() - start)
    return best / ORDERS


def main() -> int:
    """Measures and prints; 1 where a goal is missed, with the functions that took the time."""
    start = time.process_time()
    mapping = load_mapping(FLOW, FOLDER, record=Order, documents={"order": NewSalesOrder})
    loading = time.process_time() - start
    order = plain_read(SOURCE)

    def read() -> Any:
        return mapping.read(SOURCE, lists=LISTS, settings=SETTINGS)

    def write() -> dict[str, Any]:
        return mapping.write("order", order, links=LINKS, settings=SETTINGS, plan=PLAN).payload

    different = [
        *differences(order.model_dump(), read().model_dump(), "read", whole=True),
        *differences(plain_write(order), write(), "write", whole=True),
    ]
    if different:
        print("same_result: no", *different, sep="\n")
        return 1
    reading, writing = seconds_each(read), seconds_each(write)
    plain = seconds_each(lambda: plain_read(SOURCE)) + seconds_each(lambda: plain_write(order))
    orders_per_second, share = 1 / (reading + writing), plain / (reading + writing)
    print("same_result: yes")
    print(f"fields_of_source: {len(SOURCE)}")
    print(f"load_milliseconds: {loading * 1e3:.0f}")
    print(f"read_microseconds: {reading * 1e6:.0f}")
    print(f"write_microseconds: {writing * 1e6:.0f}")
    print(f"orders_per_second: {orders_per_second:.0f}")
    print(f"plain_python_orders_per_second: {1 / plain:.0f}")
    print(f"share_of_plain_python: {share:.2f}")
    if orders_per_second >= ORDERS_PER_SECOND and share >= SHARE_OF_PLAIN_PYTHON:
        return 0
    explain(read, write)
    return 1


def explain(*works: Callable[[], object]) -> None:
    """Prints where the time goes."""
    profile = cProfile.Profile()
    with profile:
        for _ in range(ORDERS):
            for work in works:
                work()
    pstats.Stats(profile).sort_stats("tottime").print_stats(20)


if __name__ == "__main__":
    sys.exit(main())
