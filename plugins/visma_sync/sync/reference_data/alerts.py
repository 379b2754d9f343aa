"""What became of the values that the settings use, before a record trips over it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from visma_sync.ledger.ledger import Ledger
from visma_sync.ledger.reference import ReferenceChange
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
class _Known:
    """A list as it is known: its values that are there, and all its changes, oldest first."""

    present: Sequence[Mapping[str, Any]]
    changes: Sequence[ReferenceChange]

    @property
    def news(self) -> list[ReferenceChange]:
        """The changes that nobody was told of yet."""
        return [change for change in self.changes if change.told_at is None]


def alerts(
    ledger: Ledger, settings: Settings, unread: Sequence[Unread], names: Mapping[Side, str], *, mirrored: bool
) -> list[Alert]:
    """What a person must know of the lists as the ledger has them, and of those that were not read.

    A value that is missing is told every time, a changed rate once: its change is then noted as told. `names` are what
    people call the systems; `mirrored` tells that a flow may run which writes to the source.
    """
    known = _Lists(ledger)
    found: list[Alert] = []
    used: set[tuple[Side, str]] = set()
    for use in uses(settings, known.before_news(("source", "vat_rates")), mirrored=mirrored):
        if use.values:
            used.add((use.side, use.name))
            found += _of_use(use, known[use.side, use.name], names[use.side])
    found += _of_lists(unread, used, names)
    ledger.note_told([change for one in known.values() for change in one.news])
    return found


class _Lists(dict[tuple[Side, str], _Known]):
    """The lists that were asked for, each read once."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def __missing__(self, key: tuple[Side, str]) -> _Known:
        present = [one.content for one in self._ledger.reference(*key) if one.gone_at is None]
        self[key] = _Known(present, self._ledger.reference_changes(*key))
        return self[key]

    def before_news(self, key: tuple[Side, str]) -> Rows:
        """A list as it was before the changes that nobody was told of."""
        known = self[key]
        rows = {row["id"]: dict(row) for row in known.present}
        rows |= {change.value_id: dict(change.before) for change in reversed(known.news) if change.before}
        return {key: list(rows.values())}


def _of_use(use: Use, known: _Known, system: str) -> Iterator[Alert]:
    if not use.rates_only and known.present:
        for value in sorted(use.values):
            yield from _missing(use, value, known, system)
    for change in known.news:
        if change.before and change.after and any(use.means(value, change.before) for value in use.values):
            yield from _rate_changed(use, change.before, change.after, system)


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


def _rate_changed(use: Use, before: Mapping[str, Any], after: Mapping[str, Any], system: str) -> Iterator[Alert]:
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


def _rates(row: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """By the day from which they are valid, the rates that a row states."""
    facts = row["facts"]
    stated = facts.get("rates") or ([{"from": "", "rate": facts["rate"]}] if facts.get("rate") else [])
    return [(str(one["from"]), Decimal(str(one["rate"] or 0))) for one in stated]


def _schedule(row: Mapping[str, Any]) -> str:
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
