"""The lines of customer invoices and credit notes: what the ERP accepts, fills in and works out.

Sources: "Visma.net ERP API" (CustomerInvoiceLinesUpdateDto; CustomerInvoiceLineDto: "only a non-stock item can be
selected"), the developer forum (a line without an item needs at least a description). Inferred: an amount given by
hand stands for quantity times price, and a discount is taken off it.
"""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.vismanet import tables, taxes
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company
from sandbox.vismanet.inventory_rules import is_stock, units_of
from sandbox.vismanet.invoice_body import LINE_NUMBERS, exact
from sandbox.vismanet.order_checks import SALEABLE
from sandbox.vismanet.order_lines import ACCOUNT_OF_ZONE, finest
from sandbox.vismanet.tax import HUNDRED, ZERO, cents

LONGEST_DESCRIPTION = 256
NOT_SET_UP = {
    "discountCode": "Discount Code",
    "taskId": "Project Task",
    "deferralCode": "Deferral Code",
    "deferralSchedule": "Deferral Schedule",
    "typeOfWork": "Type of Work",
}
"""What a line may refer to, but this company has none of."""

PRICING = ("inventoryNumber", "uom", "quantity", "unitPriceInCurrency")
"""A change of one of these works the amount of the line out again, also one that was given by hand."""


def filled_line(company: Company, head: Record, row: Record, number: int) -> Record:
    """Make a line of the fields that were sent: fill in the rest from item, debtor and zone, and price it."""
    row = exact(row, LINE_NUMBERS)
    item = company.item(row["inventoryNumber"]) if row.get("inventoryNumber") else None
    values: Record = item.values if item is not None else {}
    zone = head.get("customerVatZoneId")
    line = {
        **row,
        "lineNumber": number,
        "sent": row,
        "inventoryNumber": item.key if item is not None else row.get("inventoryNumber"),
        "description": row.get("description") or values.get("description"),
        "uom": row.get("uom") or values.get("salesUnit"),
        "branchNumber": row.get("branchNumber") or head.get("branchNumber"),
        "vatCodeId": row.get("vatCodeId") or values.get("vatCode") or taxes.ZONE_DEFAULT_CATEGORY.get(zone or ""),
        "accountNumber": row.get("accountNumber") or _account(company, head, values),
        "subaccount": row.get("subaccount") or [{"segmentId": 1, "segmentValue": "00"}],
    }
    _price(line, row, values, head["exchangeRate"])
    return line


def changed_line(company: Company, head: Record, stored: Record, row: Record) -> Record:
    """Lay the sent fields over a line; of amount and percent the discount sent last counts."""
    sent = dict(stored["sent"])
    if any(name in row for name in PRICING):
        sent.pop("manualAmountInCurrency", None)
    if "unitPriceInCurrency" not in row and "inventoryNumber" in row:
        sent.pop("unitPriceInCurrency", None)
    for given, other in (
        ("discountPercent", "discountAmountInCurrency"),
        ("discountAmountInCurrency", "discountPercent"),
    ):
        if given in row:
            sent.pop(other, None)
    return filled_line(company, head, {**sent, **row}, stored["lineNumber"])


def _account(company: Company, head: Record, item: Record) -> str | None:
    name = ACCOUNT_OF_ZONE.get(head.get("customerVatZoneId") or "", "salesAccount")
    customer = company.customer(head["customerNumber"])
    own = (customer.values.get("glAccounts") or {}) if customer is not None else {}
    return item.get(name) or own.get(name) or tables.CUSTOMER_ACCOUNTS[name]


def _price(line: Record, sent: Record, item: Record, rate: Decimal) -> None:
    quantity = finest(sent.get("quantity") or ZERO)
    price, manual = sent.get("unitPriceInCurrency"), sent.get("manualAmountInCurrency")
    if price is None and manual is not None:
        price = manual / quantity if quantity else ZERO
    elif price is None:
        price = Decimal(item.get("defaultPrice") or 0) / rate
    line["quantity"], line["unitPriceInCurrency"] = quantity, finest(price)
    before = cents(manual if manual is not None else quantity * line["unitPriceInCurrency"])
    amount, percent = sent.get("discountAmountInCurrency"), sent.get("discountPercent")
    if sent.get("manualDiscount") is False:
        amount = percent = None
    discount = cents(amount) if amount is not None else cents(before * (percent or ZERO) / HUNDRED)
    if percent is None:
        percent = finest(discount / before * HUNDRED) if before else ZERO
    line.update(
        manualDiscount=bool(sent.get("manualDiscount")) or bool(discount),
        discountAmountInCurrency=discount,
        discountPercent=percent,
        extended=before,
        amount=before - discount,
    )


def unknown_in_line(company: Company, line: Record) -> Iterator[str]:
    """Name what a line refers to and the company does not have."""
    number = line.get("inventoryNumber")
    if number and company.item(number) is None:
        yield "Inventory ID"
    lists = (
        ("accountNumber", "account", "accountCD", "Account"),
        ("vatCodeId", "vatCategory", "vatCategoryId", "Tax Category"),
        ("branchNumber", "branch", "number", "Branch"),
        ("uom", "unitofmeasure", "fromUnit", "UOM"),
    )
    for name, rows, key, label in lists:
        if line.get(name) and not company.master.knows(rows, key, line[name]):
            yield label
    if any(part.get("segmentValue") not in tables.SUBACCOUNTS for part in line["subaccount"]):
        yield "Subaccount"
    if line.get("salesperson") and line["salesperson"] not in tables.SALES_PERSONS:
        yield "Salesperson"
    for name, label in NOT_SET_UP.items():
        if line.get(name) not in (None, ""):
            yield label


def faults_of_line(company: Company, line: Record) -> Iterator[str]:
    """Name what is wrong with a line that refers to known things only."""
    item = company.item(line["inventoryNumber"]) if line.get("inventoryNumber") else None
    if item is None and not (line.get("description") or "").strip():
        yield "'Transaction Descr.' cannot be empty."
    if len(line.get("description") or "") > LONGEST_DESCRIPTION:
        yield f"'Transaction Descr.' is longer than {LONGEST_DESCRIPTION} characters."
    if item is not None:
        if item.values["status"] not in SALEABLE:
            yield f"The item '{item.key}' cannot be sold: its status is {item.values['status']}."
        if is_stock(item.values) and not line.get("soOrderNbr") and not company.invoice_set_up.stock_items:
            yield f"The item '{item.key}' is a stock item: only a non-stock item can be selected."
        if line["uom"] not in units_of(item):
            yield f"The unit '{line['uom']}' cannot be converted into the base unit of the item '{item.key}'."
    if line["accountNumber"] in tables.INACTIVE_ACCOUNTS:
        yield f"Account '{line['accountNumber']}' is inactive."
    if line["accountNumber"] in tables.CONTROL_ACCOUNTS:
        yield f"Account '{line['accountNumber']}' is a control account and cannot be entered by hand."
    if abs(line["discountAmountInCurrency"]) > abs(line["extended"]):
        yield "'Discount Amount' cannot be greater than 'Ext. Price'."
    if line.get("domesticServicesDeductible"):
        yield "Deductible domestic services are not enabled in this company."
