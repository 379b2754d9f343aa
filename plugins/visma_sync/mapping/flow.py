"""A loaded mapping: reads source data into a record, writes a record into the payload of a document."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from visma_sync.errors import Reason, RecordParkedError, RecordRejectedError, VismaSyncError
from visma_sync.mapping.access import MISSING_FIELD, UNKNOWN_FIELD
from visma_sync.mapping.document import Example, MappingProblemError
from visma_sync.mapping.engine import CUTS, FAILURES, Program, Scope
from visma_sync.mapping.examples import differences
from visma_sync.mapping.filling import Cut
from visma_sync.mapping.record_filter import RecordFilter
from visma_sync.mapping.tree import below

REJECTED = "Correct the named fields in the source, or the mapping; the record is tried again when it has changed."
PARKED = "Add the missing entry to the table in the settings; the record then goes on by itself."


@dataclass(frozen=True)
class Written:
    """The payload of a document, ready for JSON (numbers Decimal, dates ISO text), and what was cut.

    `only_if_empty` holds the dotted paths of an update's values that may only fill what is empty in the target;
    a list counts as one value. `emptied` holds those of its single values that follow the source and have nothing now.
    """

    payload: dict[str, Any]
    cuts: tuple[Cut, ...]
    only_if_empty: frozenset[str] = frozenset()
    emptied: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False)
class Document:
    """One document of a mapping: its model, the programs for creating and updating it, its `if_empty` fields, and the
    single values that follow the source (`update`).
    """

    model: type[BaseModel]
    create: Program
    update: Program | None
    only_if_empty: tuple[str, ...]
    following: tuple[str, ...]


class FlowMapping:
    """The mapping of one flow, checked and compiled; the same for every record, and without side effects.

    `fingerprint` changes when the mapping (with its overlays) may give something else.
    """

    def __init__(
        self,
        *,
        flow: str,
        title: str,
        fingerprint: str,
        record: tuple[str, type[BaseModel]],
        reading: Program,
        documents: Mapping[str, Document],
        examples: Sequence[Example],
    ) -> None:
        self.flow = flow
        self.title = title
        self.fingerprint = fingerprint
        self._record_name, self._record = record
        self._reading = reading
        self._documents = documents
        self._examples = examples

    def read(self, source: Mapping[str, Any], *, lists: Mapping[str, Any], settings: Any) -> BaseModel:
        """Makes the record out of what the source system says.

        `source` is parsed JSON with Decimals, `lists` the source's master data. Raises RecordRejectedError with
        every reason (RecordParkedError where only entries of tables are missing), never with a value, and
        ConfigurationError where the mapping names what no record, plan or settings have.
        """
        scope = {"source": source, "lists": lists, "settings": settings, CUTS: []}
        return self._valid(self._record, self._run(self._reading, scope, "read"), "read")

    def write(
        self,
        document: str,
        record: Any,
        *,
        links: Mapping[str, Any],
        settings: Any,
        plan: Any,
        on: Literal["create", "update"] = "create",
    ) -> Written:
        """Makes the payload of a document out of a record.

        With `on="update"` only the fields that the mapping marks `update` or `if_empty`, which of them are
        `if_empty`, and which follow the source but have nothing now; nothing where it marks none. Raises what `read`
        raises.
        """
        compiled = self._documents[document]
        program = compiled.create if on == "create" else compiled.update
        if program is None:
            return Written({}, ())
        cuts: list[Cut] = []
        scope = {self._record_name: record, "links": links, "settings": settings, "plan": plan, CUTS: cuts}
        path = f"write.{document}"
        payload = self._valid(compiled.model, self._run(program, scope, path), path)
        sent = _plain(payload.model_dump(exclude_unset=True, by_alias=True))
        if on == "create":
            return Written(sent, tuple(cuts))
        guarded = frozenset(_at_or_below(sent, compiled.only_if_empty)) if compiled.only_if_empty else frozenset()
        emptied = frozenset(path for path in compiled.following if not _is_there(sent, path))
        return Written(sent, tuple(cuts), guarded, emptied)

    def _run(self, program: Program, scope: Scope, path: str) -> dict[str, Any]:
        try:
            return program(scope) or {}
        except FAILURES as error:
            failure = error
        # Outside the handler, so that no value of the record hangs on the error as its context.
        reasons = program.reasons(scope, path)
        if not reasons:
            raise failure
        raise self._refusal(reasons, path)

    def _valid(self, model: type[BaseModel], found: dict[str, Any], path: str) -> BaseModel:
        try:
            return model.model_validate(found)
        except ValidationError as error:
            problems = error.errors(include_url=False, include_input=False, include_context=False)
        reasons = [
            Reason(
                MISSING_FIELD if problem["type"] == "missing" else problem["type"],
                f"{_placed(path, problem['loc'])}: {problem['msg']}",
            )
            for problem in problems
        ]
        raise self._refusal(reasons, path)

    def _refusal(self, reasons: list[Reason], path: str) -> VismaSyncError:
        if any(reason.code == UNKNOWN_FIELD for reason in reasons):
            return MappingProblemError(self.flow, [("", reason.sentence) for reason in reasons])
        if all(reason.code == "no_entry" for reason in reasons):
            return RecordParkedError(reasons, resolution=PARKED, operation=f"{self.flow} {path}")
        return RecordRejectedError(reasons, resolution=REJECTED, operation=f"{self.flow} {path}")

    def right(self, document: str) -> Literal["create", "update", "if_empty"]:
        """The right of a document that consists of one list, or of fields that all have the same right."""
        compiled = self._documents[document]
        if compiled.update is None:
            return "create"
        return "if_empty" if compiled.only_if_empty else "update"

    def record_filter(self, expressions: Sequence[str], *, settings: Any = Any) -> RecordFilter:
        """Compiles the filters that the settings have for this flow; `settings` is their model, for checking.

        Raises ConfigurationError with the place of every mistake.
        """
        return RecordFilter(self.flow, expressions, record=(self._record_name, self._record), settings=settings)

    def examples(self) -> list[Example]:
        """Gives the mapping's own examples; with overlays, those of the overlays."""
        return list(self._examples)

    def check_example(self, example: Example) -> None:
        """Works an example out; raises ConfigurationError (MappingExampleError) with every difference."""
        found = list(self._example_differences(example))
        if found:
            raise MappingExampleError(self.flow, [(f"example '{example.title}'", each) for each in found])

    def _example_differences(self, example: Example) -> Iterator[str]:
        try:
            record = self.read(example.source, lists=example.lists, settings=example.settings)
            yield from differences(example.record or {}, _plain(record.model_dump()), "record", whole=False)
            for gives, whole in ((example.gives, True), (example.gives_part, False)):
                for document, payload in gives.items():
                    if document not in self._documents:
                        yield f"there is no document {document}"
                        continue
                    written = self.write(
                        document,
                        record,
                        links=example.links,
                        settings=example.settings,
                        plan=example.plan,
                        on=example.on,
                    )
                    yield from differences(payload, written.payload, document, whole=whole)
        except RecordRejectedError as error:
            yield error.message


class MappingExampleError(MappingProblemError):
    """An example in a mapping file does not give what it says."""


def _placed(path: str, location: tuple[int | str, ...]) -> str:
    for part in location:
        path = f"{path}[{part + 1}]" if isinstance(part, int) else below(path, part)
    return path


def _at_or_below(found: Any, wanted: Collection[str], path: str = "", *, inside: bool = False) -> Iterator[str]:
    """Gives the dotted path of every value of a payload that is one of those wanted, or part of one."""
    inside = inside or path in wanted
    if isinstance(found, dict):
        for name, part in found.items():
            yield from _at_or_below(part, wanted, below(path, name), inside=inside)
    elif inside:
        yield path


def _is_there(sent: dict[str, Any], path: str) -> bool:
    found: Any = sent
    for name in path.split("."):
        if not isinstance(found, dict) or name not in found:
            return False
        found = found[name]
    return True


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
