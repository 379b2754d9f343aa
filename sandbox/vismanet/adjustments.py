"""Inventory adjustments in the core API: list, one, create, change, release ("Visma.net ERP API")."""

from fastapi import APIRouter, Request, Response

from sandbox.vismanet import masterdata, tables
from sandbox.vismanet.access import Api
from sandbox.vismanet.actions import done
from sandbox.vismanet.adjustment_rules import (
    ADJUSTMENT_FIELDS,
    change_adjustment,
    create_adjustment,
    release_adjustment,
)
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.company import Company, Stored, local_text
from sandbox.vismanet.lists import changed, changed_as_asked, created, dated_as_asked, missing, one, paged, same_text
from sandbox.vismanet.periods import date_text
from sandbox.vismanet.stock import NOTHING
from sandbox.vismanet.wrapped import read_update

PATH = "/v1/inventoryadjustment"
DTO = "InventoryAdjustmentUpdateDto"
LARGEST_PAGE = 500


def add_adjustments(router: APIRouter, api: Api) -> None:
    """Offer the inventory adjustments; they have no If-Match, the specification declares none."""

    @router.get(PATH, response_model=None)
    @api.allowing("read")
    async def list_all(request: Request, company: Company) -> Response:
        status = request.query_params.get("status")
        kept = changed_as_asked(list(company.adjustments.values()), request)
        kept = dated_as_asked(kept, request, "date", lambda row: row.values["day"])
        kept = [row for row in kept if not status or same_text(row.values["status"], status)]
        return paged(kept, request, LARGEST_PAGE, lambda row: adjustment_view(company, row))

    @router.post(PATH, response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        adjustment = create_adjustment(company, read_update(await request.body(), ADJUSTMENT_FIELDS, DTO))
        return created(request, f"/vismanet{PATH}", adjustment.key, adjustment.version)

    @router.get(PATH + "/{number}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        adjustment = _by_number(company, request)
        return one(adjustment_view(company, adjustment), adjustment.version)

    @router.put(PATH + "/{number}", response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        adjustment = _by_number(company, request)
        change_adjustment(company, adjustment, read_update(await request.body(), ADJUSTMENT_FIELDS, DTO))
        return changed(adjustment.version)

    @router.post(PATH + "/{number}/action/release", response_model=None)
    @api.allowing("update")
    async def release(request: Request, company: Company) -> Response:
        release_adjustment(company, _by_number(company, request))
        return done()


def adjustment_view(company: Company, adjustment: Stored) -> Record:
    """Show an adjustment (InventoryAdjustmentDto); `adjusmentLines` is the API's own spelling."""
    values = adjustment.values
    lines = [_line_view(company, line) for line in values["lines"]]
    view = {
        "referenceNumber": adjustment.key,
        "status": values["status"],
        "hold": values["hold"],
        "date": date_text(values["day"]),
        "postPeriod": values["postPeriod"],
        **{name: values.get(name) for name in ("externalReference", "description")},
        "totalQuantity": sum((line["quantity"] for line in lines), NOTHING),
        "totalCost": sum((line["extCost"] for line in lines), NOTHING),
        "controlQuantity": values.get("controlQuantity") or NOTHING,
        "controlCost": values.get("controlCost") or NOTHING,
        "branchNumber": _branch(values["branchNumber"]),
        "adjusmentLines": lines,
        "attachments": [],
        "lastModifiedDateTime": local_text(adjustment.modified),
        "timestamp": adjustment.version,
    }
    shown: Record = without_nulls(view)
    return shown


def _line_view(company: Company, line: Record) -> Record:
    item = company.known_item(line["inventoryNumber"])
    warehouses = {key: text for key, (text, _) in tables.WAREHOUSES.items()}
    return {
        "lineNumber": line["lineNumber"],
        "inventoryItem": {"number": item.key, "description": item.values["description"]},
        "warehouse": masterdata.named(line["warehouseId"], warehouses),
        "location": {"id": line["locationId"], "name": line["locationId"].capitalize()},
        "quantity": line["quantity"],
        "uom": line["uom"],
        "unitCost": line["unitCost"],
        "extCost": line["quantity"] * line["unitCost"],
        "reasonCode": masterdata.named(line["reasonCode"], tables.REASON_CODES),
        "description": line.get("description") or item.values["description"],
        "branchNumber": _branch(line["branchNumber"]),
        "attachments": [],
    }


def _branch(number: str) -> Record:
    return {"number": number, "name": tables.BRANCHES[number]}


def _by_number(company: Company, request: Request) -> Stored:
    number = request.path_params["number"]
    if number not in company.adjustments:
        raise missing("Adjustment", number)
    return company.adjustments[number]
