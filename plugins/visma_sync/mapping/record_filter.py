"""Filters on records: which records of a flow a business wants sent, as formulas in its settings."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel

from visma_sync.errors import ConfigurationError, RecordRejectedError
from visma_sync.mapping.access import UNKNOWN_FIELD
from visma_sync.mapping.engine import CUTS, FAILURES, Program, check_formulas
from visma_sync.mapping.expression import Language
from visma_sync.mapping.tree import Leaf, formula

MEND_FILTER: Final = "Correct the filter in the settings; include/mappings/README.md explains formulas."
MEND_RECORD: Final = "Correct the named fields in the source, or the filter in the settings."


class RecordFilter:
    """The filters of one flow, checked and compiled; a record is sent only if all of them hold.

    `record` gives the name by which the formulas call the record, and its model; `settings` the model of the
    settings, whose fields are checked too where it is given. Raises ConfigurationError with the place
    (`filters.<flow>[1]`) of every formula that the language, the record or the settings do not have.
    """

    def __init__(
        self,
        flow: str,
        expressions: Sequence[str],
        *,
        record: tuple[str, type[BaseModel]],
        settings: Any = Any,
    ) -> None:
        self._record_name, model = record
        types = {self._record_name: model, "settings": settings}
        language = Language()
        self._filters = [
            (expression, place, Program(language, leaf, types))
            for expression, place, leaf in _checked(flow, expressions, language, types)
        ]

    def why_not(self, record: BaseModel, settings: Any) -> str | None:
        """Gives the first filter that does not hold, as it is written, and `none` where the record is to be sent.

        Filters after it are not looked at. Raises RecordRejectedError where a filter cannot be computed for this
        record, and ConfigurationError where it names what no record has; neither carries a value.
        """
        scope = {self._record_name: record, "settings": settings, CUTS: []}
        for expression, place, program in self._filters:
            if not _holds(program, scope, place):
                return expression
        return None


def _checked(
    flow: str, expressions: Sequence[str], language: Language, types: dict[str, Any]
) -> list[tuple[str, str, Leaf]]:
    problems: list[str] = []
    found = []
    for number, expression in enumerate(expressions, 1):
        place = f"filters.{flow}[{number}]"

        def problem(where: str, reason: str) -> None:
            problems.append(f"{where}: {reason}")

        leaf = formula(expression, place, problem)
        check_formulas(leaf, language, types, place, problem)
        found.append((expression, place, leaf))
    if problems:
        raise ConfigurationError("; ".join(problems), resolution=MEND_FILTER)
    return found


def _holds(program: Program, scope: dict[str, Any], place: str) -> bool:
    try:
        return bool(program(scope))
    except FAILURES as error:
        failure = error
    # Outside the handler, so that no value of the record hangs on the error as its context.
    reasons = program.reasons(scope, place)
    if not reasons:
        raise failure
    if any(reason.code == UNKNOWN_FIELD for reason in reasons):
        raise ConfigurationError("; ".join(reason.sentence for reason in reasons), resolution=MEND_FILTER)
    raise RecordRejectedError(reasons, resolution=MEND_RECORD)
