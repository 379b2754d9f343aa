"""Payments of debtors in the core API ("Visma.net ERP API", customerPayment)."""

import datetime

import simplejson
from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, core_refusal, not_recognised, without_nulls
from sandbox.vismanet.applications import applied
from sandbox.vismanet.company import Company, Payment, local_text
from sandbox.vismanet.invoice_totals import twin
from sandbox.vismanet.invoice_view import customer_reference, day_text, location_reference, payment_method
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
from sandbox.vismanet.payment_body import PAYMENT_FIELDS, TYPES
from sandbox.vismanet.payment_rules import (
    change_payment,
    make_payment,
    payment_status,
    release_payment,
    void_payment,
)
from sandbox.vismanet.receivables import done, refuse_operations
from sandbox.vismanet.tables import EXCHANGE_RATES
from sandbox.vismanet.tax import ZERO
from sandbox.vismanet.wrapped import Fields, Scalar, read_update

LARGEST_PAGE = 500
PATH = "/v1/customerPayment"
RELEASE_FIELDS: Fields = {"type": Scalar(str, TYPES)}
EQUAL_FILTERS = {
    "paymentType": "type",
    "customer": "customer",
    "branch": "branch",
    "financialPeriod": "applicationPeriod",
}


def add_payments(router: APIRouter, api: Api) -> None:
    """Offer the payments."""

    @router.get(PATH, response_model=None)
    @api.allowing("read")
    async def list_payments(request: Request, company: Company) -> Response:
        payments = changed_as_asked(list(company.payments.values()), request)
        payments = dated_as_asked(payments, request, "docDate", _day)
        kept = [payment for payment in payments if _asked_for(payment, request)]
        return paged(kept, request, LARGEST_PAGE, lambda payment: payment_view(company, payment))

    @router.post(PATH, response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        update = read_update(await request.body(), PAYMENT_FIELDS, "PaymentUpdateDto")
        refuse_operations(update, ("Insert",), "inserting the payment")
        payment = make_payment(company, update)
        return created(request, f"/vismanet{PATH}", payment.key, payment.version)

    @router.get(f"{PATH}/{{number}}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        payment = _by_number(company, request)
        return one(payment_view(company, payment), payment.version)

    @router.put(f"{PATH}/{{number}}", response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        payment = _by_number(company, request)
        update = read_update(await request.body(), PAYMENT_FIELDS, "PaymentUpdateDto")
        check_version(request, payment.version)
        refuse_operations(update, ("Insert", "Update", "Delete"), "updating the payment")
        change_payment(company, payment, update)
        return changed(payment.version)

    _add_actions(router, api)


def _add_actions(router: APIRouter, api: Api) -> None:
    @router.post(f"{PATH}/{{number}}/action/release", response_model=None)
    @api.allowing("update")
    async def release(request: Request, company: Company) -> Response:
        payment = _by_number(company, request)
        update = read_update(await request.body(), RELEASE_FIELDS, "ReleasePaymentActionDto")
        check_version(request, payment.version)
        _refuse_type(update, "releasing the payment")
        release_payment(company, payment)
        return Answer(done())

    @router.post(f"{PATH}/{{number}}/action/void", response_model=None)
    @api.allowing("update")
    async def void(request: Request, company: Company) -> Response:
        payment = _by_number(company, request)
        asked = _plain_body(await request.body())
        check_version(request, payment.version)
        _refuse_type(asked, "voiding the payment")
        void_payment(company, payment)
        shown = {"voidPayment": payment_view(company, payment)} if asked.get("returnVoidPayment") else {}
        return Answer({**done(), "type": "VoidPayment", "refNbr": payment.key, **shown})


def payment_view(company: Company, payment: Payment) -> Record:
    """Show a payment with what it is applied to (PaymentDto)."""
    values, rate = payment.values, EXCHANGE_RATES[payment.values["currency"]]
    view = {
        "refNbr": payment.key,
        **{name: values.get(name) for name in ("type", "hold", "paymentRef", "cashAccount", "currency", "branch")},
        **{name: values.get(name) for name in ("applicationPeriod", "invoiceText", "paymentAmount")},
        "status": payment_status(payment),
        "applicationDate": day_text(values["applicationDate"]),
        "customer": customer_reference(company, values["customer"]),
        "location": location_reference(company, values["customer"]),
        "paymentMethod": payment_method(values["paymentMethod"]),
        "appliedToDocuments": ZERO if payment.voided else applied(values["paymentLines"]),
        "appliedToOrders": ZERO,
        "availableBalance": payment.unapplied,
        **dict.fromkeys(("writeOffAmount", "financeCharges", "deductedCharges"), ZERO),
        "paymentAmountInCurrency": twin(values["paymentAmount"], rate),
        "availableBalanceInCurrency": twin(payment.unapplied, rate),
        "paymentLines": [_line_view(company, row) for row in values["paymentLines"]],
        "ordersToApply": [],
        "financialDetails": {"paymentDate": day_text(values["applicationDate"])},
        "lastModifiedDateTime": local_text(payment.modified),
        "timeStamp": payment.version,
    }
    shown: Record = without_nulls(view)
    return shown


def _line_view(company: Company, row: Record) -> Record:
    invoice = company.invoices[row["refNbr"]]
    values = invoice.values
    return {
        "documentType": "Invoice",
        "refNbr": row["refNbr"],
        "amountPaid": row["amountPaid"],
        "cashDiscountTaken": ZERO,
        "balanceWriteOff": ZERO,
        "date": day_text(values["documentDate"]),
        "dueDate": day_text(values["documentDueDate"]),
        "balance": invoice.balance,
        "description": values.get("invoiceText"),
        "currency": values["currencyId"],
        "postPeriod": values["postPeriod"],
        "customerOrder": values.get("customerRefNumber"),
    }


def _plain_body(body: bytes) -> Record:
    """Read the one body of the core API that is not wrapped (VoidPaymentActionDto)."""
    try:
        asked = simplejson.loads(body)
    except ValueError:
        raise not_recognised("VoidPaymentActionDto", "the whole body") from None
    if not isinstance(asked, dict) or not set(asked) <= {"type", "returnVoidPayment"}:
        raise not_recognised("VoidPaymentActionDto", "the whole body")
    return asked


def _refuse_type(asked: Record, doing: str) -> None:
    if asked.get("type") != "Payment":
        raise core_refusal(400, doing, "Payment", ["'Type' must be the type of the document, Payment."])


def _by_number(company: Company, request: Request) -> Payment:
    number = path_key(request.path_params["number"])
    payment = company.payments.get(number.strip().upper())
    if payment is None:
        raise missing("Payment", number)
    return payment


def _day(payment: Payment) -> datetime.date:
    day: datetime.date = payment.values["applicationDate"]
    return day


def _asked_for(payment: Payment, request: Request) -> bool:
    asked, values = request.query_params, payment.values
    invoice = asked.get("invoiceRefNbr")
    return (
        all(same_text(values.get(field), asked[name]) for name, field in EQUAL_FILTERS.items() if asked.get(name))
        and (not asked.get("paymentNbr") or same_text(payment.key, asked["paymentNbr"]))
        and (not asked.get("status") or same_text(payment_status(payment), asked["status"]))
        and (not invoice or any(same_text(row["refNbr"], invoice) for row in values["paymentLines"]))
    )
