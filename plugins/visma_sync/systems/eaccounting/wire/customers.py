"""Customers as eAccounting takes them. Source: "eAccounting OpenAPI 2026-02"."""

from typing import Any

from pydantic import Field

from visma_sync.systems.eaccounting.wire.payload import Number, Payload


class CustomerUpdate(Payload):
    """What may be written of a customer: all of it in every change, for a PUT takes away what it leaves out."""

    invoice_city: str | None = Field(None, max_length=50)
    invoice_postal_code: str | None = Field(None, max_length=10)
    name: str | None = Field(None, max_length=50)
    terms_of_payment_id: str | None = None
    is_private_person: bool | None = None
    is_active: bool | None = None
    gln: str | None = Field(None, max_length=255, alias="GLN")
    email_address_order: str | None = Field(None, max_length=255)
    email_address_quote: str | None = Field(None, max_length=255)
    tax_deduction_number: str | None = None
    property_type: int | None = Field(None, ge=1, le=2)
    property_reference: str | None = Field(None, max_length=40)
    customer_labels: list[dict[str, Any]] | None = None
    iban: str | None = Field(None, max_length=35)
    is_direct_debit_enabled: bool | None = None
    direct_debit_customer_settings: dict[str, Any] | None = None
    discount_agreement_id: str | None = None
    customer_number: str | None = Field(None, max_length=16)
    corporate_identity_number: str | None = Field(None, max_length=20)
    contact_person_email: str | None = Field(None, max_length=255)
    contact_person_mobile: str | None = Field(None, max_length=50)
    contact_person_name: str | None = Field(None, max_length=100)
    contact_person_phone: str | None = Field(None, max_length=50)
    currency_code: str | None = Field(None, max_length=3)
    email_address: str | None = Field(None, max_length=255)
    invoice_address1: str | None = Field(None, max_length=50)
    invoice_address2: str | None = Field(None, max_length=50)
    invoice_country_code: str | None = Field(None, max_length=2)
    delivery_address1: str | None = Field(None, max_length=50)
    delivery_address2: str | None = Field(None, max_length=50)
    delivery_city: str | None = Field(None, max_length=50)
    delivery_country_code: str | None = Field(None, max_length=2)
    delivery_postal_code: str | None = Field(None, max_length=10)
    delivery_customer_name: str | None = Field(None, max_length=100)
    delivery_method_id: str | None = None
    delivery_term_id: str | None = None
    note: str | None = Field(None, max_length=4000)
    reverse_charge_on_construction_services: bool | None = None
    webshop_customer_number: int | None = None
    mobile_phone: str | None = Field(None, max_length=50)
    telephone: str | None = Field(None, max_length=50)
    vat_number: str | None = Field(None, max_length=20)
    www_address: str | None = Field(None, max_length=255)
    is_northern_ireland: bool | None = None
    discount_percentage: Number | None = Field(None, ge=0, le=1)
    force_bookkeep_vat: bool | None = None
    edi_gln_number: str | None = Field(None, max_length=255)
    sales_document_language: str | None = Field(None, max_length=2)
    electronic_address: str | None = Field(None, max_length=255)
    electronic_reference: str | None = Field(None, max_length=35)
    edi_service_deliverer_id: str | None = Field(None, max_length=255)
    email_addresses: list[str] | None = None
    delivery_based_vat: bool | None = None
    sales_price_list_id: str | None = None
    auto_invoice_activation_email_sent_date: str | None = None
    auto_invoice_registration_request_sent_date: str | None = None
