"""Which version of the project one side of a comparison is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison. `commit` is None for the index and the working tree."""

    ref: str
    commit: str | None
    dirty: bool = False
