"""Exports that would write where they must not: outside the project, or over what it needs."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping

from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.spec import ExposureSpec, Located

# Folders and files of a project that are somebody else's to write.
KEPT = (".git", "seeknal", "target", "seeknal-ci.yml", "seeknal_project.yml")

COMPRESSIONS: Mapping[str, tuple[str, ...]] = {
    "csv": ("auto", "gzip", "none", "zstd"),
    "json": ("auto", "gzip", "none", "zstd"),
    "jsonl": ("auto", "gzip", "none", "zstd"),
    "parquet": ("brotli", "gzip", "lz4", "lz4_raw", "snappy", "uncompressed", "zstd"),
}


def check_exposures(nodes: Mapping[str, Node], project: str) -> tuple[Problem, ...]:
    """What is wrong with where, and how, file exposures write; each problem at its line."""
    files = [node for node in nodes.values() if _writes_file(node)]
    kept = {file.path for node in nodes.values() for file in node.data}
    around = {folder for path in kept for folder in _upward(path)}
    return (
        *(problem for node in files for problem in _of_path(node, kept, around, project)),
        *_shared(files),
        *(problem for node in files for problem in _of_compression(node)),
    )


def _writes_file(node: Node) -> bool:
    spec = node.spec
    return isinstance(spec, ExposureSpec) and spec.type == "file" and spec.path is not None


def _path(node: Node) -> Located:
    assert isinstance(node.spec, ExposureSpec), "only exposures that write files are asked"
    assert node.spec.path is not None, "only exposures that write files are asked"
    return node.spec.path


def _normal(node: Node) -> str:
    return posixpath.normpath(_path(node).name)


def _of_path(node: Node, kept: set[str], around: set[str], project: str) -> Iterator[Problem]:
    """`kept` are files that sources read, `around` these and the folders that they are in."""
    written, path = _normal(node), _path(node)
    first = written.split("/", 1)[0].lower()
    if written.startswith(("/", "../")) or written in ("..", "."):
        message = f"{node.id} writes to {path.name}, which is outside the project"
        yield _problem(node, message, "name a path inside the project, such as exports/x.parquet")
    elif first in KEPT:
        message = f"{node.id} writes to {path.name}, where seeknal-ci or git keeps its own"
        yield _problem(node, message, "name another path, such as exports/x.parquet")
    else:
        target = posixpath.join(project, written)
        if target in around or not kept.isdisjoint(_upward(target)):
            message = f"{node.id} writes to {path.name}, which a source reads"
            yield _problem(node, message, "name a path of its own")


def _shared(nodes: list[Node]) -> Iterator[Problem]:
    """Exports of which one would overwrite the other, or lie in its folder."""
    at: dict[str, list[int]] = defaultdict(list)
    within: dict[str, list[int]] = defaultdict(list)
    for index, node in enumerate(nodes):
        upward = _upward(_normal(node))
        around = (other for folder in upward for other in at.get(folder, ()))
        for other in sorted({*around, *within.get(upward[0], ())}):
            told = f"{node.id} and {nodes[other].id} write to the same place, {_path(node).name}"
            yield _problem(node, told, "give each a path of its own")
        at[upward[0]].append(index)
        for folder in upward:
            within[folder].append(index)


def _upward(path: str) -> list[str]:
    """The path, and every folder that it is in, up to the outermost."""
    parts = path.split("/")
    return ["/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _of_compression(node: Node) -> Iterator[Problem]:
    assert isinstance(node.spec, ExposureSpec), "only exposures that write files are asked"
    given = node.spec.compression
    known = COMPRESSIONS.get(node.spec.format, ())
    if given is not None and given.lower() not in known:
        place = node.place_of("compression" if "compression" in node.definition else "params")
        yield Problem(
            place,
            "exposure-compression",
            f"{node.id} is to be compressed by `{given}`, which {node.spec.format} does not know",
            fix=f"use one of {', '.join(known)}",
            node=node.id,
        )


def _problem(node: Node, message: str, fix: str) -> Problem:
    return Problem(_path(node).place, "exposure-path", message, fix=fix, node=node.id)
