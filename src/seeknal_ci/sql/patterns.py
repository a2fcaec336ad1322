"""Which column names DuckDB picks by a pattern, a list or a function of the name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from sqlglot import exp


class UnknowableError(ValueError):
    """What the engine alone can tell; the text says what that is."""


class AbsentError(UnknowableError):
    """No column is as it must be: what is looked for, and what there is."""

    def __init__(self, absent: Sequence[str], have: Sequence[str]) -> None:
        super().__init__(", ".join(absent))
        self.absent = tuple(absent)
        self.have = tuple(have)


# What Python's patterns mean otherwise than RE2's, or RE2 does not have.
OTHERWISE = re.compile(r"\(\?[=!<P(#>]|\\[1-9AZ]|\[\[?:|[*+?}]\+")

Holds = Callable[[str], bool]


def picked(condition: exp.Expr, names: Sequence[str]) -> list[str]:
    """The names that a pattern, a list of names or a lambda picks, in the order of `names`.

    Raises UnknowableError.
    """
    if isinstance(condition, exp.Literal) and condition.is_string:
        pattern = compiled(condition.name)
        return [name for name in names if pattern.search(name)]
    if isinstance(condition, exp.Array):
        wanted = {item.lower() for item in listed(condition)}
        return [name for name in names if name.lower() in wanted]
    if isinstance(condition, exp.Lambda):
        parameter = condition.expressions[0].name
        return [name for name in names if _holds(condition.this, name, parameter)]
    raise UnknowableError(f"COLUMNS({condition.sql('duckdb')})")


def picked_by_star(condition: exp.Expr, names: Sequence[str]) -> list[str]:
    """The names for which a test of a star holds, as `* LIKE '…'`. Raises UnknowableError."""
    return [name for name in names if _holds(condition, name, "*")]


def listed(names: exp.Array) -> list[str]:
    """The texts of a list of names. Raises UnknowableError."""
    if all(isinstance(item, exp.Literal) and item.is_string for item in names.expressions):
        return [item.name for item in names.expressions]
    raise UnknowableError("COLUMNS of a list that is not written out")


def compiled(pattern: str) -> re.Pattern[str]:
    """A regular expression that means to Python what it does to DuckDB. Raises UnknowableError."""
    try:
        if OTHERWISE.search(pattern) is None:
            return re.compile(pattern, re.ASCII)
    except re.error as error:
        raise UnknowableError(f"the pattern '{pattern}'") from error
    raise UnknowableError(f"the pattern '{pattern}'")


def _holds(test: exp.Expr, name: str, parameter: str) -> bool:
    """Whether a condition on a name is true."""
    if isinstance(test, exp.Paren):
        return _holds(test.this, name, parameter)
    if isinstance(test, exp.Not):
        return not _holds(test.this, name, parameter)
    if isinstance(test, exp.And | exp.Or):
        sides = [_holds(side, name, parameter) for side in (test.left, test.right)]
        return all(sides) if isinstance(test, exp.And) else any(sides)
    if isinstance(test, exp.In) and test.expressions:
        return _text(test.this, name, parameter) in [
            _text(item, name, parameter) for item in test.expressions
        ]
    if isinstance(test, exp.Binary | exp.RegexpLike | exp.StartsWith | exp.EndsWith):
        one, other = (_text(side, name, parameter) for side in (test.this, test.expression))
        return _compares(test, one, other) is not bool(test.args.get("negate"))
    raise UnknowableError(test.sql("duckdb"))


def _compares(test: exp.Expr, one: str, other: str) -> bool:
    if isinstance(test, exp.EQ | exp.NEQ):
        return (one == other) is isinstance(test, exp.EQ)
    if isinstance(test, exp.Like | exp.ILike):
        flags = re.DOTALL | (re.IGNORECASE if isinstance(test, exp.ILike) else 0)
        return re.fullmatch(_like(other), one, flags) is not None
    if isinstance(test, exp.Glob) and not set(other) & set("[]\\"):
        pattern = re.escape(other).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(pattern, one, re.DOTALL) is not None
    if isinstance(test, exp.SimilarTo | exp.RegexpFullMatch):
        return compiled(other).fullmatch(one) is not None
    if isinstance(test, exp.RegexpLike) and not test.args.get("flag"):
        return compiled(other).search(one) is not None
    if isinstance(test, exp.StartsWith):
        return one.startswith(other)
    if isinstance(test, exp.EndsWith):
        return one.endswith(other)
    raise UnknowableError(test.sql("duckdb"))


def _like(pattern: str) -> str:
    return re.escape(pattern).replace("%", ".*").replace("_", ".")


def _text(value: exp.Expr, name: str, parameter: str) -> str:
    """A text that is written out, or made of the name."""
    if isinstance(value, exp.Paren):
        return _text(value.this, name, parameter)
    if isinstance(value, exp.Literal) and value.is_string:
        return value.name
    if isinstance(value, exp.Lower | exp.Upper):
        inner = _text(value.this, name, parameter)
        return inner.lower() if isinstance(value, exp.Lower) else inner.upper()
    if isinstance(value, exp.Star) or value.is_star:
        return name
    if isinstance(value, exp.Identifier | exp.Column) and value.name == parameter:
        return name
    raise UnknowableError(value.sql("duckdb"))
