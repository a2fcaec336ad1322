"""Values that a file states outright: literals, and names of the module that stand for one."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Callable
from functools import partial

from seeknal_ci.manifest.python.scopes import bound_names
from seeknal_ci.manifest.python.source import PythonSource
from seeknal_ci.manifest.python.tree import walk
from seeknal_ci.model.spec import Json, Mark

# Larger ones are no numbers to JSON's readers.
MOST = 1 << 63

# Names that stand for lists of names double what they hold with every line.
MAX_VALUES = 50_000
MAX_LENGTH = 1 << 20


class NotLiteralError(Exception):
    """An expression whose value only running it can tell."""

    def __init__(self, node: ast.expr) -> None:
        super().__init__(type(node).__name__)
        self.node = node


class Literals:
    """The values of one file.

    `is_record` says of a call's name that the call is the mapping of its arguments, as those of
    Seeknal's settings are.
    """

    def __init__(self, source: PythonSource, is_record: Callable[[ast.expr], bool]) -> None:
        self.source = source
        self._is_record = is_record
        self._constants = _constants(source.tree)
        self._count = 0

    def value(self, node: ast.expr, path: str = "", marks: dict[str, Mark] | None = None) -> Json:
        """What an expression is. Raises NotLiteralError.

        The places of its parts go to `marks` under dotted paths. A tuple is a list.
        """
        self._count = 0
        return self._value(node, path, {} if marks is None else marks)

    def text(self, node: ast.expr) -> str | None:
        """The text that an expression is; None if it is none, or cannot be told."""
        try:
            value = self.value(node)
        except NotLiteralError:
            return None
        return value if isinstance(value, str) else None

    def elements(self, node: ast.expr) -> list[ast.expr]:
        """The parts of a list, or the values of a mapping. Raises NotLiteralError."""
        if isinstance(node, ast.Name):
            return self.elements(self._constant(node))
        if isinstance(node, ast.List | ast.Tuple):
            return node.elts
        if isinstance(node, ast.Dict):
            return [value for _, value in self._items(node)]
        raise NotLiteralError(node)

    def _value(self, node: ast.expr, path: str, marks: dict[str, Mark]) -> Json:
        self._enter(node)
        if path:
            marks.setdefault(path, self.source.mark(node))
        inner = partial(self._inner, path, marks)
        match node:
            case ast.Name():
                return self._value(self._constant(node), path, marks)
            case ast.Constant(value=value):
                return _plain(node, value)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [inner(str(i), item) for i, item in enumerate(items)]
            case ast.Dict():
                return {key: inner(key, item) for key, item in self._items(node)}
            case ast.Call(func=func, args=[], keywords=keywords) if self._is_record(func):
                named = [(_keyword(node, word), word.value) for word in keywords]
                return {key: inner(key, item) for key, item in named}
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _negative(node, self._value(operand, "", {}))
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self._joined(node, [left, right])
            case ast.JoinedStr(values=parts):
                return self._joined(node, [_unformatted(part) for part in parts])
            case _:
                raise NotLiteralError(node)

    def _enter(self, node: ast.expr) -> None:
        self._count += 1
        if self._count > MAX_VALUES:
            raise NotLiteralError(node)

    def _inner(self, path: str, marks: dict[str, Mark], key: str, node: ast.expr) -> Json:
        return self._value(node, f"{path}.{key}" if path else "", marks)

    def _constant(self, node: ast.Name) -> ast.expr:
        found = self._constants.get(node.id)
        if found is None:
            raise NotLiteralError(node)
        return found

    def _items(self, node: ast.Dict) -> list[tuple[str, ast.expr]]:
        items = []
        for key, value in zip(node.keys, node.values, strict=True):
            name = None if key is None else self._value(key, "", {})
            if not isinstance(name, str):
                raise NotLiteralError(node)
            items.append((name, value))
        return items

    def _joined(self, node: ast.expr, parts: list[ast.expr]) -> str:
        found = [self._value(part, "", {}) for part in parts]
        texts = [value for value in found if isinstance(value, str)]
        if len(texts) < len(found) or sum(map(len, texts)) > MAX_LENGTH:
            raise NotLiteralError(node)
        return "".join(texts)


def _constants(tree: ast.Module) -> dict[str, ast.expr]:
    """Names to which the outermost level of the file assigns once, and nothing else does.

    A list or mapping is no constant where the file may change it, as with `NAMES.append(…)`.
    """
    counts = Counter(bound_names(tree.body)[0])
    declared = {n for item in walk(tree) if isinstance(item, ast.Global) for n in item.names}
    reached = _reached(tree)
    found: dict[str, ast.expr] = {}
    for statement in tree.body:
        target, value = _assigned(statement)
        if target is None or value is None or counts[target] != 1 or target in declared:
            continue
        names = {item.id for item in walk(value) if isinstance(item, ast.Name)}
        mutable = isinstance(value, ast.List | ast.Dict | ast.Call | ast.Tuple)
        if mutable and target in reached:
            continue
        if isinstance(value, ast.Call) or names <= found.keys():
            found[target] = value
    return found


def _reached(tree: ast.Module) -> set[str]:
    """Names of which an attribute or item is taken, or that are handed on: to a call that is no
    decorator, or to another name.
    """
    items = list(walk(tree))
    decorators = {id(d) for item in items for d in getattr(item, "decorator_list", ())}
    found: set[str] = set()
    for item in items:
        handed: list[ast.AST] = []
        if isinstance(item, ast.Attribute | ast.Subscript):
            handed = [item.value]
        elif isinstance(item, ast.Call) and id(item) not in decorators:
            handed = [*item.args, *(word.value for word in item.keywords)]
        elif isinstance(item, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.Return):
            handed = [] if item.value is None else [item.value]
        found.update(node.id for node in handed if isinstance(node, ast.Name))
    return found


def _assigned(statement: ast.stmt) -> tuple[str | None, ast.expr | None]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, value
        case ast.AnnAssign(target=ast.Name(id=name), value=value):
            return name, value
        case _:
            return None, None


def _plain(node: ast.expr, value: object) -> Json:
    """A value that JSON and every encoding can hold."""
    match value:
        case None | bool():
            return value
        case int() if abs(value) < MOST:
            return value
        case float() if math.isfinite(value):
            return value
        case str() if not any("\ud800" <= character <= "\udfff" for character in value):
            return value
        case _:
            raise NotLiteralError(node)


def _negative(node: ast.expr, value: Json) -> Json:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return -value
    raise NotLiteralError(node)


def _keyword(call: ast.expr, word: ast.keyword) -> str:
    if word.arg is None:
        raise NotLiteralError(call)
    return word.arg


def _unformatted(part: ast.expr) -> ast.expr:
    """`{NAME}` in an f-string without a format of its own is the text of the name."""
    if isinstance(part, ast.FormattedValue):
        if part.conversion != -1 or part.format_spec is not None:
            raise NotLiteralError(part)
        return part.value
    return part
