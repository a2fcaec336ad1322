"""Where results leave the pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import (
    Inputs,
    Names,
    NodeShape,
    Shape,
    Text,
    as_list,
    lower,
)
from seeknal_ci.model.node import Input
from seeknal_ci.model.problem import Severity
from seeknal_ci.model.spec import ExposureSpec, SqlText

EXPORT_FORMATS = ("csv", "json", "jsonl", "parquet")
CHANNELS = ("email", "slack", "webhook")
OTHER_TYPES = ("api", "database", "notification", "report", "starrocks_materialized_view")
TYPES = ("file", *OTHER_TYPES)
TARGET = ("channel", "connection", "database", "host", "mv_name", "schema", "table", "url")


class QueryShape(Shape):
    """A query that a report shows, and how it shows it."""

    name: Any = None
    sql: Text | None = None
    chart: Any = None
    title: Any = None
    x: Any = None
    y: Any = None
    value: Any = None
    series: Any = None
    columns: Any = None
    description: Any = None


class SectionShape(Shape):
    """A part of a report."""

    title: Any = None
    description: Any = None
    text: Any = None
    narrative: Any = None
    queries: Annotated[list[QueryShape], BeforeValidator(as_list)] = []


class ExposureShape(NodeShape):
    """Where results leave the pipeline."""

    type: Annotated[Text, BeforeValidator(lower)]
    depends_on: Inputs = []
    path: Text | None = None
    url: Text | None = None
    format: Annotated[str | None, BeforeValidator(lower)] = None
    partition_by: Names = []
    compression: str | None = None
    sections: Annotated[list[SectionShape], BeforeValidator(as_list)] = []


def exposure_spec(shape: ExposureShape, fields: Fields) -> ExposureSpec:
    """What is written, and where to; what is wrong with it is left in `fields.problems`."""
    _check_type(shape, fields)
    params = shape.params or {}
    path, *path_at = _path(shape)
    output = (shape.format or str(params.get("format") or _ending(path))).lower()
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
        queries=tuple(_queries(shape, fields)),
        target=dict(_target(shape)),
    )


def exposure_edges(shape: ExposureShape, fields: Fields) -> list[Input]:
    """What `depends_on:` names, beside the inputs."""
    return [
        Input(item.ref, fields.place("depends_on", index))
        for index, item in enumerate(shape.depends_on)
    ]


def _path(shape: ExposureShape) -> tuple[object, *tuple[str, ...]]:
    """Where a file goes, and the keys that say so; `url:` is Seeknal's other word for it."""
    params = shape.params or {}
    if shape.path is not None:
        return shape.path, "path"
    if "path" not in params and shape.type == "file" and shape.url is not None:
        return shape.url, "url"
    return params.get("path"), "params", "path"


def _ending(path: object) -> str:
    """The format that the name of a file tells, else the usual one."""
    ending = str(path).rsplit(".", 1)[-1].lower()
    return ending if ending in EXPORT_FORMATS else "parquet"


def _check_type(shape: ExposureShape, fields: Fields) -> None:
    if shape.type not in TYPES:
        close = get_close_matches(shape.type, TYPES, n=1)
        fields.problem(
            "exposure-type",
            f"`{shape.type}` is no type of exposure",
            f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(TYPES)}",
            fields.place("type"),
        )
        return
    params = shape.params or {}
    channel = params.get("channel")
    if shape.type == "notification" and channel is not None and channel not in CHANNELS:
        fields.problem(
            "exposure-channel",
            f"`{channel}` is no channel of a notification",
            f"use one of {', '.join(CHANNELS)}",
            fields.place("params", "channel"),
        )
    needed = {
        "api": "url",
        "database": "table",
        "starrocks_materialized_view": "mv_name",
    }.get(shape.type)
    if needed and needed not in params and not (needed == "url" and shape.url):
        fields.problem(
            "exposure-target",
            f"an exposure of type {shape.type} says nowhere what it writes to",
            f"add `{needed}:` under `params:`",
            fields.place("params"),
            Severity.WARNING,
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
            fields.place(*(("format",) if "format" in fields.value else ("params", "format"))),
        )


def _names(value: object) -> list[str]:
    return [str(name) for name in (value if isinstance(value, list) else [value])]


def _target(shape: ExposureShape) -> Iterator[tuple[str, str]]:
    """What tells the place outside that an exposure writes to, sorted."""
    params = shape.params or {}
    for key in TARGET:
        value = shape.url if key == "url" and shape.url is not None else params.get(key)
        if value is not None and shape.type != "file":
            yield key, str(value)


def _queries(shape: ExposureShape, fields: Fields) -> Iterator[SqlText]:
    for number, section in enumerate(shape.sections):
        for index, query in enumerate(section.queries):
            if query.sql is not None:
                yield fields.sql(query.sql, "sections", number, "queries", index, "sql")
