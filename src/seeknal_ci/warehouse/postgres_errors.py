"""psycopg's exceptions as `WarehouseError`: one sentence, what to do, and whether to try again.

`error_class` is the SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.duckdb_errors import shortened

LOCK_NOT_AVAILABLE = "55P03"
# What a connection without a SQLSTATE fails with: libpq does not hand it on.
NO_CONNECTION = "08000"

# Serialization, deadlock, lock timeout; connections that broke, and servers that went away.
_RETRIABLE = ("40001", "40P01", LOCK_NOT_AVAILABLE, "57P", "08")
# Of errors without a SQLSTATE, those that the next attempt meets again.
_LASTING = (
    "authentication failed",
    "no password supplied",
    "does not exist",
    "no pg_hba.conf entry",
    "certificate",
    "SSL",
    "could not translate host name",
    "is not permitted to log in",
    "permission denied",
)

# The first prefix that fits has the fix.
_FIXES: tuple[tuple[str, str], ...] = (
    ("0A", "write it in another way: PostgreSQL has no such feature"),
    ("08", "check that the server runs, and the host and port in `warehouse:`"),
    ("22012", "divide by nullif(…, 0), which gives NULL instead"),
    ("22021", "remove the character from the text: PostgreSQL cannot hold it"),
    ("22", "correct the value or the type"),
    ("23", "correct the rows, or the constraint"),
    ("25006", "open the warehouse for writing"),
    ("28", "correct the user and the password in `warehouse:`"),
    ("2BP01", "drop what depends on it, or let its owner do so"),
    ("3D", "create the database, or correct its name in `warehouse:`"),
    ("42501", "let the owner of the database grant that to this user"),
    ("42601", "correct the SQL"),
    ("42622", "give it a name of at most 63 bytes"),
    ("428", "correct the types in the SQL, with CAST where they are not alike"),
    ("42883", "correct the function or the types of its arguments: PostgreSQL has none such"),
    ("42P22", "name a collation in the SQL, as in COLLATE pg_catalog.default"),
    ("42", "correct the names and types in the SQL"),
    ("53100", "make room on the server's disk"),
    ("53200", "run fewer nodes at once with --max-workers"),
    ("53300", "run fewer nodes at once with --max-workers, or let the server take more sessions"),
    ("54", "make the query smaller: split it into several nodes"),
    ("57014", "run it again: finished builds are reused"),
    ("57P", "run it again: finished builds are reused"),
)
_OTHERWISE = "see what the server's log says about it"


def warehouse_error(error: psycopg.Error) -> WarehouseError:
    """Any error of PostgreSQL or of the way to it."""
    state = error.sqlstate or (NO_CONNECTION if _is_of_connection(error) else "")
    retriable = is_retriable(error)
    fix = next((fix for prefix, fix in _FIXES if state.startswith(prefix)), _OTHERWISE)
    if retriable and state.startswith(("40", "55")):
        fix = "run it again: something else was writing"
    return WarehouseError(
        sentence(error), fix=fix, error_class=state or type(error).__name__, retriable=retriable
    )


def is_retriable(error: psycopg.Error) -> bool:
    """Whether the same statement may succeed when sent again."""
    if error.sqlstate is not None:
        return error.sqlstate.startswith(_RETRIABLE)
    return _is_of_connection(error) and not any(words in str(error) for words in _LASTING)


def sentence(error: psycopg.Error) -> str:
    """What PostgreSQL says first: no drawing of the statement, no details of rows."""
    text = error.diag.message_primary or str(error)
    return shortened(" ".join(text.split()) or type(error).__name__)


@contextmanager
def translated(
    explain: Callable[[psycopg.Error], WarehouseError] = warehouse_error,
) -> Iterator[None]:
    """Let only errors of ours out of the block."""
    try:
        yield
    except psycopg.Error as error:
        raise explain(error) from error


def _is_of_connection(error: psycopg.Error) -> bool:
    return error.sqlstate is None and isinstance(error, psycopg.OperationalError)
