"""A sales order as the SalesOrders API shows it; its read DTOs nest differently from the write DTOs."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import quote

from sandbox.vismanet import masterdata, tables, taxes
from sandbox.vismanet.answers import Record
from sandbox.vismanet.company import Company, Order, Stored, utc_text
from sandbox.vismanet.customer_view import address_of, contact_of
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.order_invoicing import billed_quantity, invoices_of
from sandbox.vismanet.shipment_rules import on_shipments
from sandbox.vismanet.stock import open_quantity
from sandbox.vismanet.tax import ZERO, Totals, cents

ORDERS = "/salesorder/api/v3/SalesOrders"
EXPANSIONS = {
    "none": (),
    "billing": ("billing",),
    "payment": ("paymentSettings",),
    "financialinformation": ("financialInformation",),
    "shipping": ("shipping",),
    "customer": ("customer",),
    "owner": ("owner",),
    "origin": ("origin",),
    "note": ("note",),
    "freight": ("freight",),
    "attachments": ("attachments",),
}
EVERYTHING = frozenset(part for parts in EXPANSIONS.values() for part in parts)
EXPANSIONS["all"] = tuple(EVERYTHING)


def order_path(order: Order) -> str:
    """Give the address of an order."""
    return f"{ORDERS}/{order.type}/{quote(order.number, safe='')}"


def row_view(company: Company, order: Order) -> Record:
    """Show an order in a list (SalesOrderListDto)."""
    head, customer = order.head, company.customers[order.head["customer"]["id"]]
    return {
        "type": order.type,
        "orderId": order.number,
        "status": order.status,
        "customerId": customer.key,
        "customerName": customer.values["name"],
        "customerOrder": head["customer"].get("order"),
        "customerRefNo": head["customer"].get("refNo"),
        "location": head["customer"].get("locationId"),
        "date": business_date(head["date"]),
        "requestOn": business_date(head["requestOn"]),
        "shippingScheduledDate": business_date(_scheduled(order)),
        "lastModified": utc_text(order.modified),
        "currency": head["currencyId"],
        "description": head.get("description"),
        "orderQty": order.totals.quantity,
        "orderTotal": order.totals.order,
        "_links": {"self": {"href": order_path(order)}},
    }


def order_view(company: Company, order: Order, expanded: frozenset[str] = EVERYTHING) -> Record:
    """Show one order (SalesOrderDto) with the sections asked for; the others are left out."""
    head = order.head
    view: Record = {
        "type": order.type,
        "orderId": order.number,
        "status": {
            "description": order.status,
            "hold": order.status == "Hold",
            "cancelled": order.status == "Cancelled",
        },
        "date": business_date(head["date"]),
        "requestOn": business_date(head["requestOn"]),
        "cancelBy": business_date(head.get("cancelBy")),
        "currencyId": head["currencyId"],
        "description": head.get("description"),
        "branch": masterdata.named(head["branchId"], tables.BRANCHES),
        "createdBy": order.created_by,
        "lastModified": utc_text(order.modified),
        "isRotRutDeductable": False,
        "orderQty": order.totals.quantity,
        "originalOrderId": head.get("originalOrderId"),
        "originalOrderType": head.get("originalOrderType"),
        "print": {name: bool(head.get("print", {}).get(name)) for name in PRINT_FLAGS},
        "project": {"id": "X", "description": "Geen project", "internalId": 0},
        "totals": _totals_view(company, order),
        "useReplacementCostForMarginAndProfit": bool(head.get("useReplacementCostForMarginAndProfit")),
        "version": order.version,
    }
    if head.get("salesPersonId"):
        view["salesPerson"] = masterdata.named(head["salesPersonId"], tables.SALES_PERSONS)
    return {**view, **{part: SECTIONS[part](company, order) for part in sorted(expanded)}}


PRINT_FLAGS = ("descriptionOnInvoice", "noteOnExternalDocuments", "noteOnInternalDocuments")


def business_date(moment: datetime.datetime | None) -> str | None:
    """Write a business date: the day of the moment in UTC, because a date without offset is read as UTC."""
    return None if moment is None else f"{moment.astimezone(datetime.UTC).date()}T00:00:00Z"


def _totals_view(company: Company, order: Order) -> Record:
    totals = order.totals
    rate = tables.EXCHANGE_RATES[order.head["currencyId"]]
    unshipped = sum((_unshipped_amount(line) for line in order.lines), ZERO)
    billed = sum((invoice.totals.order for invoice in invoices_of(company, order)), ZERO)
    cost = sum((line["quantity"] * line.get("unitCost", ZERO) for line in order.lines), ZERO)
    sums = {
        "orderTotal": totals.order,
        "taxTotal": totals.tax,
        "taxableTotal": totals.taxable,
        "taxExemptTotal": totals.exempt,
        "discountTotal": totals.discount,
        "freightTotal": totals.freight,
        "unshippedAmount": unshipped,
        "unbilledAmount": totals.order - billed,
        "costTotal": cents(cost),
        "freightCost": order.head.get("freight", {}).get("cost", ZERO),
    }
    return {**sums, **{f"{name}InBaseCurrency": cents(amount * rate) for name, amount in sums.items()}}


def _unshipped_amount(line: Record) -> Decimal:
    amount: Decimal = line["amount"]
    return cents(amount * open_quantity(line) / line["quantity"]) if line["quantity"] else amount


def _customer_section(company: Company, order: Order) -> Record:
    asked, customer = order.head["customer"], company.customers[order.head["customer"]["id"]]
    zone = order.head.get("taxZoneId")
    section: Record = {
        "id": customer.key,
        "internalId": customer.internal_id,
        "name": customer.values["name"],
        "order": asked.get("order"),
        "refNo": asked.get("refNo"),
        "contactId": asked.get("contactId"),
        "location": location_view(customer),
    }
    if zone:
        section["taxZone"] = masterdata.named(zone, taxes.ZONES)
    return section


def location_view(customer: Stored) -> Record:
    """Show a debtor's only location, in short."""
    values = customer.values
    return {
        "id": "MAIN",
        "internalId": customer.internal_id,
        "name": "Hoofdlocatie",
        "countryId": address_of(customer, "delivery").get("countryId"),
        "gln": values.get("gln"),
        "corporateId": values.get("corporateId"),
        "taxRegistrationId": values.get("vatRegistrationId"),
        "warehouseId": None,
    }


def address_view(address: Record, address_id: int, overrides: bool) -> Record:
    """Show an address that came from an order, or from a debtor under the core API's names."""
    country = address.get("countryId")
    view: Record = {
        "id": address_id,
        "overridesDefault": overrides,
        "postalCode": address.get("postalCode"),
        "city": address.get("city"),
        **{f"line{number}": address.get(f"line{number}", address.get(f"addressLine{number}")) for number in (1, 2, 3)},
    }
    if country:
        view["country"] = masterdata.country(country)
    if address.get("stateId"):
        view["county"] = {"id": address["stateId"], "name": address["stateId"]}
    return view


def contact_view(contact: Record, contact_id: int, overrides: bool) -> Record:
    """Show a contact that came from an order, or from a debtor."""
    texts = {name: contact.get(name) for name in ("name", "attention", "email", "phone1", "phone2", "fax")}
    return {"id": contact_id, "overridesDefault": overrides, **texts}


def _party(company: Company, order: Order, section: str, of_customer: str) -> Record:
    sent, customer = order.head.get(section, {}), company.customers[order.head["customer"]["id"]]
    own_address, own_contact = sent.get("address"), sent.get("contact")
    return {
        "address": address_view(
            own_address or address_of(customer, of_customer), customer.internal_id, own_address is not None
        ),
        "contact": contact_view(
            own_contact or contact_of(customer, of_customer), customer.internal_id, own_contact is not None
        ),
    }


def _shipping_section(company: Company, order: Order) -> Record:
    sent = order.head.get("shipping", {})
    warehouses = {key: text for key, (text, _) in tables.WAREHOUSES.items()}
    references = {
        "shipVia": masterdata.named(sent.get("shipViaId") or None, tables.CARRIERS),
        "preferredWarehouse": masterdata.named(sent.get("preferredWarehouseId") or None, warehouses),
        "terms": masterdata.named(sent.get("termsId") or None, {}),
        "zone": masterdata.named(sent.get("zoneId") or None, {}),
        "fobPoint": masterdata.named(sent.get("fobPointId") or None, {}),
    }
    flags = ("insurance", "residentialDelivery", "saturdayDelivery", "shipSeparately")
    return {
        **_party(company, order, "shipping", "delivery"),
        **{name: bool(sent.get(name)) for name in flags},
        "priority": sent.get("priority", 0),
        "rule": sent.get("rule", "BackOrderAllowed"),
        "scheduledDate": business_date(_scheduled(order)),
        **{name: reference for name, reference in references.items() if reference is not None},
    }


def _payment_section(_company: Company, order: Order) -> Record:
    sent = order.head.get("paymentSettings", {})
    section: Record = {"cashAccountId": sent.get("cashAccountId"), "paymentReference": sent.get("paymentReference")}
    if sent.get("paymentMethodId"):
        names = {key: text for key, (text, _, _) in tables.PAYMENT_METHODS.items()}
        section["paymentMethod"] = masterdata.named(sent["paymentMethodId"], names)
    return section


def _financial_section(_company: Company, order: Order) -> Record:
    sent, terms = order.head.get("financialInformation", {}), order.head["customer"].get("termsId")
    text, days = tables.CREDIT_TERMS[terms]
    invoiced = sent.get("invoiceDate", order.head["date"])
    due = sent.get("dueDate", invoiced + datetime.timedelta(days=days))
    return {
        "terms": {"id": terms, "description": text},
        "invoiceDate": business_date(invoiced),
        "dueDate": business_date(due),
        "cashDiscountDate": business_date(sent.get("cashDiscountDate", invoiced)),
        "invoiceId": sent.get("invoiceId"),
        "invoiceSeparately": bool(sent.get("invoiceSeparately")),
        "postPeriod": sent.get("postPeriod"),
    }


def _freight_section(_company: Company, order: Order) -> Record:
    sent, totals = order.head.get("freight", {}), order.totals
    rate = tables.EXCHANGE_RATES[order.head["currencyId"]]
    sums = {"cost": sent.get("cost", ZERO), "premiumAmount": totals.freight, "amount": ZERO}
    category = sent.get("taxCategoryId") or tables.CARRIER_TAX_CATEGORY.get(
        order.head.get("shipping", {}).get("shipViaId") or ""
    )
    return {
        **sums,
        **{f"{name}InBaseCurrency": cents(amount * rate) for name, amount in sums.items()},
        "taxCategoryId": category,
        "volume": ZERO,
        "weight": ZERO,
    }


SECTIONS: dict[str, Callable[[Company, Order], object]] = {
    "billing": lambda company, order: _party(company, order, "billing", "invoice"),
    "paymentSettings": _payment_section,
    "financialInformation": _financial_section,
    "shipping": _shipping_section,
    "customer": _customer_section,
    "owner": lambda _company, _order: {"id": None, "internalId": None},
    "origin": lambda _company, _order: {"orderId": None, "orderType": None, "_links": None},
    "note": lambda _company, order: order.head.get("note"),
    "freight": _freight_section,
    "attachments": lambda _company, _order: [],
}


def _scheduled(order: Order) -> datetime.datetime:
    moment: datetime.datetime = order.head.get("shipping", {}).get("scheduledDate") or order.head["requestOn"]
    return moment


PLAIN_LINE_FIELDS = (
    "lineId", "sortOrder", "description", "quantity", "unitOfMeasure", "unitPrice", "discountAmount",
    "discountPercent", "hasManualDiscount", "hasManualPrice", "taxCategoryId", "salesAccountId", "subaccount",
    "warehouseId", "operation", "shippingRule", "note", "externalLink", "discountCode", "reasonCode", "projectTaskId",
    "purchaseOrderSource", "overshipThreshold", "undershipThreshold", "unitCost",
)  # fmt: skip
NEVER: Record = {
    "freeItem": False, "attachments": [], "inventoryAlternateId": None, "replacementUnitCost": None,
    "discountSequenceId": None,
}  # fmt: skip
"""What every line shows: the company gives nothing away and attaches nothing."""


def line_view(company: Company, order: Order, line: Record) -> Record:
    """Show one line (SalesOrderLineDto)."""
    item = company.known_item(line["inventoryId"])
    requested = line.get("requestDate", order.head["requestOn"])
    left = open_quantity(line)
    view: Record = {
        **{name: line.get(name) for name in PLAIN_LINE_FIELDS},
        **NEVER,
        "billedQuantity": billed_quantity(company, order, line),
        "quantityOnShipments": on_shipments(line),
        "openLine": bool(left),
        "completed": bool(line.get("completed")),
        "inventory": {"id": item.key, "description": item.values["description"], "baseUnit": item.values["baseUnit"]},
        "lineType": "GoodsForInventory" if is_stock(item.values) else "MiscCharge",
        "branch": masterdata.named(line["branchId"], tables.BRANCHES),
        "lineTotalBeforeDiscount": line["totalBeforeDiscount"],
        "extendedPrice": line["amount"],
        "baseOrderQuantity": line["quantity"],
        "openQuantity": left,
        "commissionable": bool(line.get("commissionable")),
        "supplierPrice": line.get("supplierPrice", ZERO),
        "orderDate": business_date(order.head["date"]),
        "requestDate": business_date(requested),
        "shipDate": business_date(line.get("shipDate", requested)),
    }
    if line.get("salesPersonId"):
        view["salesPerson"] = masterdata.named(line["salesPersonId"], tables.SALES_PERSONS)
    if line.get("warehouseLocationId"):
        location = line["warehouseLocationId"]
        view["warehouseLocation"] = {"id": location, "description": location.capitalize()}
    return view


def tax_view(totals: Totals) -> list[Record]:
    """Show the VAT of an order, one row for each code (SalesOrderTaxDto)."""
    return [
        {
            "taxId": line.tax.id,
            "taxRate": line.tax.rate,
            "taxType": "VAT",
            "taxableAmount": line.taxable,
            "taxAmount": line.amount,
            "exemptTax": line.tax.exempt,
            "includeInTaxable": not line.tax.exempt,
            "isReverseTax": line.tax.reverse,
            "isPendingTax": False,
            "isStatisticalTax": False,
        }
        for line in totals.tax_lines
    ]
