"""The files of one version of the project, wherever that version is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from seeknal_ci.model.side import Side


class FileTree(Protocol):
    """Files by path (relative to the repository, `/` between parts) and content id.

    A content id is git's blob id, for files in the working tree too: equal ids, equal bytes.
    """

    @property
    def side(self) -> Side:
        """Which version this is."""

    @property
    def blobs(self) -> Mapping[str, str]:
        """Path to blob id of every regular file, sorted by path."""

    @property
    def links(self) -> frozenset[str]:
        """Paths of symbolic links and submodules: reported, never followed."""

    def read(self, path: str) -> bytes:
        """The content of a file in `blobs`."""
