"""The rows of a comment, from the nouns of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from seeknal_ci.model.category import Category
from seeknal_ci.model.place import Place
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.report import (
    ChangeKind,
    ClassifiedChange,
    Downstream,
    Finding,
    Impact,
    Report,
)
from seeknal_ci.model.run import RunReport, Status
from seeknal_ci.render.escape import file_url
from seeknal_ci.render.views import (
    DownstreamRow,
    FailureRow,
    FindingRow,
    Links,
    ProblemRow,
    Reader,
    Spot,
)
from seeknal_ci.render.wording import clipped

# Longer texts are cut where they enter the view, so that no row can fill a comment by itself.
MAX_NAME = 120
MAX_PATH = 240
MAX_MESSAGE = 600


def finding_rows(report: Report, links: Links) -> Iterator[FindingRow]:
    """A row for every finding, the most severe first, then by node.

    What one rule says of a node in the same words is one row, however many places it is true of.
    """
    reached: dict[str, list[Downstream]] = {}
    for item in report.downstream:
        for origin in item.because_of:
            reached.setdefault(origin, []).append(item)
    pairs = [(c, finding) for c in report.changes for finding in c.findings]
    pairs.sort(key=lambda pair: (-pair[1].category, -pair[0].category, pair[0].change.node.id))
    alike: dict[tuple[str, str, int, str], list[tuple[ClassifiedChange, Finding]]] = {}
    for classified, finding in pairs:
        key = (classified.change.node.id, finding.rule, finding.category, finding.message)
        alike.setdefault(key, []).append((classified, finding))
    for (classified, finding), *others in alike.values():
        row = _finding_row(classified, finding, reached, links)
        yield replace(row, more_spots=len(others))


def _finding_row(
    classified: ClassifiedChange,
    finding: Finding,
    reached: dict[str, list[Downstream]],
    links: Links,
) -> FindingRow:
    change = classified.change
    affected = reached.get(change.node.id, []) if finding.category > Category.METADATA else []
    # Which readers break is the severe findings' doing, not that of a column added beside them.
    severe = finding.category is Category.BREAKING
    readers = [item for item in affected if severe and _reads(item, finding)]
    renamed = change.kind is ChangeKind.RENAMED and change.before is not None
    files = links.base_files if change.kind is ChangeKind.REMOVED else links.files
    return FindingRow(
        nodes=(clipped(change.node.id, MAX_NAME),),
        change=change.kind.value,
        renamed_from=clipped(change.before.id, MAX_NAME) if renamed and change.before else None,
        owner=_owner(change.node.owner),
        category=str(finding.category),
        rule=finding.rule,
        message=clipped(finding.message, MAX_MESSAGE),
        spot=spot_of(finding.place, files),
        readers=tuple(_reader(item) for item in readers),
        blocked=sum(item.impact is Impact.BLOCKED for item in affected) if severe else 0,
        lowered_from=_lowered(finding),
    )


def _reads(item: Downstream, finding: Finding) -> bool:
    if item.impact is not Impact.BREAKS:
        return False
    return not (item.columns and finding.columns) or bool({*item.columns} & {*finding.columns})


def _reader(item: Downstream) -> Reader:
    columns = tuple(clipped(column, MAX_NAME) for column in item.columns)
    return Reader(clipped(item.node.id, MAX_NAME), _owner(item.node.owner), columns)


def _lowered(finding: Finding) -> str | None:
    default = finding.default_category
    return str(default) if default is not None and default > finding.category else None


def downstream_rows(
    report: Report, impacts: Sequence[Impact], links: Links
) -> Iterator[DownstreamRow]:
    """A row for every downstream node to build with one of `impacts`, in the order of these."""
    for impact in impacts:
        for item in sorted(report.downstream, key=lambda d: d.node.id):
            if item.impact is impact and item.rebuilt:
                yield DownstreamRow(
                    nodes=(clipped(item.node.id, MAX_NAME),),
                    owner=_owner(item.node.owner),
                    impact=impact.value,
                    message=clipped(item.message, MAX_MESSAGE),
                    spot=spot_of(item.place, links.files),
                )


def problem_rows(problems: Iterable[Problem], links: Links) -> tuple[ProblemRow, ...]:
    """A row for every problem, by place."""
    return tuple(
        ProblemRow(
            code=problem.code,
            message=clipped(problem.message, MAX_MESSAGE),
            fix=clipped(problem.fix, MAX_MESSAGE),
            spot=spot_of(problem.place, links.files),
        )
        for problem in sorted(problems, key=lambda p: (p.place.path, p.place.line, p.code))
    )


def failure_rows(run: RunReport | None) -> tuple[FailureRow, ...]:
    """A row for every node that failed to build."""
    failed = run.of(Status.FAILED) if run else ()
    return tuple(
        FailureRow(
            node=clipped(result.node, MAX_NAME),
            error_class=clipped(result.error_class or "error", MAX_NAME),
            # What follows is the SQL with a caret below it, which needs a fixed width.
            message=clipped((result.error or "").partition("\nLINE ")[0], MAX_MESSAGE),
            attempts=result.attempts,
        )
        for result in sorted(failed, key=lambda r: r.node)
    )


def spot_of(place: Place, files: str | None) -> Spot:
    """Where something stands, with its address where the address of the files is known."""
    path = clipped(place.path, MAX_PATH)
    url = file_url(files, path, place.line) if path == place.path else None
    return Spot(path, place.line, url)


def _owner(owner: str | None) -> str | None:
    return None if owner is None else clipped(owner, MAX_NAME)
