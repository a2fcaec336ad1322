"""Where a source's data is: in git, or on disk inside the project, and nowhere else."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from seeknal_ci.apply.values import in_run, lacks_values, secrets_hidden
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.data_files import FILE_TYPES, with_data_files
from seeknal_ci.manifest.definition import source_parameters
from seeknal_ci.manifest.parameters import FILE_PARAMETERS
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import DataFile, Node
from seeknal_ci.model.spec import SourceSpec
from seeknal_ci.model.values import Values
from seeknal_ci.warehouse.protocol import FileRelation

LFS_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\noid sha256:([0-9a-f]{64})\n"
)
CHUNK = 1 << 20


def local_versions(
    manifest: Manifest, files: FileTree, root: Path, project: str, values: Values
) -> dict[str, tuple[DataFile, ...]]:
    """Source to its files that git does not track, as they are on disk now; and to those that
    git does track, where only a run's values say which they are.

    Ids are computed as git computes a blob's, so that committing a file changes no id. A source
    whose files are nowhere is left out: loading it will say so.
    """
    found: dict[str, tuple[DataFile, ...]] = {}
    for node in manifest.nodes.values():
        if isinstance(node.spec, SourceSpec) and node.spec.type in FILE_TYPES and not node.data:
            versions = _versions(node, files, root, project, values)
            if versions:
                found[node.id] = versions
    return found


def _versions(
    node: Node, files: FileTree, root: Path, project: str, values: Values
) -> tuple[DataFile, ...]:
    if lacks_values(node, values):
        return ()
    with secrets_hidden(node, values):
        node = with_data_files(in_run(node, values), files, project)
        assert isinstance(node.spec, SourceSpec), "values make no other spec of it"
        return node.data or tuple(
            DataFile(path.relative_to(root.resolve()).as_posix(), _blob_id(path))
            for path in _on_disk(node, node.spec.table, root, project)
        )


def remote_versions(versions: Mapping[str, str | None]) -> dict[str, tuple[DataFile, ...]]:
    """Source to the version of its rows, as a build id takes it; nothing for a first load."""
    return {
        source: (DataFile("", version),)
        for source, version in versions.items()
        if version is not None
    }


def file_relation(
    node: Node, files: FileTree, root: Path, project: str, scratch: Path
) -> FileRelation:
    """The rows of a source's files; what git holds is copied to `scratch`, never checked out.

    Raises SeeknalCiError for a type that is not loaded, and for files that are not there.
    """
    spec = node.spec
    assert isinstance(spec, SourceSpec), "only sources are loaded from files"
    if spec.type not in FILE_TYPES:
        raise SeeknalCiError(
            f"{node.id} is a source of type {spec.type}, which seeknal-ci does not load",
            where=str(node.place_of("source")),
            fix=f"use a source of type {', '.join(FILE_TYPES)}",
        )
    if node.data:
        # A folder of its own: another thread may be copying a file of the same content.
        folder = Path(tempfile.mkdtemp(dir=scratch))
        paths = tuple(
            _copy(file, files, root, folder / f"{index}{Path(file.path).suffix}", node)
            for index, file in enumerate(node.data)
        )
    else:
        paths = tuple(_on_disk(node, spec.table, root, project))
    if not paths and "://" in spec.table:
        raise SeeknalCiError(
            f"{node.id} reads {spec.table}, and seeknal-ci loads nothing from the network",
            where=str(node.place_of("table")),
            fix="load it into the project first, and name the file by its path",
        )
    if not paths:
        raise SeeknalCiError(
            f"{node.id} reads {spec.table}, which is neither in git nor on disk",
            where=str(node.place_of("table")),
            fix=f"put the file at {spec.table}, or correct `table:`",
        )
    params = {
        # The others are for the node's own templates.
        key: value
        for key, value in source_parameters(spec).items()
        if key in FILE_PARAMETERS[spec.type]
    }
    return FileRelation(paths, spec.type, spec.columns, params, spec.table)


def _on_disk(node: Node, table: str, root: Path, project: str) -> Iterator[Path]:
    """Files on disk that a source names, resolved, sorted; all of them inside the project."""
    folder = (root / project).resolve()
    pattern = Path(table)
    inside = not pattern.is_absolute() and ".." not in pattern.parts
    try:
        paths = sorted(folder.glob(table)) if inside and table.strip() else []
    except (ValueError, NotImplementedError):
        paths = []
    literal = folder / table
    for path in [literal] if inside and literal.is_file() else paths:
        if path.is_file():
            resolved = path.resolve()
            inside = inside and resolved.is_relative_to(folder)
            if inside:
                yield resolved
    if not inside:
        raise SeeknalCiError(
            f"{node.id} reads {table}, which is outside the project",
            where=str(node.place_of("table")),
            fix="put the file into the project, and name it by its path from there",
        )


def _copy(file: DataFile, files: FileTree, root: Path, target: Path, node: Node) -> Path:
    content = files.read(file.path)
    pointer = LFS_POINTER.match(content)
    if pointer:
        return _large_file(file, pointer[1].decode(), root, node)
    target.write_bytes(content)
    return target


def _large_file(file: DataFile, oid: str, root: Path, node: Node) -> Path:
    """The file that a Git LFS pointer stands for, if it lies in the work tree."""
    path = root / file.path
    if path.is_file() and _digest(path, hashlib.sha256()) == oid:
        return path
    raise SeeknalCiError(
        f"{file.path} is kept in Git LFS, and its data is not in the work tree",
        where=str(node.place_of("table")),
        fix=f"run `git lfs pull --include {file.path}`",
    )


def _blob_id(path: Path) -> str:
    """https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: header, NUL, content."""
    header = f"blob {path.stat().st_size}\0".encode()
    return _digest(path, hashlib.sha1(header, usedforsecurity=False))


def _digest(path: Path, digest: hashlib._Hash) -> str:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
