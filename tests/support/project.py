"""Projects held in memory, with the blob ids that git would give their files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from importlib.resources import as_file, files

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.side import Side

Files = Mapping[str, str | bytes]


class MemoryTree:
    """A FileTree without git; tests/contract/test_file_tree.py holds it to what git's do."""

    def __init__(
        self,
        files: Files,
        commit: str | None = None,
        dirty: bool = False,
        links: Iterable[str] = (),
    ) -> None:
        self._content = {path: _bytes(files[path]) for path in sorted(files)}
        self._side = Side("memory", commit, dirty)
        self._blobs = {path: blob_id(content) for path, content in self._content.items()}
        self._links = frozenset(links)

    @property
    def side(self) -> Side:
        return self._side

    @property
    def blobs(self) -> Mapping[str, str]:
        return self._blobs

    @property
    def links(self) -> frozenset[str]:
        return self._links

    def read(self, path: str) -> bytes:
        if path not in self._content:
            raise SeeknalCiError(f"there is no file {path}", fix="name one of the tree's files")
        return self._content[path]


def blob_id(content: bytes) -> str:
    """https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: header, NUL, content."""
    return hashlib.sha1(
        f"blob {len(content)}\0".encode() + content, usedforsecurity=False
    ).hexdigest()


def ecommerce() -> dict[str, str | bytes]:
    """The files of the demo: Seeknal's tutorial, eight nodes and three data files."""
    with as_file(files("seeknal_ci.demo") / "ecommerce") as folder:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def edited(files: Files, path: str, before: str, after: str) -> dict[str, str | bytes]:
    """The files with one piece of text, which must be there once, replaced."""
    text = _bytes(files[path]).decode()
    assert text.count(before) == 1, f"{path} has {text.count(before)} times: {before!r}"
    return {**files, path: text.replace(before, after)}


def analysed(files: Files, dialect: str = "duckdb") -> Analysis:
    """The files' manifest, ready to be asked about its columns."""
    return Analysis(load_manifest(MemoryTree(files)), dialect)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
