"""Walks over syntax trees, without recursion."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# Nodes without any below them but the mark of being read or written, which nobody asks for.
LEAVES = (ast.Constant, ast.Name)


def children(node: ast.AST) -> list[ast.AST]:
    """What stands directly in a piece of code, in order; faster than `ast.iter_child_nodes`."""
    found: list[ast.AST] = []
    if isinstance(node, LEAVES):
        return found
    for name in node._fields:
        value = None if name == "ctx" else getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A piece of code and all that stands in it, outer parts before their inner ones."""
    stack = [node]
    while stack:
        item = stack.pop()
        yield item
        stack += reversed(children(item))
