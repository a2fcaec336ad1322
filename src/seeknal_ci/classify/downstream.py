"""What changes do to the nodes that nobody changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seeknal_ci.classify.missing import taken_away
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.category import Category
from seeknal_ci.model.graph import reachable, topological_order
from seeknal_ci.model.node import Node
from seeknal_ci.model.place import Place
from seeknal_ci.model.report import ClassifiedChange, Downstream, Impact
from seeknal_ci.sql.errors import SqlError

BROKEN = (Impact.BREAKS, Impact.BLOCKED)


def fates(
    changes: Iterable[ClassifiedChange], base: Analysis, head: Analysis
) -> tuple[Downstream, ...]:
    """Every unchanged node that the changes reach, with its fate; sorted by id.

    Each is judged by its own text against head's columns: it `breaks` if it reads what is gone,
    is `blocked` if an input cannot be built, and `rebuilds` otherwise.
    """
    return _Walk(changes, base, head).result()


class _Walk:
    def __init__(self, changes: Iterable[ClassifiedChange], base: Analysis, head: Analysis) -> None:
        self.base = base
        self.head = head
        self.changed = {c.change.node.id: c for c in changes}
        self.causes: dict[str, frozenset[str]] = {}
        self.broken: set[str] = set()
        for item in self.changed.values():
            if item.category is Category.METADATA:
                continue
            names = {item.change.node.id}
            if item.change.before is not None:
                names.add(item.change.before.id)
            for name in names:
                self.causes[name] = frozenset({item.change.node.id})
            if item.change.after is not None and self._cannot_be_built(item.change.node):
                self.broken.add(item.change.node.id)

    def result(self) -> tuple[Downstream, ...]:
        found: dict[str, Downstream] = {}
        for node_id in self._order():
            node = self.head.manifest.nodes[node_id]
            causes = frozenset().union(
                *(self.causes.get(edge.ref, frozenset()) for edge in node.inputs)
            )
            if not causes:
                continue
            self.causes[node_id] = self.causes.get(node_id, frozenset()) | causes
            fate = self._fate(node, causes)
            if fate.impact in BROKEN:
                self.broken.add(node_id)
            if node_id not in self.changed:
                found[node_id] = fate
        return tuple(found[node_id] for node_id in sorted(found))

    def _cannot_be_built(self, node: Node) -> bool:
        """True if the node's own query is wrong, whoever is to blame."""
        return isinstance(self.head.query(node.id), SqlError) or bool(self.head.of(node.id).missing)

    def _order(self) -> list[str]:
        """What the changes can reach in either graph, inputs first; circles are left out."""
        edges: dict[str, tuple[str, ...]] = dict(self.head.manifest.downstream)
        for node_id, readers in self.base.manifest.downstream.items():
            edges[node_id] = (*edges.get(node_id, ()), *readers)
        reached = reachable(self.causes, edges) & self.head.manifest.nodes.keys()
        upstream = {
            node_id: [i for i in self.head.manifest.upstream[node_id] if i in reached]
            for node_id in reached
        }
        return list(topological_order(_acyclic(upstream)))

    def _fate(self, node: Node, causes: frozenset[str]) -> Downstream:
        because = tuple(sorted(causes))
        gone = sorted(
            {e.ref for e in node.inputs}
            & (self.base.manifest.nodes.keys() - self.head.manifest.nodes.keys())
        )
        missing = taken_away(node.id, self.base, self.head)
        if gone:
            message = f"Reads {', '.join(gone)}, which is removed"
            place = next(e.place for e in node.inputs if e.ref == gone[0])
            return Downstream(node, Impact.BREAKS, because, message, place)
        if missing:
            columns = tuple(dict.fromkeys(m.column for m in missing))
            word = "column" if len(columns) == 1 else "columns"
            names = ", ".join(f"'{column}'" for column in columns)
            verb = "References ambiguous" if missing[0].ambiguous else "References missing"
            message = f"{verb} {word} {names}"
            return Downstream(node, Impact.BREAKS, because, message, missing[0].place, columns)
        return self._without_missing(node, because)

    def _without_missing(self, node: Node, because: tuple[str, ...]) -> Downstream:
        reason = self._no_longer_resolved(node)
        if reason is not None:
            return Downstream(node, Impact.BREAKS, because, reason, _query_place(node))
        stopped = sorted({e.ref for e in node.inputs if e.ref in self.broken})
        if stopped:
            message = f"Cannot be built, because {', '.join(stopped)} cannot"
            place = next(e.place for e in node.inputs if e.ref == stopped[0])
            return Downstream(node, Impact.BLOCKED, because, message, place)
        inputs = [e for e in node.inputs if self.causes.get(e.ref)]
        message = f"Depends on {', '.join(edge.ref for edge in inputs)}"
        return Downstream(node, Impact.REBUILDS, because, message, inputs[0].place)

    def _no_longer_resolved(self, node: Node) -> str | None:
        """Why a query that base could resolve cannot be resolved any more: fail closed."""
        known = self.head.of(node.id)
        if known.columns is not None or node.id not in self.base.manifest.nodes:
            return None
        if self.base.of(node.id).columns is None:
            return None
        unknown_inputs = any(
            self.head.of(i).columns is None for i in self.head.manifest.upstream[node.id]
        )
        return None if unknown_inputs else f"Its query cannot be resolved any more: {known.unknown}"


def _query_place(node: Node) -> Place:
    return node.place_of("transform" if "transform" in node.definition else "inputs")


def _acyclic(upstream: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The graph without the nodes that lie on, or behind, a circle."""
    remaining = {node: set(inputs) for node, inputs in upstream.items()}
    readers: dict[str, list[str]] = {node: [] for node in remaining}
    for node, inputs in upstream.items():
        for item in inputs:
            readers[item].append(node)
    ready = [node for node, inputs in remaining.items() if not inputs]
    kept: dict[str, list[str]] = {}
    while ready:
        node = ready.pop()
        kept[node] = upstream[node]
        for reader in readers[node]:
            remaining[reader].discard(node)
            if not remaining[reader]:
                ready.append(reader)
    return kept
