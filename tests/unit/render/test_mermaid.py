"""The drawing: who is in it, in which colour, and how much of it at most."""

from __future__ import annotations

import re
from itertools import pairwise

from seeknal_ci.render.mermaid import (
    MAX_BYTES,
    MAX_EDGES,
    MAX_NODES,
    Fate,
    Graph,
    GraphNode,
    draw,
    graph_of,
)
from tests.support.reports import UPSTREAM, rename_report


def chain(size: int, name: str = "transform.n{:04}") -> Graph:
    """Nodes that are all rebuilt, each read by the next."""
    nodes = [GraphNode(name.format(i), "transform", Fate.REBUILDS) for i in range(size)]
    edges = [(a.id, b.id) for a, b in pairwise(nodes)]
    return Graph(tuple(nodes), tuple(edges))


def test_changed_nodes_their_readers_and_their_inputs_are_drawn() -> None:
    drawing = draw(graph_of(rename_report(), UPSTREAM))
    assert drawing is not None
    assert drawing.drawn == 6
    assert drawing.hidden == 2
    assert '["source.orders<br/>BREAKING"]:::breaking' in drawing.source
    assert '["source.customers"]:::unchanged' in drawing.source
    assert "inventory" not in drawing.source
    assert "dashed red: blocked, an input breaks" in drawing.legend


def test_a_drawing_is_bounded() -> None:
    drawing = draw(chain(500))
    assert drawing is not None
    assert drawing.drawn == MAX_NODES
    assert drawing.hidden == 500 - MAX_NODES
    assert len(drawing.source.encode()) <= MAX_BYTES


def test_edges_are_bounded() -> None:
    nodes = tuple(GraphNode(f"transform.n{i:02}", "transform", Fate.REBUILDS) for i in range(40))
    edges = tuple((a.id, b.id) for i, a in enumerate(nodes) for b in nodes[i + 1 :])
    drawing = draw(Graph(nodes, edges))
    assert drawing is not None
    assert drawing.source.count("-->") == MAX_EDGES
    assert drawing.hidden_edges == len(edges) - MAX_EDGES


def test_long_and_costly_names_leave_fewer_nodes() -> None:
    drawing = draw(chain(60, "transform." + "漢" * 60 + "{}"))
    assert drawing is not None
    assert 0 < drawing.drawn < MAX_NODES
    assert len(drawing.source.encode()) <= MAX_BYTES


def test_the_severe_are_drawn_first() -> None:
    nodes = [GraphNode(f"transform.n{i:03}", "transform", Fate.REBUILDS) for i in range(200)]
    nodes.append(GraphNode("transform.z", "transform", Fate.BREAKING))
    drawing = draw(Graph(tuple(nodes), ()))
    assert drawing is not None
    assert "transform.z<br/>BREAKING" in drawing.source


def test_every_line_is_one_that_mermaid_reads() -> None:
    hostile = ('x"] --> y["', "end", "%%{init}%%", "click n0 call", "a\nb", "<br/>", "`md`")
    nodes = tuple(GraphNode(name, "transform", Fate.BREAKING) for name in hostile)
    drawing = draw(Graph(nodes, ()))
    assert drawing is not None
    first, *lines = drawing.source.split("\n")
    assert first == "flowchart LR"
    label = r"(?:[A-Za-z0-9 _./-]|#\d+;)*<br/>BREAKING"
    statement = rf'  n\d+\["{label}"\]:::breaking|  classDef breaking [a-z0-9#:,-]+'
    assert all(re.fullmatch(statement, line) for line in lines)


def test_nothing_to_draw() -> None:
    assert draw(Graph((GraphNode("source.a", "source"),), ())) is None
