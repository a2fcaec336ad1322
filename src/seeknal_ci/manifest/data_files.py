"""Which files of the repository a source reads."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from fnmatch import fnmatchcase

from seeknal_ci.model.files import FileTree
from seeknal_ci.model.node import DataFile, Node
from seeknal_ci.model.spec import SourceSpec

FILE_TYPES = ("csv", "json", "jsonl", "parquet")


def with_data_files(node: Node, files: FileTree, project: str) -> Node:
    """The node, with the data files that git tracks for it; other kinds as they are."""
    spec = node.spec
    if not isinstance(spec, SourceSpec) or spec.type not in FILE_TYPES:
        return node
    found = tuple(
        DataFile(path, files.blobs[path]) for path in matching(spec.table, files, project)
    )
    return replace(node, data=found) if found else node


def matching(table: str, files: FileTree, project: str) -> tuple[str, ...]:
    """Paths of the tree that a source's `table` names: one file, or those of a glob; sorted."""
    path = posixpath.normpath(posixpath.join(project, table))
    if path in files.blobs:
        return (path,)
    if not any(character in path for character in "*?["):
        return ()
    depth = path.count("/")
    return tuple(
        candidate
        for candidate in files.blobs
        if candidate.count("/") == depth and fnmatchcase(candidate, path)
    )
