"""The environment and the payload of a run, as one frozen value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.github.event import MergeGroup, Push, api_url_from, read_context, token_from
from seeknal_ci.github.payload import PAYLOAD_BYTES
from tests.unit.github import runs

HOSTILE = (
    "feat/$(touch F)",
    "feat/`touch F`",
    'a"; touch F; "',
    "line\nbreak",
    "%0A::set-output name=x::y",
    "::error::hi",
    "<!-- seeknal-ci {} -->",
)


def test_a_pull_request(tmp_path: Path) -> None:
    context = read_context(runs.environ(tmp_path, "pull_request", runs.pull_request()))
    assert (context.event, context.action) == ("pull_request", "opened")
    assert (context.repository, context.default_branch) == ("team/pipeline", "main")
    assert context.run_url == "https://github.com/team/pipeline/actions/runs/17"
    assert (context.actor, context.sha, context.branch) == ("octocat", runs.HEAD, None)
    pull = context.pull_request
    assert pull is not None
    assert (pull.number, pull.head_sha, pull.base_sha) == (42, runs.HEAD, runs.BASE)
    assert (pull.head_repository, pull.is_fork) == ("team/pipeline", False)
    assert context.merge_group is None
    assert context.push is None


@pytest.mark.parametrize("repository", ["stranger/pipeline", None])
def test_a_fork_even_when_it_was_deleted(tmp_path: Path, repository: str | None) -> None:
    payload = runs.from_fork(repository=repository)
    pull = read_context(runs.environ(tmp_path, "pull_request", payload)).pull_request
    assert pull is not None
    assert pull.is_fork


def test_a_repository_in_other_letters_is_no_fork(tmp_path: Path) -> None:
    payload = runs.from_fork(repository="Team/Pipeline")
    pull = read_context(runs.environ(tmp_path, "pull_request", payload)).pull_request
    assert pull is not None
    assert not pull.is_fork


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_titles_and_branches_are_only_data(tmp_path: Path, text: str) -> None:
    head = {"sha": runs.HEAD, "ref": text, "repo": {"full_name": runs.REPOSITORY}}
    payload = runs.pull_request(title=text, head=head)
    pull = read_context(runs.environ(tmp_path, "pull_request", payload)).pull_request
    assert pull is not None
    assert (pull.title, pull.head_ref) == (text, text)


def test_a_merge_group(tmp_path: Path) -> None:
    context = read_context(runs.environ(tmp_path, "merge_group", runs.merge_group()))
    assert context.merge_group == MergeGroup(base_sha=runs.BASE, head_sha=runs.HEAD)


def test_a_push(tmp_path: Path) -> None:
    environ = runs.environ(tmp_path, "push", runs.push(), GITHUB_REF="refs/heads/main")
    context = read_context(environ)
    assert context.push == Push(before=runs.BASE, after=runs.HEAD)
    assert context.branch == "main"


def test_zeros_in_a_push_mean_that_there_was_nothing(tmp_path: Path) -> None:
    payload = runs.push(before=runs.ZEROS, after=runs.ZEROS)
    assert read_context(runs.environ(tmp_path, "push", payload)).push == Push(None, None)


def test_a_second_attempt_has_a_url_of_its_own(tmp_path: Path) -> None:
    environ = runs.environ(tmp_path, "push", runs.push(), GITHUB_RUN_ATTEMPT="2")
    url = "https://github.com/team/pipeline/actions/runs/17/attempts/2"
    assert read_context(environ).run_url == url


def test_only_the_presence_of_the_token_is_kept(tmp_path: Path) -> None:
    environ = runs.environ(tmp_path, "push", runs.push())
    context = read_context({**environ, "GITHUB_TOKEN": "ghs_secret"})
    assert context.has_token
    assert "ghs_secret" not in repr(context)
    assert not read_context({**environ, "GITHUB_TOKEN": " "}).has_token


def test_the_input_goes_before_the_runner() -> None:
    environ = {
        "SEEKNAL_CI_INPUT_GITHUB_TOKEN": "mine\n",
        "GITHUB_TOKEN": "runner's",
        "SEEKNAL_CI_INPUT_API_URL": "",
        "GITHUB_API_URL": "https://github.example/api/v3/",
    }
    assert token_from(environ) == "mine"
    assert api_url_from(environ) == "https://github.example/api/v3"
    assert api_url_from({}) == "https://api.github.com"


@pytest.mark.parametrize("missing", ["GITHUB_EVENT_NAME", "GITHUB_REPOSITORY"])
def test_outside_of_github_actions(tmp_path: Path, missing: str) -> None:
    environ = runs.environ(tmp_path, "push", runs.push())
    del environ[missing]
    with pytest.raises(SeeknalCiError, match=f"{missing} is not set") as caught:
        read_context(environ)
    assert "seeknal-ci diff" in caught.value.fix


@pytest.mark.parametrize("name", ["pipeline", "a/b/c", "a/../b", "a/b?c", "a b/c", "a/b\n"])
def test_a_repository_that_is_none(tmp_path: Path, name: str) -> None:
    environ = runs.environ(tmp_path, "push", runs.push(), GITHUB_REPOSITORY=name)
    with pytest.raises(SeeknalCiError, match="is no repository"):
        read_context(environ)


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ("{", "is not JSON"),
        pytest.param("[" * 200_000, "is not JSON", id="nested"),
        ("[]", "is not a JSON object"),
        ({}, "has no number at `pull_request.number`"),
        ({"pull_request": []}, "has no number at `pull_request.number`"),
        (runs.pull_request(number=True), "has no number at `pull_request.number`"),
        (runs.pull_request(head=None), "has no commit id at `pull_request.head.sha`"),
        (runs.pull_request(head={"sha": "main"}), "has no commit id at `pull_request.head.sha`"),
    ],
)
def test_a_malformed_payload(tmp_path: Path, payload: Any, says: str) -> None:
    environ = runs.environ(tmp_path, "pull_request", payload)
    with pytest.raises(SeeknalCiError) as caught:
        read_context(environ)
    assert caught.value.what == f"the event's payload {says}"
    assert caught.value.where == environ["GITHUB_EVENT_PATH"]


def test_a_payload_has_a_size_limit(tmp_path: Path) -> None:
    environ = runs.environ(tmp_path, "push", {})
    with Path(environ["GITHUB_EVENT_PATH"]).open("r+b") as file:
        file.truncate(PAYLOAD_BYTES + 1)
    with pytest.raises(SeeknalCiError, match="larger than"):
        read_context(environ)


def test_a_payload_that_is_not_there(tmp_path: Path) -> None:
    environ = runs.environ(tmp_path, "push", {})
    Path(environ["GITHUB_EVENT_PATH"]).unlink()
    with pytest.raises(SeeknalCiError, match="cannot be read: No such file"):
        read_context(environ)
