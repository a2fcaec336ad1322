"""A session of PostgreSQL: how it is opened, and what it is told before anything else."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import Connection, Cursor, IsolationLevel
from psycopg.conninfo import conninfo_to_dict

from seeknal_ci.errors import SeeknalCiError, WarehouseError
from seeknal_ci.warehouse.identifiers import NAME_BYTES

# Seconds until a server that does not answer is given up; libpq would wait for minutes.
_CONNECT_TIMEOUT = 10
_NAME_TOO_LONG = "42622"

# What values look like must depend neither on the role nor on the machine.
_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
    # A notice tells that a name was cut.
    "client_min_messages": "notice",
    # The session that has an environment's lock does nothing else.
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}

Rows = Cursor[tuple[Any, ...]]


class Session(Connection[tuple[Any, ...]]):
    """A connection that commits each statement by itself, unless a transaction is begun."""

    cut: list[str]

    def ours(self, sql: str, *parameters: Any) -> Rows:
        """Send a statement of ours; placeholders are `%s`."""
        return self.execute(sql.encode(), parameters or None)

    def one(self, sql: str) -> Rows:
        """Send a statement that is made around somebody's query, and refuse it if it is two.

        Only PostgreSQL's extended protocol minds a second statement behind the first, and
        psycopg 3 uses it for whatever is fetched in binary form. Raises `WarehouseError` for a
        name that PostgreSQL cuts.
        """
        self.cut.clear()
        cursor = self.execute(sql.encode(), binary=True)
        if self.cut:
            raise WarehouseError(
                f"a name is longer than the {NAME_BYTES} bytes of PostgreSQL: {self.cut[0]}",
                fix="give it a shorter name",
                error_class=_NAME_TOO_LONG,
            )
        return cursor


def check_url(url: str, shown: str) -> None:
    """Raise if libpq does not understand the URL; the error does not quote it."""
    try:
        conninfo_to_dict(url)
    except psycopg.Error:
        # libpq quotes the part that it does not understand, which may be the password.
        raise SeeknalCiError(
            f"`{shown}` is no PostgreSQL URL",
            fix="write postgresql://user@host:5432/database, with %40 for an `@` in a password",
        ) from None


def connect(url: str, *, read_only: bool) -> Session:
    """A new session, set up like all others. Raises psycopg.Error."""
    session = Session.connect(
        url,
        autocommit=True,
        client_encoding="utf8",
        fallback_application_name=program(),
        **_timeout(url),
    )
    session.cut = []
    session.isolation_level = IsolationLevel.READ_COMMITTED
    for name, value in _SETTINGS.items():
        session.ours("SELECT set_config(%s, %s, false)", name, value)
    # The query of a process that was killed ends within a second, and lets go of its locks;
    # not every system can tell that the other side is gone.
    with suppress(psycopg.errors.InvalidParameterValue, psycopg.errors.UndefinedObject):
        session.ours("SET client_connection_check_interval = '1s'")
    if read_only:
        session.ours("SET default_transaction_read_only = on")

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        if notice.sqlstate == _NAME_TOO_LONG:
            session.cut.append(notice.message_primary or "")

    session.add_notice_handler(hear)
    return session


def program() -> str:
    """What others see of this process in pg_stat_activity, unless the URL says otherwise."""
    return f"seeknal-ci, PID {os.getpid()} on {socket.gethostname()}"[:NAME_BYTES]


def _timeout(url: str) -> dict[str, Any]:
    given = conninfo_to_dict(url)
    chosen = "connect_timeout" in given or "service" in given or "PGCONNECT_TIMEOUT" in os.environ
    return {} if chosen else {"connect_timeout": _CONNECT_TIMEOUT}
