"""How much of an invoice's money is booked, and on which invoices of the target."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from visma_sync.domain.payment import Payment
from visma_sync.errors import RecordParkedError
from visma_sync.settings.load import load_settings
from visma_sync.settings.model import Settings
from visma_sync.sync.payments.money import nothing_to_book
from visma_sync.sync.payments.plan import Part, PaymentPlan, Surroundings, plan_payment
from visma_sync.sync.payments.standing import account_of
from visma_sync.systems.vismanet.answers import PaymentRow, TargetDocument

D = Decimal
DEFAULTS = Path(__file__).parents[2] / "include" / "settings" / "default.yaml"
JANUARY = {"start": "2026-01-01", "end": "2026-01-31", "closed_in_customer_ledger": False}


def settings(**changes: Any) -> Settings:
    decided = {"payment_method": {"default": "BANK"}, "cash_account": {"default": "1010"}, **changes}
    return load_settings(DEFAULTS, decided, changes_from="a test")


def paid(total: str = "121", **given: Any) -> Payment:
    """A wholly paid invoice."""
    usual: dict[str, Any] = {
        "key": "i-1",
        "number": "20001",
        "created_at": "2026-01-02T09:30:00Z",
        "invoiced_on": "2026-01-02",
        "currency": "EUR",
        "total": total,
        "status": "paid",
        "paid_on": "2026-01-20",
        "customer_key": "c-7",
        "payment_terms": "30 dagen",
    }
    return Payment.model_validate(usual | given)


def part_paid(remaining: str, **given: Any) -> Payment:
    """An invoice of 121 of which a part is paid."""
    return paid(status="unpaid", remaining=remaining, **given)


def invoice(number: str = "000001", total: str = "121", balance: str | None = None, **given: Any) -> TargetDocument:
    """An invoice of the target."""
    usual = {
        "referenceNumber": number,
        "documentType": "Invoice",
        "customer": {"number": "10007"},
        "status": "Open",
        "amountInCurrency": D(total),
        "vatTotalInCurrency": D(0),
        "balanceInCurrency": D(total if balance is None else balance),
        "currencyId": "EUR",
        "documentDate": "2026-01-02T00:00:00",
    }
    return TargetDocument.of(usual | given)


def payment(reference: str, *lines: tuple[str, str], **given: Any) -> PaymentRow:
    """A payment of the target on these invoices."""
    usual = {
        "refNbr": f"P-{reference}",
        "type": "Payment",
        "customer": {"number": "10007"},
        "paymentRef": reference,
        "paymentAmount": sum(D(amount) for _, amount in lines),
        "currency": "EUR",
        "status": "Closed",
        "applicationDate": "2026-01-10T00:00:00",
        "paymentLines": [
            {"documentType": "Invoice", "refNbr": number, "amountPaid": D(amount)} for number, amount in lines
        ],
    }
    return PaymentRow.of(usual | given)


def plan(
    given: Payment,
    *invoices: TargetDocument,
    booked: tuple[PaymentRow, ...] = (),
    periods: tuple[dict[str, Any], ...] = (JANUARY,),
    on_its_way: bool = False,
    **changes: Any,
) -> PaymentPlan:
    decided = settings(**changes)
    account = account_of(given, decided, invoices, booked) if invoices else None
    around = Surroundings(account, {"1010": "EUR", "1030": "SEK"}, periods, on_its_way)
    return plan_payment(given, around, decided)


def why_parked(given: Payment, *invoices: TargetDocument, **how: Any) -> str:
    with pytest.raises(RecordParkedError) as parked:
        plan(given, *invoices, **how)
    assert parked.value.resolution
    return parked.value.code


def test_a_paid_invoice_is_booked_whole_on_the_targets_invoice() -> None:
    planned = plan(paid(), invoice())
    assert (planned.amount, planned.parts) == (D(121), (Part("000001", D(121)),))
    assert (planned.marker, planned.customer) == ("20001/121.00", "10007")
    assert (planned.payment_method, planned.cash_account) == ("BANK", "1010")


def test_the_marker_carries_the_prefix_of_the_pair() -> None:
    assert plan(paid(), invoice(), marker_prefix="NL-").marker == "NL-20001/121.00"


def test_what_a_credit_invoice_settled_is_no_money() -> None:
    assert plan(paid(set_off="21"), invoice()).amount == D(100)


def test_a_part_is_what_neither_remains_nor_was_set_off() -> None:
    assert plan(part_paid("50", set_off="21"), invoice()).amount == D(50)


def test_a_second_part_is_what_was_paid_since_the_first() -> None:
    first = payment("20001/50.00", ("000001", "50"))
    planned = plan(paid(), invoice(balance="71"), booked=(first,))
    assert (planned.amount, planned.marker) == (D(71), "20001/121.00")


def test_a_first_part_that_waits_for_its_release_is_counted_though_the_balance_does_not_show_it() -> None:
    first = payment("20001/50.00", ("000001", "50"), status="Balanced")
    assert plan(paid(), invoice(), booked=(first,)).parts == (Part("000001", D(71)),)


def test_what_a_waiting_part_will_take_of_an_invoice_is_left_to_it() -> None:
    first = payment("20001/50.00", ("000001", "50"), status="Balanced")
    planned = plan(paid(), invoice(total="100"), invoice("000002", "21"), booked=(first,))
    assert planned.parts == (Part("000001", D(50)), Part("000002", D(21)))


def test_what_somebody_booked_by_hand_is_not_booked_again() -> None:
    by_hand = payment("BANK", ("000001", "21"))
    assert plan(paid(), invoice(balance="100"), booked=(by_hand,)).amount == D(100)


def test_a_voided_payment_counts_for_nothing() -> None:
    voided = payment("20001/50.00", ("000001", "50"), status="Voided")
    assert plan(paid(), invoice(), booked=(voided,)).amount == D(121)


def test_a_credit_note_on_the_invoice_is_no_money() -> None:
    note = payment("", ("000001", "21"), type="CreditNote")
    assert plan(paid(set_off="21"), invoice(balance="100"), booked=(note,)).amount == D(100)


@pytest.mark.parametrize(("state", "balance"), [("Balanced", "121"), ("Closed", "0")])
def test_a_payment_that_has_landed_already_is_planned_just_as_before(state: str, balance: str) -> None:
    landed = payment("20001/121.00", ("000001", "121"), status=state)
    assert plan(paid(), invoice(balance=balance), booked=(landed,)) == plan(paid(), invoice())


def test_several_invoices_of_an_order_are_settled_oldest_first_up_to_their_balance() -> None:
    later = invoice("000001", "100", documentDate="2026-01-09T00:00:00")
    planned = plan(paid(order_keys=["o-1"]), later, invoice("000002", "21"))
    assert planned.parts == (Part("000002", D(21)), Part("000001", D(100)))


def test_of_an_order_with_further_invoices_only_our_own_payments_are_known_to_be_of_this_invoice() -> None:
    ours = payment("20001/50.00", ("000001", "50"))
    of_the_other_invoice = payment("20002/79.00", ("000001", "79"))
    planned = plan(paid(), invoice(total="200", balance="71"), booked=(ours, of_the_other_invoice))
    assert planned.parts == (Part("000001", D(71)),)


def test_a_payment_waits_for_the_rest_of_an_order_to_be_invoiced() -> None:
    assert why_parked(paid(), invoice(total="100")) == "invoice_missing"


def test_an_order_whose_invoices_come_to_a_cent_less_is_for_a_person() -> None:
    assert why_parked(paid(), invoice(total="100"), invoice("000002", "20.99")) == "overpaid"


def test_never_more_is_booked_than_is_open() -> None:
    assert why_parked(paid(), invoice(balance="120.99")) == "overpaid"


def test_money_that_is_booked_but_was_not_paid_parks() -> None:
    by_hand = payment("BANK", ("000001", "121"))
    assert why_parked(part_paid("50"), invoice(balance="0"), booked=(by_hand,)) == "overpaid"


def test_a_payment_waits_for_its_invoice() -> None:
    assert why_parked(paid()) == "invoice_missing"


@pytest.mark.parametrize("state", ["Hold", "Balanced", "CreditHold"])
def test_a_payment_waits_for_the_release_of_its_invoice(state: str) -> None:
    assert why_parked(paid(), invoice(status=state)) == "invoice_not_released"


def test_a_payment_waits_while_it_is_not_known_whether_an_earlier_one_arrived() -> None:
    assert why_parked(paid(), invoice(), on_its_way=True) == "another_on_its_way"


def test_a_payment_in_a_closed_period_parks_and_the_days_beside_it_do_not() -> None:
    closed = JANUARY | {"closed_in_customer_ledger": True}
    for day in ("2026-01-01", "2026-01-31"):
        assert why_parked(paid(paid_on=day), invoice(), periods=(closed,)) == "closed_period"
    assert plan(paid(paid_on="2026-02-01"), invoice(), periods=(closed,)).amount == D(121)


def test_the_invoice_must_be_in_the_currency_of_the_payment() -> None:
    assert why_parked(paid(), invoice(currencyId="SEK")) == "currency_differs"


def test_the_cash_account_must_keep_the_currency_of_the_payment() -> None:
    in_kronor = (paid(currency="SEK"), invoice(currencyId="SEK"))
    assert why_parked(*in_kronor) == "no_cash_account"
    planned = plan(*in_kronor, payments={"by_currency": {"SEK": {"cash_account": "1030", "payment_method": "KRONOR"}}})
    assert (planned.cash_account, planned.payment_method) == ("1030", "KRONOR")
    planned = plan(*in_kronor, payments={"by_currency": {"SEK": {"cash_account": "1030"}}})
    assert (planned.cash_account, planned.payment_method) == ("1030", "BANK")


def test_terms_of_payment_without_an_entry_park() -> None:
    assert why_parked(paid(), invoice(), payment_method={"default": None}) == "no_payment_method"
    assert why_parked(paid(), invoice(), cash_account={"default": None}) == "no_cash_account"


def test_invoices_of_different_customers_are_not_settled_by_one_payment() -> None:
    other = invoice("000002", "21", customer={"number": "10008"})
    assert why_parked(paid(), invoice(total="100"), other) == "several_customers"


def test_money_paid_back_parks() -> None:
    assert why_parked(paid("-121", is_credit=True), invoice()) == "refund"
    assert why_parked(paid("-121"), invoice()) == "refund"


def test_an_invoice_that_a_factor_bought_parks() -> None:
    assert why_parked(paid(is_sold=True), invoice()) == "factored"


@pytest.mark.parametrize(
    "odd",
    [
        paid(remaining="0.01"),
        paid(paid_on=None),
        paid(set_off="-5"),
        part_paid("0"),
        part_paid("-50"),
        part_paid("121.01"),
        part_paid("50", set_off="-60"),
        part_paid("50", set_off="90"),
    ],
)
def test_a_remainder_that_does_not_tell_what_was_paid_parks(odd: Payment) -> None:
    assert why_parked(odd, invoice()) == "odd_remainder"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (paid(), ""),
        (part_paid("50"), ""),
        (paid(set_off="121"), "credited"),
        (paid(set_off="121", paid_on=None), "credited"),
        (part_paid("121"), "not_paid"),
        (part_paid("50", paid_on=None), "not_paid"),
        (part_paid("50", set_off="71"), "not_paid"),
        (paid("-121", is_credit=True, paid_on=None), "credit_invoice"),
        (paid("-121", is_credit=True), ""),
    ],
)
def test_only_an_invoice_with_money_has_something_to_book(given: Payment, reason: str) -> None:
    assert nothing_to_book(given) == reason


def test_a_remainder_in_a_list_says_nothing_of_an_unpaid_invoice() -> None:
    """Lists say that nothing remains of invoices that nobody has paid."""
    assert part_paid("0", paid_on=None).amount_paid == 0
