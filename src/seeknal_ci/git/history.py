"""Ancestors: merge bases, descent, and the commits between two others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pygit2
from pygit2.enums import SortMode

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.git.failures import ShallowError, place_of, reading


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit with its whole message; `author` is a name."""

    sha: str
    author: str
    email: str
    message: str


def merge_base(raw: pygit2.Repository, a: str, b: str) -> str:
    """Where two commits forked; in a shallow clone only if nothing unseen could be nearer."""
    where = place_of(raw)
    with reading(where):
        # The stub promises an id, but there is none for unrelated histories.
        found: pygit2.Oid | None = raw.merge_base(a, b)
        if raw.is_shallow and (found is None or not _is_certain(raw, str(found), a, b)):
            what = f"the merge base of {a[:10]} and {b[:10]} cannot be found"
            raise ShallowError(what, where=where)
    if found is None:
        raise SeeknalCiError(
            f"{a[:10]} and {b[:10]} have no commit in common",
            where=where,
            fix="compare them as they are, with two dots: `A..B`",
        )
    return str(found)


def is_ancestor(raw: pygit2.Repository, a: str, b: str) -> bool:
    """Whether `b` is `a` or descends from it; an error where a shallow clone cannot tell."""
    where = place_of(raw)
    with reading(where):
        if a == b or raw.descendant_of(b, a):
            return True
        if raw.is_shallow and _is_cut_off(raw, b, without=a):
            what = f"whether {b[:10]} descends from {a[:10]} cannot be told"
            raise ShallowError(what, where=where)
    return False


def commits_between(raw: pygit2.Repository, base: str | None, head: str) -> Iterator[Commit]:
    """Commits that `head` has and `base` has not, newest first.

    Without a base: all of head's history, as far back as this clone has it.
    """
    where = place_of(raw)
    with reading(where):
        if base is not None and raw.is_shallow and _is_cut_off(raw, head, without=base):
            what = f"the commits from {base[:10]} to {head[:10]} are not all here"
            raise ShallowError(what, where=where)
        for commit in _walk(raw, head, base):
            yield _as_commit(commit)


def commit_parents(raw: pygit2.Repository, sha: str) -> tuple[str, ...]:
    """The parents that a commit names, also those that a shallow clone left behind."""
    with reading(place_of(raw)):
        return _named_parents(raw[sha].peel(pygit2.Commit))


def _named_parents(commit: pygit2.Commit) -> tuple[str, ...]:
    # `parent_ids` leaves out what is beyond a shallow clone's boundary; the object does not.
    header = commit.read_raw().partition(b"\n\n")[0].split(b"\n")
    return tuple(line[7:].decode("ascii") for line in header if line.startswith(b"parent "))


def _is_certain(raw: pygit2.Repository, base: str, a: str, b: str) -> bool:
    """Whether a deeper clone could not find a nearer merge base than this one.

    A nearer one would be an ancestor of both sides without being one of `base`. There is none
    when a side *is* the base, or when all that both sides have beyond the base is here.
    """
    return base in (a, b) or not any(_is_cut_off(raw, tip, without=base) for tip in (a, b))


def _is_cut_off(raw: pygit2.Repository, tip: str, *, without: str) -> bool:
    """Whether history of `tip`, less that of `without`, reaches a shallow clone's boundary."""
    return any(
        len(commit.parent_ids) < len(_named_parents(commit)) for commit in _walk(raw, tip, without)
    )


def _walk(raw: pygit2.Repository, tip: str, hidden: str | None) -> pygit2.Walker:
    walker = raw.walk(tip, SortMode.TOPOLOGICAL | SortMode.TIME)
    if hidden is not None:
        walker.hide(hidden)
    return walker


def _as_commit(commit: pygit2.Commit) -> Commit:
    encoding = commit.message_encoding
    return Commit(
        sha=str(commit.id),
        author=_text(commit.author.raw_name, encoding),
        email=_text(commit.author.raw_email, encoding),
        message=_text(commit.raw_message, encoding),
    )


def _text(raw: bytes, encoding: str | None) -> str:
    """Bytes as text; what cannot be decoded becomes U+FFFD, as in `git log`."""
    try:
        return raw.decode(encoding or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
