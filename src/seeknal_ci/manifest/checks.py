"""What is wrong with the graph as a whole: edges to nothing, cycles, names too alike."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from seeknal_ci.model.graph import find_cycle
from seeknal_ci.model.node import Input, Node
from seeknal_ci.model.problem import Problem


def check_graph(nodes: Mapping[str, Node], unread: Container[str] = ()) -> tuple[Problem, ...]:
    """Dangling references, cycles, and ids that differ by case alone.

    `unread` are ids of nodes whose definitions have errors: who reads those reads no phantom.
    """
    return (*_dangling(nodes, unread), *_cycles(nodes), *_case_twins(nodes))


def _dangling(nodes: Mapping[str, Node], unread: Container[str]) -> Iterator[Problem]:
    # A search of 10,000 names takes a while, and one missing node may have thousands of readers.
    nearest = cache(lambda ref: get_close_matches(ref, nodes, n=2))
    for node in nodes.values():
        for edge in node.inputs:
            if edge.ref not in nodes and edge.ref not in unread:
                yield Problem(
                    edge.place,
                    "unknown-ref",
                    f"{node.id} reads {edge.ref}, which no file defines",
                    fix=_fix(edge, [near for near in nearest(edge.ref) if near != node.id]),
                    node=node.id,
                )


def _fix(edge: Input, close: list[str]) -> str:
    if close:
        return f"did you mean {close[0]}? Correct the ref on line {edge.place.line}"
    kind, _, name = edge.ref.partition(".")
    if not name:
        return f"write a node id, `kind.name`, on line {edge.place.line}"
    return f"add a {kind} named `{name}`, or correct the ref on line {edge.place.line}"


def _cycles(nodes: Mapping[str, Node]) -> Iterator[Problem]:
    """One problem for each group of nodes that read each other, with a path through it."""
    edges = {
        node_id: [edge.ref for edge in node.inputs if edge.ref in nodes]
        for node_id, node in nodes.items()
    }
    while cycle := find_cycle(edges):
        path = " → ".join(cycle)
        node = nodes[cycle[0]]
        edge = next(e for e in node.inputs if e.ref in cycle)
        yield Problem(
            edge.place,
            "cycle",
            f"nodes read each other in a circle: {path}",
            fix="remove one of these references",
            node=node.id,
        )
        gone = set(cycle)
        edges = {
            node_id: [ref for ref in refs if ref not in gone]
            for node_id, refs in edges.items()
            if node_id not in gone
        }


def _case_twins(nodes: Mapping[str, Node]) -> Iterator[Problem]:
    seen: dict[str, Node] = {}
    for node_id, node in nodes.items():
        twin = seen.setdefault(node_id.lower(), node)
        if twin is not node:
            yield Problem(
                node.place,
                "case-twin",
                f"{node.id} and {twin.id} differ by case alone, which SQL does not see",
                fix="rename one of the two",
                node=node.id,
                related=twin.place,
            )
