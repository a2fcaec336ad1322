"""Lineages on a terminal and as drawings: bounds, colours, and names that try to be commands."""

from __future__ import annotations

import json
import re

import pytest

from seeknal_ci.model.lineage import (
    ColumnId,
    Flow,
    Lineage,
    Link,
    NodeUse,
    Role,
    Step,
    Traced,
    TracedColumn,
    TracedNode,
    Use,
    UsedColumn,
)
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.side import Side
from seeknal_ci.render.lineage_mermaid import lineage_drawing
from seeknal_ci.render.lineage_text import lineage_as, lineage_text
from seeknal_ci.render.mermaid import MAX_BYTES, MAX_EDGES, MAX_NODES
from seeknal_ci.render.tree import MAX_DEPTH, Branch, draw_tree

SIDE = Side("main", "1f0c9d2a7b3e4c5d6e7f8091a2b3c4d5e6f70812")
HOSTILE = '::error::x\x1b[2J\r\n%%{init}%% "] --> n0 ##[group]\u202e$$ end'


def wide(size: int, name: str = "transform.n{}") -> Lineage:
    """A node that `size` others read, each for one column's value."""
    nodes = [TracedNode(name.format(i), 1, columns=("x",)) for i in range(size)]
    used = (UsedColumn("x", (Role.VALUE,)),)
    links = [Link("source.a", node.node, used) for node in nodes]
    down = Traced(tuple(nodes), tuple(links))
    return Lineage(SIDE, TracedNode("source.a", 0, columns=("x",)), downstream=down)


def column(name: str = "x") -> Lineage:
    """A column with everything that can be told of one; `name` is in every field."""
    here, above, below = (ColumnId(f"transform.{name}{i}", name) for i in range(3))
    place = Place(f"seeknal/{name}.yml", 3)
    made = TracedColumn(here, 0, name, f"f({name})", (Step(name, name),), name)
    use = Use(Role.FILTER, name, (above,), place, name)
    up = Traced(
        nodes=(TracedNode(above.node, -1, name, place, None, name),),
        links=(Link(above.node, here.node, (UsedColumn(name, (Role.VALUE,)),), unknown=name),),
        columns=(TracedColumn(above, -1, unknown=name),),
        flows=(Flow(above, here, Role.WINDOW),),
        uses=(NodeUse(here.node, use),),
        cut=(name,),
    )
    down = Traced(
        columns=(TracedColumn(below, 1, name, name),),
        flows=(Flow(here, below, Role.VALUE), Flow(below, here, Role.VALUE)),
        uses=(NodeUse(below.node, Use(Role.AUDIT, name, (below,), place)),),
    )
    error = Problem(place, name, name, fix=name)
    target = TracedNode(here.node, 0, name, place, (name,))
    return Lineage(SIDE, target, made, 1, up, down, (error,))


def node(name: str = "x") -> Lineage:
    """The same, of a whole node."""
    found = column(name)
    return Lineage(SIDE, TracedNode(found.target.node, 0, unknown=name), None, 1, found.upstream)


@pytest.mark.parametrize("found", [column(HOSTILE), node(HOSTILE)], ids=["column", "node"])
def test_a_name_can_neither_move_the_cursor_nor_command_a_runner(found: Lineage) -> None:
    text = lineage_text(found)
    assert all(line.isprintable() for line in text.split("\n"))
    assert "##[" not in text
    assert not any(line.lstrip(" │├└─").startswith("::") for line in text.split("\n"))


@pytest.mark.parametrize("found", [column(), node(), wide(3)], ids=["column", "node", "wide"])
def test_a_colour_adds_nothing_to_the_words(found: Lineage) -> None:
    colored = lineage_text(found, color=True)
    assert "\x1b[" in colored
    assert re.sub("\x1b\\[[0-9;]*m", "", colored) == lineage_text(found)


@pytest.mark.parametrize("found", [column(HOSTILE), node(HOSTILE)], ids=["column", "node"])
def test_every_line_of_a_drawing_is_one_that_mermaid_reads(found: Lineage) -> None:
    first, *lines = lineage_drawing(found).split("\n")
    assert first == "flowchart LR"
    label = r"(?:[A-Za-z0-9 _./-]|#\d+;|<br/>)*"
    statements = (
        rf'  n\d+\["{label}"\]:::[a-z]+',
        r"  n\d+ -\.?-> n\d+|  n\d+ -\.-> n\d+",
        r"  classDef [a-z]+ [a-z0-9#:, -]+",
    )
    assert [x for x in lines if not any(re.fullmatch(s, x) for s in statements)] == []


@pytest.mark.parametrize("name", ["transform.n{}", "transform." + "漢" * 60 + "{}"])
def test_a_drawing_is_bounded_and_says_what_it_leaves_out(name: str) -> None:
    drawing = lineage_drawing(wide(500, name))
    boxes = drawing.count(":::plain") + drawing.count(":::asked")
    assert boxes <= MAX_NODES
    assert drawing.count("-->") <= MAX_EDGES
    assert len(drawing.encode()) <= MAX_BYTES
    assert f"not drawn - {501 - boxes} boxes" in drawing


def test_lines_are_bounded_too() -> None:
    names = [f"transform.n{i:02}" for i in range(20)]
    links = [Link(a, b) for i, a in enumerate(names) for b in names[i + 1 :]]
    nodes = tuple(TracedNode(name, 1, columns=()) for name in names[1:])
    found = Lineage(SIDE, TracedNode(names[0], 0), downstream=Traced(nodes, tuple(links)))
    drawing = lineage_drawing(found)
    assert drawing.count("-.->") == MAX_EDGES
    assert f"not drawn - {len(links) - MAX_EDGES} lines" in drawing


def test_long_lists_of_columns_are_wrapped() -> None:
    used = tuple(UsedColumn(f"quite_a_long_name_{i}", (Role.VALUE,)) for i in range(30))
    links = (Link("source.a", "transform.b", used),)
    up = Traced((TracedNode("source.a", -1, columns=("x",)),), links)
    text = lineage_text(Lineage(SIDE, TracedNode("transform.b", 0, columns=("x",)), upstream=up))
    assert all(len(line) <= 100 for line in text.split("\n"))
    assert "quite_a_long_name_29" in text


def test_what_is_not_known_is_said_in_every_form() -> None:
    found = column("why")
    assert lineage_text(found).count("not sure: why") == 3
    assert ":::unknown" in lineage_drawing(found)
    document = json.loads(lineage_as(found, "json", color=False))
    assert document["column"]["unknown"] == "why"
    assert document["upstream"]["beyond_depth"] == ["why"]


def test_a_tree_points_to_what_is_drawn_above() -> None:
    leaf, stem = Branch("leaf", "leaf"), Branch("stem", "stem", ("detail",))
    lines, deeper = draw_tree("root", {"root": (stem, Branch("twig", "twig")), "stem": (leaf,),
                                       "twig": (stem, leaf), "leaf": ()})  # fmt: skip
    assert lines == [
        "├─ stem",
        "│  │ detail",
        "│  └─ leaf",
        "└─ twig",
        "   ├─ stem (see above)",
        "   │    detail",
        "   └─ leaf",
    ]
    assert deeper == 0


def test_a_tree_is_as_deep_as_a_terminal_is_wide() -> None:
    chain = {str(i): (Branch(str(i + 1), str(i + 1)),) for i in range(3000)}
    lines, deeper = draw_tree("0", chain)
    assert len(lines) == MAX_DEPTH + 1
    assert deeper == 3000 - len(lines)
