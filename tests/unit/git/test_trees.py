"""Files at a commit and in the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.failures import ConflictError
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.side import Side
from tests.support.repo import GitRepo
from tests.unit.git.scenes import conflict, damage


@pytest.fixture
def project(repo: GitRepo) -> GitRepo:
    """Two projects and files beside them."""
    repo.commit(
        "first",
        files={
            "README.md": "read\n",
            "shop/seeknal/orders.yml": "kind: source\n",
            "shop/seeknal/transforms/é b.yml": "kind: transform\n",
            "shop/empty.yml": "",
            "shopping/seeknal/orders.yml": "kind: other\n",
        },
    )
    return repo


def blob(repo: GitRepo, path: str) -> str:
    """The id that git gives the committed file."""
    return repo.git("rev-parse", f"HEAD:{path}")


class TestCommit:
    def test_lists_every_file_with_its_blob_id(self, project: GitRepo) -> None:
        sha = project.head()
        tree = Repository.open(project.path).tree_at(sha, "main")
        assert tree.side == Side(ref="main", commit=sha, dirty=False)
        assert list(tree.blobs) == [
            "README.md",
            "shop/empty.yml",
            "shop/seeknal/orders.yml",
            "shop/seeknal/transforms/é b.yml",
            "shopping/seeknal/orders.yml",
        ]
        assert all(tree.blobs[path] == blob(project, path) for path in tree.blobs)
        assert tree.links == frozenset()

    @pytest.mark.parametrize("prefix", ["shop", "shop/", "./shop"])
    def test_lists_only_what_is_below_the_prefix(self, project: GitRepo, prefix: str) -> None:
        opened = Repository.open(project.path)
        tree = opened.tree_at(project.head(), "main", prefix=prefix)
        assert list(tree.blobs) == [
            "shop/empty.yml",
            "shop/seeknal/orders.yml",
            "shop/seeknal/transforms/é b.yml",
        ]
        assert tree.read("shop/seeknal/orders.yml") == b"kind: source\n"

    @pytest.mark.parametrize("prefix", ["missing", "shop/missing/deep", "README.md"])
    def test_a_folder_that_does_not_exist_has_no_files(self, project: GitRepo, prefix: str) -> None:
        tree = Repository.open(project.path).tree_at(project.head(), "main", prefix=prefix)
        assert (dict(tree.blobs), tree.links) == ({}, frozenset())

    @pytest.mark.parametrize("prefix", ["..", "shop/../shop", "/shop", "shop\0"])
    def test_a_folder_outside_the_repository_is_an_error(
        self, project: GitRepo, prefix: str
    ) -> None:
        with pytest.raises(SeeknalCiError, match="no folder inside"):
            Repository.open(project.path).tree_at("HEAD", "main", prefix=prefix)

    def test_reads_what_was_committed_whatever_is_on_disk(self, project: GitRepo) -> None:
        project.write("shop/seeknal/orders.yml", "changed\n")
        tree = Repository.open(project.path).tree_at(project.head(), "main")
        assert tree.read("shop/seeknal/orders.yml") == b"kind: source\n"
        assert tree.read("shop/empty.yml") == b""

    @pytest.mark.parametrize("path", ["missing.yml", "shop", "/etc/passwd", "../x", ""])
    def test_a_path_that_is_no_file(self, project: GitRepo, path: str) -> None:
        tree = Repository.open(project.path).tree_at(project.head(), "main")
        with pytest.raises(SeeknalCiError, match="there is no file"):
            tree.read(path)

    def test_links_and_submodules_are_reported_and_not_read(
        self, project: GitRepo, tmp_path: Path
    ) -> None:
        inner = GitRepo.init(tmp_path / "inner")
        inner.commit("first", files={"seeknal/inner.yml": "kind: source\n"})
        project.git("submodule", "--quiet", "add", inner.path.as_uri(), "shop/inner")
        (project.path / "shop/seeknal/link.yml").symlink_to("/etc/passwd")
        sha = project.commit("links")
        opened = Repository.open(project.path)

        tree = opened.tree_at(sha, "main", prefix="shop")

        assert tree.links == {"shop/inner", "shop/seeknal/link.yml"}
        assert tree.blobs.keys().isdisjoint(tree.links)
        with pytest.raises(SeeknalCiError):
            tree.read("shop/seeknal/link.yml")
        assert opened.index_tree(prefix="shop").links == tree.links
        assert opened.worktree(prefix="shop").links == tree.links
        assert opened.tree_at(sha, "main", prefix="shop/inner").links == {"shop/inner"}

    @pytest.mark.parametrize(
        "damaged", ["HEAD^{tree}", "HEAD:shop", "HEAD:shop/seeknal/transforms"]
    )
    @pytest.mark.parametrize("prefix", ["", "shop", "shop/seeknal"])
    @pytest.mark.parametrize("content", [None, b"junk"])
    def test_a_damaged_tree_is_an_error_and_never_fewer_files(
        self, project: GitRepo, damaged: str, prefix: str, content: bytes | None
    ) -> None:
        damage(project, damaged, content)
        with pytest.raises(SeeknalCiError, match="cannot read this repository"):
            Repository.open(project.path).tree_at(project.head(), "main", prefix=prefix)

    @pytest.mark.parametrize("content", [None, b"junk"])
    def test_a_damaged_file_is_an_error(self, project: GitRepo, content: bytes | None) -> None:
        damage(project, "HEAD:shop/seeknal/orders.yml", content)
        tree = Repository.open(project.path).tree_at(project.head(), "main")
        with pytest.raises(SeeknalCiError, match="cannot read") as caught:
            tree.read("shop/seeknal/orders.yml")
        assert caught.value.where == "shop/seeknal/orders.yml"
        assert "git fsck" in caught.value.fix


class TestIndex:
    def test_is_what_is_staged(self, project: GitRepo) -> None:
        project.write("shop/seeknal/orders.yml", "staged\n")
        project.git("add", "--all")
        project.git("rm", "--quiet", "--cached", "README.md")
        project.write("shop/seeknal/orders.yml", "on disk\n")
        project.write("shop/seeknal/untracked.yml", "on disk\n")

        tree = Repository.open(project.path).index_tree()

        assert tree.side == Side(ref="index", commit=None, dirty=False)
        assert "README.md" not in tree.blobs
        assert "shop/seeknal/untracked.yml" not in tree.blobs
        assert tree.read("shop/seeknal/orders.yml") == b"staged\n"
        assert list(tree.blobs) == sorted(tree.blobs)

    def test_is_as_fresh_as_the_disk(self, project: GitRepo) -> None:
        opened = Repository.open(project.path)
        before = opened.index_tree()
        project.write("shop/seeknal/new.yml", "new\n")
        project.git("add", "--all")
        assert set(opened.index_tree().blobs) - set(before.blobs) == {"shop/seeknal/new.yml"}

    def test_lists_only_what_is_below_the_prefix(self, project: GitRepo) -> None:
        tree = Repository.open(project.path).index_tree(prefix="shop")
        assert all(path.startswith("shop/") for path in tree.blobs)
        assert len(tree.blobs) == 3

    def test_is_empty_before_anything_is_added(self, repo: GitRepo) -> None:
        assert dict(Repository.open(repo.path).index_tree().blobs) == {}

    def test_a_name_without_content_is_not_in_it(self, project: GitRepo) -> None:
        project.write("shop/seeknal/later.yml", "later\n")
        project.git("add", "--intent-to-add", "shop/seeknal/later.yml")
        tree = Repository.open(project.path).index_tree()
        assert "shop/seeknal/later.yml" not in tree.blobs
        assert "shop/empty.yml" in tree.blobs

    def test_a_conflict_is_an_error_that_names_the_file(self, project: GitRepo) -> None:
        conflict(project, "shop/seeknal/orders.yml")
        opened = Repository.open(project.path)
        with pytest.raises(ConflictError, match=r"shop/seeknal/orders\.yml has a merge conflict"):
            opened.index_tree(prefix="shop")
        assert len(opened.index_tree(prefix="shopping").blobs) == 1

    def test_a_damaged_index(self, project: GitRepo) -> None:
        project.write(".git/index", b"junk" * 20)
        with pytest.raises(SeeknalCiError, match=r"cannot read this repository: .*index"):
            Repository.open(project.path).index_tree()


def test_an_empty_tree(repo: GitRepo) -> None:
    tree = Repository.open(repo.path).empty_tree()
    assert tree.side == Side(ref="(no commit yet)", commit=None)
    assert (dict(tree.blobs), tree.links) == ({}, frozenset())
