"""What every shape is made of, as pydantic checks it. Fields accept what real projects write."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1)]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=255)]


SCALARS = (str, int, float, bool)


def as_list(value: Any) -> Any:
    return value if isinstance(value, list) or value is None else [value]


def as_text(value: Any) -> Any:
    """Numbers stand for their text where YAML read a name such as `2024` as one."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def singular(value: Any) -> Any:
    """`Hours` is `hour`."""
    return value.lower().removesuffix("s") if isinstance(value, str) else value


Names = Annotated[list[Annotated[ColumnName, BeforeValidator(as_text)]], BeforeValidator(as_list)]


class Shape(BaseModel):
    """Unknown fields are kept apart: they are a warning, not an error."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, value: Any) -> Any:
        """`inputs:` with nothing below it is read as null, and means none."""
        if not isinstance(value, dict) or None not in value.values():
            return value
        return {key: item for key, item in value.items() if item is not None}
