"""Where something stands in a file of the project."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a file; the path is relative to the repository, lines count from 1."""

    path: str
    line: int = 1
    column: int | None = None

    def __str__(self) -> str:
        tail = f":{self.column}" if self.column is not None else ""
        return f"{self.path}:{self.line}{tail}"
