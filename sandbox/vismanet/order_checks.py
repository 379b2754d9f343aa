"""What a sales order may say: head and lines against the company's records, with the published codes.

Source of codes and messages: SalesOrders OpenAPI v3, `x-visma-erp-error-codes`.
"""

from collections.abc import Callable

from sandbox.vismanet import tables, taxes
from sandbox.vismanet.answers import Finding, Record
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.inventory_rules import is_stock, units_of
from sandbox.vismanet.order_body import EMPTY_NOT_ALLOWED, INVALID_VALUE, NULL_NOT_ALLOWED, VALUE_NOT_ALLOWED
from sandbox.vismanet.tax import ZERO

MESSAGES = {
    NULL_NOT_ALLOWED: "Null value not allowed",
    EMPTY_NOT_ALLOWED: "Empty value not allowed",
    INVALID_VALUE: "Invalid value",
    VALUE_NOT_ALLOWED: "Value not allowed",
    "0200-LineIdDoesNotExist": "Line with provided Id does not exists in the order",
    "1101-DiscountAmountMoreThanExtPrice": "Discount amount can not be greater than Extended Price",
    "1105-InvalidDiscountCode": "Invalid DiscountCode. The Discount is missing or invalid",
    "1202-SegmentValueNotFound": "Segment value for Subaccount cannot be found",
    "1310-FreightCostCanNotBeSetManually": "Freight cost is not allowed to be set manually according to "
    "the Ship Via Code settings",
    "1401-MissingTermsId": "TermsId cannot be empty in the order. Set a default terms on the customer or "
    "specify the terms for the order",
    "1402-PaymentMethodIdNotFound": "Payment method set for order can not be found",
    "1403-InactivePaymentMethodId": "Payment methods set for order is inactive",
    "1407-InvalidCustomerStatus": "Invalid Customer Status",
    "1408-OverrideCurrencyIdProhibited": "Currency Id can not be overridden",
    "1502-CashAccountNotFound": "Cash account set on order can not be found",
    "1503-CashAccountInvalidForPaymentMethod": "Cash account cannot be used with the set Payment Method",
    "1600-FinancialPeriodNotFound": "No financial period that matches the selected Invoice date can be found",
    "1601-FinancialPeriodClosed": "Financial period is closed and cannot be set for order",
    "1700-WarehouseLocationNotFound": "Warehouse location is not found",
    "1800-InvalidLineOperation": "Given line operation is not accepted for this order type",
    "1802-InvalidWarehouseId": "Invalid Warehouse Id, or Warehouse Id not found",
    "1804-InventoryIdNotFound": "InventoryId cannot be found or is invalid",
    "1805-InvalidTaxCategoryId": "Invalid TaxCategoryId, or TaxCategory not found",
    "1806-InvalidSalesAccountId": "Invalid SalesAccountId specified",
    "1807-InvalidReasonCode": "Invalid ReasonCode, or ReasonCode not found",
    "1808-InvalidUnitOfMeasure": "Invalid Unit of Measure",
    "1809-InvalidQuantityForType": "Quantity must be zero or positive when inventory item is not of type MiscCharge",
    "1817-LineIdIsNotUnique": "The LineId provided is not unique in your request",
    "1825-DeleteSalesOrderWithShippedLines": "Cannot delete order containing lines that have been shipped",
    "1902-SalesPersonNotFound": "Sales Person is not found",
    "1903-SupplierNotFound": "Supplier not found or is not active",
    "1904-ProjectNotFound": "Project cannot be found",
    "1908-ProjectTaskNotFound": "Project task cannot be found",
}

SALEABLE = ("Active", "NoPurchases", "NoRequest")
SHIPPING_RULES = ("CancelRemainder", "BackOrderAllowed", "ShipComplete")
PURCHASE_SOURCES = ("", "dropShip", "purchaseToOrder")
NEW_STATUSES = ("", "Open", "Hold")

Known = Callable[[Company, object], bool]
Check = tuple[str, str, Known]


def found(code: str, where: str) -> Finding:
    """Give a finding with the published message of its code."""
    return Finding(code, where, MESSAGES[code])


def _in_list(name: str, key: str) -> Known:
    return lambda company, value: company.master.knows(name, key, value)


def _one_of(*values: str) -> Known:
    return lambda _, value: value in values


def _active_account(_company: Company, value: object) -> bool:
    return value in tables.ACCOUNTS and value not in tables.INACTIVE_ACCOUNTS


def _known_subaccount(_company: Company, value: object) -> bool:
    return isinstance(value, dict) and set(value) <= {"1"} and set(value.values()) <= set(tables.SUBACCOUNTS)


HEAD_CHECKS: tuple[Check, ...] = (
    ("branchId", INVALID_VALUE, _in_list("branch", "number")),
    ("currencyId", INVALID_VALUE, _in_list("currency", "id")),
    ("taxZoneId", INVALID_VALUE, _in_list("vatZone", "id")),
    ("customer.termsId", INVALID_VALUE, _in_list("creditTerm", "termsId")),
    ("customer.locationId", INVALID_VALUE, _one_of("MAIN")),
    ("billing.address.countryId", INVALID_VALUE, _in_list("country", "id")),
    ("shipping.address.countryId", INVALID_VALUE, _in_list("country", "id")),
    ("shipping.shipViaId", INVALID_VALUE, _in_list("carrier", "carrierId")),
    ("shipping.preferredWarehouseId", "1802-InvalidWarehouseId", _in_list("warehouse", "warehouseID")),
    ("shipping.termsId", INVALID_VALUE, _one_of(*tables.SHIPPING_TERMS)),
    ("shipping.zoneId", INVALID_VALUE, _one_of(*tables.SHIPPING_ZONES)),
    ("shipping.fobPointId", INVALID_VALUE, _one_of(*tables.FOB_POINTS)),
    ("shipping.rule", INVALID_VALUE, _one_of(*SHIPPING_RULES)),
    ("paymentSettings.paymentMethodId", "1402-PaymentMethodIdNotFound", _in_list("paymentmethod", "paymentMethodID")),
    ("paymentSettings.cashAccountId", "1502-CashAccountNotFound", _in_list("cashaccount", "number")),
    ("freight.taxCategoryId", "1805-InvalidTaxCategoryId", _one_of(*taxes.CATEGORIES)),
    ("financialInformation.postPeriod", "1600-FinancialPeriodNotFound", _in_list("financialPeriod", "period")),
    ("salesPersonId", "1902-SalesPersonNotFound", _one_of(*tables.SALES_PERSONS)),
    ("projectId", "1904-ProjectNotFound", _one_of()),
    ("ownerId", INVALID_VALUE, _one_of()),
)
"""What the head of an order may refer to; the company has no projects or employees."""

LINE_CHECKS: tuple[Check, ...] = (
    ("branchId", INVALID_VALUE, _in_list("branch", "number")),
    ("warehouseId", "1802-InvalidWarehouseId", _in_list("warehouse", "warehouseID")),
    ("warehouseLocationId", "1700-WarehouseLocationNotFound", _one_of(*tables.WAREHOUSE_LOCATIONS)),
    ("taxCategoryId", "1805-InvalidTaxCategoryId", _one_of(*taxes.CATEGORIES)),
    ("salesAccountId", "1806-InvalidSalesAccountId", _active_account),
    ("salesPersonId", "1902-SalesPersonNotFound", _one_of(*tables.SALES_PERSONS)),
    ("operation", "1800-InvalidLineOperation", _one_of("Issue")),
    ("shippingRule", INVALID_VALUE, _one_of(*SHIPPING_RULES)),
    ("purchaseOrderSource", INVALID_VALUE, _one_of(*PURCHASE_SOURCES)),
    ("subaccount", "1202-SegmentValueNotFound", _known_subaccount),
    ("discountCode", "1105-InvalidDiscountCode", _one_of()),
    ("reasonCode", "1807-InvalidReasonCode", _one_of()),
    ("supplierId", "1903-SupplierNotFound", _one_of()),
    ("projectTaskId", "1908-ProjectTaskNotFound", _one_of()),
)
"""What a line may refer to; the company has no discounts, reason codes, suppliers or projects."""


def new_order_findings(company: Company, body: Record, customer: Stored | None) -> list[Finding]:
    """Name what is wrong with a new order's type, number, debtor, addresses and status."""
    findings = [*_type_findings(company, body), *_customer_findings(body, customer)]
    for part in ("billing", "shipping"):
        address = body.get(part, {}).get("address")
        if address is not None and not address.get("countryId"):
            findings.append(found(EMPTY_NOT_ALLOWED, f"{part}.address.countryId"))
    if body.get("status", "") not in NEW_STATUSES:
        findings.append(found(INVALID_VALUE, "status"))
    return findings


def head_findings(company: Company, head: Record, sent: Record) -> list[Finding]:
    """Name what is wrong with the head as it would become; only what was `sent` is looked up."""
    findings = [
        found(code, path)
        for path, code, known in HEAD_CHECKS
        if value_at(sent, path) not in (None, "") and not known(company, value_at(sent, path))
    ]
    if findings or "customer" not in head:
        return findings
    return [
        *_payment_findings(head),
        *_customer_bound_findings(company, head, sent),
        *_money_findings(company, head, sent),
    ]


def line_findings(company: Company, row: Record, path: str, stored: Record | None = None) -> list[Finding]:
    """Name everything wrong with a line as sent; `stored` is the line it changes."""
    number = row.get("inventoryId") if stored is None else stored["inventoryId"]
    if not number:
        return [found(EMPTY_NOT_ALLOWED, f"{path}.inventoryId")]
    item = company.item(number)
    if item is None or item.values["status"] not in SALEABLE:
        return [found("1804-InventoryIdNotFound", f"{path}.inventoryId")]
    findings = [
        found(code, f"{path}.{name}")
        for name, code, known in LINE_CHECKS
        if row.get(name) not in (None, "") and not known(company, row[name])
    ]
    if row.get("unitOfMeasure") and row["unitOfMeasure"] not in units_of(item):
        findings.append(found("1808-InvalidUnitOfMeasure", f"{path}.unitOfMeasure"))
    if is_stock(item.values) and row.get("quantity", ZERO) < 0:
        findings.append(found("1809-InvalidQuantityForType", f"{path}.quantity"))
    return findings


def discount_findings(lines: list[Record], path: str) -> list[Finding]:
    """Name the lines whose discount is larger than the line."""
    findings = []
    for index, line in enumerate(lines):
        before, discount = line["totalBeforeDiscount"], line["discountAmount"]
        if (before >= 0 and discount > before) or (before < 0 and discount < before):
            findings.append(found("1101-DiscountAmountMoreThanExtPrice", f"{path}[{index}].discountAmount"))
    return findings


def value_at(record: Record, path: str) -> object:
    """Give the value at a dotted path, or None."""
    value: object = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _type_findings(company: Company, body: Record) -> list[Finding]:
    order_type, number = body.get("type"), (body.get("orderId") or "").strip()
    if not order_type:
        return [found(NULL_NOT_ALLOWED, "type")]
    rows = company.master.lists.get("salesordertype", [])
    if not any(row["orderType"] == order_type and row["active"] for row in rows):
        return [found(INVALID_VALUE, "type")]
    if company.numbering == "manual" and not number:
        return [found(NULL_NOT_ALLOWED, "orderId")]
    if company.numbering == "auto" and number:
        return [found(VALUE_NOT_ALLOWED, "orderId")]
    return []


def _customer_findings(body: Record, customer: Stored | None) -> list[Finding]:
    asked = body.get("customer")
    if asked is None or not (asked.get("id") or asked.get("gln")):
        return [found(NULL_NOT_ALLOWED, "customer" if asked is None else "customer.id")]
    if customer is None:
        return [found(INVALID_VALUE, "customer.id")]
    if customer.values["status"] in ("OnHold", "Inactive"):
        return [found("1407-InvalidCustomerStatus", "customer.id")]
    return []


def _payment_findings(head: Record) -> list[Finding]:
    payment = head["paymentSettings"]
    method, account = payment.get("paymentMethodId"), payment.get("cashAccountId")
    if method in tables.PAYMENT_METHODS and not tables.PAYMENT_METHODS[method][2]:
        return [found("1403-InactivePaymentMethodId", "paymentSettings.paymentMethodId")]
    if account in tables.CASH_ACCOUNTS and method not in tables.CASH_ACCOUNTS[account][1]:
        return [found("1503-CashAccountInvalidForPaymentMethod", "paymentSettings.cashAccountId")]
    return []


def _customer_bound_findings(company: Company, head: Record, sent: Record) -> list[Finding]:
    findings = []
    customer = company.customers[head["customer"]["id"]]
    if not head["customer"].get("termsId"):
        findings.append(found("1401-MissingTermsId", "customer.termsId"))
    own_currency = customer.values["currencyId"]
    if not customer.values.get("allowOverrideCurrency", True) and sent.get("currencyId", own_currency) != own_currency:
        findings.append(found("1408-OverrideCurrencyIdProhibited", "currencyId"))
    contact_id = value_at(sent, "customer.contactId")
    contact = company.contacts.get(contact_id) if isinstance(contact_id, int) else None
    if contact_id is not None and (contact is None or contact.values.get("businessAccount") != customer.key):
        findings.append(found(INVALID_VALUE, "customer.contactId"))
    return findings


def _money_findings(company: Company, head: Record, sent: Record) -> list[Finding]:
    findings = []
    carrier = head.get("shipping", {}).get("shipViaId")
    if value_at(sent, "freight.cost") is not None and carrier not in tables.CARRIERS_WITH_MANUAL_COST:
        findings.append(found("1310-FreightCostCanNotBeSetManually", "freight.cost"))
    closed = {row["period"] for row in company.master.lists["financialPeriod"] if row["closedInCustomerLedger"]}
    if value_at(sent, "financialInformation.postPeriod") in closed:
        findings.append(found("1601-FinancialPeriodClosed", "financialInformation.postPeriod"))
    return findings
