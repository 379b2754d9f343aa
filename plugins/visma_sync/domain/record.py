"""What every canonical record has in common."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from visma_sync.domain.text import clean


class Record(BaseModel):
    """A vendor-free object, frozen once its mapping has made it; unknown fields are refused.

    `free` carries whatever a mapping adds for fields that have no place of their own (free fields).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    free: dict[str, Any] = Field(default_factory=dict)


Text = Annotated[str, BeforeValidator(clean)]


class Address(BaseModel):
    """A postal address; `country` is ISO 3166 alpha-2 in capitals, empty where unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text = ""
    line1: Text = ""
    line2: Text = ""
    postal_code: Text = ""
    city: Text = ""
    country: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = ""
