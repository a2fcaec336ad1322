"""How the rows of an environment differ from production's; numbers alone, never a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.model.spec import Column


class Depth(StrEnum):
    """How closely rows are looked at. COUNTS are known without a look at a single row."""

    OFF = "off"
    COUNTS = "counts"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Pair:
    """One column on both sides; its type may differ, and so may the case of its name."""

    before: Column
    after: Column


@dataclass(frozen=True, slots=True)
class ColumnValues:
    """What a column holds: how many NULLs, and how many distinct values beside NULL."""

    nulls: int
    distinct: int


@dataclass(frozen=True, slots=True)
class ColumnDiff:
    """A column's values on both sides; None on a side that does not have it.

    `changed` is in how many rows of one key it differs. None where rows were not compared by a
    key, for the key itself, and for a column that has another type.
    """

    name: str
    before: ColumnValues | None
    after: ColumnValues | None
    changed: int | None = None

    @property
    def differs(self) -> bool:
        """Whether anything is known to be different."""
        return self.before != self.after or bool(self.changed)


@dataclass(frozen=True, slots=True)
class KeyedRows:
    """Rows matched by a key that is unique on both sides."""

    key: tuple[str, ...]
    only_before: int
    only_after: int
    changed: int

    @property
    def differ(self) -> bool:
        """Whether a single row is not the same."""
        return bool(self.only_before or self.only_after or self.changed)


@dataclass(frozen=True, slots=True)
class DistinctRows:
    """Rows compared as a whole, each counted once: those of each side, and those of one alone.

    `repeated` are on both sides, but not the same number of times.
    """

    before: int
    after: int
    only_before: int
    only_after: int
    repeated: int

    @property
    def differ(self) -> bool:
        """Whether a single row is not the same."""
        return bool(self.only_before or self.only_after or self.repeated)


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that is not unique: on each side, how many rows have the key of an earlier one."""

    key: tuple[str, ...]
    before: int
    after: int

    @property
    def lost(self) -> bool:
        """Whether it was unique in production."""
        return self.before == 0


@dataclass(frozen=True, slots=True)
class NodeDiff:
    """One node's rows in production (`rows_before` None where it is not there) and after.

    Rows are compared as `keyed` or, where no key will do, as `distinct` ones: `repeated_key` is not
    unique, `absent_key` is not on both sides with one type, and without either none is declared.
    `other_sources` are the sources upstream that production reads in another version, or not at
    all. `not_compared` says why a full look has less, or nothing, to tell.
    """

    node: str
    rows_before: int | None
    rows_after: int
    added: tuple[Column, ...] = ()
    removed: tuple[Column, ...] = ()
    retyped: tuple[Pair, ...] = ()
    columns: tuple[ColumnDiff, ...] = ()
    keyed: KeyedRows | None = None
    distinct: DistinctRows | None = None
    repeated_key: RepeatedKey | None = None
    absent_key: tuple[str, ...] = ()
    other_sources: tuple[str, ...] = ()
    not_compared: str | None = None

    @property
    def is_new(self) -> bool:
        """Whether production does not have it; what it had and is gone is not compared."""
        return self.rows_before is None and self.not_compared is None

    @property
    def is_emptied(self) -> bool:
        """Whether it has lost all its rows, or is new and has none."""
        return self.rows_after == 0 and self.rows_before != 0

    @property
    def alarms(self) -> bool:
        """Whether it is without rows, or its key without its uniqueness."""
        return self.is_emptied or (self.repeated_key is not None and self.repeated_key.lost)

    @property
    def differs(self) -> bool:
        """Whether anything is known to be different, or could not be compared."""
        rows = (self.keyed, self.distinct)
        return bool(
            self.rows_before != self.rows_after
            or self.added
            or self.removed
            or self.retyped
            or self.alarms
            or self.not_compared is not None
            or any(part is not None and part.differ for part in rows)
            or any(column.differs for column in self.columns)
        )


@dataclass(frozen=True, slots=True)
class DataDiff:
    """Every node that has rows and that production shows otherwise or not at all, by node id.

    `unbuilt` are those that nobody has built yet. `problem` says why nothing could be compared;
    `interrupted` is true where somebody did not wait for it.
    """

    depth: Depth
    production: str
    nodes: tuple[NodeDiff, ...] = ()
    unbuilt: tuple[str, ...] = ()
    problem: str | None = None
    interrupted: bool = False
