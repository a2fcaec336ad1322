"""What a decorator says: its arguments by name, and their values where it states them outright."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from seeknal_ci.manifest.python.decorators import SIGNATURES, Decorator
from seeknal_ci.manifest.python.literals import Literals, NotLiteralError
from seeknal_ci.manifest.python.source import PythonSource, RefusedError
from seeknal_ci.manifest.python.tokens import tokens
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json, Mark


@dataclass(frozen=True, slots=True)
class Arguments:
    """Arguments by name, `None` left out: their code, their values, and where each stands.

    The value of one in `computed` is the text of its code, so that a change of it is seen.
    """

    code: dict[str, ast.expr] = field(default_factory=dict)
    values: dict[str, Json] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    computed: dict[str, ast.expr] = field(default_factory=dict)


def arguments_of(decorator: Decorator, literals: Literals) -> Arguments:
    """A decorator's arguments. Raises RefusedError where their names cannot be told."""
    found = Arguments()
    for name, node, at in _named(decorator, literals.source):
        if name in found.code:
            what = f"`@{decorator.name}` is given `{name}` twice"
            raise _refused(literals.source, at, what, "keep one of the two")
        found.code[name] = node
        marks: dict[str, Mark] = {name: literals.source.mark(at)}
        try:
            value = literals.value(node, name, marks)
        except NotLiteralError:
            value = source_text(node)
            marks = {name: marks[name]}
            found.computed[name] = node
        if value is not None:
            found.values[name] = value
            found.marks.update(marks)
    return found


def source_text(node: ast.expr) -> str:
    """An expression as Python would print it, whatever its formatting."""
    try:
        text = ast.unparse(node)
    except ValueError:
        # An integer of more digits than Python prints.
        text = " ".join(tokens(node))
    return text.encode("utf-8", "backslashreplace").decode()


def _named(
    decorator: Decorator, source: PythonSource
) -> Iterator[tuple[str, ast.expr, ast.expr | ast.keyword]]:
    """Each argument's name and code, and the code that shows its place."""
    call = decorator.call
    if call is None:
        return
    names = SIGNATURES[decorator.name]
    for index, node in enumerate(call.args):
        if isinstance(node, ast.Starred) or index >= len(names):
            raise _refused(
                source,
                node,
                f"the arguments of `@{decorator.name}` cannot be told from their places",
                "give every argument its name: `name=…`",
            )
        yield names[index], node, node
    for word in call.keywords:
        if word.arg is None:
            raise _refused(
                source,
                word,
                f"`@{decorator.name}` takes arguments from `**`, so they cannot be told",
                "write them out",
            )
        yield word.arg, word.value, word


def _refused(
    source: PythonSource, node: ast.expr | ast.keyword, message: str, fix: str
) -> RefusedError:
    return RefusedError(Problem(source.place(node), "python-argument", message, fix=fix))
