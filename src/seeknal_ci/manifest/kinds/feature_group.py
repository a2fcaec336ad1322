"""Features of one entity, as a feature store keeps them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import NodeShape
from seeknal_ci.manifest.kinds.shape import Names, Shape, Text, as_text
from seeknal_ci.manifest.kinds.source import declared_columns
from seeknal_ci.model.features import DeclaredFeature, FeatureGroupSpec
from seeknal_ci.model.problem import Severity


def _named(value: Any) -> Any:
    """A name alone says nothing of join keys."""
    return value if isinstance(value, dict) else {"name": value}


class EntityShape(Shape):
    """Whom the features are of, and the columns by which they are joined."""

    name: Annotated[Text, BeforeValidator(as_text)]
    join_keys: Names = []
    description: Any = None


class FeatureShape(Shape):
    """What is said of one feature. The type has three names in projects."""

    name: Any = None
    description: Any = None
    dtype: Any = None
    data_type: Any = None
    type: Any = None


def _described(value: Any) -> Any:
    """`amount: double`, and a feature of which nothing is said."""
    return value if isinstance(value, dict) else {"description": value}


def _by_number(value: Any) -> Any:
    """A list as a mapping, which is what features are where anything is said of them."""
    return {str(i): item for i, item in enumerate(value)} if isinstance(value, list) else value


Described = Annotated[FeatureShape, BeforeValidator(_described)]


class FeatureGroupShape(NodeShape):
    """Features of one entity."""

    entity: Annotated[EntityShape, BeforeValidator(_named)]
    features: Annotated[dict[str, Described], BeforeValidator(_by_number)] = {}
    transform: Annotated[Text | None, Field(validation_alias=AliasChoices("transform", "sql"))] = (
        None
    )


def feature_group_spec(shape: FeatureGroupShape, fields: Fields) -> FeatureGroupSpec:
    """The group, with the places of the columns that it names."""
    stored = shape.materialization
    time = None if stored is None else stored.event_time_col
    query = "transform" if "transform" in fields.value else "sql"
    if shape.transform is None and len(shape.inputs) > 1:
        _tell_unread(shape, fields)
    return FeatureGroupSpec(
        entity=shape.entity.name,
        join_keys=tuple(
            fields.located(name, "entity", "join_keys", index)
            for index, name in enumerate(shape.entity.join_keys)
        ),
        event_time=(
            None if time is None else fields.located(time, "materialization", "event_time_col")
        ),
        features=_features(fields),
        sql=None if shape.transform is None else fields.sql(shape.transform, query),
    )


def _features(fields: Fields) -> tuple[DeclaredFeature, ...]:
    """The features by name; those of a mapping stand under their names, of a list at a place."""
    features = fields.value.get("features")
    by_name = isinstance(features, dict)
    return tuple(
        DeclaredFeature(
            fields.located(column.name, "features", column.name if by_name else index),
            column.type,
        )
        for index, column in enumerate(declared_columns(features) or ())
    )


def _tell_unread(shape: FeatureGroupShape, fields: Fields) -> None:
    fields.problem(
        "input-unread",
        f"feature_group.{shape.name} has {len(shape.inputs)} inputs and no `transform:`; "
        f"its rows are those of the first, {shape.inputs[0].ref}",
        "join them in `transform:`, or remove the others",
        fields.place("inputs", 1),
        Severity.WARNING,
    )
