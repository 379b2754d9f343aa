"""What the settings decide about a customer."""

from dataclasses import dataclass

from visma_sync.domain.customer import Customer
from visma_sync.domain.vat import buyer_of
from visma_sync.settings.model import Settings
from visma_sync.sync.customers.match import customer_marker


@dataclass(frozen=True)
class CustomerPlan:
    """What the settings decide about a customer; empty texts mean "the class decides"."""

    marker: str
    customer_class: str
    credit_terms: str
    vat_zone: str


def plan_customer(customer: Customer, settings: Settings) -> CustomerPlan:
    """Class, terms and VAT zone of a new customer; RecordParkedError where a table has no entry."""
    classes = settings.customer_classes
    zones = {
        row.zone
        for row in settings.treatments
        if row.country == (customer.invoice_address.country or settings.vat.home_country)
        and row.buyer in {None, buyer_of(customer)}
    }
    return CustomerPlan(
        marker=customer_marker(customer, settings),
        customer_class=classes.company if customer.is_company else classes.person,
        credit_terms=settings.credit_terms.choose(customer.payment_terms, "credit_terms"),
        vat_zone=zones.pop() if len(zones) == 1 else "",
    )


def default_debtor_of(settings: Settings, customer: Customer, *, linked: bool) -> str:
    """The collective customer's number where the settings send this customer's orders to it, else empty."""
    debtor = settings.default_debtor
    if debtor.when == "always":
        return debtor.customer
    if linked:
        return ""
    if not customer.email and settings.without_email == "default_debtor":
        return debtor.customer
    return debtor.customer if debtor.when == "fallback" else ""
