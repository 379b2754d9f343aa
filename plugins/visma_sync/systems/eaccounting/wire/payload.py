"""What every body shares: the vendor's names, checked texts, exact numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self, get_args

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

Number = Decimal | int


class Payload(BaseModel):
    """A body, or a part of one; refuses unknown fields and unfit values, and never shows them in errors."""

    model_config = ConfigDict(
        alias_generator=to_pascal,
        populate_by_name=True,
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
    )

    def sent(self) -> dict[str, Any]:
        """The given fields by the vendor's names; nothing that was not given."""
        return self.model_dump(by_alias=True, exclude_unset=True)

    @classmethod
    def kept(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """What of a record as it was read is written back, by the vendor's names: all but the server's own fields.

        Those of its rows too. It is not checked: the server had it before.
        """
        fields = {field.alias or name: field.annotation for name, field in cls.model_fields.items()}
        given = {name: value for name, value in body.items() if name in fields and value is not None}
        return {name: _kept_part(fields[name], value) for name, value in given.items()}

    @classmethod
    def writable(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """The same by our names."""
        return cls.named(cls.kept(body))

    @classmethod
    def essential(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """What no body may be without, by our names."""
        required = {name for name, field in cls.model_fields.items() if field.is_required()}
        return {name: value for name, value in cls.named(body).items() if name in required}

    @classmethod
    def named(cls, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values by our names, whether they come by ours or by the vendor's."""
        names = {field.alias or name: name for name, field in cls.model_fields.items()}
        return {names.get(name, name): value for name, value in values.items()}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """What may be written back of a record as it was read."""
        return cls.model_validate(cls.writable(body))


def _kept_part(annotation: Any, value: Any) -> Any:
    """What of the rows in a field may be written back; other values as they are."""
    if not isinstance(value, list):
        return value
    inner = [row for part in get_args(annotation) for row in get_args(part)]
    model = next((one for one in inner if isinstance(one, type) and issubclass(one, Payload)), None)
    return value if model is None else [model.kept(row) for row in value]
