"""What the command line changes about the imitated Visma.net ERP: numbering, the hourly quota, the company."""

from tests.running_sandbox import running_sandbox
from tests.sandbox.vismanet_caller import Caller, ask_for_token, codes, read


def some_customer(vismanet: Caller) -> str:
    number: str = next(row["number"] for row in vismanet.state("customers") if row["status"] == "Active")
    return number


def test_orders_are_numbered_by_the_system_with_six_digits(vismanet: Caller) -> None:
    first, second = (vismanet.new_order(some_customer(vismanet), []) for _ in range(2))
    assert len(first.removeprefix("/SO/")) == 6
    assert int(second.removeprefix("/SO/")) == int(first.removeprefix("/SO/")) + 1


def test_each_order_type_has_its_own_series(vismanet: Caller) -> None:
    assert vismanet.new_order(some_customer(vismanet), [], type="WB").startswith("/WB/0001")


def test_with_manual_numbering_a_number_is_needed_and_no_double_is_taken() -> None:
    with running_sandbox("--numbering", "manual") as url:
        vismanet = Caller(url)
        customer = some_customer(vismanet)
        body = {"type": "WB", "customer": {"id": customer}}
        assert codes(vismanet.orders("POST", "", body)) == {"orderId": "0001-NullNotAllowed"}
        assert vismanet.new_order(customer, [], type="WB", orderId="web-1042") == "/WB/web-1042"
        double = vismanet.orders("POST", "", {**body, "orderId": "WEB-1042"})
        assert (double.status_code, double.json()["title"]) == (409, "Conflict")
        assert codes(vismanet.orders("POST", "", {**body, "orderId": "x" * 16})) == {"orderId": "0002-InvalidLength"}
        series = vismanet.core("GET", "numberSequence").json()
        assert {row["numberingId"] for row in series if row["manualNumbering"]} == {"SO", "WB"}


def test_hand_typed_orders_are_there_with_the_shops_number_as_reference() -> None:
    with running_sandbox("--existing-orders", "3") as url:
        rows = read(Caller(url).orders("GET"))["value"]
    assert len(rows) == 3
    assert all(row["customerRefNo"].isdecimal() for row in rows)


def test_an_empty_target_knows_nothing_of_the_shop_but_sells_what_orders_need() -> None:
    with running_sandbox("--empty-target") as url:
        vismanet = Caller(url)
        assert vismanet.core("GET", "customer").json() == []
        assert {row["inventoryNumber"] for row in vismanet.core("GET", "inventory").json()} == {"ROUNDING", "FREIGHT"}
        assert vismanet.orders("GET").json()["totalCount"] == 0


def test_beyond_the_hourly_quota_each_api_asks_to_wait() -> None:
    with running_sandbox("--hour-quota", "2") as url:
        vismanet = Caller(url)
        statuses = [vismanet.core("GET", "branch").status_code for _ in range(3)]
        answer = vismanet.core("GET", "branch")
        assert statuses == [200, 200, 429]
        assert 3500 < int(answer.headers["Retry-After"]) <= 3600
        assert (answer.headers["X-RateLimit-Remaining"], "Rate limit" in answer.json()["message"]) == ("0", True)
        assert vismanet.orders("GET").status_code == 200


def test_the_wrong_company_has_nothing_in_it() -> None:
    with running_sandbox("--wrong-company") as url:
        vismanet = Caller(url)
        assert vismanet.core("GET", "organization").json() == []
        assert vismanet.core("GET", "customer").json() == []
        assert vismanet.orders("GET").json()["totalCount"] == 0


def test_a_token_ends_when_it_says() -> None:
    with running_sandbox("--access-token-seconds", "0") as url:
        assert ask_for_token(url).json()["expires_in"] == 0
        assert Caller(url).core("GET", "branch").status_code == 401
