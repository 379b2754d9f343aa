"""What the settings decide about a customer."""

from pathlib import Path
from typing import Any

import pytest

from tests.orders import a_customer
from visma_sync.errors import RecordParkedError
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.customers.plan import plan_customer

DEFAULTS = Path(__file__).parents[2] / "include" / "settings" / "default.yaml"
TREATMENTS: list[dict[str, Any]] = [
    {"country": "NL", "rate": 21, "zone": "DOMESTIC", "category": "NL21"},
    {"country": "NL", "rate": 9, "zone": "DOMESTIC", "category": "NL9"},
    {"country": "SE", "rate": 25, "zone": "EUPRIVATE", "category": "SE25"},
    {"country": "DE", "buyer": "private", "rate": 19, "zone": "EUPRIVATE", "category": "DE19"},
    {"country": "DE", "buyer": "business_with_vat_number", "rate": 0, "zone": "EUBUSINESS", "category": "EU0"},
    {"country": "EU", "buyer": "business_with_vat_number", "rate": 0, "zone": "EUBUSINESS", "category": "EU0"},
    {"country": "FI", "rate": 25, "zone": "FINLAND", "category": "FI25"},
    {"country": "FI", "rate": 0, "zone": "EXPORT", "category": "EXPORT0"},
    {"country": "*", "rate": 0, "zone": "EXPORT", "category": "EXPORT0"},
]
BUSINESS: dict[str, Any] = {"is_company": True, "vat_number": "SE556036079301"}


def settings(*rows: dict[str, Any], **changes: Any) -> Settings:
    customers = {"by_country": list(rows), **changes.pop("customers", {})}
    vat = {"home_country": "NL", "treatments": TREATMENTS}
    return load_settings(DEFAULTS, {"vat": vat, "customers": customers, **changes}, changes_from="a test")


@pytest.mark.parametrize(
    ("country", "who", "zone"),
    [
        ("NL", {}, "DOMESTIC"),
        ("", {}, "DOMESTIC"),
        ("DE", {}, "EUPRIVATE"),
        ("DE", BUSINESS, "EUBUSINESS"),
        ("FR", BUSINESS, "EUBUSINESS"),
        ("SE", BUSINESS, "EUPRIVATE"),
        ("US", BUSINESS, "EXPORT"),
        ("GB", {**BUSINESS, "is_northern_ireland": True}, "EUBUSINESS"),
    ],
)
def test_the_zone_is_that_of_the_most_exact_treatments(country: str, who: dict[str, Any], zone: str) -> None:
    assert plan_customer(a_customer(country=country, **who), settings()).vat_zone == zone


@pytest.mark.parametrize(
    ("delivered_to", "follows", "zone"),
    [("US", True, "EXPORT"), ("US", False, "DOMESTIC"), ("", True, "DOMESTIC")],
)
def test_the_zone_is_that_of_the_delivery_where_the_vat_follows_it(delivered_to: str, follows: bool, zone: str) -> None:
    address = a_customer(country=delivered_to).invoice_address
    customer = a_customer(country="NL", delivery_address=address, delivery_based_vat=follows)
    assert plan_customer(customer, settings()).vat_zone == zone


def test_where_the_treatments_name_several_zones_the_class_decides() -> None:
    assert plan_customer(a_customer(country="FI"), settings()).vat_zone == ""


def test_a_row_of_the_customers_table_goes_before_the_treatments() -> None:
    rows = settings({"country": "EU", "buyer": "business_with_vat_number", "vat_zone": "EUBUSINESS"})
    assert plan_customer(a_customer(country="SE", **BUSINESS), rows).vat_zone == "EUBUSINESS"
    assert plan_customer(a_customer(country="SE"), rows).vat_zone == "EUPRIVATE"


@pytest.mark.parametrize(
    ("country", "who", "account"),
    [("NL", {}, "8000"), ("SE", {}, "8010"), ("SE", BUSINESS, "8020"), ("DE", BUSINESS, "8011"), ("US", {}, "8030")],
)
def test_the_accounts_are_those_of_the_most_exact_row_by_country_and_then_by_buyer(
    country: str, who: dict[str, Any], account: str
) -> None:
    rows = settings(
        {"country": "*", "sales_account": "8030"},
        {"country": "EU", "sales_account": "8010"},
        {"country": "EU", "buyer": "business_with_vat_number", "sales_account": "8020"},
        {"country": "DE", "sales_account": "8011"},
        {"country": "NL", "sales_account": "8000"},
    )
    assert plan_customer(a_customer(country=country, **who), rows).sales_account == account


def test_without_a_row_the_class_decides_the_accounts() -> None:
    plan = plan_customer(a_customer(country="SE"), settings({"country": "NL", "sales_account": "8000"}))
    assert (plan.sales_account, plan.sales_eu_account, plan.sales_export_account) == ("", "", "")


def test_terms_of_payment_that_no_table_has_park_the_customer() -> None:
    of_terms = settings(customers={"payment_method": {"default": None, "table": {"30 days": "BANK"}}})
    assert plan_customer(a_customer(payment_terms="30 days"), of_terms).payment_method == "BANK"
    with pytest.raises(RecordParkedError, match=r"customers\.payment_method"):
        plan_customer(a_customer(payment_terms="60 days"), of_terms)


def test_the_attribute_of_the_language_is_only_named_for_a_customer_who_has_one() -> None:
    named = settings(customers={"language_attribute": "LANGUAGE"})
    assert plan_customer(a_customer(language="sv"), named).language_attribute == "LANGUAGE"
    assert plan_customer(a_customer(), named).language_attribute == ""
