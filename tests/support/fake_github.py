"""A small GitHub: pull requests, their comments, and the ways in which the real one says no.

    with FakeGitHub() as github:
        github.open_pull_request(7, head="a" * 40)
        ...connect(github.repository, token=github.token, api_url=github.url)
        assert [c.body for c in github.comments_on(7)] == [...]

It answers over HTTP, so that a real client is what is tested, and keeps a log of every request.
Fields follow GitHub's OpenAPI description of an issue comment (2022-11-28).
"""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from tests.support.fake_server import Answer, Asked, handler, refusal

TIME = "2026-01-01T00:00:00Z"
NOT_ACCESSIBLE = "Resource not accessible by integration"
SECONDARY_LIMIT = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(slots=True)
class StoredComment:
    """A comment as the server keeps it."""

    id: int
    number: int
    author: str
    body: str


class FakeGitHub:
    """One repository. Attributes are switches: set them before, or between, requests."""

    repository = "team/pipeline"
    token = "ghs_onlyForTests"  # noqa: S105

    def __init__(self, *, login: str = "github-actions[bot]", is_app: bool = True) -> None:
        self.login = login
        # The token of an app gets 403 from GET /user; GraphQL tells it its name.
        self.is_app = is_app
        self.has_graphql = True
        self.read_only = False
        self.longest_body = 65_536
        # Answered once each, in order, before anything else is looked at.
        self.failures: list[Answer] = []
        # So many lists after a creation still leave the new comment out.
        self.lag = 0
        # So many comments are created although the answer is 502.
        self.lost_answers = 0
        # Runs once, just before a comment is created: what another job does in the meantime.
        self.race: Callable[[], None] | None = None
        self.log: list[Asked] = []
        self.heads: dict[int, str] = {}
        self.comments: list[StoredComment] = []
        self._ids = itertools.count(1001)
        self._hidden: dict[int, int] = {}
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self.answer))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The address of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def open_pull_request(self, number: int, head: str) -> None:
        """Open one, or move its branch."""
        self.heads[number] = head

    def add_comment(self, number: int, author: str, body: str) -> StoredComment:
        """A comment that was there before, by anybody."""
        comment = StoredComment(next(self._ids), number, author, body)
        self.comments.append(comment)
        return comment

    def comments_on(self, number: int) -> list[StoredComment]:
        """The comments of a pull request, the oldest first."""
        return [comment for comment in self.comments if comment.number == number]

    @property
    def writes(self) -> list[str]:
        """The requests that changed something, as `POST /repos/…`."""
        return [str(asked) for asked in self.log if asked.method not in ("GET", "HEAD")]

    def answer(self, asked: Asked) -> Answer:
        """What the server says to a request."""
        with self._lock:
            self.log.append(asked)
            if self.failures:
                return self.failures.pop(0)
            if asked.authorization not in (f"token {self.token}", f"Bearer {self.token}"):
                return refusal(401, "Bad credentials")
            for method, pattern, route in ROUTES:
                found = re.fullmatch(pattern, asked.path)
                if found and method == asked.method:
                    return route(self, asked, *(int(text) for text in found.groups()))
            return refusal(404, "Not Found")

    def _user(self, asked: Asked) -> Answer:
        return refusal(403, NOT_ACCESSIBLE) if self.is_app else Answer(200, _user(self.login))

    def _graphql(self, asked: Asked) -> Answer:
        if not self.has_graphql or "viewer" not in str(asked.body):
            return refusal(404, "Not Found")
        return Answer(200, {"data": {"viewer": {"login": self.login}}})

    def _pull_request(self, asked: Asked, number: int) -> Answer:
        if number not in self.heads:
            return refusal(404, "Not Found")
        return Answer(200, {"number": number, "head": {"sha": self.heads[number]}})

    def _list(self, asked: Asked, number: int) -> Answer:
        if number not in self.heads:
            return refusal(404, "Not Found")
        visible = [c for c in self.comments_on(number) if not self._still_hidden(c)]
        size = min(int(asked.query.get("per_page", "30")), 100)
        page = int(asked.query.get("page", "1"))
        shown = visible[(page - 1) * size : page * size]
        headers = {}
        if page * size < len(visible):
            url = f"{self.url}{asked.path}?per_page={size}&page={page + 1}"
            headers["Link"] = f'<{url}>; rel="next"'
        return Answer(200, [self.as_json(comment) for comment in shown], headers)

    def _still_hidden(self, comment: StoredComment) -> bool:
        left = self._hidden.get(comment.id, 0)
        self._hidden[comment.id] = max(0, left - 1)
        return left > 0

    def _create(self, asked: Asked, number: int) -> Answer:
        if self.race is not None:
            race, self.race = self.race, None
            race()
        refused = self._refused(asked)
        if refused or number not in self.heads:
            return refused or refusal(404, "Not Found")
        comment = self.add_comment(number, self.login, asked.body["body"])
        self._hidden[comment.id] = self.lag
        if self.lost_answers:
            self.lost_answers -= 1
            return refusal(502, "Bad Gateway")
        return Answer(201, self.as_json(comment))

    def _update(self, asked: Asked, comment_id: int) -> Answer:
        comment = self._one(comment_id)
        refused = self._refused(asked, comment)
        if refused or comment is None:
            return refused or refusal(404, "Not Found")
        comment.body = asked.body["body"]
        return Answer(200, self.as_json(comment))

    def _delete(self, asked: Asked, comment_id: int) -> Answer:
        comment = self._one(comment_id)
        refused = self._refused(asked, comment)
        if refused or comment is None:
            return refused or refusal(404, "Not Found")
        self.comments.remove(comment)
        return Answer(204)

    def _one(self, comment_id: int) -> StoredComment | None:
        return next((c for c in self.comments if c.id == comment_id), None)

    def _refused(self, asked: Asked, comment: StoredComment | None = None) -> Answer | None:
        if self.read_only or (comment is not None and comment.author != self.login):
            return refusal(403, NOT_ACCESSIBLE)
        if asked.body is not None and len(asked.body["body"]) > self.longest_body:
            return refusal(422, "Validation Failed")
        return None

    def as_json(self, comment: StoredComment) -> dict[str, Any]:
        """A comment as the API shows it."""
        api = f"{self.url}/repos/{self.repository}/issues"
        page = f"https://github.com/{self.repository}/pull/{comment.number}"
        return {
            "id": comment.id,
            "node_id": f"IC_{comment.id}",
            "url": f"{api}/comments/{comment.id}",
            "html_url": f"{page}#issuecomment-{comment.id}",
            "issue_url": f"{api}/{comment.number}",
            "body": comment.body,
            "user": _user(comment.author) if comment.author else None,
            "author_association": "NONE",
            "created_at": TIME,
            "updated_at": TIME,
        }


_PULLS = re.escape(f"/repos/{FakeGitHub.repository}/pulls")
_ISSUES = re.escape(f"/repos/{FakeGitHub.repository}/issues")
ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", "/user", FakeGitHub._user),
    ("POST", "/graphql", FakeGitHub._graphql),
    ("GET", _PULLS + r"/(\d+)", FakeGitHub._pull_request),
    ("GET", _ISSUES + r"/(\d+)/comments", FakeGitHub._list),
    ("POST", _ISSUES + r"/(\d+)/comments", FakeGitHub._create),
    ("PATCH", _ISSUES + r"/comments/(\d+)", FakeGitHub._update),
    ("DELETE", _ISSUES + r"/comments/(\d+)", FakeGitHub._delete),
)


def _user(login: str) -> dict[str, Any]:
    url = f"https://api.github.com/users/{quote(login)}"
    lists = ("followers", "following", "gists", "starred", "subscriptions", "organizations")
    return {
        "login": login,
        "id": 1,
        "node_id": "U_1",
        "avatar_url": f"{url}.png",
        "gravatar_id": "",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "site_admin": False,
        "url": url,
        "html_url": f"https://github.com/{quote(login)}",
        **{f"{name}_url": f"{url}/{name}" for name in lists},
        **{f"{name}_url": f"{url}/{name}" for name in ("repos", "events", "received_events")},
    }
