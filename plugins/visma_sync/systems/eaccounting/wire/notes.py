"""Notes as eAccounting takes them. Source: "eAccounting OpenAPI 2026-02"."""

from pydantic import Field

from visma_sync.systems.eaccounting.wire.payload import Payload


class NoteUpdate(Payload):
    """A text on a document, for colleagues: it is on no print. An order has document type 6."""

    attached_to: str | None = None
    text: str = Field(max_length=256)
    subject: str | None = Field(None, max_length=40)
    document_type: int | None = Field(None, ge=0, le=21)
    is_done: bool | None = None
