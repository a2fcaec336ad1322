"""Where columns come from, and what is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.side import Side


class Role(StrEnum):
    """How a column is used: for a value, or for what decides which rows there are."""

    VALUE = "value"
    WINDOW = "window"
    FILTER = "filter"
    JOIN = "join"
    GROUP = "group"
    HAVING = "having"
    QUALIFY = "qualify"
    DISTINCT = "distinct"
    SET = "set operation"
    UNNEST = "unnest"
    ORDER = "order"
    LIMIT = "limit"
    AUDIT = "audit"
    KEY = "key"
    PARTITION = "partition"
    READ = "read"


@dataclass(frozen=True, slots=True, order=True)
class ColumnId:
    """A column of a node, spelled as the node spells it."""

    node: str
    column: str

    def __str__(self) -> str:
        return f"{self.node}.{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A column that a value is made of. Within a value it may only sort, filter or frame."""

    column: ColumnId
    role: Role = Role.VALUE


@dataclass(frozen=True, slots=True)
class Step:
    """A column of a query inside the node's own that an output is made through."""

    name: str
    expression: str


@dataclass(frozen=True, slots=True)
class Output:
    """An output column, in the project's words, with all that its values are made of.

    `unknown` says why the origins may be too many or too few.
    """

    name: str
    expression: str
    origins: tuple[Origin, ...] = ()
    steps: tuple[Step, ...] = ()
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """Columns that a node uses other than for a value, with its words for it.

    `unknown` says why it can only be told that they may be used.
    """

    role: Role
    text: str
    reads: tuple[ColumnId, ...]
    place: Place
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """An input of unknown columns that a query passes on by `*`, but for some of them."""

    node: str
    but: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NodeLineage:
    """What a node's outputs are made of, and what decides its rows.

    `reads` are the inputs that it does read, not merely declare. `uses` are of columns of these,
    `named` of columns of its own output. `unknown` says why its outputs are not all there;
    `opaque` why nothing can be told for sure of any column that it reads.
    """

    node: str
    reads: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    uses: tuple[Use, ...] = ()
    passed: tuple[Passed, ...] = ()
    named: tuple[Use, ...] = ()
    types: Mapping[str, str | None] = field(default_factory=dict)
    unknown: str | None = None
    opaque: str | None = None


@dataclass(frozen=True, slots=True)
class UsedColumn:
    """A column of an input, and every way in which a reader uses it."""

    column: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An edge of the graph, with the columns that go over it.

    `read` is False where the reader declares the input alone; `unknown` says why there may be
    more columns than these.
    """

    origin: str
    reader: str
    columns: tuple[UsedColumn, ...] = ()
    read: bool = True
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class TracedNode:
    """A node on the way; `distance` counts edges from the node asked for, upstream below zero.

    `columns` is None where they are unknown, and `unknown` then says why.
    """

    node: str
    distance: int
    owner: str | None = None
    place: Place | None = None
    columns: tuple[str, ...] | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class TracedColumn:
    """A column on the way, and how its node makes it; upstream distances are below zero."""

    id: ColumnId
    distance: int
    type: str | None = None
    expression: str | None = None
    steps: tuple[Step, ...] = ()
    unknown: str | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A column that another is made of."""

    origin: ColumnId
    output: ColumnId
    role: Role


@dataclass(frozen=True, slots=True)
class NodeUse:
    """A use, and the node that makes it."""

    node: str
    use: Use


@dataclass(frozen=True, slots=True)
class Traced:
    """One direction of a lineage.

    With a column asked for, `columns` and `flows` are its values' way, and `uses` what decides
    rows on the way up, and what else is done with the columns on the way down. `cut` has the
    nodes just beyond the depth asked for.
    """

    nodes: tuple[TracedNode, ...] = ()
    links: tuple[Link, ...] = ()
    columns: tuple[TracedColumn, ...] = ()
    flows: tuple[Flow, ...] = ()
    uses: tuple[NodeUse, ...] = ()
    cut: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a node, or one column of it, is made of and what is made of it.

    A direction that was not asked for is None. `errors` are of the project's files: what these
    hold may be missing here.
    """

    side: Side
    target: TracedNode
    column: TracedColumn | None = None
    depth: int | None = None
    upstream: Traced | None = None
    downstream: Traced | None = None
    errors: tuple[Problem, ...] = ()
