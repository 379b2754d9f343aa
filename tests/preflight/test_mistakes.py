"""Preflight says of a whole link whether it is set up right: each planted mistake is named with its cure."""

import time
from datetime import date

import pytest

from tests.flows.running import FLOW, SCOPES
from tests.preflight.installation import (
    LATER,
    OFF,
    TODAY,
    Installation,
    Mistake,
    edit,
    remove,
    settings,
    steps,
    treatments,
)
from visma_sync.sync.preflight.link import next_quarter

PERIOD = f"{TODAY:%Y%m}"
BACK = "order_status_vismanet_to_eaccounting"


def _rate_of_category(link: Installation) -> None:
    rates = [
        {"revisionID": "1", "vatRate": 21, "groupType": "Output", "startDate": "2012-01-01T00:00:00"},
        {"revisionID": "2", "vatRate": 22, "groupType": "Output", "startDate": f"{LATER}T00:00:00"},
    ]
    line = {"vatId": "NL21", "type": "Vat", "calculateOn": "DocumentAmount", "vatRates": rates}
    link.set_up("vismanet", "vatCategory/NL21", vatCategoryLines=[line])


def _adding_category(link: Installation) -> None:
    rates = [{"revisionID": "1", "vatRate": 9, "groupType": "Output", "startDate": "2012-01-01T00:00:00"}]
    line = {"vatId": "NL9I", "type": "Vat", "calculateOn": "ItemAmount", "vatRates": rates}
    link.set_up("vismanet", "vatCategory/NL9I", vatCategoryLines=[line])


def _fiscal_year(link: Installation) -> None:
    for year in link.state("eaccounting", "fiscalyears"):
        link.set_up("eaccounting", f"fiscalyears/{year['Id']}", IsLockedForAccounting=True)


# Mistakes that can be made together; each must be found beside all the others.
TOGETHER = [
    Mistake("terms of payment taken away", remove("creditTerm/30"), "credit_terms", "'30'", "make '30' active"),
    Mistake(
        "payment method inactive",
        edit("vismanet", "paymentmethod/WALLET", active=False),
        "payment_method",
        "'WALLET', and Visma.net has made it inactive",
        "make 'WALLET' active",
    ),
    Mistake("cash account taken away", remove("cashaccount/1020"), "cash_account", "'1020'", "Correct cash_account"),
    Mistake(
        "cash account in another currency",
        edit("vismanet", "cashaccount/1030", currency="NOK"),
        "payments.by_currency SEK",
        "1030 is kept in NOK",
        "kept in SEK",
    ),
    Mistake("carrier taken away", remove("carrier/PARCEL"), "ship_via", "'PARCEL'", "make 'PARCEL' active"),
    Mistake("unit taken away", remove("unitofmeasure/KG"), "units", "'KG'", "Correct units"),
    Mistake(
        "warehouse inactive",
        edit("vismanet", "warehouse/1", active=False),
        "warehouse",
        "'1', and Visma.net has made it inactive",
        "make '1' active",
    ),
    Mistake("branch inactive", edit("vismanet", "branch/2", isActive=False), "branch", "'2'", "Correct branch"),
    Mistake("customer class taken away", remove("customerClass/PERSON"), "customer_classes", "'PERSON'", "'PERSON'"),
    Mistake("item class taken away", remove("itemClass/SERVICE"), "products.item_class", "'SERVICE'", "'SERVICE'"),
    Mistake("VAT zone taken away", remove("vatZone/EXPORT"), "vat.treatments zone", "'EXPORT'", "make 'EXPORT'"),
    Mistake(
        "orders numbered by hand",
        edit("vismanet", "numberSequence/SO", manualNumbering=True),
        "order.numbering",
        "gives numbers by hand",
        "Set order.numbering",
    ),
    Mistake(
        "customers numbered by hand",
        edit("vismanet", "numberSequence/CUSTOMER", manualNumbering=True),
        "number series CUSTOMER",
        "customers flow gives none",
        "by itself",
    ),
    Mistake(
        "invoices neither numbered by us nor by Visma.net",
        steps(
            settings(invoices={"keep_number": False}),
            edit("vismanet", "numberSequence/ARINVOICE", manualNumbering=True),
        ),
        "invoices.keep_number",
        "ARINVOICE of Visma.net wants numbers by hand",
        "Set it to true",
    ),
    Mistake(
        "revenue account inactive",
        edit("vismanet", "account/8001", active=False),
        "vat.treatments account",
        "'8001'",
        "make '8001' active",
    ),
    Mistake(
        "rounding account kept by another ledger",
        edit("vismanet", "account/8090", controlAccountModule="AR"),
        "rounding.account",
        "8090 is kept by the ledger AR",
        "Name another account",
    ),
    Mistake(
        "account of bookings closed to entries",
        steps(
            settings(send_sales_as={"rows": [{"group": "Webshop", "path": "booking"}]}),
            edit("vismanet", "account/8040", allowManualEntry=False),
        ),
        "bookings accounts",
        "8040 allows no manual entry",
        "let this one be booked on",
    ),
    Mistake(
        "rounding product not for sale",
        lambda link: link.in_target("items/ROUNDING", status="NoSales"),
        "rounding.sku",
        "may not be sold",
        "Make it active",
    ),
    Mistake(
        "freight product kept in stock",
        settings(freight={"skus": ["FREIGHT", "1e5"]}),
        "freight.skus",
        "'1e5' of Visma.net is kept in stock",
        "not kept in stock",
    ),
    Mistake(
        "collective customer inactive",
        steps(
            settings(default_debtor={"when": "fallback", "customer": "10001"}),
            lambda link: link.in_target("customers/10001", status="Inactive"),
        ),
        "default_debtor.customer",
        "10001 of Visma.net is not active",
        "Activate it",
    ),
    Mistake(
        "VAT rate of Visma.net changes next quarter",
        _rate_of_category,
        "vat.treatments NL 21 %",
        f"NL21 of Visma.net charges 22 % on {LATER}",
        f"valid_from: {LATER}",
    ),
    Mistake(
        "VAT rate of eAccounting changes next quarter",
        lambda link: link.set_up("eaccounting", "rates", old=9, new=10, begins=LATER.isoformat()),
        "vat.treatments NL 9 %",
        f"eAccounting charges no VAT of 9 % on {LATER}",
        f"valid_from: {LATER}",
        brings=(f"charges 10 % on {LATER}",),
    ),
    Mistake(
        "no row for a rate that begins next quarter",
        lambda link: link.set_up("eaccounting", "rates", old=9, new=10, begins=LATER.isoformat()),
        "vat.treatments",
        f"eAccounting charges 10 % on {LATER}",
        "Add a row for NL with rate 10",
        brings=("charges no VAT of 9 %",),
    ),
    Mistake(
        "row with a rate that its category does not charge",
        lambda link: link.decide(vat={"treatments": treatments(SE12="SE25")}),
        "vat.treatments SE 12 %",
        "SE25 of Visma.net charges 25 % today",
        "Correct the rate of SE25",
    ),
    Mistake("category that adds VAT to prices with VAT", _adding_category, "inclusive", "NL9I adds VAT", "extract"),
    Mistake(
        "rounding with VAT",
        settings(rounding={"category": "BE6"}),
        "rounding.category",
        "BE6 charges 6 % today",
        "without VAT",
    ),
    Mistake(
        "period closed",
        edit("vismanet", f"financialPeriod/{PERIOD}", closedInCustomerLedger=True),
        "Visma.net",
        f"{PERIOD} is closed in the customer ledger",
        f"Open the financial period {PERIOD}",
    ),
    Mistake(
        "company of eAccounting inactive",
        edit("eaccounting", "company", CompanyStatus=0),
        "eAccounting",
        "is inactive",
        "Activate the company",
    ),
    Mistake("fiscal year locked", _fiscal_year, "eAccounting", "is locked.", "Unlock the year"),
    Mistake(
        "books locked beyond today",
        edit("eaccounting", "company", AccountingLockedTo=f"{LATER}T00:00:00Z"),
        "eAccounting",
        f"locked up to {LATER}",
        "a day that has passed",
    ),
    Mistake(
        "home country wrong",
        edit("eaccounting", "company", CountryCode="SE"),
        "vat.home_country",
        "the company in eAccounting is in SE",
        "Set vat.home_country",
    ),
    Mistake(
        "currency not kept",
        steps(edit("eaccounting", "company", CurrencyCode="USD"), remove("currency/USD")),
        "Visma.net",
        "does not keep USD",
        "Add the currency USD",
    ),
    Mistake(
        "mapping file missing",
        settings(mapping_overlays={FLOW: ["our_fields.yaml"]}),
        f"the mapping of {FLOW}",
        "our_fields.yaml",
        "",
    ),
    Mistake(
        "sales on a path whose flow is off",
        lambda link: link.decide(
            send_sales_as={"rows": [{"group": "Webshop", "path": "booking"}]},
            flows_off=[*OFF, "bookings_eaccounting_to_vismanet"],
        ),
        "send_sales_as",
        "Sales go as booking",
        "flows_off",
    ),
    Mistake(
        "customer group that eAccounting does not have",
        settings(send_sales_as={"rows": [{"group": group, "path": "booking"} for group in ("Webshop", "Webshp")]}),
        "send_sales_as.rows",
        "'Webshp', and eAccounting does not know it (customer labels)",
        "Correct send_sales_as.rows",
    ),
    Mistake(
        "label of articles that eAccounting does not have",
        settings(products={"item_class_by_label": [{"label": "Fod", "item_class": "STOCK"}]}),
        "products.item_class_by_label",
        "'Fod', and eAccounting does not know it (article labels)",
        "Correct products.item_class_by_label",
    ),
    Mistake(
        "account for a label that eAccounting does not have",
        settings(bookings={"product_accounts": [{"label": "Tols", "account": "8000"}]}),
        "bookings.product_accounts",
        "'Tols', and eAccounting does not know it (article labels)",
        "Correct bookings.product_accounts",
    ),
    Mistake(
        "customers of a country that does not exist",
        settings(customers={"by_country": [{"country": "UK", "vat_zone": "EXPORT"}]}),
        "customers.by_country",
        "'UK', and eAccounting does not know it (countries)",
        "Correct customers.by_country",
    ),
    Mistake(
        "branch of a country in small letters",
        settings(branch={"table": {"se": "2"}}),
        "branch.table",
        "'se', and eAccounting does not know it (countries)",
        "capitals count",
    ),
    Mistake(
        "warehouse of a country that does not exist",
        settings(warehouse={"table": {"Nederland": "1"}}),
        "warehouse.table",
        "'Nederland', and eAccounting does not know it (countries)",
        "Correct warehouse.table",
    ),
    Mistake(
        "inventory closed where orders are shipped",
        steps(
            settings(confirm="shipment", flows_off=[*OFF, "stock_eaccounting_to_vismanet"]),
            edit("vismanet", f"financialPeriod/{PERIOD}", closedInInventoryManagement=True),
        ),
        "Visma.net",
        f"{PERIOD} is closed in the inventory",
        f"Open the financial period {PERIOD}",
    ),
    Mistake(
        "overlay of a flow that does not exist",
        settings(mapping_overlays={"orders": ["ours.yaml"]}),
        "mapping_overlays",
        "There is no flow orders.",
        "Name a flow",
    ),
    Mistake(
        "no write scope for a flow that writes to eAccounting",
        steps(
            settings(flows_off=[*(flow for flow in OFF if flow != BACK), "bookings_eaccounting_to_vismanet"]),
            lambda link: link.source.update(scopes=SCOPES.replace("ea:sales ", "ea:sales_readonly ")),
        ),
        "Connection eaccounting_default",
        "does not ask for ea:sales",
        "make authorize",
    ),
]


def test_a_link_that_is_in_order_is_ready(link: Installation) -> None:
    link.decide(cut_off_date=TODAY.isoformat())
    assert "no_cut_off_date" not in {finding.code for finding in link.look().findings}
    link.decide(cut_off_date=None)
    verdict = link.look()
    assert "no_cut_off_date" in {finding.code for finding in verdict.of("warning")}
    assert {one.about for one in verdict.of("declared")} >= {"invoices.keep_number", "stock.reason_code"}
    assert verdict.ready, verdict.lines
    assert verdict.lines[-1].startswith("ready")
    assert "Noorderlicht Handel B.V." in " ".join(verdict.companies)
    assert {finding.weight for finding in verdict.findings} <= {"warning", "declared"}


def test_nothing_is_written_to_either_system(link: Installation) -> None:
    link.forget_requests()
    link.look()
    assert not link.writes()


def test_every_one_of_many_mistakes_is_named_with_its_cure(link: Installation) -> None:
    assert len(TOGETHER) >= 20
    for mistake in TOGETHER:
        mistake.make(link)
    found = link.look().of("miss")
    assert all(finding.cure for finding in found)
    unnamed = [mistake.name for mistake in TOGETHER if not any(map(mistake.is_named_by, found))]
    assert not unnamed, [finding.line for finding in found]


@pytest.mark.parametrize("mistake", TOGETHER, ids=str)
def test_a_mistake_alone_brings_no_other(link: Installation, mistake: Mistake) -> None:
    mistake.make(link)
    found = link.look()
    assert any(map(mistake.is_named_by, found.of("miss"))), found.lines
    known = (mistake.says, *mistake.brings)
    assert [one.line for one in found.of("miss") if not any(part in one.sentence for part in known)] == []
    assert not found.of("not_checked")


def test_a_rate_with_a_successor_in_time_is_right(link: Installation) -> None:
    _rate_of_category(link)
    link.set_up("eaccounting", "rates", old=21, new=22, begins=LATER.isoformat())
    rows = treatments()
    successor = rows[0] | {"rate": 22, "valid_from": LATER.isoformat()}
    link.decide(vat={"treatments": [*rows, successor]})
    assert link.look().ready, link.look().lines


def test_the_names_of_the_flows_back_are_looked_for_where_they_are_on(link: Installation) -> None:
    wrong = {
        "customers": {"terms_of_payment": {"default": "Nooit"}},
        "products": {"codings": [{"coding": "Wol", "vat_category": "NL5"}], "units": {"default": "vat"}},
        "orders": {"send_when": {"types": ["ZZ"]}, "delivery_method": {"default": "Drone"}, "freight_sku": "VRACHT-0"},
        "stock": {"warehouses": ["9"]},
    }
    link.decide(mirror=wrong)
    assert link.look().ready
    on = {"flows_off": ["stock_eaccounting_to_vismanet"]}
    link.decide(**on)
    found = {(one.about, one.sentence.split("'")[1]) for one in link.look().of("miss")}
    assert found == {
        ("mirror.customers.terms_of_payment", "Nooit"),
        ("mirror.products.codings", "Wol"),
        ("mirror.products.codings", "NL5"),
        ("mirror.products.units", "vat"),
        ("mirror.orders.send_when", "ZZ"),
        ("mirror.orders.delivery_method", "Drone"),
        ("mirror.orders.freight_sku", "VRACHT-0"),
        ("mirror.stock.warehouses", "9"),
    }


@pytest.mark.parametrize(
    ("stock", "says"), [({"warehouses": []}, "no warehouse"), ({"reduced_by_orders": "refuse"}, "taken off twice")]
)
def test_a_stock_flow_that_would_refuse_to_run_is_told(stock: dict[str, object], says: str, link: Installation) -> None:
    link.decide(mirror={"stock": stock}, flows_off=["stock_eaccounting_to_vismanet"])
    found = [one for one in link.look().of("miss") if one.about == "mirror.stock"]
    assert [says in one.sentence for one in found] == [True]


@pytest.mark.parametrize("makes_customers", ["orders", "invoices"])
def test_sales_that_make_their_customers_need_numbers_for_them_too(makes_customers: str, link: Installation) -> None:
    link.set_up("vismanet", "numberSequence/CUSTOMER", manualNumbering=True)
    others = {"orders", "invoices", "customers"} - {makes_customers}
    link.decide(flows_off=[*OFF, *(f"{kind}_eaccounting_to_vismanet" for kind in others)])
    found = [one.sentence for one in link.look().of("miss") if one.about.startswith("number series CUSTOMER")]
    assert found == [f"It wants numbers by hand, and the {makes_customers} flow gives none."]
    link.decide(default_debtor={"when": "always", "customer": "10001"})
    assert not [one for one in link.look().of("miss") if one.about.startswith("number series CUSTOMER")]


def test_a_system_that_is_silent_is_waited_for_as_long_as_the_settings_say(link: Installation) -> None:
    link.decide(timeout_seconds=1)
    link.fault("timeout_before", method="GET", path="/v1/carrier", times=50)
    began = time.monotonic()
    verdict = link.look()
    assert time.monotonic() - began < 30, "three tries of a second each, not of a minute"
    assert [
        "did not answer" in one.sentence for one in verdict.of("not_checked") if "values of ship_via" in one.about
    ] == [True]


def test_a_flow_that_is_switched_off_by_a_name_that_no_flow_has_is_told(link: Installation) -> None:
    link.decide(flows_off=[*OFF, "stock"])
    (found,) = link.look().of("miss")
    assert (found.about, found.sentence) == ("flows_off", "There is no flow stock.")
    assert "stock_eaccounting_to_vismanet" in found.cure


def test_a_unit_that_cannot_be_cut_and_is_not_there_is_told(link: Installation) -> None:
    link.decide(stock={"whole_units": ["STK", "stk"]})
    verdict = link.look()
    assert [one.sentence.split(",")[0] for one in verdict.of("warning") if one.about == "stock.whole_units"] == [
        "It names 'stk'"
    ]
    assert verdict.ready
    link.decide(flows_off=["stock_eaccounting_to_vismanet"], mirror={"stock": {"whole_units": ["st", "STK"]}})
    found = [one for one in link.look().of("warning") if "whole_units" in one.about]
    assert [(one.about, one.sentence.split(",")[0]) for one in found] == [
        ("mirror.stock.whole_units", "It names 'STK'")
    ]


def test_values_without_a_counterpart_are_told_but_stop_nothing(link: Installation) -> None:
    link.decide(ship_via={"default": None, "table": {"Afhalen": "PICKUP"}})
    verdict = link.look()
    told = {finding.sentence for finding in verdict.of("warning")}
    assert any("'Pakketpost'" in sentence for sentence in told)
    assert verdict.ready


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 1, 1), date(2026, 4, 1)),
        (date(2026, 9, 30), date(2026, 10, 1)),
        (date(2026, 10, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_next_quarter_begins_after_this_one(day: date, first: date) -> None:
    assert next_quarter(day) == first
