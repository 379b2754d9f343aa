"""The records of both clients that the order flow leaves alone, each asked for and written in every way there is."""

from decimal import Decimal
from typing import Any

from tests.contract.our_articles import keep_articles
from tests.contract.our_balances import use_balances
from tests.contract.our_order_documents import make_orders
from tests.contract.our_order_states import follow_orders
from tests.flows.running import MIDNIGHT, TODAY
from visma_sync.systems.eaccounting.client import EAccountingClient
from visma_sync.systems.vismanet.client import VismaNetClient

DAY = TODAY.isoformat()
LONG_AGO = MIDNIGHT.replace(year=MIDNIGHT.year - 1)
LATER = MIDNIGHT.replace(year=MIDNIGHT.year + 1)
SKU = "Ø/7 #8's"
"""A number that a path has to quote."""

QUIET = {"dontEmail": True, "dontPrint": True, "sendToAutoInvoice": False}


async def use_other_records(source: EAccountingClient, target: VismaNetClient) -> None:
    """Read and write everything besides orders and what they need."""
    await _read_the_source(source)
    await _read_the_set_up(source, target)
    await _keep_customers(source, target)
    await keep_articles(source, target, LONG_AGO, LATER)
    debtor = await _debtor(target)
    await _sell(target, debtor)
    await _book(target)
    await _ship(target, debtor, await _count(target))
    await follow_orders(source, target, LONG_AGO, LATER)
    await make_orders(source, target, LONG_AGO, LATER)
    await use_balances(source, target)


async def _read_the_source(source: EAccountingClient) -> None:
    assert await source.fiscal_years()
    articles = [one async for page in source.all_articles() for one in page]
    numbers = [one.number for one in articles]
    assert len(await source.articles([*numbers, "O'Neill's"])) == len(articles)
    assert [page async for page in source.articles_changed(LONG_AGO, MIDNIGHT)]
    customers = [one async for page in source.customers_changed(LONG_AGO, MIDNIGHT) for one in page]
    assert len(await source.customers_by_number([customers[0].number, customers[-1].number])) == 2
    invoices = [one async for page in source.invoices_changed(LONG_AGO, MIDNIGHT) for one in page]
    assert await source.invoices_by_number([invoices[0].number])
    assert await source.invoices_by_key([invoices[0].key])
    assert await source.invoice(invoices[0].key)


async def _read_the_set_up(source: EAccountingClient, target: VismaNetClient) -> None:
    assert (await source.set_up.company()).country == "NL"
    assert 21 in (await source.set_up.sales_rates(TODAY)).values()
    assert 21 in (await source.set_up.vat_code_rates(TODAY)).values()
    assert await target.set_up.countries() == {"NL"}
    assert (await target.set_up.vat_rates([TODAY]))[TODAY]["NL21"] == 21
    for name in ("vat_rates", "accounts"):
        assert await source.master_data(name)
        assert await target.master_data(name)
    assert await target.master_data("vat_codes")


async def _keep_customers(source: EAccountingClient, target: VismaNetClient) -> None:
    """A customer of eAccounting with all that we send of one, changed and partly emptied."""
    numbers = [one.number async for page in target.customer_records.changed(LONG_AGO, LATER) for one in page]
    assert len(await target.customer_records.read(numbers[:2])) == 2
    assert await target.customer_records.read(numbers[:1])
    assert [page async for page in source.known_customers.changed(None)]
    assert [page async for page in source.known_customers.changed(LONG_AGO)]
    terms = (await source.master_data("terms_of_payment"))[0].id
    who = {
        "Name": "Æ 1",
        "IsPrivatePerson": False,
        "IsActive": True,
        "CustomerNumber": "Æ-1",
        "TermsOfPaymentId": terms,
    }
    numbered = {"VatNumber": "NL225437259B01", "CorporateIdentityNumber": "1", "CurrencyCode": "EUR"}
    reached = {"EmailAddress": "a@b.example", "Telephone": "1", "WwwAddress": "https://b.example"}
    place = {"Address1": "Kade 1", "Address2": "2", "PostalCode": "9711 AB", "City": "Groningen", "CountryCode": "NL"}
    addresses = {f"{kind}{name}": value for kind in ("Invoice", "Delivery") for name, value in place.items()}
    more = {"ContactPersonName": "Anna", "DeliveryCustomerName": "Magazijn", "SalesDocumentLanguage": "nl"}
    made = await source.customer_records.create({**who, **numbered, **reached, **addresses, **more})
    change = {"InvoiceCity": "Assen", "Telephone": None}
    changed = await source.customer_records.change(made.key, change, unless_changed_since=made.changed_at)
    assert changed.body == {**made.body, **change, "ChangedUtc": changed.body["ChangedUtc"]}
    assert await source.customer_records.read(made.key) == changed


async def _debtor(target: VismaNetClient) -> str:
    pages = [page async for page in target.customers_changed(None)]
    usual = (one for page in pages for one in page if one.status == "Active" and one.country == "NL")
    return next(one.number for one in usual if one.as_written()["currencyId"] == "EUR")


def _inserted(**values: Any) -> dict[str, Any]:
    return {"operation": "Insert", **values}


async def _sell(target: VismaNetClient, debtor: str) -> None:
    """An invoice with a credit note and a payment that settle it."""
    head = {"customerNumber": debtor, "documentDate": DAY, "externalReference": "Æ 1", **QUIET}
    priced = {"quantity": 1, "unitPriceInCurrency": Decimal("100.00"), "vatCodeId": "NL21"}
    row = _inserted(description="Omzet", accountNumber="8000", **priced)
    taxes = [{"taxId": "NL21", "taxableAmount": Decimal("100.00"), "vatAmount": Decimal("21.01")}]
    own = {"referenceNumber": "V/1 #2", "overrideNumberSeries": True, "hold": True}
    address = {"billingAddress": {"overrideAddress": True, "addressLine1": "Kade 1", "countryId": "NL"}}
    number = await target.invoices.create({**head, **own, **address, "invoiceLines": [row], "taxDetailLines": taxes})
    made = await target.invoices.get(number)
    assert made is not None
    assert (made.total, made.state) == (Decimal("121.01"), "hold")
    await target.invoices.release(number, await target.invoices.take_off_hold(number, made.version))
    assert [page async for page in target.invoices.changed(LONG_AGO, dated_from=TODAY)]
    assert await target.invoices.with_reference("Æ 1")
    less = {**row, "unitPriceInCurrency": Decimal("10.00")}
    note = await target.credit_notes.create({**head, "hold": True, "lines": [less]})
    read = await target.credit_notes.get(note)
    assert read is not None
    settles = {number: Decimal("12.10")}
    await target.credit_notes.release(note, await target.credit_notes.take_off_hold(note, read.version, settles))
    await _pay(target, debtor, number, Decimal("108.91"))


async def _pay(target: VismaNetClient, debtor: str, invoice: str, amount: Decimal) -> None:
    row = _inserted(documentType="Invoice", refNbr=invoice, amountPaid=amount)
    head = {"type": "Payment", "customer": debtor, "paymentMethod": "BANK", "cashAccount": "1010", "paymentRef": "Æ 1"}
    payment = {**head, "applicationDate": DAY, "paymentAmount": amount, "paymentLines": [row]}
    number = await target.payments.create(payment)
    made = await target.payments.get(number)
    assert made is not None
    await target.payments.release(number, made.version)
    assert [one.number for one in await target.payments.of_invoice(invoice)] == [number]
    assert [page async for page in target.payments.changed(LONG_AGO)]
    paid = await target.invoices.get(invoice)
    assert paid is not None
    assert paid.state == "closed"


async def _book(target: VismaNetClient) -> None:
    rows = [
        _inserted(accountNumber="1390", debitAmountInCurrency=Decimal("100.00")),
        _inserted(accountNumber="8050", creditAmountInCurrency=Decimal("100.00"), transactionDescription="Omzet"),
    ]
    head = {"transactionDate": DAY, "currencyId": "EUR", "description": "Æ 1"}
    number = await target.journals.create({**head, "journalTransactionLines": rows})
    made = await target.journals.get(number)
    assert made is not None
    await target.journals.release(number, made.version)
    assert [page async for page in target.journals.changed(LONG_AGO)]


async def _count(target: VismaNetClient) -> str:
    """A new item with a picture, of which some are found; gives its number."""
    item = {"inventoryNumber": SKU, "description": "Ding", "itemClass": "STOCK", "defaultPrice": Decimal("10.50")}
    await target.create_item({**item, "attributeLines": [{"attributeId": "COLOUR", "attributeValue": "ROOD"}]})
    await target.attach(SKU, "ding 7.png", b"\x89PNG", "image/png")
    assert [page async for page in target.items_changed(LONG_AGO, expand=("attributes", "barcodes"))]
    assert [page async for page in target.stock.levels()]
    place = {"warehouseId": "1", "unitCost": Decimal("4.00"), "reasonCode": "COUNT"}
    row = _inserted(inventoryNumber=SKU, quantity=Decimal("5"), **place)
    number = await target.adjustments.create({"date": DAY, "externalReference": "Æ 1", "adjustmentLines": [row]})
    await target.adjustments.release(number)
    assert await target.adjustments.get(number)
    assert await target.adjustments.dated(TODAY)
    level = await target.stock.level_of(SKU)
    assert level is not None
    assert level.warehouses["1"].on_hand == 5
    return SKU


async def _ship(target: VismaNetClient, debtor: str, sku: str) -> None:
    manual = {one.id for one in await target.master_data("number_sequences") if one.facts["manual"]}
    row = {"inventoryId": sku, "quantity": 2, "unitPrice": Decimal("10.50"), "hasManualPrice": True, "warehouseId": "1"}
    head = {"type": "SO", "status": "Open", "customer": {"id": debtor}, "orderLines": [row]}
    order = await target.create_order({**head, "orderId": "Æ-1"} if "SO" in manual else head)
    assert await target.shipments.lines(*order)
    shipment = await target.shipments.create(*order, TODAY, "1")
    assert await target.shipments.get(shipment)
    await target.shipments.confirm(shipment)
    invoice = await target.shipments.prepare_invoice(*order)
    assert [(one.number, one.invoice) for one in await target.shipments.of_order(*order)] == [(shipment, invoice)]
