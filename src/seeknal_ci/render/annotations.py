"""Findings as GitHub's workflow commands, which mark lines in the "Files changed" view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from seeknal_ci.model.category import Category
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.report import ChangeKind, Impact, Report
from seeknal_ci.render.escape import visible
from seeknal_ci.render.wording import inside_text

# All steps of a job share ten annotations of each level; GitHub drops the rest unsaid.
PER_LEVEL = 10
LEVELS = ("error", "warning", "notice")


@dataclass(frozen=True, slots=True)
class _Annotation:
    level: str
    title: str
    message: str
    place: Place


def workflow_commands(report: Report, limit: int = PER_LEVEL) -> str:
    """One command a line: errors and BREAKING, then warnings, then NON_BREAKING as notices.

    METADATA marks no line, and a removed node has none: GitHub shows head's files.
    """
    found = [
        *_problems(report.errors, "error"),
        *_findings(report, Category.BREAKING, "error"),
        *_readers(report),
        *_problems(report.warnings, "warning"),
        *_findings(report, Category.NON_BREAKING, "notice"),
    ]
    kept = [a for level in LEVELS for a in [a for a in found if a.level == level][:limit]]
    return "".join(f"{_command(annotation)}\n" for annotation in kept)


def problem_commands(problems: Iterable[Problem], limit: int = PER_LEVEL) -> str:
    """One command a line: errors, then warnings."""
    found = [a for p in problems for a in _problems([p], p.severity.value)]
    kept = [a for level in LEVELS for a in [a for a in found if a.level == level][:limit]]
    return "".join(f"{_command(annotation)}\n" for annotation in kept)


def _problems(problems: Iterable[Problem], level: str) -> Iterator[_Annotation]:
    for p in sorted(problems, key=lambda p: (p.place.path, p.place.line, p.code)):
        yield _Annotation(level, p.code, f"{p.message}\nfix: {p.fix}", p.place)


def _findings(report: Report, category: Category, level: str) -> Iterator[_Annotation]:
    for classified in sorted(report.changes, key=lambda c: c.change.node.id):
        if classified.change.kind is ChangeKind.REMOVED:
            continue
        for finding in classified.findings:
            if finding.category is category:
                title = f"{category}: {finding.rule} in {classified.change.node.id}"
                fix = f"\nfix: {finding.fix}" if finding.fix else ""
                message = f"{finding.message}{_inside(finding.place)}{fix}"
                yield _Annotation(level, title, message, finding.place)


def _readers(report: Report) -> Iterator[_Annotation]:
    for item in sorted(report.downstream, key=lambda d: d.node.id):
        if item.impact is Impact.BREAKS:
            title = f"BREAKING: {item.node.id} breaks"
            message = f"{item.message}{_inside(item.place)}"
            yield _Annotation("error", title, message, item.place)


def _inside(place: Place) -> str:
    return "" if place.inside is None else f"\nin {inside_text(place.inside)}"


def _command(annotation: _Annotation) -> str:
    place = annotation.place
    column = "" if place.column is None else f",col={place.column}"
    return (
        f"::{annotation.level} file={_property(place.path)},line={place.line}{column},"
        f"title={_property(annotation.title)}::{_message(annotation.message)}"
    )


def _message(text: str) -> str:
    """Lines stay lines; `##[`, which older runners obey anywhere, is broken up."""
    lines = (visible(line).replace("##[", "#\\x23[") for line in text.splitlines())
    return "%0A".join(line.replace("%", "%25") for line in lines)


def _property(text: str) -> str:
    escaped = visible(text).replace("##[", "#\\x23[").replace("%", "%25")
    return escaped.replace(":", "%3A").replace(",", "%2C")
