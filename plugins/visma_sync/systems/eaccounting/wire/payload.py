"""What every body shares: the vendor's names, checked texts, exact numbers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

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
    def writable(cls, body: Mapping[str, Any]) -> dict[str, Any]:
        """What of a record as it was read may be written back, by our names: the server's own fields are left out."""
        names = {field.alias or name: name for name, field in cls.model_fields.items()}
        return {names[name]: value for name, value in body.items() if name in names and value is not None}

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Self:
        """What may be written back of a record as it was read."""
        return cls.model_validate(cls.writable(body))
