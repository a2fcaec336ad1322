"""Which branch a version is of, and whether that branch is gone for good.

Refs of a remote are as old as the last fetch, so that a ref which is not there proves little:
nothing is taken for gone unless this clone must know better.
"""

from __future__ import annotations

import hashlib
import re
import socket
from datetime import UTC, datetime
from pathlib import Path

import pygit2

from seeknal_ci.git.failures import place_of, reading
from seeknal_ci.model.environment import Origin

_FETCHED = re.compile(r"\tbranch '(?P<name>.+)' of ")
_MARK_LENGTH = 16


def origin_of(raw: pygit2.Repository, branch: str | None) -> Origin | None:
    """The origin of what is built from a branch, which may be written with its remote's name.

    None where it is no branch of this clone: a commit, a tag, or a branch without a commit.
    """
    if branch is None or not branch.isprintable():
        return None
    shared = _remote_branches(raw)
    for remote in _remotes(raw):
        name = branch.removeprefix(f"{remote}/")
        if name != branch and (remote, name) in shared:
            return Origin(name, None)
    if branch in {name for _, name in shared}:
        return Origin(branch, None)
    return Origin(branch, clone_mark(raw)) if branch in _local_branches(raw) else None


def is_gone(raw: pygit2.Repository, origin: Origin, since: datetime, commit: str | None) -> bool:
    """Whether a branch that was at `commit` at the time `since` is nowhere any more.

    A branch that no remote had is known to its own clone alone. One that a remote had is gone if
    a fetch of all branches after that time did not bring it, and if it was pruned.
    """
    names = {name for _, name in _remote_branches(raw)} | _local_branches(raw)
    if origin.branch in names:
        return False
    if origin.clone is not None:
        return origin.clone == clone_mark(raw)
    return _fetched_all(raw, since, commit)


def clone_mark(raw: pygit2.Repository) -> str:
    """What tells this clone from others; linked work trees are one clone. A hash: it says
    nothing of the machine.
    """
    text = f"{socket.gethostname()}\0{_common_folder(raw)}"
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_MARK_LENGTH]


def _fetched_all(raw: pygit2.Repository, since: datetime, commit: str | None) -> bool:
    """Whether all branches of the remotes were fetched after `since`, and the gone ones pruned."""
    if raw.is_shallow or not _asks_for_all(raw):
        return False
    known = {name for _, name in _remote_branches(raw)}
    fetched = _common_folder(raw) / "FETCH_HEAD"
    if fetched.is_file():
        text = fetched.read_text(encoding="utf-8", errors="surrogateescape")
        listed = {match["name"] for match in _FETCHED.finditer(text)}
        # One branch may be all that there is, or all that was asked for by its name.
        whole = len(listed) > 1 or (commit is not None and commit in raw)
        return _written(fetched) > since and known <= listed and whole
    # A clone that has never fetched is as new as its note of what the remote checks out.
    heads = [_common_folder(raw) / "refs/remotes" / name / "HEAD" for name in _remotes(raw)]
    return bool(heads) and all(head.is_file() and _written(head) > since for head in heads)


def _asks_for_all(raw: pygit2.Repository) -> bool:
    """Whether a plain fetch brings all branches of every remote."""
    with reading(place_of(raw)):
        found = [remote.fetch_refspecs for remote in raw.remotes]
    return bool(found) and all(
        any(spec.startswith(("refs/heads/*:", "+refs/heads/*:")) for spec in specs)
        for specs in found
    )


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _common_folder(raw: pygit2.Repository) -> Path:
    """The folder of refs and objects, which linked work trees share."""
    folder = Path(raw.path)
    link = folder / "commondir"
    if link.is_file():
        folder = folder / link.read_text(encoding="utf-8").strip()
    return folder.resolve()


def _remotes(raw: pygit2.Repository) -> list[str]:
    """Names of the remotes, the longest first: one may begin as another does."""
    with reading(place_of(raw)):
        names = [name for name in raw.remotes.names() if name is not None]
    return sorted(names, key=lambda name: (-len(name), name))


def _local_branches(raw: pygit2.Repository) -> set[str]:
    return _below(raw, "refs/heads/")


def _remote_branches(raw: pygit2.Repository) -> set[tuple[str, str]]:
    """Remote and branch, as of the last fetch."""
    found = set()
    for name in _below(raw, "refs/remotes/"):
        remote = next((one for one in _remotes(raw) if name.startswith(f"{one}/")), None)
        if remote is not None and name != f"{remote}/HEAD":
            found.add((remote, name.removeprefix(f"{remote}/")))
    return found


def _below(raw: pygit2.Repository, folder: str) -> set[str]:
    with reading(place_of(raw)):
        every = [name.decode("utf-8", "surrogateescape") for name in raw.raw_listall_references()]
    return {name.removeprefix(folder) for name in every if name.startswith(folder)}
