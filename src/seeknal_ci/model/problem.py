"""What is wrong with a manifest: a value, so that all problems can be reported at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from seeknal_ci.model.place import Place


class Severity(StrEnum):
    """An error stops what depends on the node; a warning stops nothing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to repair: what is wrong, where, and how. `node` is its node id if one is known."""

    place: Place
    code: str
    message: str
    fix: str
    node: str | None = None
    severity: Severity = Severity.ERROR
    # Where the problem is explained by a second place, as with two definitions of one node.
    related: Place | None = None

    def __post_init__(self) -> None:
        """A problem of what a template stands for names the template, and where it is defined."""
        inside = self.place.inside
        if inside is not None and self.related is None:
            told = f"{self.message}, in `{inside.template}` from {inside.place}"
            object.__setattr__(self, "message", told)
            object.__setattr__(self, "related", inside.place)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem once, by place."""
    return tuple(sorted(set(problems), key=_key))


def _key(problem: Problem) -> tuple[str, int, int, str, str]:
    place = problem.place
    return (place.path, place.line, place.column or 0, problem.code, problem.message)
