"""What a person does at the ERP's screens with invoices, credit notes, payments, periods and the set-up.

Bodies name the fields of the update DTOs, not wrapped; rows without an `operation` are inserted.
"""

from fastapi import APIRouter, Request

from sandbox.vismanet.answers import Record, plain_refusal
from sandbox.vismanet.by_hand import PERSON, by_hand, fields_of
from sandbox.vismanet.company import Company
from sandbox.vismanet.invoice_rules import change_document, delete_document, release_document
from sandbox.vismanet.payment_rules import make_payment, release_payment
from sandbox.vismanet.payments import payment_view
from sandbox.vismanet.receivables import CREDIT_NOTES, INVOICES, Resource


def add_documents_by_hand(router: APIRouter, company: Company) -> None:
    """Offer what people do with invoices, credit notes, payments, periods and the set-up."""
    for name, resource in (("invoices", INVOICES), ("credit_notes", CREDIT_NOTES)):
        _add_documents(router, company, name, resource)
    _add_payment(router, company)
    _add_set_up(router, company)


def _add_documents(router: APIRouter, company: Company, name: str, resource: Resource) -> None:
    @router.post(f"/{name}", response_model=None)
    @by_hand
    async def enter(request: Request) -> Record:
        document = resource.make(company, await fields_of(request), created_by=PERSON)
        return resource.view(company, document)

    @router.post(f"/{name}/{{number}}", response_model=None)
    @by_hand
    async def edit(request: Request) -> Record:
        document = resource.find(company, request)
        change_document(company, document, await fields_of(request))
        return resource.view(company, document)

    @router.post(f"/{name}/{{number}}/release", response_model=None)
    @by_hand
    async def release(request: Request) -> Record:
        document = resource.find(company, request)
        release_document(company, document)
        return resource.view(company, document)

    @router.delete(f"/{name}/{{number}}", response_model=None)
    @by_hand
    async def delete(request: Request) -> Record:
        delete_document(company, resource.find(company, request))
        return {}


def _add_payment(router: APIRouter, company: Company) -> None:
    @router.post("/invoices/{number}/pay", response_model=None)
    @by_hand
    async def pay(request: Request) -> Record:
        # Pays the whole balance unless `paymentAmount` says otherwise; any other field of a payment may be given.
        invoice, fields = INVOICES.find(company, request), await fields_of(request)
        amount = fields.get("paymentAmount", invoice.balance)
        values = {
            "customer": invoice.values["customerNumber"],
            "paymentRef": "BANK",
            "paymentAmount": amount,
            "paymentLines": [{"refNbr": invoice.key, "amountPaid": amount}],
        }
        payment = make_payment(company, {**values, **fields})
        release_payment(company, payment)
        return payment_view(company, payment)


def _add_set_up(router: APIRouter, company: Company) -> None:
    @router.post("/periods/{period}", response_model=None)
    @by_hand
    async def change_period(request: Request) -> Record:
        # The period as YYYYPP; the fields are those of the list, such as {"closedInCustomerLedger": true}.
        rows = company.master.lists["financialPeriod"]
        row = next((row for row in rows if row["period"] == request.path_params["period"]), None)
        fields = await fields_of(request)
        if row is None or not set(fields) <= set(row):
            raise plain_refusal(404 if row is None else 400, "No such period or field.")
        row.update(fields)
        return row

    @router.post("/invoice_set_up", response_model=None)
    @by_hand
    async def change_set_up(request: Request) -> Record:
        # {"own_numbers": false}: the number series take no numbers of one's own. {"stock_items": true}: invoices do.
        set_up, fields = company.invoice_set_up, await fields_of(request)
        if not set(fields) <= set(vars(set_up)):
            raise plain_refusal(400, "No such option.")
        vars(set_up).update(fields)
        return dict(vars(set_up))
