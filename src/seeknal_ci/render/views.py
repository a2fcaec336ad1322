"""What a comment says, as frozen values; their texts are raw, the template escapes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from seeknal_ci.model.data_diff import DataDiff
from seeknal_ci.model.environment import Environment, Overlap
from seeknal_ci.model.plan import Plan
from seeknal_ci.model.run import RunReport
from seeknal_ci.render.mermaid import Diagram, Graph
from seeknal_ci.render.wording import clipped

T = TypeVar("T")


class Section(StrEnum):
    """A part of the comment that may or may not have been looked at."""

    CHANGES = "changes"
    BUILD = "build"
    CHECKS = "rules and audits"
    ROWS = "row counts"
    VALUES = "values"


class CheckStatus(StrEnum):
    """How a rule or an audit ended."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """A rule or an audit on a node's fresh build; `message` says what it found."""

    node: str
    name: str
    status: CheckStatus
    message: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the report. None is "not looked at"; `not_checked` says why.

    `acknowledge` is whether an acknowledgement lets a breaking change through.
    """

    plan: Plan | None = None
    run: RunReport | None = None
    environment: Environment | None = None
    checks: tuple[Check, ...] | None = None
    data: DataDiff | None = None
    overlaps: tuple[Overlap, ...] = ()
    graph: Graph | None = None
    not_checked: Mapping[Section, str] = field(default_factory=dict)
    acknowledge: bool = True


@dataclass(frozen=True, slots=True)
class Links:
    """Where things can be read; None draws no link. `docs` gets a rule's name appended,
    `files` and `base_files` a path.
    """

    docs: str | None = None
    files: str | None = None
    base_files: str | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """The rows of a section, and how many were left out."""

    shown: tuple[T, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, with its address where that is known."""

    path: str
    line: int
    url: str | None = None

    @property
    def label(self) -> str:
        """The path, or its end where a link leads to the rest of it."""
        return self.short if self.url else f"{self.path}:{self.line}"

    @property
    def short(self) -> str:
        """The end of the path, for a table that names the node beside it."""
        return f"{clipped(self.path.rpartition('/')[2], 40)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Reader:
    """A downstream node that reads what a finding is about."""

    node: str
    owner: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding, at `spot` and in `more_spots` other places; or `count` findings of one rule.

    `nodes` are the first few of the `node_count` it is about. `lowered_from` is the rule's own
    category, where the project's configuration lowered it.
    """

    nodes: tuple[str, ...]
    change: str
    renamed_from: str | None
    owner: str | None
    category: str
    rule: str
    message: str
    spot: Spot | None
    readers: tuple[Reader, ...] = ()
    blocked: int = 0
    lowered_from: str | None = None
    more_spots: int = 0
    count: int = 1
    node_count: int = 1


@dataclass(frozen=True, slots=True)
class DownstreamRow:
    """A node that changes reach; or `count` nodes of one impact."""

    nodes: tuple[str, ...]
    owner: str | None
    impact: str
    message: str
    spot: Spot | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """An error or a warning about the project's files."""

    code: str
    message: str
    fix: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class ToDo:
    """Something to do now; the same for `count` findings."""

    text: str
    spot: Spot | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class FailureRow:
    """A node whose build failed, and how many tries it had."""

    node: str
    error_class: str
    message: str
    attempts: int


@dataclass(frozen=True, slots=True)
class DataRow:
    """How a node's data differ; `change` is a percentage of the rows before, or a word. Rows
    before are None where there are as many after, or where there was no table.

    `emptied` says that there are no rows any more, `alarm` that a key is no longer unique.
    """

    node: str
    before: str | None
    after: str
    change: str
    emptied: bool
    alarm: str | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataColumn:
    """A column's NULLs and distinct values, before and after, and in how many rows it differs."""

    name: str
    nulls: str
    distinct: str
    changed: str


@dataclass(frozen=True, slots=True)
class DataDetails:
    """The columns of a node that differ, and how many more do."""

    node: str
    columns: tuple[DataColumn, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """A built environment: where it is, until when, and a query to paste."""

    name: str
    schema: str
    nodes: int
    expires: str | None
    query: str | None


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether sections were looked at: checked, not checked, unknown; and why, if not."""

    sections: tuple[str, ...]
    state: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which commits, which plan, which program, which run."""

    base_ref: str
    base: str | None
    head_ref: str
    head: str | None
    dirty: bool
    digest: str | None
    tool_version: str
    run_url: str | None


@dataclass(frozen=True, slots=True)
class CommentView:
    """One comment. `verdict` is errors, BREAKING, NON_BREAKING, METADATA or none.

    `rest` says where the rows are that `truncated` left out.
    """

    id: str
    project: str | None
    verdict: str
    headline: str
    provenance: Provenance
    checked: tuple[Checked, ...]
    docs_url: str | None = None
    errors: Rows[ProblemRow] = Rows()
    actions: Rows[ToDo] = Rows()
    breaking: Rows[FindingRow] = Rows()
    downstream: Rows[DownstreamRow] = Rows()
    failures: Rows[FailureRow] = Rows()
    other: Rows[FindingRow] = Rows()
    rebuilt: Rows[DownstreamRow] = Rows()
    checks: Rows[Check] = Rows()
    check_counts: tuple[tuple[int, str], ...] = ()
    data: Rows[DataRow] = Rows()
    data_details: Rows[DataDetails] = Rows()
    data_notes: tuple[str, ...] = ()
    data_problem: str | None = None
    warnings: Rows[ProblemRow] = Rows()
    overlaps: Rows[Overlap] = Rows()
    environment: EnvironmentView | None = None
    diagram: Diagram | None = None
    truncated: bool = False
    rest: str = "in the job summary"
