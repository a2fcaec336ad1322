"""One comment on a pull request, whoever runs, how often, and at the same time."""

from __future__ import annotations

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.client import GitHubError, PullRequests
from seeknal_ci.github.comment import CommentStatus, Draft, publish
from seeknal_ci.model.marker import Marker, parse_marker
from tests.support.fake_github import FakeGitHub, StoredComment
from tests.support.fake_server import refusal

OLD, HEAD, NEW = "0" * 40, "a" * 40, "f" * 40
BOT = "github-actions[bot]"


def draft(
    text: str = "2 BREAKING", *, head: str = HEAD, name: str = "default", changes: bool = True
) -> Draft:
    """What a run for `head` has to say."""
    return Draft(
        body=f"{Marker(name, head, 'sha256:1')}\n{text}\n",
        smallest=f"{Marker(name, head, 'sha256:1', truncated=True)}\nshort\n",
        has_changes=changes,
    )


def texts(github: FakeGitHub) -> list[str]:
    """What the comments say, without their markers."""
    return [comment.body.split("\n", 1)[-1].strip() for comment in github.comments_on(7)]


def add(github: FakeGitHub, text: str, *, head: str = HEAD, author: str = BOT) -> StoredComment:
    """A comment that an earlier run left."""
    return github.add_comment(7, author, draft(text, head=head).body)


def test_the_comment_of_a_later_version_is_found(github: FakeGitHub, pulls: PullRequests) -> None:
    later = f'<!-- seeknal-ci {{"v":2,"id":"default","head":"{HEAD}","more":[]}} -->\r\nold'
    github.add_comment(7, BOT, later)
    assert publish(pulls, 7, draft()).status is CommentStatus.UPDATED
    assert texts(github) == ["2 BREAKING"]


def test_the_first_run_creates(github: FakeGitHub, pulls: PullRequests) -> None:
    published = publish(pulls, 7, draft())
    assert published.status is CommentStatus.CREATED
    assert published.url == "https://github.com/team/pipeline/pull/7#issuecomment-1001"
    assert texts(github) == ["2 BREAKING"]


def test_the_next_run_changes_it_in_place(github: FakeGitHub, pulls: PullRequests) -> None:
    first = publish(pulls, 7, draft(head=OLD))
    second = publish(pulls, 7, draft("1 BREAKING"))
    assert (second.status, second.url) == (CommentStatus.UPDATED, first.url)
    assert texts(github) == ["1 BREAKING"]


def test_equal_text_is_not_written(github: FakeGitHub, pulls: PullRequests) -> None:
    publish(pulls, 7, draft())
    # GitHub may give back line ends of its own.
    github.comments[0].body = github.comments[0].body.replace("\n", "\r\n").rstrip()
    github.log.clear()
    assert publish(pulls, 7, draft()).status is CommentStatus.UNCHANGED
    assert github.writes == ["POST /graphql"]


def test_no_comment_where_nothing_changed(github: FakeGitHub, pulls: PullRequests) -> None:
    published = publish(pulls, 7, draft("no changes", changes=False))
    assert (published.status, published.url) == (CommentStatus.SKIPPED_NO_CHANGES, None)
    assert [str(asked) for asked in github.log] == ["GET /repos/team/pipeline/issues/7/comments"]


def test_an_earlier_comment_turns_green(github: FakeGitHub, pulls: PullRequests) -> None:
    add(github, "2 BREAKING", head=OLD)
    published = publish(pulls, 7, draft("no changes", changes=False))
    assert published.status is CommentStatus.UPDATED
    assert texts(github) == ["no changes"]


def test_a_marker_that_somebody_copied_is_left_alone(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    add(github, "theirs", author="stranger")
    assert publish(pulls, 7, draft("ours")).status is CommentStatus.CREATED
    assert texts(github) == ["theirs", "ours"]


def test_each_project_has_its_own(github: FakeGitHub, pulls: PullRequests) -> None:
    publish(pulls, 7, draft("one", name="sales"))
    publish(pulls, 7, draft("two", name="market--ing"))
    publish(pulls, 7, draft("three", name="market--ing"))
    assert texts(github) == ["one", "three"]


def test_it_is_found_on_the_last_page(github: FakeGitHub, pulls: PullRequests) -> None:
    for index in range(150):
        github.add_comment(7, "someone", f"looks good {index}")
    add(github, "old", head=OLD)
    assert publish(pulls, 7, draft("new")).status is CommentStatus.UPDATED
    assert texts(github)[-1] == "new"


@pytest.mark.parametrize("is_app", [True, False])
def test_any_token_finds_its_own(github: FakeGitHub, pulls: PullRequests, is_app: bool) -> None:
    github.is_app, github.login = is_app, "our-app[bot]" if is_app else "octocat"
    publish(pulls, 7, draft("one"))
    publish(pulls, 7, draft("two"))
    assert texts(github) == ["two"]


def test_an_app_without_a_name_still_leaves_one(github: FakeGitHub, pulls: PullRequests) -> None:
    github.login, github.has_graphql = "our-app[bot]", False
    publish(pulls, 7, draft("one"))
    publish(pulls, 7, draft("two"))
    assert texts(github) == ["two"]


def test_duplicates_are_removed_and_the_oldest_stays(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    oldest = add(github, "one", head=OLD)
    add(github, "two", head=OLD)
    add(github, "theirs", author="stranger")
    published = publish(pulls, 7, draft("three"))
    assert published.status is CommentStatus.UPDATED
    assert published.url is not None
    assert published.url.endswith(str(oldest.id))
    assert texts(github) == ["three", "theirs"]


@pytest.mark.parametrize("lag", [0, 1])
def test_a_race_leaves_one(github: FakeGitHub, pulls: PullRequests, lag: int) -> None:
    github.lag = lag

    def other_run() -> None:
        add(github, "other run")

    github.race = other_run
    published = publish(pulls, 7, draft("this run"))
    assert published.status is CommentStatus.UPDATED
    assert texts(github) == ["this run"]


def test_a_race_with_a_newer_run_leaves_the_newer_text(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    def push_and_comment() -> None:
        github.open_pull_request(7, head=NEW)
        add(github, "newer run", head=NEW)

    github.race = push_and_comment
    assert publish(pulls, 7, draft("this run")).status is CommentStatus.SKIPPED_NEWER_HEAD
    assert texts(github) == ["newer run"]


def test_the_newer_text_moves_to_the_oldest_comment(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    github.open_pull_request(7, head=NEW)
    oldest = add(github, "older run", head=OLD)
    add(github, "newer run", head=NEW)
    assert publish(pulls, 7, draft()).status is CommentStatus.SKIPPED_NEWER_HEAD
    assert texts(github) == ["newer run"]
    assert github.comments[0].id == oldest.id


@pytest.mark.parametrize("head", [NEW, OLD])
def test_a_run_that_was_overtaken_touches_no_other_runs_comment(
    github: FakeGitHub, pulls: PullRequests, head: str
) -> None:
    github.open_pull_request(7, head=NEW)
    add(github, "another run", head=head)
    published = publish(pulls, 7, draft("this run"))
    assert published.status is CommentStatus.SKIPPED_NEWER_HEAD
    assert published.reason == "the pull request is at fffffff by now"
    assert texts(github) == ["another run"]


def test_a_second_run_for_the_same_head_may_write(github: FakeGitHub, pulls: PullRequests) -> None:
    github.open_pull_request(7, head=NEW)
    add(github, "first attempt")
    assert publish(pulls, 7, draft("second attempt")).status is CommentStatus.UPDATED


def test_a_duplicate_that_somebody_else_removes_is_no_error(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    add(github, "one")
    second = add(github, "two")

    class Overtaken:
        """The same pull requests, on which another run is a moment ahead."""

        comments, create, update = pulls.comments, pulls.create, pulls.update
        author, head = pulls.author, pulls.head

        def delete(self, comment_id: int) -> None:
            github.comments.remove(second)
            pulls.delete(comment_id)

    assert publish(Overtaken(), 7, draft("three")).status is CommentStatus.UPDATED
    assert texts(github) == ["three"]


def test_a_comment_that_was_removed_meanwhile_is_created(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    add(github, "one", head=OLD)

    class Overtaken:
        """The same pull requests, on which somebody removes the comment."""

        comments, create, delete = pulls.comments, pulls.create, pulls.delete
        author, head = pulls.author, pulls.head

        def update(self, comment_id: int, body: str) -> object:
            github.comments.clear()
            return pulls.update(comment_id, body)

    assert publish(Overtaken(), 7, draft("two")).status is CommentStatus.CREATED  # type: ignore[arg-type]
    assert texts(github) == ["two"]


def test_a_text_that_is_too_long_becomes_the_smallest(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    github.longest_body = 200
    assert publish(pulls, 7, draft("x" * 500)).status is CommentStatus.CREATED
    assert texts(github) == ["short"]
    assert publish(pulls, 7, draft("y" * 500)).status is CommentStatus.UNCHANGED
    assert publish(pulls, 7, draft("y" * 500, head=OLD)).status is CommentStatus.SKIPPED_NEWER_HEAD
    github.open_pull_request(7, head=OLD)
    assert publish(pulls, 7, draft("y" * 500, head=OLD)).status is CommentStatus.UPDATED
    marker = parse_marker(github.comments[0].body)
    assert marker is not None
    assert marker.truncated


def test_even_the_smallest_may_be_rejected(github: FakeGitHub, pulls: PullRequests) -> None:
    github.longest_body = 1
    published = publish(pulls, 7, draft())
    assert published.status is CommentStatus.SKIPPED_REJECTED
    assert published.reason is not None


def test_a_token_that_only_reads_is_no_failure(github: FakeGitHub, pulls: PullRequests) -> None:
    github.read_only = True
    published = publish(pulls, 7, draft())
    assert published.status is CommentStatus.SKIPPED_NOT_PERMITTED
    assert published.reason is not None
    assert "Resource not accessible by integration" in published.reason


def test_a_creation_whose_answer_was_lost_leaves_one(
    github: FakeGitHub, pulls: PullRequests
) -> None:
    github.lost_answers = 2
    publish(pulls, 7, draft())
    assert texts(github) == ["2 BREAKING"]
    assert [write.split()[0] for write in github.writes] == ["POST"] * 3 + ["DELETE"] * 2


def test_a_github_that_is_down_is_an_error(github: FakeGitHub, pulls: PullRequests) -> None:
    github.failures = [refusal(502, "")] * 20
    with pytest.raises(GitHubError):
        publish(pulls, 7, draft())


def test_a_draft_without_its_marker_is_refused(github: FakeGitHub, pulls: PullRequests) -> None:
    lost = Draft(body="# Report", smallest=draft().smallest, has_changes=True)
    with pytest.raises(SeeknalCiError, match="lost its marker"):
        publish(pulls, 7, lost)
    assert github.log == []
