"""The target's VAT categories, as the domain computes with them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from visma_sync.domain.taxing import Basis, Category
from visma_sync.sync.lists import target_list
from visma_sync.sync.ports import Lists
from visma_sync.sync.run import Run


async def vat_categories(run: Run, target: Lists) -> dict[str, Category]:
    """Active VAT categories by id; read from the target at most daily."""
    rows = await target_list(run, target, "vat_categories")
    return {row["id"]: _category(row["id"], row["facts"]) for row in rows if row["active"]}


def _category(category_id: str, facts: Mapping[str, Any]) -> Category:
    """A category with no or several taxes counts as its first taxed one, or as untaxed."""
    taxes = [tax for tax in facts.get("taxes", ()) if Decimal(str(tax["rate"])) != 0]
    if not taxes:
        return Category(category_id, Decimal(0), Basis.DOCUMENT)
    tax = taxes[0]
    return Category(category_id, Decimal(str(tax["rate"])) / 100, Basis(tax["basis"]), str(tax.get("vat_id", "")))
