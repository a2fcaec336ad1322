"""Text to syntax tree, or to a problem with its place in the project's file."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlglot import exp
from sqlglot.errors import ErrorLevel, ParseError, SqlglotError, UnsupportedError
from sqlglot.tokenizer_core import Token

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.copies import share_places
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.misread import put_right, reader_of, tokens_of
from seeknal_ci.sql.placeholders import mark_symbols
from seeknal_ci.sql.regions import Reader, Region
from seeknal_ci.sql.statements import query_within

# Quoted text, names and comments that are whole.
CLOSED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/|\$\$.*?\$\$""", re.DOTALL)


# What makes a query of a condition, for which sqlglot has no entry of its own.
CONDITION = "SELECT "


def parse_query(sql: SqlText, dialect: str) -> exp.Query:
    """The one query that the text holds. Raises SqlError."""
    parsed, tokens = _parse(sql, dialect)
    statements = [statement for statement in parsed if statement is not None]
    if not statements:
        raise SqlError("sql-empty", "the SQL is empty", fix="write a SELECT", place=sql.place_of(1))
    query = query_within(statements, tokens, sql)
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
    if dialect != "duckdb":
        _refuse_unsayable(query, dialect, sql)
    return query


def _refuse_unsayable(query: exp.Query, dialect: str, sql: SqlText) -> None:
    """sqlglot reads more than a dialect has, as PIVOT in PostgreSQL's, and writes less."""
    if any(key.this == "" for key in query.find_all(exp.JSONPathKey)):
        raise SqlError(
            "sql-dialect",
            "the SQL takes the JSON key `''`, which would be built as the whole value",
            fix="take it with json_extract_path(…, '') or jsonb_extract_path(…, '')",
            place=sql.place_of(1),
        )
    try:
        query.sql(dialect, unsupported_level=ErrorLevel.RAISE)
    except UnsupportedError as error:
        raise SqlError(
            "sql-dialect",
            f"the SQL is not of the dialect {dialect}: {str(error).splitlines()[0].rstrip('.')}",
            fix="write it otherwise, or in DuckDB's SQL with `dialect: duckdb` in seeknal-ci.yml",
            place=sql.place_of(1),
        ) from error
    except RecursionError as error:
        raise too_deep(sql.place_of(1)) from error


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
        found, _ = _parse(sql.after(CONDITION), dialect)
    except SqlError as error:
        error.place = replace(error.place, column=None)
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


def _parse(sql: SqlText, dialect: str) -> tuple[list[exp.Expr | None], list[Token]]:
    """The statements of the text, None for those that are empty, and its tokens."""
    if "{{" in sql.text:
        _refuse_templates(sql)
    try:
        tokens = tokens_of(sql.text, dialect)
        found = _statements(tokens, sql, dialect)
        trees = [item and put_right(item, sql.text, dialect) for item in found]
        if sql.symbols:
            mark_symbols(trees, sql)
        for tree in filter(None, trees):
            share_places(tree)
        return trees, tokens
    except SqlglotError as error:
        raise _syntax_problem(sql, error) from error
    except RecursionError as error:
        raise too_deep(sql.place_of(1)) from error


def _statements(tokens: list[Token], sql: SqlText, dialect: str) -> list[exp.Expr | None]:
    try:
        return list(reader_of(dialect).parser().parse(tokens, sql.text))
    except (AttributeError, TypeError) as error:
        # sqlglot 30 stumbles over some broken SQL, as `{: 1}`, and does not tell where it is.
        raise SqlError(
            "sql-syntax",
            "the SQL cannot be read",
            fix="run it in DuckDB, which tells where it is broken",
            place=sql.place_of(1),
        ) from error


def _refuse_templates(sql: SqlText) -> None:
    """Templates are filled in before; one that was not is a struct in a struct to DuckDB."""
    reader, position = Reader(), 0
    while (match := reader.find(sql.text, position)) is not None:
        position = match.end()
        if match[0] == "{{" and reader.region is Region.CODE:
            before = sql.text[: match.start()]
            raise SqlError(
                "template-unresolved",
                "the SQL has a template `{{ … }}` that nothing was put in the place of",
                fix="write the braces themselves, and not as `\\x7b`",
                place=sql.place_of(before.count("\n") + 1),
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
    place = sql.place_of(line, column)
    own = place.line - sql.place.line + 1 if sql.literal else line
    fix = f"correct the SQL at line {own} of the query"
    return SqlError(
        "sql-syntax",
        f"the SQL cannot be read: {description}{at}",
        fix=fix if place.inside is None else f"correct the SQL at {place.inside.place}",
        place=place,
    )


def _unclosed(text: str) -> tuple[str, int, int]:
    """The first quote or comment that has no end, with its line and column."""
    rest = CLOSED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    found = re.search(r"'|\"|/\*|\$\$", rest)
    start = found.start() if found else 0
    line = text[:start].count("\n") + 1
    return text[start : start + 12].splitlines()[0], line, start - text.rfind("\n", 0, start)


# sqlglot's words for what is wrong, and ours.
SENTENCES = (
    (re.compile(r"Required keyword: .* missing for .*"), "a part of an expression is missing"),
    (re.compile(r"Invalid expression / Unexpected token"), "this was not expected here"),
    (re.compile(r"Expecting (\S+)$"), r"`\1` was expected"),
)


def _sentence(text: str) -> str:
    """sqlglot's description in plain words, without class names and quoted excerpts."""
    text = re.sub(r"<class '[^']*\.([A-Za-z]+)'>", r"\1", text)
    text = re.sub(r" but got <Token .*>", "", text)
    text = re.sub(r"\s+", " ", text).strip().rstrip(".")[:200]
    for pattern, said in SENTENCES:
        text = pattern.sub(said, text)
    return text
