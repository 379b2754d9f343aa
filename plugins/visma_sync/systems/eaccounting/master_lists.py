"""The lists that a company in eAccounting keeps: where each is, and what of its rows is needed.

Source: "eAccounting OpenAPI 2026-02".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.master_value import MasterValue
from visma_sync.systems.reading import essential_text, percent_text, text_of

Row = Mapping[str, Any]


def _no_facts(_row: Row) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class MasterList:
    """Where a list is, and under which names its rows hold id, description and whether they are active.

    A list `of_fiscal_year` names it in its route.
    """

    route: str
    id: str = "Id"
    description: str = "Name"
    active: str = ""
    of_fiscal_year: bool = False
    facts: Callable[[Row], dict[str, Any]] = _no_facts

    def value_of(self, row: Row) -> MasterValue:
        """Read a row; one that says nothing about being active is."""
        return MasterValue(
            id=essential_text(row, SYSTEM, f"a row of {self.route}", self.id),
            description=text_of(row, self.description),
            active=row.get(self.active, True) is not False if self.active else True,
            facts=self.facts(row),
        )


def _unit(row: Row) -> dict[str, Any]:
    return {"code": text_of(row, "Code"), "abbreviation": text_of(row, "Abbreviation")}


def _coding(row: Row) -> dict[str, Any]:
    """Kind (goods or service, as the vendor writes it) and VAT rate, percent as text, of a coding."""
    return {"type": text_of(row, "Type"), "rate": text_of(row, "VatRatePercent"), "vat_code": text_of(row, "VatRate")}


def _terms(row: Row) -> dict[str, Any]:
    return {"days": row.get("NumberOfDays"), "for_sales": row.get("AvailableForSales") is not False}


def _vat_code(row: Row) -> dict[str, Any]:
    """The code people know, and its rate as it came (percent or fraction is not documented), as text."""
    return {"code": text_of(row, "Code"), "rate": text_of(row, "VatRate")}


def _vat_rates(row: Row) -> dict[str, Any]:
    """The code people know, and its rates by the day (ISO 8601) from which each is valid, the first one first."""
    rates = [
        {"from": text_of(line, "VatRateDate")[:10], "rate": percent_text(line.get("VatRate"))}
        for line in row.get("VatRates") or []
    ]
    return {"code": text_of(row, "Code"), "rates": sorted(rates, key=lambda rate: rate["from"])}


def _account(row: Row) -> dict[str, Any]:
    """Whether people may book on an account, and the VAT code that it stands for."""
    return {
        "allows_manual_entry": row.get("IsBlockedForManualBooking") is not True,
        "vat_code": text_of(row, "VatCodeId"),
    }


def _bank_account(row: Row) -> dict[str, Any]:
    return {"currency": text_of(row, "CurrencyCode"), "account": text_of(row, "LedgerAccountNumber")}


def _code(row: Row) -> dict[str, Any]:
    return {"code": text_of(row, "Code")}


MASTER_LISTS = {
    "units": MasterList("/v2/units", facts=_unit),
    "codings": MasterList("/v2/articleaccountcodings", active="IsActive", facts=_coding),
    "terms_of_payment": MasterList("/v2/termsofpayments", facts=_terms),
    "delivery_methods": MasterList("/v2/deliverymethods", facts=_code),
    "delivery_terms": MasterList("/v2/deliveryterms", facts=_code),
    "article_labels": MasterList("/v2/articlelabels"),
    "customer_labels": MasterList("/v2/customerlabels"),
    "vat_codes": MasterList("/v2/vatcodes", description="Description", facts=_vat_code),
    "countries": MasterList("/v2/countries", id="Code"),
    "currencies": MasterList("/v2/currencies", id="Code", description="Code"),
    "vat_rates": MasterList("/v2/vatcodesrates", description="Description", facts=_vat_rates),
    "bank_accounts": MasterList("/v2/bankaccounts", active="IsActive", facts=_bank_account),
    "accounts": MasterList(
        "/v2/accounts/{fiscal_year}", id="Number", active="IsActive", of_fiscal_year=True, facts=_account
    ),
}
