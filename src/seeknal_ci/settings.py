"""Everything that can be configured, in one frozen value: flags, environment, file, defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.category import Category
from seeknal_ci.model.connections import Connections
from seeknal_ci.model.values import Values
from seeknal_ci.retention import Retention

if TYPE_CHECKING:
    from seeknal_ci.settings_file import ConfigShape

CONFIG_FILE = "seeknal-ci.yml"
PREFIX = "SEEKNAL_CI_"
# How closely rows are compared with production's.
DATA_DIFF = ("off", "counts", "full")
INTERPOLATION = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the commands go by. `root` is the repository's work tree, `project` a folder in it."""

    root: Path
    project: str = ""
    main_branch: str | None = None
    warehouse: str = "duckdb:///warehouse.duckdb"
    production: str = "prod"
    dialect: str = "duckdb"
    workers: int = 4
    environment_ttl: timedelta = timedelta(days=7)
    connections: Mapping[str, str] = field(default_factory=dict)
    retention: Retention = field(default_factory=Retention)
    severities: Mapping[str, Category] = field(default_factory=dict)
    breaking: str = "acknowledge"
    retries: int = 3
    backoff_seconds: float = 1.0
    comment_template: str | None = None
    # How closely rows are compared with production's, and what a full look may cost: rows of both
    # sides of a node together, and seconds in all.
    data_diff: str = "counts"
    data_diff_rows: int = 10_000_000
    data_diff_seconds: float = 120.0
    lock_timeout: float = 60.0
    # Where parsed files are kept between runs; None for nowhere.
    cache: Path | None = None
    # What templates stand for: one day for the whole run, and the environment's variables.
    values: Values = field(default_factory=Values)

    @property
    def databases(self) -> Connections:
        """Where sources may be."""
        return Connections(self.warehouse, self.connections)

    @property
    def folder(self) -> Path:
        """The project's folder on disk."""
        return self.root / self.project


def load_settings(
    root: Path,
    project: str,
    rule_ids: frozenset[str],
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
    config: Path | None = None,
) -> Settings:
    """Settings of a project. Flags beat environment variables, which beat the file.

    `config` is a file to read in place of the project's own. A flag of None was not given.
    Raises SeeknalCiError for a file that is wrong.
    """
    environ = os.environ if environ is None else environ
    settings = Settings(
        root=root, project=project, cache=cache_folder(environ), values=_values(environ)
    )
    path = config or settings.folder / CONFIG_FILE
    if config is not None and not config.is_file():
        raise SeeknalCiError(f"there is no configuration file {config}", fix="correct --config")
    if path.is_file():
        from seeknal_ci.settings_file import read_config

        shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
        settings = _with_file(settings, read_config(path, shown, environ, rule_ids))
    settings = _with_environment(settings, environ)
    given = {key: value for key, value in (flags or {}).items() if value is not None}
    return replace(settings, **given)  # type: ignore[arg-type]  # click has typed each flag


def _with_file(settings: Settings, config: ConfigShape) -> Settings:
    return replace(
        settings,
        main_branch=config.main_branch,
        warehouse=config.warehouse,
        production=config.production,
        dialect=config.dialect,
        workers=config.workers,
        environment_ttl=config.environments.ttl,
        connections=config.connections,
        retention=Retention(config.promote.keep, config.builds.keep),
        severities=config.rules,
        breaking=config.promote.breaking,
        retries=config.retry.max,
        backoff_seconds=config.retry.backoff.total_seconds(),
        comment_template=config.comment.template,
        data_diff=config.data_diff.level,
        data_diff_rows=config.data_diff.max_rows,
        data_diff_seconds=config.data_diff.timeout.total_seconds(),
    )


def _with_environment(settings: Settings, environ: Mapping[str, str]) -> Settings:
    given = {
        name: environ[PREFIX + name.upper()]
        for name in ("main_branch", "warehouse", "production")
        if environ.get(PREFIX + name.upper())
    }
    numbers: dict[str, int | float] = {}
    for name, kind in (("workers", int), ("lock_timeout", float)):
        text = environ.get(PREFIX + name.upper())
        if text:
            try:
                numbers[name] = kind(text)
            except ValueError as error:
                raise SeeknalCiError(
                    f"{PREFIX}{name.upper()} is {text!r}, which is no number",
                    fix="set it to a number, or unset it",
                ) from error
    level = environ.get(f"{PREFIX}DATA_DIFF")
    if level:
        given["data_diff"] = _data_diff(level)
    return replace(settings, **given, **numbers)  # type: ignore[arg-type]  # by name, as typed


def _data_diff(level: str) -> str:
    if level not in DATA_DIFF:
        raise SeeknalCiError(
            f"{PREFIX}DATA_DIFF is {level!r}", fix=f"set it to one of {', '.join(DATA_DIFF)}"
        )
    return level


def _values(environ: Mapping[str, str]) -> Values:
    """The values of a run: of today, in UTC, or of the day that the environment says it is."""
    text = environ.get(f"{PREFIX}DATE")
    if not text:
        return Values(environ=environ)
    try:
        return Values(date.fromisoformat(text), environ)
    except ValueError as error:
        raise SeeknalCiError(
            f"{PREFIX}DATE is {text!r}, which is no date", fix="write it as 2026-01-31, or unset it"
        ) from error


def cache_folder(environ: Mapping[str, str]) -> Path | None:
    """Where parsed files are kept between runs; None where the user wants that nowhere, or has
    no home.

    See https://specifications.freedesktop.org/basedir-spec/latest for XDG_CACHE_HOME.
    """
    switch = environ.get(f"{PREFIX}CACHE", "on")
    if switch not in ("on", "off", ""):
        raise SeeknalCiError(
            f"{PREFIX}CACHE is {switch!r}, and can be on or off",
            fix=f"set it to off, or unset it; {PREFIX}CACHE_DIR says where the cache is",
        )
    if switch == "off":
        return None
    own = environ.get(f"{PREFIX}CACHE_DIR")
    if own:
        return Path(own).absolute()
    shared = environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():
        return Path(shared) / "seeknal-ci"
    home = environ.get("HOME") or environ.get("USERPROFILE")
    return Path(home) / ".cache" / "seeknal-ci" if home else None


def interpolated(text: str, environ: Mapping[str, str]) -> str:
    """`${VAR}` and `${VAR:default}` filled in. Raises KeyError for a variable without either."""

    def value(match: re.Match[str]) -> str:
        name, default = match[1], match[2]
        found = environ.get(name)
        if found:
            return found
        if default is None:
            raise KeyError(name)
        return default

    return INTERPOLATION.sub(value, text)


def nearest(name: str, known: list[str]) -> str:
    """A fix for a name that is not known."""
    close = get_close_matches(name, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(sorted(known))}"
