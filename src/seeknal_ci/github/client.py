"""The few requests that a pull-request comment needs, and what can go wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.event import API_URL

# Who GITHUB_TOKEN writes as.
BUILT_IN_AUTHOR = "github-actions[bot]"


class GitHubError(SeeknalCiError):
    """GitHub did not do what it was asked; `status` is its HTTP status, if it answered."""

    def __init__(
        self, what: str, *, fix: str, where: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(what, fix=fix, where=where)
        self.status = status


class NotPermitted(GitHubError):  # noqa: N818  (the word the reader looks for)
    """The token may not do this, as in every run for a fork: go on without."""


class NotFound(GitHubError):  # noqa: N818
    """There is no such pull request or comment, or the token cannot see it."""


class CommentRejected(GitHubError):  # noqa: N818
    """GitHub does not take this text: it is too long, say."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on a pull request. Ids grow: the oldest comment has the smallest."""

    id: int
    author: str
    body: str
    url: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for GitHub: seconds, and how often a request is repeated."""

    timeout: int = 15
    retries: int = 4
    backoff: float = 0.5
    # GitHub asks for a minute where a secondary rate limit comes without Retry-After.
    rate_limit_wait: float = 60
    # And for a second between two writes.
    between_writes: float = 1


class PullRequests(Protocol):
    """The pull requests of one repository. Every method may raise GitHubError."""

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Every comment on a pull request, of all pages."""

    def create(self, number: int, body: str) -> Comment:
        """A new comment; raises CommentRejected where GitHub does not take the text."""

    def update(self, comment_id: int, body: str) -> Comment:
        """The comment with another text; raises CommentRejected, NotFound."""

    def delete(self, comment_id: int) -> None:
        """Remove a comment; raises NotFound."""

    def author(self) -> str:
        """The login that the token writes comments as."""

    def head(self, number: int) -> str:
        """The commit that the pull request's branch is at now."""


def connect(
    repository: str, *, token: str, api_url: str = API_URL, patience: Patience | None = None
) -> PullRequests:
    """The pull requests of `repository` (owner/name), through PyGithub.

    Sends no request. Raises SeeknalCiError without a token, for an address that is none, and
    where PyGithub is not installed.
    """
    if not token.strip():
        raise SeeknalCiError(
            "there is no token for GitHub",
            fix="pass `github-token: ${{ github.token }}`, or set GITHUB_TOKEN",
        )
    address = urlsplit(api_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise SeeknalCiError(
            f"{api_url!r} is no address of an API",
            where="the action's input `api-url`",
            fix=f"use {API_URL}, or https://HOST/api/v3 on a server of your own",
        )
    try:
        from seeknal_ci.github.rest import RestPullRequests
    except ModuleNotFoundError as error:
        raise SeeknalCiError(
            "talking to GitHub needs PyGithub, which is not installed",
            fix='pip install "seeknal-ci[github]"',
        ) from error
    return RestPullRequests(repository, token.strip(), api_url.rstrip("/"), patience or Patience())
