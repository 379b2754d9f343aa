"""A sale goes one path, whoever is first."""

import pytest
from alembic import command
from sqlalchemy import text

from visma_sync.ledger.conflicts import SaleTakenError
from visma_sync.ledger.database import Database, ledger_url
from visma_sync.ledger.ledger import Ledger, open_ledger
from visma_sync.ledger.rows import Link, SaleClaim
from visma_sync.ledger.upgrade import migrations


def test_a_sale_sent_as_an_order_is_refused_to_every_other_path(ledger: Ledger) -> None:
    ledger.commit(SaleClaim("order-1", "order", "order-1"))
    with pytest.raises(SaleTakenError) as refused:
        ledger.commit(SaleClaim("order-1", "booking", "invoice-7"))
    assert (refused.value.code, refused.value.path) == ("sent_as_order", "order")
    assert ledger.sale_paths({"order-1", "order-2"}) == {"order-1": "order"}


def test_nothing_of_a_commit_is_kept_when_one_of_its_sales_is_taken(ledger: Ledger) -> None:
    ledger.commit(SaleClaim("order-1", "order", "order-1"))
    with pytest.raises(SaleTakenError):
        ledger.commit(
            SaleClaim("order-2", "invoice", "invoice-7"),
            SaleClaim("order-1", "invoice", "invoice-7"),
            Link("invoice", "invoice-7", "900001"),
        )
    assert ledger.sale_paths({"order-2"}) == {}
    assert ledger.links("invoice", {"invoice-7"}) == {}


def test_several_invoices_of_one_order_go_the_same_path(ledger: Ledger) -> None:
    ledger.commit(SaleClaim("order-1", "invoice", "invoice-7"))
    ledger.commit(SaleClaim("order-1", "invoice", "invoice-8"))
    ledger.commit(SaleClaim("order-1", "invoice", "invoice-7", given_up=True))
    assert ledger.sale_paths({"order-1"}) == {"order-1": "invoice"}


def test_a_sale_that_was_not_sent_after_all_is_free_again(ledger: Ledger) -> None:
    ledger.commit(SaleClaim("order-1", "order", "order-1"))
    ledger.commit(SaleClaim("order-1", "order", "order-1", given_up=True))
    ledger.commit(SaleClaim("order-1", "booking", "invoice-7"))
    assert ledger.sale_paths({"order-1"}) == {"order-1": "booking"}


def test_two_claims_in_one_shared_commit_are_told_apart(ledger: Ledger) -> None:
    first, second = ledger.commit_together(
        [[SaleClaim("order-1", "order", "order-1")], [SaleClaim("order-1", "invoice", "invoice-7")]]
    )
    assert first is None
    assert isinstance(second, SaleTakenError)
    assert ledger.sale_paths({"order-1"}) == {"order-1": "order"}


def test_orders_sent_before_paths_were_kept_count_as_sent_as_orders(sqlite_url: str, keys: str) -> None:
    with Database(ledger_url(sqlite_url)).writing() as connection:
        command.upgrade(migrations(connection), "0001")
        connection.execute(
            text(
                "INSERT INTO visma_sync_link VALUES ('default', 'order', 'order-1', 'SO/1', '', '{}', '{}', "
                "'2026-11-01 00:00:00', 'created')"
            )
        )
    assert open_ledger(sqlite_url, keys).sale_paths({"order-1"}) == {"order-1": "order"}
