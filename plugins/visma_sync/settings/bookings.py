"""How sales are booked in the general ledger."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from visma_sync.settings.choice import Choice
from visma_sync.settings.part import Part


class LabelAccount(Part):
    """Products with a label of the source are booked on this account; `label` is compared to the letter."""

    label: str = Field(min_length=1)
    account: str = Field(min_length=1)


class BookingSettings(Part):
    """Whether a journal holds one invoice or a day's, how deep it is split, and on which accounts.

    `debit_account` is a clearing or cash account by terms of payment, `vat_account` by the target's VAT code; an empty
    freight or discount account leaves freight and discounts on the revenue accounts.
    """

    per: Literal["invoice", "day"]
    depth: Literal["total", "split", "products", "everything"]
    debit_account: Choice
    vat_account: Choice
    freight_account: str
    discount_account: str
    product_accounts: tuple[LabelAccount, ...]
    closed_period: Literal["park", "first_open_day"]
    confirm: Literal["hold", "release"]

    @property
    def by_product(self) -> bool:
        """Whether products are booked on accounts of their own."""
        return self.depth in {"products", "everything"} and bool(self.product_accounts)

    def account_of(self, labels: Sequence[str]) -> str:
        """The account of a product with these labels: the first row that holds, empty where none does."""
        return next((row.account for row in self.product_accounts if row.label in labels), "")

    @property
    def accounts(self) -> frozenset[str]:
        """Every account that it names."""
        named = {self.freight_account, self.discount_account, *(row.account for row in self.product_accounts)}
        return frozenset(named - {""}) | self.debit_account.values | self.vat_account.values

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """Its accounts."""
        yield "accounts", "bookings accounts", self.accounts
