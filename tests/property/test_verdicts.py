"""The verdict on a change, held to what happens: both versions are built, in DuckDB.

METADATA, and no mention, mean the same rows. What is not called broken can be built, and has the
columns and types that were foretold. SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Impact, Report
from tests.support.cases import SIDES, Case, all_cases
from tests.support.project import analysed
from tests.support.random_projects import random_edit, random_project
from tests.support.truth import Built, build

QUICK = settings(
    max_examples=3000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 25,
    derandomize=True,
    deadline=None,
    database=None,
)
# Findings that say that the node itself may not be built.
DOUBTS = ("column-type-unknown", "input-changed", "reads-missing-column")
EVERY = [case for case in all_cases() if not case.report.errors and not case.base.manifest.errors]


@pytest.mark.parametrize("case", EVERY, ids=[case.id for case in EVERY])
def test_a_case_turns_out_as_it_was_called(case: Case) -> None:
    _hold(case.base, case.head, case.report)


@QUICK
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_a_change_turns_out_as_it_was_called(seed: int) -> None:
    rng = Random(seed)
    before = random_project(rng, rng.randint(4, 10))
    after = before
    for _ in range(rng.randint(1, 2)):
        after = random_edit(rng, after) if after else after
    base, head = analysed(before), analysed(after)
    report = classify(base, head, SIDES)
    if not report.errors:
        _hold(base, head, report)


def _hold(base: Analysis, head: Analysis, report: Report) -> None:
    before, after = build(base), build(head)
    broken = {d.node.id for d in report.downstream if d.impact in (Impact.BREAKS, Impact.BLOCKED)}
    broken |= {
        c.change.node.id
        for c in report.changes
        for f in c.findings
        if f.category is Category.BREAKING and f.rule in DOUBTS
    }
    for node, built in after.items():
        was_built = node not in before or before[node].error is None
        if node not in broken and was_built:
            assert built.error is None, f"{node} is not called broken: {built.error}"
            _foretold(node, built, head)
    for node in _unchanged(head, report) & before.keys() & after.keys():
        assert before[node] == after[node], f"{node} is said to be the same"


def _foretold(node: str, built: Built, head: Analysis) -> None:
    for column, (name, kind) in zip(head.of(node).columns or (), built.columns, strict=False):
        assert column.name == name, node
        assert column.type in (None, kind), f"{node}.{name}"


def _unchanged(head: Analysis, report: Report) -> set[str]:
    """Nodes that the report does not mention, or whose change is METADATA."""
    changed = {
        c.change.node.id
        for c in report.changes
        if c.category > Category.METADATA or c.change.kind is not ChangeKind.MODIFIED
    }
    return set(head.manifest.nodes) - changed - {d.node.id for d in report.downstream}
