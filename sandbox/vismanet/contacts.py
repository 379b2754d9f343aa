"""Contact persons in the core API ("Visma.net ERP API", contact); their lists have no pages."""

from collections.abc import Iterator

from fastapi import APIRouter, Request, Response

from sandbox.answers import Answer
from sandbox.vismanet import tables
from sandbox.vismanet.access import Api
from sandbox.vismanet.answers import Record, core_refusal, without_nulls
from sandbox.vismanet.company import Company, Stored, local_text
from sandbox.vismanet.customer_rules import ADDRESS_FIELDS, looks_like_email, text_faults
from sandbox.vismanet.customer_view import address_of, address_view
from sandbox.vismanet.lists import changed, changed_as_asked, check_version, created, missing, one, path_key, same_text
from sandbox.vismanet.wrapped import FLAG, TEXT, Fields, Nested, Scalar, merged, read_update

PERMISSIONS = ("doNotCall", "doNotFax", "doNotEmail", "doNotMail", "noMassMail", "noMarketing")
TEXTS = ("firstName", "lastName", "position", "businessAccount", "email", "web", "phone1", "phone2", "phone3", "fax")
CONTACT_FIELDS: Fields = {
    **dict.fromkeys(TEXTS, TEXT),
    **dict.fromkeys((*PERMISSIONS, "active", "sameAsAccount"), FLAG),
    "title": Scalar(str, ("Doctor", "Miss", "Mr", "Mrs", "Ms", "Prof")),
    "contactMethod": Scalar(str, ("Any", "Email", "Mail", "Fax", "Phone")),
    "address": Nested(ADDRESS_FIELDS),
}


def create_contact(company: Company, update: Record) -> Stored:
    """Make a contact person; raises a refusal where the ERP would not have it."""
    given = {name: value for name, value in update.items() if value is not None}
    values = {"active": True, "contactMethod": "Any", "sameAsAccount": "address" not in given, **given}
    _validate(company, values, "inserting the contact")
    contact = company.keep("", values)
    contact.key = str(contact.internal_id)
    company.contacts[contact.internal_id] = contact
    return contact


def change_contact(company: Company, contact: Stored, update: Record) -> None:
    """Change the given fields of a contact person."""
    values = merged(contact.values, update)
    _validate(company, values, "updating the contact")
    contact.values = values
    company.touch(contact)


def contact_view(company: Company, contact: Stored) -> Record:
    """Show a contact person (ContactDto)."""
    values = contact.values
    customer = company.customer(values.get("businessAccount") or "")
    same = bool(values.get("sameAsAccount")) and customer is not None
    address = address_of(customer, "main") if same and customer is not None else values.get("address") or {}
    names = [name for name in (values.get("lastName"), values.get("firstName")) if name]
    view: Record = {
        "displayName": ", ".join(names),
        **{name: values.get(name) for name in (*TEXTS, "active", "title", "contactMethod", "sameAsAccount")},
        **{name: bool(values.get(name)) for name in PERMISSIONS},
        "businessAccountType": "Customer" if customer is not None else None,
        "address": address_view(address, contact.internal_id),
        "contactId": contact.internal_id,
        "lastModifiedDateTime": local_text(contact.modified),
        "timeStamp": contact.version,
    }
    shown: Record = without_nulls(view)
    return shown


def add_contacts(router: APIRouter, api: Api) -> None:
    """Offer the contact persons."""

    @router.get("/v1/contact", response_model=None)
    @api.allowing("read")
    async def list_contacts(request: Request, company: Company) -> Response:
        return _listed(request, company, list(company.contacts.values()))

    @router.post("/v1/contact", response_model=None)
    @api.allowing("create")
    async def create(request: Request, company: Company) -> Response:
        contact = create_contact(company, read_update(await request.body(), CONTACT_FIELDS, "ContactUpdateDto"))
        return created(request, "/vismanet/v1/contact", contact.key, contact.version)

    @router.get("/v1/contact/{contact_id}", response_model=None)
    @api.allowing("read")
    async def get_one(request: Request, company: Company) -> Response:
        contact = _by_id(company, request)
        return one(contact_view(company, contact), contact.version)

    @router.put("/v1/contact/{contact_id}", response_model=None)
    @api.allowing("update")
    async def put(request: Request, company: Company) -> Response:
        contact = _by_id(company, request)
        update = read_update(await request.body(), CONTACT_FIELDS, "ContactUpdateDto")
        check_version(request, contact.version)
        change_contact(company, contact, update)
        return changed(contact.version)

    @router.get("/v1/customer/{number}/contact", response_model=None)
    @api.allowing("read")
    async def list_of_customer(request: Request, company: Company) -> Response:
        number = path_key(request.path_params["number"])
        if company.customer(number) is None:
            raise missing("Customer", number)
        return _listed(
            request,
            company,
            [c for c in company.contacts.values() if same_text(c.values.get("businessAccount"), number)],
        )


def _listed(request: Request, company: Company, contacts: list[Stored]) -> Response:
    kept = [contact for contact in changed_as_asked(contacts, request) if _asked_for(company, contact, request)]
    metadata = {"totalCount": len(kept), "maxPageSize": len(kept)}
    return Answer([{**contact_view(company, contact), "metadata": metadata} for contact in kept])


def _asked_for(company: Company, contact: Stored, request: Request) -> bool:
    asked, values = request.query_params, contact.values
    active = asked.get("active", "").lower()
    return (
        all(
            same_text(values.get(name), asked[name])
            for name in ("firstName", "lastName", "businessAccount", "email")
            if asked.get(name)
        )
        and (
            not asked.get("displayName")
            or same_text(contact_view(company, contact)["displayName"], asked["displayName"])
        )
        and (not active or bool(values.get("active")) == (active == "true"))
    )


def _by_id(company: Company, request: Request) -> Stored:
    wanted = request.path_params["contact_id"]
    contact = company.contacts.get(int(wanted)) if wanted.isdecimal() else None
    if contact is None:
        raise missing("Contact", wanted)
    return contact


def _validate(company: Company, values: Record, doing: str) -> None:
    faults = list(_faults(company, values))
    if faults:
        raise core_refusal(400, doing, "Contact", faults)


def _faults(company: Company, values: Record) -> Iterator[str]:
    if not (values.get("lastName") or "").strip():
        yield "'Last Name' cannot be empty."
    account = values.get("businessAccount")
    if account and company.customer(account) is None:
        yield f"'Business Account' '{account}' cannot be found in the system."
    if values.get("email") and not looks_like_email(values["email"]):
        yield "'Email' is not a valid e-mail address."
    country = (values.get("address") or {}).get("countryId")
    if country and country not in tables.COUNTRIES:
        yield "'Country' cannot be found in the system."
    yield from text_faults(values, ("address",))
