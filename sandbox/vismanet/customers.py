"""Debtors in the core API: list, one, create, change ("Visma.net ERP API", customer)."""

from typing import Any

import simplejson
from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, plain_refusal, without_nulls
from sandbox.vismanet.company import Company, Stored
from sandbox.vismanet.customer_rules import CUSTOMER_FIELDS, change_customer, create_customer, remember_mailing
from sandbox.vismanet.customer_view import contact_of, customer_view
from sandbox.vismanet.lists import (
    changed,
    changed_as_asked,
    check_version,
    created,
    missing,
    one,
    paged,
    path_key,
    same_text,
)
from sandbox.vismanet.wrapped import read_update

LARGEST_PAGE = 1000
EQUAL_FILTERS = ("name", "corporateId", "vatRegistrationId")


def add_customers(router: APIRouter, api: Api) -> None:
    """Offer the debtors."""

    @router.get("/v1/customer", response_model=None)
    @api.allowing("read")
    async def list_customers(request: Request, company: Company) -> Response:
        kept = [
            customer
            for customer in changed_as_asked(list(company.customers.values()), request)
            if _asked_for(customer, request)
        ]
        accounts = _flag(request, "expandAccountInformation")
        methods = _flag(request, "expandPaymentMethods")

        def view(customer: Any) -> Record:
            return customer_view(company, customer, accounts=accounts, payment_methods=methods)

        return paged(kept, request, LARGEST_PAGE, view)

    @router.post("/v1/customer", response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        update = read_update(await request.body(), CUSTOMER_FIELDS, "CustomerUpdateDto")
        customer = create_customer(company, update)
        remember_mailing(company, customer, {})
        return created(request, "/vismanet/v1/customer", customer.key, customer.version)

    @router.get("/v1/customer/customerClass", response_model=None)
    @api.allowing("read")
    async def list_classes(request: Request, company: Company) -> Response:
        return Answer(company.master.lists.get("customerClass", []))

    @router.get("/v1/customer/customerClass/{class_id}", response_model=None)
    @api.allowing("read")
    async def get_class(request: Request, company: Company) -> Response:
        key = path_key(request.path_params["class_id"])
        for row in company.master.lists.get("customerClass", []):
            if row["id"] == key:
                return Answer(without_nulls(row))
        raise missing("Customer Class", key)

    _add_single_customers(router, api)


def _add_single_customers(router: APIRouter, api: Api) -> None:
    @router.get("/v1/customer/internal/{internal_id}", response_model=None)
    @api.allowing("read")
    async def get_internal(request: Request, company: Company) -> Response:
        customer = _by_internal_id(company, request)
        return one(customer_view(company, customer), customer.version)

    @router.put("/v1/customer/internal/{internal_id}", response_model=None)
    @api.allowing("update")
    async def put_internal(request: Request, company: Company) -> Response:
        return await _change(request, company, _by_internal_id(company, request))

    @router.get("/v1/customer/{number}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        customer = _by_number(company, request)
        return one(customer_view(company, customer), customer.version)

    @router.put("/v1/customer/{number}", response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        return await _change(request, company, _by_number(company, request))


async def _change(request: Request, company: Company, customer: Stored) -> Response:
    update = read_update(await request.body(), CUSTOMER_FIELDS, "CustomerUpdateDto")
    check_version(request, customer.version)
    before = customer.values
    change_customer(company, customer, update)
    remember_mailing(company, customer, before)
    return changed(customer.version)


def _by_number(company: Company, request: Request) -> Stored:
    number = path_key(request.path_params["number"])
    customer = company.customer(number)
    if customer is None:
        raise missing("Customer", number)
    return customer


def _by_internal_id(company: Company, request: Request) -> Stored:
    wanted = request.path_params["internal_id"]
    for customer in company.customers.values():
        if str(customer.internal_id) == wanted:
            return customer
    raise missing("Customer", wanted)


def _flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "").lower() == "true"


def _asked_for(customer: Stored, request: Request) -> bool:
    asked, values = request.query_params, customer.values
    main = contact_of(customer, "main")
    return (
        all(same_text(values.get(name), asked[name]) for name in EQUAL_FILTERS if asked.get(name))
        and (not asked.get("status") or values["status"] == asked["status"])
        and (not asked.get("email") or same_text(main.get("email"), asked["email"]))
        and (not asked.get("phone") or same_text(main.get("phone1"), asked["phone"]))
        and (not asked.get("attributes") or _has_attributes(values, asked["attributes"]))
    )


def _has_attributes(values: Record, text: str) -> bool:
    try:
        wanted = simplejson.loads(text)
    except ValueError:
        raise plain_refusal(400, "The attributes filter is not valid JSON.") from None
    held = {line["attributeId"]: line.get("attributeValue") for line in values.get("attributeLines") or []}
    return all(held.get(name) in str(options).split(",") for name, options in wanted.items())
