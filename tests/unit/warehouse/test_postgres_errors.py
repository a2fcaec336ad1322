"""SQLSTATEs: which are tried again, and what is said about them."""

from __future__ import annotations

import psycopg
import pytest

from seeknal_ci.warehouse.postgres_errors import warehouse_error


@pytest.mark.parametrize(
    ("state", "retriable"),
    [
        ("42601", False),
        ("42P01", False),
        ("22P02", False),
        ("22012", False),
        ("23505", False),
        ("53200", False),
        ("53300", False),
        ("40001", True),
        ("40P01", True),
        ("55P03", True),
        ("57014", False),
        ("57P01", True),
        ("57P03", True),
        ("08006", True),
        ("0A000", False),
        ("2BP01", False),
        ("42501", False),
        ("XX000", False),
    ],
)
def test_only_what_may_pass_is_tried_again(state: str, retriable: bool) -> None:
    error = warehouse_error(psycopg.errors.lookup(state)("it failed"))

    assert (error.error_class, error.retriable) == (state, retriable)
    assert error.what == "it failed"
    assert error.fix


@pytest.mark.parametrize(
    ("text", "retriable"),
    [
        ("connection to server at host failed: Connection refused", True),
        ("server closed the connection unexpectedly", True),
        ("the database system is starting up", True),
        ('password authentication failed for user "ada"', False),
        ('database "nowhere" does not exist', False),
        ("could not translate host name", False),
        ("no pg_hba.conf entry for host", False),
        ("SSL error: certificate verify failed", False),
    ],
)
def test_a_connection_that_fails_has_no_state(text: str, retriable: bool) -> None:
    error = warehouse_error(psycopg.OperationalError(text))

    assert (error.error_class, error.retriable) == ("08000", retriable)


def test_a_long_message_is_cut_and_on_one_line() -> None:
    error = warehouse_error(psycopg.errors.SyntaxError("x\n " * 1000))

    assert len(error.what) == 500
    assert "\n" not in error.what
