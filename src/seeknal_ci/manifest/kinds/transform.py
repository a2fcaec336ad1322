"""A query over a node's inputs."""

from __future__ import annotations

from typing import Annotated

from pydantic import AliasChoices, Field

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import NodeShape, Text
from seeknal_ci.model.spec import TransformSpec


class TransformShape(NodeShape):
    """A query."""

    transform: Annotated[Text, Field(validation_alias=AliasChoices("transform", "sql"))]


def transform_spec(shape: TransformShape, fields: Fields) -> TransformSpec:
    """The query, with its place."""
    key = "transform" if "transform" in fields.value else "sql"
    return TransformSpec(fields.sql(shape.transform, key))
