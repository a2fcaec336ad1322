"""Copies of trees. sqlglot copies the type and the place of every node with it, which takes most
of the time, and which nobody changes: here they are shared.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlglot import exp

Tree = TypeVar("Tree", bound=exp.Expr)


class _Meta(dict[str, Any]):
    """What is remembered of a node; a copy has the same."""

    def __deepcopy__(self, memo: object) -> _Meta:
        return _Meta(self)


def share_places(tree: exp.Expr) -> None:
    """Let all copies of a tree as it was parsed share what is remembered of its nodes."""
    for node in tree.walk():
        if node._meta:
            node._meta = _Meta(node._meta)


def copied(tree: Tree) -> Tree:
    """A copy of a tree, with the types of the tree's nodes."""
    nodes = list(tree.walk())
    types = [node._type for node in nodes]  # `type` of a type is the type itself
    for node in nodes:
        node._type = None
    try:
        copy = tree.copy()
    finally:
        for node, kind in zip(nodes, types, strict=True):
            node._type = kind
    for node, kind in zip(copy.walk(), types, strict=True):
        node._type = kind
    return copy
