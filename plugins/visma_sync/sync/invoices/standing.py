"""Invoices and credit notes as they stand in the target: both are documents of one flow, told apart by their key."""

from visma_sync.sync.flow import Standing
from visma_sync.sync.invoices.ports import Documents, InvoiceTarget, TargetDocument

INVOICE, CREDIT_NOTE = "invoice", "credit_note"
RELEASED = ("open", "closed")
# The target's states as the steps know them: whatever is not released yet is on hold.
_STATES = {
    "balanced": "hold",
    "scheduled": "hold",
    "reserved": "hold",
    "pending_print": "hold",
    "pending_email": "hold",
    "cc_hold": "credit_hold",
    "voided": "cancelled",
}


def key_of(kind: str, number: str) -> str:
    """The key under which a document is linked: `invoice/20001`, `credit_note/20002`."""
    return f"{kind}/{number}"


def number_of(key: str) -> str:
    """The number of the document with this key."""
    return key.partition("/")[2]


def kind_of(key: str) -> str:
    """Whether the document with this key is an invoice or a credit_note."""
    return key.partition("/")[0]


def documents_of(target: InvoiceTarget, kind: str) -> Documents:
    """Where documents of a kind are kept."""
    return target.credit_notes if kind == CREDIT_NOTE else target.invoices


def standing_of(kind: str, document: TargetDocument) -> Standing:
    """A document of the target as the steps see it."""
    return Standing(
        key=key_of(kind, document.number),
        name=document.number,
        customer=document.customer,
        marker=document.reference,
        state=_STATES.get(document.state, document.state),
        total=document.total,
        vat=document.vat,
        version=document.version,
        content=document.content,
    )
