"""A person is erased on request: what the ledger holds of them in both directions, in all flows."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, func, not_, or_, select, tuple_, update

from visma_sync.ledger.held_records import WAITING
from visma_sync.ledger.part import LedgerPart
from visma_sync.ledger.tables import attempt, held_record, identity, intent, link, need, run


@dataclass(frozen=True, slots=True)
class Erased:
    """How many rows lost what they said of a person.

    `records` are bodies of source records, by the flow that held them, `requests` requests with their answers,
    `recognised_by` customers that were recognised by something of the person, `links` those that forgot what was
    written. `waiting` is how many of the records still wait: the run that takes one up reads it again. Among them
    `at_work` kept everything, because a run has them in hand or a write of theirs may have landed unseen.
    """

    records: Mapping[str, int]
    requests: int
    recognised_by: int
    links: int
    waiting: int
    at_work: int = 0

    @property
    def anything(self) -> bool:
        """Whether anything was known of the person."""
        return bool(self.records or self.requests or self.recognised_by or self.links or self.waiting)

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(
            records=dict(sorted((Counter(self.records) + Counter(other.records)).items())),
            requests=self.requests + other.requests,
            recognised_by=self.recognised_by + other.recognised_by,
            links=self.links + other.links,
            waiting=self.waiting + other.waiting,
            at_work=self.at_work + other.at_work,
        )


@dataclass(frozen=True, slots=True)
class _Half:
    """One direction of a pair, with the keys that a person has in its source and in its target."""

    pair: str
    kind: str
    keys: Collection[str]
    target_keys: Collection[str]

    def needing(self) -> ColumnElement[bool]:
        """The needs of the records that need the person."""
        return and_(need.c.pair == self.pair, need.c.kind == self.kind, need.c.needed_key.in_(self.keys))


class Erasing(LedgerPart):
    """Links stay, because without them a record would be made twice; they say nothing of the person any more."""

    def keys_by_number(self, kind: str, flow: str, number: str) -> set[str]:
        """The keys of the source records of a kind with this number: those of the kind's own flow, and those that
        records of other flows need."""
        needed = select(need.c.needed_key).where(need.c.pair == self.pair, need.c.kind == kind)
        with self._database.reading() as connection:
            keys = connection.scalars(
                select(held_record.c.key).where(
                    held_record.c.pair == self.pair,
                    held_record.c.number == number,
                    or_(held_record.c.flow == flow, held_record.c.key.in_(needed)),
                )
            )
            return set(keys)

    def erase_person(self, kind: str, source_key: str = "", target_key: str = "") -> Erased:
        """Delete what is kept of one person in both directions, known by their key in the source, the target or both.

        That is the person's own record and every record that needs it, with all requests and answers, and what they
        are recognised by. Links stay, without what was written, and so does what cannot be read again and is needed to
        settle a write, or is in the hands of a run. Safe to repeat.
        """
        other = self.mirrored().pair
        with self._database.writing() as connection:
            keys, target_keys = _both_keys(connection, (self.pair, other), kind, source_key, target_key)
            here, there = _Half(self.pair, kind, keys, target_keys), _Half(other, kind, target_keys, keys)
            return _erase(connection, here, there) + _erase(connection, there, here)


def _erase(connection: Connection, half: _Half, opposite: _Half) -> Erased:
    held = _theirs(held_record, half, opposite, _holds_records_of(half.kind))
    requests = _theirs(attempt, half, opposite, attempt.c.kind == half.kind)
    at_work = or_(being_written(held_record, half.pair), _in_hand(half.pair))
    return Erased(
        waiting=_count(connection, and_(held, or_(held_record.c.state.in_(WAITING), at_work))),
        at_work=_count(connection, and_(held, at_work)),
        records=_forget_sources(connection, and_(held, not_(at_work))),
        requests=_forget_requests(connection, and_(requests, not_(being_written(attempt, half.pair)))),
        recognised_by=_forget_identities(connection, half),
        links=_forget_written(connection, half),
    )


def _both_keys(
    connection: Connection, pairs: tuple[str, str], kind: str, source_key: str, target_key: str
) -> tuple[set[str], set[str]]:
    """The person's keys in the source and in the target, as the links of both directions tell them."""
    keys, target_keys = {source_key} - {""}, {target_key} - {""}
    pair, other = pairs
    for _ in range(2):  # a link of one direction may lead to a key that only the other one's links go on from
        rows = connection.execute(
            select(link.c.pair, link.c.source_key, link.c.target_key).where(
                link.c.kind == kind,
                or_(
                    and_(link.c.pair == pair, or_(link.c.source_key.in_(keys), link.c.target_key.in_(target_keys))),
                    and_(link.c.pair == other, or_(link.c.source_key.in_(target_keys), link.c.target_key.in_(keys))),
                ),
            )
        )
        for row in rows:
            source, target = (row.source_key, row.target_key) if row.pair == pair else (row.target_key, row.source_key)
            keys.add(source)
            target_keys.add(target)
    return keys, target_keys


def being_written(table: Table, pair: str) -> ColumnElement[bool]:
    """The rows about records of which a write may have landed unseen, or about a document that is to hold them."""
    opened = and_(intent.c.pair == pair, intent.c.state == "open")
    return or_(
        table.c.key.in_(select(intent.c.key).where(opened)), table.c.key.in_(select(intent.c.marker).where(opened))
    )


def _in_hand(pair: str) -> ColumnElement[bool]:
    """Records that a run has fetched, and not settled yet."""
    at_work = select(run.c.run_id).where(run.c.pair == pair, run.c.closed_at.is_(None))
    return and_(held_record.c.state == "fetched", held_record.c.run_id.in_(at_work))


def _holds_records_of(kind: str) -> ColumnElement[bool]:
    """The flows of a kind, and what other flows hold of it: another kind may have the same numbers."""
    return or_(held_record.c.flow.startswith(f"{kind}s"), held_record.c.flow.endswith(f", {kind}s"))


def _theirs(table: Table, half: _Half, opposite: _Half, of_kind: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows about the person, about a record that needs them, and about what became of a sale: that is held in the
    other direction, under the sale's own key."""
    needing = select(need.c.flow, need.c.record_key).where(half.needing())
    sales = select(need.c.record_key).where(opposite.needing())
    return and_(
        table.c.pair == half.pair,
        or_(
            and_(of_kind, table.c.key.in_(half.keys)),
            tuple_(table.c.flow, table.c.key).in_(needing),
            table.c.key.in_(sales),
        ),
    )


def _count(connection: Connection, theirs: ColumnElement[bool]) -> int:
    return connection.scalar(select(func.count()).select_from(held_record).where(theirs)) or 0


def _forget_sources(connection: Connection, theirs: ColumnElement[bool]) -> Counter[str]:
    kept = and_(theirs, held_record.c.source.is_not(None))
    by_flow = select(held_record.c.flow, func.count().label("number")).where(kept).group_by(held_record.c.flow)
    counted: Counter[str] = Counter({row.flow: row.number for row in connection.execute(by_flow)})
    connection.execute(update(held_record).where(kept).values(source=None))
    return counted


def _forget_requests(connection: Connection, theirs: ColumnElement[bool]) -> int:
    return connection.execute(delete(attempt).where(theirs)).rowcount


def _forget_identities(connection: Connection, half: _Half) -> int:
    return connection.execute(
        delete(identity).where(
            identity.c.pair == half.pair, identity.c.kind == half.kind, identity.c.target_key.in_(half.target_keys)
        )
    ).rowcount


def _forget_written(connection: Connection, half: _Half) -> int:
    return connection.execute(
        update(link)
        .where(link.c.pair == half.pair, link.c.kind == half.kind, link.c.source_key.in_(half.keys))
        .values(written={}, detail={}, source_hash="")
    ).rowcount
