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
    """Paths of the project that a source's `table` names: one file, or those of a glob; sorted."""
    path = posixpath.normpath(posixpath.join(project, table))
    if project and not path.startswith(f"{project}/"):
        return ()
    if path in files.blobs:
        return (path,)
    if not any(character in path for character in "*?["):
        return ()
    pattern = path.split("/")
    return tuple(file for file in files.blobs if _matches(file.split("/"), pattern))


def _matches(parts: list[str], pattern: list[str]) -> bool:
    """Part by part; `**` stands for any number of folders."""
    if not pattern or not parts:
        return not parts and all(part == "**" for part in pattern)
    if pattern[0] != "**":
        return fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])
    return _matches(parts, pattern[1:]) or _matches(parts[1:], pattern)
