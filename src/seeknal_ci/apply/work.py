"""What a step does: a table made from a query or from files, or an export written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from seeknal_ci.apply.data import file_relation
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import ExposureSpec, SourceSpec
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
    run_id: str

    def __call__(self, node_id: str) -> int:
        """Make the node's rows; returns how many. Raises SeeknalCiError."""
        node = self.project.node(node_id)
        if isinstance(node.spec, ExposureSpec):
            return self.export(node, node.spec)
        request = BuildRequest(
            build_id=self.project.build_id(node_id),
            node=node_id,
            table=self._table(node_id),
            relation=self._relation(node),
            run_id=self.run_id,
        )
        return self.warehouse.build(request).rows

    def export(self, node: Node, spec: ExposureSpec) -> int:
        """Write an exposure's file, and remember from which build it was written."""
        target = self._target(node, spec)
        request = ExportRequest(
            sql=self._sql(node),
            target=target,
            format=spec.format,
            partition_by=tuple(item.name for item in spec.partition_by),
            compression=spec.compression,
        )
        rows = self.warehouse.export(request)
        self.warehouse.deliver(
            Delivery(
                self.environment,
                node.id,
                self.project.build_id(node.id),
                str(target),
                rows,
                datetime.now(UTC),
            )
        )
        return rows

    def _relation(self, node: Node) -> Relation:
        if isinstance(node.spec, SourceSpec):
            project = self.project
            return file_relation(node, project.files, project.root, project.folder, self.scratch)
        return QueryRelation(self._sql(node))

    def _sql(self, node: Node) -> str:
        query = self.project.analysis.query(node.id)
        if isinstance(query, SqlError):
            raise SeeknalCiError(query.message, where=str(query.place), fix=query.fix)
        assert query is not None, "sources are loaded, and other kinds are not executed"
        tables = {ref: (BUILDS_SCHEMA, self._table(ref)) for ref, _ in query.reads}
        return physical_sql(query, tables, self.warehouse.engine)

    def _table(self, node_id: str) -> str:
        node = self.project.node(node_id)
        return table_name(node.kind, node.name, self.project.build_id(node_id))

    def _target(self, node: Node, spec: ExposureSpec) -> Path:
        """Where the file goes: its path below `exports`, whatever the path says."""
        assert spec.path is not None, "an exposure of type file has a path"
        folder = self.exports.resolve()
        target = (folder / spec.path.name).resolve()
        if target == folder or not target.is_relative_to(folder):
            raise SeeknalCiError(
                f"{node.id} writes to {spec.path.name}, which is outside the project",
                where=str(spec.path.place),
                fix="name a path inside the project",
            )
        return target
