"""What a person changes in the set-up of the company: rows of its master data, such as an account or a period."""

from fastapi import APIRouter, Request

from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.by_hand import by_hand, fields_of
from sandbox.vismanet.company import Company
from sandbox.vismanet.lookups import LOOKUPS

KEYS = {lookup.path.rpartition("/")[2]: lookup.key for lookup in LOOKUPS} | {
    "creditTerm": "termsId",
    "customerClass": "id",
}
"""The field that names a row, by list."""


def add_set_up_by_hand(router: APIRouter, company: Company) -> None:
    """Offer the screens on which a company is set up."""

    @router.post("/set_up/{name}/{key}", response_model=None)
    @by_hand
    async def edit_row(request: Request) -> Record:
        rows, place = _row(company, request)
        fields = await fields_of(request)
        unknown = [field for field in fields if field not in rows[place]]
        if unknown:
            raise plain_refusal(400, f"No field {unknown[0]}.")
        rows[place] = rows[place] | fields
        return rows[place]

    @router.delete("/set_up/{name}/{key}", response_model=None)
    @by_hand
    async def remove_row(request: Request) -> Record:
        rows, place = _row(company, request)
        return rows.pop(place)


def _row(company: Company, request: Request) -> tuple[list[Record], int]:
    """Find a row of a list by its key: the rows, and its place among them."""
    name, key = request.path_params["name"], request.path_params["key"]
    rows = company.master.lists.get(name, [])
    places = [place for place, row in enumerate(rows) if name in KEYS and str(row[KEYS[name]]) == key]
    if not places:
        raise plain_refusal(404, "No such row.")
    return rows, places[0]
