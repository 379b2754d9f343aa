"""Whether every value that the settings name exists in the system that is to take it."""

from collections.abc import Iterator

from visma_sync.sync.lists import mirrored_values, values_by_list
from visma_sync.sync.preflight.finding import Finding
from visma_sync.sync.preflight.link import Link, NotReadError, Side


def values(link: Link) -> Iterator[Finding]:
    """Every value of the settings that a system lists exists there and is active."""
    yield from _missing(link, "target", list(values_by_list(link.settings)))
    if link.writes_to_source:
        yield from _missing(link, "source", list(mirrored_values(link.settings)))


def _missing(link: Link, side: Side, named: list[tuple[str, str, frozenset[str]]]) -> Iterator[Finding]:
    system = link.names[side]
    for name, setting, wanted in named:
        if not wanted:
            continue
        try:
            rows = {row.id: row for row in link.get(side, name)}
        except NotReadError as unread:
            yield not_checked(f"the values of {setting}", unread)
            continue
        for value in sorted(wanted):
            row = rows.get(value)
            if row is None or not row.active:
                said = "does not know it" if row is None else "has made it inactive"
                yield Finding(
                    "value_missing",
                    setting,
                    f"It names '{value}', and {system} {said} ({name.replace('_', ' ')}).",
                    f"Correct {setting} in the settings, or make '{value}' active in {system}.",
                )


def not_checked(what: str, unread: NotReadError) -> Finding:
    """The finding that something could not be looked at, and why."""
    because = f"not checked because {unread.why.message}."
    return Finding("not_checked", what, because, unread.why.resolution, "not_checked")


def accounts(link: Link) -> Iterator[Finding]:
    """The accounts of the settings take our entries: no other ledger keeps them, and people may book on them."""
    settings = link.settings
    rows = {row.id: row for row in link.get("target", "accounts")}
    revenue = {row.account for row in settings.vat.treatments} | {settings.rounding.account}
    by_hand = books(link)
    journal = settings.bookings.accounts | revenue if by_hand else frozenset[str]()
    for number in sorted((revenue | journal) - {""}):
        row = rows.get(number)
        if row is None:
            continue
        keeper = str(row.facts["control_module"])
        if keeper or (number in journal and not row.facts["allows_manual_entry"]):
            said = f"is kept by the ledger {keeper}" if keeper else "allows no manual entry"
            about = "bookings accounts" if number not in revenue else "vat.treatments account, rounding.account"
            yield Finding(
                "account_takes_no_entries",
                about,
                f"The account {number} {said}: {link.names['target']} refuses our entries on it.",
                "Name another account, or let this one be booked on.",
            )


def books(link: Link) -> bool:
    """Whether any sale becomes a journal."""
    sales = link.settings.send_sales_as
    return "booking" in {sales.default, sales.without_order, *(row.path for row in sales.rows)}
