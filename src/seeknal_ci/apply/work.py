"""What a step does: a table made from a query or from files, or an export written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from seeknal_ci.apply.data import file_relation
from seeknal_ci.apply.ledger import Ledger
from seeknal_ci.apply.remote import is_remote, table_relation
from seeknal_ci.apply.values import in_run, lacks_values, secrets_hidden
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.data_files import with_data_files
from seeknal_ci.manifest.exposures import check_exposures
from seeknal_ci.model.connections import Connections
from seeknal_ci.model.execution import Ending
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import ExposureSpec, SourceSpec
from seeknal_ci.model.template import SYMBOL
from seeknal_ci.model.values import Values
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.warehouse.identifiers import table_name
from seeknal_ci.warehouse.protocol import (
    BUILDS_SCHEMA,
    BuildRequest,
    Delivery,
    ExportRequest,
    QueryRelation,
    Relation,
    Warehouse,
)


@dataclass(frozen=True)
class Project:
    """One version of a project, ready to be built."""

    analysis: Analysis
    files: FileTree
    ids: Mapping[str, str | None]
    # The repository's work tree, and the project's folder in it.
    root: Path
    folder: str = ""
    # What templates stand for in this run.
    values: Values = field(default_factory=Values)
    # Where sources in databases are, and the version of their rows.
    connections: Connections = field(default_factory=Connections)
    versions: Mapping[str, str | None] = field(default_factory=dict)

    def node(self, node_id: str) -> Node:
        """A node of the manifest."""
        return self.analysis.manifest.nodes[node_id]

    def build_id(self, node_id: str) -> str:
        """The build id of a node that is to be built, and so has one."""
        build_id = self.ids[node_id]
        assert build_id is not None, f"{node_id} has no build id, and is never planned to be built"
        return build_id


@dataclass(frozen=True)
class Builder:
    """Does the work of one run. Called from several threads: it only reads what it holds.

    `exports` is the folder below which exposures are written.
    """

    project: Project
    warehouse: Warehouse
    environment: str
    exports: Path
    scratch: Path
    ledger: Ledger

    def __call__(self, node_id: str) -> int:
        """Make the node's rows; returns how many. Raises SeeknalCiError."""
        node, values = self.project.node(node_id), self.project.values
        with self.ledger.attempt(node_id) as ending, secrets_hidden(node, values):
            if isinstance(node.spec, ExposureSpec):
                return self.export(node, node.spec, ending)
            request = BuildRequest(
                build_id=self.project.build_id(node_id),
                node=node_id,
                table=self._table(node_id),
                relation=self._relation(in_run(node, values)),
                run_id=self.ledger.run_id,
                ending=ending,
            )
            return self.warehouse.build(request).rows

    def export(self, node: Node, spec: ExposureSpec, ending: Ending) -> int:
        """Write an exposure's file, and remember from which build it was written."""
        folder = self.exports.resolve()
        target = self._target(in_run(node, self.project.values), folder)
        request = ExportRequest(
            sql=self._sql(node),
            target=target,
            format=spec.format,
            partition_by=tuple(item.name for item in spec.partition_by),
            compression=spec.compression,
            dialect=self.project.analysis.dialect,
        )
        rows = self.warehouse.export(request)
        self.warehouse.deliver(
            Delivery(
                self.environment,
                node.id,
                self.project.build_id(node.id),
                self._recorded(spec, target, folder),
                rows,
                datetime.now(UTC),
            ),
            ending(rows, True),
        )
        return rows

    def _relation(self, node: Node) -> Relation:
        if isinstance(node.spec, SourceSpec):
            project = self.project
            if is_remote(node):
                version = project.versions.get(node.id)
                return table_relation(node, project.connections, project.values, version)
            if node.symbols:
                node = with_data_files(node, project.files, project.folder)
            return file_relation(node, project.files, project.root, project.folder, self.scratch)
        return QueryRelation(self._sql(node), self.project.analysis.dialect)

    def _sql(self, node: Node) -> str:
        query = self.project.analysis.query(node.id)
        if isinstance(query, SqlError):
            raise SeeknalCiError(query.message, where=str(query.place), fix=query.fix)
        assert query is not None, "sources are loaded, and other kinds are not executed"
        tables = {ref: (BUILDS_SCHEMA, self._table(ref)) for ref, _ in query.reads}
        return physical_sql(query, tables, self.project.analysis.dialect, self.project.values)

    def _table(self, node_id: str) -> str:
        node = self.project.node(node_id)
        return table_name(node.kind, node.name, self.project.build_id(node_id))

    def _target(self, node: Node, folder: Path) -> Path:
        """Where the file goes: its path below `folder`, whatever the path says."""
        spec = node.spec
        assert isinstance(spec, ExposureSpec), "only exposures are written to files"
        assert spec.path is not None, "an exposure of type file has a path"
        target = (folder / spec.path.name).resolve()
        if target == folder or not target.is_relative_to(folder):
            raise SeeknalCiError(
                f"{node.id} writes to {spec.path.name}, which is outside the project",
                where=str(spec.path.place),
                fix="name a path inside the project",
            )
        self._refuse_path(node)
        return target

    def _recorded(self, spec: ExposureSpec, target: Path, folder: Path) -> str:
        """The target as the ledger keeps it: with the symbols that may stand for secrets."""
        assert spec.path is not None, "an exposure of type file has a path"
        path = self.project.values.filled(spec.path.name, public=True)
        return str(folder / path) if SYMBOL.search(path) else str(target)

    def _refuse_path(self, node: Node) -> None:
        """Ask of a path that only this run knows what was asked of all others before."""
        if not node.symbols:
            return
        nodes = self.project.analysis.manifest.nodes
        values = self.project.values
        known = {
            node_id: in_run(other, values)
            for node_id, other in nodes.items()
            if not lacks_values(other, values)
        }
        for problem in check_exposures({**known, node.id: node}, self.project.folder):
            if problem.node == node.id:
                raise SeeknalCiError(problem.message, where=str(problem.place), fix=problem.fix)
