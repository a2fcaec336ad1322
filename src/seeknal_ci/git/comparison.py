"""Which two versions a command compares, with git's own meaning of two and three dots."""

from __future__ import annotations

import re
from dataclasses import dataclass

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.files import FileTree


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions. A side's commit is None before the first one.

    `head_commit` is HEAD where the head is the index or the working tree.
    """

    base: FileTree
    head: FileTree
    base_commit: str | None
    head_commit: str | None


@dataclass(frozen=True, slots=True)
class Revisions:
    """`REF`, `A..B` or `A...B` taken apart; `dots` is empty for a single ref."""

    left: str
    dots: str = ""
    right: str = ""


def parse_revisions(text: str) -> Revisions:
    """A side left empty beside dots means HEAD."""
    # No ref has two dots in a row (git check-ref-format), so the first ones divide.
    found = re.search(r"\.\.\.?", text)
    if found is None:
        return Revisions(text)
    return Revisions(text[: found.start()] or "HEAD", found[0], text[found.end() :] or "HEAD")


def compare(
    repository: Repository,
    *,
    revisions: str | None = None,
    base: str | None = None,
    head: str | None = None,
    staged: bool = False,
    main_branch: str | None = None,
    prefix: str = "",
) -> Comparison:
    """The two versions that the arguments mean; without any, what this branch changes.

    That is the merge base of HEAD and the main branch, against the working tree.
    `main_branch` is the configured one, if any.
    """
    _refuse_mixtures(revisions, base, head, staged)
    sides = _Sides(repository, prefix, main_branch)
    if staged:
        return sides.against_index(base or "HEAD")
    if revisions is not None:
        return sides.of(parse_revisions(revisions))
    if head is not None:
        return sides.against_commit(base, head)
    return sides.against_worktree(base)


@dataclass(frozen=True, slots=True)
class _Sides:
    """Builds comparisons in one repository."""

    repository: Repository
    prefix: str
    main_branch: str | None

    def of(self, revisions: Revisions) -> Comparison:
        if not revisions.dots:
            return self.against_worktree(revisions.left)
        left, right = revisions.left, revisions.right
        if revisions.dots == "..":
            return self.against_commit(left, right)
        return self._commits(self.repository.merge_base(left, right), left, right)

    def against_commit(self, base: str | None, head: str) -> Comparison:
        """Without a base, where `head` forked from the main branch."""
        if base is not None:
            return self._commits(self.repository.resolve(base), base, head)
        commit, ref = self._fork(head)
        return self._commits(commit, ref, head)

    def against_worktree(self, base: str | None) -> Comparison:
        """Without a base, where HEAD forked from the main branch; no files before a commit."""
        now = self.repository.head_commit()
        head = self.repository.worktree(prefix=self.prefix)
        if base is None and now is None:
            return Comparison(self.repository.empty_tree(), head, None, None)
        commit, ref = self._fork("HEAD") if base is None else (self.repository.resolve(base), base)
        return Comparison(self._tree(commit, ref), head, commit, now)

    def against_index(self, base: str) -> Comparison:
        now = self.repository.head_commit()
        head = self.repository.index_tree(prefix=self.prefix)
        if base == "HEAD" and now is None:
            return Comparison(self.repository.empty_tree(), head, None, None)
        commit = self.repository.resolve(base)
        return Comparison(self._tree(commit, base), head, commit, now)

    def _commits(self, base: str, base_ref: str, head_ref: str) -> Comparison:
        head = self.repository.resolve(head_ref)
        return Comparison(self._tree(base, base_ref), self._tree(head, head_ref), base, head)

    def _fork(self, ref: str) -> tuple[str, str]:
        main = self.repository.main_branch(self.main_branch)
        return self.repository.merge_base(main, ref), main

    def _tree(self, commit: str, ref: str) -> FileTree:
        return self.repository.tree_at(commit, ref, prefix=self.prefix)


def _refuse_mixtures(
    revisions: str | None, base: str | None, head: str | None, staged: bool
) -> None:
    given = {"--base": base is not None, "--head": head is not None, "--staged": staged}
    options = [option for option, is_given in given.items() if is_given]
    if revisions is not None and options:
        raise SeeknalCiError(
            f"`{revisions}` and {options[0]} both say what to compare",
            fix=f"give either the revisions or {' and '.join(options)}",
        )
    if staged and head is not None:
        raise SeeknalCiError(
            "--staged and --head both name the head",
            fix="give one of them; --base goes with either",
        )
