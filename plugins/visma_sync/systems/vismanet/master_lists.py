"""The lists that a company in Visma.net keeps: where each is, and what of its rows is needed.

Source: "Visma.net ERP OpenAPI 2025-12".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from visma_sync.systems.master_value import MasterValue
from visma_sync.systems.reading import essential_text, percent_text, text_of
from visma_sync.systems.vismanet.answers import SERVER_ZONE, SYSTEM
from visma_sync.systems.vismanet.answers.server import snake_case

Row = Mapping[str, Any]

# On what a tax is computed. A tax on tax counts as the tax below it: with a single tax they are the same.
_BASES = {
    "ExtractFromItemAmount": "inside",
    "ItemAmount": "line",
    "ItemTaxAmount": "line",
    "DocumentAmount": "document",
    "DocumenTaxAmount": "document",
}


def _no_facts(_row: Row) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class MasterList:
    """Where a list is, and under which names its rows hold id, description and whether they are active.

    `below` is the name under which a row holds the rows below it, where the list is a tree.
    """

    route: str
    id: tuple[str, ...]
    description: str = "description"
    active: str = ""
    paged: bool = False
    below: str = ""
    facts: Callable[[Row], dict[str, Any]] = _no_facts

    def flat(self, rows: Iterable[Row]) -> Iterator[Row]:
        """All rows of the list, those of a tree too."""
        for row in rows:
            yield row
            yield from self.flat(row.get(self.below) or ())

    def value_of(self, row: Row) -> MasterValue:
        """Read a row; one that says nothing about being active is."""
        return MasterValue(
            id=essential_text(row, SYSTEM, f"a row of {self.route}", *self.id),
            description=text_of(row, self.description),
            active=row.get(self.active, True) is not False if self.active else True,
            facts=self.facts(row),
        )


def _taxes(row: Row) -> dict[str, Any]:
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


def rate_on(day: date, rates: Iterable[Row]) -> Decimal:
    """The rate in percent of sales that is valid on a day: the latest that has begun, 0 where none has."""
    begun = [
        (text_of(rate, "startDate"), rate.get("vatRate"))
        for rate in rates
        if text_of(rate, "groupType") in ("", "Output") and text_of(rate, "startDate")[:10] <= day.isoformat()
    ]
    return Decimal(str(max(begun, key=lambda rate: rate[0])[1] or 0)) if begun else Decimal(0)


def _rates(row: Row) -> dict[str, Any]:
    """The rates in percent of sales of a VAT category, by VAT code and the day (ISO 8601) from which each is valid."""
    rates = [
        {
            "vat_id": text_of(line, "vatId"),
            "from": text_of(rate, "startDate")[:10],
            "rate": percent_text(rate.get("vatRate")),
        }
        for line in row.get("vatCategoryLines") or []
        for rate in line.get("vatRates") or []
        if text_of(rate, "groupType") in ("", "Output")
    ]
    return {"rates": sorted(rates, key=lambda rate: (rate["vat_id"], rate["from"]))}


def _vat_code(row: Row) -> dict[str, Any]:
    """The last day on which a VAT code is valid (ISO 8601), empty where it has none; its rates are `vat_rates`."""
    return {"type": text_of(row, "type"), "valid_until": text_of(row, "notValidAfter")[:10]}


def _terms(row: Row) -> dict[str, Any]:
    return {"visible_to": text_of(row, "visibleTo")}


def _cash_account(row: Row) -> dict[str, Any]:
    return {"currency": text_of(row, "currency")}


def _customer_class(row: Row) -> dict[str, Any]:
    return {"vat_zone": text_of(row, "taxZoneId"), "payment_method": text_of(row, "paymentMethodId")}


def _item_class(row: Row) -> dict[str, Any]:
    """The kind of items of a class, and the attributes that they have."""
    return {
        "type": text_of(row, "type"),
        "attributes": [
            {"id": text_of(line, "attributeId"), "required": line.get("required") is True}
            for line in row.get("attributes") or []
        ],
    }


def _attribute(row: Row) -> dict[str, Any]:
    """How an attribute is filled in (text, combo, multi_select_combo, lookup, checkbox, datetime), and with what."""
    values = [text_of(line, "valueId") for line in row.get("details") or [] if line.get("disabled") is not True]
    return {"control_type": snake_case(text_of(row, "controlType")), "values": values}


def _period(row: Row) -> dict[str, Any]:
    """First and last day (ISO 8601) of a financial period, and in which ledgers it is closed."""
    return {
        "start": text_of(row, "startDate")[:10],
        "end": text_of(row, "endDate")[:10],
        "closed_in_customer_ledger": row.get("closedInCustomerLedger") is True,
        "closed_in_general_ledger": row.get("closedInGeneralLedger") is True,
        "closed_in_inventory": row.get("closedInInventoryManagement") is True,
    }


def _account(row: Row) -> dict[str, Any]:
    """Whether people and we may book on an account, and which ledger keeps it (empty: none)."""
    return {
        "allows_manual_entry": row.get("allowManualEntry") is not False,
        "cash_account": row.get("cashAccount") is True,
        "control_module": text_of(row, "controlAccountModule"),
        "type": text_of(row, "type"),
        "currency": text_of(row, "currency"),
    }


def _number_sequence(row: Row) -> dict[str, Any]:
    return {"manual": row.get("manualNumbering") is True}


def _vat_zone(row: Row) -> dict[str, Any]:
    return {"default_category": text_of(row, "defaultVatCategory")}


def _currency(row: Row) -> dict[str, Any]:
    return {"decimals": row.get("decimalPrecision"), "is_base": bool(row.get("isBaseCurrency"))}


def _order_type(row: Row) -> dict[str, Any]:
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
    "vat_rates": MasterList("/v1/vatCategory", ("vatCategoryId",), active="active", facts=_rates),
    "vat_codes": MasterList("/v1/vat", ("vatId",), facts=_vat_code),
    "vat_zones": MasterList("/v1/vatZone", ("id",), paged=True, facts=_vat_zone),
    "accounts": MasterList("/v1/account", ("accountCD",), active="active", facts=_account),
    "units": MasterList("/v1/unitofmeasure", ("fromUnit",)),
    "currencies": MasterList("/v1/currency", ("id",), facts=_currency),
    "order_types": MasterList("/v1/salesordertype", ("orderType",), active="active", paged=True, facts=_order_type),
    "countries": MasterList("/v1/country", ("id",), "name", paged=True),
    "attributes": MasterList("/v1/attribute", ("attributeID",), paged=True, facts=_attribute),
    "periods": MasterList("/v1/financialPeriod", ("period",), active="active", facts=_period),
    "number_sequences": MasterList("/v1/numberSequence", ("numberingId",), facts=_number_sequence),
    "sales_categories": MasterList("/v1/salescategory", ("categoryID",), below="subCategories"),
}
