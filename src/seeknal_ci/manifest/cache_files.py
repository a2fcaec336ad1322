"""Files of a cache: nobody else's are read, whole ones are put in place, and old ones go."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

MOST_BYTES = 256 << 20
KEPT_SECONDS = 30 * 86_400
ABANDONED_SECONDS = 3_600

# Only what looks like the cache's own is ever removed: the folder may be anybody's choice.
FOLDER = re.compile(r"[0-9a-f]{32}")
FILE = re.compile(r"[0-9a-f]")
UNFINISHED = re.compile(r"\.[0-9a-f]\.[0-9]+\.[0-9]+")

# A link is not followed, and a pipe not waited for. Windows knows neither.
READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL
BINARY = getattr(os, "O_BINARY", 0)


def read(path: Path) -> bytes:
    """The content of a regular file that nobody else can have written.

    Raises OSError for every other.
    """
    file = os.open(path, READ | BINARY)
    with os.fdopen(file, "rb") as opened:
        if not _is_private(os.fstat(file), stat.S_ISREG):
            raise PermissionError(f"{path} may be somebody else's")
        return opened.read()


def make_private(folder: Path) -> None:
    """Make a folder, and the one around it, into which only this user writes.

    Raises OSError where they are there and others may write into them.
    """
    folder.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for made in (folder.parent, folder):
        made.mkdir(mode=0o700, exist_ok=True)
        if not _is_private(made.lstat(), stat.S_ISDIR):
            raise PermissionError(f"{made} may be somebody else's")


def replace(path: Path, content: bytes) -> None:
    """Put a file in place as a whole: who reads at the same time sees the old one or the new.

    Nothing waits for the disk: what a crash of the machine leaves half written is found out.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{time.time_ns()}")
    try:
        with os.fdopen(os.open(unfinished, WRITE | BINARY, 0o600), "wb") as opened:
            opened.write(content)
        unfinished.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise


def prune(folder: Path, now: float, most_bytes: int = MOST_BYTES) -> None:
    """Remove files that were not written for a month, and the oldest where all are too large."""
    kept: list[tuple[float, int, Path]] = []
    for path, is_unfinished in _files(folder):
        with contextlib.suppress(FileNotFoundError):  # another process removes them too
            found = path.lstat()
            age = now - found.st_mtime
            if age > (ABANDONED_SECONDS if is_unfinished else KEPT_SECONDS):
                path.unlink()
            else:
                kept.append((found.st_mtime, found.st_size, path))
    size = sum(bytes_ for _, bytes_, _ in kept)
    for _, bytes_, path in sorted(kept):
        if size <= most_bytes:
            break
        path.unlink(missing_ok=True)
        size -= bytes_
    for project in _folders(folder):
        if now - project.lstat().st_mtime > KEPT_SECONDS:
            with contextlib.suppress(OSError):  # it is not empty
                project.rmdir()


def _folders(folder: Path) -> Iterator[Path]:
    for project in sorted(folder.iterdir()):
        if FOLDER.fullmatch(project.name) and stat.S_ISDIR(project.lstat().st_mode):
            yield project


def _files(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Every file of every project, and whether it is one that was not finished."""
    for project in _folders(folder):
        for path in sorted(project.iterdir()):
            unfinished = UNFINISHED.fullmatch(path.name) is not None
            if unfinished or FILE.fullmatch(path.name):
                yield path, unfinished


def _is_private(found: os.stat_result, is_kind: Callable[[int], bool]) -> bool:
    """True if it is of the kind, this user's own, and nobody else's to write."""
    if not is_kind(found.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # Windows, where other users have no access to begin with
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
