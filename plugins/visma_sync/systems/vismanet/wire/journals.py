"""Journal transactions (v2), as they are written. Source: "Visma.net ERP OpenAPI 2025-12"."""

from visma_sync.systems.vismanet.wire.payload import CorePayload, Moment, Number, Operation, Segment


class JournalLine(CorePayload):
    """A row of a journal transaction: an amount in debit or in credit, in the transaction's currency."""

    bare = frozenset({"operation"})

    operation: Operation | None = None
    line_number: int | None = None
    account_number: str | None = None
    subaccount: list[Segment] | None = None
    project: str | None = None
    project_task: str | None = None
    reference_number: str | None = None
    transaction_description: str | None = None
    debit_amount_in_currency: Number | None = None
    credit_amount_in_currency: Number | None = None
    vat_code_id: str | None = None
    vat_id: str | None = None
    branch: str | None = None
    uom: str | None = None
    quantity: Number | None = None
    note: str | None = None


class JournalTransactionUpdate(CorePayload):
    """A journal transaction to be created, or what changes of one."""

    batch_number: str | None = None
    override_number_series: bool | None = None
    hold: bool | None = None
    transaction_date: Moment | None = None
    post_period: str | None = None
    financial_period: str | None = None
    ledger: str | None = None
    currency_id: str | None = None
    exchange_rate: Number | None = None
    auto_reversing: bool | None = None
    description: str | None = None
    control_total_in_currency: Number | None = None
    create_vat_transaction: bool | None = None
    skip_vat_amount_validation: bool | None = None
    transaction_code: str | None = None
    branch: str | None = None
    journal_transaction_lines: list[JournalLine] | None = None
