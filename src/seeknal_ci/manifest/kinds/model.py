"""Trained models: their shape, and what they learn from."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, Field

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import ColumnName, Names, NodeShape, Shape, Text, as_text
from seeknal_ci.model.node import Input
from seeknal_ci.model.tracked import ModelSpec


class TrainingShape(Shape):
    """How a model is made of rows."""

    algorithm: Text | None = None
    params: dict[str, Any] = {}
    label_source: Text | None = None
    label_column: Annotated[
        ColumnName | None,
        BeforeValidator(as_text),
        Field(validation_alias=AliasChoices("label_column", "label", "target")),
    ] = None
    features: Names = []
    test_size: Annotated[float | None, Field(gt=0, lt=1)] = None
    random_state: Any = None
    metrics: Any = None
    split: Any = None


class ModelShape(NodeShape):
    """A trained model."""

    training: TrainingShape = TrainingShape()
    output_columns: Names = []
    transform: Annotated[Text | None, Field(validation_alias=AliasChoices("transform", "sql"))] = (
        None
    )
    aggregation: Any = None
    tests: Any = None


def model_spec(shape: ModelShape, fields: Fields) -> ModelSpec:
    """What the model learns from and what it puts out, each with its place."""
    key = "transform" if "transform" in fields.value else "sql"
    label = shape.training.label_column
    return ModelSpec(
        "a model is compared, but not trained",
        sql=None if shape.transform is None else fields.sql(shape.transform, key),
        columns=tuple(
            fields.located(name, "output_columns", index)
            for index, name in enumerate(shape.output_columns)
        )
        or None,
        label=None if label is None else fields.located(label, "training", "label_column"),
        label_node=shape.training.label_source,
        features=tuple(
            fields.located(name, "training", "features", index)
            for index, name in enumerate(shape.training.features)
        ),
        reads=tuple(item.ref for item in shape.inputs),
    )


def model_edges(shape: ModelShape, fields: Fields) -> list[Input]:
    """Where the labels are, beside the inputs."""
    source = shape.training.label_source
    return [] if source is None else [Input(source, fields.place("training", "label_source"))]
