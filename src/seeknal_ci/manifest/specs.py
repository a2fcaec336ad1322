"""From a checked shape to what the node says it is."""

from __future__ import annotations

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.parameters import check_parameters
from seeknal_ci.manifest.shapes import (
    AggregationShape,
    ExposureShape,
    FeatureShape,
    NodeShape,
    SourceShape,
    TransformShape,
)
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import (
    AggregationSpec,
    Audit,
    Column,
    ExposureSpec,
    Feature,
    Ratio,
    Rolling,
    Since,
    SourceSpec,
    Spec,
    TrackedSpec,
    TransformSpec,
)
from seeknal_ci.sql.types import canonical_type

EXPORT_FORMATS = ("csv", "json", "jsonl", "parquet")


def spec_of(shape: NodeShape, fields: Fields) -> Spec:
    """The typed content of a node; what is wrong with it is left in `fields.problems`."""
    if isinstance(shape, SourceShape):
        check_parameters(shape.source, fields)
        return SourceSpec(shape.source, shape.table, shape.params or {}, _columns(shape, fields))
    if isinstance(shape, TransformShape):
        key = "transform" if "transform" in fields.value else "sql"
        return TransformSpec(fields.sql(shape.transform, key))
    if isinstance(shape, AggregationShape):
        return _aggregation(shape, fields)
    if isinstance(shape, ExposureShape):
        return _exposure(shape, fields)
    return TrackedSpec(f"a node of kind {shape.kind} is compared, but not executed")


def audits_of(shape: NodeShape, fields: Fields) -> tuple[Audit, ...]:
    """What the project holds true of the node's rows."""
    return tuple(
        Audit(
            type=item.type,
            place=fields.place("audits", index),
            warns=item.severity == "warn",
            columns=tuple(
                fields.located(name, "audits", index, "columns", number)
                for number, name in enumerate(item.columns)
            ),
            values=tuple(item.values),
            minimum=item.min,
            maximum=item.max,
            sql=None if item.sql is None else fields.sql(item.sql, "audits", index, "sql"),
        )
        for index, item in enumerate(shape.audits)
    )


def declared_columns(columns: object) -> tuple[Column, ...] | None:
    """The columns that a source's `columns:` names, in each of its four shapes; None for none.

    A value that is no SQL type is a description, and leaves the type unknown.
    """
    if isinstance(columns, list):
        found = [_listed_column(entry) for entry in columns]
    elif isinstance(columns, dict):
        found = [Column(str(name), _declared_type(said)) for name, said in columns.items()]
    else:
        return None
    return tuple(column for column in found if column.name) or None


def _listed_column(entry: object) -> Column:
    """`name`, or `{name: …}` as in a schema."""
    if isinstance(entry, dict):
        return Column(str(entry.get("name") or ""), _declared_type(entry))
    return Column("" if entry is None else str(entry))


def _declared_type(said: object) -> str | None:
    if isinstance(said, dict):
        said = next((said[key] for key in ("dtype", "data_type", "type") if key in said), None)
    return canonical_type(said) if isinstance(said, str) else None


def _columns(shape: SourceShape, fields: Fields) -> tuple[Column, ...] | None:
    if not shape.schema_:
        columns = declared_columns(shape.columns)
        _refuse_twins([column.name for column in columns or ()], "columns", fields)
        return columns
    _refuse_twins([entry.name for entry in shape.schema_], "schema", fields)
    return tuple(
        Column(entry.name, _type(entry.data_type, entry.name, fields.place("schema", i), fields))
        for i, entry in enumerate(shape.schema_)
    )


def _refuse_twins(names: list[str], field: str, fields: Fields) -> None:
    """Names are told apart as SQL does it, without case."""
    seen: dict[str, int] = {}
    for index, name in enumerate(names):
        twin = seen.setdefault(name.lower(), index)
        if twin != index:
            first = fields.place(field, twin)
            fields.problem(
                "duplicate-column",
                f"`{field}` names the column `{name}` twice, first on line {first.line}",
                "remove one of the two",
                fields.place(field, index),
            )


def _type(data_type: str | None, column: str, place: Place, fields: Fields) -> str | None:
    if data_type is None:
        return None
    found = canonical_type(data_type)
    if found is None:
        fields.problem(
            "unknown-type",
            f"`{data_type}`, the type of `{column}`, is no SQL type",
            "use a type such as integer, double, string, date, timestamp or boolean",
            place,
        )
    return found


def _aggregation(shape: AggregationShape, fields: Fields) -> AggregationSpec:
    return AggregationSpec(
        id_column=fields.located(shape.id_col, "id_col"),
        feature_date_column=fields.located(shape.feature_date_col, "feature_date_col"),
        application_date_column=fields.located(shape.application_date_col, "application_date_col"),
        group_by=tuple(
            fields.located(name, "group_by", index) for index, name in enumerate(shape.group_by)
        ),
        features=tuple(_feature(f, index, fields) for index, f in enumerate(shape.features)),
    )


def _feature(shape: FeatureShape, index: int, fields: Fields) -> Feature:
    at = ("features", index)
    column = (
        fields.located(shape.column, *at, "column")
        if shape.column is not None
        else fields.located(shape.name, *at, "name")
    )
    return Feature(
        name=shape.name,
        column=column,
        basic=tuple(shape.basic),
        rolling=tuple(
            Rolling(days, tuple(item.aggs)) for item in shape.rolling for days in item.window
        ),
        ratio=tuple(
            Ratio(over, under, tuple(item.aggs))
            for item in shape.ratio
            for over in item.numerator
            for under in item.denominator
        ),
        since=tuple(
            Since(fields.sql(item.condition, *at, "since", i, "condition"), tuple(item.aggs))
            for i, item in enumerate(shape.since)
        ),
    )


def _exposure(shape: ExposureShape, fields: Fields) -> ExposureSpec:
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
