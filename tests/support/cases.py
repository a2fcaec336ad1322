"""Cases of classification: small YAML files below tests/cases/classify, one folder a rule.

A case has a `base:` project below tests/cases/projects, or the files themselves in `before:`, and
says what changes: `edit:` replaces text, `after:` has whole files (null for one that is gone). What
it expects is in `expected:`; what it does not mention is expected to be empty. It holds in both
dialects, but for a case that `dialect:` says is of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from seeknal_ci.classify.classify import classify
from seeknal_ci.manifest.analysis import Analysis
from seeknal_ci.model.report import Report
from seeknal_ci.model.side import Side
from tests.support.project import Files, analysed, ecommerce, edited

CASES = Path(__file__).resolve().parents[1] / "cases"
SIDES = (Side("base", None), Side("head", None))


@dataclass(frozen=True)
class Case:
    """One change of a project, and what is to be said of it."""

    id: str
    before: Files
    after: Files
    expected: Mapping[str, Any]
    dialect: str
    is_general: bool

    @cached_property
    def base(self) -> Analysis:
        return analysed(self.before, self.dialect)

    @cached_property
    def head(self) -> Analysis:
        return analysed(self.after, self.dialect)

    @cached_property
    def report(self) -> Report:
        return classify(self.base, self.head, SIDES)


def all_cases() -> list[Case]:
    """Every case, by its folder and name."""
    return [read_case(path) for path in sorted((CASES / "classify").glob("*/*.yml"))]


def cases_in_both_dialects() -> list[Case]:
    """Every case, and those that are of no dialect in PostgreSQL's once more."""
    cases = all_cases()
    again = (c for c in cases if c.is_general)
    return [*cases, *(replace(c, id=f"{c.id} (postgres)", dialect="postgres") for c in again)]


def read_case(path: Path) -> Case:
    """The case of a file. Keys that a case does not have are refused."""
    said: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    unknown = set(said) - {"why", "base", "before", "edit", "after", "expected", "dialect"}
    assert not unknown, f"{path} has {sorted(unknown)}, which no case has"
    before: dict[str, str | bytes] = {
        **(project(said["base"]) if "base" in said else {}),
        **said.get("before", {}),
    }
    after = dict(before)
    for file, text in said.get("after", {}).items():
        if text is None:
            del after[file]
        else:
            after[file] = text
    for edit in said.get("edit", []):
        after = edited(after, edit["path"], edit["replace"], edit["with"])
    return Case(
        id=f"{path.parent.name}/{path.stem}",
        before=before,
        after=after,
        expected=said["expected"] or {},
        dialect=said.get("dialect", "duckdb"),
        is_general="dialect" not in said,
    )


def project(name: str) -> dict[str, str | bytes]:
    """The files of a project below tests/cases/projects, or of the demo."""
    if name == "ecommerce":
        return ecommerce()
    folder = CASES / "projects" / name
    assert folder.is_dir(), f"there is no project {name}"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
