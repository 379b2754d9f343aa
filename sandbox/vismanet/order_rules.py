"""What the ERP does with a sales order: fills in defaults, adds it up, or refuses the whole of it."""

import datetime

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Finding, Record, RefusalError, problem, validation_problem
from sandbox.vismanet.company import Company, Order, Stored
from sandbox.vismanet.customer_rules import MAILING_FLAGS
from sandbox.vismanet.order_body import INVALID_VALUE
from sandbox.vismanet.order_checks import discount_findings, found, head_findings, line_findings, new_order_findings
from sandbox.vismanet.order_lines import changed_line, new_line
from sandbox.vismanet.tax import ZERO, Charge, cents, charge_order
from sandbox.vismanet.wrapped import merged

OPEN, HOLD, CREDIT_HOLD, BACK_ORDER = "Open", "Hold", "Credit Hold", "Back Order"
EDITABLE = (OPEN, HOLD, CREDIT_HOLD, BACK_ORDER)
CHANGED_STATUSES = {OPEN: OPEN, HOLD: HOLD, "BackOrder": BACK_ORDER}


def place_order(
    company: Company,
    body: Record,
    *,
    branch: str | None = None,
    created_by: str | None = None,
    moment: datetime.datetime | None = None,
) -> Order:
    """Make a sales order; raises a 400 refusal with everything that is wrong, or 409 for a taken number.

    `branch` is the call header's, `created_by` the person who typed it in (none: a program), `moment` when.
    """
    customer = _customer_of(company, body)
    findings = new_order_findings(company, body, customer)
    head = _with_defaults(body, customer, branch)
    findings += head_findings(company, head, body)
    rows = body.get("orderLines", [])
    for index, row in enumerate(rows):
        findings += line_findings(company, row, f"orderLines[{index}]")
    _refuse(findings)
    lines = [new_line(company, head, row, number) for number, row in enumerate(rows, start=1)]
    _refuse(discount_findings(lines, "orderLines"))
    number = _number_for(company, body)
    now = moment or datetime.datetime.now(datetime.UTC)
    version = company.next_version()
    order = Order(body["type"], number, head, lines, now, now, version=version, created_by=created_by)
    recalculate(order)
    company.orders[order.type, order.number] = order
    set_status(company, order, HOLD if body.get("status") == HOLD else OPEN)
    return order


def change_order(company: Company, order: Order, patch: Record) -> None:
    """Change the given parts of an order; any wrong value refuses the whole change."""
    head = merged(order.head, {name: value for name, value in patch.items() if name != "status"})
    customer = company.customer(head["customer"]["id"])
    wanted = patch.get("status", order.status)
    if customer is None:
        raise validation_problem([found(INVALID_VALUE, "customer.id")])
    if "status" in patch and wanted not in CHANGED_STATUSES:
        raise validation_problem([found(INVALID_VALUE, "status")])
    head["customer"] = {**head["customer"], "id": customer.key}
    if "paymentMethodId" in patch.get("paymentSettings", {}):
        # The old method's cash account goes with it.
        head["paymentSettings"] = _payment(
            {**head["paymentSettings"], "cashAccountId": None, **patch["paymentSettings"]}
        )
    _refuse(head_findings(company, head, patch))
    order.head = head
    recalculate(order)
    if "status" in patch:
        set_status(company, order, CHANGED_STATUSES[wanted])
    company.touch(order)


def add_lines(company: Company, order: Order, rows: list[Record]) -> None:
    """Add lines to an order."""
    _refuse([finding for index, row in enumerate(rows) for finding in line_findings(company, row, f"lines[{index}]")])
    lines = [new_line(company, order.head, row, number) for number, row in enumerate(rows, start=order.next_line)]
    _refuse(discount_findings(lines, "lines"))
    order.lines = [*order.lines, *lines]
    recalculate(order)
    company.touch(order)


def change_lines(company: Company, order: Order, rows: list[Record]) -> None:
    """Change lines of an order, each found by its number."""
    stored = {line["lineId"]: line for line in order.lines}
    findings: list[Finding] = []
    for index, row in enumerate(rows):
        path = f"lines[{index}]"
        if row.get("lineId") in stored:
            findings += line_findings(company, row, path, stored[row["lineId"]])
        else:
            findings.append(found("0200-LineIdDoesNotExist", f"{path}.lineId"))
    if len({row.get("lineId") for row in rows}) != len(rows):
        findings.append(found("1817-LineIdIsNotUnique", "lines"))
    _refuse(findings)
    changed = {row["lineId"]: changed_line(company, order.head, stored[row["lineId"]], row) for row in rows}
    _refuse(discount_findings(list(changed.values()), "lines"))
    lines = [changed.get(line["lineId"], line) for line in order.lines]
    order.lines = sorted(lines, key=lambda line: int(line["sortOrder"]))
    recalculate(order)
    company.touch(order)


def delete_lines(company: Company, order: Order, numbers: list[int]) -> None:
    """Delete lines of an order by their numbers."""
    known = {line["lineId"] for line in order.lines}
    _refuse([found("0200-LineIdDoesNotExist", "ids") for number in numbers if number not in known])
    order.lines = [line for line in order.lines if line["lineId"] not in numbers]
    recalculate(order)
    company.touch(order)


def set_status(company: Company, order: Order, status: str) -> None:
    """Put an order in a state; for a debtor on credit hold, opening it ends in a credit hold."""
    customer = company.customers[order.head["customer"]["id"]]
    on_credit_hold = status == OPEN and customer.values["status"] == "CreditHold"
    order.status = CREDIT_HOLD if on_credit_hold else status
    if order.status == OPEN and order.created_by is None and customer.key in company.mailed_customers:
        flags = [flag for flag in MAILING_FLAGS if customer.values.get(flag)]
        company.mail("order", order.number, flags)


def recalculate(order: Order) -> None:
    """Add the order up again."""
    freight = order.head.get("freight", {})
    carrier = order.head.get("shipping", {}).get("shipViaId")
    category = freight.get("taxCategoryId") or tables.CARRIER_TAX_CATEGORY.get(carrier or "")
    charge = Charge(cents(freight.get("premiumAmount", ZERO)), category)
    charges = [Charge(line["amount"], line.get("taxCategoryId")) for line in order.lines]
    order.totals = charge_order(charges, charge, order.head.get("taxZoneId"))
    order.totals.discount = sum((line["discountAmount"] for line in order.lines), ZERO)
    order.totals.quantity = sum((line["quantity"] for line in order.lines), ZERO)


def refuse_unless_editable(order: Order) -> None:
    """Refuse a change to an order that has been completed, invoiced or cancelled."""
    if order.status not in EDITABLE:
        raise problem(405, "Method Not Allowed", f"The order cannot be changed in status {order.status}.")


def refuse_if_shipped(order: Order) -> None:
    """Refuse to delete an order of which something is on a shipment."""
    if any(line.get("onShipments") for line in order.lines):
        raise validation_problem([found("1825-DeleteSalesOrderWithShippedLines", "orderId")])


def no_such_order() -> RefusalError:
    """Refuse an order that is not there."""
    return problem(404, "Not Found", "The specified order was not found.")


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise validation_problem(findings)


def _number_for(company: Company, body: Record) -> str:
    if company.numbering == "auto":
        return company.next_order_number(body["type"])
    number: str = body["orderId"].strip()
    if any(kind == body["type"] and known.upper() == number.upper() for kind, known in company.orders):
        raise problem(409, "Conflict", f"Sales order {body['type']} {number} already exists.")
    return number


def _customer_of(company: Company, body: Record) -> Stored | None:
    asked = body.get("customer", {})
    if asked.get("id"):
        return company.customer(asked["id"])
    return company.customer_by_gln(asked["gln"]) if asked.get("gln") else None


def _with_defaults(body: Record, customer: Stored | None, branch: str | None) -> Record:
    """Fill in what the debtor and the company say; without a known debtor the head has no `customer`."""
    not_head = ("type", "orderId", "orderLines", "status", "customer")
    head = {name: value for name, value in body.items() if name not in not_head and value != ""}
    if customer is None:
        return head
    values = customer.values
    today = datetime.datetime.now(datetime.UTC)
    method = (values.get("defaultPaymentMethod") or {}).get("paymentMethodId")
    defaults = {
        # The branch of the body comes before the header's, and that before the company's own.
        "branchId": branch or "1",
        "currencyId": values["currencyId"],
        "date": today,
        "requestOn": head.get("date", today),
        "taxZoneId": values.get("vatZoneId"),
    }
    own = {"termsId": values.get("creditTermsId"), "locationId": "MAIN"}
    payment = {"paymentMethodId": method, **head.get("paymentSettings", {})}
    return {
        **defaults,
        **head,
        "customer": {**own, **body["customer"], "id": customer.key},
        "paymentSettings": _payment(payment),
    }


def _payment(sent: Record) -> Record:
    method = sent.get("paymentMethodId")
    default = next((number for number, (_, methods) in tables.CASH_ACCOUNTS.items() if method in methods), None)
    return {**sent, "cashAccountId": sent.get("cashAccountId") or default}
