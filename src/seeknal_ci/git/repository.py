"""A git repository, read-only: refs, history, and the files of any version."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pygit2
from pygit2.enums import RepositoryOpenFlag

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git import history, origins, refs, trees, worktree
from seeknal_ci.git.disk import Disk
from seeknal_ci.git.failures import not_opened
from seeknal_ci.git.history import Commit
from seeknal_ci.git.hooks import hooks_folder
from seeknal_ci.model.environment import Origin
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.side import Side


class Repository:
    """Answers about one repository with a work tree.

    Commits are full shas and refs are what a person types; a method that takes a ref accepts a
    sha as well. A `prefix` is a folder of the repository (`""` for all of it): the tree then has
    only what lies below, under the same repository-relative paths.
    """

    def __init__(self, raw: pygit2.Repository, root: Path) -> None:
        self._raw = raw
        self.root = root

    @classmethod
    def open(cls, path: Path, *, from_env: bool = False) -> Repository:
        """The repository that holds a folder; also a linked work tree's or a submodule's.

        With `from_env`, the one that git's variables name: a hook's `GIT_INDEX_FILE` is what
        `commit -a` and `commit -- path` will commit, and the usual index is not.
        """
        start = os.environ.get("GIT_DIR", str(path)) if from_env else str(path)
        flags = RepositoryOpenFlag.FROM_ENV if from_env else RepositoryOpenFlag.DEFAULT
        try:
            raw = pygit2.Repository(start, flags)
            if from_env and "GIT_WORK_TREE" in os.environ:
                # Git means it from the current folder, libgit2 1.9 from the repository's own.
                raw.workdir = str(Path(os.environ["GIT_WORK_TREE"]).resolve())
        except (pygit2.GitError, KeyError, ValueError) as error:
            raise not_opened(path, error) from error
        if raw.workdir is None:
            raise SeeknalCiError(
                "this repository is bare: it has no work tree",
                where=str(path),
                fix="run this in a clone, or in a work tree made with `git worktree add`",
            )
        return cls(raw, Path(raw.workdir))

    @property
    def is_shallow(self) -> bool:
        """Whether history was cut off by `--depth`."""
        return self._raw.is_shallow

    def resolve(self, ref: str) -> str:
        """The full sha of the commit that a ref names."""
        return refs.resolve(self._raw, ref)

    def head_commit(self) -> str | None:
        """The sha of HEAD; None before the first commit."""
        return refs.head_commit(self._raw)

    def current_branch(self) -> str | None:
        """The branch that HEAD is on; None when it is detached."""
        return refs.current_branch(self._raw)

    def main_branch(self, configured: str | None) -> str:
        """The main branch as a ref: `configured`, else origin/HEAD's, else main, else master."""
        return refs.main_branch(self._raw, configured)

    def branch_exists(self, name: str) -> bool:
        """Whether a branch of that name is here or, as of the last fetch, at a remote."""
        return refs.branch_exists(self._raw, name)

    def origin(self, ref: str | None) -> Origin | None:
        """The branch that a ref names, or HEAD is on without one; None if it is no branch."""
        return origins.origin_of(self._raw, self.current_branch() if ref is None else ref)

    def is_gone(self, origin: Origin, since: datetime, commit: str | None) -> bool:
        """Whether a branch that was at `commit` at the time `since` is surely gone."""
        return origins.is_gone(self._raw, origin, since, commit)

    def merge_base(self, a: str, b: str) -> str:
        """The sha of the commit where two refs forked."""
        return history.merge_base(self._raw, self.resolve(a), self.resolve(b))

    def is_ancestor(self, a: str, b: str) -> bool:
        """Whether `b` is `a` or descends from it."""
        return history.is_ancestor(self._raw, self.resolve(a), self.resolve(b))

    def commit_parents(self, sha: str) -> tuple[str, ...]:
        """The parents that a commit names, also those beyond a shallow clone's boundary."""
        return history.commit_parents(self._raw, self.resolve(sha))

    def commits_between(self, base: str | None, head: str) -> Iterator[Commit]:
        """Commits that `head` has and `base` has not, newest first; without a base, all."""
        since = None if base is None else self.resolve(base)
        return history.commits_between(self._raw, since, self.resolve(head))

    def tree_at(self, commit: str, ref: str, *, prefix: str = "") -> FileTree:
        """The files of a commit; `ref` is what the reader knows it by."""
        return trees.commit_tree(self._raw, self.resolve(commit), ref, _folder(prefix))

    def index_tree(self, *, prefix: str = "") -> FileTree:
        """The files as `git commit` would commit them now."""
        return trees.index_tree(self._raw, _folder(prefix))

    def worktree(self, *, prefix: str = "", conflicts_allowed: bool = False) -> FileTree:
        """The files on disk, untracked ones too and ignored ones not."""
        disk = Disk(self._raw, self.root)
        return worktree.work_tree(
            self._raw, disk, _folder(prefix), conflicts_allowed=conflicts_allowed
        )

    @property
    def hooks_folder(self) -> Path:
        """Where git looks for hooks; it need not exist."""
        return hooks_folder(self._raw, self.root)

    def empty_tree(self, ref: str = "(no commit yet)") -> FileTree:
        """No files: the base of a project's first commit."""
        return trees.StoredTree(Side(ref=ref, commit=None), {}, frozenset(), self._raw)


def _folder(prefix: str) -> str:
    """A folder as git writes it, without slashes at its ends; `.` is the repository itself."""
    parts = [part for part in prefix.split("/") if part not in ("", ".")]
    if prefix.startswith("/") or ".." in parts or not prefix.isprintable():
        raise SeeknalCiError(
            f"{prefix!r} is no folder inside the repository",
            fix="give it relative to the repository's root, without `..`",
        )
    return "/".join(parts)
