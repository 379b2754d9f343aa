"""Whether the tables of the settings know the values that both companies use, and nothing that they do not have."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from visma_sync.errors import RecordParkedError
from visma_sync.settings.choice import Choice
from visma_sync.sync.preflight.finding import Finding
from visma_sync.sync.preflight.link import Link, NotReadError, Side
from visma_sync.sync.preflight.values import books, not_checked

_KINDS = ("stock", "non_stock", "service")
_NAME_ACCOUNT = "Name an account in its table, or as its default."


@dataclass(frozen=True)
class _Table:
    """A setting that translates the values of a list, and by which word it knows a row; `empty` may be its answer."""

    setting: str
    choice: Choice
    side: Side
    list_name: str
    word: Callable[[Any], str]
    empty: bool = True


def counterparts(link: Link) -> Iterator[Finding]:
    """Every value that a system uses has a counterpart in the settings; records with one that has none park.

    An entry for a value that the system does not have is told too: a name that is mistyped never finds its records.
    """
    for table in (*_forth(link), *_back(link)):
        try:
            rows = [row for row in link.get(table.side, table.list_name) if row.active]
        except NotReadError as unread:
            yield not_checked(f"the table of {table.setting}", unread)
            continue
        words = {table.word(row) for row in rows if row.facts.get("for_sales", True)}
        yield from _of_table(table, words, link.names[table.side])
    yield from _rates(link)
    if _makes_articles(link):
        yield from _codings(link)


def _of_table(table: _Table, words: Collection[str], system: str) -> Iterator[Finding]:
    if not table.empty and not table.choice.values:
        yield Finding("no_counterpart", table.setting, "It names no account at all, and needs one.", _NAME_ACCOUNT)
        return
    for word in sorted(words):
        try:
            chosen = table.choice.choose(word, table.setting)
        except RecordParkedError as error:
            sentence = f"There is no entry for '{word}' of {system} and no default."
            yield Finding("no_counterpart", table.setting, sentence, error.resolution, "warning")
            continue
        if not chosen and not table.empty:
            sentence = f"It names no account for '{word}' of {system}."
            yield Finding("no_counterpart", table.setting, sentence, _NAME_ACCOUNT, "warning")
    entries = table.choice.table if table.choice.force is None else {}
    for word in sorted(entries.keys() - {*words, ""}):
        sentence = f"It has an entry for '{word}', which {system} does not have ({table.list_name.replace('_', ' ')})."
        cure = f"Correct the entry in {table.setting}, or leave it for the records of before."
        yield Finding("entry_of_nothing", table.setting, sentence, cure, "warning")


def _forth(link: Link) -> Iterator[_Table]:
    settings = link.settings
    of_terms = {
        "credit_terms": settings.credit_terms,
        "payment_method": settings.payment_method,
        "cash_account": settings.cash_account,
        "customers.payment_method": settings.customers.payment_method,
    }
    for setting, choice in of_terms.items():
        yield _Table(setting, choice, "source", "terms_of_payment", _description)
    if books(link):
        debit, vat = settings.bookings.debit_account, settings.bookings.vat_account
        yield _Table("bookings.debit_account", debit, "source", "terms_of_payment", _description, empty=False)
        yield _Table("bookings.vat_account", vat, "target", "vat_codes", _id, empty=False)
    yield _Table("units", settings.units, "source", "units", lambda row: str(row.facts["abbreviation"]))
    yield _Table("ship_via", settings.ship_via, "source", "delivery_methods", _description)
    yield _Table("shipping_terms", settings.shipping_terms, "source", "delivery_terms", _description)


def _back(link: Link) -> Iterator[_Table]:
    """What the flows back that are on translate, by the ids of the target."""
    mirror = link.settings.mirror
    if link.is_on_back("customers") or link.is_on_back("orders"):
        terms = mirror.customers.terms_of_payment
        yield _Table("mirror.customers.terms_of_payment", terms, "target", "credit_terms", _id)
    if link.is_on_back("orders"):
        yield _Table("mirror.orders.terms_of_payment", mirror.orders.terms_of_payment, "target", "credit_terms", _id)
        yield _Table("mirror.orders.delivery_method", mirror.orders.delivery_method, "target", "carriers", _id)
    if _makes_articles(link):
        yield _Table("mirror.products.units", mirror.products.units, "target", "units", _id)


def _makes_articles(link: Link) -> bool:
    return link.is_on_back("products") or (link.is_on_back("orders") and link.settings.mirror.orders.create_products)


def _rates(link: Link) -> Iterator[Finding]:
    """Products of every rate that the source charges get a VAT category, where products are made or kept."""
    choice = link.settings.products.vat_category
    if not link.is_on("products") and not link.settings.create_products:
        return
    for rate in sorted(set(link.get("source", "rates")[link.today].values())):
        try:
            choice.choose(_percent(rate), "products.vat_category")
        except RecordParkedError as error:
            sentence = f"There is no entry for {_percent(rate)} % of {link.names['source']} and no default."
            yield Finding("no_counterpart", "products.vat_category", sentence, error.resolution, "warning")


def _codings(link: Link) -> Iterator[Finding]:
    """Items of every VAT category get a coding, whatever their kind; rows for an item class count as if for all."""
    rows, setting = link.settings.mirror.products.codings, "mirror.products.codings"
    for kind in _KINDS:
        with_row = {row.vat_category for row in rows if row.supply in {"", kind}}
        categories = [row.id for row in link.get("target", "vat_categories") if row.active]
        without = [] if "" in with_row else [one for one in categories if one not in with_row]
        if without:
            what = f"{kind.replace('_', '-')} items of the VAT categories {', '.join(sorted(without))}"
            sentence = f"There is no row for {what} of {link.names['target']}."
            cure = f"Add a row for each that you sell with to {setting}."
            yield Finding("no_counterpart", setting, sentence, cure, "warning")


def _percent(rate: Decimal) -> str:
    """A rate in percent as the table has it."""
    return f"{rate.normalize():f}"


def _description(row: Any) -> str:
    return str(row.description)


def _id(row: Any) -> str:
    return str(row.id)
