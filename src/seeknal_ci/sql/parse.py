"""Text to syntax tree, or to a problem with its place in the project's file."""

from __future__ import annotations

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.errors import SqlError

# Quoted text, names and comments that are whole.
CLOSED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$\$.*?\$\$""", re.DOTALL)


def parse_query(sql: SqlText, dialect: str) -> exp.Query:
    """The one query that the text holds. Raises SqlError."""
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
        raise _no_query(query, sql)
    for cte in query.find_all(exp.CTE):
        if not isinstance(cte.this, exp.Query | exp.Pivot):
            raise _no_query(cte.this, sql)
    if not query.selects:
        raise SqlError(
            "sql-no-columns",
            "the SQL selects nothing",
            fix="name columns after SELECT",
            place=sql.place_of(1),
        )
    return query


def _no_query(statement: exp.Expr, sql: SqlText) -> SqlError:
    return SqlError(
        "sql-not-a-query",
        f"the SQL is no query but a statement of kind {statement.key.upper()}",
        fix="write a SELECT, as in `SELECT * FROM (…)`; seeknal-ci makes the table",
        place=sql.place_of(1),
    )


def parse_condition(sql: SqlText, dialect: str) -> exp.Expr:
    """One expression, as the condition of a feature. Raises SqlError."""
    # Projects write conditions as in Python (`is_active == 1`), which DuckDB reads as well.
    try:
        found = _parse(SqlText(f"SELECT {sql.text}", sql.place, sql.literal), dialect)
    except SqlError as error:
        error.place = Place(error.place.path, error.place.line)
        raise
    query = found[0] if len(found) == 1 else None
    if isinstance(query, exp.Select) and len(query.selects) == 1 and _is_bare(query):
        condition = query.selects[0]
        if not isinstance(condition, exp.Alias | exp.Star):
            return condition.pop()
    raise SqlError(
        "sql-condition",
        f"`{' '.join(sql.text.split())[:40]}` is no condition",
        fix="write one comparison, or several with AND and OR",
        place=sql.place_of(1),
    )


def too_deep(place: Place) -> SqlError:
    """The problem of SQL that exhausts the stack."""
    return SqlError(
        "sql-too-deep",
        "the SQL is nested too deeply to be read",
        fix="split the query with WITH, or into several nodes",
        place=place,
    )


def _is_bare(query: exp.Select) -> bool:
    """True for a SELECT of expressions and nothing else."""
    return not any(value for key, value in query.args.items() if key not in ("expressions", "kind"))


def _parse(sql: SqlText, dialect: str) -> list[exp.Expr | None]:
    _refuse_templates(sql)
    try:
        return list(sqlglot.parse(sql.text, dialect=dialect))
    except SqlglotError as error:
        raise _syntax_problem(sql, error) from error
    except RecursionError as error:
        raise too_deep(sql.place_of(1)) from error


def _refuse_templates(sql: SqlText) -> None:
    if "{{" in sql.text:
        line = sql.text[: sql.text.index("{{")].count("\n") + 1
        raise SqlError(
            "template-unresolved",
            "the SQL has a template `{{ … }}`, and templates are not resolved yet",
            fix="write the value in its place",
            place=sql.place_of(line),
        )


def _syntax_problem(sql: SqlText, error: SqlglotError) -> SqlError:
    if isinstance(error, ParseError) and error.errors:
        first = error.errors[0]
        near = str(first["highlight"] or "")
        line = first["line"] or 1
        # sqlglot tells where the token ends, and people look where it begins.
        column = None if first["col"] is None else max(1, first["col"] - len(near) + 1)
        description = _sentence(str(first["description"]))
    else:
        near, line, column = _unclosed(sql.text)
        description = "a quote or comment is opened here and not closed"
    at = f" near `{near.strip()[:40]}`" if near.strip() else ""
    return SqlError(
        "sql-syntax",
        f"the SQL cannot be read: {description}{at}",
        fix=f"correct the SQL at line {line} of the query",
        place=sql.place_of(line, column),
    )


def _unclosed(text: str) -> tuple[str, int, int]:
    """The first quote or comment that has no end, with its line and column."""
    rest = CLOSED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    found = re.search(r"'|\"|/\*|\$\$", rest)
    start = found.start() if found else 0
    line = text[:start].count("\n") + 1
    return text[start : start + 12].splitlines()[0], line, start - text.rfind("\n", 0, start)


def _sentence(text: str) -> str:
    """sqlglot's description without its class names and quoted excerpts."""
    text = re.sub(r"<class '[^']*\.([A-Za-z]+)'>", r"\1", text)
    text = re.sub(r" but got <Token .*>", "", text)
    return re.sub(r"\s+", " ", text).strip().rstrip(".")[:200]
