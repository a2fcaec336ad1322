"""What rules hold true, asked of the builds that they check."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from seeknal_ci.apply.values import secrets_hidden
from seeknal_ci.apply.work import Project
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.checks import Check, RuleSpec
from seeknal_ci.model.node import Node
from seeknal_ci.model.plan import Step
from seeknal_ci.model.run import AuditResult, SkipReason
from seeknal_ci.sql.compile import physical_sql
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.sql.rules import question
from seeknal_ci.warehouse.identifiers import table_name
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, Warehouse


def is_rule_due(
    step: Step, project: Project, shown: Mapping[str, str], changed: Collection[str]
) -> bool:
    """True for a rule that changed, or one of whose inputs production shows otherwise."""
    if step.skip_reason is not SkipReason.CHECKED:
        return False
    inputs = [edge.ref for edge in project.node(step.node).inputs]
    return step.node in changed or any(shown.get(ref) != project.ids[ref] for ref in inputs)


def rule_results(
    node: Node, spec: RuleSpec, project: Project, warehouse: Warehouse, now: datetime
) -> Iterator[AuditResult]:
    """The result of every check of a rule, in its own order; `now` is what freshness goes by.

    A check that cannot be asked has not passed.
    """
    dialect = project.analysis.dialect
    tables = {edge.ref: _table(project.node(edge.ref), project) for edge in node.inputs}
    for check in spec.asked:
        try:
            with secrets_hidden(node, project.values):
                asked = question(check, node.inputs, dialect, now)
                sql = physical_sql(asked.counted, tables, dialect, project.values)
                objections = warehouse.check(sql, dialect)
        except SqlError as error:
            passed, message = False, f"cannot be asked: {error.message}"
        except SeeknalCiError as error:
            passed, message = False, f"cannot be asked: {error.what}"
        else:
            passed = objections == 0
            message = "" if passed else _told(check, objections)
        yield AuditResult(node.id, check.name, passed, check.warns, message)


def _table(node: Node, project: Project) -> tuple[str, str]:
    return BUILDS_SCHEMA, table_name(node.kind, node.name, project.build_id(node.id))


def _told(check: Check, objections: int) -> str:
    """What is wrong, in the project's own words first."""
    found = _OBJECTED[check.type]
    rows = "row" if objections == 1 else "rows"
    text = f"{objections:,} {rows} {found}" if check.type in _COUNTED else found
    return text if check.error_message is None else f"{check.error_message} ({text})"


_OBJECTED = {
    "null": "with NULL",
    "range": "outside the range",
    "uniqueness": "with the key of another",
    "sql_assertion": "that the query objects to",
    "value": "for which it is not true",
    "freshness": "the newest date is too old, or there is none",
    "profile_check": "the metric is so, or there is none",
}
_COUNTED = frozenset({"null", "range", "uniqueness", "sql_assertion", "value"})
