"""The customer flow and its customers, for the tests of that flow."""

from datetime import timedelta

from tests.flows.running import EVERYTHING, MIDNIGHT, Company, Ran, only
from tests.flows.shop import Stored
from tests.flows.test_customers import made, newcomers
from visma_sync.sync.fetch import Window

FLOW = "customers_eaccounting_to_vismanet"
# What was changed today, and what waits.
TODAYS = Window("scheduled", MIDNIGHT, MIDNIGHT + timedelta(days=2))


def run(company: Company, window: Window = EVERYTHING, *, dry_run: bool = False) -> Ran:
    """Run the customer flow once."""
    return company.run(window, flow=FLOW, dry_run=dry_run)


def customers(company: Company) -> dict[str, Stored]:
    """The customers of the source, by number."""
    return {one["CustomerNumber"]: one for one in company.state("eaccounting", "customers")}


def one_made(company: Company, *, private: bool = False) -> tuple[str, Stored]:
    """The number of a customer that the flow has made, and the customer as it is in the target."""
    number = newcomers(company, private=private)[0]["CustomerNumber"]
    run(company, only(number))
    return number, made(company)[number]
