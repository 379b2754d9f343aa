"""A debtor as the core API shows it (CustomerDto)."""

from typing import Any

from sandbox.vismanet import masterdata, tables, taxes
from sandbox.vismanet.answers import Record, without_nulls
from sandbox.vismanet.company import Company, Stored, local_text
from sandbox.vismanet.customer_rules import ACCOUNT_FIELDS, MAILING_FLAGS

PLAIN_FIELDS = (
    "name",
    "status",
    "accountReference",
    "currencyId",
    "creditVerification",
    "creditLimit",
    "creditDaysPastDue",
    "statementType",
    "vatRegistrationId",
    "corporateId",
    "gln",
    "numberOfEmployees",
)


def customer_view(company: Company, customer: Stored, *, accounts: bool = True, payment_methods: bool = True) -> Record:
    """Show a debtor; invoice and delivery address and contact are the main ones unless given."""
    values = customer.values
    view: Record = {
        "internalId": customer.internal_id,
        "number": customer.key,
        **{name: values.get(name) for name in PLAIN_FIELDS},
        "customerClass": masterdata.named(values.get("customerClassId"), _descriptions(tables.CUSTOMER_CLASSES)),
        "creditTerms": masterdata.named(
            values.get("creditTermsId"), {key: text for key, (text, _) in tables.CREDIT_TERMS.items()}
        ),
        **{
            flag: bool(values.get(flag))
            for flag in (*MAILING_FLAGS, "printMultiCurrencyStatements", "excludeDebtCollection")
        },
        **_addresses_and_contacts(customer),
        "parentRecord": _parent(company, values.get("parentRecordNumber")),
        "vatZone": masterdata.vat_zone(values["vatZoneId"]) if values.get("vatZoneId") in taxes.ZONES else None,
        "location": {
            "countryId": address_of(customer, "delivery").get("countryId"),
            "id": "MAIN",
            "name": "Hoofdlocatie",
        },
        "attributes": _attributes(values),
        "invoiceToDefaultLocation": bool(values.get("invoiceToDefaultLocation")),
        "priceClass": masterdata.named(values.get("priceClassId"), {}),
        "eInvoiceContract": values.get("eInvoiceContract"),
        "defaultPaymentMethodId": (values.get("defaultPaymentMethod") or {}).get("paymentMethodId"),
        "lastModifiedDateTime": local_text(customer.modified),
        "createdDateTime": local_text(customer.created),
        "timeStamp": customer.version,
    }
    if accounts:
        view["glAccounts"] = _accounts(values.get("glAccounts") or {})
    if payment_methods:
        view["paymentMethods"] = _payment_methods(values)
    shown: Record = without_nulls(view)
    return shown


def address_of(customer: Stored, part: str) -> Record:
    """Give the main, invoice or delivery address under the names of the update DTO."""
    return customer.values.get(f"{part}Address") or customer.values.get("mainAddress") or {}


def contact_of(customer: Stored, part: str) -> Record:
    """Give the main, invoice or delivery contact under the names of the update DTO."""
    return customer.values.get(f"{part}Contact") or customer.values.get("mainContact") or {}


def _addresses_and_contacts(customer: Stored) -> Record:
    shown: Record = {}
    for index, part in enumerate(("main", "invoice", "delivery")):
        own = index if customer.values.get(f"{part}Address") else 0
        shown[f"{part}Address"] = address_view(address_of(customer, part), customer.internal_id * 10 + own)
        own = index if customer.values.get(f"{part}Contact") else 0
        shown[f"{part}Contact"] = {"contactId": customer.internal_id * 10 + own, **contact_of(customer, part)}
    return shown


def address_view(address: Record, address_id: int) -> Record:
    """Show an address with its country's name."""
    lines = {name: address.get(name) for name in ("addressLine1", "addressLine2", "addressLine3", "postalCode", "city")}
    county = address.get("county")
    return {
        "addressId": address_id,
        **lines,
        "country": masterdata.country(address.get("countryId")),
        "county": None if county is None else {"id": county, "name": county},
    }


def _descriptions(rows: dict[str, Record]) -> dict[str, str]:
    return {key: str(row["description"]) for key, row in rows.items()}


def _parent(company: Company, number: str | None) -> Record | None:
    parent = company.customer(number) if number else None
    return None if parent is None else {"number": parent.key, "name": parent.values["name"]}


def _attributes(values: Record) -> list[Record]:
    return [
        {
            "id": line["attributeId"],
            "value": line.get("attributeValue"),
            "description": tables.CUSTOMER_ATTRIBUTES[line["attributeId"]],
        }
        for line in values.get("attributeLines") or []
    ]


def _accounts(chosen: Record) -> Record:
    return {
        name: masterdata.account_reference(chosen.get(name) or tables.CUSTOMER_ACCOUNTS.get(name))
        for name in ACCOUNT_FIELDS
    }


def _payment_methods(values: Record) -> list[Record]:
    method: dict[str, Any] = values.get("defaultPaymentMethod") or {}
    if not method.get("paymentMethodId"):
        return []
    return [{"paymentMethodId": method["paymentMethodId"], "isDefault": bool(method.get("isDefault", True))}]
