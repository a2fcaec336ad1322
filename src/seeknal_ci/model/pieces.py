"""Which part of a text with its templates filled in was written where."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seeknal_ci.model.spec import SqlText

# A line and a column, both counted from 1.
Spot = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Snippet:
    """Text that a project names, to be put wherever a template says its name."""

    name: str
    text: SqlText

    @property
    def template(self) -> str:
        """How it is asked for: `{{ rules.paid }}`."""
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True, slots=True)
class Within:
    """Text of a snippet: it begins at `written` of the snippet's own text."""

    snippet: Snippet
    written: Spot
    # True where it all stands for a template of the snippet's, which is at `written`.
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Text from `start` up to the next piece, and where it begins in the text before filling."""

    start: Spot
    written: Spot
    # True where it all stands for a template, which is at `written`.
    fixed: bool = False
    within: Within | None = None

    def after(self, characters: int) -> Piece:
        """The piece, where so many characters are put before the first line."""
        line, column = self.start
        return replace(self, start=(line, column + characters)) if line == 1 else self


def piece_at(pieces: Sequence[Piece], line: int, column: int | None) -> Piece:
    """The piece that a line and column are in; the first of the line where no column is known."""
    index = bisect_right(pieces, (line, column or 1), key=lambda piece: piece.start)
    return pieces[max(index - 1, 0)]


def spot_of(
    start: Spot, written: Spot, fixed: bool, line: int, column: int | None
) -> tuple[int, int | None]:
    """Where a line and column were written, in a piece that begins at `start`."""
    if fixed:
        return written
    if line != start[0]:
        return written[0] + line - start[0], column
    return written[0], None if column is None else written[1] + column - start[1]
