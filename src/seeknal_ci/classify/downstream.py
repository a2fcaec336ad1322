"""What changes do to the nodes that they reach."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from seeknal_ci.classify.context import Context, different
from seeknal_ci.classify.missing import taken_away, was_a_field
from seeknal_ci.classify.observed import NOTHING, Difference, Observed
from seeknal_ci.classify.surprises import Surprise, misfit, reshaped, surprise
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.graph import reachable, topological_order
from seeknal_ci.model.node import METADATA_FIELDS, Node
from seeknal_ci.model.report import Downstream, Impact
from seeknal_ci.sql.errors import SqlError

UNSEEN = "reads nothing that differs"

BROKEN = (Impact.BREAKS, Impact.BLOCKED)


def fates(contexts: Iterable[Context], base: Analysis, head: Analysis) -> dict[str, Downstream]:
    """Every node of head that the changes of other nodes reach, with its fate, by its id.

    Each is judged by its own text against head's columns: it `breaks` if it reads what is gone,
    or if what it reads made its text mean another thing; it is `blocked` if an input cannot be
    built; `unaffected` if it is switched off, or if nothing that it reads can differ; and
    `rebuilds` otherwise.
    """
    return _Walk(contexts, base, head).result()


class _Walk:
    def __init__(self, contexts: Iterable[Context], base: Analysis, head: Analysis) -> None:
        self.base = base
        self.head = head
        self.causes: dict[str, frozenset[str]] = {}
        self.broken: set[str] = set()
        self.observed = Observed(base, head)
        self.differences: dict[str, Difference | None] = {}
        for context in contexts:
            change = context.change
            if change.after is not None and self._cannot_be_built(change.after):
                self.broken.add(change.after.id)
            if context.may_differ:
                for node in (change.before, change.after):
                    if node is not None:
                        self.causes[node.id] = frozenset({change.node.id})
                self.differences[change.node.id] = self.observed.of_change(context)

    def result(self) -> dict[str, Downstream]:
        found: dict[str, Downstream] = {}
        for node_id in self._order():
            node = self.head.manifest.nodes[node_id]
            causes = frozenset().union(
                *(self.causes.get(edge.ref, frozenset()) for edge in node.inputs)
            )
            if not causes:
                continue
            fate = found[node_id] = self._fate(node, causes)
            self.differences.setdefault(node_id, None)
            if fate.rebuilt:
                self.causes[node_id] = self.causes.get(node_id, frozenset()) | causes
            if fate.impact in BROKEN:
                self.broken.add(node_id)
        return found

    def _cannot_be_built(self, node: Node) -> bool:
        """True if the node's own query is wrong, whoever is to blame."""
        known = self.head.of(node.id)
        wrong = bool(known.missing or known.duplicates or known.uneven)
        return isinstance(self.head.query(node.id), SqlError) or wrong

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
        if not node.active:
            message = "Switched off: its last build stays"
            return Downstream(node, Impact.UNAFFECTED, because, message, node.place_of("active"))
        breaks = self._gone(node) or self._missing(node)
        if breaks is None:
            look = surprise if self._same_text(node) else misfit
            breaks = look(node, self.base, self.head)
        if breaks is not None:
            impact, told = Impact.BREAKS, breaks
        elif stopped := sorted({e.ref for e in node.inputs if e.ref in self.broken}):
            message = f"Cannot be built, because {', '.join(stopped)} cannot"
            place = next(e.place for e in node.inputs if e.ref == stopped[0])
            impact, told = Impact.BLOCKED, Surprise(message, place)
        else:
            impact, told = self._seen(node)
        return Downstream(node, impact, because, told.message, told.place, told.columns)

    def _seen(self, node: Node) -> tuple[Impact, Surprise]:
        """Whether a node that can be built has other rows than in base."""
        told = self._rebuilt(node)
        own = self.differences.get(node.id, NOTHING)
        read = self.observed.of_reader(node, self.differences)
        both = None if own is None or read is None else own | read
        self.differences[node.id] = both
        if both is not None and not both.columns and self._same_text(node):
            return Impact.UNAFFECTED, replace(told, message=f"{told.message}, and {UNSEEN}")
        return Impact.REBUILDS, told

    def _same_text(self, node: Node) -> bool:
        """True if base says the same of the node, descriptions and the like aside."""
        before = self.base.manifest.nodes.get(node.id)
        return before is not None and METADATA_FIELDS.issuperset(
            different(before.definition, node.definition)
        )

    def _gone(self, node: Node) -> Surprise | None:
        gone = sorted(
            {e.ref for e in node.inputs}
            & (self.base.manifest.nodes.keys() - self.head.manifest.nodes.keys())
        )
        if not gone:
            return None
        place = next(e.place for e in node.inputs if e.ref == gone[0])
        return Surprise(f"Reads {', '.join(gone)}, which is removed", place)

    def _missing(self, node: Node) -> Surprise | None:
        missing = taken_away(node.id, self.base, self.head)
        if not missing:
            return None
        columns = tuple(
            dict.fromkeys(m.struct if was_a_field(m, self.base) else m.column for m in missing)
        )
        word = "column" if len(columns) == 1 else "columns"
        names = ", ".join(f"'{column}'" for column in columns)
        verb = "References ambiguous" if missing[0].ambiguous else "References missing"
        return Surprise(f"{verb} {word} {names}", missing[0].place, columns)

    def _rebuilt(self, node: Node) -> Surprise:
        told = reshaped(node, self.base, self.head)
        if told is not None:
            return told
        inputs = [e for e in node.inputs if self.causes.get(e.ref)]
        return Surprise(f"Depends on {', '.join(e.ref for e in inputs)}", inputs[0].place)


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
