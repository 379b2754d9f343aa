"""What the tests of the levels shipment and invoice do in the warehouse, and see at the screens."""

from decimal import Decimal

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.running import IMPATIENT, Company
from tests.flows.shop import Stored, total_of

ACTIONS = {
    "shipment": {"method": "POST", "path": "/action/createShipment$"},
    "confirmation": {"method": "POST", "path": "/action/confirmShipment$"},
    "invoice": {"method": "POST", "path": "/action/prepareInvoice$"},
    "release": {"method": "POST", "path": "/customerinvoice/[^/]+/action/release$"},
}
AT_FIRST = Decimal(1000)
# One row of each of two goods; only services; a row of goods among others, and freight.
GOODS, SERVICES, MIXED = "10002", "10003", "10008"


def stocked(company_with: CompanyWith, confirm: str) -> Company:
    """A pair of companies with plenty of everything in stock, where no customer is sent anything by itself.

    `confirm` is how far orders are to be taken.
    """
    company = company_with(*TWELVE, confirm=confirm, **IMPATIENT)
    for item in company.state("vismanet", "items"):
        if item.get("warehouseDetails"):
            in_stock(company, item["inventoryNumber"], AT_FIRST)
    for customer in company.state("vismanet", "customers"):
        flags = ("sendInvoicesByEmail", "printInvoices", "acceptAutoInvoices")
        company.in_target(f"customers/{customer['number']}", **dict.fromkeys(flags, False))
    company.forget_requests()
    return company


def in_stock(company: Company, sku: str, quantity: Decimal | int, warehouse: str = "1") -> None:
    """Somebody counts what a warehouse has."""
    company.in_target("stock", inventoryNumber=sku, warehouse=warehouse, quantityOnHand=quantity)


def goods_of(order: Stored) -> dict[str, Decimal]:
    """The quantities of an order that have to leave, by SKU."""
    rows = [line for line in order["lines"] if line["lineType"] == "GoodsForInventory"]
    return {line["inventory"]["id"]: Decimal(line["quantity"]) for line in rows}


def shipments_of(company: Company, number: str) -> list[Stored]:
    """The shipments of an order, by its number in eAccounting."""
    order = company.by_marker()[number]["orderId"]
    shipments = company.state("vismanet", "shipments")
    return [one for one in shipments if one["shipmentOrderLines"][0]["orderNbr"] == order]


def invoices_of(company: Company, number: str) -> list[Stored]:
    """The invoices of an order, by its number in eAccounting."""
    order = company.by_marker()[number]["orderId"]
    invoices = company.state("vismanet", "invoices")
    return [one for one in invoices if one["invoiceLines"][0]["soOrderNbr"] == order]


def course(company: Company, number: str) -> tuple[list[str], list[str]]:
    """The states of an order's shipments and of its invoices."""
    return (
        [shipment["status"] for shipment in shipments_of(company, number)],
        [invoice["status"] for invoice in invoices_of(company, number)],
    )


def stock_of(company: Company) -> dict[str, Decimal]:
    """What the first warehouse has, by SKU."""
    rows = [row for row in company.state("vismanet", "stock") if row["warehouse"] == "1"]
    return {row["sku"]: Decimal(row["quantityOnHand"]) for row in rows}


def refuse_anything_twice_or_missing(company: Company) -> None:
    """Every order has left once, is charged once, and what it is charged is what eAccounting says."""
    source, target = company.source_orders(), company.by_marker()
    assert source.keys() == target.keys()
    left = dict.fromkeys(stock_of(company), Decimal(0))
    for number, order in target.items():
        goods = goods_of(order)
        assert course(company, number) == (["Completed"] if goods else [], ["Open"]), number
        (invoice,) = invoices_of(company, number)
        amounts = (invoice["amountInCurrency"], invoice["vatTotalInCurrency"])
        assert amounts == (total_of(source[number]), Decimal(source[number]["VatAmount"])), number
        for sku, quantity in goods.items():
            left[sku] += quantity
    assert {sku: AT_FIRST - on_hand for sku, on_hand in stock_of(company).items() if left[sku]} == {
        sku: quantity for sku, quantity in left.items() if quantity
    }
    assert company.mailed() == []


def empty(company: Company, number: str, left: int = 0) -> list[str]:
    """Leave so little of an order's goods in stock; gives their SKUs."""
    wanted = [str(row["ArticleNumber"]) for row in company.source_orders()[number]["Rows"] if row["ArticleNumber"]]
    known = stock_of(company)
    for sku in (goods := [sku for sku in wanted if sku in known]):
        in_stock(company, sku, left)
    return goods
