"""Payments of customers, as they are written. Source: "Visma.net ERP OpenAPI 2025-12"."""

from typing import Literal

from visma_sync.systems.vismanet.wire.payload import CorePayload, Moment, Number, Operation

DocumentType = Literal[
    "Invoice",
    "DebitNote",
    "CreditNote",
    "Payment",
    "VoidPayment",
    "Prepayment",
    "Refund",
    "FinCharge",
    "SmallBalanceWo",
    "SmallCreditWo",
    "CashSale",
    "CashReturn",
    "Undefined",
    "NoUpdate",
]
PaymentType = Literal[
    "Payment", "CreditNote", "Prepayment", "Refund", "VoidPayment", "SmallBalanceWo", "VoidRefund", "Undefined"
]


class SettledDocument(CorePayload):
    """How much of a payment or credit note settles which document, in that document's currency."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    document_type: DocumentType | None = None
    ref_nbr: str | None = None
    amount_paid: Number | None = None


class PaymentLine(SettledDocument):
    """How much of a payment settles which document."""

    cash_discount_taken: Number | None = None
    balance_write_off: Number | None = None
    write_off_reason_code: str | None = None
    cross_rate: Number | None = None


class PaymentOrderLine(CorePayload):
    """How much of a payment is kept for which sales order."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    order_type: str | None = None
    order_number: str | None = None
    applied_to_order: Number | None = None


class FinanceCharge(CorePayload):
    """What a bank took for a payment."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    entry_type: str | None = None
    offset_account: str | None = None
    offset_sub_account: str | None = None
    description: str | None = None
    amount: Number | None = None
    line_nbr: int | None = None


class PaymentUpdate(CorePayload):
    """A payment to be created, or what changes of one; the amount is in its currency."""

    reference_number: str | None = None
    type: PaymentType | None = None
    hold: bool | None = None
    application_date: Moment | None = None
    application_period: str | None = None
    payment_ref: str | None = None
    customer: str | None = None
    location: str | None = None
    payment_method: str | None = None
    cash_account: str | None = None
    currency: str | None = None
    payment_amount: Number | None = None
    invoice_text: str | None = None
    branch: str | None = None
    override_number_series: bool | None = None
    orders_to_apply: list[PaymentOrderLine] | None = None
    finance_charges: list[FinanceCharge] | None = None
    payment_lines: list[PaymentLine] | None = None


class PaymentRelease(CorePayload):
    """Which kind of payment is released: its number alone does not say."""

    type: PaymentType | None = None
