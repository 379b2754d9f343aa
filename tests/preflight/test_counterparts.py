"""Values that a company uses and the settings' tables do not know are told before a record parks for them."""

import pytest

from tests.preflight.installation import OFF, Installation

STOCK_FORTH = "stock_eaccounting_to_vismanet"


def warnings(link: Installation) -> dict[str, list[str]]:
    """What preflight warns of, by what it is about."""
    found: dict[str, list[str]] = {}
    for finding in link.look().of("warning"):
        found.setdefault(finding.about, []).append(finding.sentence)
    return found


def test_values_of_visma_net_without_an_entry_are_told_where_the_flows_back_are_on(link: Installation) -> None:
    mirror = {
        "customers": {"terms_of_payment": {"default": None, "table": {"30": "30 dagen"}}},
        "orders": {"delivery_method": {"default": None, "table": {"PICKUP": "Afhalen"}}},
        "products": {
            "codings": [
                {"coding": "Goederen hoog", "vat_category": "NL21", "supply": "stock"},
                {"coding": "Diensten hoog", "supply": "service"},
            ],
            "units": {"default": None, "table": {"STK": "st"}},
        },
    }
    link.decide(mirror=mirror)
    assert not any(about.startswith("mirror.") for about in warnings(link))
    link.decide(flows_off=[STOCK_FORTH])
    found = warnings(link)
    assert "There is no entry for '14' of Visma.net and no default." in found["mirror.customers.terms_of_payment"]
    assert "There is no entry for 'PARCEL' of Visma.net and no default." in found["mirror.orders.delivery_method"]
    assert "There is no entry for 'KG' of Visma.net and no default." in found["mirror.products.units"]
    stock, non_stock = found["mirror.products.codings"]
    assert stock.startswith("There is no row for stock items of the VAT categories BE21, ")
    assert "NL9" in stock
    assert "NL21" not in stock.split()
    assert "NL21," in non_stock.split()


def test_an_order_flow_that_makes_articles_needs_their_codings_and_units_too(link: Installation) -> None:
    mirror = {
        "orders": {"create_products": True},
        "products": {"codings": [{"coding": "Wol"}], "units": {"default": "vat"}},
    }
    link.decide(mirror=mirror, flows_off=[flow for flow in OFF if not flow.startswith("orders")])
    told = {one.about for one in link.look().of("miss")}
    assert {"mirror.products.codings", "mirror.products.units"} <= told


def test_a_rate_for_which_products_have_no_vat_category_is_told(link: Installation) -> None:
    link.decide(products={"vat_category": {"default": None, "table": {"21": "NL21", "0": "NOVAT", "6": "NOVAT"}}})
    assert warnings(link)["products.vat_category"] == ["There is no entry for 9 % of eAccounting and no default."]


@pytest.mark.parametrize(
    ("setting", "entry", "of_list"),
    [
        ("credit_terms", {"30 dagn": "30"}, "eAccounting does not have (terms of payment)"),
        ("ship_via", {"Pakketpst": "PARCEL"}, "eAccounting does not have (delivery methods)"),
        ("units", {"stk.": "STK"}, "eAccounting does not have (units)"),
    ],
)
def test_a_mistyped_name_in_a_table_is_told(
    setting: str, entry: dict[str, str], of_list: str, link: Installation
) -> None:
    link.decide(**{setting: {"default": "", "table": entry}})
    verdict = link.look()
    (found,) = [one for one in verdict.of("warning") if one.about == setting]
    assert found.sentence == f"It has an entry for '{next(iter(entry))}', which {of_list}."
    assert found.cure == f"Correct the entry in {setting}, or leave it for the records of before."
    assert verdict.ready


def test_a_booking_without_an_account_for_its_terms_or_its_vat_stops_sales(link: Installation) -> None:
    link.decide(bookings={"debit_account": {"default": ""}, "vat_account": {"default": "", "table": {"NL21": "1500"}}})
    assert link.look().ready, "no sale is booked"
    link.decide(send_sales_as={"rows": [{"group": "Webshop", "path": "booking"}]})
    verdict = link.look()
    assert [(one.about, one.sentence) for one in verdict.of("miss")] == [
        ("bookings.debit_account", "It names no account at all, and needs one.")
    ]
    of_vat = [one.sentence for one in verdict.of("warning") if one.about == "bookings.vat_account"]
    assert "It names no account for 'NL9' of Visma.net." in of_vat
    assert "It names no account for 'NL21' of Visma.net." not in of_vat
