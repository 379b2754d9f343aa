"""Journal transactions in the imitated Visma.net ERP: balanced, in open periods, with VAT that is what it says."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.vismanet_caller import Caller, read, wrapped
from tests.sandbox.vismanet_warehouse import JOURNALS, credit, debit, journal, key_of, message

REVENUE = {"vatCodeId": "NL21", "vatId": "NL21", "referenceNumber": "42"}
VAT = {"vatId": "NL21", "referenceNumber": "42"}


def enter(vismanet: Caller, body: dict[str, Any]) -> str:
    """Enter a batch; gives its address."""
    return f"{JOURNALS}/{key_of(vismanet.call('POST', JOURNALS, body))}"


def refused(vismanet: Caller, body: dict[str, Any]) -> str:
    """Enter a batch that is refused; gives the ERP's words."""
    before = len(vismanet.state("journals"))
    words = message(vismanet.call("POST", JOURNALS, body))
    assert len(vismanet.state("journals")) == before
    return words


def sale(**head: Any) -> dict[str, Any]:
    """Give a batch of one sale: 100.00 and 21 % VAT."""
    return journal(
        debit("1390", 121), credit("8000", 100, **REVENUE), credit("1500", 21, **VAT), createVatTransaction=True, **head
    )


def test_a_batch_is_posted_by_its_release(vismanet: Caller) -> None:
    path = enter(vismanet, sale(description="Verkopen", hold=True))
    assert "status is Hold" in message(vismanet.call("POST", f"{path}/action/release"))
    assert vismanet.call("PUT", path, wrapped({"hold": False})).status_code == 204
    assert read(vismanet.call("GET", path))["status"] == "Balanced"
    assert vismanet.call("POST", f"{path}/action/release").json()["actionResult"] == "Done"
    batch = read(vismanet.call("GET", path))
    assert (batch["status"], batch["financialPeriod"], batch["postPeriod"]) == ("Posted", "202611", "112026")
    assert (batch["debitTotalInCurrency"], batch["creditTotalInCurrency"]) == (121, 121)
    lines = batch["journalTransactionLines"]
    assert [
        (line["accountNumber"], line.get("vatCode", {}).get("id"), line.get("vat", {}).get("id")) for line in lines
    ] == [
        ("1390", None, None),
        ("8000", "NL21", "NL21"),
        ("1500", None, "NL21"),
    ]


def test_a_posted_batch_can_be_neither_released_again_nor_changed(vismanet: Caller) -> None:
    path = enter(vismanet, sale())
    vismanet.call("POST", f"{path}/action/release")
    assert "status is Posted" in message(vismanet.call("POST", f"{path}/action/release"))
    assert "is posted" in message(vismanet.call("PUT", path, wrapped({"description": "later"})))


def test_an_outdated_version_neither_changes_nor_releases_a_batch(vismanet: Caller) -> None:
    path = enter(vismanet, sale())
    old = {"If-Match": vismanet.call("GET", path).headers["ETag"]}
    assert vismanet.call("PUT", path, wrapped({"description": "a"}), headers=old).status_code == 204
    assert vismanet.call("PUT", path, wrapped({"description": "b"}), headers=old).status_code == 412
    assert vismanet.call("POST", f"{path}/action/release", headers=old).status_code == 412


def test_what_a_posted_batch_reports_for_each_vat_code_is_kept(vismanet: Caller) -> None:
    number = enter(vismanet, sale()).rpartition("/")[2]

    def reported() -> list[dict[str, Any]]:
        found = next(row for row in vismanet.state("journals") if row["batchNumber"] == number)
        return [dict(row) for row in found["vatReported"]]

    assert reported() == []
    vismanet.call("POST", f"{JOURNALS}/{number}/action/release")
    assert reported() == [{"vatId": "NL21", "base": Decimal("100.00"), "amount": Decimal("21.00")}]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (journal(debit("1390", 10), credit("8000", Decimal("9.99"))), "out of balance"),
        (journal(debit("1390", 10)), "at least two lines"),
        (journal(debit("1390", 10), credit("8000", 10), controlTotalInCurrency=11), "control total 11"),
        (journal(debit("1390", 10), credit("1", 10)), "'Account' '1' cannot be found"),
        (journal(debit("1390", 10), credit("8999", 10)), "Account 8999 is inactive"),
        (journal(debit("1300", 10), credit("8000", 10)), "Account 1300 is a control account of AR"),
        (journal(debit("1390", 10), credit("8000", 10), currencyId="XAU"), "'Currency' 'XAU' is not active"),
        (journal(debit("1390", 10), credit("8000", 10), exchangeRate=2), "'Exchange Rate' 2 is not one of"),
        (journal(debit("1390", 10), credit("8000", 10), ledger="9"), "'Ledger' '9' cannot be found"),
        (journal(debit("1390", 10), credit("8000", 10), branch="9"), "'Branch' '9' cannot be found"),
        (
            journal(debit("1390", 10), credit("8000", 10), transactionDate="2025-12-31"),
            "'12-2025' is closed in General",
        ),
        (journal(debit("1390", 10), credit("8000", 10), transactionDate="2031-01-01"), "'01-2031' cannot be found"),
        (journal(debit("1390", 10), credit("8000", 10, debitAmountInCurrency=1)), "debit side or on the credit side"),
        (journal(wrapped({"accountNumber": "1390"}), credit("8000", 10)), "operation Insert"),
        (journal(debit("1390", 10), credit("8000", 10), batchNumber="EA-1"), "given by the number series"),
    ],
)
def test_a_batch_that_the_erp_would_not_have_is_refused(vismanet: Caller, body: dict[str, Any], words: str) -> None:
    assert words in refused(vismanet, body)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            [credit("8000", 100, **REVENUE), credit("1500", 20, **VAT), credit("8090", 1)],
            "amount 20.00 is not the VAT 21.00",
        ),
        ([credit("8000", 121, **REVENUE)], "amount 0.00 is not the VAT 25.41"),
        ([credit("8000", 100), credit("1500", 21, **VAT)], "no line with its base"),
        (
            [credit("8000", 100, **REVENUE), credit("1500", 21, vatId="NL21", referenceNumber="43")],
            "no line with its base",
        ),
        ([credit("8000", 100, **REVENUE), credit("8090", 21, **VAT)], "belongs on account 1500"),
        ([credit("8000", 121, vatCodeId="NL21", vatId="NL9")], "NL9 is not in the tax category NL21"),
        ([credit("8000", 121, vatCodeId="MARS")], "'Tax Category' 'MARS' cannot be found"),
        ([credit("8000", 100), credit("1500", 21, vatId="MARS")], "'Tax ID' 'MARS' cannot be found"),
    ],
)
def test_vat_that_does_not_fit_its_base_is_refused(vismanet: Caller, lines: list[dict[str, Any]], words: str) -> None:
    assert words in refused(vismanet, journal(debit("1390", 121), *lines, createVatTransaction=True))


def test_vat_without_the_wish_to_report_it_is_refused(vismanet: Caller) -> None:
    body = journal(debit("1390", 121), credit("8000", 100, **REVENUE), credit("1500", 21, **VAT))
    assert "Create VAT transactions" in refused(vismanet, body)


def test_amounts_of_vat_are_taken_as_they_are_when_their_check_is_skipped(vismanet: Caller) -> None:
    lines = [debit("1390", 121), credit("8000", Decimal("99.99"), **REVENUE), credit("1500", Decimal("21.01"), **VAT)]
    enter(vismanet, journal(*lines, createVatTransaction=True, skipVatAmountValidation=True))


def test_a_base_without_vat_reports_only_itself(vismanet: Caller) -> None:
    body = journal(debit("1390", 50), credit("8020", 50, vatCodeId="EUGOODS0"), createVatTransaction=True)
    number = enter(vismanet, body).rpartition("/")[2]
    vismanet.call("POST", f"{JOURNALS}/{number}/action/release")
    found = next(row for row in vismanet.state("journals") if row["batchNumber"] == number)
    assert found["vatReported"] == [{"vatId": "EUGOODS0", "base": Decimal("50.00"), "amount": Decimal("0.00")}]


def test_a_batch_on_hold_may_be_out_of_balance_until_it_is_taken_off_hold(vismanet: Caller) -> None:
    path = enter(vismanet, journal(debit("1390", 10), credit("8000", 9), hold=True, controlTotalInCurrency=10))
    assert "out of balance" in message(vismanet.call("PUT", path, wrapped({"hold": False})))
    rows = [{"operation": "Update", **wrapped({"lineNumber": 2, "creditAmountInCurrency": 10})}]
    body = {**wrapped({"hold": False}), "journalTransactionLines": rows}
    assert vismanet.call("PUT", path, body).status_code == 204


def test_a_foreign_batch_shows_its_amounts_in_the_companys_currency_too(vismanet: Caller) -> None:
    body = journal(debit("1390", 100), credit("8000", 100), currencyId="SEK", exchangeRate=Decimal("0.09"))
    batch = read(vismanet.call("GET", enter(vismanet, body)))
    assert (batch["currencyId"], batch["debitTotalInCurrency"], batch["debitTotal"]) == ("SEK", 100, 9)
    assert batch["journalTransactionLines"][0]["debitAmount"] == 9


def test_a_number_of_ones_own_is_taken_once_where_the_series_allows_it(vismanet: Caller) -> None:
    own = {"batchNumber": "EA-2026-1", "overrideNumberSeries": True}
    assert enter(vismanet, sale(**own)).endswith("/EA-2026-1")
    assert "already exists" in refused(vismanet, sale(**own))
    vismanet.by_hand("invoice_set_up", {"own_numbers": False})
    try:
        assert "given by the number series" in refused(vismanet, sale(**{**own, "batchNumber": "EA-2026-2"}))
    finally:
        vismanet.by_hand("invoice_set_up", {"own_numbers": True})


def test_a_period_that_was_closed_meanwhile_keeps_a_batch_from_being_posted(vismanet: Caller) -> None:
    path = enter(vismanet, sale(transactionDate="2027-04-01"))
    vismanet.by_hand("periods/202704", {"closedInGeneralLedger": True})
    assert "'04-2027' is closed in General Ledger" in message(vismanet.call("POST", f"{path}/action/release"))
    assert read(vismanet.call("GET", path))["status"] == "Balanced"


def test_the_list_wants_a_period_or_a_moment(vismanet: Caller) -> None:
    assert "periodId or lastModifiedDateTime" in message(vismanet.call("GET", JOURNALS))
    number = enter(vismanet, sale(transactionDate="2027-06-01")).rpartition("/")[2]

    def found(**asked: str) -> bool:
        return number in [row["batchNumber"] for row in vismanet.call("GET", JOURNALS, params=asked).json()]

    assert found(periodId="202706", status="Balanced", module="GL", branch="1")
    assert found(periodId="202706", status="Unreleased")
    assert not found(periodId="202706", status="Posted")
    assert not found(periodId="202706", module="AR")
    assert not found(periodId="202707")
    assert found(lastModifiedDateTime="2026-01-01")
    assert not found(lastModifiedDateTime="2999-01-01")


def test_the_list_pages_by_lines_so_that_a_batch_can_lie_on_two_pages(vismanet: Caller) -> None:
    first, second = (enter(vismanet, sale(transactionDate="2027-08-01")).rpartition("/")[2] for _ in range(2))
    pages = [
        read(vismanet.call("GET", JOURNALS, params={"periodId": "202708", "pageSize": 4, "pageNumber": page}))
        for page in (1, 2, 3)
    ]
    seen = [[(row["batchNumber"], len(row["journalTransactionLines"])) for row in page] for page in pages]
    assert seen == [[(first, 3), (second, 1)], [(second, 2)], []]
    assert pages[0][0]["metadata"] == {"totalCount": 6, "maxPageSize": 500}
    assert pages[0][1]["debitTotalInCurrency"] == 121
