"""Nodes that a project defines in Python: found without running the file, and not read yet."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem

PACKAGE = "seeknal"
DECORATORS = frozenset(
    {"feature_group", "materialize", "second_order_aggregation", "source", "transform"}
)


def python_problems(path: str, content: bytes) -> Iterator[Problem]:
    """An error for every file that defines nodes, or that may: such a node is never dropped."""
    if b"@" not in content:
        return
    try:
        tree = ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None) or 1
        yield Problem(
            Place(path, line),
            "python-syntax",
            "the file is no valid Python, so it cannot be told whether it defines nodes",
            fix="correct it, or leave it out of this folder",
        )
        return
    line = min(_lines(tree), default=0)
    if line:
        yield Problem(
            Place(path, line),
            "python-node",
            "the file defines a node in Python, which seeknal-ci does not read yet",
            fix="define the node in YAML, or leave the file out of this folder",
        )


def _lines(tree: ast.Module) -> Iterator[int]:
    """The lines of decorators that make a node: Seeknal's names, and other names for them."""
    names = DECORATORS | set(_imported_as(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                called = decorator.func if isinstance(decorator, ast.Call) else decorator
                name = getattr(called, "attr", getattr(called, "id", None))
                if name in names:
                    yield decorator.lineno


def _imported_as(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            for alias in node.names:
                if alias.name in DECORATORS and alias.asname:
                    yield alias.asname
