"""The DAGs that a person uses for privacy, under a real scheduler: a customer is forgotten, keys are changed."""

from datetime import UTC, datetime

from tests.airflow.conftest import Stack
from visma_sync.ledger.rows import HeldRecord

ERASE, ENCRYPT = "erase_customer", "encrypt_anew"
CUSTOMERS = "customers_eaccounting_to_vismanet"


def test_a_customer_is_forgotten_by_number_and_nothing_of_them_is_in_the_log(stack: Stack) -> None:
    person = HeldRecord("key-of-anna", "4711", datetime.now(UTC), datetime.now(UTC), "hash", source={"Name": "Anna Ek"})
    stack.ledger.hold(CUSTOMERS, "before", [person], {})
    stack.airflow.wait_for_flow(ERASE)
    run = stack.airflow.start_run(ERASE, {"eaccounting_number": "4711"})
    assert stack.wait_for(run, flow=ERASE) == "success"
    assert stack.ledger.held(CUSTOMERS, ["key-of-anna"])["key-of-anna"].source is None
    log = "".join(path.read_text() for path in (stack.place.folder / "logs").rglob("*.log") if run in str(path))
    assert f"erased: 1 records held by {CUSTOMERS}" in log
    assert "Anna" not in log
    assert "key-of-anna" not in log


def test_the_form_takes_no_email_address_and_airflow_keeps_none(stack: Stack) -> None:
    stack.airflow.wait_for_flow(ERASE)
    body = {"logical_date": None, "conf": {"vismanet_number": "anna@example.com"}}
    assert stack.web.post(f"/api/v2/dags/{ERASE}/dagRuns", json=body).status_code in {400, 422}
    assert "anna@example.com" not in stack.web.get(f"/api/v2/dags/{ERASE}/dagRuns").text


def test_everything_is_encrypted_anew_with_one_trigger(stack: Stack) -> None:
    stack.airflow.wait_for_flow(ENCRYPT)
    run = stack.airflow.start_run(ENCRYPT, {})
    assert stack.wait_for(run, flow=ENCRYPT) == "success"
