"""Checks of a node's inputs: their shapes, and what they hold true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from seeknal_ci.manifest.fields import Fields
from seeknal_ci.manifest.kinds.base import ColumnName, Names, NodeShape, Shape, Text, as_text, lower
from seeknal_ci.manifest.kinds.durations import Duration
from seeknal_ci.manifest.kinds.thresholds import ThresholdText
from seeknal_ci.model.checks import Bound, Check, RuleSpec
from seeknal_ci.model.problem import Severity
from seeknal_ci.model.spec import Located, SqlText

RuleType = Literal[
    "null", "range", "uniqueness", "freshness", "profile_check", "sql_assertion", "value", "custom"
]
# Those of a profile that are numbers.
METRICS = (
    "avg",
    "distinct_count",
    "max",
    "min",
    "null_count",
    "null_percent",
    "p25",
    "p50",
    "p75",
    "row_count",
    "stddev",
    "sum",
)
OTHER_NAMES = {
    "average": "avg",
    "count": "row_count",
    "mean": "avg",
    "median": "p50",
    "null_percentage": "null_percent",
    "std": "stddev",
}
LEVELS = ("error", "warn", "info")
WORDS = {"fail": "error", "failure": "error", "warning": "warn"}


def _level(value: Any) -> Any:
    return WORDS.get(value.lower(), value.lower()) if isinstance(value, str) else value


Level = Annotated[Literal["error", "warn", "info"], BeforeValidator(_level)]


def _bound(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, Bound):
        raise ValueError("it is no bound; write a number, or a date in quotes")
    return value


def _moment(value: Any) -> Any:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "it is no time; write one as in `2024-04-02T07:00:00`, in quotes"
        ) from error
    return value


def _metric(value: Any) -> Any:
    """The name that a profile has for a metric."""
    if not isinstance(value, str):
        raise ValueError("it is no metric; write a name, such as `row_count`")
    name = OTHER_NAMES.get(value.lower(), value.lower())
    if name not in METRICS:
        close = get_close_matches(name, METRICS, n=1)
        more = f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(METRICS)}"
        raise ValueError(f"`{value}` is no metric that can be compared; {more}")
    return name


AnyBound = Annotated[Any, BeforeValidator(_bound)]
Share = Annotated[float, Field(ge=0, le=1)]


class CheckParams(Shape):
    """What one check allows."""

    max_null_percentage: Share = 0.0
    max_duplicate_percentage: Share = 0.0
    min_val: Annotated[
        AnyBound | None, Field(validation_alias=AliasChoices("min_val", "min", "min_value"))
    ] = None
    max_val: Annotated[
        AnyBound | None, Field(validation_alias=AliasChoices("max_val", "max", "max_value"))
    ] = None
    max_age: Duration | None = None
    reference_time: Annotated[str | None, BeforeValidator(_moment)] = None
    severity: Level | None = None
    error_message: Text | None = None
    func: Any = None


class MetricShape(Shape):
    """A metric of the input, and what it must not be."""

    metric: Annotated[str, BeforeValidator(_metric)]
    column: Annotated[ColumnName | None, BeforeValidator(as_text)] = None
    warn: ThresholdText | None = None
    fail: Annotated[ThresholdText | None, Field(validation_alias=AliasChoices("fail", "error"))] = (
        None
    )

    @model_validator(mode="after")
    def _objects_to_something(self) -> MetricShape:
        if self.warn is None and self.fail is None:
            raise ValueError("a check has `warn`, `fail`, or both; add what it objects to")
        if self.column is None and self.metric != "row_count":
            raise ValueError(f"the metric {self.metric} is of a column: add `column`")
        return self


class RuleItem(Shape):
    """One check: of a type, or `{value: "<an expression that is true of every row>"}`."""

    type: Annotated[RuleType, BeforeValidator(lower)] = "value"
    name: Any = None
    description: Any = None
    value: Annotated[Text | None, BeforeValidator(as_text)] = None
    column: Annotated[ColumnName | None, BeforeValidator(as_text)] = None
    columns: Names = []
    params: CheckParams = CheckParams()
    checks: list[MetricShape] = []
    sql: Text | None = None
    severity: Level | None = None
    mode: Level | None = None
    error_message: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> RuleItem:
        named = bool(self.columns or self.column)
        limits = (self.params.min_val, self.params.max_val)
        given, needs = {
            "null": (named, "`columns`"),
            "range": (named and limits != (None, None), "`column`, and `min_val` or `max_val`"),
            "uniqueness": (named, "`columns`"),
            "freshness": (
                named and self.params.max_age is not None,
                "`column`, and `max_age` under `params`",
            ),
            "profile_check": (bool(self.checks), "`checks`"),
            "sql_assertion": (self.sql is not None, "`sql`"),
            "value": (self.value is not None, "`type`, or an expression as its `value`"),
            "custom": (True, ""),
        }[self.type]
        if not given:
            kind = "" if self.type == "value" else f" of type {self.type}"
            raise ValueError(f"a rule{kind} needs {needs}; add {needs}")
        return self


def _items(value: Any) -> Any:
    return [_item(item) for item in (value if isinstance(value, list) else [value])]


def _item(value: Any) -> Any:
    """`rule: "amount > 0"` is an expression; unquoted, the type `null` is nothing to YAML."""
    if isinstance(value, str):
        return {"value": value}
    if isinstance(value, dict) and "type" in value and value["type"] is None:
        return {**value, "type": "null"}
    return value


class RuleShape(NodeShape):
    """Checks of a node's inputs."""

    rule: Annotated[list[RuleItem], BeforeValidator(_items), Field(min_length=1)]


def rule_spec(shape: RuleShape, fields: Fields) -> RuleSpec:
    """The checks, each with its place; what is wrong with them is left in `fields.problems`."""
    several = isinstance(fields.value["rule"], list)
    level = _severity(shape, fields)
    checks: list[Check] = []
    for index, item in enumerate(shape.rule):
        at: tuple[str | int, ...] = ("rule", index) if several else ("rule",)
        checks += _checks(item, at, level, shape.params or {}, fields)
    _warn_of_inputs(shape, checks, fields)
    return RuleSpec("a rule has no rows", tuple(checks))


def _severity(shape: RuleShape, fields: Fields) -> str:
    given = (shape.params or {}).get("severity", "error")
    level = _level(given)
    if level not in LEVELS:
        fields.problem(
            "rule-severity",
            f"`{given}` is no severity of a rule",
            f"use one of {', '.join(LEVELS)}",
            fields.place("params", "severity"),
        )
        return "error"
    return str(level)


def _checks(
    item: RuleItem,
    at: tuple[str | int, ...],
    level: str,
    common: dict[str, Any],
    fields: Fields,
) -> Iterator[Check]:
    severity = item.severity or item.params.severity or item.mode or level
    message = item.error_message or item.params.error_message or common.get("error_message")
    said = None if message is None else str(message)
    warns = severity != "error"
    if item.type == "profile_check":
        for index, metric in enumerate(item.checks):
            yield from _metric_checks(metric, (*at, "checks", index), warns, said, fields)
        return
    age = item.params.max_age
    share = "max_null_percentage" if item.type == "null" else "max_duplicate_percentage"
    is_sql = item.type == "sql_assertion" or (item.type == "custom" and item.sql is not None)
    yield Check(
        type="sql_assertion" if is_sql else item.type,
        place=fields.place(*at),
        warns=warns,
        columns=_columns(item, at, fields),
        tolerance=getattr(item.params, share),
        low=item.params.min_val,
        high=item.params.max_val,
        max_age_seconds=None if age is None else age.total_seconds(),
        reference=item.params.reference_time,
        sql=_sql(item, at, fields),
        error_message=said,
    )


def _metric_checks(
    metric: MetricShape,
    at: tuple[str | int, ...],
    warns: bool,
    message: str | None,
    fields: Fields,
) -> Iterator[Check]:
    """One check for each threshold; what `fail` says stops, unless the whole rule only warns."""
    columns = () if metric.column is None else (fields.located(metric.column, *at, "column"),)
    for threshold, only_warns in ((metric.fail, warns), (metric.warn, True)):
        if threshold is not None:
            yield Check(
                type="profile_check",
                place=fields.place(*at),
                warns=only_warns,
                columns=columns,
                metric=fields.located(metric.metric, *at, "metric"),
                threshold=threshold,
                error_message=message,
            )


def _columns(item: RuleItem, at: tuple[str | int, ...], fields: Fields) -> tuple[Located, ...]:
    named = tuple(
        fields.located(name, *at, "columns", index) for index, name in enumerate(item.columns)
    )
    if item.column is None or item.column in item.columns:
        return named
    return (fields.located(item.column, *at, "column"), *named)


def _sql(item: RuleItem, at: tuple[str | int, ...], fields: Fields) -> SqlText | None:
    if item.type == "value" and item.value is not None:
        # `rule: "amount > 0"` has its expression at the rule itself.
        key = fields.value["rule"]
        bare = isinstance(key, str) or (isinstance(key, list) and isinstance(key[int(at[1])], str))
        return fields.sql(item.value, *at, *(() if bare else ("value",)))
    return None if item.sql is None else fields.sql(item.sql, *at, "sql")


def _warn_of_inputs(shape: RuleShape, checks: list[Check], fields: Fields) -> None:
    if not shape.inputs:
        fields.problem(
            "rule-inputs",
            "the rule names no inputs, so there is nothing to check",
            "name the node that it checks under `inputs:`",
            fields.place("rule"),
            Severity.WARNING,
        )
    elif len(shape.inputs) > 1 and any(check.type != "sql_assertion" for check in checks):
        first = shape.inputs[0].ref
        fields.problem(
            "rule-inputs",
            f"the rule checks its first input, {first}, and none of the others",
            "make a rule of its own for each of the others, or write a `sql_assertion`",
            fields.place("inputs", 1),
            Severity.WARNING,
        )
