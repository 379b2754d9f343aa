"""Invoices, credit notes, payments and journal transactions, made, read and booked in the imitated company."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.systems.imitation import Imitation, rows_of, with_target
from tests.systems.scripted_server import Line, scripted_server
from visma_sync.errors import RecordRejectedError, StaleVersionError, UncertainWriteError
from visma_sync.systems.vismanet.answers import JournalLine, Settled, TargetDocument, TaxAmount
from visma_sync.systems.vismanet.client import VismaNetClient
from visma_sync.systems.vismanet.documents import CustomerDocuments

DAY = date(2026, 11, 20)
IN_A_CLOSED_YEAR = date(2025, 6, 1)
HUNDRED, VAT, GROSS, NOTHING = Decimal("100.00"), Decimal("21.00"), Decimal("121.00"), Decimal(0)


async def a_debtor(client: VismaNetClient) -> str:
    """The number of somebody in the Netherlands who pays in euros."""
    customers = await rows_of(client.customers_changed(None))
    return next(
        one.number
        for one in customers
        if one.status == "Active" and one.country == "NL" and one.as_written()["currencyId"] == "EUR"
    )


def revenue(price: Decimal = HUNDRED) -> dict[str, Any]:
    """A row of a document: revenue with 21 % VAT."""
    return {
        "operation": "Insert",
        "description": "Omzet",
        "accountNumber": "8000",
        "quantity": 1,
        "unitPriceInCurrency": price,
        "vatCodeId": "NL21",
    }


def invoice_for(debtor: str, reference: str, **values: Any) -> dict[str, Any]:
    head = {"customerNumber": debtor, "documentDate": DAY.isoformat(), "externalReference": reference}
    return {**head, "invoiceLines": [revenue()], **values}


async def invoiced(client: VismaNetClient, reference: str, **values: Any) -> TargetDocument:
    """An invoice just made."""
    number = await client.invoices.create(invoice_for(await a_debtor(client), reference, **values))
    made = await client.invoices.get(number)
    assert made is not None
    return made


async def state_of(documents: CustomerDocuments, number: str) -> tuple[str, Decimal]:
    found = await documents.get(number)
    assert found is not None
    return found.state, found.balance


def test_an_invoice_keeps_its_number_is_taken_off_hold_and_released(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        own = {"referenceNumber": "V-7001", "overrideNumberSeries": True, "hold": True}
        address = {"overrideAddress": True, "addressLine1": "Kade 1", "city": "Assen", "countryId": "NL"}
        made = await invoiced(client, "V-7001", **own, billingAddress=address)
        assert (made.number, made.type, made.reference, made.state) == ("V-7001", "invoice", "V-7001", "hold")
        assert (made.total, made.vat, made.balance, made.currency) == (GROSS, VAT, GROSS, "EUR")
        assert (made.dated_on, made.taxes, made.orders) == (DAY, (TaxAmount("NL21", HUNDRED, VAT),), ())
        version = await client.invoices.take_off_hold(made.number, made.version)
        off_hold = await client.invoices.get(made.number)
        assert off_hold is not None
        assert (off_hold.state, off_hold.version, off_hold.content) == ("balanced", version, made.content)
        await client.invoices.release(made.number, version)
        assert await state_of(client.invoices, made.number) == ("open", GROSS)
        assert await client.invoices.get("nowhere") is None

    with_target(imitation, work)


def test_invoices_are_found_by_their_reference_and_by_when_they_changed(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        began_at = datetime.now(UTC) - timedelta(seconds=1)
        first, second = await invoiced(client, "V-7002"), await invoiced(client, "V-7002-B")
        assert [one.number for one in await client.invoices.with_reference("V-7002")] == [first.number]
        assert await client.invoices.with_reference("v-7002") == []
        changed = {one.number: one.reference for one in await rows_of(client.invoices.changed(began_at))}
        assert changed[first.number] == "V-7002"
        assert changed[second.number] == "V-7002-B"
        late = await rows_of(client.invoices.changed(began_at, dated_from=DAY + timedelta(days=1)))
        assert not {first.number, second.number} & {one.number for one in late}
        assert await rows_of(client.invoices.changed(datetime.now(UTC) + timedelta(minutes=5))) == []

    with_target(imitation, work)


def test_somebody_elses_change_is_noticed_before_anything_is_released(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        made = await invoiced(client, "V-7003")
        imitation.by_hand(f"vismanet/invoices/{made.number}", invoiceText="Graag snel betalen")
        with pytest.raises(StaleVersionError):
            await client.invoices.release(made.number, made.version)
        with pytest.raises(StaleVersionError):
            await client.invoices.take_off_hold(made.number, made.version)
        now = await client.invoices.get(made.number)
        assert now is not None
        assert now.state == "balanced"
        assert now.content != made.content

    with_target(imitation, work)


def test_a_document_in_a_closed_period_is_refused_by_name(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        with pytest.raises(RecordRejectedError) as error:
            await invoiced(client, "V-7004", documentDate=IN_A_CLOSED_YEAR.isoformat())
        assert (error.value.code, error.value.key) == ("period_closed", "V-7004")

    with_target(imitation, work)


@pytest.mark.parametrize("action", ["release", "take_off_hold"])
def test_an_action_whose_answer_was_lost_is_uncertain_and_done_once(imitation: Imitation, action: str) -> None:
    async def work(client: VismaNetClient) -> None:
        made = await invoiced(client, f"V-7005-{action}", hold=action == "take_off_hold")
        imitation.fault("cut", method="POST" if action == "release" else "PUT", path="/customerinvoice/")
        with pytest.raises(UncertainWriteError):
            await getattr(client.invoices, action)(made.number, made.version)
        assert (await state_of(client.invoices, made.number))[0] == ("open" if action == "release" else "balanced")

    with_target(imitation, work)


def test_an_invoice_whose_answer_was_lost_is_uncertain_and_found_by_its_reference(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        imitation.fault("cut", method="POST", path="/v2/customerinvoice$")
        with pytest.raises(UncertainWriteError) as error:
            await invoiced(client, "V-7006")
        assert error.value.key == "V-7006"
        assert len(await client.invoices.with_reference("V-7006")) == 1

    with_target(imitation, work)


def test_a_credit_note_settles_part_of_an_invoice(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        invoice = await invoiced(client, "V-7007")
        await client.invoices.release(invoice.number, invoice.version)
        paid = Decimal("12.10")
        number = await client.credit_notes.create(
            {
                "customerNumber": invoice.customer,
                "documentDate": DAY.isoformat(),
                "externalReference": "V-7008",
                "lines": [revenue(Decimal("10.00"))],
                "applicationLines": [
                    {
                        "operation": "Insert",
                        "documentType": "Invoice",
                        "refNbr": invoice.number,
                        "amountPaid": paid,
                    }
                ],
            }
        )
        note = await client.credit_notes.get(number)
        assert note is not None
        assert (note.type, note.total, note.state) == ("credit_note", paid, "balanced")
        assert [one.number for one in await client.credit_notes.with_reference("V-7008")] == [number]
        await client.credit_notes.release(number, note.version)
        assert await state_of(client.credit_notes, number) == ("closed", NOTHING)
        assert await state_of(client.invoices, invoice.number) == ("open", GROSS - paid)

    with_target(imitation, work)


def payment_of(invoice: TargetDocument, amount: Decimal, reference: str) -> dict[str, Any]:
    line = {"operation": "Insert", "documentType": "Invoice", "refNbr": invoice.number, "amountPaid": amount}
    return {
        "type": "Payment",
        "customer": invoice.customer,
        "paymentMethod": "BANK",
        "cashAccount": "1010",
        "paymentAmount": amount,
        "paymentRef": reference,
        "applicationDate": DAY.isoformat(),
        "paymentLines": [line],
    }


def test_payments_settle_an_invoice_and_are_found_by_it(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        began_at = datetime.now(UTC) - timedelta(seconds=1)
        invoice = await invoiced(client, "V-7009")
        await client.invoices.release(invoice.number, invoice.version)
        amounts = {"V-7009-1": Decimal("21.00"), "V-7009-2": Decimal("100.00")}
        numbers = [await client.payments.create(payment_of(invoice, *pair[::-1])) for pair in amounts.items()]
        for number in numbers:
            made = await client.payments.get(number)
            assert made is not None
            assert (made.type, made.state, made.currency, made.dated_on) == ("payment", "balanced", "EUR", DAY)
            assert (made.amount, made.customer) == (amounts[made.reference], invoice.customer)
            assert made.applied == (Settled("invoice", invoice.number, made.amount),)
            await client.payments.release(number, made.version)
        assert await state_of(client.invoices, invoice.number) == ("closed", NOTHING)
        found = await client.payments.of_invoice(invoice.number)
        assert {(one.number, one.state, one.reference) for one in found} == {
            (number, "closed", reference) for number, reference in zip(numbers, amounts, strict=True)
        }
        assert set(numbers) <= {one.number for one in await rows_of(client.payments.changed(began_at))}
        settled = await client.invoices.get(invoice.number)
        assert settled is not None
        assert {(one.document_type, one.amount) for one in settled.settled} == {
            ("payment", amount) for amount in amounts.values()
        }
        assert await client.payments.get("nowhere") is None

    with_target(imitation, work)


def test_a_payment_that_somebody_changed_is_not_released(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        invoice = await invoiced(client, "V-7010")
        await client.invoices.release(invoice.number, invoice.version)
        number = await client.payments.create(payment_of(invoice, GROSS, "V-7010"))
        with pytest.raises(StaleVersionError):
            await client.payments.release(number, "AAAA")
        assert await state_of(client.invoices, invoice.number) == ("open", GROSS)

    with_target(imitation, work)


def booking(description: str, **values: Any) -> dict[str, Any]:
    """A sale of 100 with 21 % VAT, against a clearing account."""
    sale = {"vatCodeId": "NL21", "vatId": "NL21", "referenceNumber": "1", "transactionDescription": "Omzet"}
    lines: list[dict[str, Any]] = [
        {"accountNumber": "1390", "debitAmountInCurrency": GROSS},
        {"accountNumber": "8000", "creditAmountInCurrency": HUNDRED, **sale},
        {"accountNumber": "1500", "creditAmountInCurrency": VAT, "vatId": "NL21", "referenceNumber": "1"},
    ]
    return {
        "transactionDate": DAY.isoformat(),
        "description": description,
        "createVatTransaction": True,
        "journalTransactionLines": [{"operation": "Insert", **line} for line in lines],
        **values,
    }


def test_a_journal_transaction_is_made_read_and_posted(imitation: Imitation) -> None:
    async def work(client: VismaNetClient) -> None:
        number = await client.journals.create(booking("S-1"))
        made = await client.journals.get(number)
        assert made is not None
        assert (made.description, made.state, made.debit, made.credit) == ("S-1", "balanced", GROSS, GROSS)
        assert (made.currency, made.dated_on) == ("EUR", DAY)
        assert made.lines == (
            JournalLine("1390", GROSS, NOTHING, "", "", "", ""),
            JournalLine("8000", NOTHING, HUNDRED, "NL21", "NL21", "1", "Omzet"),
            JournalLine("1500", NOTHING, VAT, "", "NL21", "1", ""),
        )
        with pytest.raises(StaleVersionError):
            await client.journals.release(number, "AAAA")
        await client.journals.release(number, made.version)
        posted = await client.journals.get(number)
        assert posted is not None
        assert (posted.state, posted.content) == ("posted", made.content)
        assert await client.journals.get("nowhere") is None

    with_target(imitation, work)


def test_a_journal_transaction_on_two_pages_comes_whole(imitation: Imitation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("visma_sync.systems.vismanet.journals.LINES_ON_A_PAGE", 2)

    async def work(client: VismaNetClient) -> None:
        began_at = datetime.now(UTC) - timedelta(seconds=1)
        numbers = [await client.journals.create(booking(f"S-{n}")) for n in range(2, 5)]
        client.calls.clear()
        found = await rows_of(client.journals.changed(began_at))
        assert [one.number for one in found][-3:] == numbers
        assert all(sum(line.credit for line in one.lines) == one.credit == GROSS for one in found)
        assert client.calls.total() == -(-sum(len(one.lines) for one in found) // 2)

    with_target(imitation, work)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"transactionDate": IN_A_CLOSED_YEAR.isoformat()}, "period_closed"),
        ({"journalTransactionLines": booking("")["journalTransactionLines"][:2]}, "out_of_balance"),
    ],
)
def test_a_refused_journal_transaction_says_why(imitation: Imitation, values: dict[str, Any], code: str) -> None:
    async def work(client: VismaNetClient) -> None:
        with pytest.raises(RecordRejectedError) as error:
            await client.journals.create(booking("S-9", **values))
        assert error.value.code == code

    with_target(imitation, work)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('{"actionResult": "Failed", "errorInfo": "Financial Period \'06-2025\' is closed in Anna."}', "period_closed"),
        ('{"actionResult": "Failed", "errorInfo": "Anna does not like it."}', "action_failed"),
        ('{"actionResult": "Failed"}', "action_failed"),
    ],
)
def test_an_action_that_failed_is_refused_without_repeating_what_it_said(
    imitation: Imitation, said: str, code: str
) -> None:
    with scripted_server(Line(200, said)) as server:

        async def work(client: VismaNetClient) -> None:
            with pytest.raises(RecordRejectedError) as error:
                await client.invoices.release("V-1", '"1"')
            assert (error.value.code, error.value.key) == (code, "V-1")
            assert "Anna" not in str(error.value)

        with_target(imitation, work, api_url=server.url)
    assert [(method, path) for method, path, *_ in server.asked] == [("POST", "/v1/customerinvoice/V-1/action/release")]


@pytest.mark.parametrize("said", ['{"actionResult": "Done"}', '{"actionResult": "InProcess"}', ""])
def test_an_action_that_is_done_or_on_its_way_is_as_good_as_done(imitation: Imitation, said: str) -> None:
    with scripted_server(Line(200, said)) as server:

        async def work(client: VismaNetClient) -> None:
            await client.invoices.release("V-1", '"1"')

        with_target(imitation, work, api_url=server.url)
