"""On which path sales are sent."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from visma_sync.settings.part import Part

SalePath = Literal["order", "invoice", "booking", "nothing"]


class SalePathRow(Part):
    """The sales of a customer group go this path from a day on; `group` is a customer label of the source."""

    group: str
    path: SalePath
    valid_from: date = date(2000, 1, 1)


class SendSalesAs(Part):
    """One sale, one path: by customer group, else the default; `without_order` instead of order where there is none."""

    default: SalePath
    rows: tuple[SalePathRow, ...]
    without_order: Literal["invoice", "booking", "nothing"]

    def path(self, groups: Sequence[str], day: date) -> SalePath:
        """The path of a sale of that day to a customer of these groups: the first row that holds."""
        holds = (row.path for row in self.rows if row.group in groups and row.valid_from <= day)
        return next(holds, self.default)
