"""A small GitHub, and a client that does not wait for it longer than a test should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from seeknal_ci.github.client import Patience, PullRequests, connect
from tests.support.fake_github import FakeGitHub

QUICK = Patience(timeout=5, retries=3, backoff=0.01, rate_limit_wait=0.01, between_writes=0)


@pytest.fixture
def github() -> Iterator[FakeGitHub]:
    """One repository with an open pull request, number 7."""
    with FakeGitHub() as server:
        server.open_pull_request(7, head="a" * 40)
        yield server


@pytest.fixture
def pulls(github: FakeGitHub) -> PullRequests:
    """The repository as the action's own token sees it."""
    return connect(github.repository, token=github.token, api_url=github.url, patience=QUICK)
