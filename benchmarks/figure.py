"""One measurement, as it is printed."""

from __future__ import annotations

from dataclasses import dataclass

RUNS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """Seconds, and those of the floor; `bound` is the ratio that the design asks for."""

    name: str
    seconds: float
    floor: float
    bound: float | None = None

    def __str__(self) -> str:
        asked = "" if self.bound is None else f"  (asked: ≤ {self.bound})"
        ratio = self.seconds / self.floor
        return f"{self.name:<52} {self.seconds:8.3f} s  {ratio:6.2f} times the floor{asked}"
