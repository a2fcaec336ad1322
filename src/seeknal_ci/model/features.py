"""What the kinds that make features say they are, typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seeknal_ci.model.spec import Located, SqlText

# The first and the last of a row of days, both counted back from the application date.
Days = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Compared:
    """Aggregates over some days, held against the same over others."""

    days: Days
    other_days: Days
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """Aggregates of the rows that meet a condition; without one, of those up to the date."""

    condition: SqlText | None
    aggregates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SecondOrderFeature:
    """One column of an aggregation, aggregated again. Aggregates are words as in the YAML, or
    `percentile_95` for the 95th percentile.
    """

    column: Located
    aggregates: tuple[str, ...] = ()
    window: Days | None = None
    ratios: tuple[Compared, ...] = ()
    deltas: tuple[Compared, ...] = ()
    since: tuple[Conditional, ...] = ()


@dataclass(frozen=True, slots=True)
class SecondOrderSpec:
    """Features of features, by entity. Without an application date it is the input's last day."""

    id_column: Located
    feature_date_column: Located
    application_date_column: Located | None
    features: tuple[SecondOrderFeature, ...]


@dataclass(frozen=True, slots=True)
class DeclaredFeature:
    """A feature that a group says it has; `type` is DuckDB's spelling, None where none is given."""

    name: Located
    type: str | None = None


@dataclass(frozen=True, slots=True)
class FeatureGroupSpec:
    """Features of one entity: the rows of `sql`, or those of the first input."""

    entity: str
    join_keys: tuple[Located, ...] = ()
    event_time: Located | None = None
    features: tuple[DeclaredFeature, ...] = ()
    sql: SqlText | None = None

    @property
    def named(self) -> tuple[Located, ...]:
        """The columns that the group must put out: its keys, its time and its features."""
        time = () if self.event_time is None else (self.event_time,)
        return (*self.join_keys, *time, *(feature.name for feature in self.features))


@dataclass(frozen=True, slots=True)
class ProfileSpec:
    """Statistics of an input: of the columns named, or of all, with this many frequent values."""

    columns: tuple[Located, ...] = ()
    top_values: int = 5
