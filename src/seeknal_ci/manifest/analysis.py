"""What is known of every node's output, worked out from its inputs' on demand."""

from __future__ import annotations

from collections.abc import Callable

from seeknal_ci.manifest.named import with_named
from seeknal_ci.manifest.tracked import with_declared, without_query
from seeknal_ci.model.features import ProfileSpec
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import (
    AggregationSpec,
    Column,
    PythonSpec,
    SourceSpec,
    TransformSpec,
)
from seeknal_ci.model.tracked import MetricSpec
from seeknal_ci.sql.analyse import Inputs, analyse
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.compile import also_read, known_of_profile, query_of
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.references import Resolved

# The columns that a source's files have, or why they cannot be told.
Undeclared = tuple[Column, ...] | str
UNDECLARED = "the source declares no `schema:`"

# What is known of a node by itself, its dialect and its inputs' columns. A file that is the same in
# two versions is one node in both; it is kept here, so that no other can have its id.
Shared = dict[tuple[int, str, tuple[object, ...]], tuple[Node, Analysed]]


class Analysis:
    """The queries of one manifest. Each is looked at once, and only when somebody asks.

    `look` tells the columns of a source's files where the project declares none. What is `shared`
    with the analysis of another version is looked at once for both.
    """

    def __init__(
        self,
        manifest: Manifest,
        dialect: str,
        look: Callable[[Node], Undeclared] = lambda node: UNDECLARED,
        shared: Shared | None = None,
    ) -> None:
        self.manifest = manifest
        self.dialect = dialect
        self._look = look
        self._shared: Shared = {} if shared is None else shared
        self._known: dict[str, Analysed] = {}
        self._queries: dict[str, Resolved | SqlError | None] = {}

    def of(self, node_id: str) -> Analysed:
        """What is known of a node that the manifest has; its ancestors are looked at first."""
        for due in self._unknown_ancestors(node_id):
            self._known[due] = self._analyse(self.manifest.nodes[due])
        return self._known[node_id]

    def query(self, node_id: str) -> Resolved | SqlError | None:
        """The node's query; what is wrong with it; or None for a node that is no query."""
        if isinstance(self.manifest.nodes[node_id].spec, ProfileSpec | MetricSpec):
            self.of(node_id)  # its query goes by the columns of its inputs
        return self._query(node_id)

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

    def _query(self, node_id: str) -> Resolved | SqlError | None:
        if node_id not in self._queries:
            node = self.manifest.nodes[node_id]
            try:
                self._queries[node_id] = query_of(node, self.dialect, self._columns)
            except SqlError as error:
                self._queries[node_id] = error
        return self._queries[node_id]

    def _analyse(self, node: Node) -> Analysed:
        return with_named(node, self._of_spec(node), self._columns)

    def _of_spec(self, node: Node) -> Analysed:
        if isinstance(node.spec, SourceSpec):
            return self._source(node, node.spec)
        if isinstance(node.spec, PythonSpec):
            return _python(node.spec)
        if isinstance(node.spec, ProfileSpec):
            return self._profile(node)
        query = self._query(node.id)
        if isinstance(query, SqlError):
            return Analysed(None, unknown=query.message)
        if query is None:
            return without_query(node, self.manifest.nodes, self.dialect, self._columns)
        declared = self.manifest.upstream[node.id]
        inputs = {ref: self._columns(ref) if ref in declared else None for ref, _ in query.reads}
        return with_declared(node, self._analysed(node, query, inputs))

    def _analysed(self, node: Node, query: Resolved, inputs: Inputs) -> Analysed:
        """What the query puts out; looked at once where another version has it too."""
        if not isinstance(node.spec, TransformSpec | AggregationSpec):  # others' go by more
            return analyse(query, inputs, self.dialect, also_read(node))
        key = (id(node), self.dialect, tuple(inputs.items()))
        same, known = self._shared.get(key, (None, None))
        if same is not node or known is None:
            known = analyse(query, inputs, self.dialect, also_read(node))
            self._shared[key] = (node, known)
        return known

    def _profile(self, node: Node) -> Analysed:
        try:
            return known_of_profile(node, self._columns)
        except SqlError as error:
            return Analysed(None, unknown=error.message)

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


def _python(spec: PythonSpec) -> Analysed:
    if spec.columns is None:
        why = (
            "the node is written in Python, and its columns are known only when it runs; "
            "declare `columns=`"
        )
        return Analysed(None, unknown=why)
    return Analysed(spec.columns)


def _typed(declared: tuple[Column, ...], found: tuple[Column, ...]) -> tuple[Column, ...]:
    """The declared columns; a type that is not declared is that in the file."""
    types = {column.name.lower(): column.type for column in found}
    return tuple(Column(c.name, c.type or types.get(c.name.lower())) for c in declared)
