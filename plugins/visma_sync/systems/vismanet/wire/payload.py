"""What every body shares: wrapped fields of the core API, checked texts, exact numbers."""

from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

Number = Decimal | int
_DAY, _TIME, _OFFSET = r"\d{4}-\d{2}-\d{2}", r"T\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?", r"(Z|[+-]\d{2}:\d{2})?"
Moment = Annotated[str, StringConstraints(pattern=rf"^{_DAY}({_TIME}{_OFFSET})?$")]
Operation = Literal["Insert", "Update", "Delete"]


class Payload(BaseModel):
    """A body, or a part of one; refuses unknown fields and unfit values, and never shows them in errors."""

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", strict=True, frozen=True, hide_input_in_errors=True
    )


class CorePayload(Payload):
    """A body of the core API; `bare` names the fields that it takes unwrapped (lists always go unwrapped)."""

    bare: ClassVar[frozenset[str]] = frozenset()

    def wrapped(self) -> dict[str, Any]:
        """The given fields as the core API wants them, by the vendor's names."""
        sent: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            if name in self.model_fields_set:
                value = getattr(self, name)
                is_bare = name in self.bare or isinstance(value, list)
                sent[field.alias or name] = _inside(value) if is_bare else {"value": _inside(value)}
        return sent


def _inside(value: Any) -> Any:
    if isinstance(value, list):
        return [_inside(row) for row in value]
    return value.wrapped() if isinstance(value, CorePayload) else value


class AttributeLine(CorePayload):
    """The value of an attribute that the class of the customer or item has."""

    attribute_id: str | None = None
    attribute_value: str | None = None


class Segment(CorePayload):
    """A part of a subaccount."""

    bare = frozenset({"segment_id", "segment_value"})

    segment_id: int | None = None
    segment_value: str | None = None
