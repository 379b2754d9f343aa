"""Articles as eAccounting takes them. Source: "eAccounting OpenAPI 2026-02"."""

from typing import Any

from pydantic import Field

from visma_sync.systems.eaccounting.wire.payload import Number, Payload


class ArticleBarcode(Payload):
    """A barcode of an article; the only documented kind is 0."""

    barcode: str | None = None
    barcode_type: int | None = None


class ArticleUpdate(Payload):
    """What may be written of an article: all of it in every change, for a PUT takes away what it leaves out.

    Prices are in the currency of the company, at most two decimals; net and gross must agree at the VAT rate of the
    coding. The balance is only taken where the stock module is not active.
    """

    is_active: bool | None = None
    number: str | None = Field(None, max_length=40)
    name: str | None = Field(None, max_length=50)
    coding_id: str | None = None
    unit_id: str | None = None
    name_english: str | None = Field(None, max_length=50)
    net_price: Number | None = Field(None, ge=0, le=99_000_000)
    net_price_with_discount: Number | None = Field(None, ge=0, le=99_000_000)
    gross_price: Number | None = Field(None, ge=0, le=99_000_000)
    stock_balance: Number | None = None
    house_work_type: int | None = None
    purchase_price: Number | None = Field(None, ge=0, le=99_000_000)
    send_to_webshop: bool | None = None
    uses_moss: bool | None = None
    article_labels: list[dict[str, Any]] | None = None
    note: str | None = Field(None, max_length=4000)
    is_stock: bool | None = None
    stock_location_reference: str | None = None
    freight_costs: Number | None = Field(None, ge=0, le=99_000_000)
    update_stock_prices: bool | None = None
    barcodes: list[ArticleBarcode] | None = None
    green_technology_type: int | None = None
    discount_percentage: Number | None = None
    currency_code: str | None = Field(None, max_length=3)
    purchase_price_with_currency: Number | None = None
    freight_cost_with_currency: Number | None = None
    ordering_point: Number | None = None
    supplier_id: str | None = None
    supplier_article_number: str | None = Field(None, max_length=16)
