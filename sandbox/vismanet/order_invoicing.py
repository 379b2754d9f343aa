"""How a sales order becomes a customer invoice.

Published ("Visma.net ERP API", prepareInvoice): the call; its invoice refers to order and shipment on each line.
Inferred, as Acumatica works: confirmed shipments are invoiced, each once, with the lines that need no shipment and
the freight on the first invoice; an order without stock lines is invoiced as it is. An invoice that was deleted counts
as never made.
"""

from collections.abc import Iterator
from decimal import Decimal

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.company import Company, CustomerDocument, Order, Stored
from sandbox.vismanet.inventory_rules import is_stock
from sandbox.vismanet.invoice_rules import make_invoice
from sandbox.vismanet.order_rules import CREDIT_HOLD, HOLD
from sandbox.vismanet.shipment_rules import CANCELLED, shipments_of, stock_lines
from sandbox.vismanet.stock import NOTHING
from sandbox.vismanet.tax import cents

INVOICED = "Invoiced"
WITHOUT_VAT = "NOVAT"
FREIGHT_ACCOUNT = "8040"

Billing = tuple[Record, Decimal, str | None]
"""A line of an order, how much of it is invoiced, and by which shipment it left."""


def prepare_invoice(company: Company, order: Order) -> CustomerDocument:
    """Make the invoice of what is ready; raises a 400 refusal when nothing is, or the order is on hold."""
    named = f"Order {order.type} {order.number}"
    if order.status in (HOLD, CREDIT_HOLD, CANCELLED):
        raise plain_refusal(400, f"{named} cannot be invoiced in status {order.status}.")
    shipments = [kept for kept in shipments_of(company, order) if shipment_status(company, kept) == "Confirmed"]
    billings = [*_shipped(order, shipments), *_not_shipped(company, order)]
    lines = [_invoice_line(order, *billing) for billing in billings]
    if not invoices_of(company, order) and order.totals.freight:
        lines.append(_freight_line(order))
    needs_shipment = bool(stock_lines(company, order))
    if not lines or (needs_shipment and not shipments):
        raise plain_refusal(400, f"{named} has nothing to invoice.")
    invoice = make_invoice(company, {**_head(order), "invoiceLines": lines})
    order.billed[invoice.key] = {line["lineId"]: quantity for line, quantity, _ in billings}
    for shipment in shipments:
        shipment.values = {**shipment.values, "invoice": invoice.key}
        company.touch(shipment)
    if not needs_shipment:
        order.status = INVOICED
    company.touch(order)
    return invoice


def invoices_of(company: Company, order: Order) -> list[CustomerDocument]:
    """Give the invoices that were made of an order and are still there."""
    return [company.invoices[number] for number in order.billed if number in company.invoices]


def billed_quantity(company: Company, order: Order, line: Record) -> Decimal:
    """Say how much of an order line is on invoices."""
    quantities = [order.billed[invoice.key].get(line["lineId"], NOTHING) for invoice in invoices_of(company, order)]
    return sum(quantities, NOTHING)


def shipment_status(company: Company, shipment: Stored) -> str:
    """Give the status of a shipment: invoiced as long as its invoice is there, completed once that is released."""
    invoice = company.invoices.get(shipment.values.get("invoice") or "")
    if invoice is not None:
        return "Completed" if invoice.released else INVOICED
    status: str = shipment.values["status"]
    return status


def _shipped(order: Order, shipments: list[Stored]) -> Iterator[Billing]:
    lines = {line["lineId"]: line for line in order.lines}
    for shipment in shipments:
        for shipped in shipment.values["lines"]:
            yield lines[shipped["orderLine"]], shipped["quantity"], shipment.key


def _not_shipped(company: Company, order: Order) -> Iterator[Billing]:
    for line in order.lines:
        if not is_stock(company.known_item(line["inventoryId"]).values):
            left = line["quantity"] - billed_quantity(company, order, line)
            if left:
                yield line, left, None


def _head(order: Order) -> Record:
    head, payment = order.head, order.head.get("paymentSettings", {})
    invoiced = head.get("financialInformation", {}).get("invoiceDate")
    return {
        "customerNumber": head["customer"]["id"],
        "currencyId": head["currencyId"],
        "exchangeRate": tables.EXCHANGE_RATES[head["currencyId"]],
        "customerVatZoneId": head.get("taxZoneId"),
        "documentDate": None if invoiced is None else f"{invoiced.date()}",
        "customerRefNumber": head["customer"].get("refNo") or head["customer"].get("order"),
        "creditTermsId": head["customer"].get("termsId"),
        "paymentMethodId": payment.get("paymentMethodId"),
        "cashAccount": payment.get("cashAccountId"),
        "paymentReference": payment.get("paymentReference"),
        "branchNumber": head.get("branchId"),
        "invoiceText": head.get("description"),
    }


def _invoice_line(order: Order, line: Record, quantity: Decimal, shipment: str | None) -> Record:
    share = quantity / line["quantity"] if line["quantity"] else Decimal(1)
    return {
        "operation": "Insert",
        "inventoryNumber": line["inventoryId"],
        "description": line["description"],
        "quantity": quantity,
        "uom": line["unitOfMeasure"],
        "unitPriceInCurrency": line["unitPrice"],
        "discountAmountInCurrency": cents(line["discountAmount"] * share),
        "manualDiscount": bool(line["discountAmount"]),
        "accountNumber": line.get("salesAccountId"),
        "vatCodeId": line.get("taxCategoryId") or WITHOUT_VAT,
        "branchNumber": line.get("branchId"),
        "note": line.get("note"),
        "soOrderType": order.type,
        "soOrderNbr": order.number,
        "soShipmentNbr": shipment,
    }


def _freight_line(order: Order) -> Record:
    carrier = order.head.get("shipping", {}).get("shipViaId") or ""
    category = order.head.get("freight", {}).get("taxCategoryId") or tables.CARRIER_TAX_CATEGORY.get(carrier)
    return {
        "operation": "Insert",
        "description": "Freight",
        "quantity": Decimal(1),
        "unitPriceInCurrency": order.totals.freight,
        "accountNumber": FREIGHT_ACCOUNT,
        "vatCodeId": category or WITHOUT_VAT,
        "soOrderType": order.type,
        "soOrderNbr": order.number,
    }
