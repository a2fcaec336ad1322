"""How a rule of inference is written: from an expression, or its arguments, to a type.

None is a type that is not sure, which is never guessed: a wrong one hides a change that breaks
readers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlglot import exp
from sqlglot.expressions import DType as Type
from sqlglot.optimizer.annotate_types import TypeAnnotator

from seeknal_ci.sql.arithmetic import FLOATS, INTEGERS, common, kind_of, plain

Infer = Callable[[Any], exp.DataType | None]

# Of a function that sqlglot knows by name alone: the type, given its arguments.
Named = Callable[[Sequence[exp.Expr]], exp.DataType | None]

# What becomes text beside text.
SCALAR = frozenset(
    {Type.VARCHAR, Type.DATE, Type.TIMESTAMP, Type.BOOLEAN, Type.DECIMAL, *INTEGERS, *FLOATS}
)
LISTS = (Type.ARRAY, Type.LIST)


def rule(infer: Infer) -> dict[str, Any]:
    """A rule for sqlglot's annotator."""

    def annotate(annotator: TypeAnnotator, node: exp.Expr) -> None:
        annotator._set_type(node, infer(node))

    return {"annotator": annotate}


def returns(kind: Type | exp.DataType) -> dict[str, Any]:
    """A rule that is always the same."""
    return {"returns": kind}


def same(node: exp.Expr) -> exp.DataType | None:
    """As the first argument."""
    inner = node.this
    return inner.type if isinstance(inner, exp.Expr) else None


def several(*names: str) -> Infer:
    """As the values of several arguments together."""

    def infer(node: exp.Expr) -> exp.DataType | None:
        parts: list[exp.Expr] = []
        for name in names:
            found = node.args.get(name)
            parts += found if isinstance(found, list) else [] if found is None else [found]
        return common(parts) if parts else None

    return infer


def list_of(inner: exp.DataType | None) -> exp.DataType | None:
    """A list of values of a type; None of an unknown one."""
    if kind_of(inner) in (Type.UNKNOWN, Type.NULL):
        return None
    return exp.DataType(this=Type.ARRAY, expressions=[inner], nested=True)


def element_of(kind: exp.DataType | None) -> exp.DataType | None:
    """The type of a list's elements; None of what is no list."""
    if kind is None or kind_of(kind) not in LISTS or not kind.expressions:
        return None
    return as_type(kind.expressions[0])


def as_type(node: object) -> exp.DataType | None:
    """The node, if it is a type."""
    return node if isinstance(node, exp.DataType) else None


def type_at(arguments: Sequence[exp.Expr], place: int = 0) -> exp.DataType | None:
    """The type of an argument; None where there is no such one."""
    return arguments[place].type if len(arguments) > place else None


def first(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
    """As the first argument, if it is no literal, which may be taken for another type."""
    return type_at(arguments)


def one_or_list(kind: exp.DataType) -> Named:
    """`kind`; a list of it, where the last argument is a list of paths."""

    def infer(arguments: Sequence[exp.Expr]) -> exp.DataType | None:
        last = kind_of(type_at(arguments, len(arguments) - 1))
        if last in LISTS:
            return list_of(kind)
        return None if last is Type.UNKNOWN and len(arguments) > 1 else kind

    return infer


def texts() -> exp.DataType:
    """VARCHAR[]."""
    found = list_of(plain(Type.VARCHAR))
    assert found is not None, "text is a known type"
    return found
