"""The problems that show only when every query is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.features import SecondOrderSpec
from seeknal_ci.model.manifest import Manifest
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.model.spec import AggregationSpec, ExposureSpec, SourceSpec
from seeknal_ci.sql.analysed import Analysed, Missing
from seeknal_ci.sql.audits import audit_query
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.rules import SOME_DAY, question


def query_problems(analysis: Analysis, nodes: Iterable[str]) -> tuple[Problem, ...]:
    """What is wrong with the queries of these nodes: syntax, undeclared inputs, missing columns."""
    problems: list[Problem] = []
    for node_id in sorted(nodes):
        node = analysis.manifest.nodes[node_id]
        problems += _of_query(analysis, node)
        known = analysis.of(node_id)
        problems += [missing_column(node, missing) for missing in known.missing]
        problems += _of_output(node, known)
        problems += _of_audits(node, analysis.dialect)
    return tuple(dict.fromkeys(problems))


def missing_column(node: Node, missing: Missing) -> Problem:
    """The problem of a column that a node reads and its inputs do not have."""
    inputs = " or ".join(missing.nodes) or "its inputs"
    if missing.ambiguous:
        return Problem(
            missing.place,
            "ambiguous-column",
            f"{node.id} reads `{missing.column}`, which more than one of {inputs} has",
            fix=f"say which: write `alias.{missing.column}`",
            node=node.id,
        )
    close = get_close_matches(missing.column, missing.candidates, n=1, cutoff=0.65)
    have = ", ".join(f"`{name}`" for name in missing.candidates[:12])
    fix = f"did you mean `{close[0]}`?" if close else f"use one of {have}" if have else "remove it"
    message = f"{node.id} reads the column `{missing.column}`, which {inputs} "
    message += "does not have" if missing.nodes else "do not have"
    if missing.nodes == (node.id,):  # an audit, or a key
        message = f"`{missing.column}` is no column of {node.id}"
    return Problem(
        missing.place,
        "unknown-column",
        message,
        fix=fix,
        node=node.id,
    )


def _of_query(analysis: Analysis, node: Node) -> Iterator[Problem]:
    query = analysis.query(node.id)
    if isinstance(query, SqlError):
        yield Problem(query.place, query.code, query.message, fix=query.fix, node=node.id)
        return
    declared = {edge.ref for edge in node.inputs}
    for ref, place in query.reads if query is not None else ():
        if ref not in declared:
            yield Problem(
                place,
                "undeclared-input",
                f"{node.id} reads {ref} in its SQL, but does not list it under `inputs:`",
                fix=f"add `- ref: {ref}` under `inputs:`",
                node=node.id,
            )


def _of_output(node: Node, known: Analysed) -> Iterator[Problem]:
    features = isinstance(node.spec, AggregationSpec | SecondOrderSpec)
    fix = "give one of them another name with AS, or leave it out with EXCLUDE ({})"
    for name in known.duplicates:
        yield Problem(
            node.place_of("features" if features else "transform"),
            "duplicate-column",
            f"{node.id} puts out two columns named `{name}`",
            fix="leave out one of the two features" if features else fix.format(name),
            node=node.id,
        )
    if known.uneven is not None:
        left, right = known.uneven
        yield Problem(
            node.place_of("transform"),
            "uneven-union",
            f"{node.id} puts queries of {left} and of {right} columns into one",
            fix="select as many columns on both sides, or write UNION BY NAME",
            node=node.id,
        )


def _of_audits(node: Node, dialect: str) -> Iterator[Problem]:
    """Audits and checks whose queries cannot be read."""
    for check in node.spec.asked if isinstance(node.spec, RuleSpec) and node.inputs else ():
        try:
            question(check, node.inputs, dialect, SOME_DAY)
        except SqlError as error:
            yield Problem(error.place, error.code, error.message, fix=error.fix, node=node.id)
    for audit in node.audits:
        try:
            audit_query(audit, "schema", "table", dialect)
        except SqlError as error:
            yield Problem(error.place, error.code, error.message, fix=error.fix, node=node.id)


def unknown_columns(analysis: Analysis) -> Iterator[Problem]:
    """A warning for every node whose columns cannot be known, with the reason. Where that is an
    error of a file or of the graph, the error says it.
    """
    wrong = {p.node for p in analysis.manifest.problems if p.severity is Severity.ERROR}
    for node_id in analysis.manifest.nodes:
        if not wrong.isdisjoint(_behind(analysis.manifest, node_id)):
            continue
        known = analysis.of(node_id)
        query = analysis.query(node_id)
        if isinstance(analysis.manifest.nodes[node_id].spec, RuleSpec | ExposureSpec):
            continue
        if known.columns is None and not isinstance(query, SqlError) and not known.missing:
            node = analysis.manifest.nodes[node_id]
            yield Problem(
                node.place,
                "columns-unknown",
                f"the columns of {node_id} are unknown: {known.unknown}",
                fix=_remedy(node),
                node=node_id,
                severity=Severity.WARNING,
            )


def _behind(manifest: Manifest, node_id: str) -> set[str]:
    """A node, with all that it depends on, whether there is such a node or not."""
    found = {node_id, *manifest.upstream[node_id]}
    return found | {edge.ref for known in found for edge in manifest.nodes[known].inputs}


def _remedy(node: Node) -> str:
    if node.place.path.endswith(".py"):
        return "declare `columns=` in the node's decorator"
    if isinstance(node.spec, SourceSpec):
        return "add a `schema:`"
    return "declare a `schema:` on the sources that it reads"
