"""Names in SQL: always quoted, and cut so that every engine takes them."""

from __future__ import annotations

from seeknal_ci.errors import SeeknalCiError

# PostgreSQL cuts longer names silently; DuckDB has no limit.
NAME_BYTES = 63
BUILD_ID_DIGITS = 12


def quote(name: str) -> str:
    """A name as a delimited identifier, whatever is in it."""
    if not name or "\0" in name:
        raise SeeknalCiError(
            f"{name!r} cannot name anything in a database: it is empty or has a NUL in it",
            fix="give it another name",
        )
    return '"' + name.replace('"', '""') + '"'


def qualified(schema: str, name: str) -> str:
    """A name in a schema, both quoted."""
    return f"{quote(schema)}.{quote(name)}"


def table_name(kind: str, name: str, build_id: str) -> str:
    """The physical table of a build: at most 63 bytes of UTF-8, no character cut in two."""
    before, after = f"{kind}__", f"__{build_id[:BUILD_ID_DIGITS]}"
    room = NAME_BYTES - len(before.encode()) - len(after.encode())
    return before + name.encode()[:room].decode(errors="ignore") + after
