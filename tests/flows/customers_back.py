"""The customer flow of the other direction and its customers, for the tests of that flow."""

from typing import Any

from tests.flows.running import EVERYTHING, Company, Ran
from tests.flows.shop import Stored
from visma_sync.ledger.rows import Link
from visma_sync.sync.fetch import Window

FLOW = "customers_vismanet_to_eaccounting"
FORWARD = "customers_eaccounting_to_vismanet"
POSTED = {"method": "POST", "path": "/eaccounting/v2/customers$"}
PUT = {"method": "PUT", "path": "/eaccounting/v2/customers/"}
ADDRESS = {"addressLine1": "Kade 1", "postalCode": "9711 AB", "city": "Groningen", "countryId": "NL"}
VAT_NUMBER = "NL225437259B01"


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the flow from Visma.net to eAccounting once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def entered(company: Company, **fields: Any) -> str:
    """Enter a customer in Visma.net by hand, a company unless said otherwise; gives its number."""
    usual = {
        "name": "Bakkerij Noord B.V.",
        "customerClassId": "COMPANY",
        "creditTermsId": "30",
        "mainAddress": ADDRESS,
        "mainContact": {"email": "bakkerij@noord.example", "phone1": "+31 50 1234567", "attention": "Anna Bos"},
    }
    return str(company.in_target("customers", **{**usual, **fields})["number"])


def person(company: Company, name: str, **fields: Any) -> str:
    """Enter a private person in Visma.net by hand; gives its number."""
    email = f"{name.split(maxsplit=1)[0].lower()}@thuis.example"
    return entered(company, **{"name": name, "customerClassId": "PERSON", "mainContact": {"email": email}, **fields})


def edited(company: Company, number: str, **fields: Any) -> None:
    """Change a customer of Visma.net by hand."""
    company.in_target(f"customers/{number}", **fields)


def edited_there(company: Company, number: str, **fields: Any) -> None:
    """Change by hand the customer of eAccounting that belongs to one of Visma.net."""
    company.in_source(f"customers/{there(company, number)['Id']}", **fields)


def link_of(company: Company, number: str) -> Link | None:
    """The link of a customer of Visma.net, in this direction."""
    return company.ledger().mirrored().links("customer", [number]).get(number)


def there(company: Company, number: str) -> Stored:
    """The customer of eAccounting that is linked with this one of Visma.net."""
    link = link_of(company, number)
    assert link is not None, f"customer {number} has no link"
    return next(one for one in company.state("eaccounting", "customers") if one["Id"] == link.target_key)


def debtor(company: Company, number: str) -> Stored:
    """A customer of Visma.net."""
    return next(one for one in company.state("vismanet", "customers") if one["number"] == number)


def named(company: Company, name: str) -> list[Stored]:
    """The customers of eAccounting of this name."""
    return [one for one in company.state("eaccounting", "customers") if one["Name"] == name]


def counts(company: Company) -> tuple[int, int]:
    """How many customers are in eAccounting, and how many in Visma.net."""
    return len(company.state("eaccounting", "customers")), len(company.state("vismanet", "customers"))
