"""A shipment as the core API shows it (ShipmentDto), and as its order does in the SalesOrders API."""

from decimal import Decimal

from sandbox.vismanet import masterdata, tables
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.company import Company, Order, Stored, local_text
from sandbox.vismanet.customer_view import address_of, contact_of
from sandbox.vismanet.order_invoicing import invoices_of, shipment_status
from sandbox.vismanet.periods import date_text
from sandbox.vismanet.shipment_rules import shipments_of
from sandbox.vismanet.stock import NOTHING

CUSTOMER_INVOICE, INVENTORY_ISSUE = "Invoice", "Issue"
NOT_KEPT = ("shippedWeight", "shippedVolume", "packagesWeight", "packagesVolume", "controlQuantity")


INVENTORY_FIELDS = ("inventoryDocumentType", "inventoryReferenceId")


def shipment_view(company: Company, shipment: Stored) -> Record:
    """Show a shipment."""
    values = shipment.values
    order, customer = company.orders[values["orderType"], values["orderNbr"]], company.customers[values["customer"]]
    sent = order.head.get("shipping", {})
    view = {
        "shipmentNumber": shipment.key,
        "shipmentType": "Issue",
        "status": shipment_status(company, shipment),
        "hold": False,
        "operation": "Issue",
        "shipmentDate": date_text(values["day"]),
        "customer": {"internalId": customer.internal_id, "number": customer.key, "name": customer.values["name"]},
        "location": {"id": "MAIN", "name": "Hoofdlocatie"},
        "fromWarehouse": _warehouse(values["warehouse"]),
        "currencyId": order.head["currencyId"],
        "shippedQuantity": _quantity(shipment),
        **dict.fromkeys(NOT_KEPT, NOTHING),
        "packages": 0,
        **_destination(customer, sent),
        "shipVia": masterdata.named(sent.get("shipViaId") or None, tables.CARRIERS),
        **dict.fromkeys(("residentialDelivery", "saturdayDelivery", "insurance", "useCustomerAccount"), False),
        "freightCost": NOTHING,
        "freightAmt": NOTHING,
        "shipmentDetailLines": [_line_view(company, values, line) for line in values["lines"]],
        "shipmentOrderLines": [_order_line(company, shipment)],
        "shipmentPackageLines": [],
        "lastModifiedDateTime": local_text(shipment.modified),
        "timeStamp": shipment.version,
    }
    shown: Record = without_nulls(view)
    return shown


def order_shipments_view(company: Company, order: Order) -> list[Record]:
    """Show the shipments of an order with their invoices (SalesOrderShipmentDto).

    An invoice that needed no shipment has a row of its own, without a shipment's id (inferred).
    """
    rows = [_order_shipment(company, shipment) for shipment in shipments_of(company, order)]
    shown = {row["invoiceId"] for row in rows}
    for invoice in invoices_of(company, order):
        if invoice.key not in shown:
            day = invoice.values["documentDate"]
            rows.append(_order_row(f"{day}T00:00:00Z", None, CUSTOMER_INVOICE) | _invoice(invoice.key))
    return rows


def _order_shipment(company: Company, shipment: Stored) -> Record:
    issue = shipment.values.get("issue")
    inventory = {"inventoryDocumentType": INVENTORY_ISSUE, "inventoryReferenceId": issue} if issue else {}
    row = _order_row(f"{shipment.values['day']}T00:00:00Z", shipment.key, "Issue")
    return row | {"quantity": _quantity(shipment)} | inventory | _invoice(_invoice_of(company, shipment))


def _order_row(date: str, number: str | None, kind: str) -> Record:
    quantities = dict.fromkeys(("quantity", "volume", "weight"), NOTHING)
    return {"date": date, "id": number, "type": kind, **quantities, **dict.fromkeys(INVENTORY_FIELDS)}


def _invoice(number: str | None) -> Record:
    return {"invoiceId": number, "invoiceType": CUSTOMER_INVOICE if number else None}


def _invoice_of(company: Company, shipment: Stored) -> str | None:
    number: str | None = shipment.values.get("invoice")
    return number if number in company.invoices else None


def _line_view(company: Company, values: Record, line: Record) -> Record:
    item = company.known_item(line["inventoryId"])
    return {
        "lineNumber": line["lineNumber"],
        "orderType": values["orderType"],
        "orderNbr": values["orderNbr"],
        "orderLineNbr": line["orderLine"],
        "inventoryNumber": item.key,
        "description": item.values["description"],
        "freeItem": False,
        "warehouse": _warehouse(values["warehouse"]),
        "location": {"id": "STD", "name": "Std"},
        "uom": line["uom"],
        "shippedQty": line["quantity"],
        "orderedQty": line["orderedQuantity"],
        "openQty": line["orderedQuantity"] - line["quantity"],
    }


def _order_line(company: Company, shipment: Stored) -> Record:
    values, number = shipment.values, _invoice_of(company, shipment)
    return {
        "orderType": values["orderType"],
        "orderNbr": values["orderNbr"],
        "shippedQty": _quantity(shipment),
        "shippedWeight": NOTHING,
        "shippedVolume": NOTHING,
        "invoiceType": CUSTOMER_INVOICE if number else None,
        "invoiceNbr": number,
        "inventoryDocType": INVENTORY_ISSUE if values.get("issue") else None,
        "inventoryRefNbr": values.get("issue"),
    }


def _destination(customer: Stored, sent: Record) -> Record:
    """Show where the goods go: as the order says, else the debtor's own."""
    address, contact = address_of(customer, "delivery"), contact_of(customer, "delivery")
    if sent.get("address"):
        own = sent["address"]
        address = {**own, **{f"addressLine{line}": own.get(f"line{line}") for line in (1, 2, 3)}}
    if sent.get("contact"):
        contact = sent["contact"]
    lines = ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city")
    reached = ("name", "attention", "email", "web", "phone1", "phone2", "fax")
    return {
        "deliveryAddress": {
            "overrideAddress": bool(sent.get("address")),
            **{name: address.get(name) for name in lines},
            "country": masterdata.country(address.get("countryId")),
        },
        "deliveryContact": {
            "overrideContact": bool(sent.get("contact")),
            **{name: contact.get(name) for name in reached},
        },
    }


def _warehouse(key: str) -> Record:
    return {"id": key, "description": tables.WAREHOUSES[key][0]}


def _quantity(shipment: Stored) -> Decimal:
    return sum((line["quantity"] for line in shipment.values["lines"]), NOTHING)
