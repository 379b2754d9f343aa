"""What is kept of people is encrypted, forgotten in time, and erased on request."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import text

from visma_sync.errors import ConfigurationError
from visma_sync.ledger.database import Database, ledger_url
from visma_sync.ledger.erasing import Erased
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import Attempt, HeldRecord, Identity, Intent, Link, Outcome

FLOW = "orders_eaccounting_to_vismanet"
TODAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MARKER = "Ömarker Andersson"
PERSON = {"Name": MARKER}
TOKEN = "token-of-" + MARKER


def order(key: str) -> HeldRecord:
    return HeldRecord(key, f"10{key}", TODAY, TODAY, "hash", source=PERSON, facts={"currency": "SEK"})


def attempt(kind: str, key: str) -> Attempt:
    return Attempt(FLOW, kind, key, "create", "run-1", PERSON, PERSON, "", datetime.now(UTC), 10)


def fill(ledger: Ledger) -> None:
    """Two orders of Anna and one of Berit, each with everything that is ever kept."""
    orders = [order("1"), order("2"), order("3")]
    customer_of = {"1": "anna", "2": "anna", "3": "berit"}
    ledger.hold(FLOW, "run-1", orders, {key: {"customer": {name}} for key, name in customer_of.items()})
    ledger.hold("customers", "run-1", [order("anna"), order("berit")], {})
    for key in customer_of:
        ledger.commit(
            Intent(FLOW, "order", key, "create", f"EA-10{key}", "run-1", state="done"),
            attempt("order", key),
            Link("order", key, f"SO{key}", written={"note": ledger.fingerprint(MARKER)}),
        )
        ledger.save_outcomes(FLOW, "run-1", [Outcome(key, f"10{key}", "created", currency="SEK")])
    for name, number in (("anna", "10001"), ("berit", "10002")):
        ledger.commit(
            attempt("customer", name),
            Link("customer", name, number, "hash", {"name": ledger.fingerprint(MARKER)}),
        )
        ledger.save_identities(
            "customer", [Identity(number, "PRIVATE", "SE", {f"{name}@{MARKER}"}, MARKER, MARKER, MARKER, True)]
        )
    key = "eaccounting:default"
    claim = ledger.claim_token(key, lease_seconds=30, claimed_by="me", seed=TOKEN)
    ledger.save_token(
        key, claim, access_token=TOKEN, refresh_token=TOKEN, expires_at=datetime.now(UTC) + timedelta(hours=1)
    )
    ledger.save_company(key, "556677-1234", MARKER)


def bodies(ledger: Ledger) -> dict[str, set[str]]:
    """The keys of the records of which something can still be read."""
    held = ledger.held(FLOW, ["1", "2", "3"]) | ledger.held("customers", ["anna", "berit"])
    attempts = [ledger.attempts(FLOW, "order", key) for key in ("1", "2", "3")]
    attempts += [ledger.attempts(FLOW, "customer", key) for key in ("anna", "berit")]
    return {
        "sources": {key for key, record in held.items() if record.source is not None},
        "attempts": {one.key for many in attempts for one in many if one.request or one.answer},
    }


def test_nothing_readable_of_a_person_is_on_disk(sqlite_url: str, keys: str, tmp_path: Path) -> None:
    fill(open_ledger(sqlite_url, keys))
    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"SO1" in content
    for trace in (MARKER, MARKER.casefold(), "Andersson", "andersson", "token-of"):
        assert trace.encode() not in content


def test_hashes_of_one_ledger_say_nothing_about_another(tmp_path: Path, keys: str) -> None:
    one, other = (open_ledger(f"sqlite:///{tmp_path / name}", keys) for name in ("one.db", "other.db"))
    assert one.fingerprint("anna@example.com") == one.fingerprint("anna@example.com")
    assert one.fingerprint("anna@example.com") != other.fingerprint("anna@example.com")


def test_bodies_are_forgotten_after_the_days_that_are_set(ledger: Ledger) -> None:
    with time_machine.travel(TODAY - timedelta(days=31), tick=False):
        fill(ledger)
    with time_machine.travel(TODAY, tick=False):
        ledger.hold(FLOW, "run-2", [order("3")], {})
        assert ledger.forget_older_than(30) == 4 + 5 + 2
        assert ledger.forget_older_than(30) == 0
    assert bodies(ledger) == {"sources": {"3"}, "attempts": set()}


def test_without_bodies_nothing_is_sent_twice(ledger: Ledger) -> None:
    fill(ledger)
    before = ledger.links("order", ["1"]), ledger.intents(FLOW, "order", ["1"], "create")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2), tick=False):
        ledger.forget_older_than(1)
    assert bodies(ledger) == {"sources": set(), "attempts": set()}
    assert before == (ledger.links("order", ["1"]), ledger.intents(FLOW, "order", ["1"], "create"))


def test_what_became_of_a_record_is_forgotten_after_the_days_that_are_set(ledger: Ledger) -> None:
    with time_machine.travel(TODAY - timedelta(days=31), tick=False):
        ledger.open_run(FLOW, "old", None, None, "scheduled")
        ledger.hold(FLOW, "old", [order("1")], {})
        ledger.save_outcomes(FLOW, "old", [Outcome("1", "101", "created")])
        ledger.close_run(FLOW, "old", {"created": 1}, 1, 0, [])
    with time_machine.travel(TODAY, tick=False):
        ledger.open_run(FLOW, "new", None, None, "scheduled")
        ledger.hold(FLOW, "new", [order("1"), order("2")], {})
        ledger.save_outcomes(FLOW, "new", [Outcome("1", "101", "unchanged"), Outcome("2", "102", "created")])
        ledger.forget_older_than(30)
    assert ledger.outcomes(FLOW, "old") == []
    assert [one.key for one in ledger.outcomes(FLOW, "new")] == ["1", "2"]
    assert [one.run_id for one in ledger.runs(FLOW)] == ["new"]
    assert ledger.held(FLOW, ["1"])["1"].state == "unchanged"


def test_what_may_have_been_written_unseen_keeps_what_says_what_was_sent(ledger: Ledger) -> None:
    journals = f"{FLOW}, journals"
    with time_machine.travel(TODAY - timedelta(days=400), tick=False):
        fill(ledger)
        ledger.commit(Intent(FLOW, "order", "2", "update", "EA-102", "run-1", state="open"))
        ledger.hold(journals, "run-1", [order("EA-102"), order("EA-103")], {"EA-102": {"customer": {"anna"}}})
    with time_machine.travel(TODAY, tick=False):
        ledger.forget_older_than(30)
        assert bodies(ledger) == {"sources": {"2"}, "attempts": {"2"}}
        erased = ledger.erase_person("customer", "anna")
    assert bodies(ledger) == {"sources": {"2"}, "attempts": {"2"}}
    assert [key for key, one in ledger.held(journals, ["EA-102", "EA-103"]).items() if one.source] == ["EA-102"]
    assert (erased.at_work, erased.records) == (2, {})


def test_a_person_whose_order_a_run_has_in_hand_is_erased_once_it_is_settled(ledger: Ledger) -> None:
    fill(ledger)
    ledger.open_run(FLOW, "now", None, None, "scheduled")
    ledger.hold(FLOW, "now", [order("2")], {"2": {"customer": {"anna"}}})
    assert ledger.erase_person("customer", "anna").at_work == 1
    assert bodies(ledger)["sources"] == {"2", "3", "berit"}
    ledger.save_outcomes(FLOW, "now", [Outcome("2", "102", "skipped", "exists")])
    ledger.close_run(FLOW, "now", {}, 1, 0, [])
    assert ledger.erase_person("customer", "anna").at_work == 0
    assert bodies(ledger)["sources"] == {"3", "berit"}


def test_a_record_of_another_kind_with_the_number_of_a_person_is_not_theirs(ledger: Ledger) -> None:
    fill(ledger)
    ledger.hold("products", "run-1", [order("anna")], {})
    ledger.commit(attempt("product", "anna"))
    ledger.erase_person("customer", "anna")
    assert ledger.held("products", ["anna"])["anna"].source == PERSON
    assert ledger.attempts(FLOW, "product", "anna")[0].request == PERSON


def test_of_a_long_wait_only_its_beginning_is_kept(ledger: Ledger) -> None:
    states = ("parked", "created", "parked", "parked", "rejected", "parked")
    for at, state in enumerate(states):
        with time_machine.travel(TODAY - timedelta(days=100 - at), tick=False):
            ledger.open_run(FLOW, f"run-{at}", None, None, "scheduled")
            ledger.hold(FLOW, f"run-{at}", [order("1")], {})
            ledger.save_outcomes(FLOW, f"run-{at}", [Outcome("1", "101", state, "no_units")])
            ledger.close_run(FLOW, f"run-{at}", {}, 1, 0, [])
    with time_machine.travel(TODAY, tick=False):
        since = ledger.waiting_since(FLOW, ["1"])
        ledger.forget_older_than(30)
    assert ledger.waiting_since(FLOW, ["1"]) == since == {"1": TODAY - timedelta(days=98)}
    assert {one.run_id for one in ledger.runs(FLOW)} == {"run-0", "run-1", "run-2"}


@pytest.mark.parametrize("state", ["parked", "rejected", "uncertain"])
def test_a_record_that_waits_never_forgets_since_when(ledger: Ledger, state: str) -> None:
    long_ago = TODAY - timedelta(days=400)
    for run_id, moment in (("first", long_ago), ("second", long_ago + timedelta(days=1))):
        with time_machine.travel(moment, tick=False):
            ledger.open_run(FLOW, run_id, None, None, "scheduled")
            ledger.hold(FLOW, run_id, [order("1")], {})
            ledger.save_outcomes(FLOW, run_id, [Outcome("1", "101", state, "no_units")])
            ledger.close_run(FLOW, run_id, {}, 1, 0, [])
    with time_machine.travel(TODAY, tick=False):
        ledger.forget_older_than(30)
    assert ledger.waiting_since(FLOW, ["1"]) == {"1": long_ago}
    assert [one.key for one in ledger.waiting(FLOW)] == ["1"]


def test_a_run_that_waits_for_a_person_keeps_what_it_has_found_so_far(ledger: Ledger) -> None:
    with time_machine.travel(TODAY - timedelta(days=5), tick=False):
        ledger.open_run(FLOW, "asks", None, None, "manual")
        ledger.save_outcomes(FLOW, "asks", [Outcome("1", "101", "unchanged")])
        ledger.save_outcomes(f"{FLOW}, customers", "asks", [Outcome("anna", "7", "unchanged")])
    with time_machine.travel(TODAY, tick=False):
        ledger.forget_older_than(1)
        assert len(ledger.outcomes(FLOW, "asks") + ledger.outcomes(f"{FLOW}, customers", "asks")) == 2
        ledger.close_run(FLOW, "asks", {}, 1, 0, [])
        ledger.forget_older_than(1)
    assert ledger.outcomes(FLOW, "asks") + ledger.outcomes(f"{FLOW}, customers", "asks") == []


def test_nothing_is_told_of_a_request_that_is_too_old(ledger: Ledger) -> None:
    with time_machine.travel(TODAY - timedelta(days=31), tick=False):
        fill(ledger)
    with time_machine.travel(TODAY, tick=False):
        ledger.forget_older_than(30)
    assert ledger.attempts(FLOW, "order", "1") == []


def test_a_person_is_erased_with_all_their_orders(ledger: Ledger) -> None:
    fill(ledger)
    erased = ledger.erase_person("customer", "anna")
    assert erased == Erased({"customers": 1, FLOW: 2}, requests=3, recognised_by=1, links=1, waiting=1)
    assert bodies(ledger) == {"sources": {"3", "berit"}, "attempts": {"3", "berit"}}
    found = ledger.find_identities("customer", field="marker", values=[MARKER])[MARKER]
    assert [customer.target_key for customer in found] == ["10002"]
    links = ledger.links("customer", ["anna", "berit"])
    assert (links["anna"].target_key, links["anna"].written, links["anna"].source_hash) == ("10001", {}, "")
    assert links["berit"].written != {}
    assert ledger.links("order", ["1"])["1"].target_key == "SO1"


@pytest.mark.parametrize("known_by", [{"source_key": "anna"}, {"target_key": "10001"}])
def test_a_person_is_erased_in_both_directions_at_once(ledger: Ledger, known_by: dict[str, str]) -> None:
    fill(ledger)
    back = ledger.mirrored()
    back.hold("orders back", "run-1", [order("SO1"), order("SO9")], {"SO1": {"customer": {"10001"}}})
    back.hold("order status", "run-1", [order("1"), order("3")], {})
    back.save_links([Link("customer", "10001", "anna", "hash", {"name": back.fingerprint(MARKER)})])
    back.save_identities("customer", [Identity("anna", "", "SE", {MARKER}, "", "", "", True)])
    erased = ledger.erase_person("customer", **known_by)
    assert erased.records == {"customers": 1, FLOW: 2, "orders back": 1, "order status": 1}
    assert (erased.requests, erased.recognised_by, erased.links) == (3, 2, 2)
    assert [key for key, one in back.held("orders back", ["SO1", "SO9"]).items() if one.source] == ["SO9"]
    assert [key for key, one in back.held("order status", ["1", "3"]).items() if one.source] == ["3"]
    assert back.links("customer", ["10001"])["10001"].written == {}
    assert back.find_identities("customer", field="email", values=[MARKER]) == {}
    assert ledger.erase_person("customer", **known_by).records == {}


def test_a_person_that_is_known_in_one_direction_only_is_erased_from_the_other_side(ledger: Ledger) -> None:
    fill(ledger)
    assert ledger.mirrored().erase_person("customer", "10001").records == {"customers": 1, FLOW: 2}
    assert bodies(ledger)["sources"] == {"3", "berit"}


def test_another_pairs_person_of_the_same_key_is_not_touched(url: str, ledger: Ledger, keys: str) -> None:
    other = open_ledger(url, keys, pair="norway")
    fill(ledger)
    fill(other)
    other.hold(FLOW, "run-2", [], {"3": {"customer": {"anna"}}})
    ledger.erase_person("customer", "anna")
    assert bodies(ledger)["sources"] == {"3", "berit"}
    ledger.forget_older_than(0)
    everything = {"1", "2", "3", "anna", "berit"}
    assert bodies(other) == {"sources": everything, "attempts": everything}
    assert len(other.outcomes(FLOW, "run-1")) == 3


def test_another_flows_record_of_the_same_key_is_not_touched(ledger: Ledger) -> None:
    fill(ledger)
    ledger.hold("invoices", "run-1", [order("1")], {"1": {"customer": {"berit"}}})
    ledger.erase_person("customer", "anna")
    assert ledger.held("invoices", ["1"])["1"].source == PERSON


def test_after_a_key_rotation_the_old_key_is_needed_no_more(untouched_url: str, keys: str) -> None:
    ledger = open_ledger(untouched_url, keys)
    fill(ledger)
    hashed = ledger.fingerprint("anna@example.com")
    new_key = Fernet.generate_key().decode()
    both = open_ledger(untouched_url, f"{new_key}, {keys}")
    assert bodies(both) == bodies(ledger)
    with pytest.raises(ConfigurationError, match="VISMA_SYNC_LEDGER_KEY"):
        open_ledger(untouched_url, new_key)
    assert both.reencrypt() == 5 + 5 + 1 + 1
    only_new = open_ledger(untouched_url, new_key)
    assert bodies(only_new) == bodies(both)
    assert only_new.fingerprint("anna@example.com") == hashed
    assert only_new.claim_token("eaccounting:default", lease_seconds=30, claimed_by="me").access_token == TOKEN
    company = only_new.company("eaccounting:default")
    assert company is not None
    assert company.name == MARKER
    with pytest.raises(ConfigurationError, match="VISMA_SYNC_LEDGER_KEY"):
        open_ledger(untouched_url, keys)


def test_thousands_of_bodies_are_encrypted_anew(untouched_url: str, keys: str) -> None:
    ledger = open_ledger(untouched_url, keys)
    ledger.hold(FLOW, "run-1", [replace(order(str(number)), number=str(number)) for number in range(1200)], {})
    new_key = Fernet.generate_key().decode()
    assert open_ledger(untouched_url, f"{new_key},{keys}").reencrypt() == 1201
    records = open_ledger(untouched_url, new_key).held(FLOW, ["0", "700", "1199"])
    assert [record.source for record in records.values()] == [PERSON] * 3


def test_every_encrypted_column_is_known_to_the_rotation(untouched_url: str, keys: str) -> None:
    """No column that holds a Fernet token under the old key is left anywhere."""
    ledger = open_ledger(untouched_url, keys)
    fill(ledger)
    open_ledger(untouched_url, f"{Fernet.generate_key().decode()},{keys}").reencrypt()
    old = Fernet(keys)
    with Database(ledger_url(untouched_url)).reading() as connection:
        tables = [
            row[0]
            for row in connection.execute(
                text(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'visma_sync%'"
                    if untouched_url.startswith("sqlite")
                    else "SELECT tablename FROM pg_tables WHERE tablename LIKE 'visma_sync%'"
                )
            )
        ]
        values = [
            value
            for table in tables
            for row in connection.execute(text(f"SELECT * FROM {table}"))
            for value in row
            if isinstance(value, str) and value.startswith("gAAAA")
        ]
    assert len(values) >= 5 + 10 + 3 + 1
    for value in values:
        with pytest.raises(InvalidToken):
            old.decrypt(value)
