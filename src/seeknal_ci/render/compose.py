"""From a report, and whatever else is known, to the one value that a comment shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from seeknal_ci import __version__
from seeknal_ci.model.category import Category
from seeknal_ci.model.data_diff import DataDiff, Depth
from seeknal_ci.model.environment import Environment, Overlap
from seeknal_ci.model.report import Impact, Report
from seeknal_ci.model.run import Status
from seeknal_ci.render.data_rows import data_details, data_notes, data_problem, data_rows
from seeknal_ci.render.headline import headline, verdict_of
from seeknal_ci.render.mermaid import draw
from seeknal_ci.render.rows import (
    MAX_MESSAGE,
    MAX_NAME,
    downstream_rows,
    failure_rows,
    finding_rows,
    problem_rows,
)
from seeknal_ci.render.todo import to_do
from seeknal_ci.render.views import (
    Check,
    Checked,
    CheckStatus,
    CommentView,
    EnvironmentView,
    Evidence,
    Links,
    Provenance,
    Rows,
    Section,
)
from seeknal_ci.render.wording import clipped, moment, plural

_SIMPLE_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_NOTHING_ELSE = Evidence()
_NO_LINKS = Links()


def comment_view(
    report: Report,
    *,
    evidence: Evidence = _NOTHING_ELSE,
    links: Links = _NO_LINKS,
    comment_id: str = "default",
    project: str | None = None,
    head: str | None = None,
) -> CommentView:
    """All that is known, in the order in which a comment tells it.

    `head` is the pull request's head commit, where the report is about a test merge of it.
    """
    findings = tuple(finding_rows(report, links))
    breaking = str(Category.BREAKING)
    failed = evidence.run is not None and evidence.run.status is Status.FAILED
    return CommentView(
        id=comment_id,
        project=None if project is None else clipped(project, MAX_NAME),
        verdict="errors" if failed else verdict_of(report),
        headline=headline(report, evidence.plan, evidence.run),
        provenance=_provenance(report, evidence, links, head),
        checked=tuple(_checked(report, evidence)),
        docs_url=links.docs,
        errors=Rows(problem_rows(report.errors, links)),
        actions=Rows(tuple(to_do(report, evidence, links))),
        breaking=Rows(tuple(row for row in findings if row.category == breaking)),
        downstream=Rows(tuple(downstream_rows(report, (Impact.BREAKS, Impact.BLOCKED), links))),
        failures=Rows(failure_rows(evidence.run)),
        other=Rows(tuple(row for row in findings if row.category != breaking)),
        rebuilt=Rows(tuple(downstream_rows(report, (Impact.REBUILDS, Impact.UNAFFECTED), links))),
        checks=Rows(_objections(evidence)),
        check_counts=_check_counts(evidence),
        data=Rows(data_rows(evidence.data)),
        data_details=Rows(data_details(evidence.data)),
        data_notes=data_notes(evidence.data),
        data_problem=data_problem(evidence.data),
        warnings=Rows(problem_rows(report.warnings, links)),
        overlaps=Rows(tuple(_overlap(overlap) for overlap in evidence.overlaps)),
        environment=_environment(report, evidence.environment),
        diagram=None if evidence.graph is None or not report.changes else draw(evidence.graph),
    )


def _provenance(report: Report, evidence: Evidence, links: Links, head: str | None) -> Provenance:
    return Provenance(
        base_ref=clipped(report.base.ref, MAX_NAME),
        base=report.base.commit,
        head_ref=clipped(report.head.ref, MAX_NAME),
        head=head or report.head.commit,
        dirty=report.head.dirty,
        digest=None if evidence.plan is None else evidence.plan.digest,
        tool_version=__version__,
        run_url=links.run,
    )


def _checked(report: Report, evidence: Evidence) -> Iterator[Checked]:
    """Every section, also those that say nothing: a partial report never looks complete."""
    known = {
        Section.CHANGES: report,
        Section.BUILD: evidence.run,
        Section.CHECKS: evidence.checks,
        Section.ROWS: evidence.data,
        Section.VALUES: evidence.data,
    }
    states: dict[tuple[str, str | None], list[str]] = {}
    for section, content in known.items():
        state: tuple[str, str | None] = ("checked", None)
        if content is None:
            why = evidence.not_checked.get(section, "not asked for")
            state = ("not checked", clipped(why, MAX_MESSAGE))
        elif section is Section.CHANGES and report.errors:
            state = ("unknown", f"{plural(len(report.errors), 'error')} in the project's files")
        elif isinstance(content, DataDiff):
            state = _data_state(section, content)
        states.setdefault(state, []).append(section.value)
    for (state_name, why_not), sections in states.items():
        yield Checked(tuple(sections), state_name, why_not)


def _data_state(section: Section, data: DataDiff) -> tuple[str, str | None]:
    if data.problem is not None:
        return "unknown", clipped(data.problem, MAX_MESSAGE)
    if section is Section.ROWS:
        return "checked", None
    if data.depth is not Depth.FULL:
        return "not checked", "not asked for"
    left = sum(diff.not_compared is not None for diff in data.nodes)
    return ("unknown", f"{plural(left, 'node')} not compared") if left else ("checked", None)


def _objections(evidence: Evidence) -> tuple[Check, ...]:
    """What did not pass, failures first."""
    order = (CheckStatus.FAILED, CheckStatus.WARNED)
    return tuple(
        Check(
            node=clipped(check.node, MAX_NAME),
            name=clipped(check.name, MAX_NAME),
            status=check.status,
            message=clipped(check.message, MAX_MESSAGE),
        )
        for status in order
        for check in sorted(evidence.checks or (), key=lambda c: (c.node, c.name))
        if check.status is status
    )


def _check_counts(evidence: Evidence) -> tuple[tuple[int, str], ...]:
    statuses = [check.status for check in evidence.checks or ()]
    order = (CheckStatus.FAILED, CheckStatus.WARNED, CheckStatus.PASSED)
    return tuple((statuses.count(s), s.value) for s in order if s in statuses)


def _overlap(overlap: Overlap) -> Overlap:
    nodes = tuple(clipped(node, MAX_NAME) for node in sorted(overlap.nodes))
    return Overlap(clipped(overlap.environment, MAX_NAME), nodes)


def _environment(report: Report, environment: Environment | None) -> EnvironmentView | None:
    if environment is None:
        return None
    expires = environment.expires_at
    return EnvironmentView(
        name=clipped(environment.name, MAX_NAME),
        schema=clipped(environment.schema, MAX_NAME),
        nodes=len(environment.nodes),
        expires=None if expires is None else moment(expires),
        query=_query(report, environment),
    )


def _query(report: Report, environment: Environment) -> str | None:
    """A query of the first changed node that has rows."""
    views = {node.node: node.view for node in environment.nodes if node.view is not None}
    changed = [c.change.node.id for c in report.changes]
    reached = [d.node.id for d in report.downstream if d.category is Category.NON_BREAKING]
    for node in (*changed, *reached):
        view = views.get(node)
        if view is not None:
            table = f"{_identifier(environment.schema)}.{_identifier(view)}"
            return f"SELECT * FROM {table} LIMIT 100;"  # noqa: S608  shown, not sent
    return None


def _identifier(name: str) -> str:
    if _SIMPLE_NAME.fullmatch(name):
        return name
    quoted = name.replace('"', '""')
    return f'"{quoted}"'
