"""Where the warehouse is: its URL, taken apart, and safe to print."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from seeknal_ci.errors import SeeknalCiError

POSTGRES = "postgres"
_FORMS = (
    "write duckdb:///warehouse.duckdb (a path in the project), "
    "duckdb:////data/warehouse.duckdb (an absolute path) "
    "or postgresql://user@host/database"
)
_SECRET = re.compile(
    r"(?i)([\w-]*(?:password|passwd|pwd|token|secret|key)[\w-]*\s*=\s*)(?:'(?:[^'\\]|\\.)*'|[^&\s]*)"
)


@dataclass(frozen=True, slots=True)
class Location:
    """A warehouse: its engine, its URL without passwords, and where it is: a file or a server."""

    engine: str
    shown: str
    path: Path | None = None
    url: str = field(default="", repr=False)


def parse(url: str, root: Path) -> Location:
    """Read a warehouse's URL; a relative path starts at `root`, the project."""
    shown = masked(url)
    scheme, separator, rest = url.partition("://")
    if not separator:
        raise SeeknalCiError(f"`{shown}` is no warehouse URL", fix=_FORMS)
    if scheme.lower() in ("postgresql", "postgres"):
        return Location(POSTGRES, shown, url=url)
    if scheme.lower() != "duckdb":
        raise SeeknalCiError(f"there is no warehouse of the kind `{scheme}`: {shown}", fix=_FORMS)
    if not rest.startswith("/") or rest == "/":
        raise SeeknalCiError(f"`{shown}` names no file after `duckdb:///`", fix=_FORMS)
    if rest.startswith("/:memory:"):
        raise SeeknalCiError(
            "a warehouse in memory forgets its environments when the program ends", fix=_FORMS
        )
    if "?" in rest or "#" in rest:
        raise SeeknalCiError(f"a DuckDB URL takes no options: {shown}", fix=_FORMS)
    return Location("duckdb", shown, path=root / rest[1:])


def masked(url: str) -> str:
    """The URL with passwords and tokens replaced by `***`."""
    scheme, separator, rest = url.partition("://") if "://" in url else ("", "", url)
    # A password may hold a bare `/` or `@`, so everything up to the last `@` is suspect.
    credentials, at, host = rest.rpartition("@")
    if at:
        user, colon, _ = credentials.partition(":")
        credentials = f"{user}:***" if colon else "***"
    return _SECRET.sub(r"\1***", f"{scheme}{separator}{credentials}{at}{host}")
