"""Orders that are not as they should be do no harm to the others, nor to anybody's computer."""

import pytest

from tests.flows.running import Company, only


@pytest.mark.parametrize(
    "wrong",
    [
        {"CurrencyCode": None},
        {"CurrencyCode": 7},
        {"CustomerId": None},
        {"Status": 99},
        {"OrderDate": "someday"},
        {"Amount": "a lot"},
        {"IncludesVat": "perhaps"},
    ],
)
def test_a_malformed_order_is_rejected_alone_and_kept_as_it_came(wrong: dict[str, object], untroubled: Company) -> None:
    stored = untroubled.in_source("orders/10003", **wrong)
    ran = untroubled.run()
    assert ran.outcomes["10003"].state == "rejected"
    assert ran.outcomes["10003"].cure
    assert len(ran.numbers("created")) >= 4
    flow = untroubled.open_run("look").flow
    held = untroubled.ledger().held(flow, [stored["Id"]])[stored["Id"]]
    assert held.source is not None
    assert {name: held.source[name] for name in wrong} == wrong


@pytest.mark.parametrize("stamp", [None, "yesterday"])
def test_an_order_with_an_unreadable_stamp_does_not_stop_the_others(stamp: str | None, untroubled: Company) -> None:
    # The source finds such an order only where it cannot filter.
    untroubled.in_source("orders/10003", CreatedUtc=stamp)
    untroubled.in_source("switch", unfilterable=["orders.CreatedUtc", "orders.ModifiedUtc"])
    ran = untroubled.run()
    assert ran.outcomes["10003"].state == "rejected"
    assert len(ran.numbers("created")) == 11


def test_hostile_text_stays_text(untroubled: Company) -> None:
    texts = (
        "{{ settings.branch }} {% raw %} =source.Id ${7*7}",
        "'; DROP TABLE orders; --",
        "<script>alert('x')</script> & Zn. \u202e\u200f 🦁",
        '"},{"value":"x"',
    )
    rows = [{"ArticleNumber": "A-1001", "Text": text} for text in texts]
    untroubled.in_source("orders/10002", Rows=rows, YourReference=texts[0], BuyersOrderReference=texts[1][:20])
    untroubled.run(only("10002"))
    order = untroubled.by_marker()["10002"]
    lines = [line["description"] for line in order["lines"] if line["inventory"]["id"] == "A-1001"]
    assert lines == list(texts)
    assert order["description"] == texts[0]
    assert order["customer"]["order"] == texts[1][:20]
