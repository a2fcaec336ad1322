"""What holds of the report on any two versions of any project.

SEEKNAL_CI_TEST_LONG=1 tries many more.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from seeknal_ci.build_id import build_ids
from seeknal_ci.classify.classify import classify
from seeknal_ci.model.category import Category
from seeknal_ci.model.report import ChangeKind, Report
from seeknal_ci.render.documents import diff_document, to_json
from tests.support.cases import SIDES
from tests.support.project import Files, analysed
from tests.support.random_projects import random_edit, random_project

ROOT = Path(__file__).resolve().parents[2]
QUICK = settings(
    max_examples=2000 if os.environ.get("SEEKNAL_CI_TEST_LONG") else 30,
    derandomize=True,
    deadline=None,
    database=None,
)
SEEDS = st.integers(min_value=0, max_value=2**32)
PROGRAM = """
import sys
from random import Random
from tests.property.test_reports import document, versions
before, after = versions(int(sys.argv[1]))
sys.stdout.write(document(before, after))
"""


def versions(seed: int) -> tuple[Files, Files]:
    """A random project before and after up to three edits."""
    rng = Random(seed)
    before = random_project(rng, rng.randint(3, 12))
    after = before
    for _ in range(rng.randint(1, 3)):
        after = random_edit(rng, after) if after else after
    return before, after


def report(before: Files, after: Files) -> Report:
    return classify(analysed(before), analysed(after), SIDES)


def document(before: Files, after: Files) -> str:
    return to_json(diff_document(report(before, after)))


@QUICK
@given(seed=SEEDS)
def test_a_project_does_not_differ_from_itself(seed: int) -> None:
    files = random_project(Random(seed))
    found = report(files, files)
    assert (found.changes, found.downstream, found.errors, found.warnings) == ((), (), (), ())


@QUICK
@given(seed=SEEDS)
def test_the_order_of_files_changes_nothing(seed: int) -> None:
    before, after = versions(seed)
    rng = Random(seed)
    shuffled = [dict(rng.sample(sorted(files.items()), len(files))) for files in (before, after)]
    assert document(before, after) == document(shuffled[0], shuffled[1])


def test_the_hash_seed_of_python_changes_nothing() -> None:
    seeds = ("11", "12", "13")
    texts = [
        [_in_another_process(seed, hash_seed) for hash_seed in ("0", "1", "4242")] for seed in seeds
    ]
    assert all(len(set(found)) == 1 for found in texts)
    assert len({found[0] for found in texts}) == len(seeds)


@QUICK
@given(seed=SEEDS)
def test_categories_and_build_ids_agree(seed: int) -> None:
    """METADATA keeps the build id, and all else changes it; and so does every node downstream."""
    before, after = versions(seed)
    base, head = analysed(before), analysed(after)
    found = classify(base, head, SIDES)
    if base.manifest.errors or head.manifest.errors:
        return
    old, new = (build_ids(analysis, "duckdb", {}, {}) for analysis in (base, head))
    for change in found.changes:
        if change.change.kind is ChangeKind.MODIFIED:
            node = change.change.node.id
            assert (old[node] == new[node]) is (change.category is Category.METADATA), node
    mentioned = {c.change.node.id for c in found.changes} | {d.node.id for d in found.downstream}
    for node in new.keys() - mentioned:
        assert old[node] == new[node], node
    for item in found.downstream:
        assert old[item.node.id] != new[item.node.id], item.node.id


@QUICK
@given(seed=SEEDS)
def test_who_is_downstream_is_reached_and_every_finding_has_a_place(seed: int) -> None:
    before, after = versions(seed)
    found = report(before, after)
    paths = before.keys() | after.keys()
    for change in found.changes:
        assert change.findings
        assert [f.category for f in change.findings] == sorted(
            (f.category for f in change.findings), reverse=True
        )
        assert all(f.place.path in paths and f.message and f.fix for f in change.findings)
    changed = {change.change.node.id for change in found.changes}
    for item in found.downstream:
        assert item.node.id not in changed
        assert set(item.because_of) <= changed
        assert item.place.path in after


def _in_another_process(seed: str, hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, seed],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
