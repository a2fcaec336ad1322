"""The real client against a small GitHub: requests, retries, refusals."""

from __future__ import annotations

import subprocess
import sys

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.client import (
    CommentRejected,
    GitHubError,
    NotFound,
    NotPermitted,
    Patience,
    PullRequests,
    connect,
)
from tests.support.fake_github import NOT_ACCESSIBLE, SECONDARY_LIMIT, FakeGitHub
from tests.support.fake_server import Answer, refusal
from tests.unit.github.conftest import QUICK

LIST = "GET /repos/team/pipeline/issues/7/comments"
CREATE = "POST /repos/team/pipeline/issues/7/comments"


def test_a_comment_is_created_read_changed_and_removed(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    created = pulls.create(7, "**one** é `\u2028`")
    assert created.author == "github-actions[bot]"
    assert created.url == f"https://github.com/team/pipeline/pull/7#issuecomment-{created.id}"
    assert pulls.comments(7) == (created,)
    assert pulls.update(created.id, "two").body == "two"
    pulls.delete(created.id)
    assert github.comments_on(7) == []
    path = f"/repos/team/pipeline/issues/comments/{created.id}"
    # One request a call: nothing is fetched on the side.
    expected = [CREATE, LIST, f"PATCH {path}", f"DELETE {path}"]
    assert [str(asked) for asked in github.log] == expected


def test_all_pages_are_read(github: FakeGitHub, pulls: PullRequests) -> None:
    for index in range(205):
        github.add_comment(7, "someone", str(index))
    assert [comment.body for comment in pulls.comments(7)] == [str(i) for i in range(205)]
    assert [asked.query["page"] for asked in github.log] == ["1", "2", "3"]


def test_a_comment_of_an_account_that_is_gone(github: FakeGitHub, pulls: PullRequests) -> None:
    github.add_comment(7, "", "old")
    assert pulls.comments(7)[0].author == ""


def test_the_head_is_asked_for(github: FakeGitHub, pulls: PullRequests) -> None:
    github.open_pull_request(7, head="c" * 40)
    assert pulls.head(7) == "c" * 40


@pytest.mark.parametrize(
    ("is_app", "has_graphql", "login", "author"),
    [
        (False, True, "octocat", "octocat"),
        (True, True, "github-actions[bot]", "github-actions[bot]"),
        (True, True, "our-app[bot]", "our-app[bot]"),
        (True, False, "github-actions[bot]", "github-actions[bot]"),
    ],
)
def test_the_author_is_who_the_token_writes_as(
    github: FakeGitHub,
    pulls: PullRequests,
    is_app: bool,
    has_graphql: bool,
    login: str,
    author: str,
) -> None:
    github.is_app, github.has_graphql, github.login = is_app, has_graphql, login
    assert pulls.author() == author


@pytest.mark.parametrize(
    "failure",
    [
        refusal(502, "Bad Gateway"),
        Answer(502, "<html>Unicorn!</html>"),
        refusal(503, "Service Unavailable"),
        refusal(429, "Too Many Requests", Retry_After="1"),
        refusal(403, SECONDARY_LIMIT),
        refusal(403, SECONDARY_LIMIT, Retry_After="0"),
    ],
)
def test_what_passes_is_waited_for(
    github: FakeGitHub, pulls: PullRequests, failure: Answer
) -> None:
    github.failures = [failure]
    assert pulls.create(7, "x").body == "x"
    assert [str(asked) for asked in github.log] == [CREATE, CREATE]


def test_every_verb_is_repeated(github: FakeGitHub, pulls: PullRequests) -> None:
    comment = pulls.create(7, "x")
    github.failures = [refusal(502, "")]
    pulls.update(comment.id, "y")
    github.failures = [refusal(502, "")]
    pulls.delete(comment.id)
    github.failures = [refusal(502, "")]
    assert pulls.comments(7) == ()


@pytest.mark.parametrize("status", [429, 502, 503])
def test_waiting_has_an_end(github: FakeGitHub, pulls: PullRequests, status: int) -> None:
    github.failures = [refusal(status, "later")] * 10
    with pytest.raises(GitHubError, match="kept refusing"):
        pulls.comments(7)
    assert len(github.log) == 1 + QUICK.retries


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_wait_of_an_hour_is_not_worth_it(
    github: FakeGitHub, pulls: PullRequests, status: int
) -> None:
    github.failures = [refusal(status, SECONDARY_LIMIT, Retry_After="3600")]
    with pytest.raises(GitHubError, match="limits the rate of requests"):
        pulls.comments(7)
    assert len(github.log) == 1


def test_a_rate_limit_of_the_hour_is_no_lack_of_permission(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    reset = {"X_RateLimit_Reset": "99999999999", "X_RateLimit_Remaining": "0"}
    github.failures = [refusal(403, "API rate limit exceeded for installation ID 1.", **reset)]
    with pytest.raises(GitHubError, match="limits the rate") as caught:
        pulls.comments(7)
    assert not isinstance(caught.value, NotPermitted)


def test_a_token_that_only_reads(github: FakeGitHub, pulls: PullRequests) -> None:
    github.read_only = True
    with pytest.raises(NotPermitted, match=NOT_ACCESSIBLE) as caught:
        pulls.create(7, "x")
    assert "pull-requests: write" in caught.value.fix
    assert github.writes == [CREATE]


def test_a_text_that_github_does_not_take(github: FakeGitHub, pulls: PullRequests) -> None:
    with pytest.raises(CommentRejected, match="Validation Failed"):
        pulls.create(7, "x" * 65_537)
    comment = pulls.create(7, "x" * 65_536)
    with pytest.raises(CommentRejected):
        pulls.update(comment.id, "x" * 65_537)


def test_what_is_not_there(pulls: PullRequests) -> None:
    with pytest.raises(NotFound):
        pulls.comments(8)
    with pytest.raises(NotFound):
        pulls.delete(5)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, "<html>Sign in</html>"),
        Answer(200, {"message": "hello"}),
        Answer(200, "{"),
        Answer(200, [{"body": "no id"}]),
        Answer(301, None, {"Location": "https://github.com/elsewhere"}),
    ],
)
def test_an_address_that_is_no_api(github: FakeGitHub, pulls: PullRequests, answer: Answer) -> None:
    github.failures = [answer]
    with pytest.raises(GitHubError, match="not GitHub's API") as caught:
        pulls.comments(7)
    assert "api-url" in caught.value.fix


@pytest.mark.parametrize("url", ["", "github", "file:///etc/passwd", "https://", "ssh://x"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(SeeknalCiError, match="no address of an API"):
        connect("team/pipeline", token="x", api_url=url)  # noqa: S106


def test_nobody_at_the_address(github: FakeGitHub) -> None:
    quick = Patience(timeout=1, retries=1, backoff=0)
    url = "http://127.0.0.1:9"
    pulls = connect("team/pipeline", token=github.token, api_url=url, patience=quick)
    with pytest.raises(GitHubError, match="could not be asked \\(ConnectionError\\)"):
        pulls.comments(7)


@pytest.mark.parametrize("token", ["ghs_wrong", "ghs_line\nbreak", "ghs_ünïcode"])
def test_a_token_is_in_no_message(github: FakeGitHub, token: str) -> None:
    pulls = connect(github.repository, token=token, api_url=github.url, patience=QUICK)
    with pytest.raises(GitHubError) as caught:
        pulls.comments(7)
    assert "ghs_" not in f"{caught.value} {caught.value!r}"
    assert "ghs_" not in repr(pulls)


def test_no_token() -> None:
    with pytest.raises(SeeknalCiError, match="no token") as caught:
        connect("team/pipeline", token=" ")  # noqa: S106
    assert "github-token" in caught.value.fix


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "seeknal_ci.github.rest", raising=False)
    monkeypatch.setitem(sys.modules, "github", None)
    with pytest.raises(SeeknalCiError, match="needs PyGithub") as caught:
        connect("team/pipeline", token="x")  # noqa: S106
    assert caught.value.fix == 'pip install "seeknal-ci[github]"'


def test_pygithub_is_loaded_only_to_connect() -> None:
    code = (
        "import sys; from seeknal_ci.github import comment, event, inputs, outputs, route; "
        "print(sorted({'github', 'requests', 'urllib3'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
