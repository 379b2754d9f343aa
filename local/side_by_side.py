"""Both systems side by side after all flows have run, read by a program of its own."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import chain

from local.demo_run import FinishedRun, difference
from local.reconciliation import Comparison, compare, doubles, on_several_paths, unequal, vat_of
from local.sandbox_control import SandboxControl
from local.show import Stage, comparison_table
from local.show_flows import Sums, sums_table
from local.signed_in import SignedIn
from local.witness import Witness
from local.witness_books import Booked, BooksWitness, SourceInvoice, TargetInvoice

# The one warehouse of Visma.net ERP that holds eAccounting's stock, as demo.yaml has it.
WAREHOUSE = "1"
DONE = ("created", "updated", "unchanged")
# Planted trouble that is none: an invoice row without an article is sent by its account.
NO_TROUBLE = "row_without_article"

Runs = Mapping[str, FinishedRun]


class SideBySide:
    """Compares what the flows say with what both systems hold; every part gives back whether it was true.

    Made before anything is sent. `paths` says by customer label on which path sales go, else as orders; sales
    without an order go as invoices then.
    """

    def __init__(self, stage: Stage, address: str, paths: Mapping[str, str]) -> None:
        systems = SignedIn(address)
        self._verdict = stage.verdict
        self._stage = stage
        self._sandbox = SandboxControl(address)
        self._witness, self._books = Witness(systems), BooksWitness(systems)
        self._orders = self._witness.source_orders()
        self._invoices = self._books.source_invoices()
        self._there_before = set(self._witness.target_references())
        self._path_of = {
            customer: next((paths[label] for label in labels if label in paths), "order")
            for customer, labels in self._books.labels().items()
        }

    def sent(self, runs: Runs) -> bool:
        """Each sale went the path of its customer: every one that can be sent, and no other."""
        wanted = {"orders": self._wanted_orders()}
        for path in ("invoice", "booking"):
            wanted[f"{path}s"] = self._wanted_invoices(path)
        told = [
            self._verdict(
                runs[flow].numbers("created") == numbers,
                f"{flow}: all {len(numbers)} sales that can be sent on this path were sent, and no other",
                difference(runs[flow].numbers("created"), numbers),
            )
            for flow, numbers in wanted.items()
        ]
        return all(told)

    def _wanted_orders(self) -> set[str]:
        left_out = self._there_before | set(self._sandbox.planted())
        orders = (order for order in self._orders.values() if order.status != "draft")
        return {one.number for one in orders if self._path_of[one.customer] == "order"} - left_out

    def _wanted_invoices(self, path: str) -> set[str]:
        """Those whose customer's sales go this path; without an order, invoices are sent instead of orders."""
        instead = {"order"} if path == "invoice" else set()
        return {
            one.number
            for one in self._invoices.values()
            if (went := self._path_of[one.customer]) == path or (went in instead and not one.orders)
        } - {number for number, why in self._sandbox.planted("invoices").items() if why != NO_TROUBLE}

    def told(self, runs: Runs) -> bool:
        """Read both systems anew and compare everything."""
        orders = compare(runs["orders"].numbers("created"), self._orders, self._witness.target_orders())
        documents = self._books.target_invoices()
        ours = [one for one in documents if one.reference in self._invoices]
        invoices = compare(runs["invoices"].numbers("created"), self._invoices, ours)
        booked = self._books.booked()
        bookings = [self._invoices[number] for number in sorted(runs["bookings"].numbers("created"))]
        self._stage.console.print(
            sums_table([*_sums("orders", orders), *_sums("invoices", invoices), *_booked_sums(bookings, booked)])
        )
        return all(
            [
                self._documents_are_equal("orders", orders),
                self._documents_are_equal("invoices and credit notes", invoices),
                self._bookings_are_equal(bookings, booked),
                self._payments_are_equal(invoices, runs["payments"]),
                self._stock_is_equal(runs["stock"]),
                self._are_there_once(runs),
                self._one_path_each(documents, booked),
                self.nothing_is_doubled(),
                self._verdict(self._sandbox.letters_sent() == 0, "nobody outside was mailed, and nothing was printed"),
            ]
        )

    def _documents_are_equal(self, what: str, comparisons: Collection[Comparison]) -> bool:
        wrong = [one for one in comparisons if not one.is_equal]
        if wrong:
            self._stage.console.print(comparison_table(wrong, limit=10))
        return self._verdict(
            not wrong and bool(comparisons), f"{len(comparisons)} {what}: currency, total and VAT are equal to the cent"
        )

    def _bookings_are_equal(self, bookings: Collection[SourceInvoice], booked: Booked) -> bool:
        source = {one.number: [(one.currency, one.total)] for one in bookings}
        there = {number: [(currency, amount) for _, currency, amount in rows] for number, rows in booked.owed.items()}
        wrong = unequal(source, there)
        vat, vat_there = vat_of(bookings), {key: one for key, one in booked.vat.items() if one.base or one.amount}
        return all(
            [
                self._verdict(
                    not wrong and bool(bookings), f"{len(bookings)} bookings: what is owed is equal to the cent", wrong
                ),
                self._verdict(
                    vat == vat_there,
                    f"their VAT return is equal to the cent: {len(vat)} rates and currencies, base and VAT",
                    f"{vat} there {vat_there}",
                ),
                self._verdict(not booked.unposted, "every batch is posted", booked.unposted),
            ]
        )

    def _payments_are_equal(self, invoices: Iterable[Comparison], run: FinishedRun) -> bool:
        """What came in for the invoices that were sent; a factor's money is not the customer's.

        Of one that was paid and then taken back a person may have to say which of the two settled it.
        """
        settled, left_to_people = self._books.payments(), run.numbers("parked")
        paid, there = {}, {}
        for one in invoices:
            source = self._invoices[one.source.number]
            waits = source.is_credited and source.number in left_to_people
            if one.target and not (source.is_credit or source.is_sold or waits):
                paid[source.number] = source.paid
                there[source.number] = settled.get(one.target[0].number, Decimal(0))
        wrong = unequal(paid, there)
        count = sum(1 for amount in paid.values() if amount)
        return self._verdict(
            not wrong and bool(count),
            f"the payments of {count} among {len(paid)} invoices are equal to the cent",
            wrong,
        )

    def _stock_is_equal(self, run: FinishedRun) -> bool:
        settled = run.numbers("updated", "unchanged")
        source = {sku: balance for sku, balance in self._books.source_stock().items() if sku in settled}
        wrong = unequal(source, self._books.target_stock(WAREHOUSE))
        return self._verdict(
            not wrong and bool(source), f"{len(source)} products: the stock is that of eAccounting", wrong
        )

    def stock(self, skus: Collection[str]) -> dict[str, Decimal]:
        """What Visma.net has on hand of these products."""
        there = self._books.target_stock(WAREHOUSE)
        return {sku: there[sku] for sku in skus}

    def source_orders_that_are(self, status: str) -> set[str]:
        """The numbers of the orders of eAccounting that have this status now."""
        return {number for number, order in self._witness.source_orders().items() if order.status == status}

    def source_balances(self, skus: Collection[str]) -> dict[str, Decimal]:
        """What eAccounting has of these products."""
        there = self._books.source_stock()
        return {sku: there[sku] for sku in skus}

    def balances_are_equal(self, run: FinishedRun) -> bool:
        """What a run settled of the way back is the same in both."""
        settled = run.numbers("updated", "unchanged")
        there = {sku: on_hand for sku, on_hand in self._books.target_stock(WAREHOUSE).items() if sku in settled}
        wrong = unequal(there, self._books.source_balances())
        return self._verdict(
            not wrong and bool(there), f"{len(there)} products: the balance is the stock of Visma.net", wrong
        )

    def _are_there_once(self, runs: Runs) -> bool:
        products = runs["products"].numbers(*DONE)
        missing = products - self._books.target_stock(WAREHOUSE).keys()
        made = runs["customers"].numbers("created")
        references = self._books.customer_references()
        wrong = {number: references[number] for number in made if references[number] != 1}
        return all(
            [
                self._verdict(not missing, f"{len(products)} products are in Visma.net", missing),
                self._verdict(not wrong, f"{len(made)} customers were made in Visma.net, each once", wrong),
            ]
        )

    def _one_path_each(self, documents: Iterable[TargetInvoice], booked: Booked) -> bool:
        """By the orders that a sale charges, or the invoice itself; what people typed in is not ours."""
        charged = {one.reference for one in documents} & self._invoices.keys()
        sent_orders = set(self._witness.target_references()) - self._there_before
        went = {
            "order": [self._orders[number].key for number in sent_orders & self._orders.keys()],
            "invoice": list(chain.from_iterable(self._invoices[number].sales for number in charged)),
            "booking": list(chain.from_iterable(self._invoices[number].sales for number in booked.owed)),
        }
        twice = on_several_paths(went)
        return self._verdict(not twice, "no sale went two paths", twice)

    def nothing_is_doubled(self) -> bool:
        """No document of Visma.net is there twice."""
        references = {
            "orders": self._witness.target_references(),
            "invoices": [one.reference for one in self._books.target_invoices()],
            "bookings": [number for number, rows in self._books.booked().owed.items() for _ in rows],
            "payments": self._books.payment_references(),
            "customers": list(self._books.customer_references().elements()),
        }
        twice = {what: found for what, names in references.items() if (found := doubles(names))}
        return self._verdict(not twice, "nothing is there twice", twice)


def _sums(path: str, comparisons: Iterable[Comparison]) -> list[Sums]:
    """The totals and VAT of sent sales by currency, here and there."""
    by_currency: dict[str, Sums] = {}
    for one in comparisons:
        sums = by_currency.get(one.source.currency, Sums(path, one.source.currency))
        total = sum((other.total for other in one.target), Decimal(0))
        vat = sum((other.vat for other in one.target), Decimal(0))
        by_currency[one.source.currency] = sums.with_sale(one.source.total, total, one.source.vat, vat)
    return list(by_currency.values())


def _booked_sums(bookings: Iterable[SourceInvoice], booked: Booked) -> list[Sums]:
    vat_there: dict[str, Decimal] = defaultdict(Decimal)
    for (currency, _), vat in booked.vat.items():
        vat_there[currency] += vat.amount
    by_currency: dict[str, Sums] = {}
    for one in bookings:
        first = Sums("bookings", one.currency, vat_there=vat_there[one.currency])
        total = sum((amount for _, _, amount in booked.owed.get(one.number, ())), Decimal(0))
        by_currency[one.currency] = by_currency.get(one.currency, first).with_sale(
            one.total, total, one.vat, Decimal(0)
        )
    return list(by_currency.values())
