"""Orders as eAccounting takes them. Source: "eAccounting OpenAPI 2026-02"."""

from typing import Any

from pydantic import Field

from visma_sync.systems.eaccounting.wire.payload import Number, Payload


class OrderRow(Payload):
    """A row of an order: an article, or a text alone. Its amount follows from price, quantity and discount."""

    line_number: int = Field(ge=0, le=1_000)
    is_text_row: bool
    is_work_cost: bool
    eligible_for_reverse_charge_on_vat: bool
    delivered_quantity: Number | None = None
    article_id: str | None = None
    article_number: str | None = Field(None, max_length=40)
    text: str | None = Field(None, max_length=2000)
    unit_price: Number | None = None
    amount: Number | None = None
    discount_percentage: Number | None = Field(None, ge=0, le=1)
    quantity: Number | None = None
    work_cost_type: int | None = None
    work_hours: Number | None = None
    material_costs: Number | None = None
    cost_center_item_id1: str | None = None
    cost_center_item_id2: str | None = None
    cost_center_item_id3: str | None = None
    project_id: str | None = None
    green_technology_type: int | None = Field(None, ge=0, le=3)
    contribution_margin: dict[str, Any] | None = None


class OrderUpdate(Payload):
    """What may be written of an order; eAccounting computes its sums from the rows."""

    customer_id: str
    currency_code: str = Field(max_length=3)
    eu_third_party: bool
    status: int = Field(ge=1, le=4)
    rot_reduced_invoicing_type: int
    reverse_charge_on_construction_services: bool
    delivery_customer_name: str | None = Field(None, max_length=100)
    delivery_address1: str | None = Field(None, max_length=50)
    delivery_address2: str | None = Field(None, max_length=50)
    delivery_postal_code: str | None = Field(None, max_length=10)
    delivery_city: str | None = Field(None, max_length=50)
    delivery_country_code: str | None = Field(None, max_length=2)
    your_reference: str | None = Field(None, max_length=100)
    our_reference: str | None = Field(None, max_length=100)
    buyers_order_reference: str | None = Field(None, max_length=35)
    invoice_address1: str | None = Field(None, max_length=50)
    invoice_address2: str | None = Field(None, max_length=50)
    invoice_city: str | None = None
    invoice_country_code: str | None = Field(None, max_length=2)
    invoice_customer_name: str | None = Field(None, max_length=50)
    invoice_postal_code: str | None = Field(None, max_length=10)
    delivery_method_name: str | None = Field(None, max_length=50)
    delivery_method_code: str | None = Field(None, max_length=20)
    delivery_term_name: str | None = Field(None, max_length=50)
    delivery_term_code: str | None = Field(None, max_length=20)
    terms_of_payment_id: str | None = None
    order_date: str | None = None
    delivery_date: str | None = None
    house_work_amount: Number | None = None
    house_work_automatic_distribution: bool | None = None
    house_work_corporate_identity_number: str | None = Field(None, max_length=20)
    house_work_property_name: str | None = Field(None, max_length=100)
    rows: list[OrderRow] | None = None
    shipped_date_time: str | None = None
    rot_property_type: int | None = None
    persons: list[dict[str, Any]] | None = None
    uses_green_technology: bool | None = None
