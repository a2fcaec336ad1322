"""Two manifests to the verdict: findings of every change, fates downstream, errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from seeknal_ci.classify.context import Context
from seeknal_ci.classify.downstream import fates
from seeknal_ci.classify.missing import taken_away
from seeknal_ci.classify.rules import RULE_IDS, RULES, definition_changed
from seeknal_ci.diff import diff_manifests
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.manifest.validate import query_problems
from seeknal_ci.model.category import Category
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem, Severity, in_order
from seeknal_ci.model.report import Change, ChangeKind, ClassifiedChange, Finding, Report
from seeknal_ci.model.side import Side

Severities = Mapping[str, Category]


def classify(
    base: Analysis,
    head: Analysis,
    sides: tuple[Side, Side],
    severities: Severities | None = None,
) -> Report:
    """Everything there is to say about head against base.

    `severities` replace the category of a rule, as the project's configuration may; the report
    shows what the rule's own would be.
    """
    changes = diff_manifests(base.manifest, head.manifest)
    renames = {c.before.id: c.node.id for c in changes if c.before and c.node.id != c.before.id}
    contexts = [Context(change, base, head, renames) for change in changes]
    reached = fates(contexts, base, head)
    classified = [classify_change(replace(c, fates=reached), severities or {}) for c in contexts]
    changed = {change.node.id for change in changes}
    return Report(
        base=sides[0],
        head=sides[1],
        changes=tuple(sorted(classified, key=lambda c: (-c.category, c.change.node.id))),
        downstream=tuple(reached[node] for node in sorted(reached) if node not in changed),
        errors=_errors(changes, base, head),
        warnings=_warnings(base, head),
    )


def classify_change(context: Context, severities: Severities) -> ClassifiedChange:
    """A change with the findings of all rules, the most severe first."""
    findings = [finding for rule in RULES for finding in rule(context)]
    if _unexplained(context, findings):
        findings.append(definition_changed.finding(context, list(context.changed_fields)))
    findings = [_configured(finding, severities) for finding in findings]
    findings = [_ignored(finding, context.node) for finding in findings]
    findings.sort(key=lambda finding: -finding.category)
    return ClassifiedChange(context.change, tuple(findings))


def _unexplained(context: Context, findings: Iterable[Finding]) -> bool:
    """True if rows may differ and no rule said so: what is not understood is never METADATA."""
    if context.change.kind is not ChangeKind.MODIFIED or context.same_definition:
        return False
    return all(finding.category is Category.METADATA for finding in findings)


def _configured(finding: Finding, severities: Severities) -> Finding:
    category = severities.get(finding.rule)
    if category is None or category is finding.category:
        return finding
    return replace(finding, category=category, default_category=finding.category)


def _ignored(finding: Finding, node: Node) -> Finding:
    """A finding that the node's file takes for known: no longer BREAKING, and told with the reason.

    What is ignored is built all the same, so it is never METADATA.
    """
    for ignore in node.ignores:
        if ignore.rule == finding.rule:
            lowered = min(finding.category, Category.NON_BREAKING)
            default = finding.default_category or finding.category
            return replace(
                finding,
                category=lowered,
                default_category=default if default is not lowered else None,
                message=f"{finding.message} (ignored: {ignore.reason})",
            )
    return finding


def _unknown_ignores(head: Analysis) -> Iterator[Problem]:
    for node in head.manifest.nodes.values():
        for ignore in node.ignores:
            if ignore.rule not in RULE_IDS:
                close = get_close_matches(ignore.rule, sorted(RULE_IDS), n=1)
                yield Problem(
                    ignore.place,
                    "ignore-rule",
                    f"`{ignore.rule}` is no rule, so nothing is ignored",
                    fix=f"did you mean `{close[0]}`?" if close else "see docs/classification.md",
                    node=node.id,
                    severity=Severity.WARNING,
                )


def _errors(changes: Iterable[Change], base: Analysis, head: Analysis) -> tuple[Problem, ...]:
    """What is wrong with head: the graph, and the queries of changed nodes.

    A column that this change took away is an impact and no error.
    """
    found = list(head.manifest.errors)
    changed = [change.after.id for change in changes if change.after is not None]
    lost = {
        (missing.place, missing.column)
        for node_id in changed
        for missing in taken_away(node_id, base, head)
    }
    for problem in query_problems(head, changed):
        if problem.code in ("unknown-column", "ambiguous-column") and any(
            problem.place == place and f"`{column}`" in problem.message for place, column in lost
        ):
            continue
        found.append(problem)
    return in_order(found)


def _warnings(base: Analysis, head: Analysis) -> tuple[Problem, ...]:
    """Head's warnings, and what of base could not be read: such a node is compared as added."""
    found = [p for p in head.manifest.problems if p.severity is Severity.WARNING]
    found += _unknown_ignores(head)
    found += [
        replace(p, message=f"in base, {p.message}", severity=Severity.WARNING)
        for p in base.manifest.errors
    ]
    return in_order(found)
