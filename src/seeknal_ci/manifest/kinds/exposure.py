"""Where results leave the pipeline."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import Inputs, Names, NodeShape, Text, lower
from seeknal_ci.model.node import Input
from seeknal_ci.model.spec import ExposureSpec

EXPORT_FORMATS = ("csv", "json", "jsonl", "parquet")


class ExposureShape(NodeShape):
    """Where results leave the pipeline."""

    type: Annotated[Text, BeforeValidator(lower)]
    depends_on: Inputs = []
    path: Text | None = None
    format: Annotated[str | None, BeforeValidator(lower)] = None
    partition_by: Names = []
    compression: str | None = None


def exposure_spec(shape: ExposureShape, fields: Fields) -> ExposureSpec:
    """What is written, and where to; what is wrong with it is left in `fields.problems`."""
    params = shape.params or {}
    path = shape.path if shape.path is not None else params.get("path")
    path_at = ("path",) if shape.path is not None else ("params", "path")
    output = (shape.format or str(params.get("format", "parquet"))).lower()
    if shape.type == "file":
        _check_file(path, output, fields)
    partition_by = shape.partition_by or _names(params.get("partition_by", []))
    partition_at = ("partition_by",) if shape.partition_by else ("params", "partition_by")
    compression = shape.compression or params.get("compression")
    return ExposureSpec(
        type=shape.type,
        path=fields.located(str(path), *path_at) if path else None,
        format=output,
        partition_by=tuple(
            fields.located(name, *partition_at, index) for index, name in enumerate(partition_by)
        ),
        compression=None if compression is None else str(compression),
    )


def _check_file(path: object, output: str, fields: Fields) -> None:
    if not (isinstance(path, str) and path):
        fields.problem(
            "exposure-path",
            "an exposure of type file says nowhere which file to write",
            "add `path:` under `params:`",
            fields.place("params"),
        )
    if output not in EXPORT_FORMATS:
        fields.problem(
            "exposure-format",
            f"`{output}` is no format that an exposure can have",
            f"use one of {', '.join(EXPORT_FORMATS)}",
            fields.place("params", "format"),
        )


def _names(value: object) -> list[str]:
    return [str(name) for name in (value if isinstance(value, list) else [value])]


def exposure_edges(shape: ExposureShape, fields: Fields) -> list[Input]:
    """What `depends_on:` names, beside the inputs."""
    return [
        Input(item.ref, fields.place("depends_on", index))
        for index, item in enumerate(shape.depends_on)
    ]
