"""Single files of the work tree: their blob ids and content, by git's rules and without writing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pygit2

from seeknal_ci.errors import SeeknalCiError


@dataclass(frozen=True, slots=True)
class Disk:
    """A work tree's files.

    Git stores some files otherwise than they lie on disk. Line endings are converted here as git
    does it. An `ident` keyword or an outside program (git-lfs) is not undone: such a file, once
    touched, has the id and the content that it has on disk.
    """

    raw: pygit2.Repository
    root: Path

    def blob_id(self, path: str) -> str:
        """The id that the file has as a blob, after `git add`."""
        try:
            plain = str(self.raw.hashfile(path, as_path=""))
        except (pygit2.GitError, KeyError, ValueError) as error:
            raise _unreadable(path, error) from error
        stored = self._filtered_id(path) or plain
        if stored == plain or blob_id_of(_normalised(self._bytes(path))) == stored:
            return stored
        return plain

    def content(self, path: str, blob: str) -> bytes:
        """The bytes of which `blob_id` gave the id."""
        found = self._bytes(path)
        for candidate in (found, _normalised(found)):
            if blob_id_of(candidate) == blob:
                return candidate
        raise SeeknalCiError(
            f"{path} changed while it was read", where=path, fix="run the command again"
        )

    def require_searchable(self, path: str) -> None:
        """Refuses a path in a folder that may not be searched: libgit2 calls it deleted."""
        try:
            os.lstat(self.root / path)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as error:
            raise _unreadable(path, error) from error

    def is_regular(self, path: str) -> bool:
        """Whether a regular file is there, and no link or folder."""
        return (self.root / path).is_file() and not (self.root / path).is_symlink()

    def _bytes(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise _unreadable(path, error) from error

    def _filtered_id(self, path: str) -> str | None:
        try:
            return str(self.raw.hashfile(path))
        except pygit2.GitError:
            return None  # `core.safecrlf` refuses: `git add` would too, but a reader need not


def blob_id_of(content: bytes) -> str:
    """The id of these bytes as a blob."""
    return str(pygit2.hash(content))


def _normalised(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _unreadable(path: str, error: Exception) -> SeeknalCiError:
    reason = error.args[0] if isinstance(error, KeyError) else error
    return SeeknalCiError(
        f"{path} cannot be read: {reason}", where=path, fix="make it readable, or remove it"
    )
