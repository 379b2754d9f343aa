"""The lines of a sales order: filled in from the item and priced as the ERP does."""

from decimal import ROUND_HALF_UP, Decimal

from sandbox.vismanet import tables, taxes
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.tax import HUNDRED, ZERO, cents

FINEST = Decimal("0.0001")
"""Quantities and unit prices keep four decimals; finer ones are rounded half up without a word."""

ACCOUNT_OF_ZONE = {
    taxes.EU_BUSINESS: "salesEuAccount",
    taxes.EXPORT: "salesExportAccount",
    taxes.NO_VAT: "salesNonTaxableAccount",
}


def new_line(company: Company, head: Record, row: Record, line_id: int) -> Record:
    """Make a line that has passed its checks: fill in what was not sent and price it."""
    item = company.known_item(row["inventoryId"])
    account = ACCOUNT_OF_ZONE.get(head.get("taxZoneId") or "", "salesAccount")
    line = {
        **row,
        "lineId": line_id,
        "sortOrder": line_id,
        "inventoryId": item.key,
        "quantity": row.get("quantity", ZERO),
        "description": row.get("description") or item.values["description"],
        "unitOfMeasure": row.get("unitOfMeasure") or item.values["salesUnit"],
        "branchId": row.get("branchId") or head.get("branchId"),
        "warehouseId": row.get("warehouseId") or _warehouse(head, item),
        "taxCategoryId": row.get("taxCategoryId") or item.values.get("vatCode"),
        "salesAccountId": row.get("salesAccountId") or item.values.get(account),
        "subaccount": row.get("subaccount") or {"1": "00"},
        "operation": "Issue",
        "shippingRule": row.get("shippingRule") or head.get("shipping", {}).get("rule") or "BackOrderAllowed",
    }
    price_line(item, line, row, str(head["currencyId"]))
    return line


def changed_line(company: Company, head: Record, stored: Record, row: Record) -> Record:
    """Lay the sent fields over a line; a new quantity without a manual price fetches the item's price."""
    item = company.known_item(stored["inventoryId"])
    line = {**stored, **row}
    priced = {name: line.get(name) for name in ("hasManualPrice", "hasManualDiscount", "unitPrice")}
    if not line.get("hasManualPrice") and "unitPrice" not in row and ("quantity" in row or "unitOfMeasure" in row):
        priced["unitPrice"] = None
    given = (
        "discountAmount"
        if "discountAmount" in row
        else "discountPercent"
        if "discountPercent" in row
        else stored["discountGivenAs"]
    )
    priced[given] = line.get(given)
    price_line(item, line, priced, str(head["currencyId"]))
    return line


def price_line(item: Stored, line: Record, sent: Record, currency: str) -> None:
    """Set the price, the discount and the amount of a line, rounded half up to cents.

    Without a price, or with `hasManualPrice` false, the price is the item's; with `hasManualDiscount` false
    there is no discount: the company has no discount rules (SalesOrders OpenAPI v3, NewSalesOrderLineDto).
    """
    price = sent.get("unitPrice")
    if price is None or sent.get("hasManualPrice") is False:
        price = Decimal(item.values.get("defaultPrice") or 0) / tables.EXCHANGE_RATES[currency]
    line["unitPrice"] = finest(price)
    line["quantity"] = finest(line["quantity"])
    line["hasManualPrice"] = bool(sent.get("hasManualPrice"))
    before = cents(line["quantity"] * line["unitPrice"])
    amount, percent = sent.get("discountAmount"), sent.get("discountPercent")
    if sent.get("hasManualDiscount") is False:
        amount = percent = None
    line["discountGivenAs"] = "discountPercent" if amount is None else "discountAmount"
    discount = cents(amount) if amount is not None else cents(before * (percent or ZERO) / HUNDRED)
    line["hasManualDiscount"] = bool(sent.get("hasManualDiscount")) or bool(discount)
    line["discountAmount"] = discount
    line["discountPercent"] = (
        percent if percent is not None else finest(discount / before * HUNDRED) if before else ZERO
    )
    line["totalBeforeDiscount"] = before
    line["amount"] = before - discount


def finest(value: Decimal) -> Decimal:
    """Round a quantity or price to four decimals when it has more."""
    exponent = value.as_tuple().exponent
    return value.quantize(FINEST, ROUND_HALF_UP) if isinstance(exponent, int) and exponent < -4 else value


def _warehouse(head: Record, item: Stored) -> str | None:
    preferred: str | None = head.get("shipping", {}).get("preferredWarehouseId")
    return preferred or item.values.get("defaultWarehouse")
