"""What is written to Visma.net ERP: every field that the published specifications let a client write.

Names outside are the vendor's (`addressLine1`); a field that is not given is not sent, None clears it.
Lengths are those of the specification; the core API has none. Dates are ISO 8601 text; SalesOrders v3 reads
one without an offset as UTC. Money and quantities are Decimal or int, never float.
Sources: "Visma.net ERP OpenAPI 2025-12" (customers, contacts, items), "SalesOrders OpenAPI v3" (orders).
"""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

Number = Decimal | int
_DAY, _TIME, _OFFSET = r"\d{4}-\d{2}-\d{2}", r"T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?", r"(Z|[+-]\d{2}:\d{2})?"
Moment = Annotated[str, StringConstraints(pattern=rf"^{_DAY}({_TIME}{_OFFSET})?$")]
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
Operation = Literal["Insert", "Update", "Delete"]
CustomerStatus = Literal["Active", "OnHold", "CreditHold", "Inactive", "OneTime"]
ItemStatus = Literal["Active", "NoSales", "NoPurchases", "NoRequest", "Inactive", "MarkedForDeletion", "Unknown"]
ItemType = Literal[
    "NonStockItem",
    "LaborItem",
    "ServiceItem",
    "ChargeItem",
    "ExpenseItem",
    "FinishedGoodItem",
    "ComponentPartItem",
    "SubassemblyItem",
]


class Payload(BaseModel):
    """A body, or a part of one; refuses unknown fields and unfit values, and never shows them in errors."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", strict=True, frozen=True, hide_input_in_errors=True
    )


class CorePayload(Payload):
    """A body of the core API; `bare` names the fields that it takes unwrapped (lists always go unwrapped)."""

    bare: ClassVar[frozenset[str]] = frozenset()

    def wrapped(self) -> dict[str, Any]:
        """The given fields as the core API wants them, by the vendor's names."""
        sent: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set:
                value = getattr(self, name)
                is_bare = name in self.bare or isinstance(value, list)
                sent[field.alias or name] = _inside(value) if is_bare else {"value": _inside(value)}
        return sent


def _inside(value: Any) -> Any:
    if isinstance(value, list):
        return [_inside(row) for row in value]
    return value.wrapped() if isinstance(value, CorePayload) else value


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


class AttributeLine(CorePayload):
    """The value of an attribute that the class of the customer or item has."""

    attribute_id: str | None = None
    attribute_value: str | None = None


class Segment(CorePayload):
    """A part of a subaccount."""

    bare = frozenset({"segment_id", "segment_value"})

    segment_id: int | None = None
    segment_value: str | None = None


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


class CrossReference(CorePayload):
    """Another number by which an item is known, such as a barcode."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    alternate_type: Literal["CPN", "VPN", "Global", "Barcode"] | None = None
    b_account: str | None = None
    alternate_id: str | None = Field(None, alias="alternateID")
    description: str | None = None
    uom: str | None = None


class Packaging(CorePayload):
    """Weight and volume of one unit."""

    base_item_weight: Number | None = None
    weight_uom: str | None = Field(None, alias="weightUOM")
    base_item_volume: Number | None = None
    volume_uom: str | None = Field(None, alias="volumeUOM")


class Intrastat(CorePayload):
    """What customs statistics want to know of an item."""

    commodity_code: str | None = Field(None, alias="cN8")
    country_of_origin: str | None = None
    supplementary_measure_unit: str | None = None


class SupplierDetails(CorePayload):
    """From whom an item is bought."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    active: bool | None = None
    default: bool | None = None
    supplier_id: str | None = Field(None, alias="supplierID")
    location: str | None = None
    purchase_unit: str | None = None
    supplier_item_id: str | None = Field(None, alias="supplierItemID")
    override: bool | None = None
    shipment_lead_time: int | None = None
    min_order_freq: int | None = None
    min_order_qty: Number | None = None
    max_order_qty: Number | None = None
    lot_size: Number | None = None
    eoq: Number | None = None
    currency_id: str | None = Field(None, alias="currencyID")


class InventoryUpdate(CorePayload):
    """An item to be created, or what changes of one."""

    bare = frozenset({"packaging", "intrastat"})

    inventory_number: str | None = None
    status: ItemStatus | None = None
    type: ItemType | None = None
    description: str | None = None
    body: str | None = None
    item_class: str | None = None
    posting_class: str | None = None
    vat_code: str | None = None
    default_price: Number | None = None
    base_unit: str | None = None
    sales_unit: str | None = None
    purchase_unit: str | None = None
    expense_accrual_account: str | None = None
    inventory_account: str | None = None
    expense_account: str | None = None
    cogs_account: str | None = None
    expense_non_taxable_account: str | None = None
    expense_eu_account: str | None = None
    expense_import_account: str | None = None
    expense_subaccount: list[Segment] | None = None
    cogs_subaccount: list[Segment] | None = None
    sales_account: str | None = None
    sales_non_taxable_account: str | None = None
    sales_eu_account: str | None = None
    sales_export_account: str | None = None
    sales_subaccount: list[Segment] | None = None
    attribute_lines: list[AttributeLine] | None = None
    packaging: Packaging | None = None
    supplier_details: list[SupplierDetails] | None = None
    intrastat: Intrastat | None = None
    cross_references: list[CrossReference] | None = None
    default_warehouse: str | None = None
    default_issue_from: str | None = None
    default_receipt_to: str | None = None
    kit_item: bool | None = None
    note: str | None = None


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
