"""The registry's tables as SQL that every engine takes, and its rows as the model's nouns.

Placeholders are `?`. A time is stored as TIMESTAMP without a zone, in UTC, because that is the
one form that all drivers hand back alike: DuckDB 2.0 fetches TIMESTAMPTZ only with pytz installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.environment import (
    Acknowledgement,
    Build,
    Environment,
    EnvironmentNode,
    Promotion,
)
from seeknal_ci.model.spec import Column
from seeknal_ci.warehouse.identifiers import qualified, quote
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, REGISTRY_SCHEMA, Delivery

# Raised whenever the tables below change their shape.
FORMAT = 2

# So many rows are still sent as a list of values.
_FEW_ROWS = 3

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the registry: columns as (name, type), the first `keys` of them its key."""

    name: str
    columns: tuple[tuple[str, str], ...]
    keys: int = 1

    @property
    def target(self) -> str:
        """Schema and name, quoted."""
        return qualified(REGISTRY_SCHEMA, self.name)

    @property
    def column_list(self) -> str:
        """All columns, quoted, in the order of a row."""
        return ", ".join(quote(name) for name, _ in self.columns)

    @property
    def create(self) -> str:
        """Makes the table where it is absent."""
        columns = ", ".join(f"{quote(name)} {kind}" for name, kind in self.columns)
        key = ", ".join(quote(name) for name, _ in self.columns[: self.keys])
        return f"CREATE TABLE IF NOT EXISTS {self.target} ({columns}, PRIMARY KEY ({key}))"

    @property
    def insert(self) -> str:
        """Adds one row."""
        values = _marks(self.columns)
        return f"INSERT INTO {self.target} ({self.column_list}) VALUES ({values})"  # noqa: S608

    def insert_all(self, rows: Sequence[Row]) -> tuple[str, Row]:
        """Adds some rows, at least one, in one statement; with its parameters.

        DuckDB 2.0 takes half a millisecond for a statement, and for one with many parameters
        many times that: so many rows travel as a list for each column.
        """
        if len(rows) <= _FEW_ROWS:
            values = ", ".join([f"({_marks(self.columns)})"] * len(rows))
            sql, parameters = f"VALUES {values}", [value for row in rows for value in row]
        else:
            lists = ", ".join(f"unnest(CAST(? AS {kind}[]))" for _, kind in self.columns)
            sql, parameters = (
                f"SELECT {lists}",
                [list(column) for column in zip(*rows, strict=True)],
            )
        return f"INSERT INTO {self.target} ({self.column_list}) {sql}", parameters

    def select(self, *where: str) -> str:
        """Reads rows by the equality of columns, in no order: engines sort text differently."""
        return f"SELECT {self.column_list} FROM {self.target}{_equal(where)}"  # noqa: S608

    def delete(self, *where: str) -> str:
        """Removes rows by the equality of columns."""
        return f"DELETE FROM {self.target}{_equal(where)}"  # noqa: S608


def _marks(columns: Sequence[object]) -> str:
    return ", ".join("?" * len(columns))


def _equal(columns: Sequence[str]) -> str:
    condition = " AND ".join(f"{quote(column)} = ?" for column in columns)
    return f" WHERE {condition}" if condition else ""


_NODE_COLUMNS = (("node", "TEXT"), ("build_id", "TEXT"), ("view", "TEXT"))

VERSION = Table("version", (("format", "BIGINT"),))
BUILD = Table(
    "build",
    (
        ("id", "TEXT"),
        ("node", "TEXT"),
        ("table", "TEXT"),
        ("columns", "TEXT"),
        ("rows", "BIGINT"),
        ("seconds", "DOUBLE PRECISION"),
        ("created_at", "TIMESTAMP"),
        ("run_id", "TEXT"),
        ("bytes", "BIGINT"),
    ),
)
ENVIRONMENT = Table(
    "environment",
    (
        ("name", "TEXT"),
        ("schema", "TEXT"),
        ("commit", "TEXT"),
        ("dirty", "BOOLEAN"),
        ("base_commit", "TEXT"),
        ("digest", "TEXT"),
        ("created_at", "TIMESTAMP"),
        ("updated_at", "TIMESTAMP"),
        ("expires_at", "TIMESTAMP"),
        ("branch", "TEXT"),
        ("clone", "TEXT"),
        ("changed", "TEXT"),
    ),
)
ENVIRONMENT_NODE = Table("environment_node", (("environment", "TEXT"), *_NODE_COLUMNS), keys=2)
PROMOTION = Table(
    "promotion",
    (
        ("id", "TEXT"),
        ("environment", "TEXT"),
        ("from_commit", "TEXT"),
        ("to_commit", "TEXT"),
        ("dirty", "BOOLEAN"),
        ("digest", "TEXT"),
        ("actor", "TEXT"),
        ("acknowledgements", "TEXT"),
        ("started_at", "TIMESTAMP"),
        ("finished_at", "TIMESTAMP"),
    ),
)
PROMOTION_NODE = Table("promotion_node", (("promotion", "TEXT"), *_NODE_COLUMNS), keys=2)
DELIVERY = Table(
    "delivery",
    (
        ("environment", "TEXT"),
        ("node", "TEXT"),
        ("build_id", "TEXT"),
        ("target", "TEXT"),
        ("rows", "BIGINT"),
        ("delivered_at", "TIMESTAMP"),
    ),
    keys=2,
)
LOAD = Table("load", (("build_id", "TEXT"), ("version", "TEXT"), ("fingerprint", "TEXT")))
TABLES = (
    VERSION,
    BUILD,
    ENVIRONMENT,
    ENVIRONMENT_NODE,
    PROMOTION,
    PROMOTION_NODE,
    DELIVERY,
    LOAD,
)

CREATE = (
    f"CREATE SCHEMA IF NOT EXISTS {quote(REGISTRY_SCHEMA)}",
    f"CREATE SCHEMA IF NOT EXISTS {quote(BUILDS_SCHEMA)}",
    *(table.create for table in TABLES),
)

# What a registry of an older format needs beside `CREATE`.
UPGRADE = (
    *(
        f"ALTER TABLE {ENVIRONMENT.target} ADD COLUMN IF NOT EXISTS {quote(name)} TEXT"
        for name in ("branch", "clone", "changed")
    ),
    f'UPDATE {VERSION.target} SET "format" = {FORMAT}',  # noqa: S608
)

LATEST_SECONDS = (
    'SELECT "node", "seconds" FROM ('  # noqa: S608
    'SELECT "node", "seconds", row_number() OVER '
    '(PARTITION BY "node" ORDER BY "created_at" DESC, "id") AS "age" '
    f'FROM {BUILD.target}) AS "ranked" WHERE "age" = 1'
)


def select_whole_builds(count: int) -> str:
    """Reads up to `count` builds by id, if their tables are still there."""
    columns = ", ".join(f'"b".{quote(name)}' for name, _ in BUILD.columns)
    return (
        f'SELECT {columns} FROM {BUILD.target} AS "b" '  # noqa: S608
        'JOIN information_schema.tables AS "t" ON "t".table_name = "b"."table" '
        f"AND \"t\".table_schema = '{BUILDS_SCHEMA}' "
        'AND "t".table_catalog = current_database() '
        f'WHERE "b"."id" IN ({", ".join("?" * count)})'
    )


def check_format(found: int | None, shown: str, *, read_only: bool = False) -> bool:
    """True for a registry that needs an upgrade first; None is a registry just made.

    Raises SeeknalCiError for one that a newer program wrote, and for an older one that is only
    to be read.
    """
    if found is not None and found > FORMAT:
        raise SeeknalCiError(
            f"{shown} was written by a newer seeknal-ci: its registry has format {found}, "
            f"this program knows {FORMAT}",
            fix="upgrade seeknal-ci: pip install --upgrade seeknal-ci",
        )
    older = found is not None and found < FORMAT
    if older and read_only:
        raise SeeknalCiError(
            f"{shown} was written by an older seeknal-ci: its registry has format {found}, "
            f"this program reads {FORMAT}",
            fix="run any command that writes, such as `seeknal-ci apply`: it brings it up to date",
        )
    return older


def row_of(table: Table, noun: object) -> Row:
    """A noun as a row of its table, whose columns have the names of the noun's fields."""
    return tuple(stored(getattr(noun, name)) for name, _ in table.columns)


def stored(value: Any) -> Any:
    """A field of a noun as its column has it."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        parts = [part if isinstance(part, str) else asdict(part) for part in value]
        return json.dumps(parts, ensure_ascii=False)
    return value


def node_rows(owner: str, nodes: Iterable[EnvironmentNode]) -> list[Row]:
    """Rows of `environment_node` or `promotion_node`."""
    return [(owner, node.node, node.build_id, node.view) for node in nodes]


def build_of(row: Row) -> Build:
    """The build in a row of `build`."""
    facts = facts_of(BUILD, row)
    columns = tuple(Column(**column) for column in json.loads(facts.pop("columns")))
    return Build(columns=columns, **facts)


def environment_of(row: Row, nodes: Iterable[Row]) -> Environment:
    """The environment in a row of `environment` and its rows of `environment_node`."""
    facts = facts_of(ENVIRONMENT, row)
    changed = tuple(json.loads(facts.pop("changed") or "[]"))
    return Environment(nodes=_nodes(nodes), changed=changed, **facts)


def promotion_of(row: Row, nodes: Iterable[Row]) -> Promotion:
    """The promotion in a row of `promotion` and its rows of `promotion_node`."""
    facts = facts_of(PROMOTION, row)
    given = json.loads(facts.pop("acknowledgements"))
    acknowledgements = tuple(Acknowledgement(**one) for one in given)
    return Promotion(acknowledgements=acknowledgements, nodes=_nodes(nodes), **facts)


def delivery_of(row: Row) -> Delivery:
    """The delivery in a row of `delivery`."""
    return Delivery(**facts_of(DELIVERY, row))


def facts_of(table: Table, row: Row) -> dict[str, Any]:
    """A row's values by the names of their columns; times in UTC."""
    return {
        name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
        for (name, _), value in zip(table.columns, row, strict=True)
    }


def _nodes(rows: Iterable[Row]) -> tuple[EnvironmentNode, ...]:
    return tuple(EnvironmentNode(*row[1:]) for row in sorted(rows, key=lambda row: row[1]))
