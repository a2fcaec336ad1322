"""Where something stands in a file of the project."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Inside:
    """A piece of text that a template stands for: the template, and the place in the piece."""

    template: str
    place: Place


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file; the path is relative to the repository, lines count from 1.

    Where a template stands for what is spoken of, the place is the template's, and `inside` says
    where the text itself is written. It makes no place another one.
    """

    path: str
    line: int = 1
    column: int | None = None
    inside: Inside | None = field(default=None, compare=False, repr=False)

    def __lt__(self, other: Place) -> bool:
        """By path, line and column; a line as a whole comes before what stands in it."""
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, int]:
        return self.path, self.line, self.column or 0

    def __str__(self) -> str:
        tail = f":{self.column}" if self.column is not None else ""
        return f"{self.path}:{self.line}{tail}"
