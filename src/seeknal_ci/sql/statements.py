"""Several statements as one query: tables and views that they make are steps of the last SELECT."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp
from sqlglot.tokenizer_core import Token, TokenType

from seeknal_ci.model.place import Place
from seeknal_ci.model.spec import SqlText
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import place_in

MADE = ("TABLE", "VIEW")


def query_within(statements: Sequence[exp.Expr], tokens: Sequence[Token], sql: SqlText) -> exp.Expr:
    """The last statement, with those before it as its WITH. Raises SqlError.

    What is no query and makes none is given back as it is.
    """
    places = _places(tokens, sql)
    *steps, last = statements
    final = as_query(last)
    if not steps:
        return final
    if not isinstance(final, exp.Query):
        raise _no_select(final, places[len(steps)])
    made = [_step(step, place) for step, place in zip(steps, places, strict=False)]
    return _with_steps(final, made, [place_in(cte.args["alias"], sql) for cte in made])


def as_query(statement: exp.Expr) -> exp.Expr:
    """VALUES and PIVOT as a SELECT of theirs; everything else as it is."""
    if isinstance(statement, exp.Values):
        return exp.select("*").from_(statement)
    if isinstance(statement, exp.Pivot) and not statement.parent:
        with_ = statement.args.get("with_")
        if with_ is not None:
            with_.pop()
        query = exp.select("*").from_(exp.Subquery(this=statement))
        if with_ is not None:
            query.set("with_", with_)
        return query
    return statement


def _places(tokens: Sequence[Token], sql: SqlText) -> list[Place]:
    """Where each statement begins."""
    found: list[Place] = []
    begins = True
    for token in tokens:
        if token.token_type is TokenType.SEMICOLON:
            begins = True
        elif begins:
            column = token.col - (token.end - token.start)
            found.append(sql.place_of(token.line, max(1, column)))
            begins = False
    return found


def _step(statement: exp.Expr, place: Place) -> exp.CTE:
    """The table or view that a statement makes of a query."""
    if isinstance(statement, exp.Query):
        raise SqlError(
            "sql-statements",
            "the SQL has several queries, and a node is one",
            fix="leave out all but the last, or join them into one SELECT with WITH",
            place=place,
        )
    made = statement.this if isinstance(statement, exp.Create) else None
    table = made.this if isinstance(made, exp.Schema) else made
    query = as_query(statement.expression) if isinstance(statement, exp.Create) else None
    if (
        statement.args.get("kind") not in MADE
        or not isinstance(table, exp.Table)
        or not isinstance(query, exp.Query)
        or not _is_temporary(statement)
    ):
        raise _no_step(statement, place)
    if table.args.get("db"):
        raise SqlError(
            "sql-step-name",
            f"the SQL makes `{table.sql()}`, and a step is no table of a schema",
            fix=f"name it `{table.name}`, without a schema",
            place=place,
        )
    names = made.expressions if isinstance(made, exp.Schema) else []
    alias = exp.TableAlias(this=table.this.copy(), columns=[name.copy() for name in names])
    return exp.CTE(this=query.copy(), alias=alias)


def _is_temporary(statement: exp.Expr) -> bool:
    """True if nothing is said of the table but that it is a temporary one."""
    properties = statement.args.get("properties")
    found = properties.expressions if properties is not None else []
    return all(isinstance(item, exp.TemporaryProperty) for item in found)


def _no_step(statement: exp.Expr, place: Place) -> SqlError:
    word = statement.name if isinstance(statement, exp.Command) else statement.key
    return SqlError(
        "sql-statements",
        f"the SQL has a statement of kind {word.upper()} before its query, which is not run",
        fix="remove it, or write the step as CREATE TABLE name AS SELECT …",
        place=place,
    )


def _no_select(statement: exp.Expr, place: Place) -> SqlError:
    return SqlError(
        "sql-not-a-query",
        f"the SQL ends in a statement of kind {statement.key.upper()}, not in a query",
        fix="end it with the SELECT whose rows are the node's",
        place=place,
    )


def _with_steps(query: exp.Query, steps: list[exp.CTE], places: list[Place]) -> exp.Query:
    """The query with the steps before its own WITH; a name that two have is refused."""
    found = query.copy()
    own = found.args.get("with_")
    taken: set[str] = {cte.alias.lower() for cte in own.expressions} if own is not None else set()
    for step, place in zip(steps, places, strict=True):
        name = step.alias.lower()
        reads_itself = any(
            table.name.lower() == name and not table.args.get("db")
            for table in step.this.find_all(exp.Table)
        )
        if name in taken or reads_itself:
            raise SqlError(
                "sql-step-name",
                f"the SQL makes `{step.alias}` twice, or out of itself",
                fix="give each step a name of its own",
                place=place,
            )
        taken.add(name)
    ctes = [*steps, *(own.expressions if own is not None else [])]
    recursive = own is not None and own.args.get("recursive")
    found.set("with_", exp.With(expressions=ctes, recursive=recursive))
    return found
