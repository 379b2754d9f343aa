"""The order flow from Visma.net and its orders, for the tests of that flow."""

from decimal import Decimal
from typing import Any

from tests.flows.conftest import TWELVE, CompanyWith
from tests.flows.running import EVERYTHING, IMPATIENT, TODAY, Company, Ran
from tests.flows.shop import Stored
from visma_sync.sync.fetch import Window

FLOW = "orders_vismanet_to_eaccounting"
FORWARD = "orders_eaccounting_to_vismanet"
DRAFT, ONGOING = 1, 2
WRITES = {
    "order": {"method": "POST", "path": "/v2/orders$"},
    "confirming": {"method": "POST", "path": "/v2/orders/[^/]+/converteddrafttoorder$"},
}
# Articles that both systems have from the start, at 21 % and at 9 %.
SKU, OTHER_SKU, REDUCED = "A-1005", "A-1006", "A-1010"
KAPSALON = "Kapsalon De Schaar B.V."


def selling(company_with: CompanyWith, *options: str, orders: dict[str, Any] | None = None, **plan: Any) -> Company:
    """A pair of companies in which nothing was sent yet, with these decisions about orders from Visma.net."""
    return company_with(*TWELVE, *options, mirror={"orders": orders or {}}, **{**IMPATIENT, **plan})


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the order flow from Visma.net once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def debtor(company: Company, name: str = KAPSALON, *, private: bool = False, **fields: Any) -> str:
    """Enter a customer in Visma.net by hand; gives its number. One of the Netherlands, unless said otherwise."""
    address = {"addressLine1": f"{name} 1", "postalCode": "9711 AB", "city": "Groningen", "countryId": "NL"}
    usual = {
        "customerClassId": "PERSON" if private else "COMPANY",
        "currencyId": "EUR",
        "creditTermsId": "30",
        "vatZoneId": "DOMESTIC",
        "mainAddress": address | fields.pop("address", {}),
        "mainContact": {"name": name, "email": f"{name.split(maxsplit=1)[0].lower()}@example.org"},
    }
    return str(company.in_target("customers", name=name, **usual | fields)["number"])


def line(sku: str = SKU, price: str = "9.99", quantity: str = "3", **fields: Any) -> Stored:
    """A line of an order, at 21 % unless said otherwise."""
    usual = {"taxCategoryId": "NL21", "hasManualPrice": True, "unitPrice": Decimal(price)}
    return {"inventoryId": sku, "quantity": Decimal(quantity), **usual, **fields}


def sell(company: Company, whom: str, *lines: Stored, **fields: Any) -> str:
    """Enter an order in Visma.net by hand, of the type that goes to eAccounting; gives its number."""
    customer = {"id": whom, **fields.pop("customer", {})}
    usual = {"type": "WB", "date": TODAY.isoformat(), "customer": customer, "orderLines": [*lines] or [line()]}
    return str(company.in_target("orders", **usual | fields)["orderId"])


def sales(company: Company, count: int) -> list[str]:
    """Enter orders of one customer that differ in quantity; gives their numbers."""
    customer = debtor(company)
    return [sell(company, customer, line(quantity=str(number))) for number in range(1, count + 1)]


def marker(number: str, kind: str = "WB") -> str:
    """Our reference on the order that an order of Visma.net became."""
    return f"Visma.net {kind} {number}"


def back(company: Company) -> dict[str, Stored]:
    """The orders of eAccounting that came from Visma.net, by their number there; each of them once."""
    orders = [one for one in company.state("eaccounting", "orders") if "Visma.net " in (one["OurReference"] or "")]
    by_number = {one["OurReference"].split()[-1]: one for one in orders}
    assert len(by_number) == len(orders), "orders are in eAccounting twice"
    return by_number


def in_vismanet(company: Company, number: str, kind: str = "WB") -> Stored:
    """An order of Visma.net."""
    orders = company.state("vismanet", "orders")
    return next(one for one in orders if (one["type"], one["orderId"]) == (kind, number))


def comes_to(order: Stored) -> tuple[Decimal, Decimal]:
    """Total with VAT and VAT of an order of eAccounting, added up from its rows."""
    rows = sum((Decimal(row["Amount"]) for row in order["Rows"] if not row["IsTextRow"]), Decimal(0))
    vat = Decimal(order["VatAmount"])
    return (rows if order["IncludesVat"] else rows + vat), vat


def costs(company: Company, number: str) -> tuple[Decimal, Decimal]:
    """Total with VAT and VAT of an order of Visma.net."""
    totals = in_vismanet(company, number)["totals"]
    return Decimal(totals["orderTotal"]), Decimal(totals["taxTotal"])


def refuse_difference(company: Company, *numbers: str) -> None:
    """These orders are in eAccounting once, as orders, to the cent as in Visma.net; nobody was written to."""
    sent = back(company)
    for number in numbers:
        assert sent[number]["Status"] == ONGOING, number
        assert comes_to(sent[number]) == costs(company, number), number
    assert company.mailed() == []
