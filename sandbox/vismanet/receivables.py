"""Customer invoices and credit notes in the core API ("Visma.net ERP API", customerinvoice and customerCreditNote).

The calls with v1 and v2 do the same, except that only v2 takes numbers of one's own (developer knowledge base,
overriding number series).
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, core_refusal
from sandbox.vismanet.company import Company, CustomerDocument
from sandbox.vismanet.invoice_body import CREDIT_NOTE_FIELDS, INVOICE_FIELDS
from sandbox.vismanet.invoice_rules import (
    NAMES,
    change_document,
    delete_document,
    documents_of,
    make_credit_note,
    make_invoice,
    release_document,
    remember_sending,
    status_of,
)
from sandbox.vismanet.invoice_view import credit_note_view, invoice_view
from sandbox.vismanet.lists import (
    changed,
    changed_as_asked,
    check_version,
    created,
    dated_as_asked,
    missing,
    one,
    paged,
    path_key,
    same_text,
)
from sandbox.vismanet.wrapped import Fields, read_update

LARGEST_PAGE = 500
EQUAL_FILTERS = {
    "externalReference": "externalReference",
    "customerRefNumber": "customerRefNumber",
    "paymentReference": "paymentReference",
    "customer": "customerNumber",
    "branch": "branchNumber",
    "financialPeriod": "postPeriod",
}
ROWS = ("invoiceLines", "lines", "applicationLines")
"""The parts of a body whose rows each say what is to be done with them."""


@dataclass(frozen=True)
class Resource:
    """One of the two kinds of documents: its address, its body and how it is shown."""

    path: str
    dto: str
    fields: Fields
    credit_note: bool
    make: Callable[..., CustomerDocument]
    view: Callable[..., Record]

    def find(self, company: Company, request: Request) -> CustomerDocument:
        """Find the document that a request is for; raises a 404 refusal."""
        number = path_key(request.path_params["number"])
        found = documents_of(company, credit_note=self.credit_note).get(number.strip().upper())
        if found is None:
            raise missing(NAMES[self.credit_note], number)
        return found


INVOICES = Resource("customerinvoice", "CustomerInvoiceUpdateDto", INVOICE_FIELDS, False, make_invoice, invoice_view)
CREDIT_NOTES = Resource(
    "customerCreditNote",
    "CustomerCreditNoteUpdateDto",
    CREDIT_NOTE_FIELDS,
    True,
    make_credit_note,
    credit_note_view,
)


def add_receivables(router: APIRouter, api: Api) -> None:
    """Offer the customer invoices and credit notes."""
    for resource in (INVOICES, CREDIT_NOTES):
        _add_collection(router, api, resource)
        _add_single(router, api, resource)


def _add_collection(router: APIRouter, api: Api, resource: Resource) -> None:
    @router.get(f"/v1/{resource.path}", response_model=None)
    @api.allowing("read")
    async def list_documents(request: Request, company: Company) -> Response:
        documents = list(documents_of(company, credit_note=resource.credit_note).values())
        kept = [row for row in _dated(documents, request) if _asked_for(company, row, request)]

        def view(document: CustomerDocument) -> Record:
            asked = request.query_params
            return resource.view(company, document, lambda name: asked.get(f"expand{name}", "").lower() == "true")

        return paged(kept, request, LARGEST_PAGE, view)

    @router.post(f"/v1/{resource.path}", response_model=None)
    @api.allowing("create")
    async def create_the_old_way(request: Request, company: Company) -> Response:
        return await _create(request, company, ("overrideNumberSeries",))

    @router.post(f"/v2/{resource.path}", response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        return await _create(request, company, ())

    async def _create(request: Request, company: Company, overlooked: tuple[str, ...]) -> Response:
        update = read_update(await request.body(), resource.fields, resource.dto)
        refuse_operations(update, ("Insert",), f"inserting the {NAMES[resource.credit_note].lower()}")
        document = resource.make(company, {name: value for name, value in update.items() if name not in overlooked})
        return created(request, f"/vismanet/v1/{resource.path}", document.key, document.version)


def _add_single(router: APIRouter, api: Api, resource: Resource) -> None:
    path = f"/v1/{resource.path}/{{number}}"

    @router.get(path, response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        document = resource.find(company, request)
        return one(resource.view(company, document), document.version)

    @router.put(path, response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        document = resource.find(company, request)
        update = read_update(await request.body(), resource.fields, resource.dto)
        check_version(request, document.version)
        operations = ("Insert", "Update", "Delete")
        refuse_operations(update, operations, f"updating the {NAMES[resource.credit_note].lower()}")
        change_document(company, document, update)
        return changed(document.version)

    @router.delete(path, response_model=None)
    @api.allowing("delete")
    async def delete(request: Request, company: Company) -> Response:
        delete_document(company, resource.find(company, request))
        return Response(status_code=204)

    @router.post(f"{path}/action/release", response_model=None)
    @api.allowing("update")
    async def release(request: Request, company: Company) -> Response:
        document = resource.find(company, request)
        check_version(request, document.version)
        release_document(company, document)
        remember_sending(company, document)
        return Answer(done())


def refuse_operations(update: Record, allowed: tuple[str, ...], doing: str) -> None:
    """Refuse rows that do not say what is to be done with them, or cannot want it here."""
    for part in ROWS:
        for row in update.get(part) or []:
            if row.get("operation") not in allowed:
                reason = f"'Operation' of a line must be one of {', '.join(allowed)}."
                raise core_refusal(400, doing, "Line", [reason])


def done() -> Record:
    """Give the result of an action that has taken effect."""
    return {"actionId": str(uuid.uuid4()), "actionResult": "Done"}


def _dated(documents: list[CustomerDocument], request: Request) -> list[CustomerDocument]:
    """Keep the documents changed, dated and due as asked; a credit note is due on its own day."""

    def day(document: CustomerDocument) -> datetime.date:
        dated: datetime.date = document.values["documentDate"]
        return dated

    kept = dated_as_asked(changed_as_asked(documents, request), request, "documentDate", day)
    return dated_as_asked(
        kept, request, "documentDueDate", lambda document: document.values.get("documentDueDate") or day(document)
    )


def _asked_for(company: Company, document: CustomerDocument, request: Request) -> bool:
    asked, values = request.query_params, document.values
    return (
        all(same_text(values.get(field), asked[name]) for name, field in EQUAL_FILTERS.items() if asked.get(name))
        and (not asked.get("status") or same_text(status_of(company, document), asked["status"]))
        and (not asked.get("released") or document.released == (asked["released"] == "1"))
    )
