"""The configuration file: its shape, and what is wrong with one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.misshapen import misshapen
from seeknal_ci.manifest.yaml_reader import Document, read_documents
from seeknal_ci.model.category import Category
from seeknal_ci.model.spec import Json
from seeknal_ci.naming import RESERVED
from seeknal_ci.settings import interpolated, nearest

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}


def _duration(value: Any) -> Any:
    """`7d`, `90s` or a number of seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)\s*", str(value))
    if match is None:
        raise ValueError(
            "it is no length of time; write a number and a unit, such as 30s, 12h or 7d"
        )
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])


def _production(value: Any) -> Any:
    if value in RESERVED:
        raise ValueError(f"the database keeps `{value}` for itself; use one of your own")
    return value


def _severity(value: Any) -> Any:
    # METADATA would mean that nothing is rebuilt, which no configuration can make true.
    if value in (Category.NON_BREAKING.name, Category.BREAKING.name):
        return Category[value]
    raise ValueError(f"`{value}` is no category of a rule; use one of BREAKING, NON_BREAKING")


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Severity = Annotated[Category, BeforeValidator(_severity)]


class Part(BaseModel):
    """Unknown keys are refused: a setting that does nothing misleads."""

    model_config = ConfigDict(extra="forbid")


class EnvironmentsShape(Part):
    """Branch environments."""

    ttl: Duration = timedelta(days=7)


class BuildsShape(Part):
    """Builds that nothing shows."""

    keep: Duration = timedelta(days=1)


class PromoteShape(Part):
    """Gates of a promotion, and how many can be gone back to."""

    breaking: Literal["acknowledge", "allow", "block"] = "acknowledge"
    keep: Annotated[int, Field(ge=1, le=10_000)] = 20


class RetryShape(Part):
    """Attempts after the first, and the pause before them."""

    max: Annotated[int, Field(ge=0, le=20)] = 3
    backoff: Duration = timedelta(seconds=1)


class CommentShape(Part):
    """The pull-request comment."""

    template: str | None = None


def _timeout(value: Any) -> Any:
    """A length of time that is one: 0 would be no limit to some databases."""
    found = _duration(value)
    if not timedelta(milliseconds=1) <= found <= timedelta(days=1):
        raise ValueError(f"{value} is no time to compare in; write a length from 1ms to 1d")
    return found


def _level(value: Any) -> Any:
    """`data_diff: full` is `data_diff: {level: full}`."""
    return {"level": value} if isinstance(value, str) else value


class DataDiffShape(Part):
    """Rows compared with production's, and what a full comparison may cost."""

    level: Literal["off", "counts", "full"] = "counts"
    max_rows: Annotated[int, Field(ge=0)] = 10_000_000
    timeout: Annotated[timedelta, BeforeValidator(_timeout)] = timedelta(minutes=2)


class ConfigShape(Part):
    """`seeknal-ci.yml`."""

    main_branch: str | None = None
    warehouse: str = "duckdb:///warehouse.duckdb"
    connections: dict[str, str] = {}
    production: Annotated[
        str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$"), BeforeValidator(_production)
    ] = "prod"
    dialect: Literal["duckdb", "postgres"] = "duckdb"
    workers: Annotated[int, Field(ge=1, le=256)] = 4
    environments: EnvironmentsShape = EnvironmentsShape()
    builds: BuildsShape = BuildsShape()
    rules: dict[str, Severity] = {}
    promote: PromoteShape = PromoteShape()
    retry: RetryShape = RetryShape()
    comment: CommentShape = CommentShape()
    data_diff: Annotated[DataDiffShape, BeforeValidator(_level)] = DataDiffShape()


def read_config(
    path: Path, shown: str, environ: Mapping[str, str], rule_ids: frozenset[str]
) -> ConfigShape:
    """The checked configuration. Raises SeeknalCiError for the first thing that is wrong."""
    documents, problems = read_documents(shown, path.read_bytes())
    if problems:
        problem = problems[0]
        raise SeeknalCiError(problem.message, where=str(problem.place), fix=problem.fix)
    document = documents[0] if documents else Document({}, 1)
    value = document.value if document.value is not None else {}
    try:
        config = ConfigShape.model_validate(_filled(value, environ))
    except KeyError as error:
        raise SeeknalCiError(
            f"the environment variable {error.args[0]} is not set, and has no default",
            where=shown,
            fix=f"set it, or write ${{{error.args[0]}:default}}",
        ) from error
    except ValidationError as error:
        raise _wrong(error, document, shown) from error
    for rule in config.rules:
        if rule not in rule_ids:
            line, column = document.marks.get(f"rules.{rule}", (1, 1))
            raise SeeknalCiError(
                f"`{rule}` is no rule",
                where=f"{shown}:{line}:{column}",
                fix=nearest(rule, [*rule_ids]),
            )
    return config


def _filled(value: Json, environ: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return interpolated(value, environ)
    if isinstance(value, list):
        return [_filled(item, environ) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, environ) for key, item in value.items()}
    return value


def _wrong(error: ValidationError, document: Document, shown: str) -> SeeknalCiError:
    detail = error.errors(include_url=False)[0]
    keys = [str(key) for key in detail["loc"]]
    line, column = _mark(keys, document)
    name = ".".join(keys) or "the file"
    if detail["type"] == "extra_forbidden":
        part: type[BaseModel] = ConfigShape
        for key in keys[:-1]:
            part = cast("type[BaseModel]", part.model_fields[key].annotation)
        what, fix = f"`{name}` is no setting", nearest(keys[-1], [*part.model_fields])
    else:
        what, fix = misshapen(name, dict(detail))
        what = what.replace("`the file`", "the file")
    return SeeknalCiError(what, where=f"{shown}:{line}:{column}", fix=fix)


def _mark(keys: list[str], document: Document) -> tuple[int, int]:
    """Where a key stands, or the nearest one around it that the file writes."""
    paths = (".".join(keys[:length]) for length in range(len(keys), 0, -1))
    return next((document.marks[path] for path in paths if path in document.marks), (1, 1))
