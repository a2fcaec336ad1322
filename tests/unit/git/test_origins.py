"""Which branch is gone for good: nothing is, unless this clone must know."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seeknal_ci.git.repository import Repository
from seeknal_ci.model.environment import Origin
from tests.support.repo import GitRepo

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def at(repo: GitRepo) -> Repository:
    return Repository.open(repo.path)


def aged(repo: GitRepo, *paths: str) -> None:
    """Let files of git's be from long ago."""
    for path in paths:
        os.utime(repo.path / ".git" / path, (0, 0))


@pytest.fixture
def clone(project: GitRepo, tmp_path: Path) -> GitRepo:
    """A clone of a repository with the branches main and feature/x."""
    project.branch("feature/x")
    return project.clone(tmp_path / "clone")


def test_a_branch_that_no_remote_has_is_known_to_its_clone_alone(project: GitRepo) -> None:
    project.branch("feature/x")
    origin = at(project).origin("feature/x")
    assert origin is not None
    assert origin.branch == "feature/x"
    assert origin.clone is not None
    assert not at(project).is_gone(origin, LONG_AGO, None)

    project.git("branch", "-D", "feature/x")

    assert at(project).is_gone(origin, LONG_AGO, None)
    assert not at(project).is_gone(Origin("feature/x", "of another clone"), LONG_AGO, None)


def test_work_trees_of_a_clone_are_one_clone(project: GitRepo, tmp_path: Path) -> None:
    project.git("worktree", "add", "--quiet", "-b", "feature/x", str(tmp_path / "beside"))
    beside = Repository.open(tmp_path / "beside")

    assert beside.origin(None) == at(project).origin("feature/x")


def test_a_commit_a_tag_and_an_unborn_branch_are_no_origin(
    project: GitRepo, tmp_path: Path
) -> None:
    project.tag("v1")
    assert at(project).origin(project.head()) is None
    assert at(project).origin("v1") is None
    assert at(GitRepo.init(tmp_path / "new")).origin(None) is None
    project.git("checkout", "--quiet", "--detach")
    assert at(project).origin(None) is None


def test_a_branch_of_a_remote_is_shared_however_it_is_written(clone: GitRepo) -> None:
    shared = Origin("feature/x", None)

    assert at(clone).origin("origin/feature/x") == shared
    assert at(clone).origin("feature/x") == shared
    clone.checkout("feature/x")
    assert at(clone).origin(None) == shared


def test_a_shared_branch_is_gone_after_a_fetch_that_prunes(
    project: GitRepo, clone: GitRepo
) -> None:
    origin = Origin("feature/x", None)
    project.git("branch", "-D", "feature/x")
    clone.git("fetch", "--quiet")
    assert not at(clone).is_gone(origin, LONG_AGO, None)

    clone.git("fetch", "--quiet", "--prune")

    assert at(clone).is_gone(origin, LONG_AGO, clone.head())


def test_a_branch_that_is_still_here_is_not_gone(project: GitRepo, clone: GitRepo) -> None:
    clone.branch("feature/x", "origin/feature/x")
    project.git("branch", "-D", "feature/x")
    clone.git("fetch", "--quiet", "--prune")

    assert not at(clone).is_gone(Origin("feature/x", None), LONG_AGO, None)


def test_a_branch_that_was_pushed_after_the_last_fetch_is_not_gone(clone: GitRepo) -> None:
    clone.git("fetch", "--quiet", "--prune")
    new = Origin("pushed-just-now", None)

    assert at(clone).is_gone(new, LONG_AGO, None)
    assert not at(clone).is_gone(new, datetime.now(UTC) + timedelta(days=1), None)
    aged(clone, "FETCH_HEAD")
    assert not at(clone).is_gone(new, LONG_AGO, None)


def test_a_fetch_of_one_branch_says_nothing_of_the_others(clone: GitRepo) -> None:
    clone.git("fetch", "--quiet", "--prune", "origin", "main")

    assert not at(clone).is_gone(Origin("elsewhere", None), LONG_AGO, clone.head())


def test_where_one_branch_is_left_its_commit_must_be_known(
    project: GitRepo, tmp_path: Path
) -> None:
    clone = project.clone(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--prune", "origin", "main")
    elsewhere = Origin("elsewhere", None)

    assert not at(clone).is_gone(elsewhere, LONG_AGO, "1" * 40)
    assert at(clone).is_gone(elsewhere, LONG_AGO, clone.head())


def test_a_clone_that_never_fetched_is_as_new_as_it_is(clone: GitRepo) -> None:
    new = Origin("pushed-just-now", None)

    assert at(clone).is_gone(new, LONG_AGO, None)
    aged(clone, "refs/remotes/origin/HEAD")
    assert not at(clone).is_gone(new, LONG_AGO, None)


def test_a_shallow_clone_and_one_without_remotes_know_nothing(
    project: GitRepo, tmp_path: Path
) -> None:
    origin = Origin("feature/x", None)
    shallow = project.clone(tmp_path / "shallow", "--depth", "1")

    assert not at(shallow).is_gone(origin, LONG_AGO, None)
    assert not at(project).is_gone(origin, LONG_AGO, None)


def test_a_clone_of_one_branch_knows_only_that_one(project: GitRepo, tmp_path: Path) -> None:
    narrow = project.clone(tmp_path / "narrow", "--single-branch")
    narrow.git("fetch", "--quiet", "--prune")

    assert not at(narrow).is_gone(Origin("feature/x", None), LONG_AGO, None)
