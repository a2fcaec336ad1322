"""Names to commits: what `git rev-parse` does, and which branch is the main one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pygit2
from pygit2.enums import ReferenceType

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.failures import DEEPEN, REPAIR, ShallowError, place_of, reading

LONGEST_SHOWN = 100


def resolve(raw: pygit2.Repository, ref: str) -> str:
    """The full sha of the commit that a ref names; tags are peeled."""
    with reading(place_of(raw)):
        if not ref.isprintable():
            # libgit2 would stop at a NUL, and resolve what stands before it.
            raise _unknown(raw, ref)
        try:
            found = raw.revparse_single(_without_fetch_head(raw, ref))
        except KeyError as error:
            raise _unknown(raw, ref) from error
        except ValueError as error:
            # A prefix of several ids is a ValueError like any malformed ref; only the text differs.
            # What is shorter than four characters git does not take for a prefix at all.
            several = ": ambiguous " in str(error) and "too short" not in str(error)
            raise _ambiguous(raw, ref) if several else _unknown(raw, ref) from error
        try:
            return str(found.peel(pygit2.Commit).id)
        except ValueError as error:
            raise _no_commit(raw, ref, found.type_str) from error


def main_branch(raw: pygit2.Repository, configured: str | None) -> str:
    """The main branch as a ref that `resolve` takes: the configured one, else git's own idea."""
    if configured is not None:
        candidates = [configured, f"origin/{configured}"]
    else:
        candidates = [*_origin_head(raw), "main", "master", "origin/main", "origin/master"]
    for name in candidates:
        if _is_branch(raw, name):
            return name
    what = "no branch of this repository is named main or master, and origin/HEAD is not set"
    if configured is not None:
        what = f"the main branch `{_shown(configured)}` is no branch of this repository"
    fix = "set `main_branch` in seeknal-ci.yml to the branch that changes are merged into"
    unfetched = f"; if it was not fetched, {DEEPEN}" if raw.is_shallow else ""
    raise SeeknalCiError(what, where=place_of(raw), fix=fix + unfetched)


def branch_exists(raw: pygit2.Repository, name: str) -> bool:
    """Whether the branch exists: here, or at a remote (with or without the remote's name)."""
    with reading(place_of(raw)):
        remotes = [remote for remote in raw.remotes.names() if remote is not None]
    return any(_is_branch(raw, full) for full in (name, *(f"{r}/{name}" for r in remotes)))


def current_branch(raw: pygit2.Repository) -> str | None:
    """The branch that HEAD is on, also before its first commit; None when HEAD is detached."""
    with reading(place_of(raw)):
        head = raw.lookup_reference("HEAD")
        return _target(head).removeprefix("refs/heads/") if _is_symbolic(head) else None


def head_commit(raw: pygit2.Repository) -> str | None:
    """The sha of HEAD; None before the first commit."""
    with reading(place_of(raw)):
        if raw.head_is_unborn:
            return None
    return resolve(raw, "HEAD")


def _without_fetch_head(raw: pygit2.Repository, ref: str) -> str:
    """`FETCH_HEAD` replaced by its first id: libgit2 cannot read a file with more on a line."""
    name, rest = ref[:10], ref[10:]
    path = Path(raw.path or "") / "FETCH_HEAD"
    if name != "FETCH_HEAD" or rest[:1] not in ("", "~", "^") or not path.is_file():
        return ref
    return path.read_text(encoding="utf-8", errors="replace")[:40] + rest


def _is_branch(raw: pygit2.Repository, name: str) -> bool:
    """Whether this is a local branch, or a remote's with the remote's name before it."""
    if not name.isprintable():
        return False
    with reading(place_of(raw)):
        return any(
            pygit2.reference_is_valid_name(full) and raw.references.get(full) is not None
            for full in (f"refs/heads/{name}", f"refs/remotes/{name}")
        )


def _origin_head(raw: pygit2.Repository) -> Iterator[str]:
    """The branch that `origin` checks out by default, where a clone has noted it."""
    with reading(place_of(raw)):
        head = raw.references.get("refs/remotes/origin/HEAD")
        if head is not None and _is_symbolic(head):
            yield _target(head).removeprefix("refs/remotes/")


def _is_symbolic(reference: pygit2.Reference) -> bool:
    return reference.type == ReferenceType.SYMBOLIC


def _target(reference: pygit2.Reference) -> str:
    return str(reference.target)


def _names(raw: pygit2.Repository, *below: str) -> list[str]:
    """Refs below the given folders, without the folder."""
    every = [name.decode("utf-8", "replace") for name in raw.raw_listall_references()]
    return sorted(
        name.removeprefix(folder) for name in every for folder in below if name.startswith(folder)
    )


def _unknown(raw: pygit2.Repository, ref: str) -> SeeknalCiError:
    """Why a ref leads nowhere: nothing is committed, history is cut off, or it is misspelt."""
    shown, where = _shown(ref), place_of(raw)
    names = _names(raw, "refs/heads/", "refs/remotes/", "refs/tags/")
    if raw.head_is_unborn and re.match(r"(HEAD|@)(?![\w/-])", ref):
        return SeeknalCiError(
            f"`{shown}` names nothing, because this repository has no commit yet",
            where=where,
            fix="commit first; until then compare without naming a ref",
        )
    if ref in (*names, "HEAD", "@"):
        what = f"`{shown}` points to a commit that is not in this repository"
        return SeeknalCiError(what, where=where, fix=REPAIR)
    near = [name for name in names if name.endswith(f"/{ref}")]
    near = near or difflib.get_close_matches(ref[:LONGEST_SHOWN], names, n=1)
    what = f"`{shown}` is no branch, tag or commit of this repository"
    hint = f"did you mean `{near[0]}`?" if near else None
    if raw.is_shallow:
        return ShallowError(what, where=where, instead=hint)
    return SeeknalCiError(what, where=where, fix=hint or "check its spelling, or `git fetch` it")


def _ambiguous(raw: pygit2.Repository, ref: str) -> SeeknalCiError:
    return SeeknalCiError(
        f"`{_shown(ref)}` is the beginning of more than one object's id",
        where=place_of(raw),
        fix="give more characters of the commit's sha",
    )


def _no_commit(raw: pygit2.Repository, ref: str, kind: str) -> SeeknalCiError:
    return SeeknalCiError(
        f"`{_shown(ref)}` names a {kind}, and not a commit",
        where=place_of(raw),
        fix="give a branch, a tag or a commit's sha",
    )


def _shown(ref: str) -> str:
    """A ref as it may be printed: one line, no control characters, of bearable length."""
    text = "".join(c if c.isprintable() else "?" for c in ref)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
