"""What a project holds true, asked of the rows that are about to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from seeknal_ci.apply.checks import is_rule_due, rule_results
from seeknal_ci.apply.values import secrets_hidden
from seeknal_ci.apply.work import Project
from seeknal_ci.errors import SeeknalCiError
from seeknal_ci.model.checks import RuleSpec
from seeknal_ci.model.environment import Environment
from seeknal_ci.model.plan import Plan
from seeknal_ci.model.run import AuditResult
from seeknal_ci.model.spec import Audit
from seeknal_ci.naming import has_rows
from seeknal_ci.sql.audits import audit_query
from seeknal_ci.sql.errors import SqlError
from seeknal_ci.warehouse.identifiers import table_name
from seeknal_ci.warehouse.protocol import BUILDS_SCHEMA, Warehouse


def due(plan: Plan, project: Project, production: Environment | None) -> tuple[str, ...]:
    """Nodes to audit: those whose rows production does not show, and those that changed.

    So an audit that is new is asked of rows that are not. Rules are due as their inputs are.
    """
    shown = production.build_ids if production else {}
    changed = {change.change.node.id for change in plan.report.changes}
    nodes = project.analysis.manifest.nodes
    return tuple(
        step.node
        for step in plan.steps
        if is_rule_due(step, project, shown, changed)
        or (
            step.build_id is not None
            and step.node in nodes
            and has_rows(nodes[step.node])
            and nodes[step.node].audits
            and (step.node in changed or shown.get(step.node) != step.build_id)
        )
    )


def run_audits(
    nodes: Iterable[str], project: Project, warehouse: Warehouse, now: datetime | None = None
) -> tuple[AuditResult, ...]:
    """The result of every audit and check of these nodes, in the project's order.

    An audit that cannot be asked has not passed. `now` is the present, unless given.
    """
    return tuple(_results(nodes, project, warehouse, now or datetime.now(UTC)))


def _results(
    nodes: Iterable[str], project: Project, warehouse: Warehouse, now: datetime
) -> Iterator[AuditResult]:
    dialect = project.analysis.dialect
    for node_id in nodes:
        node = project.node(node_id)
        if isinstance(node.spec, RuleSpec):
            yield from rule_results(node, node.spec, project, warehouse, now)
            continue
        table = table_name(node.kind, node.name, project.build_id(node_id))
        for audit in node.audits:
            try:
                with secrets_hidden(node, project.values):
                    sql = audit_query(audit, BUILDS_SCHEMA, table, dialect, project.values)
                    passed, message = _verdict(audit, warehouse.check(sql, dialect))
            except SqlError as error:
                passed, message = False, f"cannot be asked: {error.message}"
            except SeeknalCiError as error:
                passed, message = False, f"cannot be asked: {error.what}"
            yield AuditResult(node_id, audit.name, passed, audit.warns, message)


def _verdict(audit: Audit, number: int) -> tuple[bool, str]:
    if audit.type != "row_count":
        return number == 0, "" if number == 0 else _counted(number, audit.type)
    if audit.minimum is not None and number < audit.minimum:
        return False, f"{number:,} rows, and at least {audit.minimum:,} are expected"
    if audit.maximum is not None and number > audit.maximum:
        return False, f"{number:,} rows, and at most {audit.maximum:,} are expected"
    return True, ""


def _counted(number: int, audit: str) -> str:
    one, many, what = _OBJECTED[audit]
    return f"{number:,} {one if number == 1 else many} {what}"


_OBJECTED = {
    "not_null": ("row", "rows", "with NULL"),
    "unique": ("key", "keys", "that more than one row has"),
    "accepted_values": ("row", "rows", "with another value"),
    "custom_sql": ("row", "rows", "that the query objects to"),
}
