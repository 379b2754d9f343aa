"""The settings of one pair, with their defaults in include/settings/default.yaml."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from visma_sync.domain.order import OrderStatus
from visma_sync.domain.vat import Buyer, Supply, Treatment
from visma_sync.settings.bookings import BookingSettings
from visma_sync.settings.choice import Choice
from visma_sync.settings.customers import CustomerSettings
from visma_sync.settings.invoices import InvoiceSettings
from visma_sync.settings.mirror import MirrorSettings
from visma_sync.settings.mirror_orders import ORDER_FLOWS
from visma_sync.settings.mirror_stock import STOCK_FLOWS, refuse_both_directions
from visma_sync.settings.orders import FulfilmentSettings
from visma_sync.settings.part import Part
from visma_sync.settings.payments import PaymentSettings
from visma_sync.settings.products import ProductSettings
from visma_sync.settings.reconcile import ReconcileSettings
from visma_sync.settings.sales import SendSalesAs
from visma_sync.settings.stock import StockSettings


class SendWhen(Part):
    """Which orders are sent: their statuses, and whether only paid ones."""

    status: tuple[OrderStatus, ...]
    paid: Literal["any", "paid"]


class OrderSettings(Part):
    """Type of the orders made in the target, and whether the target numbers them itself."""

    type: str = Field(min_length=1, max_length=2)
    numbering: Literal["automatic", "manual"]


class DefaultDebtor(Part):
    """One collective customer: `fallback` uses it where the customer cannot be created."""

    when: Literal["off", "always", "fallback"]
    customer: str

    @model_validator(mode="after")
    def _named_where_used(self) -> "DefaultDebtor":
        if self.when != "off" and not self.customer:
            raise ValueError("name the customer number, or set `when: off`")
        return self


class CustomerClasses(Part):
    """Customer classes of the target: for new companies and persons, and which classes count as which."""

    company: str
    person: str
    company_classes: tuple[str, ...]
    person_classes: tuple[str, ...]

    def of_kind(self, is_company: bool) -> frozenset[str]:
        """The classes in which a customer of this kind may be found by e-mail."""
        if is_company:
            return frozenset({self.company, *self.company_classes})
        return frozenset({self.person, *self.person_classes})


class TreatmentRow(Part):
    """A row of the VAT treatment table; `rate` in percent, as a person writes it."""

    country: Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$")]
    buyer: Buyer | None = None
    supply: Supply | None = None
    rate: Decimal = Field(ge=0, lt=100)
    valid_from: date = date(2000, 1, 1)
    zone: str
    category: str
    category_inclusive: str = ""
    account: str = ""

    def treatment(self) -> Treatment:
        """The row as the domain reads it, its rate a fraction."""
        return Treatment(
            country=self.country,
            buyer=self.buyer,
            supply=self.supply,
            rate=self.rate / 100,
            valid_from=self.valid_from,
            zone=self.zone,
            category=self.category,
            category_inclusive=self.category_inclusive,
            account=self.account,
        )


class VatSettings(Part):
    """The home country and the VAT treatment table."""

    home_country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    treatments: tuple[TreatmentRow, ...]


class Freight(Part):
    """Rows with these SKUs are freight: as the order's freight amount, or as rows."""

    skus: tuple[str, ...]
    send_as: Literal["freight", "rows"]


class Discounts(Part):
    """A row discount is sent as list price and amount, or inside the price."""

    send_as: Literal["amount", "inside_price"]


class Rounding(Part):
    """The rounding row: a non-stock product without VAT, booked on its own account."""

    sku: str
    account: str
    category: str


class Settings(Part):
    """Everything a business decides about a pair of companies; amounts in the order's currency."""

    send_when: SendWhen
    send_sales_as: SendSalesAs
    cut_off_date: date | None
    overlap_minutes: int = Field(ge=0, le=7 * 24 * 60)
    order: OrderSettings
    marker_prefix: Annotated[str, BeforeValidator(str), Field(max_length=20)]
    branch: Choice
    default_debtor: DefaultDebtor
    without_email: Literal["create", "default_debtor", "park"]
    customer_classes: CustomerClasses
    customers: CustomerSettings
    credit_terms: Choice
    payment_method: Choice
    cash_account: Choice
    ship_via: Choice
    shipping_terms: Choice
    warehouse: Choice
    units: Choice
    vat: VatSettings
    freight: Freight
    discounts: Discounts
    create_products: bool
    products: ProductSettings
    payments: PaymentSettings
    stock: StockSettings
    rounding: Rounding
    max_rounding: Decimal = Field(ge=0, le=1)
    max_whole_unit_rounding: Decimal = Field(ge=0, le=10)
    confirm: Literal["hold", "open", "shipment", "invoice"]
    fulfilment: FulfilmentSettings
    invoices: InvoiceSettings
    bookings: BookingSettings
    uncertain_wait_seconds: int = Field(ge=1)
    outage_patience_hours: Decimal = Field(gt=0)
    records_per_lane: int = Field(ge=1)
    max_lanes: int = Field(ge=1, le=64)
    max_concurrency: int = Field(ge=1, le=64)
    timeout_seconds: int = Field(ge=1, le=240)
    retention_days: int = Field(ge=1)
    reconcile: ReconcileSettings
    mirror: MirrorSettings
    flows_off: tuple[str, ...]
    filters: dict[str, tuple[str, ...]]
    mapping_overlays: dict[str, tuple[str, ...]]

    @model_validator(mode="after")
    def _debtor_named_where_used(self) -> "Settings":
        if self.without_email == "default_debtor" and not self.default_debtor.customer:
            raise ValueError("without_email is default_debtor: name its customer number in default_debtor.customer")
        return self

    @model_validator(mode="after")
    def _stock_of_a_warehouse_goes_one_way(self) -> "Settings":
        if not STOCK_FLOWS.intersection(self.flows_off):
            usual = self.warehouse.default if self.warehouse.force is None else self.warehouse.force
            refuse_both_directions(self.stock, usual or "", self.mirror.stock)
        return self

    @model_validator(mode="after")
    def _orders_of_both_directions_are_apart(self) -> "Settings":
        reason = "" if ORDER_FLOWS.intersection(self.flows_off) else self.mirror.orders.why_not_beside(self.order.type)
        if reason:
            raise ValueError(f"orders cannot go in both directions like this: {reason}")
        return self

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        """The VAT treatment table as the domain reads it."""
        return tuple(row.treatment() for row in self.vat.treatments)
