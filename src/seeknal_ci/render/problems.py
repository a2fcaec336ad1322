"""What `validate` found: for people, for programs, and as marks on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seeknal_ci import __version__
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.render.annotations import problem_commands
from seeknal_ci.render.documents import Document, problem_document, to_json
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.wording import plural


def problems_as(problems: tuple[Problem, ...], nodes: int, output: str, *, color: bool) -> str:
    """The problems as text, JSON or workflow commands."""
    if output == "json":
        return to_json(_document(problems, nodes))
    if output == "github":
        return problem_commands(problems)
    palette = Palette(color)
    lines = [line for problem in problems for line in _lines(problem, palette)]
    return "\n".join([*lines, _total(problems, nodes, palette)]) + "\n"


def _document(problems: tuple[Problem, ...], nodes: int) -> Document:
    by_severity = {
        severity: [problem_document(p) for p in problems if p.severity is severity]
        for severity in Severity
    }
    return {
        "schema_version": 1,
        "tool_version": __version__,
        "nodes": nodes,
        "errors": by_severity[Severity.ERROR],
        "warnings": by_severity[Severity.WARNING],
    }


def _lines(problem: Problem, palette: Palette) -> Iterator[str]:
    paint = palette.bad if problem.severity is Severity.ERROR else palette.caution
    yield f"{paint(problem.severity.value)}: {terminal(problem.message)} [{problem.code}]"
    yield f"  at {terminal(str(problem.place))}"
    if problem.related is not None:
        yield f"  and {terminal(str(problem.related))}"
    yield f"  fix: {terminal(problem.fix)}"


def _total(problems: Iterable[Problem], nodes: int, palette: Palette) -> str:
    severities = [problem.severity for problem in problems]
    errors = severities.count(Severity.ERROR)
    warnings = severities.count(Severity.WARNING)
    found = f"{plural(nodes, 'node')}: {plural(errors, 'error')}, {plural(warnings, 'warning')}"
    return palette.bad(f"✗ {found}") if errors else palette.good(f"✓ {found}")
