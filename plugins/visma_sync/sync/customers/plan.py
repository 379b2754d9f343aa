"""What the settings decide about a customer."""

from dataclasses import dataclass

from visma_sync.domain.customer import Customer
from visma_sync.domain.vat import buyer_of, country_holds
from visma_sync.settings.customers import CustomerRow
from visma_sync.settings.model import Settings
from visma_sync.sync.customers.match import customer_marker


@dataclass(frozen=True)
class CustomerPlan:
    """What the settings decide about a customer; empty texts mean "the class decides".

    The accounts are those of domestic, VAT-free, EU and export sales.
    """

    marker: str
    customer_class: str
    credit_terms: str
    payment_method: str
    vat_zone: str
    sales_account: str
    sales_non_taxable_account: str
    sales_eu_account: str
    sales_export_account: str
    language_attribute: str


def plan_customer(customer: Customer, settings: Settings) -> CustomerPlan:
    """Class, terms, VAT zone and accounts of a new customer; RecordParkedError where a table has no entry."""
    classes, own = settings.customer_classes, settings.customers
    country = _vat_country(customer, settings)
    row = own.row(country, buyer_of(customer), settings.vat.home_country) or CustomerRow(country="*")
    return CustomerPlan(
        marker=customer_marker(customer, settings),
        customer_class=classes.company if customer.is_company else classes.person,
        credit_terms=settings.credit_terms.choose(customer.payment_terms, "credit_terms"),
        payment_method=own.payment_method.choose(customer.payment_terms, "customers.payment_method"),
        vat_zone=row.vat_zone or _zone_of_treatments(customer, country, settings),
        sales_account=row.sales_account,
        sales_non_taxable_account=row.sales_non_taxable_account,
        sales_eu_account=row.sales_eu_account,
        sales_export_account=row.sales_export_account,
        language_attribute=own.language_attribute if customer.language else "",
    )


def _vat_country(customer: Customer, settings: Settings) -> str:
    """That of the invoice, or of the delivery where the customer's VAT follows it; `XI` for Northern Ireland."""
    if customer.is_northern_ireland:
        return "XI"
    if customer.delivery_based_vat and customer.delivery_address.country:
        return customer.delivery_address.country
    return customer.invoice_address.country or settings.vat.home_country


def _zone_of_treatments(customer: Customer, country: str, settings: Settings) -> str:
    """The one VAT zone of the most exact treatments of such a customer; empty where they name several."""
    rows = [
        row
        for row in settings.treatments
        if country_holds(row.country, country, settings.vat.home_country) and row.buyer in {None, buyer_of(customer)}
    ]
    most_exact = max((row.specificity[:2] for row in rows), default=None)
    zones = {row.zone for row in rows if row.specificity[:2] == most_exact}
    return zones.pop() if len(zones) == 1 else ""


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
