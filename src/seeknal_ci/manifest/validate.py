"""The problems that show only when every query is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.node import Node
from seeknal_ci.model.problem import Problem, Severity
from seeknal_ci.sql.analysed import Analysed, Missing
from seeknal_ci.sql.audits import audit_query
from seeknal_ci.sql.errors import SqlError


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
    return tuple(problems)


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
    close = get_close_matches(missing.column, missing.candidates, n=1)
    have = ", ".join(f"`{name}`" for name in missing.candidates[:12])
    fix = f"did you mean `{close[0]}`?" if close else f"use one of {have}" if have else "remove it"
    return Problem(
        missing.place,
        "unknown-column",
        f"{node.id} reads the column `{missing.column}`, which {inputs} does not have",
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
    for name in known.duplicates:
        yield Problem(
            node.place_of("transform"),
            "duplicate-column",
            f"{node.id} puts out two columns named `{name}`",
            fix=f"give one of them another name with AS, or leave it out with EXCLUDE ({name})",
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
    """Audits whose queries cannot be read."""
    for audit in node.audits:
        try:
            audit_query(audit, "schema", "table", dialect)
        except SqlError as error:
            yield Problem(error.place, error.code, error.message, fix=error.fix, node=node.id)


def unknown_columns(analysis: Analysis) -> Iterator[Problem]:
    """A warning for every node whose columns cannot be known, with the reason."""
    for node_id in analysis.manifest.nodes:
        known = analysis.of(node_id)
        query = analysis.query(node_id)
        if known.columns is None and not isinstance(query, SqlError) and not known.missing:
            node = analysis.manifest.nodes[node_id]
            yield Problem(
                node.place,
                "columns-unknown",
                f"the columns of {node_id} are unknown: {known.unknown}",
                fix="declare a `schema:` on the sources that it reads",
                node=node_id,
                severity=Severity.WARNING,
            )
