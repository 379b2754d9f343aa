"""Items in the core API: list, one, create, change, cross-references ("Visma.net ERP API", inventory)."""

from typing import Any

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record
from sandbox.vismanet.attachments import add_attachments
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.inventory_rules import (
    CROSS_REFERENCE_FIELDS,
    INVENTORY_FIELDS,
    change_item,
    create_item,
    put_reference,
)
from sandbox.vismanet.inventory_view import inventory_view, reference_view
from sandbox.vismanet.lists import changed, changed_as_asked, created, missing, one, paged, path_key, same_text
from sandbox.vismanet.stock import Balances
from sandbox.vismanet.wrapped import read_update

LARGEST_PAGE = 5000
"""The one page size that the specification publishes ("Visma.net ERP API", GET inventory)."""


def add_inventory(router: APIRouter, api: Api) -> None:
    """Offer the items."""

    @router.get("/v1/inventory", response_model=None)
    @api.allowing("read")
    async def list_items(request: Request, company: Company) -> Response:
        asked = request.query_params
        kept = [item for item in changed_as_asked(list(company.items.values()), request) if _asked_for(item, request)]

        balances = Balances(company)

        def view(item: Any) -> Record:
            # All expansions are on unless they are switched off, "but will be changed in the future".
            return inventory_view(
                company, item, lambda name: asked.get(f"expand{name}", "true").lower() != "false", balances
            )

        return paged(kept, request, LARGEST_PAGE, view)

    @router.post("/v1/inventory", response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        item = create_item(company, read_update(await request.body(), INVENTORY_FIELDS, "InventoryUpdateDto"))
        return created(request, "/vismanet/v1/inventory", item.key, item.version)

    _add_cross_references(router, api)
    add_attachments(router, api)
    _add_single_items(router, api)


def _add_single_items(router: APIRouter, api: Api) -> None:
    @router.get("/v1/inventory/internal/{internal_id}", response_model=None)
    @api.allowing("read")
    async def get_internal(request: Request, company: Company) -> Response:
        wanted = request.path_params["internal_id"]
        for item in company.items.values():
            if str(item.internal_id) == wanted:
                return one(inventory_view(company, item), item.version)
        raise missing("Inventory Item", wanted)

    @router.get("/v1/inventory/{number}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        item = _by_number(company, request)
        return one(inventory_view(company, item), item.version)

    @router.put("/v1/inventory/{number}", response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        # Items have no If-Match: the specification declares none for this call.
        item = _by_number(company, request)
        change_item(company, item, read_update(await request.body(), INVENTORY_FIELDS, "InventoryUpdateDto"))
        return changed(item.version)


def _add_cross_references(router: APIRouter, api: Api) -> None:
    path = "/v1/inventory/{number}/crossReferences"

    @router.get(path, response_model=None)
    @api.allowing("read")
    async def list_references(request: Request, company: Company) -> Response:
        item = _by_number(company, request)
        return Answer([reference_view(item, row) for row in item.values["crossReferences"]])

    @router.post(path, response_model=None)
    @api.allowing("create")
    async def add_reference(request: Request, company: Company) -> Response:
        return await _put_reference(request, company, {})

    @router.put(path + "/{alternate_type}/{alternate_id}", response_model=None)
    @api.allowing("update")
    async def change_reference(request: Request, company: Company) -> Response:
        asked = request.path_params
        key = {"alternateType": asked["alternate_type"], "alternateID": path_key(asked["alternate_id"])}
        item = _by_number(company, request)
        if not any(key.items() <= row.items() for row in item.values["crossReferences"]):
            raise missing("Cross-Reference", key["alternateID"])
        return await _put_reference(request, company, key)


async def _put_reference(request: Request, company: Company, key: Record) -> Response:
    item = _by_number(company, request)
    reference = read_update(await request.body(), CROSS_REFERENCE_FIELDS, "InventoryCrossReferenceUpdateDto")
    put_reference(company, item, {**reference, **key})
    return Answer({})


def _by_number(company: Company, request: Request) -> Stored:
    number = path_key(request.path_params["number"])
    item = company.item(number)
    if item is None:
        raise missing("Inventory Item", number)
    return item


def _asked_for(item: Stored, request: Request) -> bool:
    asked, values = request.query_params, item.values
    types = asked.getlist("inventoryTypes")
    return (
        (not asked.get("inventoryNumber") or same_text(item.key, asked["inventoryNumber"]))
        and (not asked.get("description") or same_text(values["description"], asked["description"]))
        and (not asked.get("status") or values["status"] == asked["status"])
        and (not types or values["type"] in types)
        and (
            not asked.get("alternateID")
            or any(row["alternateID"] == asked["alternateID"] for row in values["crossReferences"])
        )
    )
