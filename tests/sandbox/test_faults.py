"""Failures on order: what the caller sees, and what has happened behind its back all the same."""

import time
from typing import Any

import httpx
import pytest

from tests.sandbox.shop_caller import Shop, refusal
from tests.sandbox.vismanet_caller import Caller, read, wrapped

LABELS = "/eaccounting/v2/articlelabels"
SOON = 0.3


def order_fault(shop: Shop, kind: str, **more: object) -> None:
    shop.control("POST", "faults", {"kind": kind, "path": f"^{LABELS}$", "method": "POST", **more})


def post_label(shop: Shop) -> httpx.Response:
    return shop.call("POST", "articlelabels", {"Name": "Nieuw"}, timeout=SOON)


def labels(shop: Shop) -> int:
    return len(shop.state("articlelabels"))


# A connection that is broken off shows as one or the other, by how far the answer had come.
BROKEN_OFF = (httpx.RemoteProtocolError, httpx.ReadError)


@pytest.mark.parametrize(
    ("kind", "error", "happened"),
    [
        ("refuse", BROKEN_OFF, 0),
        ("timeout_before", httpx.ReadTimeout, 0),
        ("timeout_after", httpx.ReadTimeout, 1),
        ("cut", BROKEN_OFF, 1),
    ],
)
def test_a_lost_answer_may_hide_an_effect(shop: Shop, kind: str, error: Any, happened: int) -> None:
    before = labels(shop)
    order_fault(shop, kind)
    with pytest.raises(error):
        post_label(shop)
    assert labels(shop) - before == happened
    assert post_label(shop).status_code == 201


@pytest.mark.parametrize(
    ("kind", "status", "happened"), [("500", 500, 0), ("502", 502, 0), ("503", 503, 0), ("500_after", 500, 1)]
)
def test_a_failing_server_may_have_done_it(shop: Shop, kind: str, status: int, happened: int) -> None:
    before = labels(shop)
    order_fault(shop, kind)
    assert post_label(shop).status_code == status
    assert labels(shop) - before == happened


def test_a_request_given_up_may_still_land(shop: Shop) -> None:
    before = labels(shop)
    order_fault(shop, "land_late", seconds=0.3)
    with pytest.raises(httpx.ReadTimeout):
        post_label(shop)
    at_once = labels(shop) - before
    time.sleep(0.5)
    assert (at_once, labels(shop) - before) == (0, 1)


def test_a_garbled_answer_hides_an_effect(shop: Shop) -> None:
    before = labels(shop)
    order_fault(shop, "malformed")
    answer = post_label(shop)
    assert (answer.status_code, answer.text[:1], labels(shop) - before) == (201, "<", 1)


def test_too_many_requests_are_told_the_wait_each_vendors_way(shop: Shop, vismanet: Caller) -> None:
    order_fault(shop, "429", retry_after=7)
    shop.control("POST", "faults", {"kind": "429", "path": "^/vismanet/", "retry_after": 7})
    here, there = post_label(shop), vismanet.core("GET", "branch")
    assert (refusal(here), "Try again in 7 seconds" in here.text, "Retry-After" in here.headers) == (
        (429, 4010),
        True,
        False,
    )
    assert (there.status_code, there.headers["Retry-After"]) == (429, "7")


def test_a_token_and_a_version_can_go_bad_on_the_way(shop: Shop, vismanet: Caller) -> None:
    order_fault(shop, "expired_token")
    assert refusal(post_label(shop)) == (401, 4005)
    order = vismanet.new_order(vismanet.new_customer(), [])
    version = vismanet.version(order)
    shop.control("POST", "faults", {"kind": "stale_etag", "method": "PATCH"})
    body = {"customer": {"refNo": "X"}}
    assert vismanet.orders("PATCH", order, body, headers=version).status_code == 412
    assert vismanet.orders("PATCH", order, body, headers=version).status_code == 202


def test_a_debtor_may_be_made_although_the_answer_never_came(shop: Shop, vismanet: Caller) -> None:
    before = len(vismanet.state("customers"))
    shop.control("POST", "faults", {"kind": "cut", "method": "POST", "path": "/v1/customer$"})
    with pytest.raises(BROKEN_OFF):
        vismanet.core("POST", "customer", wrapped({"name": "Half", "customerClassId": "COMPANY"}))
    assert len(vismanet.state("customers")) == before + 1


def test_a_fault_waits_its_turn_strikes_so_often_and_is_counted(shop: Shop) -> None:
    order_fault(shop, "500", after=1, times=2)
    assert [post_label(shop).status_code for _ in range(4)] == [201, 500, 500, 201]
    shown = shop.control("GET", "faults")
    assert [(fault["kind"], fault["seen"], fault["fired"]) for fault in shown] == [("500", 4, 2)]
    shop.control("DELETE", "faults")
    assert shop.control("GET", "faults") == []


@pytest.mark.parametrize("wrong", [{"kind": "earthquake"}, {"kind": "500", "path": "("}, {"kind": "500", "often": 3}])
def test_a_fault_that_cannot_be_is_refused(shop: Shop, wrong: dict[str, object]) -> None:
    assert shop.http.post("/_sandbox/faults", json=wrong).status_code == 400


def test_requests_are_counted_by_operation_and_by_api(shop: Shop, vismanet: Caller) -> None:
    shop.control("DELETE", "requests")
    for order in shop.state("orders")[:3]:
        shop.get(f"orders/{order['Id']}")
    read(vismanet.core("GET", "branch"))
    assert shop.call("GET", "nothing").status_code == 404
    counts = shop.control("GET", "requests")
    assert counts["total"] == 5
    assert counts["by_operation"] == {
        "GET (unknown)": 1,
        "GET /eaccounting/v2/orders/{id}": 3,
        "GET /vismanet/v1/branch": 1,
    }
    assert counts["by_prefix"] == {"/eaccounting": 3, "/vismanet": 1, "elsewhere": 1}
    assert counts["peak_in_flight"] == 1
