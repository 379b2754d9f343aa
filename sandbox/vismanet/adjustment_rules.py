"""What the ERP accepts as an inventory adjustment, and what releasing it does to the stock.

Not published and decided here on the strict side: a line needs a reason code; an increase needs a unit cost, its own
or the item's; nothing goes below zero; a unit cost is the average over all warehouses.
"""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from sandbox.vismanet import tables
from sandbox.vismanet.answers import Record, core_refusal, plain_refusal
from sandbox.vismanet.company import Company, Stored, item_key
from sandbox.vismanet.document_lines import with_changes
from sandbox.vismanet.inventory_rules import is_stock, units_of
from sandbox.vismanet.periods import day_of, month_first, open_period, period_of, today, year_first
from sandbox.vismanet.stock import NOTHING, cost_of, on_hand_of, put
from sandbox.vismanet.wrapped import FLAG, NUMBER, OPERATION, TEXT, WHOLE, Fields, Rows

FINEST_COST = Decimal("0.000001")
OUT_OF_USE = ("Inactive", "MarkedForDeletion")
RECORD = "IN Adjustment"

LINE_TEXTS = (
    "warehouseId",
    "receiptNumber",
    "inventoryNumber",
    "locationId",
    "uom",
    "reasonCode",
    "projectId",
    "projectTaskId",
    "description",
    "branchNumber",
)
ADJUSTMENT_FIELDS: Fields = {
    **dict.fromkeys(
        ("referenceNumber", "date", "postPeriod", "externalReference", "description", "branchNumber"), TEXT
    ),
    **dict.fromkeys(("controlCost", "controlQuantity"), NUMBER),
    "hold": FLAG,
    "adjustmentLines": Rows(
        {
            "operation": OPERATION,
            "lineNumber": WHOLE,
            **dict.fromkeys(("unitCost", "extCost", "quantity"), NUMBER),
            **dict.fromkeys(LINE_TEXTS, TEXT),
        }
    ),
}


def create_adjustment(company: Company, update: Record) -> Stored:
    """Make an adjustment, on hold or balanced; raises a 400 refusal where the ERP would not have it."""
    if update.get("referenceNumber"):
        raise core_refusal(400, "inserting", RECORD, ["'Reference Nbr.' is given by the number series."])
    if any(row.get("operation") != "Insert" for row in update.get("adjustmentLines") or []):
        raise core_refusal(400, "inserting", RECORD, ["Every line of a new document has the operation Insert."])
    values = _checked(company, {}, update, "inserting")
    adjustment = company.keep(company.next_number("ADJUSTMENT"), values)
    company.adjustments[adjustment.key] = adjustment
    return adjustment


def change_adjustment(company: Company, adjustment: Stored, update: Record) -> None:
    """Change the given parts of an adjustment that is not released yet."""
    if adjustment.values["status"] == "Released":
        raise plain_refusal(400, f"Adjustment {adjustment.key} is released and cannot be changed.")
    if update.get("referenceNumber") not in (None, adjustment.key):
        raise plain_refusal(400, "'Reference Nbr.' cannot be changed.")
    adjustment.values = _checked(company, adjustment.values, update, "updating")
    company.touch(adjustment)


def release_adjustment(company: Company, adjustment: Stored) -> None:
    """Move the stock; raises a 400 refusal, and moves nothing, where that is not possible."""
    values = adjustment.values
    if values["status"] != "Balanced":
        raise plain_refusal(400, f"Adjustment {adjustment.key} cannot be released: its status is {values['status']}.")
    open_period(company, values["period"], "InventoryManagement")
    moved: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for line in values["lines"]:
        moved[line["inventoryNumber"], line["warehouseId"]] += line["quantity"]
    for (number, warehouse), quantity in moved.items():
        on_hand = on_hand_of(company, company.known_item(number), warehouse)
        if on_hand + quantity < 0:
            raise plain_refusal(
                400,
                f"Inventory quantity for '{number}' in warehouse '{warehouse}' will go negative: {on_hand} on hand.",
            )
    for line in values["lines"]:
        _move(company, line)
    adjustment.values = {**values, "status": "Released"}
    company.touch(adjustment)


def _move(company: Company, line: Record) -> None:
    item, warehouse, quantity = company.known_item(line["inventoryNumber"]), line["warehouseId"], line["quantity"]
    if quantity > 0:
        before = sum((on_hand_of(company, item, place) for place in tables.WAREHOUSES), NOTHING)
        worth = before * cost_of(company, item) + quantity * line["unitCost"]
        company.costs[item_key(item.key)] = (worth / (before + quantity)).quantize(
            FINEST_COST, ROUND_HALF_UP
        ).normalize() + 0
    put(company, item, warehouse, on_hand_of(company, item, warehouse) + quantity)


def _checked(company: Company, before: Record, update: Record, doing: str) -> Record:
    """Give the adjustment as it becomes; raises a 400 refusal with everything that is wrong."""
    given = {name: value for name, value in update.items() if name not in ("adjustmentLines", "referenceNumber")}
    values = {"hold": False, **before, **given}
    day = day_of(given["date"]) if given.get("date") else before.get("day") or today()
    post_period = given.get("postPeriod") or (None if given.get("date") else before.get("postPeriod"))
    period = year_first(post_period) if post_period else period_of(day)
    open_period(company, period, "InventoryManagement")
    rows = with_changes(before.get("lines", []), update.get("adjustmentLines") or [])
    faults = [] if rows else ["The document has no lines."]
    lines = []
    for row in rows:
        line = _with_defaults(company, row)
        faults += [f"Line {line['lineNumber']}: {fault}" for fault in _faults(company, line)]
        lines.append(line)
    total = sum((line["quantity"] for line in lines), NOTHING) if not faults else NOTHING
    control = values.get("controlQuantity")
    if control and not faults and control != total:
        faults.append(f"The document is out of balance: control quantity {control}, total quantity {total}.")
    if not company.master.knows("branch", "number", values.setdefault("branchNumber", "1")):
        faults.append("'Branch' cannot be found in the system.")
    if faults:
        raise core_refusal(400, doing, RECORD, faults)
    status = "Hold" if values["hold"] else "Balanced"
    return {**values, "day": day, "period": period, "postPeriod": month_first(period), "lines": lines, "status": status}


def _with_defaults(company: Company, row: Record) -> Record:
    item = company.item(row.get("inventoryNumber") or "")
    if item is None:
        return row
    given = {name: value for name, value in row.items() if value is not None}
    defaults = {
        "warehouseId": item.values.get("defaultWarehouse"),
        "locationId": "STD",
        "uom": item.values.get("baseUnit"),
        "unitCost": cost_of(company, item),
        "branchNumber": "1",
    }
    return {**defaults, **given, "inventoryNumber": item.key}


def _faults(company: Company, line: Record) -> Iterator[str]:
    number, quantity, cost = line.get("inventoryNumber"), line.get("quantity"), line.get("unitCost")
    item = company.item(number or "")
    if item is None:
        yield f"'Inventory ID' '{number or ''}' cannot be found in the system."
        return
    if not is_stock(item.values) or item.values["status"] in OUT_OF_USE:
        yield f"'Inventory ID' '{number}' is not a stock item in use."
    if not company.master.knows("warehouse", "warehouseID", line.get("warehouseId")):
        yield f"'Warehouse' '{line.get('warehouseId') or ''}' cannot be found in the system."
    if line["locationId"] not in tables.WAREHOUSE_LOCATIONS:
        yield f"'Location' '{line['locationId']}' cannot be found in the system."
    if line["uom"] not in units_of(item):
        yield f"'UOM' '{line['uom']}' cannot be found in the system."
    if line.get("reasonCode") not in tables.REASON_CODES:
        yield f"'Reason Code' '{line.get('reasonCode') or ''}' cannot be found in the system."
    if not quantity:
        yield "'Quantity' cannot be empty or 0."
    elif quantity > 0 and (not cost or cost < 0):
        yield f"'Unit Cost' cannot be empty: the item '{number}' has no unit cost."
