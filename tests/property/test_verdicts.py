"""The verdict on a change, held to what happens: both versions are built, in DuckDB.

METADATA, `unaffected` and no mention mean the same rows. What is not called broken can be built,
and has the columns and types that were foretold. What is called broken for a column that is gone
fails.

2,000 pairs of projects a run; SEEKNAL_CI_TEST_LONG=1 tries ten times as many. A pair is made of its
seed alone, which a failure names; `benchmarks/verdicts.py` counts how verdicts turn out.
"""

from __future__ import annotations

import os

import pytest

from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Impact, Report
from tests.support.cases import SIDES, Case, all_cases
from tests.support.project import analysed
from tests.support.random_projects import random_change
from tests.support.truth import Built, build

CHUNK = 125
CHUNKS = 160 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 16
# Findings that say that the node itself may not be built.
DOUBTS = ("column-type-unknown", "input-changed", "reads-missing-column")
# Impacts of a text that comes to mean another thing: it may have the same rows by chance.
SHIFTS = ("now means", "now joins by", "goes by the place")
# DuckDB builds what is written for it; tests/property/test_postgres_truth.py tries PostgreSQL.
EVERY = [c for c in all_cases() if c.dialect == "duckdb" and not c.base.manifest.errors]


@pytest.mark.parametrize("case", EVERY, ids=[case.id for case in EVERY])
def test_a_case_turns_out_as_it_was_called(case: Case) -> None:
    if not case.report.errors:
        _hold(case.base, case.head, case.report)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_changes_turn_out_as_they_were_called(chunk: int) -> None:
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        before, after = random_change(seed)
        base, head = analysed(before), analysed(after)
        report = classify(base, head, SIDES)
        if not report.errors:
            try:
                _hold(base, head, report)
            except AssertionError as error:
                error.add_note(f"seed {seed}")
                raise


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
    for item in report.downstream:
        node = item.node.id
        was_built = node in before and before[node].error is None
        shifted = any(words in item.message for words in SHIFTS)
        if item.impact is Impact.BREAKS and was_built and node in after and not shifted:
            assert before[node] != after[node], f"{node}: {item.message}"


def _foretold(node: str, built: Built, head: Analysis) -> None:
    for column, (name, kind) in zip(head.of(node).columns or (), built.columns, strict=False):
        assert column.name == name, node
        assert column.type in (None, kind), f"{node}.{name}"


def _unchanged(head: Analysis, report: Report) -> set[str]:
    """Nodes that the report does not mention, or calls unaffected, or whose change is METADATA."""
    changed = {
        c.change.node.id
        for c in report.changes
        if c.category > Category.METADATA or c.change.kind is not ChangeKind.MODIFIED
    }
    reached = {d.node.id for d in report.downstream if d.impact is not Impact.UNAFFECTED}
    return set(head.manifest.nodes) - changed - reached
