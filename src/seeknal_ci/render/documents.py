"""The JSON documents: a contract with a version, and with a JSON Schema beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from seeknal_ci import __version__
from seeknal_ci.model.data_diff import DataDiff
from seeknal_ci.model.place import Place
from seeknal_ci.model.plan import Plan
from seeknal_ci.model.problem import Problem
from seeknal_ci.model.report import ClassifiedChange, Downstream, Finding, Report
from seeknal_ci.model.run import RunReport, Status
from seeknal_ci.render.data_documents import data_document

SCHEMA_VERSION = 1
SCHEMAS = (
    "apply",
    "diff",
    "environment",
    "environments",
    "gc",
    "history",
    "lineage",
    "plan",
    "run",
)
_SURROGATES = re.compile("[\ud800-\udfff]")

Document = dict[str, Any]


def diff_document(report: Report) -> Document:
    """`diff --format json`: changes, what they do downstream, and what could not be compared."""
    summary = report.summary
    return {
        "schema_version": SCHEMA_VERSION,
        "tool_version": __version__,
        "base": {"ref": report.base.ref, "commit": report.base.commit},
        "head": {
            "ref": report.head.ref,
            "commit": report.head.commit,
            "dirty": report.head.dirty,
        },
        "summary": {
            "breaking": summary.breaking,
            "non_breaking": summary.non_breaking,
            "metadata": summary.metadata,
            "downstream_breaking": summary.downstream_breaking,
            "rebuild": summary.rebuild,
            "errors": summary.errors,
        },
        "changes": [_change(c) for c in sorted(report.changes, key=lambda c: c.change.node.id)],
        "downstream": [_downstream(d) for d in sorted(report.downstream, key=lambda d: d.node.id)],
        "errors": [problem_document(e) for e in sorted(report.errors, key=_by_place)],
    }


def plan_document(plan: Plan, data: DataDiff | None = None) -> Document:
    """`plan --format json`: steps in the order in which they could run one by one."""
    return {
        "schema_version": SCHEMA_VERSION,
        "environment": plan.environment,
        "schema": plan.schema,
        "commit": plan.commit,
        "digest": plan.digest,
        "steps": [
            {
                "node": step.node,
                "action": step.action.value,
                "reason": step.reason,
                "build_id": step.build_id,
                "depends_on": list(step.depends_on),
                "level": step.level,
            }
            for step in plan.steps
        ],
        "diff": diff_document(plan.report),
        "data_diff": data_document(data),
    }


def apply_document(run: RunReport, data: DataDiff | None = None) -> Document:
    """`apply --format json`: how every planned step ended, by node; seconds to the millisecond."""
    return {
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "environment": run.environment,
        "schema": run.schema,
        "status": run.status.value,
        "seconds": round(run.seconds, 3),
        "summary": {
            "planned": len(run.results),
            **{status.value: len(run.of(status)) for status in Status},
            "rows_written": sum(result.rows or 0 for result in run.results),
        },
        "results": [
            {
                "node": result.node,
                "status": result.status.value,
                "skip_reason": None if result.skip_reason is None else result.skip_reason.value,
                "attempts": result.attempts,
                "seconds": round(result.seconds, 3),
                "rows": result.rows,
                "error_class": result.error_class,
                "error": result.error,
            }
            for result in sorted(run.results, key=lambda result: result.node)
        ],
        "audits": [
            {
                "node": audit.node,
                "audit": audit.name,
                "passed": audit.passed,
                "severity": "warn" if audit.warns else "error",
                "message": audit.message,
            }
            for audit in run.audits
        ],
        "data_diff": data_document(data),
    }


def to_json(document: Mapping[str, Any]) -> str:
    """The document with sorted keys and a line's end; always text that UTF-8 can write."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def json_schema(name: str) -> Document:
    """The JSON Schema of one of `SCHEMAS`."""
    path = resources.files("seeknal_ci") / "schemas" / f"{name}.schema.json"
    schema: Document = json.loads(path.read_text(encoding="utf-8"))
    return schema


def _change(classified: ClassifiedChange) -> Document:
    change = classified.change
    before = None if change.before is None else change.before.id
    return {
        "node": change.node.id,
        "change": change.kind.value,
        "renamed_from": None if before == change.node.id else before,
        "category": str(classified.category),
        "owner": change.node.owner,
        "path": change.node.place.path,
        "line": change.node.place.line,
        "findings": [_finding(finding) for finding in classified.findings],
    }


def _finding(finding: Finding) -> Document:
    return {
        "rule": finding.rule,
        "category": str(finding.category),
        "columns": list(finding.columns),
        "message": finding.message,
        "fix": finding.fix,
        "path": finding.place.path,
        "line": finding.place.line,
    }


def _downstream(item: Downstream) -> Document:
    return {
        "node": item.node.id,
        "category": str(item.category),
        "impact": item.impact.value,
        "because_of": list(item.because_of),
        "columns": list(item.columns),
        "owner": item.node.owner,
        "message": item.message,
        "path": item.place.path,
        "line": item.place.line,
    }


def problem_document(problem: Problem) -> Document:
    """One error or warning, as every document has it."""
    return {
        "code": problem.code,
        "message": problem.message,
        "fix": problem.fix,
        "path": problem.place.path,
        "line": problem.place.line,
        "related": _second(problem.related),
    }


def _second(place: Place | None) -> Document | None:
    return None if place is None else {"path": place.path, "line": place.line}


def _by_place(problem: Problem) -> tuple[str, int, str]:
    return problem.place.path, problem.place.line, problem.code
