"""Whether both systems let us in, and whether they are those that the link belongs to."""

from collections.abc import Iterator
from datetime import date

from visma_sync.errors import VismaSyncError
from visma_sync.sync.preflight.finding import Finding, Weight, of_error
from visma_sync.sync.preflight.link import Link, Side

_OTHER = "Sign in for the company that this link belongs to, or use a ledger of its own for this one."


def access(link: Link) -> Iterator[Finding]:
    """Every distinct reason for which a system does not answer: sign-in, scope, module, licence, silence."""
    told: set[tuple[Side, str]] = set()
    for side, error in (*link.unreached.items(), *((side, answer) for (side, _), answer in link.answers.items())):
        if isinstance(error, VismaSyncError) and (side, error.message) not in told:
            told.add((side, error.message))
            yield of_error(error, "no_access", link.names[side])


def source_company(link: Link) -> Iterator[Finding]:
    """The company of the source is active and the one that the link belongs to."""
    company, name = link.get("source", "company"), link.names["source"]
    stops = {"inactive": True, "read_only": link.writes_to_source}
    if company.status in stops:
        sentence = f"{company.name} is {company.status.replace('_', ' ')}."
        weight: Weight = "miss" if stops[company.status] else "warning"
        yield Finding("company_not_active", name, sentence, f"Activate the company in {name}.", weight)
    known = link.bound.get("source")
    if known is not None and known.identifier != company.identifier:
        yield Finding("other_company", name, f"It reaches {company.name}; the links are those of {known.name}.", _OTHER)


def target_company(link: Link) -> Iterator[Finding]:
    """The Connection of the target reaches a company, and the one that the link belongs to.

    A wrong company is answered with empty lists, not with an error; every company has a branch.
    """
    name, branches = link.names["target"], link.get("target", "branches")
    if not branches:
        yield Finding(
            "wrong_company",
            name,
            "It answers with no branch at all: the Connection reaches no company, or a wrong one.",
            "Correct tenant and company in the Connection; its test names the company it reaches.",
        )
    known = link.bound.get("target")
    if known is not None and known.identifier != link.named_company:
        yield Finding("other_company", name, f"It names another company; the links are those of {known.name}.", _OTHER)


def countries(link: Link) -> Iterator[Finding]:
    """The home country of the VAT treatments is that of both companies."""
    home = link.settings.vat.home_country
    found: tuple[tuple[Side, set[str]], ...] = (
        ("source", {link.get("source", "company").country} - {""}),
        ("target", link.get("target", "countries")),
    )
    for side, there in found:
        if there and home not in there:
            yield Finding(
                "home_country",
                "vat.home_country",
                f"It is {home}, but the company in {link.names[side]} is in {', '.join(sorted(there))}.",
                "Set vat.home_country to the country in which the company pays its VAT.",
            )


def currencies(link: Link) -> Iterator[Finding]:
    """The target keeps the currency of the source's company; those of payments are those of their cash accounts."""
    of_source = link.get("source", "company").currency
    known = {row.id: row for row in link.get("target", "currencies")}
    target = link.names["target"]
    if of_source and of_source not in known:
        yield Finding(
            "currency_missing", target, f"It does not keep {of_source}.", f"Add the currency {of_source} in {target}."
        )
    elif of_source and not known[of_source].facts["is_base"]:
        sentence = f"Its base currency is not {of_source}, that of the company in {link.names['source']}."
        yield Finding("base_currency", target, sentence, f"Nothing, if {target} is to convert amounts.", "warning")
    others = [row.id for row in link.get("source", "currencies") if row.id not in {*known, of_source}]
    for currency in others:
        sentence = f"It does not keep {currency}: a sale in it is refused."
        yield Finding("currency_missing", target, sentence, f"Add {currency} in {target} if you sell in it.", "warning")
    yield from _currencies_of_cash_accounts(link)


def _currencies_of_cash_accounts(link: Link) -> Iterator[Finding]:
    accounts = {row.id: str(row.facts["currency"]) for row in link.get("target", "cash_accounts")}
    for currency, row in link.settings.payments.by_currency.items():
        kept_in = accounts.get(row.cash_account, "")
        if kept_in and kept_in != currency:
            yield Finding(
                "cash_account_currency",
                f"payments.by_currency {currency}",
                f"Its cash account {row.cash_account} is kept in {kept_in}.",
                f"Name a cash account that is kept in {currency}.",
            )


def periods(link: Link) -> Iterator[Finding]:
    """Today's financial period is open in the ledgers that the flows write to."""
    name, day = link.names["target"], link.today.isoformat()
    rows = [row for row in link.get("target", "periods") if row.facts["start"] <= day <= row.facts["end"]]
    if not any(row.active for row in rows):
        yield Finding(
            "no_period", name, f"There is no active financial period for {day}.", f"Make and activate it in {name}."
        )
    ledgers = {
        "customer_ledger": any(map(link.is_on, ("orders", "invoices", "payments"))),
        "general_ledger": link.is_on("bookings"),
        # What an order ships leaves the stock.
        "inventory": link.is_on("stock") or (link.is_on("orders") and link.settings.confirm in {"shipment", "invoice"}),
    }
    for row in rows:
        for ledger in (one for one, used in ledgers.items() if used and row.facts[f"closed_in_{one}"]):
            sentence = f"The financial period {row.id} is closed in the {ledger.replace('_', ' ')}."
            yield Finding("period_closed", name, sentence, f"Open the financial period {row.id} in {name}.")


def fiscal_year(link: Link) -> Iterator[Finding]:
    """The source has an open fiscal year for today, and its books are not locked beyond it."""
    name, today = link.names["source"], link.today
    year = next((one for one in link.get("source", "fiscal_years") if one.start <= today <= one.end), None)
    if year is None:
        yield Finding(
            "no_fiscal_year", name, f"There is no fiscal year for {today.isoformat()}.", f"Make the year in {name}."
        )
    elif year.locked:
        yield Finding(
            "fiscal_year_locked", name, f"The fiscal year {_span(year.start, year.end)} is locked.", "Unlock the year."
        )
    locked_to = link.get("source", "company").locked_to
    if locked_to is not None and locked_to >= today:
        sentence = f"The books are locked up to {locked_to.isoformat()}."
        yield Finding("books_locked", name, sentence, f"Lock the books in {name} only up to a day that has passed.")


def _span(start: date, end: date) -> str:
    return f"{start.isoformat()} to {end.isoformat()}"
