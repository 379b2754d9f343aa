"""What is decided about the comparison of both systems."""

from pydantic import Field

from visma_sync.settings.part import Part


class ReconcileSettings(Part):
    """How many business days back are compared, and the folder of the files (empty: beside the ledger)."""

    days: int = Field(ge=1, le=400)
    folder: str
