"""DuckDB's syntax that sqlglot takes for something else, put right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.tokenizer_core import Token, TokenType

# What a letter directly before a quoted text makes of it.
LITERALS = {"x": TokenType.HEX_STRING, "b": TokenType.BIT_STRING}

# Before a function's name these are the schema that it is in, and no value.
SCHEMAS = frozenset({"main", "pg_catalog", "system"})

# Functions of which an argument after the first may be a lambda; they are known by other names to
# sqlglot, too.
WITH_LAMBDA = frozenset(
    {
        *("apply", "array_apply", "array_filter", "array_reduce", "array_transform", "filter"),
        *("list_apply", "list_filter", "list_reduce", "list_transform", "reduce"),
    }
)


def tokens_of(text: str, dialect: str) -> list[Token]:
    """The tokens of SQL. Raises SqlglotError."""
    tokens = list(Dialect.get_or_raise(dialect).tokenize(text))
    return _with_literals(tokens) if dialect == "duckdb" else tokens


def reader_of(dialect: str) -> Dialect:
    """What reads SQL. To sqlglot `j -> 'a.b'` is a path, and to DuckDB the name of one key."""
    reader = Dialect.get_or_raise(dialect)
    if dialect == "duckdb":
        vars(reader)["to_json_path"] = partial(_json_path, reader.to_json_path)
    return reader


def _json_path(
    read: Callable[[exp.Expr | None], exp.Expr | None], path: exp.Expr | None
) -> exp.Expr | None:
    if not isinstance(path, exp.Literal) or not path.is_string or path.name[:1] in ("", "$", "/"):
        return read(path)
    key = exp.JSONPathWildcard() if path.name == "*" else path.name
    return exp.JSONPath(expressions=[exp.JSONPathRoot(), exp.JSONPathKey(this=key)])


def put_right(tree: exp.Expr, text: str, dialect: str) -> exp.Expr:
    """The tree of a text, with what was misread replaced in place, or its replacement."""
    if dialect != "duckdb":
        return tree
    if tree.find(exp.Lambda, exp.Dot, exp.BitString) is None:
        return tree
    root = exp.Paren(this=tree)
    for lambda_ in list(root.find_all(exp.Lambda)):
        if _is_arrow(lambda_, text):
            lambda_.replace(_arrow(lambda_, dialect))
    # Inner calls first: of `a.f().g()`, `f` is an argument of `g`.
    for dot in reversed(list(root.find_all(exp.Dot))):
        call = dot.expression
        if isinstance(call, exp.Anonymous) and dot.this.name.lower() not in SCHEMAS:
            dot.replace(_call(dot, call, dialect))
    for bits in list(root.find_all(exp.BitString)):
        bits.replace(exp.cast(exp.Literal.string(bits.name), "BIT", dialect=dialect))
    right: exp.Expr = root.this
    return right.pop() if right.parent is root else right


def _with_literals(tokens: Sequence[Token]) -> list[Token]:
    """`x'AB'` and `b'01'` are one token each."""
    found: list[Token] = []
    for token in tokens:
        before = found[-1] if found else None
        kind = LITERALS.get(before.text.lower()) if before is not None else None
        if (
            before is not None
            and kind is not None
            and before.token_type is TokenType.VAR
            and token.token_type is TokenType.STRING
            and token.start == before.end + 1
        ):
            found[-1] = Token(kind, token.text, token.line, token.col, before.start, token.end)
        else:
            found.append(token)
    return found


def _is_arrow(lambda_: exp.Lambda, text: str) -> bool:
    """True for `f(j -> 'k')`, which is JSON of a column and no function of `j`.

    DuckDB's lambdas are second arguments or later, or pick the columns of COLUMNS, or have their
    own word: `lambda j: …`.
    """
    call = lambda_.parent
    if len(lambda_.expressions) != 1 or isinstance(call, exp.Columns) or call is None:
        return False
    start = lambda_.expressions[0].meta.get("start", 0)
    if text[:start].rstrip().lower().endswith("lambda"):
        return False
    name = call.name if isinstance(call, exp.Anonymous) else _name_of(call)
    return name.lower() not in WITH_LAMBDA or lambda_ is next(call.iter_expressions(), None)


def _name_of(call: exp.Expr) -> str:
    known: dict[type[exp.Expr], str] = {
        exp.ArrayFilter: "list_filter",
        exp.Reduce: "list_reduce",
        exp.Transform: "list_transform",
    }
    return known.get(type(call), call.key)


def _arrow(lambda_: exp.Lambda, dialect: str) -> exp.Expr:
    """`j -> 'a' ->> 'b'` goes from left to right."""
    column = exp.Column(this=lambda_.expressions[0].copy())
    body = lambda_.this
    first = body
    while isinstance(first, exp.Binary | exp.Cast | exp.Bracket | exp.Predicate) and not isinstance(
        first, exp.SubqueryPredicate
    ):
        first = first.this
    path = reader_of(dialect).to_json_path(first.copy())
    found: exp.Expr = exp.JSONExtract(this=column, expression=path, only_json_types=False)
    if first is not body:
        first.replace(found)
        found = body
    return found


def _call(dot: exp.Dot, call: exp.Anonymous, dialect: str) -> exp.Expr:
    """`a.f(b)` is `f(a, b)`."""
    first = dot.this
    if isinstance(first, exp.Identifier):
        first = exp.Column(this=first)
    return exp.func(call.name, first, *call.expressions, dialect=dialect)
