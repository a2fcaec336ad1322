"""The nodes that a decorator says are read: `inputs=`, and what else names a node."""

from __future__ import annotations

import ast

from seeknal_ci.manifest.python.arguments import Arguments
from seeknal_ci.manifest.python.literals import Literals, NotLiteralError
from seeknal_ci.model.node import Input
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import Json

# Kinds to arguments that name one node, and to those that list some.
ONE = {"second_order_aggregation": ("source",)}
LISTS = {"feature_service": ("inputs", "views")}


def declared_inputs(
    kind: str, arguments: Arguments, literals: Literals
) -> tuple[list[Input], list[Problem]]:
    """Edges in the order in which the decorator names them, and arguments that hide some."""
    edges: list[Input] = []
    problems: list[Problem] = []
    for name in LISTS.get(kind, ("inputs",)):
        if name in arguments.values:
            try:
                items = literals.elements(arguments.code[name])
            except NotLiteralError as error:
                problems.append(_hidden(name, error.node, literals))
                items = []
            _read(name, items, literals, edges, problems)
    for name in ONE.get(kind, ()):
        if name in arguments.values:
            _read(name, [arguments.code[name]], literals, edges, problems)
    return edges, problems


def _read(
    name: str,
    items: list[ast.expr],
    literals: Literals,
    edges: list[Input],
    problems: list[Problem],
) -> None:
    for item in items:
        try:
            ref = _ref(literals.value(item))
        except NotLiteralError as error:
            problems.append(_hidden(name, error.node, literals))
            continue
        if ref is None:
            problems.append(_hidden(name, item, literals))
        else:
            edges.append(Input(ref, literals.source.place(item)))


def _ref(value: Json) -> str | None:
    """The node id of `"kind.name"`, `"ref:kind.name"` or `{"ref": "kind.name"}`."""
    if isinstance(value, dict):
        value = value.get("ref")
    return value.removeprefix("ref:").strip() if isinstance(value, str) else None


def _hidden(name: str, node: ast.expr, literals: Literals) -> Problem:
    return Problem(
        literals.source.place(node),
        "not-literal",
        f"`{name}` does not say outright which nodes are read",
        fix=f'write their ids as text: `{name}=["kind.name"]`',
    )
