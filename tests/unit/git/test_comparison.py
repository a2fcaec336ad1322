"""Which two versions are compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.comparison import Comparison, Revisions, compare, parse_revisions
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.files import FileTree
from seeknal_ci.model.side import Side
from tests.support.repo import GitRepo


@pytest.fixture
def forked(repo: GitRepo) -> GitRepo:
    """On `feature`, forked from the second of main's three commits, with one of its own.

    Each commit adds a file; another is staged, and one more is on disk only.
    """
    repo.commit("one", files={"seeknal/main_1.yml": "1"})
    repo.commit("two", files={"seeknal/main_2.yml": "2"})
    repo.branch("feature")
    repo.commit("three", files={"seeknal/main_3.yml": "3"})
    repo.checkout("feature")
    repo.commit("four", files={"seeknal/feature.yml": "4"})
    repo.write("seeknal/staged.yml", "5")
    repo.git("add", "--all")
    repo.write("seeknal/disk.yml", "6")
    return repo


def compared(repo: GitRepo, **arguments: Any) -> Comparison:
    """The comparison in a repository opened anew."""
    return compare(Repository.open(repo.path), **arguments)


def names(tree: FileTree) -> list[str]:
    """The files' names, without folder and extension."""
    return sorted(Path(path).stem for path in tree.blobs)


FORK = ["main_1", "main_2"]
FEATURE = ["feature", *FORK]
MAIN = [*FORK, "main_3"]
INDEX = ["feature", *FORK, "staged"]
DISK = ["disk", "feature", *FORK, "staged"]


@pytest.mark.parametrize(
    ("arguments", "base", "head"),
    [
        ({}, FORK, DISK),
        ({"revisions": "main"}, MAIN, DISK),
        ({"revisions": "HEAD"}, FEATURE, DISK),
        ({"revisions": "main..feature"}, MAIN, FEATURE),
        ({"revisions": "feature..main"}, FEATURE, MAIN),
        ({"revisions": "main.."}, MAIN, FEATURE),
        ({"revisions": "..main"}, FEATURE, MAIN),
        ({"revisions": ".."}, FEATURE, FEATURE),
        ({"revisions": "main...feature"}, FORK, FEATURE),
        ({"revisions": "main..."}, FORK, FEATURE),
        ({"revisions": "...main"}, FORK, MAIN),
        ({"revisions": "HEAD~1..HEAD"}, FORK, FEATURE),
        ({"staged": True}, FEATURE, INDEX),
        ({"staged": True, "base": "main"}, MAIN, INDEX),
        ({"base": "main"}, MAIN, DISK),
        ({"head": "feature"}, FORK, FEATURE),
        ({"head": "HEAD"}, FORK, FEATURE),
        ({"head": "main"}, MAIN, MAIN),
        ({"base": "main", "head": "feature"}, MAIN, FEATURE),
        ({"main_branch": "feature"}, FEATURE, DISK),
        ({"main_branch": "feature", "head": "main"}, FORK, MAIN),
    ],
)
def test_two_versions(
    forked: GitRepo, arguments: dict[str, Any], base: list[str], head: list[str]
) -> None:
    comparison = compared(forked, **arguments)
    assert (names(comparison.base), names(comparison.head)) == (base, head)


@pytest.mark.parametrize(
    "revisions", ["main", "main..feature", "feature..main", "main...feature", "..main", "main..."]
)
def test_the_dots_mean_what_they_mean_to_git(forked: GitRepo, revisions: str) -> None:
    forked.delete("seeknal/disk.yml")  # git does not show what is untracked
    comparison = compared(forked, revisions=revisions)
    base, head = comparison.base.blobs, comparison.head.blobs
    changed = sorted(path for path in base.keys() | head.keys() if base.get(path) != head.get(path))
    assert changed == forked.git("diff", "--no-renames", "--name-only", revisions).splitlines()


def test_the_sides_are_named_as_the_reader_knows_them(forked: GitRepo) -> None:
    fork, feature = forked.git("rev-parse", "main~1"), forked.head()

    comparison = compared(forked)
    assert comparison.base.side == Side(ref="main", commit=fork)
    assert comparison.head.side == Side(ref="working tree", commit=None, dirty=True)
    assert (comparison.base_commit, comparison.head_commit) == (fork, feature)

    comparison = compared(forked, staged=True)
    assert comparison.base.side == Side(ref="HEAD", commit=feature)
    assert comparison.head.side == Side(ref="index", commit=None)
    assert (comparison.base_commit, comparison.head_commit) == (feature, feature)

    comparison = compared(forked, revisions="main...")
    assert comparison.base.side == Side(ref="main", commit=fork)
    assert comparison.head.side == Side(ref="HEAD", commit=feature)
    assert (comparison.base_commit, comparison.head_commit) == (fork, feature)


def test_on_main_only_what_is_not_committed_is_compared(repo: GitRepo) -> None:
    sha = repo.commit("one", files={"seeknal/a.yml": "1"})
    repo.write("seeknal/b.yml", "2")
    comparison = compared(repo)
    assert comparison.base_commit == comparison.head_commit == sha
    assert (names(comparison.base), names(comparison.head)) == (["a"], ["a", "b"])


def test_what_others_merged_is_not_this_branchs_even_where_main_is_stale(
    repo: GitRepo, tmp_path: Path
) -> None:
    """The branch is rebased on origin/main, and the local main was never pulled."""
    repo.commit("one", files={"seeknal/a.yml": "1"})
    clone = repo.clone(tmp_path / "clone")
    repo.commit("two", files={"seeknal/others.yml": "2"})
    clone.git("fetch", "--quiet")
    clone.git("checkout", "--quiet", "--no-track", "-b", "feature", "origin/main")
    clone.commit("three", files={"seeknal/mine.yml": "3"})
    comparison = compared(clone)
    assert comparison.base.side == Side(ref="origin/main", commit=repo.head())
    assert names(comparison.base) == ["a", "others"]


def test_before_the_first_commit_everything_is_new(repo: GitRepo) -> None:
    repo.write("seeknal/a.yml", "1")
    repo.git("add", "--all")
    repo.write("seeknal/b.yml", "2")

    comparison = compared(repo)
    assert comparison.base.side == Side(ref="(no commit yet)", commit=None)
    assert (comparison.base_commit, comparison.head_commit) == (None, None)
    assert (names(comparison.base), names(comparison.head)) == ([], ["a", "b"])

    comparison = compared(repo, staged=True)
    assert (names(comparison.base), names(comparison.head)) == ([], ["a"])

    with pytest.raises(SeeknalCiError, match="no commit yet"):
        compared(repo, revisions="HEAD..")


def test_only_the_project_is_compared(repo: GitRepo) -> None:
    repo.commit("one", files={"a/seeknal/x.yml": "1", "b/seeknal/y.yml": "1"})
    repo.write("b/seeknal/z.yml", "2")
    comparison = compared(repo, prefix="b")
    assert (names(comparison.base), names(comparison.head)) == (["y"], ["y", "z"])
    comparison = compared(repo, prefix="b", staged=True)
    assert (names(comparison.base), names(comparison.head)) == (["y"], ["y"])


@pytest.mark.parametrize(
    "arguments",
    [
        {"revisions": "main", "base": "main"},
        {"revisions": "main", "head": "main"},
        {"revisions": "main", "staged": True},
        {"head": "main", "staged": True},
    ],
)
def test_contradictions(forked: GitRepo, arguments: dict[str, Any]) -> None:
    with pytest.raises(SeeknalCiError, match="both") as caught:
        compared(forked, **arguments)
    assert caught.value.fix.startswith("give")


@pytest.mark.parametrize(
    "revisions", ["", "nope", "nope..main", "main..nope", "main....main", "a..b..c", "--output=x"]
)
def test_unknown_refs(forked: GitRepo, revisions: str) -> None:
    with pytest.raises(SeeknalCiError, match="is no branch, tag or commit"):
        compared(forked, revisions=revisions)


@pytest.mark.parametrize("arguments", [{}, {"head": "HEAD"}, {"revisions": "origin/main...HEAD"}])
def test_a_shallow_clone_never_guesses_a_base(
    forked: GitRepo, tmp_path: Path, arguments: dict[str, Any]
) -> None:
    forked.checkout("main")
    clone = forked.clone(tmp_path / "clone", "--depth=1", "--no-single-branch")
    clone.checkout("origin/feature")
    with pytest.raises(SeeknalCiError, match="shallow") as caught:
        compared(clone, **arguments)
    assert "fetch-depth: 0" in caught.value.fix
    assert "git fetch --unshallow" in caught.value.fix


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("main", Revisions("main")),
        ("v1.0", Revisions("v1.0")),
        ("v1.0..v1.1", Revisions("v1.0", "..", "v1.1")),
        ("v1.0...v1.1", Revisions("v1.0", "...", "v1.1")),
        ("..", Revisions("HEAD", "..", "HEAD")),
        ("...", Revisions("HEAD", "...", "HEAD")),
        ("", Revisions("")),
    ],
)
def test_parsing(text: str, parsed: Revisions) -> None:
    assert parse_revisions(text) == parsed
