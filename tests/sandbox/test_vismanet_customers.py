"""Debtors in the imitated core API behave as the ERP's: wrapped values, class defaults, quirky lists."""

import base64
import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.vismanet_caller import Caller, read, wrapped

OSLO = ZoneInfo("Europe/Oslo")


def test_a_new_debtor_is_answered_with_its_address_and_no_body(vismanet: Caller) -> None:
    answer = vismanet.core("POST", "customer", wrapped({"name": "Jansen", "customerClassId": "PERSON"}))
    assert (answer.status_code, answer.content) == (201, b"")
    assert vismanet.call("GET", answer.headers["Location"]).json()["name"] == "Jansen"
    assert answer.headers["ETag"] == vismanet.call("GET", answer.headers["Location"]).headers["ETag"]


def test_a_new_debtor_takes_terms_and_vat_zone_from_its_class(vismanet: Caller) -> None:
    debtor = vismanet.core("GET", f"customer/{vismanet.new_customer(customerClassId='PERSON')}").json()
    assert (debtor["creditTerms"]["id"], debtor["vatZone"]["id"]) == ("14", "DOMESTIC")


def test_what_is_sent_goes_before_what_the_class_says(vismanet: Caller) -> None:
    number = vismanet.new_customer(creditTermsId="10", vatZoneId="EUPRIVATE")
    debtor = vismanet.core("GET", f"customer/{number}").json()
    assert (debtor["creditTerms"]["id"], debtor["vatZone"]["id"]) == ("10", "EUPRIVATE")


def test_changing_with_class_values_undoes_what_was_set_before(vismanet: Caller) -> None:
    number = vismanet.new_customer(creditTermsId="10")
    answer = vismanet.core("PUT", f"customer/{number}", {"overrideWithClassValues": True, **wrapped({"name": "Nieuw"})})
    assert answer.status_code == 204
    assert vismanet.core("GET", f"customer/{number}").json()["creditTerms"]["id"] == "30"


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Jansen"},
        {"name": {"value": 5}},
        {"name": {"waarde": "Jansen"}},
        {"mainAddress": {"addressLine1": {"value": "Straat 1"}}},
        {"sendInvoicesByEmail": {"value": "false"}},
        {"status": {"value": "Sleeping"}},
        {"overrideWithClassValues": {"value": True}},
        {"nmae": {"value": "Jansen"}},
        ["name"],
    ],
)
def test_a_body_of_another_shape_is_not_recognised(vismanet: Caller, body: object) -> None:
    answer = vismanet.core("POST", "customer", body)
    assert answer.status_code == 400
    assert "Data received not recognized as CustomerUpdateDto" in answer.json()["message"]


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"customerClassId": "COMPANY"}, 400, "'Customer Name' cannot be empty."),
        ({"name": "Jansen"}, 400, "'Customer Class' cannot be empty."),
        ({"name": "Jansen", "customerClassId": "NONE"}, 500, "'Customer Class' cannot be found"),
        ({"name": "Jansen", "customerClassId": "PERSON", "creditTermsId": "99"}, 500, "'Terms' cannot be found"),
        ({"name": "Jansen", "customerClassId": "PERSON", "vatZoneId": "MARS"}, 500, "'Tax Zone' cannot be found"),
        ({"name": "Jansen", "customerClassId": "PERSON", "currencyId": "XXX"}, 500, "'Currency ID' cannot be found"),
        ({"name": "Jansen", "customerClassId": "PERSON", "number": "7"}, 400, "numbers automatically"),
        (
            {"name": "Jansen", "customerClassId": "PERSON", "mainAddress": {"countryId": "ZZ"}},
            500,
            "'Country' cannot be found",
        ),
        (
            {"name": "Jansen", "customerClassId": "PERSON", "mainAddress": {"addressLine1": "x" * 51}},
            400,
            "longer than 50",
        ),
        ({"name": "Jansen", "customerClassId": "PERSON", "mainContact": {"email": "jan"}}, 400, "e-mail address"),
    ],
)
def test_a_debtor_that_the_erp_would_not_have_is_refused_in_its_words(
    vismanet: Caller, fields: dict[str, object], status: int, sentence: str
) -> None:
    before = len(vismanet.state("customers"))
    answer = vismanet.core("POST", "customer", wrapped(fields))
    assert answer.status_code == status
    assert answer.json()["message"].startswith("VismaId: ")
    assert sentence in answer.json()["message"]
    assert len(vismanet.state("customers")) == before


def test_an_own_number_is_kept_when_the_series_is_overridden(vismanet: Caller) -> None:
    fields = {"name": "Eigen", "customerClassId": "OTHER", "number": "web-1", "overrideNumberSeries": True}
    assert vismanet.core("POST", "customer", wrapped(fields)).headers["Location"].endswith("/WEB-1")
    again = vismanet.core("POST", "customer", wrapped(fields))
    assert (again.status_code, "already exists" in again.json()["message"]) == (400, True)


def test_a_change_touches_only_what_is_sent(vismanet: Caller) -> None:
    address = {"addressLine1": "Havenweg 1", "city": "Delft", "countryId": "NL"}
    number = vismanet.new_customer(mainAddress=address, corporateId="12345678")
    answer = vismanet.core("PUT", f"customer/{number}", wrapped({"mainAddress": {"city": "Leiden"}}))
    debtor = vismanet.core("GET", f"customer/{number}").json()
    assert (answer.status_code, answer.content) == (204, b"")
    assert (debtor["mainAddress"]["addressLine1"], debtor["mainAddress"]["city"]) == ("Havenweg 1", "Leiden")
    assert debtor["corporateId"] == "12345678"


def test_a_null_value_clears_and_a_missing_field_does_not(vismanet: Caller) -> None:
    number = vismanet.new_customer(corporateId="12345678", accountReference="abc")
    vismanet.core("PUT", f"customer/{number}", {"corporateId": {"value": None}, "accountReference": None})
    debtor = vismanet.core("GET", f"customer/{number}").json()
    assert "corporateId" not in debtor
    assert debtor["accountReference"] == "abc"


def test_a_change_meant_for_an_older_version_is_refused(vismanet: Caller) -> None:
    number = vismanet.new_customer()
    old = vismanet.core("GET", f"customer/{number}").headers["ETag"]
    vismanet.by_hand(f"customers/{number}", {"name": "Door een mens veranderd"})
    answer = vismanet.core("PUT", f"customer/{number}", wrapped({"name": "X"}), headers={"If-Match": old})
    assert answer.status_code == 412
    assert vismanet.core("GET", f"customer/{number}").json()["name"] == "Door een mens veranderd"


def test_the_version_in_a_list_row_is_the_etag_without_quotes(vismanet: Caller) -> None:
    number = vismanet.new_customer(name="Een enig bedrijf")
    row = vismanet.core("GET", "customer", params={"name": "een ENIG bedrijf "}).json()[0]
    assert vismanet.core("GET", f"customer/{number}").headers["ETag"] == f'"{row["timeStamp"]}"'


def test_a_debtor_is_found_by_its_main_e_mail_address_whatever_the_case(vismanet: Caller) -> None:
    number = vismanet.new_customer(
        mainContact={"email": "Post@Voorbeeld.nl"}, invoiceContact={"email": "factuur@voorbeeld.nl"}
    )
    found = vismanet.core("GET", "customer", params={"email": "post@voorbeeld.NL"}).json()
    assert [row["number"] for row in found] == [number]
    assert vismanet.core("GET", "customer", params={"email": "factuur@voorbeeld.nl"}).json() == []


def test_numbers_of_a_company_find_it(vismanet: Caller) -> None:
    number = vismanet.new_customer(vatRegistrationId="NL000099998B57", corporateId="69599084")
    for asked in ({"vatRegistrationId": "NL000099998B57"}, {"corporateId": "69599084"}):
        assert [row["number"] for row in vismanet.core("GET", "customer", params=asked).json()] == [number]


def test_each_row_of_a_page_tells_the_total_and_the_largest_page(vismanet: Caller) -> None:
    total = len(vismanet.state("customers"))
    page = vismanet.core("GET", "customer", params={"pageNumber": 1, "pageSize": 5000}).json()
    assert page[0]["metadata"] == {"totalCount": total, "maxPageSize": 1000}
    assert len(page) == min(total, 1000)


def test_pages_start_at_one_and_end_empty(vismanet: Caller) -> None:
    numbers = [row["number"] for row in vismanet.state("customers")]
    pages = [vismanet.core("GET", "customer", params={"pageNumber": page, "pageSize": 3}).json() for page in (1, 2)]
    assert [row["number"] for page in pages for row in page] == numbers[:6]
    assert vismanet.core("GET", "customer", params={"pageNumber": 1000, "pageSize": 3}).json() == []


def test_changed_debtors_are_listed_by_local_time(vismanet: Caller) -> None:
    since = datetime.datetime.now(OSLO).replace(tzinfo=None).isoformat(sep=" ", timespec="milliseconds")
    number = vismanet.new_customer()
    asked = {"lastModifiedDateTime": since, "lastModifiedDateTimeCondition": ">="}
    assert [row["number"] for row in vismanet.core("GET", "customer", params=asked).json()] == [number]


def test_a_date_without_its_condition_is_ignored(vismanet: Caller) -> None:
    everything = len(vismanet.core("GET", "customer").json())
    asked = {"lastModifiedDateTime": "2099-01-01"}
    assert len(vismanet.core("GET", "customer", params=asked).json()) == everything


@pytest.mark.parametrize("moment", ["2026-11-20T10:00:00Z", "2026-11-20T10:00:00+01:00", "20-11-2026"])
def test_a_time_with_a_zone_is_not_understood(vismanet: Caller, moment: str) -> None:
    asked = {"lastModifiedDateTime": moment, "lastModifiedDateTimeCondition": ">"}
    assert vismanet.core("GET", "customer", params=asked).status_code == 400


def test_a_key_may_be_written_in_base64(vismanet: Caller) -> None:
    number = vismanet.new_customer(name="Sleutel")
    key = base64.urlsafe_b64encode(number.encode()).decode().rstrip("=")
    assert vismanet.core("GET", f"customer/b64({key})").json()["name"] == "Sleutel"


def test_an_unknown_debtor_is_not_found(vismanet: Caller) -> None:
    assert vismanet.core("GET", "customer/99999").status_code == 404
    assert vismanet.core("PUT", "customer/99999", {}).status_code == 404


def test_a_debtor_left_on_the_class_defaults_counts_as_mailed(vismanet: Caller) -> None:
    answer = vismanet.core("POST", "customer", wrapped({"name": "Luid", "customerClassId": "COMPANY"}))
    number = answer.headers["Location"].rpartition("/")[2]
    because = {row["because"] for row in vismanet.state("mailed") if row["number"] == number}
    assert because == {"sendInvoicesByEmail", "printInvoices", "acceptAutoInvoices"}


def test_a_debtor_with_everything_switched_off_is_not_mailed(vismanet: Caller) -> None:
    number = vismanet.new_customer()
    assert [row for row in vismanet.state("mailed") if row["number"] == number] == []


def test_a_debtor_is_found_by_an_attribute_of_its_class(vismanet: Caller) -> None:
    number = vismanet.new_customer()
    lines = [{"attributeId": {"value": "EXTID"}, "attributeValue": {"value": "web-77"}}]
    assert vismanet.core("PUT", f"customer/{number}", {"attributeLines": lines}).status_code == 204
    found = vismanet.core("GET", "customer", params={"attributes": '{"EXTID":"web-77"}'})
    assert [row["number"] for row in found.json()] == [number]


def test_an_attribute_that_the_class_has_not_is_refused(vismanet: Caller) -> None:
    lines = [{"attributeId": {"value": "COLOUR"}, "attributeValue": {"value": "red"}}]
    assert vismanet.core("PUT", f"customer/{vismanet.new_customer()}", {"attributeLines": lines}).status_code == 500


def test_the_internal_id_leads_to_the_same_debtor(vismanet: Caller) -> None:
    number = vismanet.new_customer(name="Binnen")
    internal = vismanet.core("GET", f"customer/{number}").json()["internalId"]
    vismanet.core("PUT", f"customer/internal/{internal}", wrapped({"name": "Buiten"}))
    assert vismanet.core("GET", f"customer/internal/{internal}").json()["number"] == number
    assert read(vismanet.core("GET", f"customer/{number}"))["name"] == "Buiten"
