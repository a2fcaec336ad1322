"""Names to commits, as `git rev-parse` has them."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pygit2
import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from tests.support.repo import GitRepo


@pytest.fixture
def history(repo: GitRepo) -> GitRepo:
    """Three commits on main, two tags on the second, and a branch with one of its own."""
    repo.commit("one", files={"seeknal/a.yml": "1"})
    repo.commit("two", files={"seeknal/a.yml": "2"})
    repo.tag("light")
    repo.tag("v1.0", message="first release")
    repo.commit("three", files={"seeknal/a.yml": "3"})
    repo.checkout("feat/columns", new=True)
    repo.commit("four", files={"seeknal/a.yml": "4"})
    repo.checkout("main")
    return repo


@pytest.mark.parametrize(
    "ref",
    [
        "HEAD",
        "@",
        "main",
        "refs/heads/main",
        "heads/main",
        "feat/columns",
        "light",
        "v1.0",
        "v1.0^{commit}",
        "v1.0^0",
        "HEAD~2",
        "HEAD^",
        "main~1",
        "@{-1}",
        "HEAD@{1}",
        ":/two",
        "HEAD^{/one}",
        "v1.0-1-g{short}",
        "{short}",
        "{full}",
    ],
)
def test_resolves_what_git_resolves(history: GitRepo, ref: str) -> None:
    full = history.head()
    ref = ref.replace("{short}", full[:7]).replace("{full}", full)
    expected = history.git("rev-parse", history.git("rev-parse", "--verify", ref) + "^{commit}")
    assert Repository.open(history.path).resolve(ref) == expected


@pytest.mark.parametrize(
    "ref", ["origin", "origin/main", "@{upstream}", "FETCH_HEAD", "FETCH_HEAD~1"]
)
def test_resolves_remote_names(history: GitRepo, tmp_path: Path, ref: str) -> None:
    clone = history.clone(tmp_path / "clone")
    clone.git("fetch", "--quiet", "origin", "main")
    clone.commit("mine")
    expected = clone.git("rev-parse", "--verify", ref)
    assert Repository.open(clone.path).resolve(ref) == expected


def test_a_full_sha_beats_a_branch_of_that_name(history: GitRepo) -> None:
    sha = history.head()
    history.git("update-ref", f"refs/heads/{sha}", "HEAD~1")
    assert Repository.open(history.path).resolve(sha) == sha


@pytest.mark.parametrize(
    "ref",
    [
        "",
        "-x",
        "--help",
        "a b",
        "a..b",
        "*",
        "~",
        "^",
        "HEAD^9",
        "HEAD~99",
        "HEAD^!",
        "main\0",
        "main\n",
        "\x1b[31m",
        "\udcff",
        "é",
        "$(touch F)",
        "x" * 5000,
        "deadbeef" * 5,
        "abc",
        "FETCH_HEAD",
        "@{upstream}",
    ],
)
def test_anything_else_is_an_unknown_ref(history: GitRepo, ref: str) -> None:
    with pytest.raises(SeeknalCiError, match="is no branch, tag or commit") as caught:
        Repository.open(history.path).resolve(ref)
    assert caught.value.what.isprintable()
    assert len(caught.value.what) < 200


@pytest.mark.parametrize(
    ("ref", "near"),
    [
        ("mian", "main"),
        ("feat/column", "feat/columns"),
        ("v1.O", "v1.0"),
        ("columns", "feat/columns"),
    ],
)
def test_an_unknown_ref_names_the_nearest(history: GitRepo, ref: str, near: str) -> None:
    with pytest.raises(SeeknalCiError) as caught:
        Repository.open(history.path).resolve(ref)
    assert f"`{near}`" in caught.value.fix


def test_a_branch_that_only_the_remote_has_is_named(history: GitRepo, tmp_path: Path) -> None:
    clone = history.clone(tmp_path / "clone")
    with pytest.raises(SeeknalCiError) as caught:
        Repository.open(clone.path).resolve("feat/columns")
    assert "`origin/feat/columns`" in caught.value.fix


@pytest.mark.parametrize(("ref", "kind"), [("HEAD:seeknal/a.yml", "blob"), ("HEAD^{tree}", "tree")])
def test_an_object_that_is_no_commit(history: GitRepo, ref: str, kind: str) -> None:
    with pytest.raises(SeeknalCiError, match=f"names a {kind}, and not a commit"):
        Repository.open(history.path).resolve(ref)


def test_a_sha_that_is_the_beginning_of_two(repo: GitRepo) -> None:
    repo.commit("one")
    blobs: dict[str, int] = {}
    for number in range(2000):
        sha = str(pygit2.hash(str(number)))[:4]
        if sha in blobs:
            files = {f"{n}.txt": str(n) for n in (blobs[sha], number)}
            repo.commit("two", files={**files})
            break
        blobs[sha] = number
    with pytest.raises(SeeknalCiError, match="more than one object's id") as caught:
        Repository.open(repo.path).resolve(sha)
    assert "more characters" in caught.value.fix


def test_head_before_the_first_commit(repo: GitRepo) -> None:
    opened = Repository.open(repo.path)
    assert opened.head_commit() is None
    assert opened.current_branch() == "main"
    with pytest.raises(SeeknalCiError, match="no commit yet"):
        opened.resolve("HEAD~1")


def test_a_branch_whose_commit_is_missing(history: GitRepo) -> None:
    history.write(".git/refs/heads/broken", "1" * 40 + "\n")
    with pytest.raises(SeeknalCiError, match="points to a commit that is not in") as caught:
        Repository.open(history.path).resolve("broken")
    assert "git fsck" in caught.value.fix


def test_a_detached_head_whose_commit_is_missing(history: GitRepo) -> None:
    history.write(".git/HEAD", "1" * 40 + "\n")
    opened = Repository.open(history.path)
    assert opened.current_branch() is None
    with pytest.raises(SeeknalCiError, match="points to a commit that is not in"):
        opened.head_commit()


@pytest.mark.parametrize("ref", ["main", "nope", "a\0b", "HEAD"])
@pytest.mark.parametrize(
    ("file", "content"),
    [
        (".git/packed-refs", "junk junk\n"),
        (".git/HEAD", "junk"),
        (".git/refs/heads/main", "junk"),
        (".git/refs/heads/main", "ref: refs/heads/main\n"),
    ],
)
def test_damaged_refs_raise_nothing_else(
    history: GitRepo, file: str, content: str, ref: str
) -> None:
    history.write(file, content)
    opened = Repository.open(history.path)
    for question in (opened.resolve, opened.branch_exists, opened.main_branch):
        with contextlib.suppress(SeeknalCiError):
            question(ref)


def test_the_current_branch(history: GitRepo) -> None:
    opened = Repository.open(history.path)
    assert opened.current_branch() == "main"
    history.checkout("feat/columns")
    assert opened.current_branch() == "feat/columns"
    history.checkout("HEAD~1")
    assert opened.current_branch() is None


class TestMainBranch:
    def test_is_the_configured_one(self, history: GitRepo) -> None:
        assert Repository.open(history.path).main_branch("feat/columns") == "feat/columns"

    def test_is_the_configured_one_of_the_remote(self, history: GitRepo, tmp_path: Path) -> None:
        opened = Repository.open(history.clone(tmp_path / "clone").path)
        assert opened.main_branch("feat/columns") == "origin/feat/columns"
        assert opened.main_branch("origin/feat/columns") == "origin/feat/columns"

    def test_is_what_the_remote_checks_out(self, history: GitRepo, tmp_path: Path) -> None:
        history.checkout("feat/columns")
        clone = history.clone(tmp_path / "clone")
        clone.branch("main")
        assert Repository.open(clone.path).main_branch(None) == "origin/feat/columns"

    def test_is_main_without_a_remote(self, history: GitRepo) -> None:
        history.branch("master")
        assert Repository.open(history.path).main_branch(None) == "main"

    def test_is_master_without_a_main(self, history: GitRepo) -> None:
        history.git("branch", "--move", "main", "master")
        assert Repository.open(history.path).main_branch(None) == "master"

    def test_is_the_remotes_main_where_nothing_local_is(
        self, history: GitRepo, tmp_path: Path
    ) -> None:
        """As actions/checkout leaves a pull request: detached, and without origin/HEAD."""
        clone = history.clone(tmp_path / "clone")
        clone.checkout("origin/feat/columns")
        clone.git("branch", "--delete", "--force", "main")
        clone.git("remote", "set-head", "origin", "--delete")
        assert Repository.open(clone.path).main_branch(None) == "origin/main"

    def test_skips_an_origin_head_that_leads_nowhere(
        self, history: GitRepo, tmp_path: Path
    ) -> None:
        clone = history.clone(tmp_path / "clone")
        clone.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone")
        assert Repository.open(clone.path).main_branch(None) == "main"

    def test_has_to_be_configured_where_nothing_tells(self, history: GitRepo) -> None:
        history.git("branch", "--move", "main", "trunk")
        with pytest.raises(SeeknalCiError) as caught:
            Repository.open(history.path).main_branch(None)
        assert "`main_branch` in seeknal-ci.yml" in caught.value.fix

    def test_configured_but_missing(self, history: GitRepo) -> None:
        with pytest.raises(SeeknalCiError, match="`trunk` is no branch") as caught:
            Repository.open(history.path).main_branch("trunk")
        assert "`main_branch` in seeknal-ci.yml" in caught.value.fix

    def test_in_a_shallow_clone_it_may_not_have_been_fetched(
        self, history: GitRepo, tmp_path: Path
    ) -> None:
        history.checkout("feat/columns")
        clone = history.clone(tmp_path / "clone", "--depth=1")
        with pytest.raises(SeeknalCiError) as caught:
            Repository.open(clone.path).main_branch("main")
        assert "fetch-depth: 0" in caught.value.fix


def test_a_branch_exists_here_or_at_the_remote(history: GitRepo, tmp_path: Path) -> None:
    clone = history.clone(tmp_path / "clone")
    clone.branch("mine")
    opened = Repository.open(clone.path)
    names = [
        "main",
        "mine",
        "feat/columns",
        "origin/feat/columns",
        "v1.0",
        "columns",
        "",
        "a..b",
        "main\0",
        "\udcff",
    ]
    assert [name for name in names if opened.branch_exists(name)] == [
        "main",
        "mine",
        "feat/columns",
        "origin/feat/columns",
    ]
