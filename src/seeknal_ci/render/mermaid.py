"""The graph as a Mermaid drawing: what changed, what it reaches, and what these read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Impact, Report
from seeknal_ci.render.escape import Safe, mermaid_label

MAX_NODES = 60
MAX_EDGES = 120
MAX_BYTES = 12_000
MAX_LABEL = 48


class Fate(StrEnum):
    """What becomes of a node, as the drawing says it; the most severe first."""

    BREAKING = "BREAKING"
    BREAKS = "breaks"
    BLOCKED = "blocked"
    NON_BREAKING = "NON_BREAKING"
    REBUILDS = "rebuilds"
    METADATA = "METADATA"
    UNCHANGED = "unchanged"


# Every class sets its own fill, line and letters, so that light and dark themes show the same.
_STYLES = {
    Fate.BREAKING: "fill:#cf222e,stroke:#82071e,color:#ffffff,stroke-width:2px",
    Fate.BREAKS: "fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-width:2px",
    Fate.BLOCKED: "fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-dasharray:5 4",
    Fate.NON_BREAKING: "fill:#0969da,stroke:#0a3069,color:#ffffff,stroke-width:2px",
    Fate.REBUILDS: "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    Fate.METADATA: "fill:#6e7781,stroke:#424a53,color:#ffffff",
    Fate.UNCHANGED: "fill:#f6f8fa,stroke:#8c959f,color:#424a53",
}
_LEGEND = {
    Fate.BREAKING: "solid red: a breaking change",
    Fate.BREAKS: "light red: breaks",
    Fate.BLOCKED: "dashed red: blocked, an input breaks",
    Fate.NON_BREAKING: "solid blue: changed",
    Fate.REBUILDS: "light blue: rebuilt",
    Fate.METADATA: "solid grey: only described differently",
    Fate.UNCHANGED: "white: unchanged",
}


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node to draw."""

    id: str
    kind: str
    fate: Fate = Fate.UNCHANGED


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, and edges as (input, reader)."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing, what its colours mean, and how many nodes and edges it leaves out."""

    source: Safe
    legend: tuple[str, ...]
    drawn: int
    hidden: int
    hidden_edges: int


def graph_of(report: Report, upstream: Mapping[str, Iterable[str]]) -> Graph:
    """The graph at head (node id to what it reads), with what the report says of each node.

    Removed nodes are taken from the report, with the edges that base had.
    """
    fates = {d.node.id: _FATE_OF_IMPACT[d.impact] for d in report.downstream if d.rebuilt}
    reads = {node: set(inputs) for node, inputs in upstream.items()}
    for classified in report.changes:
        node = classified.change.node
        fates[node.id] = _FATE_OF_CATEGORY[classified.category]
        reads.setdefault(node.id, set()).update(edge.ref for edge in node.inputs)
    for item in report.downstream:
        reads.setdefault(item.node.id, set()).update(edge.ref for edge in item.node.inputs)
    nodes = tuple(
        GraphNode(node, node.partition(".")[0], fates.get(node, Fate.UNCHANGED))
        for node in sorted(reads)
    )
    edges = tuple(
        (origin, reader)
        for reader in sorted(reads)
        for origin in sorted(reads[reader])
        if origin in reads
    )
    return Graph(nodes, edges)


_FATE_OF_IMPACT = {
    Impact.BREAKS: Fate.BREAKS,
    Impact.BLOCKED: Fate.BLOCKED,
    Impact.REBUILDS: Fate.REBUILDS,
    Impact.UNAFFECTED: Fate.REBUILDS,
}
_FATE_OF_CATEGORY = {
    Category.BREAKING: Fate.BREAKING,
    Category.NON_BREAKING: Fate.NON_BREAKING,
    Category.METADATA: Fate.METADATA,
}


def draw(graph: Graph) -> Diagram | None:
    """Nodes that something happens to and their neighbours, as many as fit; None for none."""
    ranked = _by_interest(graph)
    count = min(len(ranked), MAX_NODES)
    while count:
        drawing = _draw(graph, ranked[:count])
        if len(drawing.source.encode()) <= MAX_BYTES:
            return drawing
        count -= 1
    return None


def _by_interest(graph: Graph) -> list[GraphNode]:
    """The severe first, then the rest of what is affected, then what stands next to it."""
    severity = {fate: rank for rank, fate in enumerate(Fate)}
    affected = {node.id for node in graph.nodes if node.fate is not Fate.UNCHANGED}
    near = {a for edge in graph.edges for a, b in (edge, edge[::-1]) if b in affected}
    changed = (Fate.BREAKING, Fate.NON_BREAKING, Fate.METADATA)
    return sorted(
        (node for node in graph.nodes if node.id in affected | near),
        key=lambda node: (
            node.id not in affected,
            node.fate not in changed,
            severity[node.fate],
            node.id,
        ),
    )


def _draw(graph: Graph, chosen: Sequence[GraphNode]) -> Diagram:
    rank = {node.id: index for index, node in enumerate(chosen)}
    edges = [edge for edge in graph.edges if edge[0] in rank and edge[1] in rank]
    shown = sorted(edges, key=lambda edge: (rank[edge[0]] + rank[edge[1]], edge))[:MAX_EDGES]
    fates = [fate for fate in Fate if any(node.fate is fate for node in chosen)]
    order = {node.id: f"n{i}" for i, node in enumerate(sorted(chosen, key=lambda n: n.id))}
    lines = ["flowchart LR"]
    lines += [
        f"  {order[node.id]}{_label(node)}:::{_class_name(node.fate)}"
        for node in sorted(chosen, key=lambda n: n.id)
    ]
    lines += [f"  {order[origin]} --> {order[reader]}" for origin, reader in sorted(shown)]
    lines += [f"  classDef {_class_name(fate)} {_STYLES[fate]}" for fate in fates]
    return Diagram(
        source=Safe("\n".join(lines)),
        legend=tuple(_LEGEND[fate] for fate in fates),
        drawn=len(chosen),
        hidden=len(graph.nodes) - len(chosen),
        hidden_edges=len(edges) - len(shown),
    )


def _label(node: GraphNode) -> Safe:
    name = node.id if len(node.id) <= MAX_LABEL else node.id[: MAX_LABEL - 1] + "…"
    return mermaid_label(name, "" if node.fate is Fate.UNCHANGED else node.fate.value)


def _class_name(fate: Fate) -> str:
    return fate.value.lower().replace("_", "")
