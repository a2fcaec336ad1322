"""DuckDB's exceptions as `WarehouseError`: one sentence, what to do, and whether to try again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb

from seeknal_ci.errors import WarehouseError

LOCKED = "Could not set lock on file"
MESSAGE_CHARACTERS = 500

# The class says too little: an IOException is also a missing file, a TransactionException also
# a constraint. So a class is retriable only with the words that mean "somebody else was there".
_RETRIABLE: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.TransactionException, "conflict"),
    (duckdb.IOException, LOCKED.lower()),
)

_FIXES: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.ParserException, "correct the SQL"),
    (duckdb.SyntaxException, "correct the SQL"),
    (duckdb.CatalogException, "correct the name in the SQL, or add what it names"),
    (duckdb.BinderException, "correct the names and types in the SQL"),
    (duckdb.ConversionException, "correct the value or the type; TRY_CAST gives NULL instead"),
    (duckdb.OutOfRangeException, "use a type that holds the value"),
    (duckdb.ConstraintException, "correct the rows, or the constraint"),
    (
        duckdb.OutOfMemoryException,
        "run fewer nodes at once with --max-workers",
    ),
    (duckdb.ConnectionException, "this is a bug of seeknal-ci: please report it"),
    (duckdb.InterruptException, "run it again: finished builds are reused"),
    (duckdb.IOException, "check that the file is there, readable, and that the disk has room"),
    (duckdb.FatalException, "run it again; the file is as it was at the last commit"),
    (duckdb.InternalException, "this is a bug in DuckDB: run it again, or upgrade duckdb"),
)


def warehouse_error(error: duckdb.Error) -> WarehouseError:
    """Any DuckDB exception, its class kept as `error_class`."""
    retriable = is_retriable(error)
    fix = "run it again: something else was writing" if retriable else _fix(error)
    return WarehouseError(
        sentence(error), fix=fix, error_class=type(error).__name__, retriable=retriable
    )


def is_retriable(error: duckdb.Error) -> bool:
    """Whether the same statement may succeed when sent again."""
    text = str(error).lower()
    return any(isinstance(error, kind) and words in text for kind, words in _RETRIABLE)


def sentence(error: duckdb.Error) -> str:
    """What DuckDB says up to its first blank line: no drawing of the statement, no advice."""
    text = re.split(r"\n\s*\n|\n+LINE \d+:", str(error).strip())[0]
    text = re.sub(r"^[A-Za-z ]+ Error: ", "", text)
    return shortened(" ".join(text.split()))


def shortened(text: str, characters: int = MESSAGE_CHARACTERS) -> str:
    """At most so many characters, with an ellipsis where some are left out."""
    return text if len(text) <= characters else text[: characters - 1] + "…"


@contextmanager
def translated(
    explain: Callable[[duckdb.Error], WarehouseError] = warehouse_error,
) -> Iterator[None]:
    """Let only errors of ours out of the block."""
    try:
        yield
    except duckdb.Error as error:
        raise explain(error) from error
    except RuntimeError as error:
        # DuckDB 2.0 answers Ctrl-C during a query with this instead of KeyboardInterrupt.
        if str(error) == "Query interrupted":
            raise KeyboardInterrupt from error
        raise


def _fix(error: duckdb.Error) -> str:
    for kind, fix in _FIXES:
        if isinstance(error, kind):
            return fix
    return "correct the SQL or the file that DuckDB's message names"
