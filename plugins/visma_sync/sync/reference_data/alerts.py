"""What became of the values that the settings use, before a record trips over it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.reference import Content, ReferenceChange
from visma_sync.settings.model import Settings
from visma_sync.sync.reference_data.reading import Unread
from visma_sync.sync.reference_data.uses import Rows, Side, Use, uses


@dataclass(frozen=True)
class Alert:
    """Something that a person has to decide: a `code`, the setting or list it is `about`, a sentence and its cure."""

    code: str
    about: str
    sentence: str
    cure: str

    @property
    def line(self) -> str:
        """The alert as a person reads it."""
        return f"{self.about}: {self.sentence} Cure: {self.cure}"


@dataclass(frozen=True)
class News:
    """What a person must know, and the `changes` that are told with it: the caller notes them once it has told them."""

    alerts: list[Alert]
    changes: list[ReferenceChange]


@dataclass(frozen=True)
class _Known:
    """A list as it is known: its values that are there, all its changes, oldest first, and those to be told now."""

    present: Sequence[Content]
    changes: Sequence[ReferenceChange]
    news: Sequence[ReferenceChange]

    def before(self, change: ReferenceChange) -> Content | None:
        """What a value was before a change; one that comes back was what it was when it went."""
        gone = [
            one.before
            for one in self.changes
            if one.id < change.id and one.before and not one.after and change.after and _same(one.before, change.after)
        ]
        return change.before or (gone[-1] if gone else None)


def alerts(
    ledger: Ledger,
    settings: Settings,
    unread: Sequence[Unread],
    names: Mapping[Side, str],
    *,
    mirrored: bool,
    since: datetime | None = None,
) -> News:
    """What a person must know of the lists as the ledger has them, and of those that were not read.

    A value that is missing is told every time, a changed rate until it is noted as told; what was noted after `since`,
    the moment at which this run began, is told again, for the try that noted it may have been lost. `names` are what
    people call the systems; `mirrored` tells that a flow may run which writes to the source.
    """
    known = _Lists(ledger, since)
    unknown = {(one["side"], one["name"]) for one in unread}
    found: list[Alert] = []
    used: set[tuple[Side, str]] = set()
    for use in uses(settings, known.before_news(("source", "vat_rates")), mirrored=mirrored):
        key = (use.side, use.name)
        used.add(key)
        if use.needed and key not in unknown and not known[key].present and not known[key].changes:
            found.append(_empty(use, names[use.side]))
        else:
            found += _of_use(use, known[key], names[use.side])
    found += _of_lists(unread, used, names)
    return News(found, [change for one in known.values() for change in one.news])


class _Lists(dict[tuple[Side, str], _Known]):
    """The lists that were asked for, each read once."""

    def __init__(self, ledger: Ledger, since: datetime | None) -> None:
        super().__init__()
        self._ledger = ledger
        self._since = since

    def __missing__(self, key: tuple[Side, str]) -> _Known:
        present = [one.content for one in self._ledger.reference(*key) if one.gone_at is None]
        changes = self._ledger.reference_changes(*key)
        self[key] = _Known(present, changes, [change for change in changes if self._is_news(change)])
        return self[key]

    def _is_news(self, change: ReferenceChange) -> bool:
        return change.told_at is None or (self._since is not None and change.told_at >= self._since)

    def before_news(self, key: tuple[Side, str]) -> Rows:
        """A list as it was before the changes that nobody was told of."""
        known = self[key]
        rows = {row["id"]: dict(row) for row in known.present}
        before = [(change.value_id, known.before(change)) for change in reversed(known.news)]
        return {key: list((rows | {value: dict(row) for value, row in before if row}).values())}


def _same(one: Content, other: Content) -> bool:
    """Whether two rows are one value: a code that is made anew has another key, and its name again."""
    code = one["facts"].get("code")
    return bool(one["id"] == other["id"] or (code and code == other["facts"].get("code")))


def _empty(use: Use, system: str) -> Alert:
    of_list, named = use.name.replace("_", " "), ", ".join(f"'{value}'" for value in sorted(use.values))
    return Alert(
        "list_is_empty",
        use.setting,
        f"{system} has no {of_list} at all{f', so not {named} either' if named else ''}.",
        f"See in {system} that the list has values, and that the Connection may read it and reaches the right company.",
    )


def _of_use(use: Use, known: _Known, system: str) -> Iterator[Alert]:
    for value in sorted(use.values):
        if not use.rates_only and known.present:
            yield from _missing(use, value, known, system)
        if use.rates_only and use.needed:
            yield from _vanished(use, value, known, system)
    for change in known.news:
        before = known.before(change)
        if before and change.after and any(use.means(value, before) for value in use.values):
            yield from _rate_changed(use, before, change.after, system)


def _vanished(use: Use, value: str, known: _Known, system: str) -> Iterator[Alert]:
    """What no setting names but by its rate has vanished: it is told like a changed rate."""
    lost = [one for one in known.news if one.before and not one.after and use.means(value, one.before)]
    if lost and not any(use.means(value, row) for row in known.present):
        yield Alert(
            "vat_code_vanished",
            use.setting,
            f"'{value}' is no longer in {system} ({use.name.replace('_', ' ')}){_since(lost)}.",
            f"See which VAT {system} charges in its place, correct vat.treatments, and run preflight.",
        )


def _missing(use: Use, value: str, known: _Known, system: str) -> Iterator[Alert]:
    rows = [row for row in known.present if use.means(value, row)]
    if any(row["active"] for row in rows):
        return
    of_list = use.name.replace("_", " ")
    lost = [change for change in known.changes if change.before and use.means(value, change.before)]
    cure = f"Correct {use.setting} in the settings, or make '{value}' available in {system} again."
    if rows:
        ended = [change for change in lost if change.before and change.before["active"]]
        sentence = f"'{value}' is inactive in {system} ({of_list}){_since(ended)}."
        yield Alert("value_inactive", use.setting, sentence, cure)
    elif lost and lost[-1].after is not None:
        now_called = use.called(lost[-1].after)
        sentence = f"'{value}' is called '{now_called}' in {system} ({of_list}){_since(lost)}."
        yield Alert("value_renamed", use.setting, sentence, f"Give {use.setting} an entry for '{now_called}'.")
    elif lost:
        sentence = f"'{value}' is no longer in {system} ({of_list}){_since(lost)}."
        yield Alert("value_vanished", use.setting, sentence, cure)
    elif use.needed:
        sentence = f"'{value}' has never been in {system} ({of_list}) since its lists are read."
        yield Alert("value_unknown", use.setting, sentence, cure)


def _since(changes: Sequence[ReferenceChange]) -> str:
    return f", seen since {_moment(changes[-1].seen_at)}" if changes else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _rate_changed(use: Use, before: Content, after: Content, system: str) -> Iterator[Alert]:
    if _rates(before) == _rates(after):
        return
    called = after["facts"].get("code") or use.called(after)
    yield Alert(
        "rate_changed",
        use.setting,
        f"'{called}' of {system} charges {_schedule(after)}; before it was {_schedule(before)}.",
        "See that both systems charge the same, give vat.treatments a row with the new rate and its valid_from, and "
        "run preflight.",
    )


def _rates(row: Content) -> list[tuple[str, Decimal]]:
    """By the day from which they are valid, the rates that a row states."""
    facts = row["facts"]
    stated = facts.get("rates") or ([{"from": "", "rate": facts["rate"]}] if facts.get("rate") else [])
    return [(str(one["from"]), Decimal(str(one["rate"] or 0))) for one in stated]


def _schedule(row: Content) -> str:
    said = [f"{rate.normalize():f} %{f' from {day}' if day else ''}" for day, rate in _rates(row)]
    return ", ".join(said) or "no VAT"


def _of_lists(unread: Sequence[Unread], used: set[tuple[Side, str]], names: Mapping[Side, str]) -> Iterator[Alert]:
    """Lists that no setting uses may well be empty."""
    for one in unread:
        if one["code"] != "list_came_back_empty" or (one["side"], one["name"]) in used:
            about = f"{one['name'].replace('_', ' ')} of {names[one['side']]}"
            yield Alert(one["code"], about, _sentence(one["because"]), one["cure"])


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
