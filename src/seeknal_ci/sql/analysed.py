"""What is known of a node's query: plain values that outlive the syntax tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column


@dataclass(frozen=True, slots=True)
class Use:
    """A column of an input that a query reads. `star` where it is taken by `*` and not by name."""

    node: str
    column: str
    place: Place
    star: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A column that a query reads and that is not there.

    `nodes` are the inputs it was looked for in, `candidates` the columns they do have. What is
    written `s.a` may also be a field of a column `s` of one of the inputs in `struct_of`.
    """

    column: str
    nodes: tuple[str, ...]
    candidates: tuple[str, ...]
    place: Place
    ambiguous: bool = False
    struct_of: tuple[str, ...] = ()

    @property
    def struct(self) -> str:
        """The column whose field it would be."""
        return self.column.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a query that decides its rows: its terms, as the conditions of a filter.

    A term's canonical text, which decides equality, to the project's own.
    """

    canonical: str
    terms: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class Frame:
    """The canonical text of a query without its outputs: it decides which rows there are.

    `mixing` are outputs, in small letters, that are not made of one row's own values: with one
    more or less of them, an engine may put out the rows in another order. `in_any_order` is true
    where it may for any other output.
    """

    text: str
    mixing: frozenset[str]
    in_any_order: bool = False


@dataclass(frozen=True, slots=True)
class Analysed:
    """A query, understood as far as it can be.

    `columns` is None where the output cannot be known, and `unknown` then says why. `canonical`
    is equal for two queries only if they make the same rows and columns from the same inputs.
    """

    columns: tuple[Column, ...] | None
    canonical: str = ""
    unknown: str | None = None
    uses: tuple[Use, ...] = ()
    missing: tuple[Missing, ...] = ()
    # Output column to the canonical text of its expression, inputs by node id.
    expressions: Mapping[str, str] = field(default_factory=dict)
    # None where which rows there are goes by the outputs too, or cannot be told.
    frame: Frame | None = None
    # `filter`, `join`, `group by`, … to their texts; only those that the query has.
    clauses: Mapping[str, Clause] = field(default_factory=dict)
    # Output column to the place where the query names it, for those that it names.
    places: Mapping[str, Place] = field(default_factory=dict)
    # Nodes' columns, in small letters, that the query computes or compares with.
    computed: frozenset[tuple[str, str]] = frozenset()
    # False where it could not be told which table each column is of; `uses` are by name then.
    resolved: bool = True
    # Names that more than one output column has.
    duplicates: tuple[str, ...] = ()
    # The columns by which each NATURAL JOIN joins.
    natural_keys: tuple[tuple[str, ...], ...] = ()
    # Columns of different names that a UNION puts into one, because it goes by their place.
    crossed: frozenset[tuple[str, str]] = frozenset()
    # How many columns the sides of a UNION have, where they do not have as many.
    uneven: tuple[int, int] | None = None

    @property
    def types(self) -> Mapping[str, str | None]:
        """Output column to type, in order; empty where the columns are unknown."""
        return {column.name: column.type for column in self.columns or ()}
