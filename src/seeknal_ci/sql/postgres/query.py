"""Queries in DuckDB's dialect as PostgreSQL's that make the same rows.

DuckDB does not see the case of names and PostgreSQL does, so every name is spelt in small letters,
and a column of a table as the table has it. What means something else in PostgreSQL, or nothing,
is refused: rows that differ silently are worse than an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import Column, SqlText
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.inference import infer_types
from seeknal_ci.sql.parse import parse_query
from seeknal_ci.sql.postgres.unsayable import unsayable
from seeknal_ci.sql.postgres.words import reworded
from seeknal_ci.sql.reading import visible_sources

DUCKDB = "duckdb"
_MADE_UP = re.compile(r"_col_\d+|")

# Schema and name of a table, as the query spells them.
Table = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """A query as it was written, and the tables with a schema that it reads."""

    tree: exp.Query
    tables: tuple[Table, ...]


def read_query(sql: str) -> Written:
    """One query in DuckDB's dialect. Raises SeeknalCiError."""
    try:
        tree = parse_query(SqlText(sql, Place("", 1)), DUCKDB)
    except SqlError as error:
        raise SeeknalCiError(error.message, fix=error.fix) from error
    found = dict.fromkeys(
        _name(table) for table in tree.find_all(exp.Table) if table.args.get("db")
    )
    return Written(tree, tuple(found))


def to_postgres(
    query: Written, known: Mapping[Table, tuple[Column, ...]], outputs: Sequence[str]
) -> str:
    """The query in PostgreSQL's dialect; `known` has the columns of every table that it reads.

    `outputs` are the names that DuckDB gives its columns, which stay in their places. Raises
    SeeknalCiError for what cannot be translated.
    """
    tree = query.tree.copy()
    names = {table: f"_table_{index}" for index, table in enumerate(query.tables)}
    _hide_tables(tree, names)
    try:
        qualified = _qualified(tree, {names[table]: known[table] for table in names})
        _check_outputs(qualified, outputs)
        _respell(qualified, {name: known[table] for table, name in names.items()})
        said = reworded(qualified)
        _show_tables(said, {name: table for table, name in names.items()})
        return said.sql(
            "postgres", identify=True, comments=False, unsupported_level=ErrorLevel.RAISE
        )
    except SqlglotError as error:
        raise unsayable(str(error).splitlines()[0].rstrip(".")) from error
    except RecursionError as error:
        raise unsayable("it is nested too deeply") from error


def _check_outputs(tree: exp.Expr, outputs: Sequence[str]) -> None:
    """Hold sqlglot's reading of stars and joins to DuckDB's; it makes up the names of others."""
    assert isinstance(tree, exp.Query), "qualify keeps a query a query"
    names = [name.lower() for name in tree.named_selects]
    alike = len(names) == len(outputs) and all(
        name == output.lower() or _MADE_UP.fullmatch(name)
        for name, output in zip(names, outputs, strict=True)
    )
    if not alike:
        raise unsayable(f"its columns are {', '.join(outputs)} to DuckDB, and {', '.join(names)}")


def _name(table: exp.Table) -> Table:
    return table.db, table.name


def _hide_tables(tree: exp.Expr, names: Mapping[Table, str]) -> None:
    """Give every table a name whose case does not matter, and its own as an alias."""
    for table in list(tree.find_all(exp.Table)):
        if table.args.get("db"):
            if not table.alias:
                table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
            table.set("this", exp.to_identifier(names[_name(table)]))
            table.set("db", None)
            table.set("catalog", None)


def _show_tables(tree: exp.Expr, tables: Mapping[str, Table]) -> None:
    for table in list(tree.find_all(exp.Table)):
        found = tables.get(table.name)
        if found is not None and not table.args.get("db"):
            table.set("this", exp.to_identifier(found[1], quoted=True))
            table.set("db", exp.to_identifier(found[0], quoted=True))


def _qualified(tree: exp.Query, known: Mapping[str, tuple[Column, ...]]) -> exp.Expr:
    """Every star and alias spelt out, every column with its table, every expression typed."""
    schema = MappingSchema(dialect=DUCKDB)
    for name, columns in known.items():
        types: dict[Any, str] = {
            exp.to_identifier(c.name, quoted=True): c.type or "UNKNOWN" for c in columns
        }
        schema.add_table(exp.Table(this=exp.to_identifier(name)), types, match_depth=False)
    qualified = qualify(
        tree,
        dialect=DUCKDB,
        schema=schema,
        allow_partial_qualification=True,
        validate_qualify_columns=False,
        quote_identifiers=False,
        identify=False,
    )
    return infer_types(qualified, schema, DUCKDB)


def _respell(tree: exp.Expr, known: Mapping[str, tuple[Column, ...]]) -> None:
    """Spell columns of tables as the tables do; all other names are in small letters."""
    spelt = {name: {c.name.lower(): c.name for c in columns} for name, columns in known.items()}
    for scope in traverse_scope(tree):
        for column in scope.columns:
            source = visible_sources(scope).get(column.table)
            if isinstance(source, exp.Table) and source.name in spelt:
                if source.alias_column_names:
                    raise unsayable("it gives the columns of a table other names behind AS")
                own = spelt[source.name].get(column.name.lower())
                if own is not None:
                    column.set("this", exp.to_identifier(own, quoted=True))
