"""What somebody has to do now, in the order in which it helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from seeknal_ci.model.category import Category
from seeknal_ci.model.report import (
    ChangeKind,
    Downstream,
    Impact,
    Report,
)
from seeknal_ci.model.run import Status
from seeknal_ci.render.escape import code_span
from seeknal_ci.render.rows import MAX_MESSAGE, MAX_NAME, spot_of
from seeknal_ci.render.views import CheckStatus, Evidence, Links, ToDo
from seeknal_ci.render.wording import clipped, plural

# From so many findings of one rule on, they are told as one.
MANY = 5


def to_do(report: Report, evidence: Evidence, links: Links) -> Iterator[ToDo]:
    """Nothing at all for a report that needs nothing."""
    if report.errors:
        yield ToDo(f"Repair {_the(len(report.errors), 'error')} above.")
    breaks = [d for d in report.downstream if d.impact is Impact.BREAKS]
    yield from _fixes(report, links)
    yield from _updates(breaks, links)
    yield from _acceptance(report, evidence)
    failed = evidence.run.of(Status.FAILED) if evidence.run else ()
    if failed:
        yield ToDo(f"Repair {_the(len(failed), 'node')} that failed to build, and push again.")
    objections = sum(c.status is CheckStatus.FAILED for c in evidence.checks or ())
    if objections:
        yield ToDo(f"Look into {_the(objections, 'failed check')} below.")


def _fixes(report: Report, links: Links) -> Iterator[ToDo]:
    """What the breaking findings advise, each advice once; many of one rule by the first."""
    by_rule: dict[str, dict[str, ToDo]] = {}
    for classified in sorted(report.changes, key=lambda c: c.change.node.id):
        change = classified.change
        files = links.base_files if change.kind is ChangeKind.REMOVED else links.files
        for finding in classified.findings:
            if finding.category is Category.BREAKING and finding.fix:
                text = f"{_name(change.node.id)}: {clipped(finding.fix, MAX_MESSAGE)}"
                todo = ToDo(text, spot_of(finding.place, files))
                by_rule.setdefault(finding.rule, {}).setdefault(text, todo)
    for _, fixes in sorted(by_rule.items()):
        first, *others = fixes.values()
        if len(others) < MANY:
            yield from (first, *others)
        else:
            yield replace(first, count=len(fixes))


def _updates(breaks: Sequence[Downstream], links: Links) -> Iterator[ToDo]:
    """The consumers that read what is gone."""
    if len(breaks) > MANY:
        yield ToDo(f"Change the {len(breaks):,} nodes that break; they are listed below.")
        return
    for item in sorted(breaks, key=lambda d: d.node.id):
        what = ", ".join(_name(column) for column in item.columns[:MANY])
        advice = f"stop reading {what}" if what else clipped(item.message, MAX_MESSAGE)
        yield ToDo(f"{_name(item.node.id)}: {advice}", spot_of(item.place, links.files))


def _acceptance(report: Report, evidence: Evidence) -> Iterator[ToDo]:
    """How to let a breaking change through; impossible while a node cannot be built."""
    nodes = [c.change.node.id for c in report.changes if c.category is Category.BREAKING]
    stopped = report.errors or any(d.category is Category.BREAKING for d in report.downstream)
    if not nodes or stopped or not evidence.acknowledge:
        return
    which = nodes[0] if len(nodes) == 1 else "*"
    trailer = code_span(f"Breaking-Change: {clipped(which, MAX_NAME)} <reason>")
    yield ToDo(f"If it is meant: approve this pull request, or add {trailer} to a commit message.")


def _the(count: int, noun: str) -> str:
    return f"the {noun}" if count == 1 else f"the {plural(count, noun)}"


def _name(node: str) -> str:
    return str(code_span(clipped(node, MAX_NAME)))
