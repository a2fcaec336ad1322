"""What every FileTree does: the one that tests hold in memory, and git's three."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.files import FileTree
from tests.support.project import MemoryTree
from tests.support.repo import GitRepo

FILES: dict[str, str | bytes] = {
    "seeknal/orders.yml": "kind: source\n",
    "seeknal/b/clean.yml": "kind: transform\n",
    "seeknal/b.yml": "kind: rule\n",
    "seeknal/B.yml": "kind: metric\n",
    "seeknal/größe/💥.yml": "kind: source\n",
    "seeknal/windows.yml": "kind: source\r\nname: w\r\n",
    "data/bytes.bin": bytes(range(256)),
    "data/empty.csv": "",
}
LINK = "seeknal/link.yml"

Build = Callable[[Path], FileTree]


def in_memory(path: Path) -> FileTree:
    return MemoryTree(FILES, links=[LINK])


def committed(path: Path) -> FileTree:
    repo = _repo(path)
    sha = repo.commit("files")
    return Repository.open(path).tree_at(sha, "main")


def staged(path: Path) -> FileTree:
    _repo(path).git("add", "--all")
    return Repository.open(path).index_tree()


def on_disk(path: Path) -> FileTree:
    _repo(path)
    return Repository.open(path).worktree()


@pytest.fixture(params=[in_memory, committed, staged, on_disk], ids=lambda build: build.__name__)
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> FileTree:
    build: Build = request.param
    return build(tmp_path / "repo")


def test_files_are_listed_by_path_and_links_are_not_among_them(tree: FileTree) -> None:
    assert list(tree.blobs) == sorted(FILES)
    assert tree.links == {LINK}


def test_content_is_read_as_it_was_written(tree: FileTree) -> None:
    for path, content in FILES.items():
        assert tree.read(path) == (content.encode() if isinstance(content, str) else content)


def test_an_id_is_the_one_that_git_gives_the_content(tree: FileTree) -> None:
    assert tree.blobs["data/empty.csv"] == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
    assert tree.blobs["seeknal/orders.yml"] == "a359353453d82db7b2ff6b9863a30a699d3528e7"
    assert tree.blobs["seeknal/orders.yml"] == tree.blobs["seeknal/größe/💥.yml"]


@pytest.mark.parametrize("path", ["seeknal/nowhere.yml", "seeknal", "seeknal/", LINK, "/", ""])
def test_what_is_no_file_cannot_be_read(tree: FileTree, path: str) -> None:
    with pytest.raises(SeeknalCiError) as raised:
        tree.read(path)
    assert raised.value.fix


def _repo(path: Path) -> GitRepo:
    repo = GitRepo.init(path)
    for file, content in FILES.items():
        repo.write(file, content)
    (path / LINK).symlink_to("orders.yml")
    return repo
