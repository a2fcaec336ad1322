"""What each kind of node says it is, read from its YAML and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seeknal_ci.model.features import FeatureGroupSpec, ProfileSpec, SecondOrderSpec
from seeknal_ci.model.pieces import Piece, piece_at, spot_of
from seeknal_ci.model.place import Inside, Place

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

# Line and column of something in a file, both counted from 1.
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` is DuckDB's canonical spelling, or None where it is not known."""

    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class SqlText:
    """SQL as written, and where its first character stands.

    In a literal block (`|`) each line of SQL is one line of the file, `indent` to the right;
    elsewhere YAML folds lines, and every position is the place of the value. Where templates
    are filled in, `pieces` tell what was written where, and `symbols` what is left for a run.
    """

    text: str
    place: Place
    literal: bool = True
    indent: int = 0
    pieces: tuple[Piece, ...] = ()
    symbols: tuple[str, ...] = ()

    def place_of(self, line: int, column: int | None = None) -> Place:
        """The place in the file of a line and column of the SQL, counted from 1.

        What a template stands for is at the template.
        """
        if not self.pieces:
            return self._written(line, column)
        piece = piece_at(self.pieces, line, column)
        place = self._written(*spot_of(piece.start, piece.written, piece.fixed, line, column))
        within = piece.within
        if within is None:
            return place
        inner = spot_of(piece.start, within.written, within.fixed, line, column)
        snippet = within.snippet
        return replace(place, inside=Inside(snippet.template, snippet.text._written(*inner)))

    def after(self, words: str) -> SqlText:
        """The SQL with words on one line put before it, every position where it was."""
        if not self.pieces:
            return SqlText(words + self.text, self.place, self.literal)
        pieces = tuple(piece.after(len(words)) for piece in self.pieces)
        return replace(self, text=words + self.text, pieces=pieces)

    def _written(self, line: int, column: int | None) -> Place:
        if not self.literal:
            return self.place
        at = None if column is None else column + self.indent
        return Place(self.place.path, self.place.line + line - 1, at)


@dataclass(frozen=True, slots=True)
class Located:
    """A name and the place where the project writes it."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class Audit:
    """What a project holds true of a node's rows. `warns` where an objection stops nothing."""

    type: str
    place: Place
    warns: bool = False
    columns: tuple[Located, ...] = ()
    values: tuple[Json, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    sql: SqlText | None = None

    @property
    def name(self) -> str:
        """The audit in one word and its columns: `not_null(customer_id)`."""
        columns = ", ".join(column.name for column in self.columns)
        return f"{self.type}({columns})" if columns else self.type


# Types of sources whose rows are loaded.
LOADED = frozenset({"csv", "json", "jsonl", "parquet", "postgresql"})
# Those whose rows are in a database, which only a warehouse or a connection can reach.
REMOTE = frozenset({"postgresql"})


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """Data that enters the pipeline: a file of a format, or a table elsewhere."""

    type: str
    table: str
    params: Mapping[str, Json] = field(default_factory=dict)
    # None where the project declares no schema: then the columns are unknown.
    columns: tuple[Column, ...] | None = None

    @property
    def loaded(self) -> bool:
        """False for data that is tracked, and not loaded."""
        return self.type in LOADED


@dataclass(frozen=True, slots=True)
class TransformSpec:
    """A query over the node's inputs."""

    sql: SqlText


@dataclass(frozen=True, slots=True)
class Rolling:
    """Aggregates over the `days` days up to a row's date."""

    days: int
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ratio:
    """An aggregate over one window divided by the same over another; both in days."""

    numerator_days: int
    denominator_days: int
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """Aggregates of the rows that meet a condition."""

    condition: SqlText
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One column of the input, aggregated in several ways."""

    name: str
    column: Located
    basic: tuple[str, ...] = ()
    rolling: tuple[Rolling, ...] = ()
    ratio: tuple[Ratio, ...] = ()
    since: tuple[Since, ...] = ()


@dataclass(frozen=True, slots=True)
class AggregationSpec:
    """Features by entity and date, compiled to SQL."""

    id_column: Located
    feature_date_column: Located
    application_date_column: Located
    group_by: tuple[Located, ...]
    features: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class ExposureSpec:
    """Where the pipeline's results leave it. Only `file` is written by seeknal-ci.

    `queries` are those of a report, over its inputs; `target` is what tells the place that one of
    another type writes to.
    """

    type: str
    path: Located | None = None
    format: str = "parquet"
    partition_by: tuple[Located, ...] = ()
    compression: str | None = None
    queries: tuple[SqlText, ...] = ()
    target: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrackedSpec:
    """A kind that is compared and drawn, but not executed; `reason` says why."""

    reason: str


@dataclass(frozen=True, slots=True)
class PythonSpec(TrackedSpec):
    """A function in Python that makes the rows: read, and never run.

    `code` is a hash of all that decides what it does, `imports` the modules that its file names.
    """

    code: str
    # None where the decorator declares none: what the function returns is known when it runs.
    columns: tuple[Column, ...] | None = None
    imports: tuple[str, ...] = ()


Spec = (
    SourceSpec
    | TransformSpec
    | AggregationSpec
    | SecondOrderSpec
    | FeatureGroupSpec
    | ProfileSpec
    | ExposureSpec
    | TrackedSpec
)
