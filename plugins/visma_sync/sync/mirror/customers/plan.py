"""What the settings decide about a customer of a mirrored run, and what of it cannot be sent."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from visma_sync.domain.customer import Customer
from visma_sync.domain.record import Address
from visma_sync.errors import ConfigurationError, Reason, RecordParkedError
from visma_sync.settings.model import Settings
from visma_sync.sync.customers.check import check_customer

_TERMS = "mirror.customers.terms_of_payment"


@dataclass(frozen=True)
class TargetLists:
    """Of the target: its countries by code, and the ids of its terms of payment by name in small letters."""

    countries: Collection[str]
    terms: Mapping[str, str]


@dataclass(frozen=True)
class CustomerPlan:
    """What the settings decide: an empty number is given by the target.

    `ships_elsewhere` says that goods go to another address than the invoice; `is_active` that it may be sold to.
    """

    number: str
    terms_of_payment: str
    ships_elsewhere: bool
    is_active: bool


def plan_new(customer: Customer, settings: Settings, lists: TargetLists) -> CustomerPlan:
    """The plan of a customer that is to be made, active: an inactive one is made only because a sale needs it.

    Raises RecordParkedError where a table has no entry, ConfigurationError where it names what the target lacks.
    """
    own = settings.mirror.customers
    name = own.terms_of_payment.choose(customer.payment_terms, _TERMS)
    if not name:
        raise RecordParkedError(
            [Reason(f"no_{_TERMS}", f"customer {customer.number}: the target takes nobody without terms of payment")],
            resolution=f"Add '{customer.payment_terms}' to the table of {_TERMS} in the settings.",
        )
    terms = lists.terms.get(name.casefold())
    if terms is None:
        raise ConfigurationError(
            f"the target has no terms of payment '{name}', which {_TERMS} names",
            resolution="Correct this setting, or make the terms in the target.",
        )
    number = customer.number if own.numbers == "keep" else ""
    return CustomerPlan(number, terms, _ships_elsewhere(customer), is_active=True)


def plan_known(customer: Customer) -> CustomerPlan:
    """The plan of a customer that is in the target: its number and terms are decided."""
    return CustomerPlan("", "", _ships_elsewhere(customer), customer.is_active)


def check_known(customer: Customer, settings: Settings, lists: TargetLists) -> None:
    """Refuse what the target would not take: an address without town or postal code, a country, a VAT number.

    Raises RecordParkedError or RecordRejectedError.
    """
    address = customer.invoice_address
    parts = {"town": address.city, "postal code": address.postal_code}
    if missing := [part for part, value in parts.items() if not value]:
        raise RecordParkedError(
            [Reason("address_incomplete", f"customer {customer.number} has no {' and no '.join(missing)}")],
            resolution="Complete its main address in the source: the target takes nobody without.",
        )
    check_customer(customer, settings, lists.countries)


def check_new(customer: Customer, settings: Settings, lists: TargetLists) -> None:
    """The same for a customer that is not in the target yet; its class must tell whether it is a company or a person.

    Prices include VAT for persons and not for companies: that is not guessed.
    """
    classes = settings.customer_classes
    known = classes.of_kind(True) | classes.of_kind(False)
    if unknown := sorted(set(customer.groups) - known):
        raise RecordParkedError(
            [Reason("class_unknown", f"customer {customer.number} is of class {', '.join(unknown)}")],
            resolution="Say in customer_classes of the settings whether this class holds companies or persons.",
        )
    check_known(customer, settings, lists)


def _ships_elsewhere(customer: Customer) -> bool:
    def place(address: Address) -> tuple[str, ...]:
        return address.line1, address.line2, address.postal_code, address.city, address.country

    delivery = place(customer.delivery_address)
    return any(delivery[:4]) and delivery != place(customer.invoice_address)
