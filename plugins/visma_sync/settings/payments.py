"""How payments are booked."""

from collections.abc import Iterable
from typing import Literal

from visma_sync.settings.part import Part


class CurrencyRow(Part):
    """How payments in a currency are booked; no payment method: by the terms of payment."""

    cash_account: str
    payment_method: str = ""


class PaymentSettings(Part):
    """How far payments are taken in the target, and the cash accounts of currencies that have one of their own."""

    confirm: Literal["hold", "release"]
    by_currency: dict[str, CurrencyRow]

    def target_values(self) -> Iterable[tuple[str, str, frozenset[str]]]:
        """Cash accounts and payment methods."""
        rows = self.by_currency.values()
        yield "cash_accounts", "payments.by_currency cash_account", frozenset(row.cash_account for row in rows)
        methods = frozenset(row.payment_method for row in rows if row.payment_method)
        yield "payment_methods", "payments.by_currency payment_method", methods
