"""Sales orders, as they are written: plain JSON. Lengths are those of "SalesOrders OpenAPI v3"."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from visma_sync.systems.vismanet.wire.payload import Moment, Number, Payload

Percent = Annotated[Number, Field(ge=-100, le=100)]
UpTo2 = Annotated[str, StringConstraints(max_length=2)]
UpTo5 = Annotated[str, StringConstraints(max_length=5)]
UpTo6 = Annotated[str, StringConstraints(max_length=6)]
UpTo10 = Annotated[str, StringConstraints(max_length=10)]
UpTo15 = Annotated[str, StringConstraints(max_length=15)]
UpTo20 = Annotated[str, StringConstraints(max_length=20)]
UpTo30 = Annotated[str, StringConstraints(max_length=30)]
UpTo40 = Annotated[str, StringConstraints(max_length=40)]
UpTo50 = Annotated[str, StringConstraints(max_length=50)]
UpTo255 = Annotated[str, StringConstraints(max_length=255)]
UpTo256 = Annotated[str, StringConstraints(max_length=256)]
UpTo2048 = Annotated[str, StringConstraints(max_length=2048)]


class OrderAddress(Payload):
    """An address of an order; one that is given replaces the customer's whole address, so give all of it."""

    line1: UpTo50 | None = None
    line2: UpTo50 | None = None
    line3: UpTo50 | None = None
    postal_code: UpTo20 | None = None
    city: UpTo50 | None = None
    country_id: UpTo2 | None = None
    state_id: UpTo50 | None = None


class OrderContact(Payload):
    """Whom to reach at an address of an order; replaces the customer's whole contact."""

    name: UpTo255 | None = None
    attention: UpTo255 | None = None
    email: UpTo255 | None = None
    phone1: UpTo50 | None = None


class OrderBilling(Payload):
    """Where the invoice goes."""

    address: OrderAddress | None = None
    contact: OrderContact | None = None


class OrderShippingTerms(Payload):
    """How the goods go, whatever their address."""

    fob_point_id: UpTo15 | None = None
    insurance: bool | None = None
    intrastat_transaction_type_id: int | None = None
    preferred_warehouse_id: UpTo30 | None = None
    priority: int | None = None
    residential_delivery: bool | None = None
    rule: str | None = None
    saturday_delivery: bool | None = None
    scheduled_date: Moment | None = None
    ship_separately: bool | None = None
    ship_via_id: UpTo15 | None = None
    terms_id: UpTo15 | None = None
    zone_id: UpTo15 | None = None


class OrderShipping(OrderShippingTerms):
    """Where the goods go, and how."""

    address: OrderAddress | None = None
    contact: OrderContact | None = None


class PatchedOrderCustomer(Payload):
    """Whose order it is, and by which texts they know it."""

    id: str | None = None
    contact_id: int | None = None
    location_id: str | None = None
    order: UpTo40 | None = None
    ref_no: UpTo40 | None = None
    terms_id: str | None = None


class OrderCustomer(PatchedOrderCustomer):
    """Whose order it is: `id` or `gln`."""

    gln: str | None = None


class OrderFinancialInformation(Payload):
    """What the invoice of the order will say."""

    invoice_date: Moment | None = None
    due_date: Moment | None = None
    cash_discount_date: Moment | None = None
    invoice_id: UpTo15 | None = None
    invoice_separately: bool | None = None
    post_period: UpTo6 | None = None


class OrderFreight(Payload):
    """Freight charged with the order, in its currency; `cost` only where the carrier allows it."""

    cost: Number | None = None
    premium_amount: Number | None = None
    tax_category_id: UpTo10 | None = None


class OrderPaymentSettings(Payload):
    """How the order is paid."""

    payment_method_id: str | None = None
    cash_account_id: UpTo10 | None = None
    payment_reference: UpTo40 | None = None


class OrderPrint(Payload):
    """Which texts are printed."""

    description_on_invoice: bool | None = None
    note_on_external_documents: bool | None = None
    note_on_internal_documents: bool | None = None


class OrderLine(Payload):
    """A row of an order; `discountAmount` is off the whole row, in the order's currency."""

    inventory_id: Annotated[str, StringConstraints(min_length=1)]
    quantity: Number | None = None
    unit_price: Number | None = None
    unit_of_measure: UpTo6 | None = None
    unit_cost: Number | None = None
    has_manual_price: bool | None = None
    discount_amount: Number | None = None
    discount_percent: Percent | None = None
    discount_code: UpTo10 | None = None
    has_manual_discount: bool | None = None
    description: UpTo256 | None = None
    note: UpTo2048 | None = None
    external_link: UpTo255 | None = None
    tax_category_id: str | None = None
    sales_account_id: UpTo10 | None = None
    subaccount: dict[str, str] | None = None
    branch_id: UpTo30 | None = None
    warehouse_id: str | None = None
    warehouse_location_id: str | None = None
    request_date: Moment | None = None
    ship_date: Moment | None = None
    shipping_rule: Literal["CancelRemainder", "BackOrderAllowed", "ShipComplete"] | None = None
    operation: Literal["Issue", "Receipt"] | None = None
    reason_code: str | None = None
    commissionable: bool | None = None
    sales_person_id: UpTo15 | None = None
    project_task_id: UpTo30 | None = None
    purchase_order_source: str | None = None
    supplier_id: str | None = None
    supplier_price: Number | None = None
    overship_threshold: Annotated[Number, Field(ge=100, le=999)] | None = None
    undership_threshold: Annotated[Number, Field(ge=0, le=100)] | None = None


class OrderHead(Payload):
    """What a new order and a changed one have in common."""

    branch_id: UpTo30 | None = None
    cancel_by: Moment | None = None
    currency_id: UpTo5 | None = None
    date: Moment | None = None
    description: UpTo255 | None = None
    financial_information: OrderFinancialInformation | None = None
    freight: OrderFreight | None = None
    note: UpTo2048 | None = None
    original_order_id: UpTo15 | None = None
    original_order_type: UpTo2 | None = None
    owner_id: str | None = None
    payment_settings: OrderPaymentSettings | None = None
    print: OrderPrint | None = None
    project_id: UpTo30 | None = None
    request_on: Moment | None = None
    sales_person_id: UpTo15 | None = None
    tax_zone_id: str | None = None
    use_replacement_cost_for_margin_and_profit: bool | None = None


class NewSalesOrder(OrderHead):
    """An order to be created; `orderId` only where the order type is numbered by hand."""

    type: Annotated[str, StringConstraints(min_length=1)]
    order_id: UpTo15 | None = None
    status: Literal["Open", "Hold"] | None = None
    customer: OrderCustomer
    billing: OrderBilling | None = None
    shipping: OrderShipping | None = None
    order_lines: list[OrderLine] | None = None


class PatchedOrderAddress(OrderAddress):
    """What changes of an address of an order."""

    overrides_default: bool | None = None


class PatchedOrderContact(OrderContact):
    """What changes of a contact of an order."""

    overrides_default: bool | None = None


class PatchedOrderBilling(Payload):
    """What changes of where the invoice goes."""

    address: PatchedOrderAddress | None = None
    contact: PatchedOrderContact | None = None


class PatchedOrderShipping(OrderShippingTerms):
    """What changes of where the goods go, and how."""

    address: PatchedOrderAddress | None = None
    contact: PatchedOrderContact | None = None


class PatchSalesOrder(OrderHead):
    """What changes of an order."""

    status: Literal["Open", "Hold", "BackOrder"] | None = None
    customer: PatchedOrderCustomer | None = None
    billing: PatchedOrderBilling | None = None
    shipping: PatchedOrderShipping | None = None
