"""What the readers of files share: a file with named columns, and what is wrong with it."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from seeknal_ci.errors import WarehouseError
from seeknal_ci.warehouse.duckdb_text import fold
from seeknal_ci.warehouse.identifiers import quote

# DuckDB's own class for a file or an option that it cannot use.
INVALID = "InvalidInputException"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A declared column with its type, and where in the file it is; None where it is not."""

    name: str
    type: str
    position: int | None


class Input(Protocol):
    """One file that DuckDB can read."""

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns in their order; none where the file does not say."""

    def everything(self) -> str:
        """A SELECT of all columns, with the types that the file has or DuckDB detects."""

    def chosen(self, columns: Sequence[Wanted]) -> str:
        """A SELECT of just these columns with these names and types."""


@dataclass(frozen=True, slots=True)
class NoRows:
    """A file without a row, nor a word about columns."""

    path: Path
    shown: str
    names: tuple[str, ...] = ()

    def everything(self) -> str:
        raise invalid(
            f"{self.shown} is empty, so nothing says what columns it has",
            fix="declare the source's columns, or put data into the file",
            where=self.shown,
        )

    def chosen(self, columns: Sequence[Wanted]) -> str:
        return f"SELECT {', '.join(null(column) for column in columns)} WHERE false"


def null(column: Wanted) -> str:
    """A declared column that a file does not have, as an item of a SELECT."""
    return f"CAST(NULL AS {column.type}) AS {quote(column.name)}"


def position(name: str, names: Sequence[str], shown: str) -> int | None:
    """Where in the file a declared column is: by its exact name, else whatever its case."""
    exact = [place for place, one in enumerate(names) if one == name]
    alike = [place for place, one in enumerate(names) if fold(one) == fold(name)]
    found = exact or alike
    if len(found) > 1:
        raise invalid(
            f"{shown} has {len(found)} columns called `{name}`",
            fix="give each column of the file a name of its own",
            where=shown,
        )
    return found[0] if found else None


def no_such_column(name: str, names: Sequence[str], shown: str) -> WarehouseError:
    """A declared column that the file does not have, with the name that comes nearest."""
    folded = {fold(one): one for one in reversed(names)}
    near = difflib.get_close_matches(fold(name), folded, n=1, cutoff=0.5)
    if near:
        fix = f"did you mean `{folded[near[0]]}`? Correct the declared column, or the file"
    else:
        fix = f"declare one of the file's columns: {', '.join(names[:20])}"
    return invalid(f"{shown} has no column `{name}`", fix=fix, where=shown)


def invalid(what: str, *, fix: str, where: str) -> WarehouseError:
    """A file or an option that cannot be used as it is."""
    return WarehouseError(what, fix=fix, error_class=INVALID, where=where)
