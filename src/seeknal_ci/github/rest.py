"""Pull requests through PyGithub; the only module that imports it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from github import Auth, Github
from github.GithubException import GithubException, RateLimitExceededException
from github.GithubRetry import GithubRetry
from requests.exceptions import RequestException, RetryError
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.util import Retry

from seeknal_ci.github.client import (
    BUILT_IN_AUTHOR,
    Comment,
    CommentRejected,
    GitHubError,
    NotFound,
    NotPermitted,
    Patience,
)

PER_PAGE = 100
RETRIED = (429, 502, 503, 504)
# A job that waits longer than this for a rate limit costs more than the comment is worth.
LONGEST_WAIT = 120.0
LATER = "run the job again in a few minutes"


class BoundedRetry(GithubRetry):
    """Waits as GitHub asks, and gives up at once where that would be too long.

    urllib3 alone would sleep through a Retry-After of hours (2.8 allows six).
    """

    def increment(  # type: ignore[override]  # as PyGithub's own, which returns a Retry
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Retry:
        """The retry that comes next; raises GithubException where there is none."""
        asked = self.get_retry_after(response) if response is not None else None
        following = super().increment(method, url, response, error, _pool, _stacktrace)  # type: ignore[arg-type]
        if (asked or following.get_backoff_time()) > LONGEST_WAIT:
            raise RateLimitExceededException(429, message="the wait it asks for is too long")
        return following


class RestPullRequests:
    """`PullRequests` by GitHub's REST API: one request a call, and one a page.

    Requests go through PyGithub's requester and not through its objects, which fetch what they
    lack on their own and hand on whatever the server sent.
    """

    def __init__(self, repository: str, token: str, api_url: str, patience: Patience) -> None:
        client = Github(
            auth=Auth.Token(token),
            base_url=api_url,
            timeout=patience.timeout,
            user_agent="seeknal-ci",
            seconds_between_requests=None,
            seconds_between_writes=patience.between_writes,
            retry=BoundedRetry(
                total=patience.retries,
                backoff_factor=patience.backoff,
                secondary_rate_wait=patience.rate_limit_wait,
                status_forcelist=list(RETRIED),
                # A POST that is sent twice leaves a duplicate, which `publish` removes.
                allowed_methods=("GET", "POST", "PATCH", "DELETE"),
            ),
        )
        self._requester = client.requester
        self._repository = f"/repos/{repository}"

    def comments(self, number: int) -> tuple[Comment, ...]:
        """Every comment on a pull request, of all pages."""
        url = f"{self._repository}/issues/{number}/comments"
        found: list[Comment] = []
        page, more = 1, True
        while more:
            headers, answer = self._ask("GET", url, page=page)
            if not isinstance(answer, list):
                raise _unexpected()
            found.extend(_comment(item) for item in answer)
            page, more = page + 1, 'rel="next"' in str(headers.get("link", ""))
        return tuple(found)

    def create(self, number: int, body: str) -> Comment:
        """A new comment."""
        url = f"{self._repository}/issues/{number}/comments"
        return _comment(self._ask("POST", url, body=body)[1])

    def update(self, comment_id: int, body: str) -> Comment:
        """The comment with another text."""
        url = f"{self._repository}/issues/comments/{comment_id}"
        return _comment(self._ask("PATCH", url, body=body)[1])

    def delete(self, comment_id: int) -> None:
        """Remove a comment."""
        self._ask("DELETE", f"{self._repository}/issues/comments/{comment_id}")

    def author(self) -> str:
        """The login that the token writes comments as.

        The token of an app, which GITHUB_TOKEN is too, may not ask `GET /user`; GraphQL tells
        it its name.
        """
        try:
            return _text(self._ask("GET", "/user")[1], "login")
        except NotPermitted:
            return self._app()

    def head(self, number: int) -> str:
        """The commit that the pull request's branch is at now."""
        answer = self._ask("GET", f"{self._repository}/pulls/{number}")[1]
        return _text(answer, "head", "sha")

    def _app(self) -> str:
        try:
            with _explained("POST", "/graphql"):
                answer = self._requester.graphql_query("query { viewer { login } }", {})[1]
        except GitHubError as error:
            if error.status not in (400, 403, 404):
                raise
            return BUILT_IN_AUTHOR
        return _text(answer, "data", "viewer", "login")

    def _ask(
        self, verb: str, url: str, *, page: int | None = None, body: str | None = None
    ) -> tuple[Mapping[str, Any], Any]:
        parameters = {} if page is None else {"per_page": PER_PAGE, "page": page}
        with _explained(verb, url):
            return self._requester.requestJsonAndCheck(
                verb, url, parameters=parameters, input=None if body is None else {"body": body}
            )


@contextmanager
def _explained(verb: str, url: str) -> Iterator[None]:
    """Turn what PyGithub raises into errors of ours.

    Of an exception of requests only the kind is told: `InvalidHeader` quotes the header, and
    with it the token.
    """
    try:
        yield
    except GithubException as error:
        raise _explain(f"{verb} {url}", error) from None
    except RetryError:
        raise GitHubError(
            f"GitHub kept refusing {verb} {url}: it is down, or limits the rate of requests",
            fix=LATER,
        ) from None
    except RequestException as error:
        raise GitHubError(
            f"GitHub could not be asked ({type(error).__name__}): {verb} {url}",
            fix="check the input `api-url` and the runner's network, and run the job again",
        ) from None
    except (RuntimeError, ValueError) as error:
        # PyGithub follows a redirect only to the same host, and parses what looks like JSON.
        raise _unexpected() from error


def _explain(request: str, error: GithubException) -> GitHubError:
    status = error.status
    said = " ".join(str(error.message or "no reason given").split())[:200]
    if isinstance(error, RateLimitExceededException) or status == 429:
        return GitHubError(f"GitHub limits the rate of requests: {said}", fix=LATER, status=status)
    if status == 401:
        fix = "pass a token that is valid: `github-token: ${{ github.token }}`"
        return GitHubError(f"GitHub does not know the token: {said}", fix=fix, status=status)
    if status == 403:
        fix = "give the job `permissions: {contents: read, pull-requests: write}`"
        return NotPermitted(f"GitHub refused {request}: {said}", fix=fix, status=status)
    if status == 404:
        fix = "check the repository and the number, and that the token may read pull requests"
        return NotFound(f"GitHub knows nothing at {request}", fix=fix, status=status)
    if status == 422:
        fix = "shorten the comment's template"
        return CommentRejected(f"GitHub rejected {request}: {said}", fix=fix, status=status)
    return GitHubError(f"GitHub answered {status} to {request}: {said}", fix=LATER, status=status)


def _unexpected() -> GitHubError:
    return GitHubError(
        "what answered is not GitHub's API",
        fix="check the input `api-url`: https://api.github.com, or https://HOST/api/v3",
    )


def _comment(answer: object) -> Comment:
    found = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(answer, dict) or not isinstance(found, int):
        raise _unexpected()
    # GitHub has no user for a comment whose author's account is gone.
    user = answer.get("user")
    author = user.get("login") if isinstance(user, dict) else None
    return Comment(
        id=found,
        author=str(author or ""),
        body=str(answer.get("body") or ""),
        url=str(answer.get("html_url") or ""),
    )


def _text(answer: object, *keys: str) -> str:
    for key in keys:
        answer = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(answer, str):
        raise _unexpected()
    return answer
