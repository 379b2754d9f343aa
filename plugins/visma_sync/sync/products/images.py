"""send_images: the picture of a product is attached to it in the target, again only when it changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from visma_sync.errors import RecordRejectedError, RetryableError
from visma_sync.ledger.journal import Journal
from visma_sync.ledger.rows import FlowOutcome, Intent, Link, LinkChange, Outcome
from visma_sync.sync.ports import ProductTarget
from visma_sync.sync.reference import Reference
from visma_sync.sync.run import Run, now
from visma_sync.sync.settle import Settling
from visma_sync.sync.write import Look, Write, write_once

STEP = "send_images"
_THERE = {"created", "updated", "unchanged"}
# The outcome that the step before gave, kept with ours: another try of this step goes on from it.
_BEFORE = "product"
_CHECKSUM = "image"
_ATTACH = "attach"
_WAIT_SECONDS = 60.0
# So many pictures in a row that do not arrive mean that none will for now.
_SILENT_FOR_GOOD = 5


class Picture(Protocol):
    """A picture as it is uploaded: `name` is the same for every version, `checksum` tells versions apart."""

    @property
    def name(self) -> str: ...
    @property
    def content(self) -> bytes: ...
    @property
    def media_type(self) -> Any: ...
    @property
    def checksum(self) -> str: ...


class Pictures(Protocol):
    """Where pictures of products come from."""

    async def image(self, sku: str) -> Any | None: ...


class PatientPictures:
    """Pictures of a place that is not asked any more in this try once it did not answer five times in a row."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._silent = 0

    async def image(self, sku: str) -> Any | None:
        """The picture of a product; RetryableError where the place does not answer, or is not asked any more."""
        if self._silent >= _SILENT_FOR_GOOD:
            raise RetryableError("the place of the pictures does not answer", retry_after=_WAIT_SECONDS, operation=STEP)
        try:
            picture = await self._pictures.image(sku)
        except RetryableError:
            self._silent += 1
            raise
        except RecordRejectedError:
            self._silent = 0
            raise
        self._silent = 0
        return picture


async def send_images(
    run: Run, target: ProductTarget, pictures: Pictures, references: Sequence[Reference]
) -> dict[str, int]:
    """Attach the pictures of the run's products that are new or changed; gives how many products came to each outcome.

    A picture that cannot be used parks its product, which is in the target all the same. Raises RetryableError where
    some are worth another try.
    """
    before = _products(run, [reference["key"] for reference in references])
    links = run.ledger.links("product", list(before))
    intents = run.ledger.intents(run.writer_of("product"), "product", list(before), _ATTACH)
    settling = Settling(run, STEP, refused="parked")
    async with Journal(run.ledger) as journal:
        sending = _Sending(run, target, PatientPictures(pictures), journal, before, links, intents)
        going_on = await settling.each([ref for ref in references if ref["key"] in before], sending.send)
    kept = [before[reference["key"]] for reference in going_on if before[reference["key"]].state == "parked"]
    settling.outcomes = [_with_step(one, before[one.key]) for one in settling.outcomes]
    settling.outcomes += [_as_before(one) for one in kept]
    settling.save()
    settling.raise_if_needed()
    return run.ledger.counts(run.flow, run.run_id)


def _products(run: Run, keys: Sequence[str]) -> dict[str, Outcome]:
    """The outcomes of products that are in the target (or, in a dry run, would be), by key."""
    wanted = set(keys)
    return {
        one.key: one
        for one in run.ledger.outcomes(run.flow, run.run_id)
        if one.key in wanted and (one.state in _THERE or one.reason == "dry_run" or one.facts.get("step") == STEP)
    }


@dataclass(frozen=True)
class _Sending:
    run: Run
    target: ProductTarget
    pictures: Pictures
    journal: Journal
    before: Mapping[str, Outcome]
    links: Mapping[str, Link]
    intents: Mapping[str, Intent]

    async def send(self, reference: Reference) -> Reference | Outcome:
        """The product's outcome where its picture was sent; nothing else changes it."""
        number = reference["key"]
        picture: Picture | None = await self.pictures.image(number)
        link = self.links.get(number)
        if picture is None or (link is not None and link.detail.get(_CHECKSUM) == picture.checksum):
            return reference
        product = self.before[number]
        if self.run.dry_run:
            return _told(product, "skipped", "its picture would be sent", "dry_run")
        if link is None:
            return reference
        state = str(product.facts.get(_BEFORE, product.state))
        told = _told(product, "updated" if state == "unchanged" else state, "picture sent")
        await self._attach(link, picture, told)
        return told

    async def _attach(self, link: Link, picture: Picture, told: Outcome) -> None:
        number = link.source_key

        async def send() -> str:
            await self.target.attach(link.target_key, picture.name, picture.content, str(picture.media_type))
            return link.target_key

        write = Write(
            flow=self.run.writer_of("product"),
            kind="product",
            key=number,
            action=_ATTACH,
            marker=picture.name,
            payload={"name": picture.name, "checksum": picture.checksum},
            send=send,
            link=LinkChange(
                "product", number, lambda link: replace(link, detail={**link.detail, _CHECKSUM: picture.checksum})
            ),
            repeatable=True,
            outcome=FlowOutcome(self.run.flow, self.run.run_id, _with_step(told, self.before[number])),
        )
        intent = self.intents.get(number)
        lost = intent if intent is not None and intent.state == "open" else None
        await write_once(self.run, self.journal, write, lost, await self._look(link, picture) if lost else None)

    async def _look(self, link: Link, picture: Picture) -> Look:
        """Whether the picture arrived although the answer was lost: it is the newest one of its name."""
        began_at = now()
        there = await self.target.attached(link.target_key, picture.name)
        return Look(link.target_key if there == picture.content else "", began_at)


def _told(product: Outcome, state: str, sentence: str, reason: str = "") -> Outcome:
    """The product's own outcome, with what became of its picture."""
    detail = "; ".join(part for part in ("" if product.state == "parked" else product.detail, sentence) if part)
    return replace(product, state=state, reason=reason, cure="", detail=detail)


def _with_step(outcome: Outcome, product: Outcome) -> Outcome:
    state = str(product.facts.get(_BEFORE, product.state))
    return replace(outcome, target_key=product.target_key, facts={**outcome.facts, "step": STEP, _BEFORE: state})


def _as_before(product: Outcome) -> Outcome:
    """A picture that was in the way at an earlier try is not any more, and needs no sending."""
    return replace(product, state=str(product.facts[_BEFORE]), reason="", cure="", detail="")
