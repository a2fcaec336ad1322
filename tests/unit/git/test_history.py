"""Merge bases and descent, and what a shallow clone may say about them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from tests.support.repo import GitRepo


@pytest.fixture
def forked(repo: GitRepo) -> GitRepo:
    """main: 1-2-3-4-5, and feature from 3 with two commits of its own."""
    for number in (1, 2, 3):
        repo.commit(f"main {number}", files={"seeknal/a.yml": str(number)})
    repo.branch("feature")
    for number in (4, 5):
        repo.commit(f"main {number}", files={"seeknal/a.yml": str(number)})
    repo.checkout("feature")
    for number in (1, 2):
        repo.commit(f"feature {number}", files={"seeknal/b.yml": str(number)})
    repo.checkout("main")
    return repo


def test_the_merge_base_is_where_two_branches_forked(forked: GitRepo) -> None:
    opened = Repository.open(forked.path)
    assert opened.merge_base("main", "feature") == forked.git("rev-parse", "main~2")
    assert opened.merge_base("main", "main~3") == forked.git("rev-parse", "main~3")


def test_unrelated_histories_have_no_merge_base(forked: GitRepo) -> None:
    forked.git("checkout", "--quiet", "--orphan", "other")
    forked.commit("unrelated")
    with pytest.raises(SeeknalCiError, match="no commit in common") as caught:
        Repository.open(forked.path).merge_base("main", "other")
    assert "two dots" in caught.value.fix


def test_descent(forked: GitRepo) -> None:
    opened = Repository.open(forked.path)
    assert opened.is_ancestor("main~2", "feature")
    assert opened.is_ancestor("main", "main")
    assert not opened.is_ancestor("main", "feature")
    assert not opened.is_ancestor("feature", "main~2")


def test_commits_between_are_the_heads_own_newest_first(forked: GitRepo) -> None:
    opened = Repository.open(forked.path)
    found = list(opened.commits_between("main", "feature"))
    assert [commit.message for commit in found] == ["feature 2\n", "feature 1\n"]
    assert found[0].sha == forked.git("rev-parse", "feature")
    assert (found[0].author, found[0].email) == ("Test Author", "author@example.com")
    assert list(opened.commits_between("feature", "feature")) == []
    assert len(list(opened.commits_between(None, "feature"))) == 5


def test_commits_between_follow_both_sides_of_a_merge(forked: GitRepo) -> None:
    before = forked.head()
    forked.merge("feature", message="merged")
    found = Repository.open(forked.path).commits_between(before, "main")
    assert [c.message for c in found] == ["merged\n", "feature 2\n", "feature 1\n"]


def test_a_message_that_no_codec_reads_is_still_a_message(forked: GitRepo) -> None:
    tree = forked.git("rev-parse", "HEAD^{tree}")
    commit = (
        f"tree {tree}\n".encode()
        + b"author J\xe9r\xf4me <j@example.com> 1700000000 +0000\n"
        + b"committer C <c@example.com> 1700000000 +0000\nencoding no-such-codec\n\nd\xe9j\xe0\n"
    )
    sha = (
        subprocess.run(
            ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
            cwd=forked.path,
            env=forked.environment(),
            input=commit,
            check=True,
            capture_output=True,
        )
        .stdout.decode()
        .strip()
    )
    (found,) = Repository.open(forked.path).commits_between(None, sha)
    assert (found.author, found.message) == ("J\ufffdr\ufffdme", "d\ufffdj\ufffd\n")


def test_the_parents_of_a_commit(forked: GitRepo) -> None:
    merge = forked.merge("feature")
    opened = Repository.open(forked.path)
    parents = (forked.git("rev-parse", "main^1"), forked.git("rev-parse", "feature"))
    assert opened.commit_parents(merge) == parents
    assert opened.commit_parents(forked.git("rev-parse", "main~5")) == ()


class TestShallow:
    """A base is never guessed: what a deeper clone might answer otherwise is an error."""

    @staticmethod
    def clone(origin: GitRepo, path: Path, depth: int) -> Repository:
        options = (f"--depth={depth}", "--no-single-branch")
        return Repository.open(origin.clone(path / f"depth{depth}", *options).path)

    def test_the_merge_base_is_beyond_the_boundary(self, forked: GitRepo, tmp_path: Path) -> None:
        opened = self.clone(forked, tmp_path, 2)
        assert opened.is_shallow
        with pytest.raises(SeeknalCiError, match=r"merge base .* shallow") as caught:
            opened.merge_base("origin/main", "origin/feature")
        assert "fetch-depth: 0" in caught.value.fix
        assert "git fetch --unshallow" in caught.value.fix

    def test_the_merge_base_is_here(self, forked: GitRepo, tmp_path: Path) -> None:
        opened = self.clone(forked, tmp_path, 3)
        assert opened.is_shallow
        base = opened.merge_base("origin/main", "origin/feature")
        assert base == forked.git("rev-parse", "main~2")

    def test_a_merge_base_is_refused_that_a_deeper_clone_would_better(
        self, repo: GitRepo, tmp_path: Path
    ) -> None:
        """Both branches merge `old`, which shows; they forked later, which does not."""
        repo.commit("root")
        repo.branch("old")
        repo.checkout("old")
        repo.commit("old")
        repo.checkout("main")
        fork = repo.merge("old", message="fork")
        for branch in ("left", "right"):
            repo.checkout(fork)
            repo.checkout(branch, new=True)
            for number in range(3):
                repo.commit(f"{branch} {number}")
            tree = repo.git("rev-parse", "HEAD^{tree}")
            tip = repo.git("commit-tree", tree, "-p", "HEAD", "-p", "old", "-m", "again")
            repo.git("reset", "--quiet", "--hard", tip)
        assert Repository.open(repo.path).merge_base("left", "right") == fork

        opened = self.clone(repo, tmp_path, 2)

        with pytest.raises(SeeknalCiError, match="shallow"):
            opened.merge_base("origin/left", "origin/right")

    def test_a_test_merge_of_depth_two_knows_its_base(
        self, forked: GitRepo, tmp_path: Path
    ) -> None:
        """What actions/checkout leaves with `fetch-depth: 2`: a merge and its two parents."""
        merge = forked.merge("feature")
        opened = self.clone(forked, tmp_path, 2)
        base, head = opened.commit_parents("HEAD")
        assert opened.resolve("HEAD^1") == base
        assert opened.resolve("HEAD^2") == head
        assert opened.merge_base("HEAD^1", "HEAD") == base
        assert opened.head_commit() == merge

    def test_a_test_merge_of_depth_one_still_names_its_parents(
        self, forked: GitRepo, tmp_path: Path
    ) -> None:
        merge = forked.merge("feature")
        opened = self.clone(forked, tmp_path, 1)
        assert opened.commit_parents("HEAD") == Repository.open(forked.path).commit_parents(merge)
        with pytest.raises(SeeknalCiError, match="shallow") as caught:
            opened.resolve("HEAD^1")
        assert "fetch-depth: 0" in caught.value.fix

    def test_descent_that_cannot_be_told(self, forked: GitRepo, tmp_path: Path) -> None:
        opened = self.clone(forked, tmp_path, 2)
        assert opened.is_ancestor("origin/main~1", "origin/main")
        with pytest.raises(SeeknalCiError, match=r"descends .* shallow"):
            opened.is_ancestor("origin/feature", "origin/main")

    def test_commits_that_are_not_all_here(self, forked: GitRepo, tmp_path: Path) -> None:
        opened = self.clone(forked, tmp_path, 2)
        assert len(list(opened.commits_between("origin/main~1", "origin/main"))) == 1
        assert len(list(opened.commits_between(None, "origin/main"))) == 2
        with pytest.raises(SeeknalCiError, match=r"not all here.* shallow"):
            list(opened.commits_between("origin/main", "origin/feature"))

    def test_an_unknown_ref_may_not_have_been_fetched(
        self, forked: GitRepo, tmp_path: Path
    ) -> None:
        opened = self.clone(forked, tmp_path, 1)
        with pytest.raises(SeeknalCiError) as caught:
            opened.resolve("origin/man")
        assert caught.value.fix.startswith("did you mean `origin/main`? Otherwise set `fetch-depth")


def test_a_missing_commit_is_an_error_and_no_boundary(forked: GitRepo) -> None:
    sha = forked.git("rev-parse", "main~2")
    (forked.path / ".git/objects" / sha[:2] / sha[2:]).unlink()
    opened = Repository.open(forked.path)
    with pytest.raises(SeeknalCiError, match="cannot read this repository") as caught:
        opened.merge_base("main", "feature")
    assert "git fsck" in caught.value.fix
    with pytest.raises(SeeknalCiError, match="cannot read this repository"):
        list(opened.commits_between(None, "main"))
