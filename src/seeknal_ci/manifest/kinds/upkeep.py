"""When and how a node's rows are kept up to date, and where else they are written: the shapes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from seeknal_ci.manifest.kinds.durations import Duration, length
from seeknal_ci.manifest.kinds.shape import (
    SCALARS,
    ColumnName,
    Names,
    Shape,
    Text,
    as_list,
    as_text,
    lower,
    singular,
)

DatePart = Literal["minute", "hour", "day", "week", "month", "year"]
WriteMode = Literal[
    "append",
    "full",
    "incremental_by_time",
    "insert_overwrite",
    "merge",
    "overwrite",
    "replace",
    "upsert",
    "upsert_by_key",
]


class AgeShape(Shape):
    """How old rows may be: `{number: 24, datepart: hour}`, or ages that warn and that fail."""

    number: Annotated[int | None, Field(gt=0)] = None
    datepart: Annotated[DatePart | None, BeforeValidator(singular)] = None
    mute: bool = False
    warn_after: Duration | None = None
    error_after: Duration | None = None
    time_column: Annotated[
        ColumnName | None, Field(validation_alias=AliasChoices("time_column", "loaded_at_field"))
    ] = None

    @model_validator(mode="after")
    def _whole(self) -> AgeShape:
        if (self.number is None) != (self.datepart is None):
            raise ValueError("`number` and `datepart` go together; add the other")
        if self.number is None and self.warn_after is None and self.error_after is None:
            raise ValueError("it says no age; give `number` and `datepart`, or `warn_after`")
        return self


def _age(value: Any) -> Any:
    return {"error_after": value} if isinstance(value, str | int | float) else value


Age = Annotated[AgeShape | None, BeforeValidator(_age)]


def _backoff(value: Any) -> Any:
    if isinstance(value, str) and value.lower() in ("constant", "exponential", "linear"):
        return value.lower()
    return length(value)


def _lookback(value: Any) -> Any:
    """A number alone is of days, as `time_column` counts them."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return timedelta(days=value) if whole else length(value)


class RetryShape(Shape):
    """How often a failed node is tried again, and how long after."""

    max: Annotated[
        int | None,
        Field(
            ge=0,
            validation_alias=AliasChoices(
                "max", "max_attempts", "attempts", "max_retries", "retries", "count"
            ),
        ),
    ] = None
    backoff: Annotated[
        Any,
        BeforeValidator(_backoff),
        Field(validation_alias=AliasChoices("backoff", "delay", "wait", "delay_seconds")),
    ] = None


def _retry(value: Any) -> Any:
    return {"max": value} if isinstance(value, int) and not isinstance(value, bool) else value


Retry = Annotated[RetryShape | None, BeforeValidator(_retry)]


Lookback = Annotated[timedelta, BeforeValidator(_lookback)]


class MaterializationShape(Shape):
    """A table elsewhere to which a node's rows are also written, or where features are kept."""

    type: Annotated[Text | None, BeforeValidator(lower)] = None
    enabled: bool = True
    connection: Text | None = None
    table: Annotated[Text | None, BeforeValidator(as_text)] = None
    mode: Annotated[WriteMode | None, BeforeValidator(lower)] = None
    time_column: ColumnName | None = None
    lookback: Lookback | None = None
    unique_keys: Annotated[
        Names, Field(validation_alias=AliasChoices("unique_keys", "unique_key"))
    ] = []
    create_table: bool = True
    partition_by: Names = []
    max_batch_bytes: Annotated[int | None, Field(gt=0)] = None
    event_time_col: ColumnName | None = None
    offline: Any = None
    online: Any = None
    catalog: Any = None
    schema_evolution: Any = None

    @model_validator(mode="after")
    def _complete(self) -> MaterializationShape:
        if not self.enabled:
            return self
        if self.mode in ("upsert", "upsert_by_key", "merge") and not self.unique_keys:
            raise ValueError(
                f"the mode {self.mode} needs `unique_keys`; add the columns of the key"
            )
        if self.mode == "incremental_by_time" and self.time_column is None:
            raise ValueError("the mode incremental_by_time needs `time_column`; add `time_column:`")
        return self


class IncrementalShape(Shape):
    """Which rows of a node are made anew in a run, and not all of them."""

    enabled: bool = True
    strategy: Text | None = None
    mode: Text | None = None
    time_column: Annotated[
        ColumnName | None,
        Field(validation_alias=AliasChoices("time_column", "cursor", "date_col", "column")),
    ] = None
    unique_keys: Annotated[
        Names, Field(validation_alias=AliasChoices("unique_keys", "unique_key"))
    ] = []
    lookback: Lookback | None = None
    start: Any = None
    end: Any = None
    batch_size: Any = None


def _switch(value: Any) -> Any:
    return {"enabled": value} if isinstance(value, bool) else value


Incremental = Annotated[IncrementalShape | None, BeforeValidator(_switch)]


class ScheduleShape(Shape):
    """When a node is due."""

    cron: Text | None = None
    interval: Duration | None = None
    timezone: Text | None = None
    enabled: bool = True
    start: Any = None
    end: Any = None


def _schedule(value: Any) -> Any:
    return {"cron": value} if isinstance(value, str) else value


Schedule = Annotated[ScheduleShape | None, BeforeValidator(_schedule)]


class ColumnShape(Shape):
    """What is said of one column; `name` in a list of columns alone."""

    name: Annotated[ColumnName | None, BeforeValidator(as_text)] = None
    dtype: Annotated[
        str | None, Field(validation_alias=AliasChoices("dtype", "data_type", "type"))
    ] = None
    description: Any = None
    nullable: bool | None = None
    tags: Annotated[list[Any], BeforeValidator(as_list)] = []
    tests: Any = None
    meta: Any = None


def _columns(value: Any) -> Any:
    """One mapping for the four shapes; the key of a listed column is its place in the list."""
    if isinstance(value, list):
        return {str(i): {"name": v} if isinstance(v, SCALARS) else v for i, v in enumerate(value)}
    if isinstance(value, dict):
        return {
            str(name): {"description": said} if said is None or isinstance(said, SCALARS) else said
            for name, said in value.items()
        }
    return value


Columns = Annotated[dict[str, ColumnShape] | None, BeforeValidator(_columns)]
