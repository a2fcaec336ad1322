"""States in which a repository may be found."""

from __future__ import annotations

from seeknal_ci.git.repository import Repository
from seeknal_ci.model.files import FileTree
from tests.support.repo import GitRepo

ORDERS = "seeknal/orders.yml"


def seen(repo: GitRepo, prefix: str = "") -> FileTree:
    """The working tree, opened anew."""
    return Repository.open(repo.path).worktree(prefix=prefix)


def damage(repo: GitRepo, name: str, content: bytes | None) -> None:
    """Removes an object from the database, or overwrites it."""
    sha = repo.git("rev-parse", name)
    file = repo.path / ".git/objects" / sha[:2] / sha[2:]
    file.unlink()
    if content is not None:
        file.write_bytes(content)


def conflict(repo: GitRepo, path: str) -> None:
    """Leaves the repository in the middle of a merge that both sides changed `path` in."""
    repo.checkout("theirs", new=True)
    repo.commit("theirs", files={path: "theirs\n"})
    repo.checkout("main")
    repo.commit("ours", files={path: "ours\n"})
    repo.git("merge", "theirs", check=False)
