"""Random pairs of small tables, and how they differ, counted in Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from seeknal_ci.model.data_diff import (
    ColumnDiff,
    ColumnValues,
    DistinctRows,
    KeyedRows,
    NodeDiff,
    Pair,
    RepeatedKey,
)
from seeknal_ci.model.spec import Column

# Literals as SQL, by type; two of one type that are written differently are different values.
LITERALS: dict[str, tuple[str, ...]] = {
    "INTEGER": ("0", "1", "2", "-3"),
    "VARCHAR": ("''", "'a'", "'A'", "'a '", "'é'", "'NULL'", "'it''s'"),
    "DOUBLE": ("0.1", "0.30000000000000004", "0.3", "'NaN'", "'Infinity'"),
    "DECIMAL(10,2)": ("1.50", "1.51", "-0.01"),
    "BOOLEAN": ("true", "false"),
    "DATE": ("'2024-02-29'", "'2024-03-01'"),
    "TIMESTAMP": ("'2024-02-29 12:00:00'", "'2024-02-29 12:00:00.000001'"),
    "BLOB": ("'a'", "'b'"),
    "INTEGER[]": ("[1, 2]", "[2, 1]", "[]"),
    "VARCHAR[]": ("['a', NULL]", "['a', 'b']"),
    "JSON": ("'{\"a\": 1}'", "'[1]'"),
    "VARCHAR[2]": ("['a', NULL]", "['a', 'b']"),
    "INTEGER[][]": ("[[1], [2]]", "[[1, 2]]"),
    "TIMESTAMP WITH TIME ZONE": ("'2024-02-29 12:00:00+00'", "'2024-02-29 12:00:00+01'"),
    "INTERVAL": ("'1 day'", "'3 months'"),
    "UUID": ("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"),
    "BIT": ("'0101'", "'101'"),
    "ENUM('x', 'y')": ("'x'", "'y'"),
    "DECIMAL(38,0)": ("99999999999999999999999999999999999999", "0"),
    "MAP(VARCHAR, INTEGER)": ("MAP {'k': 1}", "MAP {'k': 2}"),
    "STRUCT(a INTEGER, b VARCHAR)": ("{'a': 1, 'b': 'x'}", "{'a': NULL, 'b': 'x'}"),
}
NAMES = ("id", "Key", "order", 'a"b', "größe", "with space", "n")
NULL = "NULL"

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Columns, and rows of literals; equal literals of one type are equal values."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @property
    def sql(self) -> str:
        """A query in DuckDB's dialect that makes the table."""
        names = [f'"{column.name.replace(chr(34), chr(34) * 2)}"' for column in self.columns]
        rows = self.rows or (tuple(NULL for _ in self.columns),)
        selects = (
            "SELECT "
            + ", ".join(
                f"CAST({literal} AS {column.type}) AS {name}"
                for literal, column, name in zip(row, self.columns, names, strict=True)
            )
            + ("" if self.rows else " WHERE 1 = 0")
            for row in rows
        )
        return " UNION ALL ".join(selects)

    def column(self, name: str) -> list[str]:
        """The literals of a column."""
        at = [column.name for column in self.columns].index(name)
        return [row[at] for row in self.rows]

    def picked(self, names: Sequence[str]) -> list[Row]:
        """The rows with these columns alone."""
        return list(zip(*(self.column(name) for name in names), strict=True))


@dataclass(frozen=True, slots=True)
class Tables:
    """Two tables of one node, and the keys that it declares."""

    before: Table
    after: Table
    keys: tuple[tuple[str, ...], ...]


def random_tables(rng: Random) -> Tables:
    """A table, and another that is made of it by a few edits."""
    names = rng.sample(NAMES, rng.randint(1, 4))
    columns = tuple(Column(name, rng.choice([*LITERALS])) for name in names)
    rows = [_row(rng, columns) for _ in range(rng.choice((0, 1, 3, 8)))]
    before = Table(columns, tuple(rows))
    others = _edited_columns(rng, columns)
    kept = [row for row in rows if rng.random() < 0.8]
    kept += [rng.choice(rows) for _ in range(rng.randint(0, 1)) if rows]
    kept += [_row(rng, columns) for _ in range(rng.randint(0, 2))]
    after = Table(others, tuple(_as(rng, row, columns, others) for row in kept))
    known = [*names, "nowhere"]
    keys = tuple(
        tuple(rng.sample(known, rng.randint(1, min(2, len(known)))))
        for _ in range(rng.randint(0, 2))
    )
    return Tables(before, after, keys)


def _row(rng: Random, columns: Sequence[Column]) -> Row:
    return tuple(
        NULL if rng.random() < 0.2 else rng.choice(LITERALS[str(column.type)]) for column in columns
    )


def _edited_columns(rng: Random, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    edited = list(columns)
    if rng.random() < 0.3:
        edited[0] = Column(edited[0].name, rng.choice([*LITERALS]))
    if rng.random() < 0.2:
        edited[-1] = Column(edited[-1].name.upper(), edited[-1].type)
    if rng.random() < 0.2 and len(edited) > 1:
        edited.pop(rng.randrange(len(edited)))
    if rng.random() < 0.2:
        edited.append(Column("added", "INTEGER"))
    rng.shuffle(edited)
    return tuple(edited)


def _as(rng: Random, row: Row, columns: Sequence[Column], others: Sequence[Column]) -> Row:
    """A row under other columns: what is new gets a value, what is there may change."""
    held = {(c.name.lower(), c.type): value for c, value in zip(columns, row, strict=True)}
    fresh = _row(rng, others)
    return tuple(
        value if rng.random() < 0.1 else held.get((column.name.lower(), column.type), value)
        for column, value in zip(others, fresh, strict=True)
    )


def counted(node: str, tables: Tables) -> NodeDiff:
    """How the tables differ, by counting."""
    before, after = tables.before, tables.after
    old = {column.name.lower(): column for column in before.columns}
    new = {column.name.lower(): column for column in after.columns}
    pairs = [Pair(old[name], column) for name, column in new.items() if name in old]
    added = tuple(column for name, column in new.items() if name not in old)
    removed = tuple(column for name, column in old.items() if name not in new)
    columns = (
        *(ColumnDiff(p.after.name, _of(before, p.before), _of(after, p.after)) for p in pairs),
        *(ColumnDiff(column.name, None, _of(after, column)) for column in added),
        *(ColumnDiff(column.name, _of(before, column), None) for column in removed),
    )
    diff = NodeDiff(
        node,
        len(before.rows),
        len(after.rows),
        added=added,
        removed=removed,
        retyped=tuple(pair for pair in pairs if pair.before != pair.after),
        columns=columns,
    )
    alike = [pair for pair in pairs if pair.before.type == pair.after.type]
    return _compared(diff, tables, alike)


def _compared(diff: NodeDiff, tables: Tables, alike: list[Pair]) -> NodeDiff:
    by_name = {pair.after.name.lower(): pair for pair in alike}
    absent: tuple[str, ...] = ()
    repeated: RepeatedKey | None = None
    for key in tables.keys:
        if any(name.lower() not in by_name for name in key):
            absent = absent or key
            continue
        pairs = [by_name[name.lower()] for name in key]
        again = [
            len(rows) - len(set(rows))
            for rows in (
                tables.before.picked([p.before.name for p in pairs]),
                tables.after.picked([p.after.name for p in pairs]),
            )
        ]
        if again == [0, 0]:
            return _by_key(diff, tables, pairs, [pair for pair in alike if pair not in pairs])
        names = tuple(pair.after.name for pair in pairs)
        repeated = repeated or RepeatedKey(names, *again)
    diff = replace(diff, absent_key=absent, repeated_key=repeated)
    if not alike:
        return replace(diff, not_compared="no column is on both sides with one type")
    old = Counter(tables.before.picked([pair.before.name for pair in alike]))
    new = Counter(tables.after.picked([pair.after.name for pair in alike]))
    both = old.keys() & new.keys()
    distinct = DistinctRows(
        len(old),
        len(new),
        len(old.keys() - both),
        len(new.keys() - both),
        sum(old[row] != new[row] for row in both),
    )
    return replace(diff, distinct=distinct)


def _by_key(diff: NodeDiff, tables: Tables, key: list[Pair], compared: list[Pair]) -> NodeDiff:
    old = _keyed(tables.before, [p.before.name for p in key], [p.before.name for p in compared])
    new = _keyed(tables.after, [p.after.name for p in key], [p.after.name for p in compared])
    both = old.keys() & new.keys()
    changed = {
        pair.after.name: sum(old[k][n] != new[k][n] for k in both)
        for n, pair in enumerate(compared)
    }
    return replace(
        diff,
        keyed=KeyedRows(
            tuple(pair.after.name for pair in key),
            len(old.keys() - both),
            len(new.keys() - both),
            sum(old[k] != new[k] for k in both),
        ),
        columns=tuple(replace(c, changed=changed.get(c.name)) for c in diff.columns),
    )


def _keyed(table: Table, key: list[str], names: list[str]) -> dict[Row, Row]:
    values = table.picked(names) if names else [() for _ in table.rows]
    return dict(zip(table.picked(key), values, strict=True))


def _of(table: Table, column: Column) -> ColumnValues:
    literals = table.column(column.name)
    return ColumnValues(literals.count(NULL), len(set(literals) - {NULL}))
