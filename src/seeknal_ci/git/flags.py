"""Flags of index entries. pygit2 1.21 reads them but shows them nowhere, so they come from C."""

from __future__ import annotations

import os

import pygit2
from pygit2.ffi import C, ffi

# git2/index.h: the first is one of `flags`, the others of `flags_extended`.
ASSUME_UNCHANGED = 1 << 15
INTENT_TO_ADD = 1 << 13
SKIP_WORKTREE = 1 << 14


def is_left_out(index: pygit2.Index, path: str) -> bool:
    """Whether git leaves the file's absence from disk alone: a sparse checkout, mostly.

    libgit2 1.9 reports such a file as deleted; `git status` does not.
    """
    flags, extended = _flags(index, path)
    return bool(flags & ASSUME_UNCHANGED or extended & SKIP_WORKTREE)


def is_intent_to_add(index: pygit2.Index, path: str) -> bool:
    """Whether `git add -N` put the entry there: a name without content, not to be committed."""
    return bool(_flags(index, path)[1] & INTENT_TO_ADD)


def _flags(index: pygit2.Index, path: str) -> tuple[int, int]:
    entry = C.git_index_get_bypath(index._index, os.fsencode(path), 0)
    return (0, 0) if entry == ffi.NULL else (entry.flags, entry.flags_extended)
