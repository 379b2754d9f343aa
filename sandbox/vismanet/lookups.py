"""The lists of master data in the core API; everything here is read only ("Visma.net ERP API")."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.company import Company
from sandbox.vismanet.lists import missing, paged, path_key

LARGEST_PAGE = 500


@dataclass(frozen=True)
class Lookup:
    """One list of master data: its address, its key field, whether it has pages and single records."""

    path: str
    key: str
    pages: bool = False
    single: bool = True


LOOKUPS = (
    Lookup("account", "accountCD"),
    Lookup("attribute", "attributeID", pages=True),
    Lookup("branch", "number"),
    Lookup("carrier", "carrierId", pages=True),
    Lookup("cashaccount", "number"),
    Lookup("country", "id", pages=True),
    Lookup("currency", "id"),
    Lookup("financialPeriod", "period"),
    Lookup("inventory/itemClass", "id", pages=True, single=False),
    Lookup("inventory/itemPostClass", "id", pages=True, single=False),
    Lookup("numberSequence", "numberingId"),
    Lookup("organization", "organizationCd"),
    Lookup("paymentmethod", "paymentMethodID"),
    Lookup("salescategory", "categoryID"),
    Lookup("salesordertype", "orderType", pages=True),
    Lookup("subaccount", "subaccountNumber", pages=True),
    Lookup("unitofmeasure", "fromUnit", single=False),
    Lookup("vat", "vatId"),
    Lookup("vatCategory", "vatCategoryId"),
    Lookup("vatZone", "id", pages=True),
    Lookup("warehouse", "warehouseID", pages=True),
)
EXPANDABLE = {
    "branch": {
        "mainAddress": "expandAddress",
        "mainContact": "expandContact",
        "currency": "expandCurrency",
        "vatZone": "expandVatZone",
        "ledger": "expandLedger",
        "defaultCountry": "expandDefaultCountry",
    },
    "organization": {"branches": "expandBranches"},
}
"""Parts of a row that are only shown when they are asked for."""


def add_lookups(router: APIRouter, api: Api) -> None:
    """Offer the lists of master data."""
    for lookup in LOOKUPS:
        _add_lookup(router, api, lookup)

    @router.get("/v1/creditTerm", response_model=None)
    @api.allowing("read")
    async def list_credit_terms(request: Request, company: Company) -> Response:
        # One of the few lists in an envelope.
        rows = company.master.lists.get("creditTerm", [])
        asked = request.query_params.get("termsId")
        kept = [row for row in rows if not asked or row["termsId"] == asked]
        return Answer({"pageNumber": 1, "pageSize": LARGEST_PAGE, "totalCount": len(kept), "records": kept})


def _add_lookup(router: APIRouter, api: Api, lookup: Lookup) -> None:
    name = lookup.path.rpartition("/")[2]

    @router.get(f"/v1/{lookup.path}", response_model=None)
    @api.allowing("read")
    async def list_rows(request: Request, company: Company) -> Response:
        rows = company.master.lists.get(name, [])
        if lookup.pages:
            return paged(rows, request, LARGEST_PAGE, without_nulls)
        return Answer([_shown(name, row, request) for row in rows])

    if not lookup.single:
        return

    @router.get(f"/v1/{lookup.path}/{{key}}", response_model=None)
    @api.allowing("read")
    async def get_row(request: Request, company: Company) -> Response:
        wanted = path_key(request.path_params["key"])
        for row in company.master.lists.get(name, []):
            if str(row[lookup.key]) == wanted:
                return Answer(_shown(name, row, request))
        raise missing(name, wanted)


def _shown(name: str, row: Record, request: Request) -> Record:
    hidden = {
        part for part, flag in EXPANDABLE.get(name, {}).items() if request.query_params.get(flag, "").lower() != "true"
    }
    shown: Record = without_nulls({part: value for part, value in row.items() if part not in hidden})
    return shown
