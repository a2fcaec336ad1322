"""The action's inputs, as action.yml hands them over: `SEEKNAL_CI_INPUT_<NAME>` each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.event import api_url_from, token_from

PREFIX = "SEEKNAL_CI_INPUT_"
DATA_DIFF = ("off", "counts", "full")
FAIL_ON = ("breaking", "non_breaking", "never")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the workflow asks for; None where it leaves the choice to the configuration."""

    command: str
    project: str
    config: str | None
    # A warehouse's URL holds its password: neither is ever part of a repr.
    warehouse: str | None = field(repr=False)
    base: str | None
    head: str | None
    environment: str | None
    fail_on: str | None
    comment: bool
    comment_id: str
    max_workers: int | None
    data_diff: str | None
    annotations: bool
    summary: bool
    report_file: str | None
    github_token: str | None = field(repr=False)
    api_url: str


def read_inputs(environ: Mapping[str, str]) -> Inputs:
    """The inputs in `environ`; an empty one counts as not given.

    Raises SeeknalCiError for a value that its input does not take.
    """

    def text(name: str) -> str | None:
        return environ.get(variable(name), "").strip() or None

    return Inputs(
        command=text("command") or "auto",
        project=text("project") or ".",
        config=text("config"),
        warehouse=text("warehouse"),
        base=text("base"),
        head=text("head"),
        environment=text("environment"),
        fail_on=_one_of("fail-on", text("fail-on"), FAIL_ON),
        comment=_flag("comment", text("comment")),
        comment_id=text("comment-id") or "default",
        max_workers=_count("max-workers", text("max-workers")),
        data_diff=_one_of("data-diff", text("data-diff"), DATA_DIFF),
        annotations=_flag("annotations", text("annotations")),
        summary=_flag("summary", text("summary")),
        report_file=text("report-file"),
        github_token=token_from(environ),
        api_url=api_url_from(environ),
    )


def variable(name: str) -> str:
    """The environment variable of an input: `fail-on` is `SEEKNAL_CI_INPUT_FAIL_ON`."""
    return PREFIX + name.upper().replace("-", "_")


def _one_of(name: str, value: str | None, choices: tuple[str, ...]) -> str | None:
    if value is not None and value not in choices:
        raise _refused(name, value, f"use {', '.join(choices)}")
    return value


def _flag(name: str, value: str | None) -> bool:
    if value is None:
        return True
    # YAML 1.2's spellings, which are those that @actions/core takes.
    if value not in ("true", "True", "TRUE", "false", "False", "FALSE"):
        raise _refused(name, value, "use true or false")
    return value.lower() == "true"


def _count(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 4 and int(value) > 0):
        raise _refused(name, value, "use a whole number from 1 to 9999")
    return int(value)


def _refused(name: str, value: str, fix: str) -> SeeknalCiError:
    return SeeknalCiError(f"{name} is {value!r}", where=f"the action's input `{name}`", fix=fix)
