"""Kinds that are compared and drawn, and whose columns and uses are known all the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from seeknal_ci.model.spec import Located, SqlText, TrackedSpec


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that holds the key of another node: `node` is its id, `key` its column."""

    column: Located
    node: str
    key: Located


@dataclass(frozen=True, slots=True)
class TableSpec(TrackedSpec):
    """A dimension or a fact: its query, or its input as it is, and the columns it goes by.

    `surrogate` is a column that the loading of the table adds where the query has none of its
    name. `reads` are the nodes under `inputs:`, without those that only `references` name.
    """

    sql: SqlText | None = None
    keys: tuple[Located, ...] = ()
    surrogate: Located | None = None
    references: tuple[Reference, ...] = ()
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A name of a semantic model, and what it stands for in its input."""

    name: Located
    expression: SqlText


@dataclass(frozen=True, slots=True)
class Measure:
    """An aggregate of the input's rows, of those that meet every filter."""

    name: Located
    aggregate: str
    expression: SqlText
    filters: tuple[SqlText, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculation:
    """A metric: of measures and of other metrics, by their names.

    `expression` is of a `derived` one, `filter` a condition on rows; `aliases` are names that the
    expression has for metrics.
    """

    name: Located
    type: str
    operands: tuple[Located, ...] = ()
    expression: SqlText | None = None
    filter: SqlText | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SemanticSpec(TrackedSpec):
    """Entities, dimensions and measures of one input, and metrics made of them."""

    entities: tuple[Term, ...] = ()
    dimensions: tuple[Term, ...] = ()
    measures: tuple[Measure, ...] = ()
    metrics: tuple[Calculation, ...] = ()
    time_dimension: Located | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What it puts out, in the order of its fields; each name once."""
        names = [item.name.name for item in (*self.entities, *self.dimensions)]
        names += [item.name.name for item in self.measures]
        names += [item.name.name for item in self.metrics]
        first: dict[str, str] = {}
        for name in names:
            first.setdefault(name.lower(), name)
        return tuple(first.values())


@dataclass(frozen=True, slots=True)
class MetricSpec(TrackedSpec):
    """One metric, of the measures of semantic models."""

    metric: Calculation


@dataclass(frozen=True, slots=True)
class ModelSpec(TrackedSpec):
    """A trained model: what it learns from, and the columns that it puts out.

    `columns` is None where it does not say them. `label` is the column that it learns to tell, of
    the rows of `label_node` or else of its own; `features` are those that it learns from.
    """

    sql: SqlText | None = None
    columns: tuple[Located, ...] | None = None
    label: Located | None = None
    label_node: str | None = None
    features: tuple[Located, ...] = ()
    reads: tuple[str, ...] = ()
