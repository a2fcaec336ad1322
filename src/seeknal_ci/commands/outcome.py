"""How a command can end, and the error that tells every problem at once."""

from __future__ import annotations

from collections.abc import Iterable

from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.problem import Problem

DONE, FIXABLE, USAGE, GATE, BUG, INTERRUPTED = 0, 1, 2, 3, 70, 130


class ProblemsError(SeeknalCiError):
    """Everything that is wrong with a project, told at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        super().__init__(first.message, where=str(first.place), fix=first.fix)

    def __str__(self) -> str:
        errors = (
            SeeknalCiError(problem.message, where=str(problem.place), fix=problem.fix)
            for problem in self.problems
        )
        return "\n".join(str(error) for error in errors)
