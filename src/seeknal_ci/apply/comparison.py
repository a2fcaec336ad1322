"""Two builds of one node, compared value by value in the warehouse."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.data_diff import (
    ColumnDiff,
    ColumnValues,
    DistinctRows,
    KeyedRows,
    NodeDiff,
    Pair,
    RepeatedKey,
)
from seeknal_ci.model.environment import Build
from seeknal_ci.model.spec import Column
from seeknal_ci.sql.data_diff import (
    Rows,
    distinct_query,
    keyed_query,
    keys_query,
    values_query,
)
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, Warehouse

# PostgreSQL returns at most 1,664 columns; a query over fewer may also end within the budget.
COLUMNS_AT_ONCE = 100

Keys = Sequence[tuple[str, ...]]
Values = Mapping[str, ColumnValues]


@dataclass(frozen=True, slots=True)
class Limit:
    """When a full look ends, by `time.monotonic`; `seconds` is how long it may last in all."""

    ends: float
    seconds: float


class OverBudgetError(SeeknalCiError):
    """The time for looking at rows is up."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the warehouse about two builds: `pairs` are the columns of one type."""

    warehouse: Warehouse
    limit: Limit
    before: Build
    after: Build
    pairs: tuple[Pair, ...] = ()

    @property
    def tables(self) -> tuple[Rows, Rows]:
        """The tables before and after."""
        return Rows(BUILDS_SCHEMA, self.before.table), Rows(BUILDS_SCHEMA, self.after.table)

    def numbers(self, sql: str) -> tuple[int, ...]:
        """The answer. Raises OverBudgetError where there is no time left for it."""
        left = self.limit.ends - time.monotonic()
        found = self.warehouse.numbers(sql, left) if left > 0 else None
        if found is None:
            raise OverBudgetError(
                f"over the budget of {self.limit.seconds:g} seconds (`data_diff.timeout`)",
                fix="raise `data_diff.timeout`",
            )
        return found

    def values(self, build: Build) -> Values:
        """Of each column, its NULLs and its distinct values."""
        found: dict[str, ColumnValues] = {}
        rows = Rows(BUILDS_SCHEMA, build.table)
        for start in range(0, len(build.columns), COLUMNS_AT_ONCE):
            some = build.columns[start : start + COLUMNS_AT_ONCE]
            sql = values_query(rows, some, self.warehouse.engine)
            total, *counts = self.numbers(sql)
            for column, known, distinct in zip(some, counts[::2], counts[1::2], strict=True):
                found[column.name] = ColumnValues(total - known, distinct)
        return found

    def pairs_of(self, key: Sequence[str]) -> tuple[Pair, ...] | None:
        """The columns of a key; None if one is not on both sides with one type."""
        exact = {pair.after.name: pair for pair in self.pairs}
        folded = {pair.after.name.lower(): pair for pair in self.pairs}
        found = [exact.get(name) or folded.get(name.lower()) for name in key]
        known = tuple(pair for pair in found if pair is not None)
        return known if len(known) == len(found) else None


def matched(
    before: Sequence[Column], after: Sequence[Column]
) -> tuple[tuple[Column, ...], tuple[Column, ...], tuple[Pair, ...]]:
    """Columns that were added, those that were removed, and those of both sides.

    Two are one column if they are spelt alike; else if they alone differ only by case.
    """
    old = {column.name: column for column in before}
    pairs = {column.name: old.pop(column.name) for column in after if column.name in old}
    new = [column for column in after if column.name not in pairs]
    for column in new:
        name = column.name.lower()
        alike = [other for other in old if other.lower() == name]
        if len(alike) == 1 and [other.name.lower() for other in new].count(name) == 1:
            pairs[column.name] = old.pop(alike[0])
    return (
        tuple(column for column in after if column.name not in pairs),
        tuple(column for column in before if column.name in old),
        tuple(Pair(pairs[column.name], column) for column in after if column.name in pairs),
    )


def compared_values(
    warehouse: Warehouse, diff: NodeDiff, sides: tuple[Build, Build], keys: Keys, limit: Limit
) -> NodeDiff:
    """The node's diff with what its rows tell; where the time is up or the warehouse refuses,
    with what is known until then, and why there is no more.
    """
    _, _, pairs = matched(sides[0].columns, sides[1].columns)
    alike = tuple(pair for pair in pairs if pair.before.type == pair.after.type)
    question = Question(warehouse, limit, *sides, alike)
    try:
        before, after = (question.values(build) for build in sides)
        diff = replace(diff, columns=_columns(pairs, diff, before, after))
        return _rows(question, diff, keys, before, after)
    except OverBudgetError as error:
        return replace(diff, not_compared=error.what)
    except SeeknalCiError as error:
        return replace(diff, not_compared=f"could not be compared: {error.what}")


def _columns(
    pairs: Sequence[Pair], diff: NodeDiff, before: Values, after: Values
) -> tuple[ColumnDiff, ...]:
    """Every column: those of both sides, the new ones, and those that are gone."""
    return (
        *(ColumnDiff(p.after.name, before[p.before.name], after[p.after.name]) for p in pairs),
        *(ColumnDiff(column.name, None, after[column.name]) for column in diff.added),
        *(ColumnDiff(column.name, before[column.name], None) for column in diff.removed),
    )


def _rows(
    question: Question, diff: NodeDiff, keys: Keys, before: Values, after: Values
) -> NodeDiff:
    """By the first key that is unique on both sides; else as distinct rows."""
    for key in keys:
        columns = question.pairs_of(key)
        if columns is None:
            diff = replace(diff, absent_key=diff.absent_key or key)
            continue
        repeated = _repeated(question, columns)
        if repeated.before == repeated.after == 0:
            nulls = (before[p.before.name].nulls or after[p.after.name].nulls for p in columns)
            diff = replace(diff, absent_key=(), repeated_key=None)
            return _by_key(question, diff, columns, with_nulls=any(nulls))
        diff = replace(diff, repeated_key=diff.repeated_key or repeated)
    if not question.pairs:
        return replace(diff, not_compared="no column is on both sides with one type")
    sql = distinct_query(*question.tables, question.pairs, question.warehouse.engine)
    return replace(diff, distinct=DistinctRows(*question.numbers(sql)))


def _repeated(question: Question, key: Sequence[Pair]) -> RepeatedKey:
    """How many rows of each side have the key of an earlier one."""
    sql = keys_query(*question.tables, key, question.warehouse.engine)
    before, after = question.numbers(sql)
    rows = question.before.rows, question.after.rows
    names = tuple(pair.after.name for pair in key)
    return RepeatedKey(names, rows[0] - before, rows[1] - after)


def _by_key(
    question: Question, diff: NodeDiff, key: Sequence[Pair], *, with_nulls: bool
) -> NodeDiff:
    """Rows matched by the key, and in how many of them each column differs."""
    compared = [pair for pair in question.pairs if pair not in key]
    engine = question.warehouse.engine
    sql = keyed_query(*question.tables, key, compared, engine, with_nulls=with_nulls)
    only_before, only_after, changed, *by_column = question.numbers(sql)
    names = [pair.after.name for pair in compared]
    counts = dict(zip(names, by_column, strict=True))
    return replace(
        diff,
        keyed=KeyedRows(tuple(p.after.name for p in key), only_before, only_after, changed),
        columns=tuple(replace(c, changed=counts.get(c.name)) for c in diff.columns),
    )
