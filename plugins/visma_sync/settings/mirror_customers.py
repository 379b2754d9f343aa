"""How customers of Visma.net ERP are made and kept in eAccounting."""

from typing import Literal

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class MirrorCustomerSettings(Part):
    """`terms_of_payment` names the terms of eAccounting, by the id of the credit terms of Visma.net.

    `numbers` says whose customer numbers new customers get, `on_conflict` what becomes of a field that people changed
    in both systems.
    """

    terms_of_payment: Choice
    numbers: Literal["automatic", "keep"]
    on_conflict: Literal["keep_target", "source_wins", "park"]
