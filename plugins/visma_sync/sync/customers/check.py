"""What must be right about a customer before it is written."""

from collections.abc import Collection

from visma_sync.domain.customer import Customer
from visma_sync.domain.vat_number import is_possible_vat_number
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.settings.model import Settings


def check_customer(customer: Customer, settings: Settings, countries: Collection[str]) -> None:
    """Refuse what the target would take without a word, or refuse without saying why.

    `countries` are those that the target knows. Raises RecordRejectedError for a VAT number that cannot be right,
    RecordParkedError for a country that the target does not know.
    """
    checks_vat = settings.customers.vat_number_check == "reject"
    if checks_vat and customer.vat_number and not is_possible_vat_number(customer.vat_number):
        raise RecordRejectedError(
            [Reason("vat_number_malformed", f"the VAT number of customer {customer.number} cannot be right")],
            resolution="Correct it in the source, its country's letters first.",
        )
    used = {customer.invoice_address.country, customer.delivery_address.country} - {""}
    if unknown := sorted(used - set(countries)):
        raise RecordParkedError(
            [Reason("country_unknown", f"customer {customer.number}: the target has no {', '.join(unknown)}")],
            resolution="Correct the country in the source, or add it in the target.",
        )
