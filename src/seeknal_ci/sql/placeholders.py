"""Values that are not known before a run, as they stand in SQL and in its tree.

In quotes a symbol is part of the text. Outside of them one that stands for a date or an id is
text of its own, and one of the environment, which may be a number, is a call that no engine
knows; in the tree it is a word in its place. Values enter a tree as literals, never as SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlglot import exp

from seeknal_ci.model.spec import SqlText
from seeknal_ci.model.template import NUMBER, SYMBOL, Symbol
from seeknal_ci.model.values import Values
from seeknal_ci.sql.errors import SqlError

CALL = "seeknal_ci_value"


def placeholder(symbol: Symbol) -> str:
    """A symbol outside of quotes, as SQL that every dialect can read."""
    text = exp.Literal.string(str(symbol)).sql()
    return f"{CALL}({text})" if symbol.word == "env" else text


def quoted(name: str) -> str:
    """A name in quotes."""
    return exp.to_identifier(name, quoted=True).sql()


def mark_symbols(trees: Iterable[exp.Expr | None], sql: SqlText) -> None:
    """Put words in the place of calls. Raises SqlError where a symbol stands for no value.

    sqlglot takes some texts apart, as paths into JSON and units of time, and reads others as
    names: a symbol in those would never be filled in.
    """
    found: Counter[str] = Counter()
    for tree in trees:
        for node in list(tree.walk()) if tree is not None else ():
            if isinstance(node, exp.Anonymous) and node.name.lower() == CALL:
                _mark(node, sql)
    for tree in trees:
        for text in _texts(tree) if tree is not None else ():
            found.update(SYMBOL.findall(text.name))
    lost = Counter(sql.symbols) - found
    if lost:
        raise _misplaced(min(lost), sql)


def fill(tree: exp.Expr, values: Values | None) -> None:
    """Put values in the place of all symbols of a tree. Raises SeeknalCiError for one without."""
    for node in list(_texts(tree)):
        if not SYMBOL.search(node.name):
            continue
        assert values is not None, "SQL with symbols is run with values"
        text = values.filled(node.name)
        is_number = isinstance(node, exp.Var) and NUMBER.fullmatch(text)
        node.replace(_number(text) if is_number else exp.Literal.string(text))


def _number(text: str) -> exp.Expr:
    digits = exp.Literal.number(text.removeprefix("-"))
    return exp.Paren(this=exp.Neg(this=digits)) if text.startswith("-") else digits


def _texts(tree: exp.Expr) -> Iterable[exp.Expr]:
    """Where values may stand: texts, and words that were calls."""
    for node in tree.walk():
        if isinstance(node, exp.Literal):
            if node.is_string:
                yield node
        elif isinstance(node, exp.RawString) or (
            isinstance(node, exp.Var) and SYMBOL.fullmatch(node.name)
        ):
            yield node


def _mark(call: exp.Anonymous, sql: SqlText) -> None:
    arguments = call.expressions
    text = arguments[0].name if len(arguments) == 1 else ""
    if text not in sql.symbols:
        return
    if isinstance(call.parent, exp.Table):
        raise _misplaced(text, sql)
    call.replace(exp.Var(this=text))


def _misplaced(symbol: str, sql: SqlText) -> SqlError:
    before = sql.text[: max(0, sql.text.find(symbol.replace("'", "''")))]
    return SqlError(
        "template-place",
        f"`{symbol}` stands where SQL takes no value",
        fix="put it where a number, a date or a text may stand; a name cannot vary",
        place=sql.place_of(before.count("\n") + 1, len(before) - before.rfind("\n")),
    )
