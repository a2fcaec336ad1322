"""The files on disk, as `git add` would store them. Nothing is written, links are not followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pygit2
from pygit2.enums import DeltaStatus, DiffOption, FileMode

from seeknal_ci.git.disk import Disk
from seeknal_ci.git.failures import conflicted, place_of, reading
from seeknal_ci.git.flags import is_left_out
from seeknal_ci.git.trees import (
    EMPTY_TREE,
    LINKS,
    folder,
    fresh_index,
    index_listing,
    no_such_file,
    path_of,
    read_blob,
)
from seeknal_ci.model.side import Side

# Untracked files elsewhere (a warehouse, target/) are no part of the pipeline.
PIPELINE_FOLDER = "seeknal"

ON_DISK = (
    DiffOption.INCLUDE_UNTRACKED
    | DiffOption.RECURSE_UNTRACKED_DIRS
    | DiffOption.INCLUDE_TYPECHANGE
    | DiffOption.IGNORE_SUBMODULES
)


class WorkTreeBlobs(Mapping[str, str]):
    """Path to blob id. A changed file is read when its id is asked for, and not before.

    So an untracked warehouse of many gigabytes costs nothing.
    """

    def __init__(self, stored: Mapping[str, str], changed: set[str], disk: Disk) -> None:
        self._ids: dict[str, str | None] = dict.fromkeys(sorted(stored.keys() | changed))
        self._ids.update((path, blob) for path, blob in stored.items() if path not in changed)
        self._disk = disk

    def __getitem__(self, path: str) -> str:
        blob = self._ids[path]
        if blob is None:
            blob = self._ids[path] = self._disk.blob_id(path)
        return blob

    def __contains__(self, path: object) -> bool:
        return path in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@dataclass(frozen=True, slots=True, eq=False)
class WorkTree:
    """The work tree; see `FileTree`. Ignored files are not in it, untracked ones are.

    `side.dirty` says whether it holds other content than HEAD: a tracked file differs, or a file
    below `seeknal/` is untracked.
    """

    side: Side
    blobs: Mapping[str, str]
    links: frozenset[str]
    changed: frozenset[str]
    disk: Disk = field(repr=False)

    def read(self, path: str) -> bytes:
        """The content of a file in `blobs`, as git would store it."""
        if path not in self.blobs:
            raise no_such_file(path, self.side)
        if path in self.changed:
            return self.disk.content(path, self.blobs[path])
        return read_blob(self.disk.raw, self.blobs[path], path)


@dataclass(frozen=True, slots=True)
class Changes:
    """How the disk differs from the index, by path; `before` are the ids in the index."""

    before: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    untracked: set[str] = field(default_factory=set)


def work_tree(
    raw: pygit2.Repository, disk: Disk, prefix: str, *, conflicts_allowed: bool
) -> WorkTree:
    """The files on disk; a file with a conflict is read, markers and all, only where allowed."""
    with reading(place_of(raw)):
        index = fresh_index(raw)
        listing = index_listing(raw, index, prefix)
        if listing.conflicts and not conflicts_allowed:
            raise conflicted(listing.conflicts)
        changes = _changes(index, disk, folder(prefix))
        other = changes.gone | changes.changed | changes.links
        stored = {path: blob for path, blob in listing.blobs.items() if path not in other}
        blobs = WorkTreeBlobs(stored, changes.changed, disk)
        links = (listing.links - other) | changes.links
        dirty = _is_dirty(raw, index, prefix, changes, blobs)
    side = Side(ref="working tree", commit=None, dirty=dirty)
    return WorkTree(side, blobs, frozenset(links), frozenset(changes.changed), disk)


def _changes(index: pygit2.Index, disk: Disk, below: str) -> Changes:
    changes = Changes()
    for delta in index.diff_to_workdir(ON_DISK).deltas:
        path = path_of(delta.new_file).rstrip("/")  # a repository inside this one ends in a slash
        if path.startswith(below):
            _note(changes, delta, path, index, disk)
    return changes


def _note(
    changes: Changes, delta: pygit2.DiffDelta, path: str, index: pygit2.Index, disk: Disk
) -> None:
    """Puts one difference between index and disk where it belongs."""
    if delta.status == DeltaStatus.DELETED and is_left_out(index, path):
        return
    if delta.status == DeltaStatus.UNTRACKED:
        changes.untracked.add(path)
    else:
        changes.before[path] = str(delta.old_file.id)
    if delta.status == DeltaStatus.DELETED:
        disk.require_searchable(path)
        changes.gone.add(path)
    elif delta.status == DeltaStatus.CONFLICTED:
        if disk.is_regular(path):
            changes.changed.add(path)
    elif delta.new_file.mode in (*LINKS, FileMode.TREE):
        changes.links.add(path)
    else:
        changes.changed.add(path)


def _is_dirty(
    raw: pygit2.Repository,
    index: pygit2.Index,
    prefix: str,
    changes: Changes,
    blobs: Mapping[str, str],
) -> bool:
    """Whether content differs from HEAD's. Neither line endings nor modes do."""
    below = folder(prefix)
    if any(path.startswith(f"{below}{PIPELINE_FOLDER}/") for path in changes.untracked):
        return True
    head = raw[EMPTY_TREE] if raw.head_is_unborn else raw.head
    staged = {
        path: None if delta.status == DeltaStatus.ADDED else str(delta.old_file.id)
        for delta in head.peel(pygit2.Tree).diff_to_index(index).deltas
        if (path := path_of(delta.new_file)).startswith(below)
    }
    at_head: dict[str, str | None] = {**changes.before, **staged}
    # libgit2 calls a file changed by its size alone, and what was staged may be undone on disk.
    return any(
        path in changes.links or blob != blobs.get(path) for path, blob in sorted(at_head.items())
    )
