"""One comment on a pull request that is kept up to date, whoever runs and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.client import (
    Comment,
    CommentRejected,
    NotFound,
    NotPermitted,
    PullRequests,
)
from seeknal_ci.model.marker import Marker, parse_marker


@dataclass(frozen=True, slots=True)
class Draft:
    """What a run has to say: the whole text, and the smallest form of it, each with its marker.

    Without changes it is said only where an earlier comment would otherwise stay wrong.
    """

    body: str
    smallest: str
    has_changes: bool


class CommentStatus(StrEnum):
    """What became of a draft."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED_NO_CHANGES = "skipped_no_changes"
    SKIPPED_NEWER_HEAD = "skipped_newer_head"
    SKIPPED_NOT_PERMITTED = "skipped_not_permitted"
    SKIPPED_REJECTED = "skipped_rejected"


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a draft, where to read it, and why it was skipped if it was."""

    status: CommentStatus
    url: str | None = None
    reason: str | None = None


def publish(pulls: PullRequests, number: int, draft: Draft) -> Published:
    """Make `draft` the one comment of its id on the pull request.

    A token that may not comment, and a text that GitHub does not take even in its smallest form,
    are results; what else goes wrong is raised as GitHubError.
    """
    marker = parse_marker(draft.body)
    if marker is None or parse_marker(draft.smallest) is None:
        raise SeeknalCiError(
            "the comment has lost its marker, and could not be found again",
            fix="begin the template with `{{ marker }}` on a line of its own",
        )
    try:
        return _publish(pulls, number, draft, marker)
    except NotPermitted as refusal:
        return Published(CommentStatus.SKIPPED_NOT_PERMITTED, reason=refusal.what)
    except CommentRejected as rejection:
        return Published(CommentStatus.SKIPPED_REJECTED, reason=rejection.what)


def _publish(pulls: PullRequests, number: int, draft: Draft, marker: Marker) -> Published:
    found = _find(pulls, number, marker.id)
    if found:
        return _settle(pulls, number, draft, marker, found)
    if not draft.has_changes:
        return Published(CommentStatus.SKIPPED_NO_CHANGES, reason="no node changed")
    created = _send(draft, lambda body: pulls.create(number, body))
    # Another run may have found none either, and the list may lag behind what was just created.
    again = {comment.id: comment for comment in _find(pulls, number, marker.id, created.author)}
    again[created.id] = created
    if len(again) > 1:
        settled = _settle(pulls, number, draft, marker, tuple(again[id_] for id_ in sorted(again)))
        if settled.url != created.url:
            return settled
    return Published(CommentStatus.CREATED, created.url)


def _find(
    pulls: PullRequests, number: int, marker_id: str, author: str | None = None
) -> tuple[Comment, ...]:
    """The comments with this id by this author, the oldest first; anybody can copy a marker."""
    marked = [
        comment
        for comment in pulls.comments(number)
        if (marker := parse_marker(comment.body)) is not None and marker.id == marker_id
    ]
    if not marked:
        return ()
    author = pulls.author() if author is None else author
    ours = (comment for comment in marked if comment.author == author)
    return tuple(sorted(ours, key=lambda comment: comment.id))


def _settle(
    pulls: PullRequests, number: int, draft: Draft, marker: Marker, found: tuple[Comment, ...]
) -> Published:
    """Leave only the oldest of `found`, with the text for the pull request's current head.

    Runs that do this at the same time do the same: the oldest is never removed, and each writes
    the same text to it.
    """
    oldest, *later = found
    current = _newer_head(pulls, number, marker, found)
    if current is None:
        published = _rewrite(pulls, number, draft, oldest)
    else:
        newest = next((c for c in found if _head(c) == current), oldest)
        if not _same(newest.body, oldest.body):
            oldest = pulls.update(oldest.id, newest.body)
        reason = f"the pull request is at {current[:7]} by now"
        published = Published(CommentStatus.SKIPPED_NEWER_HEAD, oldest.url, reason)
    for comment in later:
        _remove(pulls, comment)
    return published


def _newer_head(
    pulls: PullRequests, number: int, marker: Marker, found: tuple[Comment, ...]
) -> str | None:
    """The pull request's head where it has moved on from ours and a comment from another run
    could be for something newer; None where this run may write.
    """
    if all(_head(comment) == marker.head for comment in found):
        return None
    current = pulls.head(number)
    return None if current == marker.head else current


def _rewrite(pulls: PullRequests, number: int, draft: Draft, comment: Comment) -> Published:
    if _same(comment.body, draft.body):
        return Published(CommentStatus.UNCHANGED, comment.url)
    try:
        updated = _send(draft, lambda body: _patched(pulls, comment, body))
    except NotFound:
        # Somebody removed it since it was listed.
        created = _send(draft, lambda body: pulls.create(number, body))
        return Published(CommentStatus.CREATED, created.url)
    status = CommentStatus.UNCHANGED if updated is comment else CommentStatus.UPDATED
    return Published(status, updated.url)


def _patched(pulls: PullRequests, comment: Comment, body: str) -> Comment:
    """The comment itself where it has this text already."""
    return comment if _same(comment.body, body) else pulls.update(comment.id, body)


def _send(draft: Draft, write: Callable[[str], Comment]) -> Comment:
    """Write the whole text, or the smallest form where GitHub does not take the whole."""
    try:
        return write(draft.body)
    except CommentRejected:
        return write(draft.smallest)


def _remove(pulls: PullRequests, comment: Comment) -> bool:
    """False where another run removed it first."""
    try:
        pulls.delete(comment.id)
    except NotFound:
        return False
    return True


def _head(comment: Comment) -> str | None:
    marker = parse_marker(comment.body)
    return None if marker is None else marker.head


def _same(left: str, right: str) -> bool:
    """Whether two texts are the same comment; GitHub may return line ends of its own."""
    return left.replace("\r\n", "\n").rstrip() == right.replace("\r\n", "\n").rstrip()
