"""What all tests share: files of expected output, compared byte for byte."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Server, server

CASES = Path(__file__).parent / "cases"

Golden = Callable[[str, str], None]


def pytest_configure() -> None:
    """What runs in the background of a shell ignores Ctrl-C, and so would all that tests start."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-goldens",
        action="store_true",
        help="rewrite the files of expected output below tests/cases",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with the file at a path below tests/cases; line ends count."""

    def check(path: str, text: str) -> None:
        file = CASES / path
        if request.config.getoption("--update-goldens"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8"))
        assert file.exists(), f"{path} is missing: pytest --update-goldens writes it"
        assert text == file.read_bytes().decode("utf-8")

    return check


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server. That it cannot be started is a failure."""
    with server() as running:
        yield running


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The URL of a database of the test's own."""
    with postgres.database() as url:
        yield url
