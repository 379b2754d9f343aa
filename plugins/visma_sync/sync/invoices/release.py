"""Taking an invoice or credit note off hold and booking it; a credit note is applied to what it takes back."""

from decimal import Decimal

from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.rows import Link
from visma_sync.sync.invoices.ports import InvoiceTarget, TargetDocument
from visma_sync.sync.invoices.standing import (
    CREDIT_NOTE,
    INVOICE,
    RELEASED,
    documents_of,
    key_of,
    kind_of,
    number_of,
    standing_of,
)
from visma_sync.sync.reference import amount_text
from visma_sync.sync.run import Run


class Releasing:
    """Releases the documents of a step; remembers what each credit note settled."""

    def __init__(self, run: Run, target: InvoiceTarget) -> None:
        self._run = run
        self._target = target
        self._remarks: dict[str, str] = {}

    async def release(self, document: TargetDocument, kind: str) -> None:
        """Take a document off hold, unless that happened before, and release it; raises where it is refused."""
        documents, version = documents_of(self._target, kind), document.version
        settles = {one.number: one.amount for one in document.settled} if kind == CREDIT_NOTE else {}
        if document.state == "hold":
            applied = await self._settles(document) if kind == CREDIT_NOTE and not settles else {}
            version = await documents.take_off_hold(document.number, version, applied)
            settles = settles or applied
        try:
            await documents.release(document.number, version)
        except RecordRejectedError:
            again = await documents.get(document.number)
            # The customer's credit is for people to settle: the step that reads it back says so.
            if again is None or standing_of(kind, again).state != "credit_hold":
                raise
        if kind == CREDIT_NOTE:
            self._remarks[key_of(kind, document.number)] = _remark(document, settles)

    def remarks(self, link: Link) -> tuple[str, ...]:
        """What a credit note that was released in this step settled."""
        remark = self._remarks.get(link.target_key)
        return (remark,) if remark else ()

    async def _settles(self, note: TargetDocument) -> dict[str, Decimal]:
        """How much of which invoice a credit note settles: as much as in the source, up to the invoice's balance."""
        key = key_of(CREDIT_NOTE, note.number)
        link = self._run.ledger.links_by_target("invoice", [key])[key]
        taken_back = str(link.detail.get("takes_back", ""))
        if not taken_back:
            return {}
        sent = self._run.ledger.links("invoice", [taken_back]).get(taken_back)
        invoice = None
        if sent is not None and kind_of(sent.target_key) == INVOICE:
            invoice = await self._target.invoices.get(number_of(sent.target_key))
        if sent is None or invoice is None:
            raise _not_sent(note)
        if invoice.state not in RELEASED:
            raise _not_released(note, invoice)
        amount = min(invoice.balance, note.total, Decimal(link.detail.get("settles", note.total)))
        return {invoice.number: amount} if amount > 0 else {}


def _remark(document: TargetDocument, settles: dict[str, Decimal]) -> str:
    applied = [f"applied {amount_text(amount)} to invoice {number}" for number, amount in settles.items()]
    left = document.total - sum(settles.values(), Decimal(0))
    return "; ".join([*applied, *([f"{amount_text(left)} stays open on the credit note"] if left else [])])


def _not_sent(note: TargetDocument) -> RecordParkedError:
    return RecordParkedError(
        [Reason("invoice_not_sent", f"the invoice that credit note {note.number} takes back is not in the target")],
        resolution="Send that invoice (its number in the trigger form), or release the credit note in the target as "
        "it is: then it counts as sent.",
    )


def _not_released(note: TargetDocument, invoice: TargetDocument) -> RecordParkedError:
    return RecordParkedError(
        [
            Reason(
                "invoice_not_released",
                f"invoice {invoice.number}, which credit note {note.number} takes back, is {invoice.state} in the "
                "target",
            )
        ],
        resolution="Nothing to do if the invoice is released by a later run; else look at its own outcome.",
    )
