"""What is said of a change, case by case; tests/support/cases.py says how a case is written."""

from __future__ import annotations

from typing import Any

import pytest

from seeknal_ci.classify.rules import RULE_IDS
from seeknal_ci.model.report import ClassifiedChange, Downstream
from tests.support.cases import CASES, Case, all_cases, cases_in_both_dialects

EVERY = all_cases()
IN_BOTH = cases_in_both_dialects()
PARTS = {"changes", "downstream", "errors", "rebuild", "warnings"}


@pytest.mark.parametrize("case", IN_BOTH, ids=[case.id for case in IN_BOTH])
def test_a_change_is_called_what_it_is(case: Case) -> None:
    expected = case.expected
    assert set(expected) <= PARTS
    report = case.report
    changes = {change.change.node.id: change for change in report.changes}
    downstream = {item.node.id: item for item in report.downstream}
    assert _changes(changes, expected.get("changes", {})) == expected.get("changes", {})
    assert _downstream(downstream, expected.get("downstream", {})) == expected.get("downstream", {})
    assert [error.code for error in report.errors] == expected.get("errors", [])
    if "warnings" in expected:
        assert [warning.code for warning in report.warnings] == expected["warnings"]
    if "rebuild" in expected:
        assert report.summary.rebuild == expected["rebuild"]


@pytest.mark.parametrize("rule", sorted(RULE_IDS))
def test_a_rule_has_two_cases_at_least(rule: str) -> None:
    found = [
        case.id
        for case in EVERY
        if any(
            rule in change.get("rules", ()) for change in case.expected.get("changes", {}).values()
        )
    ]
    assert len(found) >= 2
    assert (CASES / "classify" / rule).is_dir()


def test_a_folder_of_cases_is_named_after_a_rule_or_a_kind_of_problem() -> None:
    folders = {path.name for path in (CASES / "classify").iterdir()}
    assert folders - RULE_IDS <= {"downstream", "unaffected", "errors", "nothing", "templates"}


def _changes(
    found: dict[str, ClassifiedChange], expected: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """The report's changes, as far as the case speaks of each."""
    return {
        node: {key: _of_change(item, key) for key in expected.get(node, ("category", "rules"))}
        for node, item in found.items()
    }


def _of_change(item: ClassifiedChange, key: str) -> object:
    values: dict[str, object] = {
        "change": item.change.kind.value,
        "category": str(item.category),
        "rules": [finding.rule for finding in item.findings],
        "columns": sorted({column for f in item.findings for column in f.columns}),
        "messages": [finding.message for finding in item.findings],
        "line": item.findings[0].place.line if item.findings else None,
    }
    return values[key]


def _downstream(
    found: dict[str, Downstream], expected: dict[str, dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    return {
        node: {key: _of_downstream(item, key) for key in expected.get(node, ("impact", "columns"))}
        for node, item in found.items()
    }


def _of_downstream(item: Downstream, key: str) -> object:
    values: dict[str, object] = {
        "impact": item.impact.value,
        "columns": sorted(item.columns),
        "message": item.message,
        "because_of": list(item.because_of),
        "place": f"{item.place.path}:{item.place.line}",
    }
    return values[key]
