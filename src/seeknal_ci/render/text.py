"""A comparison and a plan as text for a terminal, in the shape that Seeknal's users know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import TYPE_CHECKING

from seeknal_ci.model.category import Category
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.report import (
    ChangeKind,
    ClassifiedChange,
    Downstream,
    Finding,
    Impact,
    Report,
)
from seeknal_ci.model.side import Side
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.headline import headline
from seeknal_ci.render.palette import Palette
from seeknal_ci.render.wording import overlap_text, place_text, plural, short

if TYPE_CHECKING:
    from seeknal_ci.model.data_diff import DataDiff
    from seeknal_ci.model.plan import Plan, Step


def diff_text(report: Report, *, color: bool = False) -> str:
    """What changed between two refs, what that does downstream, and what to do about it."""
    palette = Palette(color)
    lines = [
        *palette.title(f"Changes: {_side(report.base)} → {_side(report.head)}"),
        f"  {palette.strong(_plain_headline(report))}",
        "",
        *_problems(report.errors, palette.bad("error"), palette),
        *(_changes(report, palette) if report.changes else ()),
        *_problems(report.warnings, palette.caution("warning"), palette),
    ]
    return _joined(lines)


def plan_text(plan: Plan, data: DataDiff | None = None, *, color: bool = False) -> str:
    """What apply would do to an environment, and why."""
    palette = Palette(color)
    report = plan.report
    dirty = ", with changes not committed" if plan.dirty else ""
    lines = [
        *palette.title(f"Environment Plan: {terminal(plan.environment)}"),
        f"  Base: {_side(report.base)}",
        f"  Target: {_side(report.head)}{dirty}",
        f"  Schema: {terminal(plan.schema)}",
        "",
        *_problems(report.errors, palette.bad("error"), palette),
        *palette.title("Change Detection"),
        *_changes(report, palette),
        *palette.title("Execution Plan:"),
        *_totals(report),
        "",
        *_steps(plan, palette),
        *_data(data, palette),
        *(f"ℹ {terminal(note)}" for note in plan.notes),  # noqa: RUF001  as Seeknal prints it
        *(f"ℹ {terminal(overlap_text(overlap))}" for overlap in plan.overlaps),  # noqa: RUF001
        *_problems(report.warnings, palette.caution("warning"), palette),
        palette.faint(f"Digest: {terminal(plan.digest)}"),
    ]
    return _joined(lines)


def _changes(report: Report, palette: Palette) -> Iterator[str]:
    if not report.changes:
        yield palette.good("✓ No pipeline node changed")
        yield ""
        return
    numbers = count(1)
    for kind in (ChangeKind.MODIFIED, ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RENAMED):
        changes = [c for c in report.changes if c.change.kind is kind]
        if changes:
            yield f"{kind.value.capitalize()} Nodes:"
        for change in _by_node(changes):
            yield from _change(next(numbers), change, palette)
    if report.summary.breaking:
        yield palette.bad("⚠ WARNING: Breaking changes detected!")
        yield ""
    reached = _by_impact(report)
    if reached:
        yield "Downstream Impact:"
    for item in reached:
        yield from _downstream(next(numbers), item, palette)
    yield from _action_required(report, palette)


def _by_node(changes: Iterable[ClassifiedChange]) -> list[ClassifiedChange]:
    return sorted(changes, key=lambda c: (-c.category, c.change.node.id))


def _by_impact(report: Report) -> list[Downstream]:
    """The nodes that something happens to, the worst first."""
    order = list(Impact)
    reached = (item for item in report.downstream if item.rebuilt)
    return sorted(reached, key=lambda d: (order.index(d.impact), d.node.id))


def _change(number: int, classified: ClassifiedChange, palette: Palette) -> Iterator[str]:
    change = classified.change
    yield f"  {number}. {palette.strong(terminal(change.node.id))}"
    if change.kind is ChangeKind.RENAMED and change.before is not None:
        yield f"     Was: {terminal(change.before.id)}"
    yield f"     Category: {palette.category(classified.category)}"
    if change.node.owner is not None:
        yield f"     Owner: {terminal(change.node.owner)}"
    if classified.findings:
        yield "     Details:"
    for finding in classified.findings:
        yield f"       - {terminal(finding.rule)}: {terminal(finding.message)}{_lowered(finding)}"
        yield palette.faint(f"         at {terminal(place_text(finding.place))}")
    yield ""


def _lowered(finding: Finding) -> str:
    default = finding.default_category
    if default is None or default is finding.category:
        return ""
    return f" ({finding.category}; {default} by default)"


def _downstream(number: int, item: Downstream, palette: Palette) -> Iterator[str]:
    origins = ", ".join(item.because_of)
    breaks = item.category is Category.BREAKING
    yield f"  {number}. {palette.strong(terminal(item.node.id))}"
    yield f"     Reason: {terminal(f'Depends on {origins}' if breaks else item.message)}"
    yield f"     Category: {palette.category(item.category)} ({item.impact.value})"
    if item.node.owner is not None:
        yield f"     Owner: {terminal(item.node.owner)}"
    if breaks:
        yield f"     Impact: {terminal(item.message)}"
    if item.impact is Impact.BREAKS:
        yield palette.faint(f"     at {terminal(place_text(item.place))}")
    yield ""


def _action_required(report: Report, palette: Palette) -> Iterator[str]:
    """What the comment on a pull request asks for, in the same words."""
    summary = report.summary
    if not (summary.errors or summary.breaking or summary.downstream_breaking):
        return
    # Most reports ask for nothing, and do without the classes of a comment.
    from seeknal_ci.render.todo import to_do
    from seeknal_ci.render.views import Evidence, Links

    todos = list(to_do(report, Evidence(acknowledge=False), Links()))
    if todos:
        yield palette.bad("⚠ Action Required:")
        for todo in todos:
            more = f", and {todo.count - 1:,} more like it" if todo.count > 1 else ""
            place = "" if todo.spot is None else palette.faint(f" ({terminal(todo.spot.label)})")
            yield f"  - {terminal(todo.text)}{more}{place}"
        yield ""


def _totals(report: Report) -> list[str]:
    """Counts of the changed nodes and of those downstream together, as Seeknal counts them."""
    summary = report.summary
    rebuilt = sum(d.category is Category.NON_BREAKING for d in report.downstream)
    return [
        f"  Total nodes to rebuild: {summary.rebuild}",
        f"  Breaking changes: {summary.breaking + summary.downstream_breaking}",
        f"  Non-breaking changes: {summary.non_breaking + rebuilt}",
        f"  Metadata-only changes: {summary.metadata}",
    ]


def _steps(plan: Plan, palette: Palette) -> Iterator[str]:
    from seeknal_ci.model.plan import Action  # a comparison has no plan

    categories = {c.change.node.id: c.category for c in plan.report.changes}
    downstream = {d.node.id for d in plan.report.downstream}
    built = plan.of(Action.BUILD)
    if not built:
        yield palette.good("✓ Nothing to build")
    else:
        yield "Nodes to Execute:"
    for number, step in enumerate(built, 1):
        tag = "downstream" if step.node in downstream else "input"
        if step.node in categories:
            tag = palette.category(categories[step.node])
        yield f"  {number}. {terminal(step.node)} [{tag}] {palette.faint(terminal(step.reason))}"
    for action, word in (
        (Action.REUSE, "reused"),
        (Action.SKIP, "skipped"),
        (Action.DROP, "dropped"),
    ):
        yield from _by_reason(plan.of(action), word)
    yield ""


def _data(data: DataDiff | None, palette: Palette) -> Iterator[str]:
    if data is not None:
        from seeknal_ci.render.data_text import data_lines  # a comparison has no data

        yield from data_lines(data, palette)


def _by_reason(steps: tuple[Step, ...], word: str) -> Iterator[str]:
    """Steps that do nothing are counted; where they are few, they are named."""
    reasons: dict[str, list[str]] = {}
    for step in steps:
        reasons.setdefault(step.reason, []).append(terminal(step.node))
    for reason, nodes in sorted(reasons.items()):
        named = f" ({', '.join(nodes)})" if len(nodes) <= 5 else ""
        yield f"  {plural(len(nodes), 'node')} {word}: {terminal(reason)}{named}"


def _problems(problems: Iterable[Problem], word: str, palette: Palette) -> Iterator[str]:
    for problem in sorted(problems, key=lambda p: (p.place.path, p.place.line, p.code)):
        yield f"{word}[{terminal(problem.code)}]: {terminal(problem.message)}"
        yield palette.faint(f"  at {terminal(str(problem.place))}")
        if problem.related is not None:
            yield palette.faint(f"  and {terminal(str(problem.related))}")
        yield f"  fix: {terminal(problem.fix)}"
        yield ""


def _plain_headline(report: Report) -> str:
    return terminal(headline(report))


def _side(side: Side) -> str:
    if side.commit is None:
        return terminal(side.ref)
    return f"{terminal(side.ref)} ({short(side.commit)})"


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
