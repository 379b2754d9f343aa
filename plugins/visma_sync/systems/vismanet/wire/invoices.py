"""Customer invoices and credit notes, as they are written. Source: "Visma.net ERP OpenAPI 2025-12"."""

from typing import Literal

from pydantic import Field

from visma_sync.systems.vismanet.wire.payload import CorePayload, Moment, Number, Operation, Segment
from visma_sync.systems.vismanet.wire.payments import SettledDocument


class InvoiceAddress(CorePayload):
    """Where an invoice goes; without `overrideAddress` it goes to the customer's own address."""

    override_address: bool | None = None
    address_line1: str | None = None
    address_line2: str | None = None
    address_line3: str | None = None
    postal_code: str | None = None
    city: str | None = None
    country_id: str | None = None
    county: str | None = None


class InvoiceContact(CorePayload):
    """Whom an invoice is for; without `overrideContact` it is the customer's own contact."""

    override_contact: bool | None = None
    name: str | None = None
    attention: str | None = None
    email: str | None = None
    phone1: str | None = None


class TaxDetail(CorePayload):
    """The VAT of a document by VAT id, in the document's currency, instead of what is computed."""

    tax_id: str | None = None
    taxable_amount: Number | None = None
    vat_amount: Number | None = None


class DocumentLine(CorePayload):
    """A row of an invoice or credit note, in the document's currency."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    line_number: int | None = None
    inventory_number: str | None = None
    description: str | None = None
    quantity: Number | None = None
    unit_price_in_currency: Number | None = None
    manual_amount_in_currency: Number | None = None
    account_number: str | None = None
    vat_code_id: str | None = None
    uom: str | None = None
    discount_code: str | None = None
    discount_percent: Number | None = None
    discount_amount_in_currency: Number | None = None
    manual_discount: bool | None = None
    subaccount: list[Segment] | None = None
    salesperson: str | None = None
    deferral_schedule: int | None = None
    deferral_code: str | None = None
    term_start_date: Moment | None = None
    term_end_date: Moment | None = None
    task_id: str | None = None
    note: str | None = None
    branch_number: str | None = None


class InvoiceLine(DocumentLine):
    """A row of an invoice."""

    domestic_services_deductible: bool | None = None
    item_type: Literal["Service", "MaterialCost", "OtherCost"] | None = None
    type_of_work: str | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None


class DeductionShare(CorePayload):
    """How much of a tax deduction is whose (Sweden)."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    line_nbr: int | None = None
    personal_id: str | None = None
    amount: Number | None = None
    extra: bool | None = None


class Deduction(CorePayload):
    """A tax deduction for work at home (Sweden); two names are spelt as the vendor spells them."""

    distributed_automaticaly: bool | None = None
    type: Literal["Rut", "Rot"] | None = None
    appartment: str | None = None
    estate: str | None = None
    organization_nbr: str | None = None
    distribution: list[DeductionShare] | None = None


class CustomerDocumentUpdate(CorePayload):
    """What an invoice and a credit note have in common; amounts are in the currency given."""

    reference_number: str | None = None
    override_number_series: bool | None = None
    external_reference: str | None = None
    customer_ref_number: str | None = None
    customer_number: str | None = None
    child_customer_number: str | None = None
    consolidate_invoices: bool | None = None
    contact: int | None = None
    location_id: str | None = None
    document_date: Moment | None = None
    orig_invoice_date: Moment | None = None
    post_period: str | None = None
    financial_period: str | None = None
    hold: bool | None = None
    currency_id: str | None = None
    exchange_rate: Number | None = None
    customer_vat_zone_id: str | None = None
    project: str | None = None
    invoice_text: str | None = None
    invoice_contact: InvoiceContact | None = None
    sales_person_id: int | None = Field(None, alias="salesPersonID")
    salesperson: str | None = None
    note: str | None = None
    branch_number: str | None = None
    cash_account: str | None = None
    send_to_auto_invoice: bool | None = None
    dont_print: bool | None = None
    dont_email: bool | None = None


class CustomerInvoiceUpdate(CustomerDocumentUpdate):
    """An invoice to be created, or what changes of one."""

    bare = frozenset({"rot_rut_details"})

    payment_method_id: str | None = None
    credit_terms_id: str | None = None
    cash_discount_date: Moment | None = None
    document_due_date: Moment | None = None
    payment_reference: str | None = None
    customer_project: str | None = None
    domestic_services_deductible_document: bool | None = None
    rot_rut_details: Deduction | None = None
    tax_detail_lines: list[TaxDetail] | None = None
    invoice_lines: list[InvoiceLine] | None = None
    billing_address: InvoiceAddress | None = None
    start_date: Moment | None = None
    end_date: Moment | None = None
    accounting_cost_ref: str | None = None
    originator_doc_ref: str | None = None
    contract_doc_ref: str | None = None
    revoked: bool | None = None
    direct_debit_mandate_id: str | None = None
    exclude_debt_collection: bool | None = None
    debt_collection_case_nbr: str | None = None
    debt_collection_case_status: str | None = None
    debt_collection_case_type: str | None = None
    debt_collection_case_url: str | None = None


class CustomerCreditNoteUpdate(CustomerDocumentUpdate):
    """A credit note to be created, or what changes of one; its amounts are positive."""

    lines: list[DocumentLine] | None = None
    tax_details: list[TaxDetail] | None = None
    application_lines: list[SettledDocument] | None = None
    invoice_address: InvoiceAddress | None = None
