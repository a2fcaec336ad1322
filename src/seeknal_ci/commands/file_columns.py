"""Columns that a source does not declare, from the files that git holds for it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.analysis import Undeclared
from seeknal_ci.manifest.definition import json_text, source_parameters
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.node import Node
from seeknal_ci.model.spec import SourceSpec
from seeknal_ci.settings import Settings

# What may be copied out of git to look at; a header is a small part of it, and a sample another.
MAX_BYTES = 64 << 20


@dataclass(frozen=True)
class FileColumns:
    """Looks into the files of one version of a project; the same files are looked at once."""

    files: FileTree
    settings: Settings
    seen: dict[str, Undeclared] = field(default_factory=dict)

    def __call__(self, node: Node) -> Undeclared:
        """The columns of a source's files, or why they cannot be told."""
        assert isinstance(node.spec, SourceSpec), "only sources have files"
        if node.symbols:
            return "what its files are is known only in a run, and it declares no `schema:`"
        key = _key(node, node.spec)
        if key not in self.seen:
            self.seen[key] = self._columns(node)
        return self.seen[key]

    def _columns(self, node: Node) -> Undeclared:
        # Loaded for a source without a schema alone: most projects declare every column.
        from seeknal_ci.apply.data import file_relation
        from seeknal_ci.warehouse.duckdb_columns import file_columns

        size = sum(len(self.files.read(file.path)) for file in node.data)
        if size > MAX_BYTES:
            return f"its files have {size >> 20} MiB, and declare no `schema:`"
        settings = self.settings
        with tempfile.TemporaryDirectory(prefix="seeknal-ci-") as scratch:
            folder = Path(scratch)
            try:
                relation = file_relation(node, self.files, settings.root, settings.project, folder)
                return file_columns(relation)
            except SeeknalCiError as error:
                return error.what.removesuffix(".")


def _key(node: Node, spec: SourceSpec) -> str:
    columns = [[column.name, column.type] for column in spec.columns or ()]
    content = [spec.type, spec.table, source_parameters(spec), columns]
    return json_text([*content, [file.blob_id for file in node.data]])
