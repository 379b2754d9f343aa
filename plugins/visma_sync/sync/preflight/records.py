"""Whether the numbers, products and customers are there that the flows need to write their records."""

from collections.abc import Iterator

from visma_sync.sync.preflight.finding import Finding
from visma_sync.sync.preflight.link import Link, NotReadError
from visma_sync.sync.preflight.values import not_checked

_SELLABLE = frozenset({"active", "nopurchases", "norequest"})
# The number series whose records never get a number from us, and the kinds of flows that make them: its own, and those
# that make what they need of it. With one collective customer for all, nothing else makes customers.
_NUMBERED_THERE = {
    "CUSTOMER": ("customers", "orders", "invoices"),
    "ARPAYMENT": ("payments",),
    "BATCH": ("bookings",),
    "INADJUST": ("stock",),
}
_OF_INVOICES = ("ARINVOICE", "ARCREDIT")


def order_numbering(link: Link) -> Iterator[Finding]:
    """The number series of the order type gives numbers by hand or by itself, as the settings say."""
    order, there = link.settings.order, link.names["target"]
    series = {row.id: bool(row.facts["manual"]) for row in link.get("target", "number_sequences")}
    if order.type not in series:
        sentence = f"{there} does not say which number series the order type {order.type} has."
        cure = f"Look it up in {there}: order.numbering is {order.numbering}."
        yield Finding("order_numbering", "order.numbering", sentence, cure, "declared")
    elif series[order.type] != (order.numbering == "manual"):
        is_now = "by hand" if series[order.type] else "by itself"
        sentence = f"It is {order.numbering}, but the number series {order.type} of {there} gives numbers {is_now}."
        yield Finding("order_numbering", "order.numbering", sentence, "Set order.numbering to what the series does.")


def other_numbering(link: Link) -> Iterator[Finding]:
    """The number series of all other records number by themselves, except invoices that keep their number."""
    there = link.names["target"]
    manual = {row.id for row in link.get("target", "number_sequences") if row.facts["manual"]}
    for name, kinds in _NUMBERED_THERE.items():
        needed = kinds if link.settings.default_debtor.when != "always" else kinds[:1]
        kind = next(filter(link.is_on, needed), None)
        if kind is not None and name in manual:
            sentence = f"It wants numbers by hand, and the {kind} flow gives none."
            cure = f"Let {there} give the numbers of {name} by itself."
            yield Finding("numbered_by_hand", f"number series {name} of {there}", sentence, cure)
    if not link.is_on("invoices"):
        return
    if link.settings.invoices.keep_number:
        sentence = f"{there} does not say whether it allows manual numbering on imports."
        cure = f"Look it up in {there} for {' and '.join(_OF_INVOICES)}: invoices keep their number."
        yield Finding("invoice_numbering", "invoices.keep_number", sentence, cure, "declared")
        return
    for name in sorted(manual & set(_OF_INVOICES)):
        sentence = f"It is false, but the number series {name} of {there} wants numbers by hand."
        yield Finding("invoice_numbering", "invoices.keep_number", sentence, f"Set it to true, or let {name} number.")


def declared(link: Link) -> Iterator[Finding]:
    """What the target has no list of, and nobody but a person can look at."""
    settings, there = link.settings, link.names["target"]
    named = {
        "shipping_terms": sorted(settings.shipping_terms.values),
        "stock.reason_code": sorted({settings.stock.reason_code} - {""}) if link.is_on("stock") else [],
    }
    for setting, names in named.items():
        if names:
            sentence = f"{there} has no list of these: {', '.join(names)}."
            yield Finding("not_listed", setting, sentence, f"See in {there} that they exist.", "declared")


def special_products(link: Link) -> Iterator[Finding]:
    """The rounding product is there; freight products too, where the flow may not make them. None is kept in stock."""
    settings = link.settings
    skus = {"rounding.sku": [settings.rounding.sku], "freight.skus": list(settings.freight.skus)}
    for setting, numbers in skus.items():
        for number in filter(None, numbers):
            must_exist = setting == "rounding.sku" or not settings.create_products
            try:
                yield from _product(link, setting, number, must_exist=must_exist)
            except NotReadError as unread:
                yield not_checked(f"the product {number} of {setting}", unread)


def _product(link: Link, setting: str, number: str, *, must_exist: bool) -> Iterator[Finding]:
    product, there = link.get("target", f"product {number}"), link.names["target"]
    if product is None:
        if must_exist:
            cure = f"Make '{number}' as a product that is not kept in stock, or name another in {setting}."
            yield Finding("product_missing", setting, f"{there} has no product '{number}'.", cure)
        return
    if product.status.casefold() not in _SELLABLE:
        sentence = f"The product '{number}' of {there} may not be sold ({product.status})."
        yield Finding("product_not_sellable", setting, sentence, f"Make it active, or name another in {setting}.")
    if product.is_stock:
        sentence = f"The product '{number}' of {there} is kept in stock."
        yield Finding("product_in_stock", setting, sentence, f"Name one in {setting} that is not kept in stock.")


def default_debtor(link: Link) -> Iterator[Finding]:
    """The collective customer is there and active."""
    number, there = link.settings.default_debtor.customer, link.names["target"]
    if not number:
        return
    debtor = link.get("target", "default debtor")
    if debtor is None:
        sentence = f"{there} has no customer {number}."
        yield Finding("debtor_missing", "default_debtor.customer", sentence, "Make it, or name another.")
    elif debtor.status.casefold() != "active":
        sentence = f"The customer {number} of {there} is not active ({debtor.status})."
        yield Finding("debtor_inactive", "default_debtor.customer", sentence, "Activate it, or name another.")


def cut_off(link: Link) -> Iterator[Finding]:
    """A day is set before which nothing is sent."""
    if link.settings.cut_off_date is None:
        sentence = "It is not set: sales of any age are sent."
        yield Finding("no_cut_off_date", "cut_off_date", sentence, "Set it to the day of your first run.", "warning")


def paths(link: Link) -> Iterator[Finding]:
    """Every path on which sales are sent has its flow on."""
    sales = link.settings.send_sales_as
    for path in sorted({sales.default, sales.without_order, *(row.path for row in sales.rows)} - {"nothing"}):
        if not link.is_on(f"{path}s"):
            sentence = f"Sales go as {path}, but the flow that sends them is off."
            cure = "Take the flow out of flows_off, or let these sales go another way."
            yield Finding("path_without_flow", "send_sales_as", sentence, cure)
