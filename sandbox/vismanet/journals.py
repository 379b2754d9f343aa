"""Journal transactions in the core API, version 2: list, one, create, change, release ("Visma.net ERP API").

The list counts and pages by lines, so that one batch can be split over two pages; it wants a period or a moment of
change, and that moment comes without a condition.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.actions import done
from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.journal_rules import JOURNAL_FIELDS, change_journal, create_journal, release_journal
from sandbox.vismanet.journal_view import journal_view
from sandbox.vismanet.lists import changed, changed_since, check_version, created, missing, one, page_bounds
from sandbox.vismanet.wrapped import read_update

PATH = "/v2/journaltransaction"
DTO = "JournalTransactionUpdateDto"
LARGEST_PAGE = 500
MODULE = "GL"
UNRELEASED = ("Hold", "Balanced")


def add_journals(router: APIRouter, api: Api) -> None:
    """Offer the journal transactions."""

    @router.get(PATH, response_model=None)
    @api.allowing("read")
    async def list_all(request: Request, company: Company) -> Response:
        lines = [(journal, line) for journal in _asked_for(company, request) for line in journal.values["lines"]]
        start, end = page_bounds(request, LARGEST_PAGE)
        metadata = {"totalCount": len(lines), "maxPageSize": LARGEST_PAGE}
        return Answer([{**view, "metadata": metadata} for view in _batches(company, lines[start:end])])

    @router.post(PATH, response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        journal = create_journal(company, read_update(await request.body(), JOURNAL_FIELDS, DTO))
        return created(request, f"/vismanet{PATH}", journal.key, journal.version)

    @router.get(PATH + "/{number}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        journal = _by_number(company, request)
        return one(journal_view(company, journal, journal.values["lines"]), journal.version)

    @router.put(PATH + "/{number}", response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        journal = _by_number(company, request)
        check_version(request, journal.version)
        change_journal(company, journal, read_update(await request.body(), JOURNAL_FIELDS, DTO))
        return changed(journal.version)

    @router.post(PATH + "/{number}/action/release", response_model=None)
    @api.allowing("update")
    async def release(request: Request, company: Company) -> Response:
        journal = _by_number(company, request)
        check_version(request, journal.version)
        release_journal(company, journal)
        return done()


def _asked_for(company: Company, request: Request) -> list[Stored]:
    asked = request.query_params
    period, since = asked.get("periodId"), asked.get("lastModifiedDateTime")
    if not period and not since:
        raise plain_refusal(400, "Give periodId or lastModifiedDateTime.")
    kept = list(company.journals.values())
    if since:
        kept = changed_since(kept, since)
    status, module, branch = asked.get("status"), asked.get("module"), asked.get("branch")
    return [
        journal
        for journal in kept
        if (not period or journal.values["period"] == period)
        and (not status or journal.values["status"] in (UNRELEASED if status == "Unreleased" else (status,)))
        and module in (None, "", MODULE)
        and branch in (None, "", journal.values["branch"])
    ]


def _batches(company: Company, lines: Sequence[tuple[Stored, Record]]) -> Iterator[Record]:
    for _, rows in groupby(lines, key=lambda row: row[0].key):
        page = list(rows)
        yield journal_view(company, page[0][0], [line for _, line in page])


def _by_number(company: Company, request: Request) -> Stored:
    number = request.path_params["number"]
    if number not in company.journals:
        raise missing("Batch", number)
    return company.journals[number]
