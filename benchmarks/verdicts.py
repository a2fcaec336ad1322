"""How verdicts turn out: random changes, both versions built in DuckDB, by verdict and truth.

    python benchmarks/verdicts.py [PAIRS]

A BREAKING change, or a node that `breaks`, is false where the node is built and has the same
columns: its rules are listed with an example's seed. What `tests/property/test_verdicts.py` holds,
this counts.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.cases import SIDES
from tests.support.project import analysed
from tests.support.random_projects import random_change
from tests.support.truth import Built, build

from seeknal_ci.classify.classify import classify
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Report

TRUTHS = ("same", "rows", "columns", "fails")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was said of one node: of a change by its category, of others by their impact."""

    node: str
    said: str
    breaking: bool
    cause: str


def verdicts(report: Report) -> Iterator[Verdict]:
    """Everything that the report says of nodes that both versions have."""
    for item in report.changes:
        if item.change.kind is ChangeKind.MODIFIED:
            rules = {f.rule for f in item.findings if f.category is Category.BREAKING}
            is_breaking = item.category is Category.BREAKING
            yield Verdict(
                item.change.node.id, item.category.name, is_breaking, ", ".join(sorted(rules))
            )
    for fate in report.downstream:
        is_breaking = fate.category is Category.BREAKING
        cause = fate.message.split("'")[0].strip() if "'" in fate.message else fate.impact.value
        yield Verdict(fate.node.id, fate.impact.value, is_breaking, cause)


def truth(before: Built, after: Built) -> str:
    """What really became of a node."""
    if after.error is not None:
        return "fails"
    if before == after:
        return "same"
    return "rows" if before.columns == after.columns else "columns"


def main() -> None:
    pairs = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    table: Counter[tuple[str, str]] = Counter()
    false: Counter[str] = Counter()
    examples: dict[str, str] = {}
    errors = 0
    for seed in range(pairs):
        base, head = (analysed(files) for files in random_change(seed))
        report = classify(base, head, SIDES)
        if report.errors:
            errors += 1
            continue
        before, after = build(base), build(head)
        for verdict in verdicts(report):
            node = verdict.node
            if node not in before or node not in after or before[node].error is not None:
                continue
            became = truth(before[node], after[node])
            table[verdict.said, became] += 1
            if verdict.breaking and became in ("same", "rows"):
                false[verdict.cause] += 1
                examples.setdefault(verdict.cause, f"seed {seed}, {node}")
    print(f"{pairs} pairs, seeds 0 to {pairs - 1}; {errors} with errors, not built\n")
    print(f"{'verdict':<14}" + "".join(f"{name:>9}" for name in TRUTHS))
    for said in (
        *(c.name for c in reversed(Category)),
        "breaks",
        "blocked",
        "rebuilds",
        "unaffected",
    ):
        print(f"{said:<14}" + "".join(f"{table[said, name]:>9}" for name in TRUTHS))
    print("\nBREAKING, and yet the same columns, by cause:")
    for cause, count in false.most_common():
        print(f"{count:>6}  {cause}  ({examples[cause]})")


if __name__ == "__main__":
    main()
