"""What a person does at the ERP's screens with payments and journal transactions: voids, copies and deletes them."""

from copy import deepcopy

from fastapi import APIRouter, Request

from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.by_hand import by_hand
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.journal_view import journal_view
from sandbox.vismanet.payment_rules import void_payment
from sandbox.vismanet.payments import payment_view


def add_ledgers_by_hand(router: APIRouter, company: Company) -> None:
    """Offer what people do with payments and journal transactions."""

    @router.post("/payments/{number}/void", response_model=None)
    @by_hand
    async def void(request: Request) -> Record:
        payment = company.payments.get(request.path_params["number"])
        if payment is None:
            raise plain_refusal(404, "No such payment.")
        void_payment(company, payment)
        return payment_view(company, payment)

    @router.post("/journals/{number}/copy", response_model=None)
    @by_hand
    async def copy(request: Request) -> Record:
        journal = _journal(company, request)
        again = company.keep(company.next_number("BATCH"), deepcopy(journal.values))
        company.journals[again.key] = again
        return journal_view(company, again, again.values["lines"])

    @router.delete("/journals/{number}", response_model=None)
    @by_hand
    async def delete(request: Request) -> Record:
        del company.journals[_journal(company, request).key]
        return {}


def _journal(company: Company, request: Request) -> Stored:
    journal = company.journals.get(request.path_params["number"])
    if journal is None:
        raise plain_refusal(404, "No such journal transaction.")
    return journal
