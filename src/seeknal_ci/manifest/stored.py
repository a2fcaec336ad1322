"""What files hold as bytes, and back: the model's own values and plain data, and nothing else.

Values of the model are written as their class and fields, in `marshal`'s second version: it is read
three times as fast as JSON, and calls nothing. It trusts what it reads, so whoever reads bytes from
a disk checks first that they are the ones that were written.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from importlib import import_module
from operator import attrgetter
from typing import Any, cast

from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Mark

# What a file holds: each node, or None, with what is wrong with it.
Entry = tuple[tuple[Node | None, tuple[Problem, ...]], ...]

# A value of the model: the name of its class, which of its fields are such values, the fields.
Written = tuple[str, tuple[int, ...], tuple[Any, ...]]

MODEL = "seeknal_ci.model."
# Later versions keep a table of strings, which takes longer to read than the strings do.
FORMAT = 2
# In the place of a class: a place in the file itself, the marks of a node, a tuple.
HERE, MARKS, TUPLE = "@", "marks", "()"
# Lists and mappings of the model hold plain data, often much: they are not gone through.
PLAIN = frozenset({str, int, float, bool, type(None), list, dict})
WORDS_OF_PLAIN = frozenset({"str", "int", "float", "bool", "None"})
NOTHING: tuple[()] = ()

# What damaged bytes come to.
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


class UnknownValueError(ValueError):
    """A value that cannot be stored, or bytes that stand for none."""


class Marks(Mapping[str, Mark]):
    """Marks that are read when the first of them is asked for: most nodes' never are."""

    __slots__ = ("_marks", "stored")

    def __init__(self, stored: bytes) -> None:
        self.stored = stored
        self._marks: dict[str, Mark] | None = None

    def _read(self) -> dict[str, Mark]:
        if self._marks is None:
            self._marks = cast("dict[str, Mark]", marshal.loads(self.stored))  # noqa: S302
        return self._marks

    def __getitem__(self, path: str) -> Mark:
        return self._read()[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())

    def __repr__(self) -> str:
        return repr(self._read())


def to_bytes(entry: Entry, path: str) -> bytes:
    """What a file holds, as bytes. Raises UnknownValueError for what is no value of the model."""
    try:
        return marshal.dumps(_together(TUPLE, entry, path), FORMAT)
    except ValueError as error:
        raise UnknownValueError(str(error)) from error


def from_bytes(stored: bytes, path: str) -> Entry:
    """What `to_bytes` was given. Raises UnknownValueError for bytes that it did not write."""
    try:
        entry = _value(marshal.loads(stored), path)  # noqa: S302
    except UNREADABLE as error:
        raise UnknownValueError(str(error)) from error
    if type(entry) is not tuple:
        raise UnknownValueError("an entry is a tuple")
    return cast("Entry", entry)


def _written(value: object, path: str) -> Written | None:
    """What stands for a value of the model, or a tuple with one in it; None for plain data."""
    kind: Any = type(value)
    if kind is tuple:
        found = _together(TUPLE, cast("tuple[object, ...]", value), path)
        return found if found[1] else None
    if kind is Place and cast("Place", value).path == path:
        place = cast("Place", value)
        return HERE, (), (place.line, place.column)
    if kind is Node:
        return _node(cast("Node", value), path)
    if kind is Marks:
        return MARKS, (), (cast("Marks", value).stored,)
    if is_dataclass(value):
        return _together(_name(kind), _reader(kind)(value), path, _not_plain(kind))
    if isinstance(value, Enum):
        return _name(kind), (), (value.value,)
    raise UnknownValueError(f"{kind.__qualname__} is neither of the model nor plain")


def _node(node: Node, path: str) -> Written:
    marks = node.marks
    stored = Marks(marshal.dumps(dict(marks), FORMAT))
    values = _reader(Node)(node)
    return _together(
        _name(Node), tuple(stored if value is marks else value for value in values), path
    )


def _together(
    name: str, values: tuple[object, ...], path: str, at: Iterable[int] | None = None
) -> Written:
    """`at` has the indexes of what may not be plain; None for all."""
    found: list[object] | None = None
    inner: list[int] = []
    for index in range(len(values)) if at is None else at:
        value = values[index]
        if value is NOTHING or type(value) in PLAIN:
            continue
        if (written := _written(value, path)) is not None:
            found = [*values] if found is None else found
            found[index] = written
            inner.append(index)
    return name, tuple(inner), values if found is None else tuple(found)


@cache
def _not_plain(kind: type) -> tuple[int, ...]:
    """The indexes of the fields that are said to hold more than plain values."""
    return tuple(
        index
        for index, field in enumerate(fields(cast("Any", kind)))
        if not WORDS_OF_PLAIN.issuperset(re.findall(r"\w+", str(field.type)))
    )


@cache
def _reader(kind: type) -> Callable[[object], tuple[object, ...]]:
    """Reads the fields of a value of the model, in order."""
    names = [field.name for field in fields(cast("Any", kind))]
    if len(names) == 1:
        return lambda value: (getattr(value, names[0]),)
    return attrgetter(*names)


@cache
def _name(kind: type) -> str:
    if not kind.__module__.startswith(MODEL):
        raise UnknownValueError(f"{kind.__qualname__} is no class of the model")
    return f"{kind.__module__.removeprefix(MODEL)}.{kind.__name__}"


def _value(written: Written, path: str) -> object:
    name, inner, values = written
    if name == HERE:
        return Place(path, *values)
    if inner:
        found = list(values)
        for index in inner:
            found[index] = _value(found[index], path)
        return MAKERS[name](*found)
    return MAKERS[name](*values)


class _Makers(dict[str, Callable[..., object]]):
    """What makes a value, by the name that it is written with: the model's own classes alone."""

    def __missing__(self, name: str) -> Callable[..., object]:
        module, _, kind = name.rpartition(".")
        found = getattr(import_module(f"{MODEL}{module}"), kind)
        if not isinstance(found, type) or found.__module__ != f"{MODEL}{module}":
            raise UnknownValueError(f"{name} is no class of the model")
        if not (is_dataclass(found) or issubclass(found, Enum)):
            raise UnknownValueError(f"{name} is no value of the model")
        self[name] = found
        return found


MAKERS = _Makers({MARKS: Marks, TUPLE: lambda *items: items})
