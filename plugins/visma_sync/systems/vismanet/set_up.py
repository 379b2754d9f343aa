"""How a company in Visma.net ERP is set up: what of it the usual lists do not tell.

Source: "Visma.net ERP OpenAPI 2025-12".
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from visma_sync.systems.call import Call
from visma_sync.systems.reading import text_of
from visma_sync.systems.vismanet.core import Core
from visma_sync.systems.vismanet.master_lists import MASTER_LISTS, rate_on


class SetUp:
    """Reads how the company is set up; writes nothing."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def countries(self) -> set[str]:
        """The countries (ISO codes) in which the branches of the company are."""
        rows = await self._core.rows(Call("GET", "/v1/branch", query=(("expandAddress", "true"),)))
        return {text_of(row, "mainAddress", "country", "id").upper() for row in rows} - {""}

    async def vat_rates(self, days: Collection[date]) -> dict[date, dict[str, Decimal]]:
        """The VAT rate in percent that each VAT category has on these days, by the category's id."""
        rows = await self._core.rows(Call("GET", MASTER_LISTS["vat_categories"].route))
        return {day: {text_of(row, "vatCategoryId"): _rate(row, day) for row in rows} for day in days}


def _rate(category: Mapping[str, Any], day: date) -> Decimal:
    lines = category.get("vatCategoryLines") or []
    return sum((rate_on(day, line.get("vatRates") or []) for line in lines), Decimal(0))
