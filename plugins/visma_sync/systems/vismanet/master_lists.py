"""The lists that a company in Visma.net keeps: where each is, and what of its rows is needed.

Source: "Visma.net ERP OpenAPI 2025-12".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.reading import essential_text, text_of
from visma_sync.systems.vismanet.answers import SERVER_ZONE, SYSTEM, MasterValue

# On what a tax is computed. A tax on tax counts as the tax below it: with a single tax they are the same.
_BASES = {
    "ExtractFromItemAmount": "inside",
    "ItemAmount": "line",
    "ItemTaxAmount": "line",
    "DocumentAmount": "document",
    "DocumenTaxAmount": "document",
}


def _no_facts(_row: Mapping[str, Any]) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class MasterList:
    """Where a list is, and under which names its rows hold id, description and whether they are active."""

    route: str
    id: tuple[str, ...]
    description: str = "description"
    active: str = ""
    paged: bool = False
    facts: Callable[[Mapping[str, Any]], dict[str, Any]] = _no_facts

    def value_of(self, row: Mapping[str, Any]) -> MasterValue:
        """Read a row; one that says nothing about being active is."""
        return MasterValue(
            id=essential_text(row, SYSTEM, f"a row of {self.route}", *self.id),
            description=text_of(row, self.description),
            active=row.get(self.active, True) is not False if self.active else True,
            facts=self.facts(row),
        )


def _taxes(row: Mapping[str, Any]) -> dict[str, Any]:
    """The taxes of a VAT category: `rate` is percent as text, `basis` is inside, line or document."""
    today = datetime.now(SERVER_ZONE).date()
    return {
        "taxes": [
            {
                "vat_id": text_of(line, "vatId"),
                "basis": _BASES.get(text_of(line, "calculateOn"), "document"),
                "rate": str(rate_on(today, line.get("vatRates") or [])),
            }
            for line in row.get("vatCategoryLines") or []
        ]
    }


def rate_on(day: date, rates: Iterable[Mapping[str, Any]]) -> Decimal:
    """The rate in percent of sales that is valid on a day: the latest that has begun, 0 where none has."""
    begun = [
        (text_of(rate, "startDate"), rate.get("vatRate"))
        for rate in rates
        if text_of(rate, "groupType") in ("", "Output") and text_of(rate, "startDate")[:10] <= day.isoformat()
    ]
    return Decimal(str(max(begun, key=lambda rate: rate[0])[1] or 0)) if begun else Decimal(0)


def _terms(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"visible_to": text_of(row, "visibleTo")}


def _cash_account(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"currency": text_of(row, "currency")}


def _customer_class(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"vat_zone": text_of(row, "taxZoneId"), "payment_method": text_of(row, "paymentMethodId")}


def _item_class(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": text_of(row, "type")}


def _vat_zone(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"default_category": text_of(row, "defaultVatCategory")}


def _currency(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"decimals": row.get("decimalPrecision"), "is_base": bool(row.get("isBaseCurrency"))}


def _order_type(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"behavior": text_of(row, "behavior"), "operation": text_of(row, "defaultOperation")}


MASTER_LISTS = {
    "credit_terms": MasterList("/v1/creditTerm", ("termsId",), paged=True, facts=_terms),
    "payment_methods": MasterList("/v1/paymentmethod", ("paymentMethodID",), active="active"),
    "cash_accounts": MasterList("/v1/cashaccount", ("number",), facts=_cash_account),
    "carriers": MasterList("/v1/carrier", ("carrierId",), "carrierDescription", paged=True),
    "warehouses": MasterList("/v1/warehouse", ("warehouseID",), active="active", paged=True),
    "branches": MasterList("/v1/branch", ("number",), "name", active="isActive"),
    "customer_classes": MasterList("/v1/customer/customerClass", ("id",), facts=_customer_class),
    "item_classes": MasterList("/v1/inventory/itemClass", ("id",), paged=True, facts=_item_class),
    "posting_classes": MasterList("/v1/inventory/itemPostClass", ("id",), paged=True),
    "vat_categories": MasterList("/v1/vatCategory", ("vatCategoryId",), active="active", facts=_taxes),
    "vat_zones": MasterList("/v1/vatZone", ("id",), paged=True, facts=_vat_zone),
    "accounts": MasterList("/v1/account", ("accountCD",), active="active"),
    "units": MasterList("/v1/unitofmeasure", ("fromUnit",)),
    "currencies": MasterList("/v1/currency", ("id",), facts=_currency),
    "order_types": MasterList("/v1/salesordertype", ("orderType",), active="active", paged=True, facts=_order_type),
    "countries": MasterList("/v1/country", ("id",), "name", paged=True),
}
