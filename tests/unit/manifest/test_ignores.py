"""Comments that take a finding for known: which node they speak of, and what is wrong with one."""

from __future__ import annotations

import pytest

from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.loader import load_manifest
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import Finding, Report
from tests.support.cases import SIDES
from tests.support.project import MemoryTree, analysed, edited

NODES = """\
# seeknal-ci: ignore[column-removed-unused] nobody reads the export
kind: source
name: a
source: csv
table: a.csv
schema:
  - {name: k, data_type: integer}
  - {name: x, data_type: integer}  # seeknal-ci: ignore[column-type-widened, data-changed] keys grow
---
# seeknal-ci: ignore[rows-changed] tuned every week
kind: transform
name: b
inputs: [{ref: source.a}]
transform: |
  SELECT k  # seeknal-ci: ignore[node-removed] is SQL here
  FROM source.a
"""


def ignored(text: str) -> dict[str, list[tuple[str, str, int]]]:
    manifest = load_manifest(MemoryTree({"seeknal/a.yml": text}))
    return {
        node.id: [(i.rule, i.reason, i.place.line) for i in node.ignores]
        for node in manifest.nodes.values()
    }


@pytest.mark.parametrize("text", [NODES, NODES.replace("\n", "\r\n"), f"\ufeff{NODES}"])
def test_a_comment_speaks_of_the_node_whose_document_it_is_in(text: str) -> None:
    assert ignored(text) == {
        "source.a": [
            ("column-removed-unused", "nobody reads the export", 1),
            ("column-type-widened", "keys grow", 8),
            ("data-changed", "keys grow", 8),
        ],
        "transform.b": [("rows-changed", "tuned every week", 10)],
    }


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# seeknal-ci: ignore[rows-changed]", "ignore-reason"),
        ("# seeknal-ci: ignore[rows-changed]   ", "ignore-reason"),
        ("# seeknal-ci: ignore rows-changed why", "ignore-comment"),
        ("# seeknal-ci: ingore[rows-changed] why", "ignore-comment"),
        ("# seeknal-ci: ignore[] why", "ignore-comment"),
    ],
)
def test_a_comment_that_ignores_nothing_is_an_error(comment: str, code: str) -> None:
    text = f"kind: source\nname: a {comment}\nsource: csv\ntable: a.csv\n"
    (problem,) = load_manifest(MemoryTree({"seeknal/a.yml": text})).errors
    assert (problem.code, str(problem.place)) == (code, "seeknal/a.yml:2:9")


def removal(comment: str) -> Report:
    text = (
        f"kind: source\nname: a {comment}\nsource: csv\ntable: a.csv\n"
        "schema: [{name: k, data_type: int}, {name: x, data_type: int}]\n"
    )
    before = {"seeknal/a.yml": text}
    after = edited(before, "seeknal/a.yml", ", {name: x, data_type: int}", "")
    return classify(analysed(before), analysed(after), SIDES)


def finding(report: Report) -> Finding:
    return report.changes[0].findings[0]


def test_what_is_ignored_no_longer_breaks_and_is_told_with_its_reason() -> None:
    found = finding(removal("# seeknal-ci: ignore[column-removed-unused] a test column"))
    assert (found.category, found.default_category) == (Category.NON_BREAKING, Category.BREAKING)
    assert found.message == "Removed column 'x'; 0 readers in this project (ignored: a test column)"


def test_another_rules_comment_changes_nothing() -> None:
    found = finding(removal("# seeknal-ci: ignore[column-removed] a test column"))
    assert (found.category, found.default_category) == (Category.BREAKING, None)


def test_a_rule_that_is_none_is_told_with_the_nearest() -> None:
    report = removal("# seeknal-ci: ignore[colum-removed] a test column")
    (warning,) = report.warnings
    assert (warning.code, warning.fix) == ("ignore-rule", "did you mean `column-removed`?")
    assert finding(report).category is Category.BREAKING
