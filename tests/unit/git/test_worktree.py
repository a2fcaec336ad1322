"""Files on disk: the same ids as `git add` would give them, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.repository import Repository
from seeknal_ci.model.files import FileTree
from tests.support.repo import GitRepo
from tests.unit.git.scenes import ORDERS, seen


def added(repo: GitRepo) -> dict[str, str]:
    """What `git add --all` would make of the working tree, in an index of its own."""
    env = {"GIT_INDEX_FILE": str(repo.path.parent / "scratch-index")}
    repo.git("read-tree", "HEAD", env=env)
    repo.git("add", "--all", env=env)
    entries = repo.git("ls-files", "--stage", "-z", env=env).split("\0")[:-1]
    fields = [(*entry.split("\t")[0].split(), entry.split("\t")[1]) for entry in entries]
    return {path: sha for mode, sha, _, path in fields if mode.startswith("100")}


def test_a_clean_tree_is_as_head_has_it(project: GitRepo) -> None:
    opened = Repository.open(project.path)
    tree = opened.worktree()
    assert dict(tree.blobs) == dict(opened.tree_at("HEAD", "HEAD").blobs)
    assert (tree.side.ref, tree.side.commit, tree.side.dirty) == ("working tree", None, False)
    assert tree.read(ORDERS) == b"name: orders\n"


def test_every_kind_of_change_is_as_git_add_sees_it(project: GitRepo) -> None:
    project.write(ORDERS, "changed\n")
    project.delete("seeknal/keep.yml")
    project.delete("seeknal/transforms/clean.yml")
    project.write("seeknal/transforms/clean.yml/inside.yml", "a folder now\n")
    project.write("seeknal/new/é\udcff.yml", "untracked\n")
    project.write("seeknal/note.tmp", "ignored\n")
    project.write("target/run.yml", "ignored\n")
    project.write("seeknal/staged.yml", "staged\n")
    project.git("add", "seeknal/staged.yml")
    project.write("seeknal/staged.yml", "and changed\n")
    project.write("seeknal/later.yml", "later\n")
    project.git("add", "--intent-to-add", "seeknal/later.yml")
    (project.path / "seeknal/transforms/daily.yml").chmod(0o755)
    os.mkfifo(project.path / "seeknal/pipe.yml")

    tree = seen(project)

    assert dict(tree.blobs) == added(project)
    assert list(tree.blobs) == sorted(tree.blobs)
    assert tree.read(ORDERS) == b"changed\n"
    assert tree.read("seeknal/new/é\udcff.yml") == b"untracked\n"
    assert tree.read("seeknal/staged.yml") == b"and changed\n"


def test_links_are_reported_and_not_followed(project: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/daily.yml").write_text("outside\n")
    project.delete(ORDERS)
    (project.path / ORDERS).symlink_to("keep.yml")
    (project.path / "seeknal/untracked.yml").symlink_to("/etc/passwd")
    (project.path / "seeknal/broken.yml").symlink_to("nowhere")
    project.delete("seeknal/transforms/clean.yml")
    project.delete("seeknal/transforms/daily.yml")
    (project.path / "seeknal/transforms").rmdir()
    (project.path / "seeknal/transforms").symlink_to(tmp_path / "outside")

    tree = seen(project)

    assert tree.links == {
        ORDERS,
        "seeknal/untracked.yml",
        "seeknal/broken.yml",
        "seeknal/transforms",
    }
    assert list(tree.blobs) == [".gitignore", "README.md", "seeknal/keep.yml"]


def test_a_link_that_became_a_file_is_a_file(project: GitRepo) -> None:
    (project.path / "seeknal/link.yml").symlink_to("orders.yml")
    project.commit("link")
    project.delete("seeknal/link.yml")
    project.write("seeknal/link.yml", "a file\n")
    tree = seen(project)
    assert tree.links == frozenset()
    assert tree.read("seeknal/link.yml") == b"a file\n"


def test_a_repository_inside_is_a_link(project: GitRepo) -> None:
    inner = GitRepo.init(project.path / "seeknal/inner")
    inner.commit("first", files={"x.yml": "x\n"})
    tree = seen(project)
    assert tree.links == {"seeknal/inner"}
    assert not any(path.startswith("seeknal/inner") for path in tree.blobs)


def test_a_sparse_checkout_is_not_a_deletion(project: GitRepo) -> None:
    project.git("sparse-checkout", "set", "--no-cone", "/README.md")
    assert not (project.path / "seeknal").exists()
    tree = seen(project)
    assert tree.read(ORDERS) == b"name: orders\n"
    assert not tree.side.dirty


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
def test_a_folder_that_may_not_be_searched_is_an_error_and_no_deletion(project: GitRepo) -> None:
    """In a process of its own, as a user who may not; pytest's folders are private, too."""
    for folder in (project.path, *project.path.parents):
        if folder.is_relative_to("/tmp") and folder != Path("/tmp"):  # noqa: S108
            folder.chmod(0o755)
    for path in (project.path, *project.path.rglob("*")):
        os.chown(path, 65534, 65534)
    (project.path / "seeknal/transforms").chmod(0)
    script = f"""
import os
from pathlib import Path
from seeknal_ci.git.repository import Repository
os.setgroups([]); os.setgid(65534); os.setuid(65534)
Repository.open(Path({str(project.path)!r})).worktree()
"""
    env = {"PYTHONPATH": os.pathsep.join(sys.path), "HOME": "/nonexistent"}
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, check=False)
    assert b"seeknal/transforms/clean.yml cannot be read: " in done.stderr


class TestLineEndings:
    @pytest.fixture
    def windows(self, project: GitRepo) -> GitRepo:
        """As Git for Windows sets it up: CRLF on disk, LF in the repository."""
        project.git("config", "core.autocrlf", "true")
        project.write(".gitattributes", "*.csv -text\n*.id ident\n")
        project.commit("attributes")
        return project

    def test_a_file_with_other_endings_only_is_not_changed(self, windows: GitRepo) -> None:
        windows.write(ORDERS, "name: orders\r\n")
        tree = seen(windows)
        assert tree.blobs[ORDERS] == windows.git("rev-parse", f"HEAD:{ORDERS}")
        assert tree.read(ORDERS) == b"name: orders\n"
        assert not tree.side.dirty

    @pytest.mark.parametrize("safecrlf", ["false", "true"])
    def test_a_changed_file_has_the_id_and_bytes_that_git_stores(
        self, windows: GitRepo, safecrlf: str
    ) -> None:
        windows.write(ORDERS, "changed\r\nfile\r\n")
        windows.write("seeknal/new.yml", "new\r\nfile\r\n")
        windows.write("seeknal/data.csv", "a\r\nb\r\n")
        expected = added(windows)
        windows.git("config", "core.safecrlf", safecrlf)
        tree = seen(windows)
        assert dict(tree.blobs) == expected
        assert tree.read(ORDERS) == b"changed\nfile\n"
        assert tree.read("seeknal/new.yml") == b"new\nfile\n"
        assert tree.read("seeknal/data.csv") == b"a\r\nb\r\n"

    def test_mixed_endings_are_read_although_git_add_would_refuse(self, windows: GitRepo) -> None:
        windows.git("config", "core.safecrlf", "true")
        windows.write(ORDERS, "mixed\r\nfile\n")
        assert seen(windows).read(ORDERS) == b"mixed\r\nfile\n"

    def test_an_ident_keyword_stays_as_it_is_on_disk(self, windows: GitRepo) -> None:
        windows.write("seeknal/x.id", "$Id: 1234 $\n")
        tree = seen(windows)
        assert tree.read("seeknal/x.id") == b"$Id: 1234 $\n"


def test_nothing_is_written(project: GitRepo) -> None:
    def everything() -> dict[str, tuple[int, int]]:
        stats = {str(path): path.lstat() for path in project.path.rglob("*")}
        return {path: (stat.st_size, stat.st_mtime_ns) for path, stat in stats.items()}

    project.write(ORDERS, "changed\n")
    project.write("seeknal/new.yml", "new\n")
    os.utime(project.path / "seeknal/keep.yml", (0, 0))
    before = everything()
    tree = seen(project)
    assert all(tree.read(path) is not None for path in tree.blobs)
    assert dict(tree.blobs)
    assert everything() == before


def test_an_untracked_file_is_not_read_until_its_id_is_asked_for(project: GitRepo) -> None:
    """A sparse terabyte: listing it is instant, reading it would not be."""
    with (project.path / "warehouse.duckdb").open("wb") as file:
        file.truncate(1 << 40)
    tree = seen(project)
    assert "warehouse.duckdb" in tree.blobs
    assert tree.read(ORDERS) == b"name: orders\n"


def test_a_file_that_changes_between_listing_and_reading(project: GitRepo) -> None:
    project.write(ORDERS, "one\n")
    tree = seen(project)
    assert tree.blobs[ORDERS]
    project.write(ORDERS, "two\n")
    with pytest.raises(SeeknalCiError, match="changed while it was read"):
        tree.read(ORDERS)
    project.delete(ORDERS)
    with pytest.raises(SeeknalCiError, match="cannot be read"):
        tree.read(ORDERS)
    with pytest.raises(SeeknalCiError, match="cannot be read"):
        dict(seen_after_deletion(project).blobs)


def seen_after_deletion(repo: GitRepo) -> FileTree:
    """A tree that lists an untracked file which is gone by now."""
    repo.write("seeknal/passing.yml", "x\n")
    tree = seen(repo)
    repo.delete("seeknal/passing.yml")
    return tree
