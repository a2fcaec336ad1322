"""Code without its form: equal for two pieces of code that Python compiles to the same."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Collection, Iterable, Iterator

# What says nothing about what is done: `u"…"`, whether a name is read or written, type comments.
SKIPPED = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


def digest(parts: Iterable[str]) -> str:
    """A sha256 in hex of texts in their order."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part.encode("ascii"))
        found.update(b"\n")
    return found.hexdigest()


def tokens(
    node: ast.AST, without: Collection[int] = (), *, docstrings: bool = False
) -> Iterator[str]:
    """The syntax tree from left to right as ASCII, each part by its kind and fields.

    Positions, comments, quotes and texts that stand alone, as documentation does, are left out;
    so are the nodes whose `id()` is in `without`.
    """
    stack: list[object] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, _Mark):
            yield item
        elif isinstance(item, list):
            stack.append(_Mark("]"))
            stack += [part for part in reversed(item) if docstrings or not is_text(part)]
            stack.append(_Mark("["))
        elif not isinstance(item, ast.AST):
            yield hex(item) if type(item) is int else ascii(item)
        elif id(item) not in without:
            stack.append(_Mark(")"))
            for name, value in reversed(list(ast.iter_fields(item))):
                # What is empty in one version of Python is missing in another.
                if name not in SKIPPED and value is not None and value != []:
                    stack += [value, _Mark(f"{name}=")]
            if isinstance(item, ast.Constant) and item.value is None:
                stack.append(_Mark("None"))
            stack.append(_Mark(f"{type(item).__name__}("))


def is_text(node: object) -> bool:
    """True for a statement that is a literal and does nothing, as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class _Mark(str):
    """A piece of the output, and no value of the code."""

    __slots__ = ()
