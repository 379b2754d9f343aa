"""Customer invoices of the imitated eAccounting: what lists get wrong, and what people do with invoices by hand."""

from decimal import Decimal

from tests.sandbox.shop_caller import Record, Shop


def enter(shop: Shop, **given: object) -> Record:
    invoice: Record = shop.control("POST", "eaccounting/invoices", given)
    return invoice


def read(shop: Shop, invoice: Record) -> Record:
    found: Record = shop.get(f"customerinvoices/{invoice['Id']}")
    return found


def test_a_third_of_the_unpaid_invoices_seems_paid_in_a_list_and_not_by_itself(shop: Shop) -> None:
    listed = {row["Id"]: row for row in shop.rows("customerinvoices", pagesize=1000)}
    stored = {row["Id"]: row for row in shop.state("customerinvoices")}
    wrong = {key for key in stored if listed[key] != stored[key]}
    unpaid = {key for key, row in stored.items() if row["PaymentStatus"] != 0}
    assert wrong < unpaid
    assert 0.2 < len(wrong) / len(unpaid) < 0.5
    for key in wrong:
        names = {name for name in stored[key] if stored[key][name] != listed[key][name]}
        assert names == {"RemainingAmount", "RemainingAmountInvoiceCurrency"}
        assert (listed[key]["RemainingAmount"], listed[key]["RemainingAmountInvoiceCurrency"]) == (0, 0)
        assert shop.get(f"customerinvoices/{key}") == stored[key]


def test_what_is_filtered_on_is_the_truth_and_not_what_the_list_shows(shop: Shop) -> None:
    still_open = shop.rows("customerinvoices", filter="RemainingAmountInvoiceCurrency ne 0", pagesize=1000)
    assert any(row["RemainingAmountInvoiceCurrency"] == 0 for row in still_open)
    chosen = shop.rows("customerinvoices", select="InvoiceNumber,RemainingAmount", pagesize=1000)
    assert {frozenset(row) for row in chosen} == {frozenset(("InvoiceNumber", "RemainingAmount"))}


def test_an_invoice_is_entered_without_an_order(shop: Shop) -> None:
    last = max(row["InvoiceNumber"] for row in shop.state("customerinvoices"))
    rows = [{"ArticleNumber": "007", "Quantity": 2, "UnitPrice": 50}, {"IsTextRow": True, "Text": "Bedankt"}]
    invoice = enter(shop, CustomerNumber="1001", Rows=rows, InvoiceDate="2026-11-02", YourReference="Anna")
    assert (invoice["InvoiceNumber"], invoice["InvoiceDate"], invoice["YourReference"]) == (
        last + 1,
        "2026-11-02",
        "Anna",
    )
    assert (invoice["CreatedFromOrderId"], invoice["RemainingAmount"]) == (None, Decimal("121.00"))
    assert invoice["VatSpecification"] == [
        {"AmountInvoiceCurrency": 100, "VatAmountInvoiceCurrency": 21, "VatPercent": 21}
    ]
    assert read(shop, invoice) == invoice
    assert invoice["CreatedUtc"] > "2026-11-20"
    assert enter(shop)["InvoiceNumber"] == last + 2
    refused = shop.http.post("/_sandbox/eaccounting/invoices", json={"Rows": [{"ArticleNumber": "nothing"}]})
    assert (refused.status_code, refused.json()["ErrorCode"]) == (400, 3000)


def test_an_invoice_of_a_private_person_includes_its_vat(shop: Shop) -> None:
    person = next(
        one for one in shop.state("customers") if one["IsPrivatePerson"] and one["InvoiceCountryCode"] == "NL"
    )
    rows = [{"ArticleNumber": "007", "UnitPrice": 121}]
    invoice = enter(shop, CustomerNumber=person["CustomerNumber"], Rows=rows)
    assert (invoice["IncludesVat"], invoice["TotalAmount"], invoice["TotalVatAmount"]) == (True, 121, 21)
    assert (invoice["Rows"][0]["Amount"], invoice["Rows"][0]["AmountNoVat"]) == (121, 100)


def test_a_payment_lowers_what_remains_until_the_invoice_is_paid(shop: Shop) -> None:
    invoice = enter(shop, Rows=[{"ArticleNumber": "007", "UnitPrice": 100}])
    number, untouched = invoice["InvoiceNumber"], invoice["ModifiedUtc"]
    partly = shop.control("POST", f"eaccounting/invoices/{number}/pay", {"amount": 21, "date": "2026-11-21"})
    assert (partly["PaymentStatus"], partly["PaymentDate"], partly["RemainingAmount"]) == (1, "2026-11-21", 100)
    assert untouched is None
    assert partly["ModifiedUtc"] >= invoice["CreatedUtc"]
    too_much = shop.http.post(f"/_sandbox/eaccounting/invoices/{number}/pay", json={"amount": 101})
    assert too_much.status_code == 409
    assert shop.control("POST", f"eaccounting/invoices/{number}/pay")["PaymentStatus"] == 0
    assert read(shop, invoice)["RemainingAmountInvoiceCurrency"] == 0


def test_what_was_set_off_is_not_paid(shop: Shop) -> None:
    invoice = enter(shop, Rows=[{"ArticleNumber": "007", "UnitPrice": 100}])
    paid = shop.control("POST", f"eaccounting/invoices/{invoice['InvoiceNumber']}/pay", {"set_off": 21})
    assert (paid["PaymentStatus"], paid["SetOffAmountInvoiceCurrency"], paid["RemainingAmount"]) == (0, 21, 0)


def test_an_unpaid_invoice_is_credited_whole_and_counts_as_paid(shop: Shop) -> None:
    invoice = enter(shop, Rows=[{"ArticleNumber": "007", "UnitPrice": 100}])
    credit = shop.control("POST", f"eaccounting/invoices/{invoice['InvoiceNumber']}/credit")
    after = read(shop, invoice)
    assert (credit["IsCreditInvoice"], credit["TotalAmount"], credit["PaymentStatus"]) == (True, -121, 0)
    assert credit["ReferringInvoiceId"] == invoice["Id"]
    assert after["CreditedBy"] == [{"CreditInvoiceId": credit["Id"]}]
    assert (after["PaymentStatus"], after["PaymentDate"], after["SetOffAmountInvoiceCurrency"]) == (0, None, 121)


def test_rows_pieces_or_an_amount_of_an_invoice_are_credited(shop: Shop) -> None:
    rows = [{"ArticleNumber": "007", "Quantity": 4, "UnitPrice": 100}, {"ArticleNumber": "FREIGHT", "UnitPrice": 10}]
    invoice = enter(shop, Rows=rows)
    address = f"eaccounting/invoices/{invoice['InvoiceNumber']}/credit"
    asked = ({"rows": [2]}, {"rows": [{"LineNumber": 1, "Quantity": 1}]}, {"amount": 50})
    credits = [shop.control("POST", address, one) for one in asked]
    assert [credit["TotalAmount"] for credit in credits] == [Decimal("-12.10"), -121, Decimal("-60.50")]
    assert [credit["Rows"][0]["Quantity"] for credit in credits] == [-1, -1, -1]
    after = read(shop, invoice)
    assert after["RemainingAmount"] == invoice["TotalAmount"] - Decimal("193.60")
    assert [one["CreditInvoiceId"] for one in after["CreditedBy"]] == [credit["Id"] for credit in credits]


def test_the_credit_of_a_paid_invoice_is_owed_to_the_customer_and_can_be_paid_out(shop: Shop) -> None:
    invoice = enter(shop, Rows=[{"ArticleNumber": "007", "UnitPrice": 100}])
    shop.control("POST", f"eaccounting/invoices/{invoice['InvoiceNumber']}/pay")
    credit = shop.control("POST", f"eaccounting/invoices/{invoice['InvoiceNumber']}/credit")
    assert (credit["PaymentStatus"], credit["RemainingAmount"]) == (1, -121)
    assert read(shop, invoice)["SetOffAmountInvoiceCurrency"] == 0
    settled = shop.control("POST", f"eaccounting/invoices/{credit['InvoiceNumber']}/pay")
    assert (settled["PaymentStatus"], settled["RemainingAmount"]) == (0, 0)


def test_an_invoice_is_sold_to_a_factor(shop: Shop) -> None:
    invoice = enter(shop)
    bought = shop.control("POST", f"eaccounting/invoices/{invoice['InvoiceNumber']}/sell")
    assert (bought["IsSold"], bought["FactoringInvoiceStatus"], bought["PaymentStatus"]) == (True, 4, 1)
    assert shop.http.post("/_sandbox/eaccounting/invoices/1/sell").status_code == 404


def test_what_people_did_is_found_by_the_instant_of_its_change(shop: Shop) -> None:
    since = shop.get("orders")["Meta"]["ServerTimeUtc"]
    invoice = enter(shop, CreatedUtc="2026-01-05T12:00:00Z")
    assert shop.rows("customerinvoices", modifiedSinceUtc=since) == []
    shop.control("POST", f"eaccounting/invoices/{invoice['InvoiceNumber']}/pay")
    assert [row["Id"] for row in shop.rows("customerinvoices", modifiedSinceUtc=since)] == [invoice["Id"]]


def test_the_books_can_be_kept_by_cash(shop: Shop) -> None:
    years = shop.rows("fiscalyears")
    assert {year["BookkeepingMethod"] for year in years} == {0}
    shop.control("POST", "eaccounting/switch", {"cash_method": True})
    assert {year["BookkeepingMethod"] for year in shop.rows("fiscalyears")} == {1}
    assert shop.get(f"fiscalyears/{years[0]['Id']}")["BookkeepingMethod"] == 1
    shop.control("POST", "eaccounting/switch", {"cash_method": False})
    assert shop.rows("fiscalyears") == years


def test_troubles_are_told_past_the_api(shop: Shop) -> None:
    numbers = {str(row["InvoiceNumber"]) for row in shop.state("customerinvoices")}
    assert set(shop.state("planted_invoices")) <= numbers
    assert set(shop.state("planted_articles")) <= {row["Number"] for row in shop.state("articles")}
    assert set(shop.state("planted_customers")) <= {row["CustomerNumber"] for row in shop.state("customers")}
    assert "closed_period" in shop.state("planted_invoices").values()
