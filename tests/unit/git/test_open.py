"""Opening a repository, and why it cannot be opened."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from tests.support.repo import GitRepo

FILES: dict[str, str | bytes] = {"seeknal/orders.yml": "kind: source\n"}


def test_a_folder_inside_opens_the_repository(repo: GitRepo) -> None:
    repo.commit("first", files=FILES)
    assert Repository.open(repo.path / "seeknal").root == repo.path


def test_a_linked_work_tree_is_a_root_of_its_own(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit("first", files=FILES)
    repo.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "linked"))
    linked = GitRepo(tmp_path / "linked")
    linked.write("seeknal/orders.yml", "kind: transform\n")

    opened = Repository.open(linked.path)

    assert opened.root == linked.path
    assert opened.current_branch() == "feature"
    assert opened.worktree().read("seeknal/orders.yml") == b"kind: transform\n"


def test_a_submodule_is_a_root_of_its_own(repo: GitRepo, tmp_path: Path) -> None:
    inner = GitRepo.init(tmp_path / "inner")
    inner.commit("first", files=FILES)
    repo.git("submodule", "--quiet", "add", inner.path.as_uri(), "inner")

    opened = Repository.open(repo.path / "inner")

    assert opened.root == repo.path / "inner"
    assert opened.head_commit() == inner.head()
    assert list(opened.worktree().blobs) == ["seeknal/orders.yml"]


@pytest.mark.parametrize("folder", [".", "missing"])
def test_no_repository(tmp_path: Path, folder: str) -> None:
    with pytest.raises(SeeknalCiError, match="no git repository here") as caught:
        Repository.open(tmp_path / folder)
    assert "git init" in caught.value.fix


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    bare = GitRepo.init(tmp_path / "bare", bare=True)
    with pytest.raises(SeeknalCiError, match="is bare") as caught:
        Repository.open(bare.path)
    assert "git worktree add" in caught.value.fix


def test_a_broken_configuration(repo: GitRepo) -> None:
    repo.write(".git/config", "[broken")
    with pytest.raises(SeeknalCiError, match=r"cannot open this repository: .*config"):
        Repository.open(repo.path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository away")
class TestAnotherUsersRepository:
    @pytest.fixture
    def foreign(self, repo: GitRepo) -> GitRepo:
        repo.commit("first", files=FILES)
        for path in (repo.path, repo.path / ".git"):
            os.chown(path, 65534, 65534)
        return repo

    def test_is_not_trusted(self, foreign: GitRepo) -> None:
        with pytest.raises(SeeknalCiError, match="belongs to another user") as caught:
            Repository.open(foreign.path)
        assert caught.value.fix.endswith(f"--global --add safe.directory {foreign.path}`")

    def test_opens_after_the_fix(self, foreign: GitRepo, tmp_path: Path) -> None:
        """In a process of its own: libgit2 looks for the home folder once."""
        home = tmp_path / "home"
        home.mkdir()
        environment = foreign.environment() | {
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        del environment["GIT_CONFIG_GLOBAL"]
        fix = ["git", "config", "--global", "--add", "safe.directory", str(foreign.path)]
        subprocess.run(fix, env=environment, check=True)
        script = (
            "from pathlib import Path; from seeknal_ci.git.repository import Repository;"
            f"print(Repository.open(Path({str(foreign.path)!r})).root)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, check=True, capture_output=True
        )
        assert done.stdout.decode().strip() == str(foreign.path)
