"""What is known of every node's output, worked out from its inputs' on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Column, SourceSpec, TrackedSpec
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.analysed import Analysed, Missing
from seeknal_ci.sql.compile import also_read, query_of
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import Resolved

# The columns that a source's files have, or why they cannot be told.
Undeclared = tuple[Column, ...] | str
UNDECLARED = "the source declares no `schema:`"


class Analysis:
    """The queries of one manifest. Each is looked at once, and only when somebody asks.

    `look` tells the columns of a source's files where the project declares none.
    """

    def __init__(
        self,
        manifest: Manifest,
        dialect: str,
        look: Callable[[Node], Undeclared] = lambda node: UNDECLARED,
    ) -> None:
        self.manifest = manifest
        self.dialect = dialect
        self._look = look
        self._known: dict[str, Analysed] = {}
        self._queries: dict[str, Resolved | SqlError | None] = {}

    def of(self, node_id: str) -> Analysed:
        """What is known of a node that the manifest has; its ancestors are looked at first."""
        for due in self._unknown_ancestors(node_id):
            self._known[due] = self._analyse(self.manifest.nodes[due])
        return self._known[node_id]

    def query(self, node_id: str) -> Resolved | SqlError | None:
        """The node's query; what is wrong with it; or None for a node that is no query."""
        if node_id not in self._queries:
            try:
                self._queries[node_id] = query_of(self.manifest.nodes[node_id], self.dialect)
            except SqlError as error:
                self._queries[node_id] = error
        return self._queries[node_id]

    def _unknown_ancestors(self, node_id: str) -> list[str]:
        """The node and its ancestors that are not known yet, inputs first, without recursion."""
        order: list[str] = []
        seen = set(self._known)
        stack = [(node_id, False)]
        while stack:
            current, inputs_done = stack.pop()
            if inputs_done:
                order.append(current)
            elif current not in seen:
                seen.add(current)
                stack.append((current, True))
                stack.extend((i, False) for i in self.manifest.upstream[current])
        return order

    def _analyse(self, node: Node) -> Analysed:
        known = self._of_spec(node)
        return replace(known, missing=(*known.missing, *_audited_in_vain(node, known)))

    def _of_spec(self, node: Node) -> Analysed:
        if isinstance(node.spec, SourceSpec):
            return self._source(node, node.spec)
        if isinstance(node.spec, TrackedSpec):
            return Analysed(None, unknown=node.spec.reason)
        query = self.query(node.id)
        if isinstance(query, SqlError):
            return Analysed(None, unknown=query.message)
        assert query is not None, "sources and tracked nodes were answered above"
        declared = self.manifest.upstream[node.id]
        inputs = {ref: self._columns(ref) if ref in declared else None for ref, _ in query.reads}
        return analyse(query, inputs, self.dialect, also_read(node))

    def _source(self, node: Node, spec: SourceSpec) -> Analysed:
        whole = spec.columns is not None and all(column.type for column in spec.columns)
        found = spec.columns if whole or not node.data else self._look(node)
        if spec.columns is None:
            if isinstance(found, tuple):
                return Analysed(found)
            return Analysed(None, unknown=found or UNDECLARED)
        return Analysed(_typed(spec.columns, found if isinstance(found, tuple) else ()))

    def _columns(self, node_id: str) -> tuple[Column, ...] | None:
        # An input in a circle is not known yet; that the circle is there is told elsewhere.
        known = self._known.get(node_id)
        return None if known is None else known.columns


def _audited_in_vain(node: Node, known: Analysed) -> tuple[Missing, ...]:
    """Columns that the node's audits name and that it does not put out."""
    if known.columns is None:
        return ()
    have = tuple(sorted(column.name for column in known.columns))
    lowered = {name.lower() for name in have}
    return tuple(
        Missing(column.name, (node.id,), have, column.place)
        for audit in node.audits
        for column in audit.columns
        if column.name.lower() not in lowered
    )


def _typed(declared: tuple[Column, ...], found: tuple[Column, ...]) -> tuple[Column, ...]:
    """The declared columns; a type that is not declared is that in the file."""
    types = {column.name.lower(): column.type for column in found}
    return tuple(Column(c.name, c.type or types.get(c.name.lower())) for c in declared)
