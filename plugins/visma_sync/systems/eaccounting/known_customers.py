"""By what the customers of eAccounting can be recognised. Source: "eAccounting OpenAPI 2026-02"."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from visma_sync.systems.eaccounting.answers import SYSTEM
from visma_sync.systems.eaccounting.lists import Lists, Row, stamp
from visma_sync.systems.reading import essential_text, text_of

CUSTOMERS = "/v2/customers"
_EMAILS = ("EmailAddress", "EmailAddressOrder", "ContactPersonEmail")
# Together they tell customers apart as well as people can: eAccounting has no field for a reference of our own.
_WHO_IT_IS = (
    "Name",
    "IsPrivatePerson",
    "InvoiceAddress1",
    "InvoicePostalCode",
    "InvoiceCity",
    "VatNumber",
    "CorporateIdentityNumber",
    "EmailAddress",
)


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer; `email` is the first of those it has, for invoices, for orders, of the contact person.

    `who` is the same for two customers of whom nothing tells which is which.
    """

    key: str
    number: str
    is_company: bool
    country: str
    email: str
    vat_number: str
    corporate_id: str
    active: bool
    who: str

    @classmethod
    def of(cls, body: Row) -> "KnownCustomer":
        """Read a row of the customers."""
        return cls(
            key=essential_text(body, SYSTEM, "a customer", "Id"),
            number=text_of(body, "CustomerNumber"),
            is_company=body.get("IsPrivatePerson") is not True,
            country=text_of(body, "InvoiceCountryCode").upper(),
            email=next(filter(None, (text_of(body, name).casefold() for name in _EMAILS)), ""),
            vat_number=text_of(body, "VatNumber"),
            corporate_id=text_of(body, "CorporateIdentityNumber"),
            active=body.get("IsActive") is not False,
            who=who(body),
        )


class KnownCustomers:
    """The customers of a company, as far as it takes to recognise them."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    async def changed(self, since: datetime | None) -> AsyncIterator[list[KnownCustomer]]:
        """Those changed since then (UTC) or all, a page at a time; one that was never changed comes every time.

        Where eAccounting refuses the filter, the whole list is read once, with a warning.
        """
        if since is None:
            async for page in self._lists.pages(CUSTOMERS, ("$orderby", "Id")):
                yield [KnownCustomer.of(row) for row in page.rows]
            return
        narrowing = ("$filter", f"ChangedUtc ge {stamp(since)} or ChangedUtc eq null")
        async for rows in self._lists.narrowed(CUSTOMERS, narrowing):
            yield [KnownCustomer.of(row) for row in rows]

    @staticmethod
    def who(body: Mapping[str, Any]) -> str:
        """What tells a customer from the others, of an answer or of a body that is sent."""
        return who(body)


def who(body: Mapping[str, Any]) -> str:
    """What tells a customer from the others: trimmed and case-folded."""
    return "\n".join(" ".join(text_of(body, name).split()).casefold() for name in _WHO_IT_IS)
