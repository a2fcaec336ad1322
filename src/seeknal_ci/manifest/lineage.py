"""What each node of a manifest makes of its inputs' columns, looked at when asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.mentions import mentioned, named_outputs, other_uses
from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.features import ProfileSpec
from seeknal_ci.model.lineage import ColumnId, NodeLineage, Origin, Output, Role, Use
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import Column, SourceSpec
from seeknal_ci.model.tracked import ModelSpec
from seeknal_ci.sql.analyse import analyse
from seeknal_ci.sql.analysed import Analysed
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.lineage import QueryLineage, lineage_of
from seeknal_ci.sql.profile_lineage import profile_lineage
from seeknal_ci.sql.rules import questions

CODE = "a check of its own is code, which is not looked into"


class Lineages:
    """The lineage of every node of one manifest. Each is looked at once."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._known: dict[str, NodeLineage] = {}

    def of(self, node_id: str) -> NodeLineage:
        """What a node's outputs are made of; of a node that no file defines, that there is none."""
        if node_id not in self._known:
            node = self.analysis.manifest.nodes.get(node_id)
            if node is None:
                self._known[node_id] = NodeLineage(node_id, unknown="no file defines it")
            else:
                self._known[node_id] = self._look(node)
        return self._known[node_id]

    def _look(self, node: Node) -> NodeLineage:
        known = self.analysis.of(node.id)
        found = _reconciled(node, known, self._found(node, known))
        uses = (*found.uses, *other_uses(node))
        columns = {column.name.lower(): column.name for column in known.columns or ()}
        return NodeLineage(
            node=node.id,
            reads=tuple(dict.fromkeys((*self._reads(node), *_nodes_of(uses)))),
            outputs=found.outputs,
            uses=uses,
            passed=found.passed,
            named=tuple(named_outputs(node, columns, self.analysis.dialect)),
            types=known.types,
            unknown=known.unknown if known.columns is None else None,
            opaque=found.opaque,
        )

    def _found(self, node: Node, known: Analysed) -> QueryLineage:
        if isinstance(node.spec, SourceSpec):
            return QueryLineage()
        query = self.analysis.query(node.id)
        if query is not None and not isinstance(query, SqlError):
            inputs = {ref: self._columns(node, ref) for ref, _ in query.reads}
            if isinstance(node.spec, ProfileSpec):
                ((source, place),) = query.reads
                return profile_lineage(node.spec, source, place, inputs[source])
            return lineage_of(query, inputs, known, self.analysis.dialect)
        if isinstance(node.spec, RuleSpec) and query is None:
            custom = any(check.type == "custom" for check in node.spec.checks)
            uses = tuple(self._checked(node, node.spec))
            return QueryLineage(uses=uses, opaque=CODE if custom else None)
        reason = known.unknown or "what it makes of its inputs cannot be told"
        return QueryLineage(uses=tuple(self._mentioned(node, reason)), opaque=reason)

    def _checked(self, node: Node, spec: RuleSpec) -> Iterator[Use]:
        """The columns that each check of a rule looks at."""
        for item in questions(spec, node.inputs, self.analysis.dialect):
            inputs = {ref: self._columns(node, ref) for ref, _ in item.query.reads}
            known = analyse(item.query, inputs, self.analysis.dialect)
            reads = sorted({ColumnId(use.node, use.column) for use in known.uses})
            reason = None if known.resolved else known.unknown
            yield Use(Role.AUDIT, item.check.name, tuple(reads), item.check.place, reason)

    def _mentioned(self, node: Node, reason: str) -> Iterator[Use]:
        columns = {
            column.name.lower(): ColumnId(ref, column.name)
            for ref in reversed(self.analysis.manifest.upstream[node.id])
            for column in self.analysis.of(ref).columns or ()
        }
        return mentioned(node, columns, reason)

    def _columns(self, node: Node, ref: str) -> tuple[Column, ...] | None:
        declared = self.analysis.manifest.upstream[node.id]
        return self.analysis.of(ref).columns if ref in declared else None

    def _reads(self, node: Node) -> tuple[str, ...]:
        query = self.analysis.query(node.id)
        if query is None or isinstance(query, SqlError):
            return tuple(edge.ref for edge in node.inputs)
        return tuple(ref for ref, _ in query.reads)


def _reconciled(node: Node, known: Analysed, found: QueryLineage) -> QueryLineage:
    """The outputs that the node is said to have: its query may have others, or too few."""
    if isinstance(node.spec, ModelSpec):
        return _learnt(node, node.spec, known, found)
    if known.columns is None or isinstance(node.spec, SourceSpec):
        return found
    names = [column.name.lower() for column in known.columns]
    if names == [output.name.lower() for output in found.outputs]:
        return found
    made = {output.name.lower(): output for output in reversed(found.outputs)}
    added = Output("", "", unknown=found.opaque or "it is added when the node is loaded")
    outputs = tuple(
        replace(made.get(column.name.lower(), added), name=column.name) for column in known.columns
    )
    return replace(found, outputs=outputs)


def _learnt(node: Node, spec: ModelSpec, known: Analysed, found: QueryLineage) -> QueryLineage:
    """A model's outputs are made of whatever it learns from, nobody knows how."""
    columns = sorted({origin.column for output in found.outputs for origin in output.origins})
    origins = tuple(Origin(column, Role.READ) for column in columns)
    outputs = tuple(
        Output(column.name, "", origins, unknown=spec.reason) for column in known.columns or ()
    )
    learnt = (Use(Role.READ, "learns from", tuple(columns), node.place),) if columns else ()
    return replace(found, outputs=outputs, uses=(*found.uses, *learnt))


def _nodes_of(uses: tuple[Use, ...]) -> tuple[str, ...]:
    return tuple(column.node for use in uses for column in use.reads)
