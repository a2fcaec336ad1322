"""Statistics of an input."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.kinds.shape import Names, Shape
from seeknal_ci.model.features import ProfileSpec


class ProfileParameters(Shape):
    """How much of the statistics is kept."""

    max_top_values: Annotated[int, Field(ge=1, le=10_000)] = 5


class ProfiledShape(Shape):
    """What of the input is looked at."""

    columns: Names = []
    params: ProfileParameters = ProfileParameters()

    @field_validator("columns")
    @classmethod
    def _once(cls, columns: list[str]) -> list[str]:
        seen: set[str] = set()
        for name in columns:
            if name.lower() in seen:
                raise ValueError(f"it names `{name}` twice; remove one of the two")
            seen.add(name.lower())
        return columns


class ProfileShape(NodeShape):
    """Statistics of an input."""

    profile: ProfiledShape = ProfiledShape()


def profile_spec(shape: ProfileShape, fields: Fields) -> ProfileSpec:
    """The columns to look at, each with its place; none where all are meant."""
    names = shape.profile.columns
    return ProfileSpec(
        columns=tuple(
            fields.located(name, "profile", "columns", index) for index, name in enumerate(names)
        ),
        top_values=shape.profile.params.max_top_values,
    )
