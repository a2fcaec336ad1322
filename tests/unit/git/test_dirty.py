"""Dirty and conflicted working trees."""

from __future__ import annotations

import pytest

from seeknal_ci.git.failures import ConflictError
from seeknal_ci.git.repository import Repository
from tests.support.repo import GitRepo
from tests.unit.git.scenes import ORDERS, conflict, seen


class TestDirty:
    def test_a_tracked_file_makes_it_so(self, project: GitRepo) -> None:
        project.write("README.md", "changed\n")
        assert seen(project).side.dirty

    @pytest.mark.parametrize("path", [ORDERS, "README.md"])
    def test_a_deleted_file_makes_it_so(self, project: GitRepo, path: str) -> None:
        project.delete(path)
        assert seen(project).side.dirty

    def test_a_staged_file_makes_it_so(self, project: GitRepo) -> None:
        project.write("seeknal/new.yml", "new\n")
        project.git("add", "--all")
        assert seen(project).side.dirty

    def test_what_was_staged_and_undone_does_not(self, project: GitRepo) -> None:
        project.write(ORDERS, "changed\n")
        project.write("seeknal/new.yml", "new\n")
        project.git("add", "--all")
        project.write(ORDERS, "name: orders\n")
        project.delete("seeknal/new.yml")
        assert not seen(project).side.dirty

    def test_a_mode_does_not(self, project: GitRepo) -> None:
        (project.path / ORDERS).chmod(0o755)
        assert not seen(project).side.dirty

    def test_a_link_makes_it_so(self, project: GitRepo) -> None:
        link = project.path / "seeknal/link.yml"
        link.symlink_to("orders.yml")
        project.commit("link")
        link.unlink()
        assert seen(project).side.dirty
        link.symlink_to("keep.yml")
        assert seen(project).side.dirty
        project.git("add", "--all")
        assert seen(project).side.dirty

    def test_an_untracked_node_makes_it_so(self, project: GitRepo) -> None:
        project.write("seeknal/new.yml", "new\n")
        assert seen(project).side.dirty

    @pytest.mark.parametrize("path", ["warehouse.duckdb", "logs/run.txt", "seeknal.txt"])
    def test_an_untracked_file_elsewhere_does_not(self, project: GitRepo, path: str) -> None:
        project.write(path, "x")
        assert not seen(project).side.dirty

    def test_another_project_does_not(self, repo: GitRepo) -> None:
        repo.commit("first", files={"a/seeknal/x.yml": "1\n", "b/seeknal/x.yml": "1\n"})
        repo.write("b/seeknal/x.yml", "2\n")
        repo.write("b/seeknal/y.yml", "2\n")
        repo.write("seeknal/z.yml", "2\n")
        assert not seen(repo, prefix="a").side.dirty
        assert seen(repo, prefix="b").side.dirty
        assert list(seen(repo, prefix="b").blobs) == ["b/seeknal/x.yml", "b/seeknal/y.yml"]

    def test_everything_is_new_before_the_first_commit(self, repo: GitRepo) -> None:
        assert not seen(repo).side.dirty
        repo.write(ORDERS, "name: orders\n")
        assert seen(repo).side.dirty
        repo.git("add", "--all")
        assert seen(repo).side.dirty


class TestConflict:
    def test_is_an_error_that_names_the_file(self, project: GitRepo) -> None:
        conflict(project, ORDERS)
        with pytest.raises(ConflictError, match=r"seeknal/orders\.yml") as caught:
            seen(project)
        assert "git add" in caught.value.fix

    def test_is_read_with_its_markers_where_allowed(self, project: GitRepo) -> None:
        conflict(project, ORDERS)
        tree = Repository.open(project.path).worktree(conflicts_allowed=True)
        assert b"<<<<<<<" in tree.read(ORDERS)
        assert tree.side.dirty

    def test_of_a_file_that_one_side_deleted(self, project: GitRepo) -> None:
        project.checkout("theirs", new=True)
        project.delete(ORDERS)
        project.commit("theirs")
        project.checkout("main")
        project.commit("ours", files={ORDERS: "ours\n"})
        project.git("merge", "theirs", check=False)
        opened = Repository.open(project.path)
        with pytest.raises(ConflictError):
            opened.worktree()
        assert opened.worktree(conflicts_allowed=True).read(ORDERS) == b"ours\n"
        project.delete(ORDERS)
        assert ORDERS not in opened.worktree(conflicts_allowed=True).blobs

    def test_of_another_project_is_not_ours(self, repo: GitRepo) -> None:
        repo.commit("first", files={"a/seeknal/x.yml": "1\n", "b/seeknal/x.yml": "1\n"})
        conflict(repo, "b/seeknal/x.yml")
        assert list(seen(repo, prefix="a").blobs) == ["a/seeknal/x.yml"]
