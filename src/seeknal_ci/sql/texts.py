"""The canonical text of a part of a normalised query."""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel
from sqlglot.generator import Generator


def text_of(node: exp.Expr, dialect: str) -> str:
    """A part of a normalised query as one line, without comments, every name in quotes."""
    # The tree is a copy already, and one more takes longer than the text; but sqlglot 30 writes
    # WITHIN GROUP for DuckDB by moving parts of the tree, so that a second text is another.
    moved = node.find(exp.WithinGroup) is not None
    return _generator(dialect).generate(node, copy=moved)


def texts_of_outputs(query: exp.Query, dialect: str) -> list[str]:
    """What `text_of` has for each output, without its alias."""
    outputs = [output.unalias() for output in query.selects]
    # To begin anew for each takes longer than the texts; but a generator counts the names that it
    # gives to the tables of subqueries.
    if any(node is not query for node in query.find_all(exp.Query, exp.WithinGroup)):
        return [text_of(output, dialect) for output in outputs]
    generator = _generator(dialect)
    return [generator.generate(output, copy=False) for output in outputs]


def _generator(dialect: str) -> Generator:
    return Dialect.get_or_raise(dialect).generator(
        # A text that leaves something out would make two queries one.
        unsupported_level=ErrorLevel.RAISE,
        comments=False,
        normalize_functions="upper",
        identify=True,
    )
