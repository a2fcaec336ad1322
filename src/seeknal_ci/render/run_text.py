"""What apply and promote did, as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from seeknal_ci.model.category import Category
from seeknal_ci.model.data_diff import DataDiff
from seeknal_ci.model.environment import Promotion
from seeknal_ci.model.report import ChangeKind, Report
from seeknal_ci.model.run import RunReport, Status, StepResult
from seeknal_ci.render.data_text import data_lines
from seeknal_ci.render.escape import terminal
from seeknal_ci.render.palette import RULE, Palette
from seeknal_ci.render.wording import duration, moment, plural, short


def run_text(run: RunReport, data: DataDiff | None = None, *, color: bool = False) -> str:
    """One line a node, a summary, and whether the environment shows the new state."""
    palette = Palette(color)
    width = max((len(terminal(result.node)) for result in run.results), default=0)
    lines = [
        *palette.title(f"Applying Environment: {terminal(run.environment)}"),
        *(line for result in run.results for line in _result(result, width, palette)),
        "",
        *_audits(run, palette),
        *data_lines(data, palette),
        *palette.title("Execution Summary"),
        f"  Total nodes:   {len(run.results):,}",
        *(f"  {s.value.capitalize() + ':':<13}  {len(run.of(s)):,}" for s in Status if run.of(s)),
        f"  Rows written:  {sum(result.rows or 0 for result in run.results):,}",
        f"  Duration:      {duration(run.seconds)}",
        RULE,
        _end(run, palette),
    ]
    return "\n".join(lines) + "\n"


def _audits(run: RunReport, palette: Palette) -> Iterator[str]:
    """How many audits passed, and each that did not."""
    if not run.audits:
        return
    passed = sum(audit.passed for audit in run.audits)
    yield from palette.title("Audits")
    yield f"  {passed:,} of {plural(len(run.audits), 'audit')} passed"
    for audit in run.audits:
        if not audit.passed:
            mark = palette.caution("⚠") if audit.warns else palette.bad("✗")
            told = f"{terminal(audit.node)}  {terminal(audit.name)}: {terminal(audit.message)}"
            yield f"  {mark} {told}"
    yield ""


def promotion_text(
    promotion: Promotion,
    report: Report | None = None,
    *,
    source: str | None = None,
    color: bool = False,
) -> str:
    """Which commits production moved between, what changed, and who accepted what.

    `source` is the environment that was promoted, where it was one.
    """
    palette = Palette(color)
    target = terminal(promotion.environment)
    title = target if source is None else f"{terminal(source)} → {target}"
    dirty = ", with changes not committed" if promotion.dirty else ""
    before = "nothing" if promotion.from_commit is None else short(promotion.from_commit)
    lines = [
        *palette.title(f"Promoting Environment: {title}"),
        f"  Commit: {before} → {short(promotion.to_commit)}{dirty}",
        "",
        *(() if report is None else _promoted(report, palette)),
        *_acknowledged(promotion),
        *palette.title("Summary"),
        f"  Environment: {target}",
        f"  Nodes: {len(promotion.nodes):,}",
        f"  Promoted by: {terminal(promotion.actor)}",
        f"  Promoted at: {moment(promotion.finished_at)}",
        f"  Promotion: {terminal(promotion.id)}",
        RULE,
        palette.good(f"✓ {target} is at {short(promotion.to_commit)}"),
    ]
    return "\n".join(lines) + "\n"


def _result(result: StepResult, width: int, palette: Palette) -> Iterator[str]:
    name = f"{terminal(result.node):<{width}}"
    tries = f" after {result.attempts} attempts" if result.attempts > 1 else ""
    if result.status is Status.SUCCEEDED:
        rows = "" if result.rows is None else f"{plural(result.rows, 'row')}, "
        yield f"  {palette.good('✓')} {name}  {rows}{duration(result.seconds)}{tries}"
    elif result.status is Status.FAILED:
        yield f"  {palette.bad('✗')} {name}  {palette.bad('failed')}{tries}"
        error = result.error or "no reason was given"
        known = "" if result.error_class is None else f"{result.error_class}: "
        for line in f"{known}{error}".splitlines():
            yield f"      {terminal(line)}"
    else:
        why = "" if result.skip_reason is None else f": {result.skip_reason.value}"
        yield f"  {palette.faint('-')} {name}  {result.status.value}{why}"


def _end(run: RunReport, palette: Palette) -> str:
    name, schema = terminal(run.environment), terminal(run.schema)
    if run.published:
        return palette.good(f"✓ {name} is ready in schema {schema}")
    return palette.bad(f"✗ {name} was not changed") + ": it shows what it showed before this run"


def _promoted(report: Report, palette: Palette) -> Iterator[str]:
    if not report.changes:
        return
    yield "Changes to Promote:"
    for kind in ChangeKind:
        changes = [c for c in report.changes if c.change.kind is kind]
        if changes:
            yield f"  {kind.value.capitalize()} nodes: {len(changes):,}"
        for change in sorted(changes, key=lambda c: c.change.node.id):
            yield f"    - {terminal(change.change.node.id)} ({palette.category(change.category)})"
    rebuilt = [d.node.id for d in report.downstream if d.category is Category.NON_BREAKING]
    if rebuilt:
        yield f"  Downstream rebuilds: {len(rebuilt):,}"
        yield from (f"    - {terminal(node)}" for node in sorted(rebuilt))
    yield ""


def _acknowledged(promotion: Promotion) -> Iterator[str]:
    if not promotion.acknowledgements:
        return
    yield "Accepted Breaking Changes:"
    for accepted in promotion.acknowledgements:
        reason = f": {terminal(accepted.reason)}" if accepted.reason else ""
        how = f"{terminal(accepted.by)}, {terminal(accepted.how)}"
        yield f"  - {terminal(accepted.node)} by {how}{reason}"
    yield ""
