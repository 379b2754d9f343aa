"""Customers and their contact persons, as they are written. Source: "Visma.net ERP OpenAPI 2025-12"."""

from typing import Literal

from pydantic import Field

from visma_sync.systems.vismanet.wire.payload import AttributeLine, CorePayload, Moment, Number, Operation, Segment

CustomerStatus = Literal["Active", "OnHold", "CreditHold", "Inactive", "OneTime"]


class Address(CorePayload):
    """An address of a customer or contact; the country is an ISO 3166 code of two letters."""

    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country_id: str | None = None
    county: str | None = None


class ContactInfo(CorePayload):
    """Whom to reach at an address."""

    name: str | None = None
    attention: str | None = None
    email: str | None = None
    web: str | None = None
    phone1: str | None = None
    phone2: str | None = None
    fax: str | None = None


class EInvoiceContract(CorePayload):
    """Where a customer's electronic invoices go (Finland)."""

    contract_id: str | None = Field(None, alias="fInvoiceContractID")
    intermediator_id: str | None = Field(None, alias="fInvoiceIntermediatorID")


class DefaultPaymentMethod(CorePayload):
    """How a customer usually pays."""

    payment_method_id: str | None = None
    is_default: bool | None = None


class CustomerGlAccounts(CorePayload):
    """The ledger accounts of a customer."""

    customer_ledger_account: str | None = None
    customer_ledger_subaccount: list[Segment] | None = None
    sales_account: str | None = None
    sales_non_taxable_account: str | None = None
    sales_eu_account: str | None = None
    sales_export_account: str | None = None
    sales_subaccount: list[Segment] | None = None
    discount_account: str | None = None
    discount_subaccount: list[Segment] | None = None
    freight_account: str | None = None
    freight_subaccount: list[Segment] | None = None
    cash_discount_account: str | None = None
    cash_discount_subaccount: list[Segment] | None = None
    prepayment_account: str | None = None
    prepayment_subaccount: list[Segment] | None = None


class DirectDebit(CorePayload):
    """A direct debit mandate of a customer (Netherlands)."""

    bare = frozenset({"operation", "id"})

    operation: Operation | None = None
    id: str | None = None
    mandate_id: str | None = None
    mandate_description: str | None = None
    date_of_signature: Moment | None = None
    is_default: bool | None = None
    one_time: bool | None = None
    bic: str | None = None
    iban: str | None = None
    last_collection_date: Moment | None = None
    max_amount: Number | None = None
    expiration_date: Moment | None = None
    branch: str | None = None


class CustomerUpdate(CorePayload):
    """A customer to be created, or what changes of one."""

    bare = frozenset({"override_with_class_values"})

    number: str | None = None
    name: str | None = None
    status: CustomerStatus | None = None
    account_reference: str | None = None
    number_of_employees: int | None = None
    parent_record_number: str | None = None
    currency_id: str | None = None
    credit_limit: Number | None = None
    credit_days_past_due: int | None = None
    override_with_class_values: bool | None = None
    customer_class_id: str | None = None
    credit_terms_id: str | None = None
    print_invoices: bool | None = None
    accept_auto_invoices: bool | None = None
    send_invoices_by_email: bool | None = None
    send_dunning_letters_via_e_mail: bool | None = None
    print_dunning_letters: bool | None = None
    print_statements: bool | None = None
    send_statements_by_email: bool | None = None
    print_multi_currency_statements: bool | None = None
    invoice_to_default_location: bool | None = None
    vat_registration_id: str | None = None
    corporate_id: str | None = None
    vat_zone_id: str | None = None
    gln: str | None = None
    note: str | None = None
    main_address: Address | None = None
    main_contact: ContactInfo | None = None
    credit_verification: Literal["Disabled", "DaysPastDue", "CreditLimit", "LimitAndDaysPastDue"] | None = None
    invoice_address: Address | None = None
    invoice_contact: ContactInfo | None = None
    statement_type: Literal["OpenItem", "BalanceBroughtForward"] | None = None
    delivery_address: Address | None = None
    delivery_contact: ContactInfo | None = None
    price_class_id: str | None = None
    e_invoice_contract: EInvoiceContract | None = None
    default_payment_method: DefaultPaymentMethod | None = None
    gl_accounts: CustomerGlAccounts | None = None
    direct_debit_lines: list[DirectDebit] | None = None
    attribute_lines: list[AttributeLine] | None = None
    override_number_series: bool | None = None
    exclude_debt_collection: bool | None = None


class ContactUpdate(CorePayload):
    """A contact person to be created; `businessAccount` is the number of the customer it belongs to."""

    active: bool | None = None
    title: Literal["Doctor", "Miss", "Mr", "Mrs", "Ms", "Prof"] | None = None
    first_name: str | None = None
    last_name: str | None = None
    position: str | None = None
    business_account: str | None = None
    same_as_account: bool | None = None
    address: Address | None = None
    email: str | None = None
    web: str | None = None
    phone1: str | None = None
    phone2: str | None = None
    phone3: str | None = None
    fax: str | None = None
    contact_method: Literal["Any", "Email", "Mail", "Fax", "Phone"] | None = None
    do_not_call: bool | None = None
    do_not_fax: bool | None = None
    do_not_email: bool | None = None
    do_not_mail: bool | None = None
    no_mass_mail: bool | None = None
    no_marketing: bool | None = None
