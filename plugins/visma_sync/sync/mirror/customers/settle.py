"""Settling customers of a mirrored run: each is found, made or brought up to date in the target, exactly once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from visma_sync.domain.customer import Customer
from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import HeldRecord, Intent, Link, LinkChange, Outcome
from visma_sync.mapping.flow import Written
from visma_sync.sync.changes import hashes_of, sent_in_vain
from visma_sync.sync.customers.counterpart import FOUND_BY_LINK, agreed, edited_since
from visma_sync.sync.customers.match import Match, refuse_shared
from visma_sync.sync.customers.outcome import outcome_of
from visma_sync.sync.customers.version import version_of
from visma_sync.sync.fetch import FILTERED
from visma_sync.sync.flow import WRITTEN
from visma_sync.sync.mirror.customers.echo import Echoes, without_new_delivery
from visma_sync.sync.mirror.customers.known import Known, look_up
from visma_sync.sync.mirror.customers.match import find_customer, owners
from visma_sync.sync.mirror.customers.plan import check_new, plan_new
from visma_sync.sync.mirror.customers.ports import CustomerSource, CustomerTarget
from visma_sync.sync.mirror.customers.refusals import alike_to, alike_to_new, found_gone, number_taken
from visma_sync.sync.mirror.customers.update import Updates
from visma_sync.sync.reference import Reference, plain_reference
from visma_sync.sync.run import Run, hash_of
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once


async def settle_customers(
    run: Run,
    source: CustomerSource,
    target: CustomerTarget,
    settling: Settling,
    customers: Mapping[str, Customer],
    held: Mapping[str, HeldRecord],
) -> None:
    """Find, make or update these customers; the outcome of each is kept in `settling`."""
    if not customers:
        return
    known = await look_up(run, target, customers, held)
    async with Journal(run.ledger) as journal:
        changes = run.ledger.intents(run.writer_of("customer"), "customer", list(customers), "update")
        echoes = Echoes(run, source, known.others)
        updates = Updates(run, target, journal, changes, known.lists, echoes)
        await updates.look_at(customers, held, known.links)
        writing = _Writing(run, target, journal, known, updates)

        async def settle(reference: Reference) -> Reference | Outcome:
            return await writing.settle(customers[reference["key"]])

        await settling.each(
            [plain_reference(customer.key, customer.number, "needed") for customer in customers.values()], settle
        )


@dataclass(frozen=True)
class _Writing:
    """Settles customers one by one; `claimed` are those that this run makes, by what tells them from others."""

    run: Run
    target: CustomerTarget
    journal: Journal
    known: Known
    updates: Updates
    claimed: dict[str, str] = field(default_factory=dict)

    async def settle(self, customer: Customer) -> Outcome:
        held = self.known.held[customer.key]
        if (link := self.known.links.get(customer.key)) is not None:
            return await self.updates.bring_up_to_date(customer, held, link)
        if (other := self.known.others.get(customer.key)) is not None:
            return await self._join(customer, held, other)
        check_new(customer, self.run.settings, self.known.lists)
        plan = plan_new(customer, self.run.settings, self.known.lists)
        written = self.run.mapping("customer").write(
            "customer", customer, links={}, settings=self.run.settings, plan=plan
        )
        intent = self.known.intents.get(customer.key)
        begun = intent is not None and intent.state == "open"
        landed = self._landed(customer, intent) if intent is not None and begun else ""
        match = None if landed else await self._matched(customer)
        if match is not None and not begun:
            refuse_shared(customer, self.known.shared, match)
            await self._refuse_gone(customer, match)
            return await self._link(customer, match, written)
        if not begun:
            refuse_shared(customer, self.known.shared, None)
            await self._refuse_alike(customer, self.target.known_customers.who(written.payload), plan.number)
        if self.run.dry_run:
            return outcome_of(customer, "skipped", "dry_run", "would be created")
        found = landed or (match.number if match is not None else "")
        return await self._create(customer, written, Look(found, self.known.looked_at))

    async def _matched(self, customer: Customer) -> Match | None:
        """Which customer it is; who parks it is told the numbers that people know."""
        try:
            return find_customer(customer, self.known.found, self.run.ledger, self.run.settings)
        except RecordParkedError as error:
            refused = error
        sentence = refused.message
        for key in sorted(self.known.found.keys()):
            if key in sentence:
                sentence = sentence.replace(key, await self._number(key))
        raise RecordParkedError([Reason(refused.code, sentence)], resolution=refused.resolution)

    async def _refuse_gone(self, customer: Customer, match: Match) -> None:
        """No list shows what was deleted in the target: what we knew of it is forgotten, and nobody is linked to it."""
        if await self.target.customer_records.read(match.number) is None:
            self.run.ledger.forget_identity("customer", match.number)
            raise found_gone(customer, match.rule)

    async def _number(self, key: str) -> str:
        customer = await self.target.customer_records.read(key)
        return key if customer is None else customer.number

    def _landed(self, customer: Customer, intent: Intent) -> str:
        """The key of the customer that a request made whose answer was lost: everything that tells it apart agrees."""
        who = self.target.known_customers.who
        for sent in sent_in_vain(self.run.ledger, intent):
            if free := self._free(who(sent), customer.key):
                return free[0]
        return ""

    def _free(self, who: str, key: str) -> list[str]:
        """The customers of the target of whom nothing tells this one apart, and that are nobody else's."""
        ledger = self.run.ledger
        hits = [hit.target_key for hit in ledger.find_identities("customer", field="who", values=[who]).get(who, ())]
        taken = owners(ledger, hits)
        return [hit for hit in hits if taken.get(hit, key) == key]

    async def _refuse_alike(self, customer: Customer, who: str, number: str) -> None:
        """Without an answer, nothing could tell the new customer from one that is there."""
        rival = self.claimed.setdefault(who, customer.number)
        if rival != customer.number:
            raise alike_to_new(customer, rival)
        if alike := self._free(who, customer.key):
            numbers = ", ".join(sorted([await self._number(key) for key in alike]))
            raise alike_to(customer, numbers)
        if number and self._taken(number):
            raise number_taken(number)

    def _taken(self, number: str) -> bool:
        marker = f"{self.run.settings.marker_prefix}{number}"
        return bool(self.run.ledger.find_identities("customer", field="marker", values=[marker]))

    async def _create(self, customer: Customer, written: Written, look: Look) -> Outcome:
        made: list[Any] = []

        async def send() -> str:
            try:
                made.append(await self.target.customer_records.create(dict(written.payload), customer.number))
            except RecordRejectedError as error:
                if error.code == "duplicate":
                    raise number_taken(customer.number) from error
                raise
            return str(made[0].key)

        link = self._new_link(customer, "", written.payload)
        write = Write(
            kind="customer",
            key=customer.key,
            action="create",
            marker=customer.number,
            payload=written.payload,
            send=send,
            link=link,
            flow=self.run.writer_of("customer"),
            wanted=FILTERED not in self.known.held[customer.key].facts,
        )
        lost = self.known.intents.get(customer.key)
        done = await write_once(self.run, self.journal, write, lost, look)
        if done.how == "absent":
            return outcome_of(customer, "skipped", "not_wanted_any_more")
        if done.how == "adopted":
            return await self._follow_up(customer, lost, done.target_key)
        cuts = "; ".join(str(cut) for cut in written.cuts)
        if made:
            await self.journal.commit(_left(link, made[0]))
            cuts = "; ".join(filter(None, (f"number {made[0].number}", cuts)))
        return outcome_of(customer, "created", detail=cuts, target=done.target_key)

    async def _follow_up(self, customer: Customer, lost: Intent | None, key: str) -> Outcome:
        """What was made by the lost request is what that request said: an edit since then is sent now."""
        sent = sent_in_vain(self.run.ledger, lost)
        link = self._new_link(customer, key, sent[0] if sent else {})
        link = replace(link, source_hash="", how="adopted")
        await self.journal.commit(link)
        followed = await self.updates.bring_up_to_date(customer, self.known.held[customer.key], link)
        return replace(followed, state="created") if followed.state in {"updated", "unchanged"} else followed

    async def _link(self, customer: Customer, match: Match, ours: Written) -> Outcome:
        """Remember what was found; nothing of it is overwritten until the source changes."""
        if self.run.dry_run:
            number = await self._number(match.number)
            linked = f"would be linked with customer {number}, found by {match.rule}"
            return outcome_of(customer, "skipped", "would_link", linked, match.number)
        link = replace(self._new_link(customer, match.number, ours.payload), how=f"matched:{match.rule}")
        await self.journal.commit(link)
        return outcome_of(customer, "unchanged", f"found_by_{match.rule}", target=match.number)

    async def _join(self, customer: Customer, held: HeldRecord, other: Link) -> Outcome:
        """A customer that the other direction made or found is that one; what people changed since is sent."""
        ledger, mapped = self.run.ledger, self.updates.written(customer)
        ours, delivery = mapped.payload, self.updates.delivery(customer, mapped)
        shown = self.updates.echoes.source.customer_records.as_written(held.source or {})
        link = self._new_link(customer, other.source_key, ours)
        link = replace(link, how=FOUND_BY_LINK, detail={**link.detail, **self.updates.echoes.seen(customer.key)})
        if edited := edited_since(ledger, other, shown):
            current = await self.updates.read(link)
            before = agreed(ledger, ours, other, edited, current.content)
            before = without_new_delivery(before, hashes_of(ledger, ours), current.content, delivery)
            link = replace(link, source_hash="", written=before)
        if not self.run.dry_run:
            await self.journal.commit(link)
        elif not edited:
            return outcome_of(customer, "skipped", "would_link", "came from the target", other.source_key)
        if edited:
            return await self.updates.bring_up_to_date(customer, held, link)
        return outcome_of(customer, "unchanged", "found_by_link", target=other.source_key)

    def _new_link(self, customer: Customer, key: str, payload: Mapping[str, Any]) -> Link:
        held = self.known.held[customer.key]
        return Link(
            "customer",
            customer.key,
            key,
            source_hash=self.run.fingerprint_of("customer", held.source_hash),
            written=hashes_of(self.run.ledger, payload),
            detail=version_of(held),
        )


def _left(link: Link, made: Any) -> LinkChange:
    """What the new customer is as we left it: the other direction knows its echo by it."""
    content = hash_of(made.content)
    return LinkChange(
        "customer", link.source_key, lambda there: replace(there, detail={**there.detail, WRITTEN: content})
    )
