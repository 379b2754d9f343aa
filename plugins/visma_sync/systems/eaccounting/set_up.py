"""How a company in eAccounting is set up: what a person has to decide there before a flow can work.

Source: "eAccounting OpenAPI 2026-02".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from visma_sync.systems.call import Call
from visma_sync.systems.eaccounting.answers import SYSTEM, Company
from visma_sync.systems.eaccounting.lists import Lists
from visma_sync.systems.http import HttpClient
from visma_sync.systems.reading import amount_of, day_of, text_of

# A scope, and those that allow as much; what is needed for writing is allowed by no read-only one.
_READING = (
    ("ea:api", ()),
    ("offline_access", ()),
    ("ea:sales", ("ea:sales_readonly",)),
    ("ea:accounting_readonly", ("ea:accounting",)),
    ("ea:purchase_readonly", ("ea:purchase",)),
)
WRITE_SCOPE = "ea:sales"


@dataclass(frozen=True, slots=True)
class CompanySetUp(Company):
    """The company behind the sign-in: besides, its country (ISO code) and until which day its books are locked."""

    country: str
    locked_to: date | None

    @classmethod
    def read(cls, body: dict[str, Any]) -> "CompanySetUp":
        """Read the answer about the company's settings."""
        company = Company.of(body)
        locked = text_of(body, "AccountingLockedTo")
        return cls(
            company.identifier,
            company.name,
            company.currency,
            company.status,
            country=text_of(body, "CountryCode").upper(),
            locked_to=day_of(body, SYSTEM, "the company", "AccountingLockedTo") if locked else None,
        )


class SetUp:
    """Reads how the company is set up; writes nothing."""

    def __init__(self, http: HttpClient) -> None:
        self._http = http
        self._lists = Lists(http)

    async def company(self) -> CompanySetUp:
        """The company, and how it is set up."""
        return CompanySetUp.read((await self._http.send(Call("GET", "/v2/companysettings"))).record)

    async def sales_rates(self, day: date) -> dict[str, Decimal]:
        """The VAT rate in percent that each active article coding has on a day, by the coding's name."""
        rows = await self._on(day, "/v2/articleaccountcodings")
        active = [row for row in rows if row.get("IsActive") is not False]
        return {text_of(row, "Name"): _percent(row, "a coding", "VatRatePercent") for row in active}

    async def vat_code_rates(self, day: date) -> dict[str, Decimal]:
        """The rate in percent that each VAT code has on a day, by its code."""
        return {
            text_of(row, "Code"): _percent(row, "a VAT code", "VatRate") for row in await self._on(day, "/v2/vatcodes")
        }

    async def _on(self, day: date, route: str) -> list[dict[str, Any]]:
        return await self._lists.rows(route, ("vatRateDate", day.isoformat()))


def _percent(row: dict[str, Any], what: str, name: str) -> Decimal:
    """A rate in percent; rows of orders state theirs as a fraction, so one below 1 is taken for a fraction here too."""
    rate = amount_of(row, SYSTEM, what, name)
    return rate * 100 if 0 < rate < 1 else rate


def missing_scopes(asked: str, *, writes: bool) -> list[str]:
    """The scopes that a Connection does not ask for and that reading needs, or writing too where there is some."""
    have = set(asked.split())

    def allowed(scope: str, others: Iterable[str]) -> bool:
        return scope in have or (bool(have & set(others)) and not (writes and scope == WRITE_SCOPE))

    return [scope for scope, others in _READING if not allowed(scope, others)]
