"""Text to syntax tree, or to a problem with its place in the project's file."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.errors import SqlError


def parse_query(sql: SqlText, dialect: str) -> exp.Query:
    """The one query that the text holds. Raises SqlError."""
    if "{{" in sql.text:
        line = sql.text[: sql.text.index("{{")].count("\n") + 1
        raise SqlError(
            "template-unresolved",
            "the SQL has a template `{{ … }}`, and templates are not resolved yet",
            fix="write the value in its place",
            place=sql.place_of(line),
        )
    statements = [statement for statement in _parse(sql, dialect) if statement is not None]
    if not statements:
        raise SqlError("sql-empty", "the SQL is empty", fix="write a SELECT", place=sql.place_of(1))
    if len(statements) > 1:
        raise SqlError(
            "sql-statements",
            f"the SQL has {len(statements)} statements; a node is one query",
            fix="join the statements into one SELECT, with WITH for the steps before it",
            place=sql.place_of(1),
        )
    query = statements[0]
    if not isinstance(query, exp.Query):
        raise SqlError(
            "sql-not-a-query",
            f"the SQL is no query but a statement of kind {query.key.upper()}",
            fix="write a SELECT; seeknal-ci makes the table",
            place=sql.place_of(1),
        )
    return query


def parse_condition(sql: SqlText, dialect: str) -> exp.Expr:
    """One expression, as the condition of a feature. Raises SqlError."""
    # Projects write conditions as in Python (`is_active == 1`), which DuckDB reads as well.
    try:
        return sqlglot.parse_one(sql.text, dialect=dialect, into=exp.Condition)
    except SqlglotError as error:
        raise _syntax_problem(sql, error) from error


def _parse(sql: SqlText, dialect: str) -> list[exp.Expr | None]:
    try:
        return list(sqlglot.parse(sql.text, dialect=dialect))
    except SqlglotError as error:
        raise _syntax_problem(sql, error) from error
    except RecursionError as error:
        raise SqlError(
            "sql-too-deep",
            "the SQL is nested too deeply to be read",
            fix="split the query with WITH, or into several nodes",
            place=sql.place_of(1),
        ) from error


def _syntax_problem(sql: SqlText, error: SqlglotError) -> SqlError:
    line, column, near = 1, None, ""
    if isinstance(error, ParseError) and error.errors:
        first = error.errors[0]
        line, column, near = first["line"] or 1, first["col"], str(first["highlight"] or "")
        description = _sentence(str(first["description"]))
    else:
        description = _sentence(str(error).splitlines()[0])
    at = f" near `{near.strip()[:40]}`" if near.strip() else ""
    return SqlError(
        "sql-syntax",
        f"the SQL cannot be read: {description}{at}",
        fix=f"correct the SQL at line {line} of the query",
        place=sql.place_of(line, column),
    )


def _sentence(text: str) -> str:
    """sqlglot's description without its class names and quoted excerpts."""
    text = re.sub(r"<class '[^']*\.([A-Za-z]+)'>", r"\1", text)
    return re.sub(r"\s+", " ", text).strip().rstrip(".")[:200]
